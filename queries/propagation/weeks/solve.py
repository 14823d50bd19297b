"""Solve a shock over a horizon of weeks, and average it into what an exposure is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.rationing import buyer_queue
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import Served, ShockOptions
from chainshock.queries.propagation.substitution import no_substitution, spare_quantity, substitute
from chainshock.queries.propagation.sweeps import Frame, Indices
from chainshock.queries.propagation.weeks.average import WeekRun, average
from chainshock.queries.propagation.weeks.compress import compress
from chainshock.queries.propagation.weeks.march import Filler, History, Limit, March, Rules
from chainshock.queries.propagation.weeks.record import WeekRecord
from chainshock.queries.propagation.weeks.slices import make_slices
from chainshock.queries.propagation.weeks.tape import Tape
from chainshock.queries.propagation.weeks.timing import first_below, last_release

__all__ = ["LicenceQueue", "WeekOptions", "WeekState", "march_merged", "solve_weeks"]


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
        Week from which it stops the edge no longer, (r,); inf, or None for all, where it outlasts what is
        known.
    measure
        Id of the measure.
    """

    edges: Indices
    severity: Floats
    before: Floats
    start: Floats
    end: Floats | None = None
    measure: str = ""


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
    stock_by_week
        Weeks of stock of each input group at the start of each week and after the last, means over slices,
        (m, T + 1).
    gain_by_week
        Extra output that fills lost deliveries, by node and week, (n, T); the mean is `gain`.
    price_by_week
        Price ratio by good, country and week, (G, C, T).
    terms
        What prices act on.
    first_stop
        First week in which a slice stands still, -1 if none does, (n,).
    release
        Week from which no measure stops what reaches the node from upstream, (n,): inf where one outlasts
        what is known, -inf where none ever does.
    slices
        Number of slices.
    record
        What an explanation needs, where it was asked for.
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
    stock_by_week: Floats
    gain_by_week: Floats
    price_by_week: Floats
    terms: PriceTerms
    first_stop: npt.NDArray[np.int64]
    release: Floats
    slices: int
    record: WeekRecord | None = None

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
    *,
    record: bool = False,
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
    record
        Whether to keep what an explanation needs.
    """
    small, node_of, group_of = compress(network, by_value=options.rationing == "value")
    queues = queues_on(small)
    made = _rules(small, queues, options, rules, weeks)
    filler = _Substitution(small, routes, options, rules)
    tape = Tape(weeks, len(small.group_node), len(small.edge_source), rules.slices) if record else None
    moved = March(small, make_slices(rules.slices, rules.spread), made, filler, tape)
    history = moved.run()
    ends = [np.full(len(q.edges), np.inf) if q.end is None else q.end for q in queues]
    release = last_release(small, [(q.edges, end) for q, end in zip(queues, ends, strict=True)])
    run = WeekRun(small, made, history, np.array(filler.gains[:weeks]), np.array(filler.left[:weeks]))
    means = average(run, routes, options)
    terms = PriceTerms(network, means.frame, options, means.tightness, means.y, means.paid, node_of, group_of)
    priced = terms.priced()
    kept = None if tape is None else WeekRecord(run, moved, tape, filler.served[:weeks], means, terms)
    return WeekState(
        weeks=weeks,
        x=history.x.mean(axis=1)[node_of],
        hu=means.hu[node_of],
        gain=means.gain[node_of],
        derived=means.derived[node_of],
        price_sold=priced.sold,
        price_bought=priced.bought,
        price=priced.price,
        at_ceiling=priced.at_ceiling,
        x_by_week=history.x[node_of],
        stock_by_week=history.stock[group_of],
        gain_by_week=run.gains[:, node_of].T,
        price_by_week=priced.by_week,
        terms=terms,
        first_stop=history.stops[node_of],
        release=release[node_of],
        slices=rules.slices,
        record=kept,
    )


def march_merged(
    network: ProductionNetwork,
    queues: list[LicenceQueue],
    routes: RouteFactors,
    options: ShockOptions,
    rules: WeekOptions,
    weeks: int,
) -> History:
    """Give what happens week by week alone: the march of `solve_weeks`, without prices and orders.

    Parameters
    ----------
    network
        A merged network (`compress`).
    queues
        What measures stop on its edges.
    routes, options, rules, weeks
        As for `solve_weeks`.
    """
    made = _rules(network, queues, options, rules, weeks)
    filler = _Substitution(network, routes, options, rules)
    return March(network, make_slices(rules.slices, rules.spread), made, filler).run()


class _Substitution(Filler):
    """Spare capacity on open routes, ramping in."""

    def __init__(
        self, network: ProductionNetwork, routes: RouteFactors, options: ShockOptions, rules: WeekOptions
    ) -> None:
        self.network, self.routes, self.options, self.rules = network, routes, options, rules
        self.gains: list[Floats] = [np.zeros(network.n)]
        self.left: list[Floats] = [np.zeros(network.n)]
        self.served: list[Served] = [no_substitution(network, self.left[0]).served]

    def fill(self, week: int, short: Floats, x: Floats) -> Floats:
        """Match lost deliveries with spare capacity as far as new suppliers deliver by then."""
        ramp = np.clip((week - self.rules.ramp_start) / np.maximum(self.rules.ramp, 1e-9), 0.0, 1.0)
        spare = spare_quantity(self.network, x, x) * ramp[self.network.good]
        if self.options.substitution != "capacity" or not spare.any():
            found = no_substitution(self.network, spare)
        else:
            found = substitute(self.network, short, spare, self.routes, self.options)
        self.gains.append(found.gain)
        self.left.append(found.left)
        self.served.append(found.served)
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
            Limit(
                queue.edges,
                queue.severity,
                queue.before,
                np.clip(1.0 - share, 0.0, 1.0),
                queue.start,
                queue.measure,
            )
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
