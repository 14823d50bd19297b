"""Fit the licence shape to recorded exports and approval rates, and say what they do not settle.

Three figures are fitted: the week in which half the buyers are approved, the weeks from 10 to 90 % approved
(the five weeks of the shape move and stretch together), and the share of goods out of scope that customs hold
up at first. The loss is the sum of squared differences, in shares of baseline and of applications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.queries.signals.licence_flow import LicenceNumbers
from chainshock.queries.signals.search import FREE, Search, with_free

if TYPE_CHECKING:
    from chainshock.queries.signals.evidence import Evidence, Rate

__all__ = ["Fit", "Interval", "fit_shape"]

LEVEL = 0.9  # of intervals
FINE = 1e-3  # how closely the end of an interval is found, as a share of the bounds


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


def fit_shape(base: LicenceNumbers, evidence: Evidence, *, rates: bool) -> Fit:
    """Fit the three figures to the months, and to the approval rates of one denominator where wanted.

    Raises
    ------
    QueryError
        There are not more points than figures.
    """
    chosen = evidence.fitted_rates if rates else ()
    count = len(evidence.months) + len(chosen)
    if count <= len(FREE):
        found = f"found {count} recorded points, expected more than the {len(FREE)} figures fitted"
        raise QueryError(found)
    search = Search(base, evidence, evidence.months, chosen)
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


def _f_point(degrees: int) -> float:
    """Give F / d: the 90 % point of F(1, d) over d."""
    from scipy.stats import f  # noqa: PLC0415 - slow to import, wanted only here

    return float(f.ppf(LEVEL, 1, degrees)) / degrees


def _interval(search: Search, name: str, best: Mapping[str, float], allowed: float) -> Interval:
    return Interval(*(_end(search, name, best, bound, allowed) for bound in FREE[name]))


def _end(search: Search, name: str, best: Mapping[str, float], bound: float, allowed: float) -> float | None:
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
            found.append(Search(base, evidence, rest, rates).best({})[0])
    return {name: (min(f[name] for f in found), max(f[name] for f in found)) for name in FREE if found}
