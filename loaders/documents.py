"""Read published JSON documents whole, up to a limit, and say what is wrong with a broken one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from chainshock.errors import FileProblem
from chainshock.loaders.inputs import Input

__all__ = ["as_mapping", "as_number", "is_json", "read_document"]

MOST_BYTES = 256 << 20
WHITE = b" \t\r\n\xef\xbb\xbf"  # blanks, and the bytes of a byte-order mark


def is_json(source: Input) -> bool:
    """Tell whether a file begins as a JSON object or list does."""
    with source.open() as stream:
        return stream.read(4096).lstrip(WHITE)[:1] in {b"{", b"["}


def read_document(source: Input) -> Any:  # Any: what JSON holds
    """Read a JSON document.

    Raises
    ------
    FileProblem
        It is larger than is allowed, not UTF-8, not JSON, or nested too deeply.
    """
    with source.open() as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileProblem(source.name, "a document of over 256 MiB", "a smaller one")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileProblem(source.name, "bytes that are not UTF-8", "JSON in UTF-8") from error
    except json.JSONDecodeError as error:
        found = f"no sound JSON ({error.msg} at line {error.lineno}, column {error.colno})"
        raise FileProblem(source.name, found, "JSON") from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of too many digits
        found = "a document nested too deeply, or a number too long"
        raise FileProblem(source.name, found, "JSON") from error


def as_mapping(value: object) -> Mapping[str, Any]:
    """Give an object of a document; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_number(value: object) -> float | None:
    """Give a finite number of a document; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
