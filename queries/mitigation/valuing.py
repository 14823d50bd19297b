"""Measure what plans leave of an entity's output, week by week, on the engine of a run over weeks.

Many plans are measured in one march: each is a copy of the entity's part of the network that is too small
for anyone else to feel it, beside the part itself. A plan that is to be carried out is measured by a run of
its own, in which it takes the part's place and what it takes from others is missing there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chainshock.graph.network.production import Floats, Ints, ProductionNetwork
from chainshock.queries.mitigation.chain import Chain, carve, join
from chainshock.queries.mitigation.moves import Move
from chainshock.queries.mitigation.plans import Plan, Planned, Transit, apply_plan
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.march import History
from chainshock.queries.propagation.weeks.solve import LicenceQueue, WeekOptions, march_merged

__all__ = ["Engine", "Tick", "Valuer"]

SMALL = 1e-12  # what a copy's needs are of the entity's
MOST_EDGES = 8000  # of copies in one march: more take more memory, and no less time each
WEEKS_A_YEAR = 52
Queues = Callable[[ProductionNetwork], list[LicenceQueue]]
Tick = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Engine:
    """What a run over weeks needs beside the network.

    `queues` gives what measures stop on the edges of a network, `total_stop` the same stopping all that is
    in their scope.
    """

    queues: Queues
    total_stop: Queues
    routes: RouteFactors
    options: ShockOptions
    rules: WeekOptions
    weeks: int
    transit: Transit


@dataclass(frozen=True, eq=False)
class _Part:
    """A plan to march: its block, and where the entity's own nodes stand in it; -1: as in the first part."""

    planned: Planned
    own: Indices


