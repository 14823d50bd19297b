"""List the strongest paths from an entity's nodes to the restricted edges that its losses come from."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.propagation.adjoint import Branch, final_branch
from chainshock.queries.propagation.state import ShockState

__all__ = ["Part", "Path", "PathList", "Rows", "Timing", "index_rows", "paths"]

MAX_STEPS = 200_000  # states looked at before the rest counts as other paths

Part = Literal["input", "orders_lost"]


@dataclass(frozen=True)
class Path:
    """One path: nodes from the entity's own to the far end of a restricted edge, the edges between them.

    The last edge is the restricted one. Under "input" the nodes go up the chain, supplier by supplier; under
    "orders_lost" they go down to the buyer that could not be served, and up again where that buyer, or one
    on the way, stands still for want of another input. `amount` is in the unit of the weights; over weeks
    `timing` says when it bites, and `alike` how many others behave as each node does and are counted with it.
    """

    part: Part
    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    amount: float
    timing: Timing | None = None
    alike: tuple[int, ...] = ()


@dataclass(frozen=True)
class Timing:
    """When a path bites, in weeks from 0.

    `cut` is the first week in which the restricted route brings less, `bites` the first in which output is
    lost by it; of the weeks between, goods were `transit` weeks under way, and stocks of the first firms to
    stop lasted the rest. `by_week` splits the amount over the weeks in which it is felt.
    """

    cut: int
    bites: int
    transit: int
    by_week: tuple[float, ...]

    @property
    def stock(self) -> int:
        """Weeks that stocks on the way lasted."""
        return max(0, self.bites - self.cut - self.transit)


@dataclass(frozen=True)
class PathList:
    """The strongest paths of one part, and what all others add up to.

    The sum is the part exactly; over weeks, what its restrictions add up to.
    """

    part: Part
    paths: tuple[Path, ...]
    other: float


def paths(
    network: ProductionNetwork,
    state: ShockState,
    nodes: Mapping[int, float],
    *,
    part: Part = "input",
    top: int = 10,
) -> PathList:
    """Search the strongest paths best first.

    Parameters
    ----------
    nodes
        Weight of each node, as from `entity_weights`.
    part
        "input" (what could not be bought) or "orders_lost" (what could not be sold).
    top
        How many paths to list.
    """
    branch = final_branch(network, state)
    starts, whole = [], 0.0
    for node, weight in nodes.items():
        if network.kind[node] != NodeKind.ACTIVITY or network.is_project[node]:
            continue
        lost, unordered = 1.0 - state.x[node], 1.0 - state.hu[node]
        if part == "input":
            starts.append((node, -weight))
            whole -= weight * lost
        elif unordered > lost:
            starts += [(node, weight), (node + network.n, -weight)]
            whole -= weight * (unordered - lost)
    found = tuple(_search(branch, starts, part, top))
    return PathList(part, found, float(whole) - sum(path.amount for path in found))


def _search(branch: Branch, starts: Iterable[tuple[int, float]], part: Part, top: int) -> Iterable[Path]:
    """Yield paths in order of strength.

    A path is kept as (previous, state, edge). What may still come of it is bounded by its weight times the
    loss of the state it stands at, so the first finished path to be popped is the strongest left.
    """
    n = branch.frame.network.n
    onward = index_rows(branch.row)
    ends = index_rows(branch.source_row)
    trail: list[tuple[int, int, int]] = []
    heap: list[tuple[float, int, float, bool]] = []

    def push(before: int, state: int, edge: int, amount: float, *, done: bool) -> None:
        bound = abs(amount) if done else abs(amount) * branch.loss[state]
        if bound > 0.0:
            trail.append((before, state, edge))
            heapq.heappush(heap, (-float(bound), len(trail) - 1, amount, done))

    for state, amount in starts:
        push(-1, state, -1, amount, done=False)
    count, steps = 0, 0
    while heap and count < top and steps < MAX_STEPS:
        _, place, amount, done = heapq.heappop(heap)
        steps += 1
        if done:
            count += 1
            yield _path(trail, place, part, amount, n)
            continue
        state = trail[place][1]
        for i in ends.of(state):
            edge = int(branch.source_edge[i])
            far = branch.frame.source[edge] if state < n else branch.frame.target[edge]
            push(place, int(far), edge, amount * float(branch.source_value[i]), done=True)
        for i in onward.of(state):
            push(
                place, int(branch.column[i]), int(branch.edge[i]), amount * float(branch.value[i]), done=False
            )


def index_rows(row: np.ndarray) -> Rows:
    """Index entries by row."""
    order = np.argsort(row, kind="stable")
    return Rows(order, row[order])


@dataclass(frozen=True, eq=False)
class Rows:
    """Entries by row; see `index_rows`."""

    order: np.ndarray
    sorted_row: np.ndarray

    def of(self, row: int) -> list[int]:
        """Give the entries of a row."""
        low, high = np.searchsorted(self.sorted_row, [row, row + 1])
        entries: list[int] = self.order[low:high].tolist()
        return entries


def _path(trail: list[tuple[int, int, int]], place: int, part: Part, amount: float, n: int) -> Path:
    """Follow a trail back to its start."""
    nodes: list[int] = []
    edges: list[int] = []
    while place >= 0:
        place, state, edge = trail[place]
        nodes.append(state % n)
        if edge >= 0:
            edges.append(edge)
    return Path(part, tuple(reversed(nodes)), tuple(reversed(edges)), amount)
