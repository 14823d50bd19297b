"""Average a march into what an exposure is made of: orders, gains, and the tightness of markets by week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import Floats, Ints, ProductionNetwork
from chainshock.queries.propagation.derived import DerivedOrders, derive_orders
from chainshock.queries.propagation.prices import paid_markup, set_prices
from chainshock.queries.propagation.rationing import rationing_rule
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.sweeps import Frame, lost_orders
from chainshock.queries.propagation.weeks.march import History, Rules

__all__ = ["Means", "WeekRun", "average", "price_weeks", "weekly_orders"]

PRICE_WEEKS = 4  # prices follow the mean tightness of this many weeks


@dataclass(frozen=True, eq=False)
class WeekRun:
    """A march on a network, and by week what spare capacity gained and what of it was left, (T, n)."""

    network: ProductionNetwork
    rules: Rules
    history: History
    gains: Floats
    left: Floats

    def frame(self, first: int, last: int, options: ShockOptions) -> Frame:
        """Give the edges with their mean factor from one week up to another."""
        mean = self.rules.factor[:, first:last].mean(axis=1)
        return Frame(self.network, np.clip(mean, 0.0, options.r_max))


@dataclass(frozen=True, eq=False)
class Means:
    """A run averaged over its weeks. Nodes n, groups m.

    Attributes
    ----------
    frame
        Edges with their mean factor.
    hu, gain, derived
        As in `ShockState`, (n,).
    y, paid
        As in `PriceTerms`: output still sold, (n,); purchases times the share of the price paid, (m,).
    still_short
        Lost deliveries after new suppliers have served, (m,).
    filled
        Share of derived orders that nodes fill, (n,).
    tightness
        z, or -z_in, by good, country and week, (G, C, T).
    segment
        Market segment of each good and country, the same in all weeks, (G, C).
    """

    frame: Frame
    hu: Floats
    gain: Floats
    derived: Floats
    y: Floats
    paid: Floats
    still_short: Floats
    filled: Floats
    tightness: Floats
    segment: Ints


def average(run: WeekRun, routes: RouteFactors, options: ShockOptions) -> Means:
    """Average the weeks; lost and derived orders are those of the means."""
    history = run.history
    frame = run.frame(0, run.rules.weeks, options)
    gain = run.gains.mean(axis=0)
    loss = 1.0 - history.x.mean(axis=1)
    still_short = np.clip(((1.0 - history.rho) * history.short).mean(axis=1), 0.0, 1.0)
    orders, _ = lost_orders(frame, loss, still_short, options.tolerance, options.max_sweeps)
    derived = derive_orders(frame, gain, run.left.mean(axis=0))
    y = 1.0 - np.maximum(loss, orders)
    ration = rationing_rule(frame, options)
    undelivered = loss[frame.source] if ration is None else ration(loss)
    markup = paid_markup(frame, options, undelivered, (history.rho * history.short).mean(axis=1))
    tightness, segment = _weekly_tightness(run, routes, options)
    return Means(
        frame=frame,
        hu=1.0 - orders,
        gain=gain,
        derived=derived.derived,
        y=y,
        paid=np.minimum(y[frame.node], 1.0) * markup,
        still_short=still_short,
        filled=derived.filled,
        tightness=tightness,
        segment=segment,
    )


def price_weeks(week: int) -> slice:
    """Give the weeks whose mean tightness sets the prices of a week."""
    return slice(max(0, week - PRICE_WEEKS + 1), week + 1)


def weekly_orders(run: WeekRun, week: int, options: ShockOptions) -> tuple[Frame, DerivedOrders]:
    """Give edges with their mean factor over the weeks that price a week, and the orders of their gains."""
    window = price_weeks(week)
    frame = run.frame(window.start, window.stop, options)
    gain, left = (values[window].mean(axis=0) for values in (run.gains, run.left))
    return frame, derive_orders(frame, gain, left)


def _weekly_tightness(run: WeekRun, routes: RouteFactors, options: ShockOptions) -> tuple[Floats, Ints]:
    """Measure each week's markets by four weeks' mean unfilled demand, on flows before stocks are drawn.

    What nobody fills of the orders that gains cause counts in the weeks in which they are placed.
    """
    network, history = run.network, run.history
    unserved = (1.0 - history.rho) * history.short * network.need[:, None]
    result = np.zeros((len(network.goods), len(network.countries), run.rules.weeks))
    for week in range(run.rules.weeks):
        frame, derived = weekly_orders(run, week, options)
        demand = unserved[:, price_weeks(week)].mean(axis=1)
        found = set_prices(frame, demand, derived.shortage, routes, options)
        result[:, :, week] = found.tightness
    return result, found.segment
