"""Fit the licence shape to recorded exports and approval rates, and say what they do not settle.

Three figures are fitted: the week in which half the buyers are approved, the weeks from 10 to 90 % approved
(the five weeks of the shape move and stretch together), and the share of goods out of scope that customs hold
up at first. The loss is the sum of squared differences, in shares of baseline and of applications.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats
from chainshock.queries.signals.licence_flow import Flow, LicenceNumbers

if TYPE_CHECKING:
    from chainshock.queries.signals.evidence import Evidence, Month, Rate

__all__ = [
    "FREE",
    "ONSET",
    "Fit",
    "Held",
    "Interval",
    "Onset",
    "fit_onset",
    "fit_shape",
    "held_figures",
    "losses",
    "with_free",
]

FREE: Mapping[str, tuple[float, float]] = {  # figure fitted: the bounds that the search keeps to
    "week-50": (4.0, 26.0),
    "spread": (1.0, 44.0),
    "collateral-peak": (0.0, 1.0),
}
ONSET = "onset"
MIDDLE = 2  # place of week-50 among the five weeks
LEVEL = 0.9  # of intervals
GRID = 6  # places a figure within the bounds, tried before the search, lest a kink holds it up
FINE = 1e-3  # how closely the end of an interval is found, as a share of the bounds
LATEST_ONSET = 4.0  # weeks


@dataclass(frozen=True)
class Interval:
    """Ends of a 90 % interval of a fitted figure; None where the search meets its bound first."""

    low: float | None
    high: float | None


@dataclass(frozen=True)
class Fit:
    """A fit: the figures, what they give, and what the points leave open.

    Attributes
    ----------
    free
        Fitted figures by name.
    numbers
        All figures.
    loss
        Sum of squared differences.
    allowed
        Loss up to which figures count as fitting as well: loss x (1 + F / d) with d points beyond the number
        of figures and F the 90 % point of F(1, d).
    intervals
        Profile intervals: where, with the others fitted anew, the loss stays within what is allowed.
    without
        Lowest and highest value when any one month is left out, by figure.
    """

    free: Mapping[str, float]
    numbers: LicenceNumbers
    loss: float
    allowed: float
    points: int
    intervals: Mapping[str, Interval]
    without: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Held:
    """A figure that is not fitted: the loss at the ends of its range, the three others fitted anew."""

    name: str
    value: float
    low: float
    high: float
    loss_low: float
    loss_high: float
    allowed: float

    @property
    def verdict(self) -> str:
        """Say what the points make of it."""
        fits = [self.loss_low <= self.allowed, self.loss_high <= self.allowed]
        if all(fits):
            return "not identified: both ends fit as well"
        if any(fits):
            return f"{'high' if fits[1] else 'low'} end fits, {'low' if fits[1] else 'high'} end does not"
        return "the middle fits better than either end"


@dataclass(frozen=True)
class Onset:
    """A fit with an onset.

    `chance` is the p value of the F test against the fit without one, None without degrees of freedom. The
    form was thought of after the misfit was seen, so the test flatters it.
    """

    week: float
    free: Mapping[str, float]
    numbers: LicenceNumbers
    loss: float
    chance: float | None


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
        onset=free.get(ONSET, base.onset),
    )


def losses(numbers: LicenceNumbers, evidence: Evidence, *, rates: bool) -> Floats:
    """Give the differences, model less record: months first, then the rates that are fitted."""
    return _differences(numbers, evidence, evidence.months, _fitted(evidence) if rates else ())


def fit_shape(base: LicenceNumbers, evidence: Evidence, *, rates: bool) -> Fit:
    """Fit the three figures to the months, and to the approval rates of one denominator where wanted.

    Raises
    ------
    QueryError
        There are not more points than figures.
    """
    chosen = _fitted(evidence) if rates else ()
    count = len(evidence.months) + len(chosen)
    if count <= len(FREE):
        found = f"found {count} recorded points, expected more than the {len(FREE)} figures fitted"
        raise QueryError(found)
    search = _Search(base, evidence, evidence.months, chosen)
    free, loss = search.best({})
    allowed = loss * (1.0 + _f_point(count - len(FREE)))
    intervals = {name: _interval(search, name, free, allowed) for name in FREE}
    return Fit(
        free=free,
        numbers=with_free(base, free),
        loss=loss,
        allowed=allowed,
        points=count,
        intervals=intervals,
        without=_without_each(base, evidence, chosen),
    )


def held_figures(
    fit: Fit, evidence: Evidence, ranges: Mapping[str, tuple[str, float, float]], *, rates: bool
) -> tuple[Held, ...]:
    """Try the figures that are not fitted at the ends of their ranges.

    Parameters
    ----------
    ranges
        By name: the field of `LicenceNumbers`, and the ends.
    """
    chosen = _fitted(evidence) if rates else ()
    found = []
    for name, (field, low, high) in ranges.items():
        ends = []
        for end in (low, high):
            other = fit.numbers.having(field, end)
            ends.append(_Search(other, evidence, evidence.months, chosen).best({}, fit.free)[1])
        value = float(getattr(fit.numbers, field))
        found.append(Held(name, value, low, high, ends[0], ends[1], fit.allowed))
    return tuple(found)


def fit_onset(base: LicenceNumbers, evidence: Evidence, fit: Fit, *, rates: bool) -> Onset:
    """Fit a fourth figure that the shipped shape does not have: the week in which stopping begins."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - slow to import, wanted only here
    from scipy.stats import f  # noqa: PLC0415

    chosen = _fitted(evidence) if rates else ()

    def best(week: float) -> tuple[dict[str, float], float]:
        return _Search(replace(base, onset=float(week)), evidence, evidence.months, chosen).best({}, fit.free)

    found = minimize_scalar(lambda week: best(week)[1], bounds=(0.0, LATEST_ONSET), method="bounded")
    free, loss = best(found.x)
    degrees = fit.points - len(FREE) - 1
    chance = float(f.sf((fit.loss - loss) / (loss / degrees), 1, degrees)) if degrees > 0 and loss else None
    numbers = with_free(base, {**free, ONSET: float(found.x)})
    return Onset(float(found.x), free, numbers, loss, chance)


