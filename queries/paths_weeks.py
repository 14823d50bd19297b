"""List the strongest paths through the weeks: from an entity's nodes up to the restricted edges.

A path is followed backwards as weights of the losses of the node it stands at, by week and firm archetype;
one week after another, that node's own stocks and orders carry the weights to its suppliers. The amount of a
path is exact. The order of search is best first, by what may still come through a node.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.explain_weeks import WeekSplitter
from chainshock.queries.paths import Part, Path, PathList, Rows, Timing, index_rows
from chainshock.queries.propagation.sweeps import add_up
from chainshock.queries.propagation.weeks.chain import Chain
from chainshock.queries.propagation.weeks.merged import Merged
from chainshock.queries.propagation.weeks.tape import Marks

__all__ = ["WeekPaths"]

MAX_STEPS = 4000  # nodes looked at before the rest counts as other paths
SWEEPS = 300
SEEN = 1e-9  # of the largest week: an effect below this is rounding


@dataclass(frozen=True, eq=False)
class _Step:
    """Where a search stands: node, edge it came by, weight of its losses (T, S) or of its lost orders."""

    before: _Step | None
    node: int
    edge: int
    loss: Floats | None
    orders: float = 0.0


class WeekPaths:
    """Searches paths of one recorded run.

    Parameters
    ----------
    network
        The given network.
    splitter
        Splits exposures of the run; its network is the merged one.
    """

    def __init__(self, network: ProductionNetwork, splitter: WeekSplitter) -> None:
        self.network, self.splitter = network, splitter
        self.small, self.replay, self.record = splitter.network, splitter.replay, splitter.record
        self.node_of = self.record.terms.node_of
        self.merged = Merged(network, self.small, self.node_of)
        self.shape = (self.splitter.weeks, self.replay.slices)
        self._chain = Chain(self.replay)

    def find(self, nodes: Mapping[int, float], whole: float, part: Part = "input", top: int = 10) -> PathList:
        """Search the strongest paths of a part, best first.

        Parameters
        ----------
        nodes
            Weight of each node of the given network, as from `entity_weights`.
        whole
            What restrictions add up to in that part.
        part
            "input" or "orders_lost".
        top
            How many paths to list.
        """
        works = (self.network.kind == NodeKind.ACTIVITY) & ~self.network.is_project
        owned = {node: weight for node, weight in nodes.items() if works[node] and weight}
        found = self._search(self._starts(owned, part), top)
        listed = tuple(self._path(step, amount, part, owned) for amount, step in found)
        return PathList(part, listed, whole - sum(path.amount for path in listed))

    def _starts(self, owned: Mapping[int, float], part: Part) -> list[_Step]:
        """Give the steps to start from."""
        weight = np.zeros(self.small.n)
        np.add.at(weight, self.node_of[list(owned)], list(owned.values()))
        steps = []
        for node in np.flatnonzero(weight).tolist():
            if part == "input":
                steps.append(_Step(None, node, -1, self._evenly(-weight[node])))
            elif self.splitter.loses_orders[node]:
                steps.append(_Step(None, node, -1, self._evenly(weight[node])))
                steps.append(_Step(None, node, -1, None, -weight[node]))
        return steps

    def _evenly(self, weight: float) -> Floats:
        """Spread the weight of a mean loss over weeks and slices, (T, S)."""
        return np.full(self.shape, weight / (self.shape[0] * self.shape[1]))

    def _search(self, starts: list[_Step], top: int) -> list[tuple[float, _Step]]:
        """Give the strongest finished paths, largest first: amount, and the step over the restricted edge."""
        heap: list[tuple[float, int, _Step]] = []
        done: list[tuple[float, int, float, _Step]] = []  # the best so far, weakest first
        count = 0

        def finish(amount: float, step: _Step) -> None:
            nonlocal count
            count += 1
            heapq.heappush(done, (abs(amount), -count, amount, step))
            if len(done) > top:
                heapq.heappop(done)

        def push(step: _Step) -> None:
            nonlocal count
            bound = self._bound(step)
            if bound > (done[0][0] if len(done) == top else 0.0):
                count += 1
                heapq.heappush(heap, (-bound, count, step))

        for step in starts:
            push(step)
        for _ in range(MAX_STEPS):
            if not heap or (len(done) == top and -heap[0][0] <= done[0][0]):
                break
            step = heapq.heappop(heap)[2]
            ends, onward = self._orders(step) if step.loss is None else self._inputs(step, step.loss)
            for amount, end in ends:
                finish(amount, end)
            for further in onward:
                push(further)
        return [(amount, step) for _, _, amount, step in sorted(done, reverse=True, key=lambda e: e[:2])]

    def _bound(self, step: _Step) -> float:
        """Give what may still come through a step; losses of one sign cannot exceed it."""
        if step.loss is None:
            return abs(step.orders) * float(self._content_of_orders[step.node])
        return float(np.sum(np.abs(step.loss) * np.abs(self._content[step.node])))

    def _inputs(self, step: _Step, loss: Floats) -> tuple[list[tuple[float, _Step]], list[_Step]]:
        """Carry the weight of a node's losses to its suppliers, through its stocks and orders."""
        amounts, passed = self._chain.back(step.node, loss)
        edges = self._chain.edges(step.node)
        source = self.small.edge_source[edges]
        ends = [
            (float(amounts[i]), _Step(step, int(source[i]), int(edges[i]), None))
            for i in np.flatnonzero(amounts).tolist()
        ]
        onward = [
            _Step(step, int(source[i]), int(edges[i]), passed[i])
            for i in np.flatnonzero(self._is_hit[source]).tolist()
        ]
        return ends, onward

    def _orders(self, step: _Step) -> tuple[list[tuple[float, _Step]], list[_Step]]:
        """Carry the weight of a node's lost orders to the customers, or the routes, that lost them."""
        branch, n = self.splitter.order_branch, self.small.n
        row = step.node + n
        ends, onward = [], []
        for i in self._source_rows.of(row):
            edge = int(branch.source_edge[i])
            end = _Step(step, int(branch.frame.target[edge]), edge, None)
            ends.append((step.orders * float(branch.source_value[i]), end))
        for i in self._order_rows.of(row):
            column, edge = int(branch.column[i]), int(branch.edge[i])
            amount = step.orders * float(branch.value[i])
            if column >= n:
                onward.append(_Step(step, column - n, edge, None, amount))
            else:
                onward.append(_Step(step, column, edge, self._evenly(amount)))
        return ends, onward

    @cached_property
    def _content(self) -> Floats:
        """What restrictions alone would do to each loss, stock left aside, (n, T, S)."""
        return self.replay.forward(constants=False)[0]

    @cached_property
    def _is_hit(self) -> Marks:
        """Nodes that restrictions reach, (n,)."""
        hit: Marks = np.any(self._content, axis=(1, 2))
        return hit

    @cached_property
    def _content_of_orders(self) -> Floats:
        """What restrictions alone would do to each node's orders, (n,)."""
        branch, n = self.splitter.order_branch, self.small.n
        own = add_up(branch.source_row - n, np.abs(branch.source_value), n)
        inputs = np.abs(self._content).mean(axis=(1, 2))
        content: Floats = own
        for _ in range(SWEEPS):
            both = np.concatenate([inputs, content])
            new = own + add_up(branch.row - n, np.abs(branch.value) * both[branch.column], n)
            if np.max(np.abs(new - content), initial=0.0) <= 1e-9 * np.max(new, initial=0.0):
                break
            content = new
        return content

    @cached_property
    def _source_rows(self) -> Rows:
        return index_rows(self.splitter.order_branch.source_row)

    @cached_property
    def _order_rows(self) -> Rows:
        return index_rows(self.splitter.order_branch.row)

    def _path(self, last: _Step, amount: float, part: Part, owned: Mapping[int, float]) -> Path:
        """Name the nodes and edges of a path, and say when it bites."""
        steps = [last]
        while steps[-1].before is not None:
            steps.append(steps[-1].before)
        steps.reverse()
        mine = [node for node in owned if self.node_of[node] == steps[0].node]
        start = max(mine, key=lambda node: (abs(owned[node]), -node))
        nodes = [start, *(int(self.merged.node[step.node]) for step in steps[1:])]
        edges = [int(self.merged.edge[step.edge]) for step in steps[1:]]
        if self.merged.network.edge_node[edges[0]] != start and steps[0].loss is not None:
            edges[0] = self.merged.edge_into(start, steps[1].edge)
        seller = int(self.merged.network.edge_source[edges[0]])
        if self.merged.network.edge_node[edges[0]] == start and self.node_of[seller] == steps[1].node:
            nodes[1] = seller  # of those that are alike, the one that it buys from
        members = np.bincount(self.node_of)
        alike = (len(mine) - 1, *(int(members[step.node]) - 1 for step in steps[1:]))
        return Path(part, tuple(nodes), tuple(edges), amount, self._timing(steps, amount), alike)

    def _timing(self, steps: list[_Step], amount: float) -> Timing:
        """Follow a path forward, from its restricted edge to the node whose weeks it takes."""
        march = self.record.march
        weeks = [step for step in steps[:-1] if step.loss is not None]
        if not weeks or weeks[0].loss is None:  # an order that could not be shipped is lost in that week
            stopped = 1.0 - march.rules.factor[steps[-1].edge]
            first = int(np.flatnonzero(stopped)[0])
            return Timing(first, first, 0, tuple((amount * stopped / stopped.sum()).tolist()))
        further = [*weeks[1:], steps[-1]]
        trail = [(step.node, after.edge) for step, after in zip(weeks, further, strict=True)]
        cut, loss = self._chain.forth(reversed(trail))
        by_week = (weeks[0].loss * loss).sum(axis=1)
        felt = np.flatnonzero(np.abs(by_week) > SEEN * np.max(np.abs(by_week)))
        transit = sum(int(march.early[edge]) for _, edge in trail[:-1])
        return Timing(cut, int(felt[0]), transit, tuple(by_week.tolist()))
