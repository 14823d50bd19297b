"""Search the figures of the licence shape that come nearest to recorded months and rates."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.signals.licence_flow import Flow, LicenceNumbers

if TYPE_CHECKING:
    from chainshock.queries.signals.evidence import Evidence, Month, Rate

__all__ = ["FREE", "Search", "differences", "with_free"]

FREE: Mapping[str, tuple[float, float]] = {  # figure fitted: the bounds that the search keeps to
    "week-50": (4.0, 26.0),
    "spread": (1.0, 44.0),
    "collateral-peak": (0.0, 1.0),
}
MIDDLE = 2  # place of week-50 among the five weeks
GRID = 6  # places a figure within the bounds, tried before the search, lest a kink holds it up


def with_free(base: LicenceNumbers, free: Mapping[str, float]) -> LicenceNumbers:
    """Put fitted figures in place: the weeks move with week-50 and stretch with the spread."""
    weeks = np.array(base.weeks)
    middle, spread = weeks[MIDDLE], weeks[-1] - weeks[0]
    stretch = free.get("spread", spread) / spread
    moved = free.get("week-50", middle) + stretch * (weeks - middle)
    return replace(
        base,
        weeks=tuple(np.maximum(moved, 0.0).tolist()),
        collateral_peak=free.get("collateral-peak", base.collateral_peak),
    )


def differences(
    numbers: LicenceNumbers, evidence: Evidence, months: Sequence[Month], rates: Sequence[Rate]
) -> Floats:
    """Give model less record: of the months as shares of baseline, then of the rates."""
    flow = Flow(numbers, evidence.start).over([month.span for month in months])
    of_rates = [numbers.approved(rate.week) - rate.share for rate in rates]
    return np.append(flow - np.array([month.share for month in months]), of_rates)


class Search:
    """Least squares over the figures that are not fixed, from several starts."""

    def __init__(
        self, base: LicenceNumbers, evidence: Evidence, months: Sequence[Month], rates: Sequence[Rate]
    ) -> None:
        self._base, self._evidence, self._months, self._rates = base, evidence, months, rates

    def best(
        self, fixed: Mapping[str, float], near: Mapping[str, float] | None = None
    ) -> tuple[dict[str, float], float]:
        """Give the figures of least loss, and the loss; `near` is where to search beside the shipped ones."""
        from scipy.optimize import least_squares  # noqa: PLC0415 - slow to import, wanted only here

        names = [name for name in FREE if name not in fixed]
        low, high = (np.array([FREE[name][end] for name in names]) for end in (0, 1))
        function = self._function(names, fixed)
        places = [np.linspace(*FREE[name], GRID) for name in names]
        tried = (np.array(point) for point in itertools.product(*places))
        shipped = self._shipped()
        starts = [min(tried, key=lambda point: float(np.sum(function(point) ** 2)))]
        starts += [np.array([given[name] for name in names]) for given in (shipped, near) if given]
        found = [least_squares(function, np.clip(s, low, high), bounds=(low, high)) for s in starts]
        best = min(found, key=lambda result: float(result.cost))
        values = {**fixed, **dict(zip(names, best.x.tolist(), strict=True))}
        return {name: values[name] for name in FREE}, 2.0 * float(best.cost)

    def _function(self, names: Sequence[str], fixed: Mapping[str, float]) -> Callable[[Floats], Floats]:
        def of(values: Floats) -> Floats:
            free = {**fixed, **dict(zip(names, values.tolist(), strict=True))}
            return differences(with_free(self._base, free), self._evidence, self._months, self._rates)

        return of

    def _shipped(self) -> dict[str, float]:
        weeks = self._base.weeks
        return {
            "week-50": weeks[MIDDLE],
            "spread": weeks[-1] - weeks[0],
            "collateral-peak": self._base.collateral_peak,
        }
