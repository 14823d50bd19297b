"""Say who fills each pool: shares of producers, what measures let through of them by week, on which facts.

Pools of one good trade with one another in both directions, so shares are the solution of F = D + W F, with D
the weights of producers in each pool and W those of pools; what gets through is the same with cut weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork

__all__ = ["Mix", "Mixes"]

NEARLY = (
    1.0 - 1e-9
)  # pools that only trade in circles have no producer: weights a little below 1 keep a solution
SMALLEST = 1e-6  # share of a pool
MOST_STEPS = 6  # followed for facts


@dataclass
class Mix:
    """What reaches a buyer from one producer: share, share let through by week, and what it rests on."""

    weight: float
    open: Floats
    measures: dict[str, float] = field(default_factory=dict)
    evidence: int = 0
    facts: dict[str, float] = field(default_factory=dict)


class Mixes:
    """Who is behind each node that buyers buy from.

    Parameters
    ----------
    network
        The production network.
    leaf_of
        Leaf of each node, -1 for pools, (n,).
    through
        What measures let through on each edge by week, (k, T).
    lost
        Mean share that each measure stops of each edge that it reaches.
    """

    def __init__(
        self,
        network: ProductionNetwork,
        leaf_of: Sequence[int],
        through: Floats,
        lost: Mapping[int, Mapping[str, float]],
    ) -> None:
        self.network, self.leaf_of, self.through, self.lost = network, leaf_of, through, lost
        self.weeks = through.shape[1]
        self.groups = np.searchsorted(network.group_node, np.arange(network.n + 1))
        self.edges = np.searchsorted(network.edge_group, np.arange(len(network.group_node) + 1))
        self._goods: dict[int, _Good] = {}

    def behind(self, node: int) -> dict[int, Mix]:
        """Give the leaves behind a node: its own, or those that fill the pool."""
        if self.network.kind[node] != NodeKind.POOL:
            return {self.leaf_of[node]: Mix(1.0, np.ones(self.weeks))}
        good = int(self.network.good[node])
        if good not in self._goods:
            self._goods[good] = _Good(self, good)
        return self._goods[good].mix(node)

    def edges_of(self, node: int) -> range:
        """Give the edges into a node."""
        return range(self.edges[self.groups[node]], self.edges[self.groups[node + 1]])

    def facts_of(self, edge: int) -> tuple[str, ...]:
        """Give the facts that an edge rests on."""
        return self.network.edge_facts[edge] if self.network.edge_facts else ()


class _Good:
    """The pools of one good, solved together. Pools P, leaves L, weeks T."""

    def __init__(self, mixes: Mixes, good: int) -> None:
        self.mixes, network = mixes, mixes.network
        pools = np.flatnonzero((network.kind == NodeKind.POOL) & (network.good == good)).tolist()
        self.row = {pool: row for row, pool in enumerate(pools)}
        self.into = {pool: list(mixes.edges_of(pool)) for pool in pools}
        sources = {int(network.edge_source[edge]) for edges in self.into.values() for edge in edges}
        self.leaves = sorted({mixes.leaf_of[node] for node in sources if mixes.leaf_of[node] >= 0})
        self.column = {leaf: column for column, leaf in enumerate(self.leaves)}
        self.share = self._solve(np.ones(len(network.edge_source)))
        whole = np.maximum(self.share, 1e-300)[:, :, None]
        cuts = np.stack([self._solve(mixes.through[:, week]) for week in range(mixes.weeks)], axis=2)
        self.open = np.clip(cuts / whole, 0.0, 1.0)
        self.stopped = self._measures()
        self._made: dict[int, dict[int, Mix]] = {}

    def _matrices(self, factor: Floats) -> tuple[Floats, Floats]:
        """Give weights of pools in pools, (P, P), and of leaves in pools, (P, L), times a factor by edge."""
        network, mixes = self.mixes.network, self.mixes
        pools, direct = np.zeros((len(self.row),) * 2), np.zeros((len(self.row), len(self.leaves)))
        for pool, edges in self.into.items():
            for edge in edges:
                source = int(network.edge_source[edge])
                weight = float(network.weight[edge]) * float(factor[edge])
                if source in self.row:
                    pools[self.row[pool], self.row[source]] += weight
                elif mixes.leaf_of[source] in self.column:
                    direct[self.row[pool], self.column[mixes.leaf_of[source]]] += weight
        return pools, direct

    def _solve(self, factor: Floats) -> Floats:
        pools, direct = self._matrices(factor)
        return _solved(pools, direct)

    def _measures(self) -> dict[str, Floats]:
        """Give the share of each leaf in each pool that a measure stops on the way, (P, L)."""
        reached: dict[str, Floats] = {}
        size = len(self.mixes.network.edge_source)
        for edges in self.into.values():
            for edge in edges:
                for measure, mean in self.mixes.lost.get(edge, {}).items():
                    reached.setdefault(measure, np.zeros(size))[edge] = mean
        kept, _ = self._matrices(self.mixes.through.mean(axis=1))
        result: dict[str, Floats] = {}
        for measure, share in sorted(reached.items()):
            pools, direct = self._matrices(share)
            result[measure] = _solved(kept, pools @ self.share + direct)
        return result

    def mix(self, pool: int) -> dict[int, Mix]:
        """Give the mix of each leaf in a pool."""
        if pool in self._made:
            return self._made[pool]
        row = self.row[pool]
        made: dict[int, Mix] = {}
        for column in np.flatnonzero(self.share[row] > SMALLEST).tolist():
            leaf = self.leaves[column]
            measures = {
                m: float(lost[row, column]) for m, lost in self.stopped.items() if lost[row, column] > 0
            }
            weight = float(self.share[row, column])
            facts, evidence = self._way(pool, leaf)
            made[leaf] = Mix(weight, weight * self.open[row, column], measures, evidence, facts)
        self._made[pool] = made
        return made

    def _way(self, pool: int, leaf: int) -> tuple[dict[str, float], int]:
        """Follow the strongest way from a leaf into a pool: its facts, and its weakest evidence."""
        network, column = self.mixes.network, self.column[leaf]
        facts: dict[str, float] = {}
        evidence, seen = 0, {pool}
        for _ in range(MOST_STEPS):
            best, most = -1, 0.0
            for edge in self.into[pool]:
                source = int(network.edge_source[edge])
                if source in seen:
                    continue
                held = self.share[self.row[source], column] if source in self.row else 0.0
                amount = float(network.weight[edge]) * (1.0 if self.mixes.leaf_of[source] == leaf else held)
                if amount > most:
                    best, most = edge, amount
            if best < 0:
                break
            evidence = max(evidence, int(network.evidence[best]))
            facts |= dict.fromkeys(self.mixes.facts_of(best), most)
            pool = int(network.edge_source[best])
            seen.add(pool)
            if pool not in self.row:
                break
        return facts, evidence


def _solved(pools: Floats, direct: Floats) -> Floats:
    """Solve F = direct + pools F."""
    return np.linalg.solve(np.eye(len(pools)) - NEARLY * pools, direct).astype(np.float64)
