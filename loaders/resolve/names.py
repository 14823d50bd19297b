"""Bring company names into one form, so that spelling and legal form do not keep one firm apart from itself.

`normalise` does one name, `normalised` a polars column of them, with the same result.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "COLLECTIVE",
    "core",
    "is_collective",
    "is_short",
    "likeness",
    "normalise",
    "normalised",
    "sorted_words",
]

SHORT_LETTERS = 3  # names of no more letters than that are too common to tell a company
MOST_FOR_CORES = 95.0  # likeness of names that differ by words such as "holdings"

# What the SEC puts behind a name: states, and whether the paper is foreign or a receipt
_SEC_MARKS = (
    "a[lkzr]|c[aot]|d[ec]|fl|ga|hi|i[dlna]|k[sy]|la|m[eadinsot]|n[evhjmycd]|o[hkrn]|pa|ri|s[cd]|t[nx]|ut"
    "|v[ta]|w[aviy]|adr|ads|adv|new|can|fi|uk|cn|gb|bc|qc"
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


def _forms(place: str) -> str:
    """Read the legal forms that stand in one place, as alternatives of a pattern.

    They are spelt as they stand after punctuation is gone; a letter that may stand apart ("N V") has " ?"
    behind it.
    """
    text = resources.files("chainshock.loaders.resolve").joinpath("legal_forms.csv").read_text("utf-8")
    return "|".join(row["form"] for row in csv.DictReader(text.splitlines()) if row["place"] == place)


_STEPS = (  # pattern, what takes its place; read alike by Python and by polars, on lower-case ASCII
    (r"[\x00-\x20\x7f]+", " "),
    (rf"(?:[/\\] ?(?:{_SEC_MARKS}) ?[/\\]? ?)+$", ""),
    (r"[&+]", " and "),
    (r"['`]", ""),
    (r"\b([a-z])\.", "${1}"),
    (r"[^a-z0-9]+", " "),
    (r"^ +| +$", ""),
    (rf"^(?:{_forms('front')}) ", ""),
    (rf"(?: (?:and )?(?:{_forms('end')}))+$", ""),
)
_ANY_LETTER = {r"[^a-z0-9]+": r"[\W_]+", r"\b([a-z])\.": r"\b([^\W\d_])\."}  # the same beyond ASCII
_WIDE_STEPS = tuple(
    (re.compile(_ANY_LETTER.get(pattern, pattern)), text.replace("${1}", r"\1")) for pattern, text in _STEPS
)
_EAST = re.compile(f"^(?:{_forms('east')})|(?:{_forms('east')})$")
_PADDING = re.compile(
    r"(?: (?:holdings?|group|international|worldwide|global|industries|enterprises|technolog(?:y|ies)|and))+$"
)
COLLECTIVE = frozenset(  # normalised names that stand for several, or for none
    (
        "all other",
        "all others",
        "confidential",
        "misc",
        "miscellaneous",
        "multiple",
        "n a",
        "na",
        "none",
        "not applicable",
        "not known",
        "not specified",
        "other",
        "other companies",
        "other countries",
        "other producers",
        "other suppliers",
        "others",
        "rest of world",
        "several",
        "tbd",
        "total",
        "undisclosed",
        "unknown",
        "unspecified",
        "various",
        "various suppliers",
        "world",
        "world total",
    )
)


def normalise(name: str) -> str:
    """Give a company's name without case, accents, punctuation and legal form.

    Examples
    --------
    >>> [normalise(name) for name in ("MP Materials Corp. / DE", "Citroën S.A.", "U.S. Steel & Co., Ltd.")]
    ['mp materials', 'citroen', 'us steel']
    """
    if name.isascii():
        text = name.lower()
    else:
        plain = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
        text = "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_LETTERS)
        text = unicodedata.normalize("NFC", text)
    for pattern, instead in _WIDE_STEPS:
        text = pattern.sub(instead, text)
    return text if text.isascii() else _EAST.sub("", text).strip() or text


def normalised(column: pl.Expr) -> pl.Expr:
    """Do the same as `normalise` to a column of polars: plain ASCII at its speed, the rest name by name."""
    import polars as pl  # noqa: PLC0415 - slow to import

    ascii_text = column.str.to_lowercase()
    for pattern, instead in _STEPS:
        ascii_text = ascii_text.str.replace_all(pattern, instead)
    is_wide = column.str.len_bytes() != column.str.len_chars()
    wide = pl.when(is_wide).then(column).map_elements(normalise, return_dtype=pl.String, skip_nulls=True)
    return pl.when(is_wide).then(wide).otherwise(ascii_text)


def is_short(normal: str) -> bool:
    """Tell whether a normalised name is too short to tell a company by itself."""
    return len(normal.replace(" ", "")) <= SHORT_LETTERS


def is_collective(name: str) -> bool:
    """Tell whether a name stands for several companies, or for none in particular.

    Examples
    --------
    >>> [is_collective(name) for name in ("Others", "World total", "TotalEnergies SE")]
    [True, True, False]
    """
    return normalise(name) in COLLECTIVE


def sorted_words(normal: str) -> str:
    """Put the words of a normalised name in order, so that their order in the name does not matter."""
    return " ".join(sorted(normal.split()))


def core(normal: str) -> str:
    """Give the words of a normalised name in order, without words such as "holdings" at its end.

    Examples
    --------
    >>> core("compass diversified holdings")
    'compass diversified'
    """
    return sorted_words(_PADDING.sub("", normal))


def likeness(one: str, other: str) -> float:
    """Say how alike two normalised names are, from 0 to 100.

    The words may stand in any order. Words such as "holdings" at the end make no names alike: what is before
    them is compared, and names that agree but for them reach 95.

    Examples
    --------
    >>> likeness("compass diversified", "compass diversified holdings")
    95.0
    """
    if sorted_words(one) == sorted_words(other):
        return 100.0
    score = fuzz.ratio(core(one), core(other))
    is_padded = _PADDING.search(one) or _PADDING.search(other)
    return round(min(score, MOST_FOR_CORES) if is_padded else score, 1)
