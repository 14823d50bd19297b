"""Write the fit of the licence shape: months, approval rates, figures with intervals, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chainshock.graph.knowledge import KnowledgeGraph, Known
from chainshock.graph.parameters import Parameters
from chainshock.queries.severity import Shapes
from chainshock.queries.signals.doubts import Onset, fit_onset, held_figures
from chainshock.queries.signals.evidence import BASELINE_T, Evidence, read_evidence, shipped_numbers
from chainshock.queries.signals.fit import Fit, fit_shape
from chainshock.queries.signals.fit_rows import (
    WEEKS,
    FitRow,
    figure_rows,
    held_rows,
    month_rows,
    rate_rows,
)
from chainshock.queries.signals.licence_flow import Flow, LicenceNumbers
from chainshock.queries.signals.search import FREE
from chainshock.queries.tabular import Tabular

__all__ = ["FitTable", "fit_licence"]

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
        *month_rows(evidence, shipped, exports, fitted),
        *rate_rows(evidence, shipped, exports, fitted),
        *figure_rows(shapes, shipped, exports, fitted),
        *held_rows(held),
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
