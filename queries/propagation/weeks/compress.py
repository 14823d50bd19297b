"""Merge activities that behave alike, so that weeks are computed once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices, add_up

__all__ = ["compress"]


def compress(
    network: ProductionNetwork, *, by_value: bool = False, apart: Collection[int] = ()
) -> tuple[ProductionNetwork, Indices, Indices]:
    """Merge activities of one good, country and class that buy the same inputs from the same suppliers.

    Parameters
    ----------
    by_value
        Keep apart those whose value per unit of an input differs, because that is what ranks buyers.
    apart
        Nodes that are not merged.

    Returns
    -------
    tuple
        The smaller network, in which needs, outputs and values of merged activities are summed, and for each
        node of the given network its node in the smaller one, shape (n,), and for each group its group, (m,).
        Projects are kept apart: they have no flows, but their countries have a price.
    """
    kept, node_of = _merge_nodes(network, by_value, frozenset(apart))
    groups_of_node: dict[int, list[int]] = defaultdict(list)
    for group, node in enumerate(network.group_node.tolist()):
        groups_of_node[node].append(group)
    need: list[float] = []
    old_groups: list[int] = []
    position: dict[int, int] = {}
    for node in kept:
        for group in groups_of_node.get(node, ()):
            position[group] = len(old_groups)
            old_groups.append(group)
            need.append(0.0)
    group_of = np.empty(len(network.group_node), dtype=np.intp)
    for node, groups in groups_of_node.items():
        twins = groups_of_node[kept[node_of[node]]]
        for own, twin in zip(groups, twins, strict=True):
            need[position[twin]] += float(network.need[own])
            group_of[own] = position[twin]
    edges = _merge_edges(network, position, node_of)
    return _build(network, kept, node_of, old_groups, np.array(need), edges), node_of, group_of


def _merge_nodes(
    network: ProductionNetwork, by_value: bool, apart: frozenset[int]
) -> tuple[list[int], Indices]:
    """Give the nodes to keep, and for each node the place of its representative among them."""
    edges_of_group: dict[int, list[int]] = defaultdict(list)
    for edge, group in enumerate(network.edge_group.tolist()):
        edges_of_group[group].append(edge)
    groups_of_node: dict[int, list[int]] = defaultdict(list)
    for group, node in enumerate(network.group_node.tolist()):
        groups_of_node[node].append(group)
    per_unit = np.zeros(len(network.need))
    if by_value:
        value = np.nan_to_num(network.value)[network.group_node]
        np.divide(value, network.need, out=per_unit, where=network.need > 0.0)
    seen: dict[tuple[object, ...], int] = {}
    kept: list[int] = []
    node_of = np.empty(network.n, dtype=np.intp)
    for node in range(network.n):
        key: tuple[object, ...] = (node,)
        alike = network.kind[node] == NodeKind.ACTIVITY and not network.is_project[node]
        if alike and node not in apart:
            inputs = tuple(
                (
                    int(network.group_good[g]),
                    float(network.kappa[g]),
                    float(network.cover[g]),
                    bool(network.own_stock.size and network.own_stock[g]),
                    float(network.added_stock[g]) if network.added_stock.size else 0.0,
                    f"{per_unit[g]:.12g}",
                    tuple(
                        (int(network.edge_source[e]), float(network.weight[e]), float(network.transit[e]))
                        for e in edges_of_group[g]
                    ),
                )
                for g in groups_of_node[node]
            )
            place = (int(network.good[node]), int(network.country[node]), int(network.buyer_class[node]))
            key = ("activity", *place, float(network.spare[node]), inputs)
        if key not in seen:
            seen[key] = len(kept)
            kept.append(node)
        node_of[node] = seen[key]
    return kept, node_of


def _merge_edges(
    network: ProductionNetwork, position: dict[int, int], node_of: Indices
) -> dict[tuple[int, int], tuple[int, float]]:
    """Give (group, source) of the smaller network to (an old edge, summed weight)."""
    merged: dict[tuple[int, int], tuple[int, float]] = {}
    for edge, group in enumerate(network.edge_group.tolist()):
        if group in position:
            key = (position[group], int(node_of[network.edge_source[edge]]))
            old, weight = merged.get(key, (edge, 0.0))
            merged[key] = (old, weight + float(network.weight[edge]))
    return dict(sorted(merged.items()))


def _build(
    network: ProductionNetwork,
    kept: list[int],
    node_of: Indices,
    old_groups: list[int],
    need: np.ndarray,
    edges: dict[tuple[int, int], tuple[int, float]],
) -> ProductionNetwork:
    """Put the arrays of the smaller network together."""
    output = add_up(node_of, network.output, len(kept))
    value = add_up(node_of, np.nan_to_num(network.value), len(kept))
    pools = network.kind[kept] == NodeKind.POOL
    output = np.where(pools, network.output[kept], output)
    old_edges = np.array([entry[0] for entry in edges.values()], dtype=np.intp)
    return replace(
        network,
        ids=tuple(network.ids[node] for node in kept),
        kind=network.kind[kept],
        good=network.good[kept],
        country=network.country[kept],
        buyer_class=network.buyer_class[kept],
        output=output,
        value=value,
        spare=network.spare[kept],
        is_project=network.is_project[kept],
        group_node=node_of[network.group_node[old_groups]].astype(np.int32),
        group_good=network.group_good[old_groups],
        kappa=network.kappa[old_groups],
        cover=network.cover[old_groups],
        need=need,
        cost_share=network.cost_share[old_groups],
        edge_group=np.array([key[0] for key in edges], dtype=np.int32),
        edge_source=np.array([key[1] for key in edges], dtype=np.int32),
        weight=np.array([entry[1] for entry in edges.values()], dtype=np.float64),
        evidence=network.evidence[old_edges],
        transit=network.transit[old_edges],
        edge_facts=(),
        node_facts=(),
        entities=(),
        own_stock=network.own_stock[old_groups] if network.own_stock.size else network.own_stock,
        added_stock=network.added_stock[old_groups] if network.added_stock.size else network.added_stock,
    )
