"""March a network through the weeks of a shock.

Each week, for every input group of every slice: deliveries A' arrive from what suppliers made `transit` weeks
ago and what routes let through; V = A' + S; x = min over groups of 1 - kappa (1 - min(1, V)); use
y = min(V, x); S <- S + A' - y. Orders are 1 + (S* - S) / tau, at most r_max: a firm orders for the output it
means to make, so a line that waited for one input has not run dry of the rest. A measure limits flows, not
orders: who wants less takes it from whom it can. Inside a country nothing is under way, so tiers follow one
another within a week, from ores to end uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.propagation.rationing import BuyerQueue
from chainshock.queries.propagation.sweeps import Frame, Indices
from chainshock.queries.propagation.weeks.layout import level_of, levels, max_runs, route_weights, sum_runs
from chainshock.queries.propagation.weeks.slices import Slices
from chainshock.queries.propagation.weeks.tape import Tape

__all__ = ["Filler", "History", "Limit", "March", "Rules", "march"]

WHOLE = 1.0 - 1e-9  # a supplier at this output or above can deliver more than baseline
STOPPED = 0.5  # a slice whose output falls below this stands still


@dataclass(frozen=True, eq=False)
class Limit:
    """What one measure stops on the edges it reaches, (r,), week by week, (r, lead + weeks).

    Where `before` is above 0, firms are approved one by one: `approved` is their share by week, and who is
    not approved gets 1 - before. Elsewhere every flow is cut by `severity`. What was sent before `start`
    arrives. The first columns are the weeks before week 0. `measure` is the id of the measure.
    """

    edges: Indices
    severity: Floats
    before: Floats
    approved: Floats
    start: Floats
    measure: str = ""


@dataclass(frozen=True, eq=False)
class Rules:
    """What the march needs to know beside the network.

    Attributes
    ----------
    weeks
        Weeks of the run.
    factor
        Mean a_e by edge and week, (k, weeks); 1 where no measure acts.
    limits
        What each measure stops.
    is_drawn
        True for goods made to drawing: a slice buys them from one supplier, (goods,).
    tier
        Row of `Slices.route` by good, (goods,).
    r_max, tau, expedited
        Ceiling of orders and deliveries; weeks to refill stock; weeks under way of licensed goods.
    thrift
        Share of need of a group saved by week, (m, weeks).
    queue
        Who comes first where a supplier is short; None serves all in proportion. Shares are settled in the
        week in which goods leave, on orders as measures limit them then.
    """

    weeks: int
    factor: Floats
    limits: list[Limit]
    is_drawn: npt.NDArray[np.bool_]
    tier: npt.NDArray[np.intp]
    r_max: float
    tau: float
    expedited: float
    thrift: Floats
    queue: BuyerQueue | None = None


@dataclass(frozen=True, eq=False)
class History:
    """What happened, averaged over slices. Nodes n, groups m, weeks T.

    Attributes
    ----------
    x
        Output by node and week, (n, T).
    short
        Lost deliveries 1 - min(1, A) of each group before substitution, (m, T).
    rho
        Share of them that spare capacity served, (m, T).
    stops
        First week in which some slice of the node stands still, (n,); -1 if none does.
    stopped
        Share of slices that stand still, by node and week, (n, T).
    stock
        Weeks of stock of each group at the start of each week, and after the last, (m, T + 1).
    """

    x: Floats
    short: Floats
    rho: Floats
    stops: npt.NDArray[np.int64]
    stopped: Floats
    stock: Floats


class Filler:
    """Say which share of each group's lost deliveries spare capacity serves in a week; here none."""

    def fill(self, week: int, short: Floats, x: Floats) -> Floats:
        """Give rho of every group, (m,), from mean lost deliveries (m,) and mean output (n,)."""
        del week, x
        return np.zeros(len(short))


def march(network: ProductionNetwork, slices: Slices, rules: Rules, filler: Filler) -> History:
    """Run the weeks; see the module's first lines for what happens in one."""
    return March(network, slices, rules, filler).run()


