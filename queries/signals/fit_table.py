"""Write the fit of the licence shape: months, approval rates, figures with intervals, and what stays open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from chainshock.graph.knowledge import KnowledgeGraph, Known
from chainshock.graph.parameters import Parameters
from chainshock.queries.severity import Shapes
from chainshock.queries.signals.evidence import BASELINE_T, Evidence, read_evidence, shipped_numbers
from chainshock.queries.signals.fit import (
    FREE,
    Fit,
    Held,
    Onset,
    fit_onset,
    fit_shape,
    held_figures,
)
from chainshock.queries.signals.licence_flow import QUANTILES, Flow, LicenceNumbers
from chainshock.queries.tabular import Tabular

__all__ = ["FitRow", "FitTable", "fit_licence"]

WEEKS = tuple(f"licence.week-{100 * q:.0f}" for q in QUANTILES)
TITLES = {
    "week-50": "licence.week-50",
    "spread": "weeks from 10 to 90 %",
    "collateral-peak": "collateral.peak",
}
HELD_NUMBERS = {  # severity numbers that are held: the field they stand in
    "licence.before": "before",
    "collateral.fades-by": "collateral_until",
    "licence.delay.IND": "delay",
}
HELD_PARAMETERS = {
    "split.hree-magnets.CHN": "in_scope",
    "r-max": "r_max",
    "refill.weeks": "refill_weeks",
    "cover.magnet": "cover",
}


@dataclass(frozen=True)
class FitRow:
    """One line of the fit.

    Attributes
    ----------
    part
        `month`, `later` (months that were not fitted), `approval`, `figure` (fitted, or following from
        fitted ones) or `held`.
    name, unit
        Month, day and place, or name of the figure.
    recorded, tonnes
        What is on record: share of baseline, or of applications.
    shipped, exports, fitted
        The same by the shipped shape, by the fit to exports alone and by the fit to exports and approval
        rates; of a figure, its value.
    exports_low, exports_high, fitted_low, fitted_high
        90 % intervals; None where the search meets its bound first.
    range_low, range_high
        Range that the shape or the parameter allows.
    loss_low, loss_high
        Of a held figure: the loss with it at the ends of its range, the others fitted anew.
    note
        How to read it.
    """

    part: str
    name: str
    unit: str
    recorded: float | None = None
    tonnes: float | None = None
    shipped: float | None = None
    exports: float | None = None
    fitted: float | None = None
    exports_low: float | None = None
    exports_high: float | None = None
    fitted_low: float | None = None
    fitted_high: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    loss_low: float | None = None
    loss_high: float | None = None
    note: str = ""
    sources: str = ""

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        return {**asdict(self), "sources": self.sources.split(";") if self.sources else []}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return asdict(self)


@dataclass(frozen=True)
class FitTable(Tabular[FitRow]):
    """The fit beside the shipped shape; `run` holds losses, points and what was fitted."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[FitRow, ...]
    evidence: Evidence
    shipped: LicenceNumbers
    exports: Fit
    fitted: Fit
    onset: Onset

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return list(FitRow.__dataclass_fields__)

    def part(self, name: str) -> list[FitRow]:
        """Give the rows of a part."""
        return [row for row in self.rows if row.part == name]

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {"run": dict(self.run), "rows": self.to_dicts()}

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        from chainshock.queries.signals.fit_text import fit_text  # noqa: PLC0415 - it needs this class

        return fit_text(self, width)


def fit_licence(
    knowledge: KnowledgeGraph,
    parameters: Parameters,
    shapes: Shapes,
    day: date,
    known: Known,
    *,
    months: tuple[date, date] | None = None,
    baseline: float = BASELINE_T,
    run: Mapping[str, Any] | None = None,
) -> FitTable:
    """Fit the licence shape to what the facts record, and hold it against the shipped one.

    Parameters
    ----------
    months
        First and last day of the months to fit; by default March to September 2025.
    baseline
        Tonnes a month that count as 1.

    Raises
    ------
    QueryError
        The facts hold no measure, no months, or no more points than figures to fit.
    """
    chosen = {} if months is None else {"first": months[0], "last": months[1]}
    evidence = read_evidence(knowledge, day, known, baseline=baseline, **chosen)
    shipped = shipped_numbers(knowledge, parameters, shapes)
    exports = fit_shape(shipped, evidence, rates=False)
    fitted = fit_shape(shipped, evidence, rates=True)
    onset = fit_onset(shipped, evidence, fitted, rates=True)
    held = held_figures(fitted, evidence, _ranges(parameters, shapes), rates=True)
    rows = (
        *_month_rows(evidence, shipped, exports, fitted),
        *_rate_rows(evidence, shipped, exports, fitted),
        *_figure_rows(shapes, shipped, exports, fitted),
        *_held_rows(held),
    )
    told = _told(evidence, shipped, exports, fitted, onset)
    told["assumptions"] = _assumptions(shapes, fitted)
    return FitTable({**(run or {}), **told}, rows, evidence, shipped, exports, fitted, onset)


