"""Gather what facts record over time into series: exports, prices, stocks, licences.

A point is one statement. Statements of different length (a month, a quarter, a year) and of different sources
stand side by side in one series; nothing is averaged, chosen in silence or filled in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph, Known
from chainshock.queries.signals.periods import Span, month_text, months_between, read_span

__all__ = ["KINDS", "Kind", "Point", "Series", "by_time", "gather"]

Kind = Literal["exports", "prices", "stocks", "licences"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TYPES: dict[Kind, str] = {
    "exports": "EXPORTS",
    "prices": "PRICED_IN",
    "stocks": "HOLDS_STOCK",
    "licences": "LICENSES",
}
MONTHS_OF_A_YEAR = 12
SHARE = "share of imports"


@dataclass(frozen=True)
class Point:
    """One statement of a series.

    Attributes
    ----------
    period, span
        The period as the fact writes it, and its days; no days where the period does not say them.
    low, high
        The figure, in the series' unit; both the same where it is one, one or both None where not stated.
    label
        What else tells statements of a series apart: the market of a price, the holder of a stock, the
        denominator of an approval rate, the outcome of an event.
    is_held
        Whether the graph goes by it; False where another statement on the same subject takes precedence.
    """

    period: str
    span: Span | None
    low: float | None
    high: float | None
    label: str
    is_held: bool
    fact: Fact

    @property
    def value(self) -> float | None:
        """The figure, the middle of a range; None where there is none."""
        known = [figure for figure in (self.low, self.high) if figure is not None]
        return sum(known) / len(known) if known else None

    @property
    def monthly(self) -> float | None:
        """An amount of a whole number of months as a mean of one; None for others."""
        months = None if self.span is None else self.span.months
        return None if months is None or self.value is None else self.value / months


@dataclass(frozen=True)
class Series:
    """Statements on one thing, by time.

    `id` is kind, subject and places joined by colons; `good` and `country` are what a reader asks for.
    """

    kind: Kind
    id: str
    name: str
    good: str
    country: str
    unit: str
    points: tuple[Point, ...]

    @property
    def is_flow(self) -> bool:
        """Whether figures are amounts of a period, not levels or shares."""
        return self.kind == "exports" and self.unit != SHARE

    @property
    def gaps(self) -> tuple[str, ...]:
        """Months without a figure of their own between the first and the last month that has one."""
        months = {month_text(p.span.first) for p in self.points if p.span is not None and p.span.months == 1}
        if self.kind != "exports" or not months:
            return ()
        first, last = (date.fromisoformat(f"{month}-01") for month in (min(months), max(months)))
        return tuple(month for month in months_between(first, last) if month not in months)

    @property
    def disputed(self) -> tuple[str, ...]:
        """Periods on which statements with one label differ."""
        said: dict[tuple[str, str], set[tuple[float | None, float | None]]] = defaultdict(set)
        for point in self.points:
            if point.value is not None:
                said[point.period, point.label].add((point.low, point.high))
        return tuple(sorted({period for (period, _), figures in said.items() if len(figures) > 1}))


def gather(
    knowledge: KnowledgeGraph, day: date, known: Known, kinds: Iterable[Kind] = KINDS
) -> tuple[Series, ...]:
    """Gather the series of some kinds from all vintages of the facts.

    Parameters
    ----------
    day, known
        With `known`, only what was published by the day; with `latest`, all. Periods after the day count as
        long as they were published.

    Returns
    -------
    tuple of Series
        By kind, good and place, the world before its parts. Trade of which only whole years are known is no
        series over time and is left out.
    """
    found: list[Series] = []
    for kind in kinds:
        groups: dict[tuple[str, ...], list[Point]] = defaultdict(list)
        seen: set[tuple[object, ...]] = set()
        for fact in knowledge.all(TYPES[kind]):
            if known == "known" and fact.provenance.known_from > day:
                continue
            key, point = READ[kind](fact, fact.subject not in seen)
            seen.add(fact.subject)
            groups[key].append(point)
        for key, points in sorted(groups.items(), key=_total_first):
            points.sort(key=by_time)
            if kind != "exports" or any(_is_short(point) for point in points):
                found.append(_series(kind, key, points))
    return tuple(found)


def _total_first(group: tuple[tuple[str, ...], list[Point]]) -> tuple[object, ...]:
    good, country, *words = group[0]
    return (good, country != "WLD", country, *words)


def by_time(point: Point) -> tuple[object, ...]:
    """Give the key that puts statements in order: by last day, those without days at the end."""
    place = (date.max, date.max) if point.span is None else (point.span.last, point.span.first)
    return (*place, point.period, point.label, not point.is_held, point.fact.id)


def _is_short(point: Point) -> bool:
    months = None if point.span is None else point.span.months
    return months is not None and months < MONTHS_OF_A_YEAR


def _series(kind: Kind, key: tuple[str, ...], points: Sequence[Point]) -> Series:
    """Name a series; its key is (good, country, unit, further words)."""
    good, country, unit, *words = key
    names = {
        "exports": f"HS {good}, {' to '.join([*words, country])}",
        "prices": f"{good}, {country}",
        "stocks": f"{good} held by {country}",
        "licences": f"{good}, {' '.join(words)}, {country}",
    }
    identity = ":".join([kind, good, *words, country, *([unit] if kind in {"prices", "exports"} else [])])
    return Series(kind, identity, names[kind], good, country, unit, tuple(points))


def _text(fact: Fact, name: str) -> str:
    return str(fact.properties.get(name, ""))


def _number(fact: Fact, name: str) -> float | None:
    value = fact.properties.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _target(fact: Fact) -> str:
    return "" if fact.target is None else fact.target.key


def _export(fact: Fact, is_held: bool) -> tuple[tuple[str, ...], Point]:
    period, tonnes = _text(fact, "period"), _number(fact, "tonnes")
    unit, figure = ("t", tonnes) if tonnes is not None else ("USD", _number(fact, "value_usd"))
    if figure is None:
        unit = SHARE
        figure = _number(fact, "import_share")
    point = Point(period, read_span(period), figure, figure, "", is_held, fact)
    return (_text(fact, "code"), _target(fact), unit, fact.source.key), point


def _price(fact: Fact, is_held: bool) -> tuple[tuple[str, ...], Point]:
    period = _text(fact, "period")
    low, high = _number(fact, "price_low"), _number(fact, "price_high")
    point = Point(period, read_span(period), low, high, _text(fact, "market"), is_held, fact)
    return (fact.source.key, _target(fact), _text(fact, "unit")), point


def _stock(fact: Fact, is_held: bool) -> tuple[tuple[str, ...], Point]:
    day = fact.provenance.as_of
    low, high = _number(fact, "weeks_low"), _number(fact, "weeks_high")
    unit = "weeks of cover"
    if low is None and high is None:
        low = high = _number(fact, "weeks")
    if low is None and high is None:
        low = high = _number(fact, "amount")
        unit = _text(fact, "unit") or "amount"
    label = _text(fact, "holder") or fact.source.key
    return (_target(fact), fact.source.key, unit), Point(
        day.isoformat(), Span(day, day), low, high, label, is_held, fact
    )


def _licence(fact: Fact, is_held: bool) -> tuple[tuple[str, ...], Point]:
    period, value = _text(fact, "date"), _number(fact, "value")
    words = [_text(fact, "unit"), _text(fact, "outcome")]
    label = "; ".join(word for word in words if word)
    event = _text(fact, "event")
    unit = "% of applications" if event == "approval rate" else "as stated"
    point = Point(period, read_span(period), value, value, label, is_held, fact)
    return (fact.source.key, _target(fact), unit, event), point


READ: dict[Kind, Callable[[Fact, bool], tuple[tuple[str, ...], Point]]] = {
    "exports": _export,
    "prices": _price,
    "stocks": _stock,
    "licences": _licence,
}
