"""Read the cells of USGS commodity tables: figures, bounds, estimates, and signs that stand for no figure.

Signs as the Mineral Commodity Summaries explain them: e estimated, NA not available, W withheld, XX not
applicable, — zero, s see the note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Amount", "Missing", "read_value"]

NOT_TOLD = {"NA": "figure not available (NA)", "XX": "figure not applicable (XX)", "": "no figure in the row"}
IN_WORDS = re.compile(r"(very )?(large|small|moderate)( to (very )?(large|small))?", re.IGNORECASE)
HALF_UNIT = re.compile(r"(less than|<) *(1/2|½|one-half|half)( ?(the )?unit)?", re.IGNORECASE)
INCLUDED = re.compile(r"included (in|with)\b", re.IGNORECASE)
FIGURE = re.compile(
    r"(?P<estimate>e(?:stimated)? ?)?(?P<bound>[<>≤≥]? ?)"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)",
    re.IGNORECASE,
)
BOUNDS = {"<": "at_most", "≤": "at_most", ">": "at_least", "≥": "at_least"}
LONGEST = 40  # characters of a figure


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure in the unit of its column, None where it is withheld; `qualifier` blank: as published."""

    number: float | None
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that fits and holds no figure, and why."""

    reason: str


SIGNS = {"W": Amount(None, "withheld"), **dict.fromkeys(("—", "–", "--"), Amount(0.0))}


def read_value(text: str, *, estimated: bool = False, note: str = "") -> Amount | Missing:
    """Read a cell.

    Parameters
    ----------
    estimated
        Whether the column or the notes say that the figure is an estimate; a bound stays a bound.
    note
        What the row's notes say, for cells that only point to them.

    Raises
    ------
    ValueError
        The cell holds something else.

    Examples
    --------
    >>> read_value("e1,200"), read_value(">100"), read_value("W")
    (Amount(number=1200.0, qualifier='estimated'), Amount(number=100.0, qualifier='at_least'), \
Amount(number=None, qualifier='withheld'))
    """
    plain = " ".join(text.split())
    sign = _sign(plain, note)
    if sign is not None:
        return sign
    found = FIGURE.fullmatch(plain) if len(plain) <= LONGEST else None
    if found is None:
        raise ValueError(text)
    bound = BOUNDS.get(found["bound"].strip())
    guess = "estimated" if estimated or found["estimate"] else ""
    return Amount(float(found["number"].replace(",", "")), bound or guess)


def _sign(plain: str, note: str) -> Amount | Missing | None:
    """Read a sign or words that stand for a figure or for none."""
    if plain in NOT_TOLD:
        return Missing(NOT_TOLD[plain])
    if plain in SIGNS:
        return SIGNS[plain]
    if HALF_UNIT.fullmatch(plain) or (plain == "s" and HALF_UNIT.search(note)):
        return Amount(0.5, "at_most")
    if IN_WORDS.fullmatch(plain):
        return Missing("figure told in words (large, small)")
    if plain == "s" and INCLUDED.search(note):
        return Missing("figure included in the total or in other countries")
    return None
