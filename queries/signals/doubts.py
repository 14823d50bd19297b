"""Say what the points of a fit do not settle: figures held, and a form that the shape does not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chainshock.queries.signals.licence_flow import LicenceNumbers
from chainshock.queries.signals.search import FREE, Search, with_free

if TYPE_CHECKING:
    from chainshock.queries.signals.evidence import Evidence
    from chainshock.queries.signals.fit import Fit

__all__ = ["Held", "Onset", "fit_onset", "held_figures"]

LATEST_ONSET = 4.0  # weeks


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
        return "neither end fits: settled within the range"


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


def held_figures(
    fit: Fit, evidence: Evidence, ranges: Mapping[str, tuple[str, float, float]], *, rates: bool
) -> tuple[Held, ...]:
    """Try the figures that are not fitted at the ends of their ranges.

    Parameters
    ----------
    ranges
        By name: the field of `LicenceNumbers`, and the ends.
    """
    chosen = evidence.fitted_rates if rates else ()
    found = []
    for name, (field, low, high) in ranges.items():
        ends = []
        for end in (low, high):
            other = fit.numbers.having(field, end)
            ends.append(Search(other, evidence, evidence.months, chosen).best({}, fit.free)[1])
        value = float(getattr(fit.numbers, field))
        found.append(Held(name, value, low, high, ends[0], ends[1], fit.allowed))
    return tuple(found)


def fit_onset(base: LicenceNumbers, evidence: Evidence, fit: Fit, *, rates: bool) -> Onset:
    """Fit a fourth figure that the shipped shape does not have: the week in which stopping begins."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - slow to import, wanted only here
    from scipy.stats import f  # noqa: PLC0415

    chosen = evidence.fitted_rates if rates else ()

    def best(week: float) -> tuple[dict[str, float], float]:
        return Search(replace(base, onset=float(week)), evidence, evidence.months, chosen).best({}, fit.free)

    found = minimize_scalar(lambda week: best(week)[1], bounds=(0.0, LATEST_ONSET), method="bounded")
    free, loss = best(found.x)
    degrees = fit.points - len(FREE) - 1
    chance = float(f.sf((fit.loss - loss) / (loss / degrees), 1, degrees)) if degrees > 0 and loss else None
    numbers = with_free(replace(base, onset=float(found.x)), free)
    return Onset(float(found.x), free, numbers, loss, chance)