class March:
    """Arrays of a run, (rows, slices); with a tape, `run` records the branches it takes."""

    def __init__(
        self,
        network: ProductionNetwork,
        slices: Slices,
        rules: Rules,
        filler: Filler,
        tape: Tape | None = None,
    ) -> None:
        self.network, self.slices, self.rules, self.filler = network, slices, rules, filler
        self.tape = tape
        self.frame = Frame(network, np.ones(len(network.edge_source)))
        self.weight = route_weights(network, slices, rules.is_drawn, rules.tier, rules.factor)
        self.demand = self.weight * network.need[self.frame.group][:, None]
        self.level = level_of(network)
        self.levels = levels(network, self.level)
        self.is_pool = network.kind == NodeKind.POOL
        pooled = ~rules.is_drawn[network.good] & self.is_pool
        self.mixes = np.flatnonzero(pooled)
        lag = np.where(network.transit > 0, network.transit, 0.0)
        self.early, self.late = np.floor(lag).astype(np.intp), np.ceil(lag).astype(np.intp)
        self.between = lag - np.floor(lag)
        self.depth = int(self.late.max(initial=0)) + 1

    def run(self) -> History:
        """March week by week."""
        n, m, weeks, size = self.network.n, len(self.frame.node), self.rules.weeks, self.slices.count
        cover = self.network.stock_of(self.slices.stock)
        stock = cover.copy()
        past = [np.ones((n, size)) for _ in range(self.depth + 1)]  # past[0] is this week
        self.kept = [np.ones_like(self.weight)] * (self.depth + 1)  # 1 - r_e lost, the same way
        mean_x, mean_short, rho = np.ones((n, weeks)), np.zeros((m, weeks)), np.zeros((m, weeks))
        stops, stopped = np.full(n, -1), np.zeros((n, weeks))
        held, filled = np.zeros((m, weeks + 1)), np.zeros(m)
        held[:, 0] = stock.mean(axis=1)
        for week in range(weeks):
            past = [np.ones((n, size)), *past[:-1]]
            if self.rules.queue is not None:
                self.kept = [np.ones_like(self.weight), *self.kept[:-1]]
            wanted = 1.0 + (cover - stock) / self.rules.tau
            order = np.clip(wanted, 0.0, self.rules.r_max)
            if self.tape is not None:
                self.tape.order(week, wanted, self.rules.r_max)
            arrived, short = self._week(week, past, order, stock, filled)
            need = 1.0 - self.rules.thrift[:, week]
            wants = past[0][self.frame.node] * need[:, None]
            if self.tape is not None:
                self.tape.carry(week, arrived + stock - wants)
            used = np.minimum(arrived + stock, wants)
            stock = np.maximum(0.0, stock + arrived - used)
            held[:, week + 1] = stock.mean(axis=1)
            mean_x[:, week] = past[0].mean(axis=1)
            mean_short[:, week] = short.mean(axis=1)
            rho[:, week] = filled
            still = past[0] < STOPPED
            stopped[:, week] = still.mean(axis=1)
            stops = np.where((stops < 0) & still.any(axis=1), week, stops)
            filled = self.filler.fill(week + 1, mean_short[:, week], mean_x[:, week])
        return History(mean_x, mean_short, rho, stops, stopped, held)

    def _week(
        self, week: int, past: list[Floats], order: Floats, stock: Floats, filled: Floats
    ) -> tuple[Floats, Floats]:
        """Compute output tier by tier; give arrivals and lost deliveries by group, (m, S)."""
        factor = self.factor(week)
        need = 1.0 - self.rules.thrift[:, week]
        arrived, short = np.zeros_like(order), np.zeros_like(order)
        orders = factor if self.rules.queue is None else self.demand * factor
        for nodes, groups, edges in self.levels:
            if groups.size:
                made, let_through = self._supply(past, edges, self.frame.source[edges]), factor[edges]
                supply = made if self.rules.queue is None else self._supply(self.kept, edges, edges)
                flow = supply * let_through
                flow[(made >= WHOLE) & (let_through >= 1.0)] = self.rules.r_max
                asked = np.maximum(order, 1.0)[self.frame.group[edges]]
                limited = None if self.tape is None else flow < asked
                np.minimum(flow, asked, out=flow)
                flow *= self.weight[edges]
                offered = sum_runs(flow, self.frame.group[edges], groups)
                delivered = np.minimum(offered, order[groups])
                lost = np.clip(np.minimum(order[groups], 1.0) - delivered, 0.0, 1.0)
                short[groups] = lost
                served = self._served(filled[groups], lost)
                arrived[groups] = delivered + served
                available = (arrived[groups] + stock[groups]) / need[groups, None]
                loss = self.network.kappa[groups, None] * np.clip(1.0 - available, 0.0, 1.0)
                past[0][nodes] = 1.0 - max_runs(loss, self.frame.node[groups], nodes)
                if self.tape is not None and limited is not None:
                    self.tape.deliver(week, groups, edges, limited, offered >= order[groups])
                    self.tape.lose(week, groups, lost, served)
                    self.tape.bind(week, groups, self.frame.node[groups], loss)
            mixed = np.intersect1d(nodes, self.mixes)
            if mixed.size:
                past[0][mixed] = past[0][mixed].mean(axis=1, keepdims=True)
            if self.rules.queue is not None:
                self._ration(self.rules.queue, week, nodes, past[0], orders)
        return arrived, short

    def _ration(self, queue: BuyerQueue, week: int, nodes: Indices, x: Floats, orders: Floats) -> None:
        """Share out what suppliers make this week among their orders."""
        loss = np.zeros_like(x)
        loss[nodes] = 1.0 - x[nodes]
        edges, lost = queue.losses(loss, orders)
        self.kept[0][edges] = 1.0 - lost
        if self.tape is not None:
            self.tape.ration(week, edges, lost, loss[self.frame.source[edges]])

    def _served(self, share: Floats, lost: Floats) -> Floats:
        """Serve a share of lost deliveries firm by firm in the order of their turn, (groups, S)."""
        if not share.any():
            return np.zeros_like(lost)
        queue = np.argsort(self.slices.turn, kind="stable")
        waiting = lost[:, queue]
        before = np.cumsum(waiting, axis=1) - waiting
        total = waiting.sum(axis=1, keepdims=True)
        result = np.empty_like(lost)
        result[:, queue] = np.clip(share[:, None] * total - before, 0.0, waiting)
        return result

    def _supply(self, past: list[Floats], edges: Indices, rows: Indices) -> Floats:
        """Give the rows of the past, one an edge, when what arrives now was sent, (edges, S)."""
        source = self.frame.source[edges]
        result = np.empty((len(edges), self.slices.count))
        early, late, part = self.early[edges], self.late[edges], self.between[edges][:, None]
        for lag in np.unique(early):
            here = np.flatnonzero(early == lag)
            result[here] = past[lag][rows[here]]
        split = np.flatnonzero(early != late)
        for lag in np.unique(late[split]):
            here = split[late[split] == lag]
            result[here] = (1 - part[here]) * result[here] + part[here] * past[lag][rows[here]]
        re_exported = self.is_pool[source] & self.is_pool[self.frame.target[edges]]
        result[re_exported] = result[re_exported].mean(axis=1, keepdims=True)
        return result

    def factor(self, week: int) -> Floats:
        """Give a_e of each slice for what arrives this week, (k, S)."""
        result = np.ones((len(self.frame.source), self.slices.count))
        for limit, cut in zip(self.rules.limits, self.cuts(week), strict=True):
            result[limit.edges] *= 1.0 - cut
        return result

    def cuts(self, week: int) -> Iterator[Floats]:
        """Give what each measure stops of what arrives this week, (r, S).

        What was sent before a measure started arrives; what is licensed later takes the expedited time.
        """
        for limit in self.rules.limits:
            lead = limit.severity.shape[1] - self.rules.weeks
            sent = max(0, lead + week - round(self.rules.expedited))
            afloat = week - self.network.transit[limit.edges] < limit.start
            one_by_one = limit.before > 0.0
            approved = self.slices.licence < limit.approved[:, sent, None]
            cut = np.where(
                one_by_one[:, None], ~approved * limit.before[:, None], limit.severity[:, sent, None]
            )
            yield np.where(afloat[:, None], 0.0, cut)