class Valuer:
    """Measures plans of moves; `tick` is called with the count of marches done.

    Attributes
    ----------
    before
        Weekly share of output lost without any move, (T,).
    short
        Mean share of the deliveries to each group of the block that are lost then, (groups,).
    value, weight
        The entity's value a year, None where not known; weight of each of its own nodes.
    """

    def __init__(self, chain: Chain, engine: Engine, tick: Tick | None = None) -> None:
        self.chain, self.engine, self.tick = chain, engine, tick
        sized = np.isfinite(chain.value)
        is_sized = bool(np.any(chain.value[sized] > 0.0))
        weight = np.where(sized, np.nan_to_num(chain.value), 0.0) if is_sized else chain.share
        self.value = float(np.nansum(chain.value)) if is_sized else None
        self.weight: Floats = weight / weight.sum()
        self.marches = 0
        self.short: Floats = np.ones(len(chain.block.group_node))
        self.before: Floats = self._measure_before()

    def losses(self, moves: Sequence[Move], plans: Sequence[Plan]) -> list[Floats]:
        """Give the share of output lost in each week under each plan, others unaffected, (T,) each."""
        found: list[Floats] = []
        waiting = [self._copy(self._plan(moves, plan, SMALL)) for plan in plans]
        while waiting:
            size = np.cumsum([len(part.planned.block.edge_source) for part in waiting])
            count = max(1, int(np.searchsorted(size, MOST_EDGES)))
            found += self._march(self.chain.rest, [self._whole(moves, {}), *waiting[:count]])[1:]
            waiting = waiting[count:]
        return found

    def _measure_before(self) -> Floats:
        """Give the weekly loss without any move, and keep where deliveries fall short, (groups,)."""
        whole = self._whole((), {})
        network, _ = join(self.chain.rest, [whole.planned.block])
        found = self._run(network, self.engine.queues(network), self.engine.options)
        self.short = found.short[len(self.chain.rest.group_node) :].mean(axis=1)
        return self._own(found.x, [whole])[0]

    def loss(self, moves: Sequence[Move], plan: Plan) -> Floats:
        """Give the share of output lost in each week if a plan is carried out, (T,): a run of its own."""
        whole = self._whole(moves, plan)
        rest = self.chain.rest
        spare = rest.spare.copy()
        for seller, quantity in whole.planned.used.items():
            spare[seller] = max(0.0, spare[seller] - quantity / rest.output[seller])
        return self._march(replace(rest, spare=spare), [whole])[0]

    @cached_property
    def stopped(self) -> list[LicenceQueue]:
        """What each measure can stop of what the entity's part buys; edges count inside the block."""
        network, (first,) = join(self.chain.rest, [self.chain.block])
        inside = np.arange(len(network.edge_source)) >= first
        queues = [_only(queue, inside) for queue in self.engine.total_stop(network)]
        return [replace(queue, edges=queue.edges - first) for queue in queues if queue.edges.size]

    def good_of(self, edges: Indices) -> Ints:
        """Give the good on edges of the block."""
        block, source = self.chain.block, self.chain.block.edge_source[edges]
        inside = source < 0
        good = self.chain.rest.good[np.where(inside, 0, source)]
        return np.where(inside, block.good[np.where(inside, ~source, 0)], good).astype(np.int32)

    def without(self, goods: Sequence[Sequence[int]]) -> list[Floats]:
        """Give the weekly loss if nothing restricted of some goods arrived and nobody stood in, (T,) each."""
        block = self.chain.block
        reached = np.concatenate([np.zeros(0, dtype=np.intp), *(queue.edges for queue in self.stopped)])
        plain, whole = self._plan((), {}, SMALL), self._whole((), {})
        parts = [whole]
        for some in goods:
            hit = reached[np.isin(self.good_of(reached), list(some))]
            changed = np.unique(block.group_node[block.edge_group[hit]]).astype(np.intp)
            parts.append(self._copy(replace(plain, changed=changed)))
        network, first = join(self.chain.rest, [part.planned.block for part in parts])
        ends = [*first[1:], len(network.edge_source)]
        good = network.good[network.edge_source]
        kept = np.zeros(len(good), dtype=bool)
        for k, some in enumerate(goods, 1):
            kept[first[k] : ends[k]] = np.isin(good[first[k] : ends[k]], list(some))
        queues = [_only(queue, kept) for queue in self.engine.total_stop(network)]
        options = replace(self.engine.options, substitution="none")
        found = self._run(network, [q for q in queues if q.edges.size], options)
        return self._own(found.x, parts)[1:]

    def usd(self, loss: Floats) -> float | None:
        """Give the output lost over the run in USD; None where the entity's value is not known."""
        return None if self.value is None else float(loss.sum()) * self.value / WEEKS_A_YEAR

    def _plan(self, moves: Sequence[Move], plan: Plan, scale: float) -> Planned:
        return apply_plan(self.chain.block, self.short, moves, plan, self.engine.transit, scale)

    def _whole(self, moves: Sequence[Move], plan: Plan) -> _Part:
        return _Part(self._plan(moves, plan, 1.0), self.chain.own)

    def _copy(self, planned: Planned) -> _Part:
        """Carve out what feels a plan; the rest of the entity's part it shares with the part itself."""
        block, nodes, edges = carve(planned.block, planned.changed, self.chain.rest.n)
        added = np.searchsorted(edges, planned.added)
        own = np.searchsorted(nodes, self.chain.own)
        there = own < len(nodes)
        there[there] = nodes[own[there]] == self.chain.own[there]
        return _Part(replace(planned, block=block, added=added), np.where(there, own, -1))

    def _march(self, rest: ProductionNetwork, parts: list[_Part]) -> list[Floats]:
        network, first = join(rest, [part.planned.block for part in parts])
        planned = [part.planned for part in parts]
        later = np.concatenate([at + plan.added for at, plan in zip(first, planned, strict=True)])
        plain = network.weight.copy()
        plain[later] = 0.0  # what a good holds is told by the suppliers that are there
        queues = self.engine.queues(replace(network, weight=plain))
        if later.size:
            ready, ramp = (np.concatenate([getattr(plan, n) for plan in planned]) for n in ("ready", "ramp"))
            queues.append(self._not_yet(later, ready, ramp, queues))
        return self._own(self._run(network, queues, self.engine.options).x, parts)

    def _run(self, network: ProductionNetwork, queues: list[LicenceQueue], options: ShockOptions) -> History:
        engine = self.engine
        found = march_merged(network, queues, engine.routes, options, engine.rules, engine.weeks)
        self.marches += 1
        if self.tick is not None:
            self.tick(self.marches)
        return found

    def _own(self, output: Floats, parts: list[_Part]) -> list[Floats]:
        """Add the entity's loss up under each plan; the first part holds all of the entity's nodes."""
        start = at = self.chain.rest.n
        found = []
        for part in parts:
            nodes = np.where(part.own >= 0, at + part.own, start + self.chain.own)
            found.append(1.0 - self.weight @ output[nodes])
            at += len(part.planned.block.ids)
        return found

    def _not_yet(
        self, edges: Indices, ready: Floats, ramp: Floats, queues: list[LicenceQueue]
    ) -> LicenceQueue:
        """Hold deliveries back until they are ready: full `ramp` weeks after the first."""
        lead = max((queue.severity.shape[1] - self.engine.weeks for queue in queues), default=0)
        week = np.arange(-lead, self.engine.weeks) + round(self.engine.rules.expedited)
        step = np.where(ramp > 0.0, ramp, 1e-9)[:, None]
        done = np.clip((week - ready[:, None] + (ramp <= 0.0)[:, None]) / step, 0.0, 1.0)
        return LicenceQueue(edges, 1.0 - done, np.zeros(len(edges)), np.full(len(edges), -np.inf))


def _only(queue: LicenceQueue, kept: np.ndarray) -> LicenceQueue:
    """Keep some edges of a queue."""
    keep = kept[queue.edges]
    return replace(
        queue,
        edges=queue.edges[keep],
        severity=queue.severity[keep],
        before=queue.before[keep],
        start=queue.start[keep],
        end=None if queue.end is None else queue.end[keep],
    )
