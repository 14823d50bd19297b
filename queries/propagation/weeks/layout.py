"""Lay a network out for a march: who buys from whom in each slice, and in which order nodes follow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.slices import Slices

__all__ = ["level_of", "levels", "max_runs", "route_weights", "sum_runs"]


def route_weights(
    network: ProductionNetwork,
    slices: Slices,
    is_drawn: npt.NDArray[np.bool_],
    tier: npt.NDArray[np.intp],
    factor: Floats,
) -> Floats:
    """Give each edge's weight in each slice, (k, S): pools of drawn goods route a slice to one supplier.

    A slice covers an interval of the pool's suppliers laid end to end, those under measures first; so means
    over slices are the weights exactly, and at most one slice at each border buys from two.
    """
    weight = np.repeat(network.weight[:, None], slices.count, axis=1)
    closed = 1.0 - factor.mean(axis=1)
    pools = (network.kind == NodeKind.POOL) & is_drawn[network.good]
    starts = np.flatnonzero(np.diff(network.edge_group, prepend=-1))
    ends = np.append(starts, len(network.edge_group))[1:]
    width = 1.0 / slices.count
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        node = int(network.group_node[network.edge_group[start]])
        if not pools[node] or end - start < 2:
            continue
        edges = np.arange(start, end)[np.argsort(-closed[start:end], kind="stable")]
        place = slices.route[tier[network.good[node]]]
        low, high = place - width / 2, place + width / 2
        upper = np.cumsum(network.weight[edges])
        lower = upper - network.weight[edges]
        overlap = np.minimum(high, upper[:, None]) - np.maximum(low, lower[:, None])
        weight[edges] = np.clip(overlap, 0.0, None) / width
    return weight


def level_of(network: ProductionNetwork) -> Indices:
    """Give each node a number above those of its suppliers at home, (n,)."""
    prompt = np.flatnonzero(network.transit <= 0)
    source, target = network.edge_source[prompt], network.edge_node[prompt]
    level = np.zeros(network.n, dtype=np.intp)
    for _ in range(network.n):
        raised = level.copy()
        np.maximum.at(raised, target, level[source] + 1)
        if np.array_equal(raised, level):
            break
        level = raised
    return level


def levels(network: ProductionNetwork, level: Indices) -> list[tuple[Indices, Indices, Indices]]:
    """Give the nodes of each level, their groups and edges."""
    result = []
    for depth in range(int(level.max(initial=0)) + 1):
        nodes = np.flatnonzero(level == depth)
        groups = np.flatnonzero(level[network.group_node] == depth)
        edges = np.flatnonzero(level[network.edge_node] == depth)
        result.append((nodes, groups, edges))
    return result


def sum_runs(values: Floats, index: Indices, wanted: Indices) -> Floats:
    """Sum rows that share an index, in order of the indices wanted; index is sorted and covers them."""
    starts = np.searchsorted(index, wanted)
    result: Floats = np.add.reduceat(values, starts, axis=0)
    return result


def max_runs(values: Floats, index: Indices, wanted: Indices) -> Floats:
    """Give the largest row entry for each wanted index, 0 where there is none."""
    result = np.zeros((len(wanted), values.shape[1]))
    present, starts = np.unique(index, return_index=True)
    result[np.searchsorted(wanted, present)] = np.maximum.reduceat(values, starts, axis=0)
    return result
