"""Test the check digits of LEI and ISIN, of one or of millions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from stdnum import isin, lei

if TYPE_CHECKING:
    import polars as pl

__all__ = ["are_leis", "is_isin", "is_lei"]

LENGTH = 20  # of an LEI
_SHAPE = "[0-9A-Z]{18}[0-9]{2}"
_LETTER = ord("A")


def is_lei(text: str) -> bool:
    """Tell whether a text is an LEI (ISO 17442) as printed: capitals, no blanks, right check digits.

    Examples
    --------
    >>> is_lei("529900T8BM49AURSDO55"), is_lei("529900T8BM49AURSDO56")
    (True, False)
    """
    return re.fullmatch(_SHAPE, text, re.ASCII) is not None and bool(lei.is_valid(text))


def is_isin(text: str) -> bool:
    """Tell whether a text is an ISIN (ISO 6166) as printed: capitals, no blanks, right check digit.

    Examples
    --------
    >>> is_isin("US0378331005"), is_isin("US0378331006")
    (True, False)
    """
    return text.isascii() and text == text.upper() and bool(isin.is_valid(text)) and text.isalnum()


def are_leis(column: pl.Series) -> npt.NDArray[np.bool_]:
    """Tell for each text of a column whether it is an LEI; the same as `is_lei`, for millions."""
    shaped = column.str.contains(f"^{_SHAPE}$").fill_null(value=False)
    result: npt.NDArray[np.bool_] = shaped.to_numpy().copy()
    text = column.filter(shaped).str.join("")[0] if result.any() else ""
    signs = np.frombuffer((text or "").encode(), dtype=np.uint8).reshape(-1, LENGTH).astype(np.int64)
    rest = np.zeros(len(signs), dtype=np.int64)
    for place in range(LENGTH):  # ISO 7064, MOD 97-10: letters are two digits
        sign = signs[:, place]
        letter = sign >= _LETTER
        rest = (rest * np.where(letter, 100, 10) + sign - np.where(letter, _LETTER - 10, ord("0"))) % 97
    result[result] = rest == 1
    return result
