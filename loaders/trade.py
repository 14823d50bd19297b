"""What the sources of trade statistics share: which goods concern the graph, periods, and facts on trade."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isfinite

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.schema import Value

__all__ = [
    "OTHER_GOODS",
    "SPLIT",
    "WITH_ITSELF",
    "Goods",
    "Period",
    "amount",
    "exports",
    "month_end",
    "read_period",
]

OTHER_GOODS = "of goods that the graph does not hold"
SPLIT = "a split of a total that is read itself"
WITH_ITSELF = "of a country with itself: goods that come back"
_PERIOD = re.compile(r"((?:19|20)[0-9]{2})(?:-?([0-9]{2}))?")
_country = cache(lambda iso3: NodeRef("Country", iso3))


@dataclass(frozen=True)
class Period:
    """A year or a month: as EXPORTS writes it, and its last day."""

    text: str
    start: date
    end: date


class Goods:
    """Goods by their HS code: a code of the graph stands for all codes that begin with it."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._prefixes = tuple(sorted(codes))

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and code.startswith(self._prefixes)


@cache
def read_period(cell: str) -> Period | None:
    """Read a year or a month, with or without a hyphen; month 52 is Eurostat's sign for the year.

    Examples
    --------
    >>> [read_period(cell).text for cell in ("2024", "202407", "202452")], read_period("202413")
    (['2024', '2024-07', '2024'], None)
    """
    match = _PERIOD.fullmatch(cell)
    if match is None:
        return None
    year, month = int(match[1]), match[2]
    if month in (None, "52"):
        return Period(match[1], date(year, 1, 1), date(year, 12, 31))
    end = month_end(year, int(month))
    return None if end is None else Period(f"{match[1]}-{month}", end.replace(day=1), end)


def month_end(year: int, month: int) -> date | None:
    """Give the last day of a month, if there is such a month."""
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 and year else None


def amount(cell: str) -> float | None:
    """Read an amount that is not negative; None where there is none, or it is none.

    Examples
    --------
    >>> [amount(cell) for cell in ("1.5", "2e3", "-1", "inf", "x", "")]
    [1.5, 2000.0, None, None, None, None]
    """
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 and "_" not in cell else None


def exports(
    exporter: str,
    importer: str,
    code: str,
    period: str,
    said: Provenance,
    origin: str,
    **more: Value | None,
) -> Fact:
    """State the trade of a period from one country to another; what is None is not known."""
    properties: dict[str, Value] = {"code": code, "period": period}
    properties |= {name: value for name, value in more.items() if value is not None}
    return Fact("EXPORTS", _country(exporter), _country(importer), properties, said, origin)
