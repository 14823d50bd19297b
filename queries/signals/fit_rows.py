"""Make the rows of the fit of the licence shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from chainshock.queries.severity import Shapes
from chainshock.queries.signals.doubts import Held
from chainshock.queries.signals.evidence import Evidence
from chainshock.queries.signals.fit import Fit
from chainshock.queries.signals.licence_flow import QUANTILES, Flow, LicenceNumbers

__all__ = ["WEEKS", "FitRow", "figure_rows", "held_rows", "month_rows", "rate_rows"]

WEEKS = tuple(f"licence.week-{100 * q:.0f}" for q in QUANTILES)
TITLES = {
    "week-50": "licence.week-50",
    "spread": "weeks from 10 to 90 %",
    "collateral-peak": "collateral.peak",
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


def month_rows(evidence: Evidence, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    """Give the months, those to fit and later ones."""
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


def rate_rows(evidence: Evidence, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    """Give the approval rates, fitted and compared."""
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


def figure_rows(shapes: Shapes, shipped: LicenceNumbers, exports: Fit, fitted: Fit) -> Iterator[FitRow]:
    """Give the figures fitted, and the weeks that follow from them."""
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


def held_rows(held: tuple[Held, ...]) -> Iterator[FitRow]:
    """Give the figures held, and what the points make of them."""
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