def _fitted(evidence: Evidence) -> tuple[Rate, ...]:
    return tuple(rate for rate in evidence.rates if rate.is_fitted)


def _differences(
    numbers: LicenceNumbers, evidence: Evidence, months: Sequence[Month], rates: Sequence[Rate]
) -> Floats:
    flow = Flow(numbers, evidence.start).over([month.span for month in months])
    of_rates = [numbers.approved(rate.week) - rate.share for rate in rates]
    return np.append(flow - np.array([month.share for month in months]), of_rates)


class _Search:
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
        def differences(values: Floats) -> Floats:
            free = {**fixed, **dict(zip(names, values.tolist(), strict=True))}
            return _differences(with_free(self._base, free), self._evidence, self._months, self._rates)

        return differences

    def _shipped(self) -> dict[str, float]:
        weeks = self._base.weeks
        return {
            "week-50": weeks[MIDDLE],
            "spread": weeks[-1] - weeks[0],
            "collateral-peak": self._base.collateral_peak,
        }


def _f_point(degrees: int) -> float:
    """Give F / d: the 90 % point of F(1, d) over d."""
    from scipy.stats import f  # noqa: PLC0415 - slow to import, wanted only here

    return float(f.ppf(LEVEL, 1, degrees)) / degrees


def _interval(search: _Search, name: str, best: Mapping[str, float], allowed: float) -> Interval:
    return Interval(*(_end(search, name, best, bound, allowed) for bound in FREE[name]))


def _end(search: _Search, name: str, best: Mapping[str, float], bound: float, allowed: float) -> float | None:
    """Find by halving where the loss leaves what is allowed; None where it does not up to the bound."""
    if search.best({name: bound}, best)[1] <= allowed:
        return None
    inside, outside = best[name], bound
    close = FINE * (FREE[name][1] - FREE[name][0])
    while abs(outside - inside) > close:
        middle = (inside + outside) / 2
        if search.best({name: middle}, best)[1] <= allowed:
            inside = middle
        else:
            outside = middle
    return inside


def _without_each(
    base: LicenceNumbers, evidence: Evidence, rates: Sequence[Rate]
) -> dict[str, tuple[float, float]]:
    months = evidence.months
    found = []
    if len(months) + len(rates) - 1 >= len(FREE):
        for left_out in months:
            rest = [month for month in months if month is not left_out]
            found.append(_Search(base, evidence, rest, rates).best({})[0])
    return {name: (min(f[name] for f in found), max(f[name] for f in found)) for name in FREE if found}
