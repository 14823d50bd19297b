"""Take from the facts what the licence shape is fitted to: recorded months and approval rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from chainshock.errors import QueryError
from chainshock.graph.facts import NodeRef
from chainshock.graph.knowledge import KnowledgeGraph, Known
from chainshock.graph.parameters import Parameters
from chainshock.queries.severity import Shapes
from chainshock.queries.signals.licence_flow import QUANTILES, LicenceNumbers
from chainshock.queries.signals.periods import Span, months_between, read_span
from chainshock.queries.signals.series import Point, Series, gather

__all__ = ["BASELINE_T", "CODE", "MEASURE", "Evidence", "Month", "Rate", "read_evidence", "shipped_numbers"]

MEASURE, CODE, ISSUER, WORLD = "CN-2025-18", "85051110", "CHN", "WLD"
BASELINE_T = 4842.0  # tonnes a month: the mean of 2024 that `r-max` is relative to as well
FIRST_MONTH, LAST_MONTH = date(2025, 3, 1), date(2025, 9, 30)
# Applications of European car suppliers, counted twice by their association: one denominator. The other rates
# count others (a chamber's members, priority applications, one firm's) and are compared, not fitted.
FITTED_RATES = frozenset({("EUU", "2025-06-04"), ("EUU", "2025-06-28")})
LATE, YEAR, VALUE_CODE = "IND", "2024", "850511"


@dataclass(frozen=True)
class Month:
    """Exports of a month. `others` are tonnes that other statements give for it."""

    period: str
    span: Span
    tonnes: float
    share: float
    point: Point
    others: tuple[float, ...]


@dataclass(frozen=True)
class Rate:
    """Share of applications approved by a day, `week` weeks after the licence took effect."""

    day: str
    place: str
    week: float
    share: float
    label: str
    is_fitted: bool
    point: Point


@dataclass(frozen=True)
class Evidence:
    """What is on record: the first day in effect, months to fit, rates, months of which nothing is known.

    `later` are months after those to fit, for a look at what the fit says of them; `own_mean` is a twelfth of
    what the facts hold for the whole of 2024, to hold the baseline against.
    """

    start: date
    baseline: float
    months: tuple[Month, ...]
    rates: tuple[Rate, ...]
    missing: tuple[str, ...]
    later: tuple[Month, ...] = ()
    own_mean: float | None = None

    @property
    def fitted_rates(self) -> tuple[Rate, ...]:
        """The rates of one denominator."""
        return tuple(rate for rate in self.rates if rate.is_fitted)


def read_evidence(
    knowledge: KnowledgeGraph,
    day: date,
    known: Known,
    *,
    first: date = FIRST_MONTH,
    last: date = LAST_MONTH,
    baseline: float = BASELINE_T,
) -> Evidence:
    """Read Chinese magnet exports by month and the approval rates under No. 18 of 2025.

    Parameters
    ----------
    first, last
        Months from the one of the first day to the one of the last.
    baseline
        Tonnes a month that count as 1.

    Raises
    ------
    QueryError
        The facts hold no such measure with a date of effect, or no month of exports; or the baseline is no
        amount.
    """
    if not 0.0 < baseline < inf:
        raise QueryError(f"found a baseline of {baseline:g} t a month, expected a finite one above 0")
    series = gather(knowledge, day, known, ("exports", "licences"))
    start = _start(knowledge, day, known)
    flows = [
        s for s in series if s.kind == "exports" and s.id.startswith(f"exports:{CODE}:{ISSUER}:{WORLD}:")
    ]
    points = [p for s in flows if s.unit == "t" for p in s.points if p.value is not None]
    wanted = months_between(first, last)
    months = tuple(m for period in wanted for m in _months(points, period, baseline))
    if not months:
        found = f"found no tonnes of {CODE} from {ISSUER} to {WORLD} for {wanted[0]} to {wanted[-1]}"
        raise QueryError(f"{found}, expected some months")
    said = {month.period for month in months}
    rates = sorted(_rates(series, start), key=lambda rate: (rate.day, rate.place))
    after = sorted({p.period for p in points if p.span is not None and p.span.first > last})
    later = tuple(m for period in after for m in _months(points, period, baseline) if m.span.months == 1)
    missing = tuple(month for month in wanted if month not in said)
    year = next((p.value for p in points if p.period == YEAR and p.is_held), None)
    own_mean = None if year is None else year / 12
    return Evidence(start, baseline, months, tuple(rates), missing, later, own_mean)


def shipped_numbers(knowledge: KnowledgeGraph, parameters: Parameters, shapes: Shapes) -> LicenceNumbers:
    """Give the figures of the shipped shape and of the run over weeks that exports follow from.

    India, which is served later, counts with its share of the value of China's exports of HS 850511 in 2024.
    """
    number = {name: entry.default for name, entry in shapes.numbers.items()}
    return LicenceNumbers(
        weeks=tuple(number[f"licence.week-{100 * q:.0f}"] for q in QUANTILES),
        before=number["licence.before"],
        collateral_peak=number["collateral.peak"],
        collateral_until=number["collateral.fades-by"],
        in_scope=parameters.value(f"split.hree-magnets.{ISSUER}"),
        delayed=_late_share(knowledge),
        delay=number[f"licence.delay.{LATE}"],
        r_max=parameters.value("r-max"),
        refill_weeks=parameters.value("refill.weeks"),
        cover=parameters.value("cover.magnet"),
    )


def _start(knowledge: KnowledgeGraph, day: date, known: Known) -> date:
    facts = knowledge.vintages(("Measure", NodeRef("Measure", MEASURE)))
    for fact in facts:
        effective = fact.properties.get("effective")
        if isinstance(effective, date) and (known == "latest" or fact.provenance.known_from <= day):
            return effective
    raise QueryError(f"found no measure {MEASURE} with a date of effect, expected it among the facts")


def _months(points: Sequence[Point], period: str, baseline: float) -> list[Month]:
    of_month = [p for p in points if p.period == period]
    held = next((p for p in of_month if p.is_held), None)
    span = read_span(period)
    if held is None or held.value is None or span is None:
        return []
    others = tuple(sorted({p.value for p in of_month if p.value is not None} - {held.value}))
    return [Month(period, span, held.value, held.value / baseline, held, others)]


def _rates(series: Sequence[Series], start: date) -> Iterator[Rate]:
    for one in series:
        if one.kind != "licences" or one.good != MEASURE or not one.unit.startswith("%"):
            continue
        for point in one.points:
            if point.is_held and point.value is not None and point.span is not None:
                week = (point.span.last - start).days / 7
                is_fitted = (one.country, point.period) in FITTED_RATES
                yield Rate(point.period, one.country, week, point.value / 100, point.label, is_fitted, point)


def _late_share(knowledge: KnowledgeGraph) -> float:
    values: dict[str, float] = {}
    for fact in knowledge.all("EXPORTS"):
        said = fact.properties
        if (fact.source.key, said["code"], said["period"]) != (ISSUER, VALUE_CODE, YEAR) or not fact.target:
            continue
        value = said.get("value_usd")
        if isinstance(value, int | float) and fact.target.key not in {WORLD, "EUU"}:
            values.setdefault(fact.target.key, float(value))
    return values.get(LATE, 0.0) / sum(values.values()) if values else 0.0
