"""Read years that the graph can hold."""

from __future__ import annotations

from functools import cache

from chainshock.graph.schema import read_schema

__all__ = ["last_year", "year_in"]


def year_in(text: str) -> int | None:
    """Give a year of four digits that the graph can hold; None for any other text.

    Examples
    --------
    >>> year_in("2024"), year_in("24"), year_in("1066")
    (2024, None, None)
    """
    first, last = _span()
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if first <= year <= last else None


def last_year() -> int:
    """Give the last year that the graph can hold figures of."""
    return _span()[1]


@cache
def _span() -> tuple[int, int]:
    entry = read_schema().relationships["PRODUCES"].properties["year"]
    return int(entry.minimum or 0), int(entry.maximum or 9999)