def _told(
    evidence: Evidence, shipped: LicenceNumbers, exports: Fit, fitted: Fit, onset: Onset
) -> dict[str, Any]:
    """Say what was fitted to what, and how well."""
    flow = Flow(shipped, evidence.start)
    spans = [month.span for month in evidence.months]
    of_months = sum(
        (x - m.share) ** 2 for x, m in zip(flow.over(spans).tolist(), evidence.months, strict=True)
    )
    of_rates = sum((shipped.approved(r.week) - r.share) ** 2 for r in evidence.rates if r.is_fitted)
    return {
        "start": evidence.start.isoformat(),
        "baseline_tonnes_a_month": evidence.baseline,
        "mean_of_2024_by_the_facts": evidence.own_mean,
        "months": [month.period for month in evidence.months],
        "months_missing": list(evidence.missing),
        "months_disputed": {m.period: list(m.others) for m in evidence.months if m.others},
        "fitted_figures": list(FREE),
        "loss": "sum of squared differences, in shares of baseline and of applications",
        "points": {"exports": exports.points, "fitted": fitted.points},
        "losses": {
            "exports": {"shipped": of_months, "fit": exports.loss, "allowed": exports.allowed},
            "fitted": {"shipped": of_months + of_rates, "fit": fitted.loss, "allowed": fitted.allowed},
        },
        "onset": {
            "week": onset.week,
            "loss": onset.loss,
            "p_value": onset.chance,
            **{name: onset.free[name] for name in FREE},
        },
        "in_scope": shipped.in_scope,
        "delayed": shipped.delayed,
    }


def _month_rows(evidence: Evidence, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    months = (*evidence.months, *evidence.later)
    spans = [month.span for month in months]
    all_numbers = (shipped, exports.numbers, fitted.numbers)
    flows = [Flow(numbers, evidence.start).over(spans).tolist() for numbers in all_numbers]
    for month, *of_shape in zip(months, *flows, strict=True):
        others = ", ".join(f"{tonnes:,.10g}" for tonnes in month.others)
        yield FitRow(
            part="later" if month in evidence.later else "month",
            name=month.period,
            unit="share of baseline",
            recorded=month.share,
            tonnes=month.tonnes,
            shipped=of_shape[0],
            exports=of_shape[1],
            fitted=of_shape[2],
            note=f"another statement: {others} t" if others else "",
            sources=";".join(month.point.fact.provenance.sources),
        )


def _rate_rows(evidence: Evidence, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    for rate in evidence.rates:
        yield FitRow(
            part="approval",
            name=f"{rate.day} {rate.place}",
            unit="share of applications",
            recorded=rate.share,
            shipped=shipped.approved(rate.week),
            exports=exports.numbers.approved(rate.week),
            fitted=fitted.numbers.approved(rate.week),
            note=("fitted; " if rate.is_fitted else "compared; ") + rate.label,
            sources=";".join(rate.point.fact.provenance.sources),
        )


def _figure_rows(shapes: Shapes, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    spread = shipped.weeks[-1] - shipped.weeks[0]
    own = {"week-50": shipped.weeks[2], "spread": spread, "collateral-peak": shipped.collateral_peak}
    for name, title in TITLES.items():
        number = shapes.numbers.get(title)
        low, high = fitted.without.get(name, (None, None))
        without = "" if low is None else f"leaving one month out: {low:.3g} to {high:.3g}"
        yield FitRow(
            part="figure",
            name=title,
            unit="share" if name == "collateral-peak" else "weeks",
            shipped=own[name],
            exports=exports.free[name],
            fitted=fitted.free[name],
            exports_low=exports.intervals[name].low,
            exports_high=exports.intervals[name].high,
            fitted_low=fitted.intervals[name].low,
            fitted_high=fitted.intervals[name].high,
            range_low=None if number is None else number.low,
            range_high=None if number is None else number.high,
            note=without,
        )
    for place, title in enumerate(WEEKS):
        if title in TITLES.values():
            continue
        number = shapes.numbers[title]
        yield FitRow(
            part="figure",
            name=title,
            unit="weeks",
            shipped=shipped.weeks[place],
            exports=exports.numbers.weeks[place],
            fitted=fitted.numbers.weeks[place],
            range_low=number.low,
            range_high=number.high,
            note="follows from the first two",
        )


def _held_rows(held: tuple[Held, ...]) -> Iterator[FitRow]:
    for entry in held:
        yield FitRow(
            part="held",
            name=entry.name,
            unit="",
            shipped=entry.value,
            range_low=entry.low,
            range_high=entry.high,
            loss_low=entry.loss_low,
            loss_high=entry.loss_high,
            note=entry.verdict,
        )


def _ranges(parameters: Parameters, shapes: Shapes) -> dict[str, tuple[str, float, float]]:
    numbers = {n: (field, shapes.numbers[n].low, shapes.numbers[n].high) for n, field in HELD_NUMBERS.items()}
    found = {name: parameters.get(name) for name in HELD_PARAMETERS}
    others = {n: (HELD_PARAMETERS[n], e.low, e.high) for n, e in found.items() if e is not None}
    return numbers | others


def _assumptions(shapes: Shapes, fitted: Fit) -> dict[str, float]:
    """Give the fitted figures as a scenario's assumptions, within the range of each."""
    values = dict(zip(WEEKS, fitted.numbers.weeks, strict=True))
    values["collateral.peak"] = fitted.numbers.collateral_peak
    numbers = shapes.numbers
    return {n: round(min(max(v, numbers[n].low), numbers[n].high), 2) for n, v in values.items()}
