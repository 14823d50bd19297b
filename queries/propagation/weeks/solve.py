"""Solve a shock over a horizon of weeks, and average it into what an exposure is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.derived import derive_orders
from chainshock.queries.propagation.prices import paid_markup, set_prices, sold_markup
from chainshock.queries.propagation.rationing import buyer_queue, rationing_rule
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.substitution import spare_quantity, substitute
from chainshock.queries.propagation.sweeps import Frame, Indices, add_up, lost_orders
from chainshock.queries.propagation.weeks.compress import compress
from chainshock.queries.propagation.weeks.march import Filler, History, Limit, Rules, march
from chainshock.queries.propagation.weeks.slices import make_slices
from chainshock.queries.propagation.weeks.timing import first_below, last_release

__all__ = ["LicenceQueue", "WeekOptions", "WeekState", "solve_weeks"]

PRICE_WEEKS = 4  # prices follow the mean tightness of this many weeks


@dataclass(frozen=True, eq=False)
class LicenceQueue:
    """What one measure stops.

    Attributes
    ----------
    edges
        Edges reached, (r,).
    severity
        Share stopped by week, (r, lead + T); the first columns are weeks before week 0.
    before
        Share stopped before approval, (r,); 0 where the measure stops an equal part of every flow.
    start
        Week in which it begins to stop the edge, (r,); what was sent before arrives.
    end
        Week from which it stops the edge no longer, (r,); inf where it outlasts what is known.
    """

    edges: Indices
    severity: Floats
    before: Floats
    start: Floats
    end: Floats


@dataclass(frozen=True, eq=False)
class WeekOptions:
    """Assumptions of the dynamic; per-good arrays have shape (goods,).

    Attributes
    ----------
    slices, spread
        Number of slices; log standard deviation of stock between firms.
    tau, expedited
        Weeks to refill stock; weeks under way of licensed goods.
    is_drawn, tier
        Goods made to drawing; which route coordinate their pools use.
    ramp_start, ramp
        First week of deliveries from a new supplier, and weeks from there to full deliveries.
    thrift, thrift_start
        Share of need saved by week 26; week in which saving begins.
    """

    slices: int
    spread: float
    tau: float
    expedited: float
    is_drawn: npt.NDArray[np.bool_]
    tier: npt.NDArray[np.intp]
    ramp_start: Floats
    ramp: Floats
    thrift: Floats
    thrift_start: float


@dataclass(frozen=True, eq=False)
class WeekState:
    """What a shock leaves over the horizon, averaged over weeks and slices. Nodes n, goods G, countries C.

    Attributes
    ----------
    weeks
        Horizon T.
    x, hu, gain, derived, price_sold, price_bought
        As in `ShockState`, means over the horizon, (n,).
    price, at_ceiling
        Mean price ratio over the horizon; whether it was clipped in any week, (G, C).
    x_by_week
        Output by node and week, (n, T).
    price_by_week
        Price ratio by good, country and week, (G, C, T).
    first_stop
        First week in which a slice stands still, -1 if none does, (n,).
    release
        Week from which no measure stops what reaches the node from upstream, (n,): inf where one outlasts
        what is known, -inf where none ever does.
    slices
        Number of slices.
    """

    weeks: int
    x: Floats
    hu: Floats
    gain: Floats
    derived: Floats
    price_sold: Floats
    price_bought: Floats
    price: Floats
    at_ceiling: npt.NDArray[np.bool_]
    x_by_week: Floats
    price_by_week: Floats
    first_stop: npt.NDArray[np.int64]
    release: Floats
    slices: int

    @property
    def first_week(self) -> npt.NDArray[np.int64]:
        """Time to impact: first week below 99 % of output, -1 where there is none, (n,)."""
        return first_below(self.x_by_week)


def solve_weeks(
    network: ProductionNetwork,
    queues_on: Callable[[ProductionNetwork], list[LicenceQueue]],
    routes: RouteFactors,
    options: ShockOptions,
    rules: WeekOptions,
    weeks: int,
) -> WeekState:
    """Solve a shock over a horizon.

    Parameters
    ----------
    network
        The compiled network.
    queues_on
        Gives what measures stop on the edges of a network; called with the merged network.
    routes
        Factors of all routes, means over the horizon: who can substitute, which markets are one.
    options
        Choices and assumptions shared with the static shock.
    rules
        Assumptions of the dynamic.
    weeks
        Horizon.
    """
    small, node_of = compress(network, by_value=options.rationing == "value")
    queues = queues_on(small)
    made = _rules(small, queues, options, rules, weeks)
    filler = _Substitution(small, routes, options, rules)
    history = march(small, make_slices(rules.slices, rules.spread), made, filler)
    release = last_release(small, [(queue.edges, queue.end) for queue in queues])
    return _average(network, small, node_of, made, history, filler, routes, options, rules, release)


class _Substitution(Filler):
    """Spare capacity on open routes, ramping in."""

    def __init__(
        self, network: ProductionNetwork, routes: RouteFactors, options: ShockOptions, rules: WeekOptions
    ) -> None:
        self.network, self.routes, self.options, self.rules = network, routes, options, rules
        self.gains: list[Floats] = [np.zeros(network.n)]
        self.left: list[Floats] = [np.zeros(network.n)]

    def fill(self, week: int, short: Floats, x: Floats) -> Floats:
        """Match lost deliveries with spare capacity as far as new suppliers deliver by then."""
        ramp = np.clip((week - self.rules.ramp_start) / np.maximum(self.rules.ramp, 1e-9), 0.0, 1.0)
        spare = spare_quantity(self.network, x, x) * ramp[self.network.good]
        if self.options.substitution != "capacity" or not spare.any():
            self.gains.append(np.zeros(self.network.n))
            self.left.append(spare)
            return np.zeros(len(short))
        found = substitute(self.network, short, spare, self.routes, self.options)
        self.gains.append(found.gain)
        self.left.append(found.left)
        return found.rho


def _rules(
    network: ProductionNetwork,
    queues: list[LicenceQueue],
    options: ShockOptions,
    rules: WeekOptions,
    weeks: int,
) -> Rules:
    """Lay the measures on edges and weeks."""
    factor = np.ones((len(network.edge_source), weeks))
    limits = []
    for queue in queues:
        factor[queue.edges] *= 1.0 - queue.severity[:, -weeks:]
        queued = queue.before > 0.0
        share = np.divide(
            queue.severity, queue.before[:, None], out=np.zeros_like(queue.severity), where=queued[:, None]
        )
        limits.append(
            Limit(queue.edges, queue.severity, queue.before, np.clip(1.0 - share, 0.0, 1.0), queue.start)
        )
    week = np.arange(weeks)
    span = max(26.0 - rules.thrift_start, 1.0)
    saved = rules.thrift[network.group_good][:, None] * np.clip((week - rules.thrift_start) / span, 0.0, 1.0)
    return Rules(
        weeks=weeks,
        factor=factor,
        limits=limits,
        is_drawn=rules.is_drawn,
        tier=rules.tier,
        r_max=options.r_max,
        tau=rules.tau,
        expedited=rules.expedited,
        thrift=saved,
        queue=buyer_queue(Frame(network, np.clip(factor.mean(axis=1), 0.0, options.r_max)), options),
    )


def _average(
    network: ProductionNetwork,
    small: ProductionNetwork,
    node_of: Indices,
    made: Rules,
    history: History,
    filler: _Substitution,
    routes: RouteFactors,
    options: ShockOptions,
    rules: WeekOptions,
    release: Floats,
) -> WeekState:
    """Average the weeks, price them, and spread the result over the nodes of the given network."""
    weeks = made.weeks
    gain = np.mean(filler.gains[:weeks], axis=0)
    left = np.mean(filler.left[:weeks], axis=0)
    frame = Frame(small, np.clip(made.factor.mean(axis=1), 0.0, options.r_max))
    loss = 1.0 - history.x.mean(axis=1)
    still_short = np.clip(((1.0 - history.rho) * history.short).mean(axis=1), 0.0, 1.0)
    orders, _ = lost_orders(frame, loss, still_short, options.tolerance, options.max_sweeps)
    derived = derive_orders(frame, gain, left)
    prices, ceiling = _weekly_prices(small, made, history, derived.shortage, routes, options)
    price = prices.mean(axis=2)
    y = 1.0 - np.maximum(loss, orders)
    sold = y * sold_markup(frame, options, price)
    ration = rationing_rule(frame, options)
    undelivered = loss[frame.source] if ration is None else ration(loss)
    markup = paid_markup(frame, options, undelivered, (history.rho * history.short).mean(axis=1))
    change = price[small.group_good, small.country[small.group_node]] - 1.0
    used = np.minimum(y[frame.node], 1.0)
    cost = np.nan_to_num(small.cost_share) * used * markup * change
    bought = add_up(small.group_node, cost, small.n)
    return WeekState(
        weeks=weeks,
        x=(1.0 - loss)[node_of],
        hu=(1.0 - orders)[node_of],
        gain=gain[node_of],
        derived=derived.derived[node_of],
        price_sold=sold[node_of],
        price_bought=bought[node_of],
        price=price,
        at_ceiling=ceiling,
        x_by_week=history.x[node_of],
        price_by_week=prices,
        first_stop=history.stops[node_of],
        release=release[node_of],
        slices=rules.slices,
    )


def _weekly_prices(
    network: ProductionNetwork,
    made: Rules,
    history: History,
    shortage: Floats,
    routes: RouteFactors,
    options: ShockOptions,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Price each week by the mean unfilled demand of four weeks, on flows before stocks are drawn."""
    unserved = (1.0 - history.rho) * history.short * network.need[:, None]
    shape = (len(network.goods), len(network.countries))
    prices = np.ones((*shape, made.weeks))
    ceiling = np.zeros(shape, dtype=bool)
    for week in range(made.weeks):
        since = max(0, week - PRICE_WEEKS + 1)
        frame = Frame(network, np.clip(made.factor[:, since : week + 1].mean(axis=1), 0.0, options.r_max))
        found = set_prices(frame, unserved[:, since : week + 1].mean(axis=1), shortage, routes, options)
        prices[:, :, week] = found.price
        ceiling |= found.at_ceiling
    return prices, ceiling
