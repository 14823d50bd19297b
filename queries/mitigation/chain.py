"""Split off the part of a network that works for one entity, so that a move can be dedicated to it.

A motor maker serves many car makers. What one of them does about its magnets reaches its own cars only if
the part of the motor maker that works for it is told apart: splitting a supplier in two with the same total
weight changes nothing (a property of the engine), so the entity's part of every supplier upstream becomes a
node of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from chainshock.graph.network.production import Floats, Ints, NodeKind, ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices, add_up
from chainshock.queries.propagation.weeks.compress import compress

__all__ = ["Block", "Chain", "carve", "join", "split_off"]

LEAK = 1e-12  # keeps rings of pools solvable
NODE_ARRAYS = ("kind", "good", "country", "buyer_class", "output", "value", "spare")
GROUP_ARRAYS = ("group_good", "kappa", "cover", "need", "cost_share", "own_stock", "added_stock")
EDGE_ARRAYS = ("weight", "evidence", "transit")
NEGLIGIBLE = 1e-9  # a smaller part of a supplier is not told apart


@dataclass(frozen=True, eq=False)
class Block:
    """Nodes to put at the end of a network, with their groups and edges.

    Numbers of groups count inside the block. `edge_source` is a node of the network where it is at least 0,
    else ~i of the block itself.
    """

    ids: tuple[str, ...]
    kind: npt.NDArray[np.int8]
    good: Ints
    country: Ints
    buyer_class: Ints
    output: Floats
    value: Floats
    spare: Floats
    group_node: Ints
    group_good: Ints
    kappa: Floats
    cover: Floats
    need: Floats
    cost_share: Floats
    own_stock: npt.NDArray[np.bool_]
    added_stock: Floats
    edge_group: Ints
    edge_source: Ints
    weight: Floats
    evidence: npt.NDArray[np.int8]
    transit: Floats


@dataclass(frozen=True, eq=False)
class Chain:
    """The rest of a network, and the part of it that works for an entity.

    Attributes
    ----------
    rest
        The merged network less the entity's part of outputs and needs.
    block
        The entity's part; joined to the rest it makes the whole network again.
    own
        Nodes of the block that are the entity's own, in order.
    value
        USD a year that each of them stands for, (own,); NaN where not known.
    share
        Stake in each, (own,).
    reached
        Nodes of the rest that a measure reaches, directly or through suppliers, (n,).
    """

    rest: ProductionNetwork
    block: Block
    own: Indices
    value: Floats
    share: Floats
    reached: npt.NDArray[np.bool_]


def split_off(
    network: ProductionNetwork, nodes: Mapping[int, float], restricted: Indices, by_value: bool
) -> Chain:
    """Split an entity's part off.

    f_s = own output + Σ over edges e from s into i of w_e need_g f_i / q_i is what the entity takes of the
    output of s; f_s / q_s is the part of s that works for it.

    Parameters
    ----------
    nodes
        Activities of the entity: node of the network to stake.
    restricted
        Nodes of the network that a measure reaches, directly or through suppliers: those told apart.
    by_value
        As for `compress`.
    """
    small, node_of, _ = compress(network, by_value=by_value, apart=nodes)
    index = np.fromiter(nodes, dtype=np.intp, count=len(nodes))
    stake = np.fromiter(nodes.values(), dtype=np.float64, count=len(nodes))
    at = node_of[index]
    own_output = add_up(at, stake * network.output[index], small.n)
    taken = _taken(small, own_output)
    part = np.clip(np.divide(taken, small.output, out=np.zeros(small.n), where=small.output > 0.0), 0.0, 1.0)
    reached = np.zeros(small.n, dtype=bool)
    reached[node_of[restricted]] = True
    has_groups = np.zeros(small.n, dtype=bool)
    has_groups[small.group_node] = True
    told_apart = reached & has_groups & (part > NEGLIGIBLE) & (small.kind != NodeKind.UNKNOWN)
    told_apart[at] = True
    members = np.flatnonzero(told_apart)
    place = np.full(small.n, -1)
    place[members] = np.arange(len(members))
    order = np.argsort(at)
    return Chain(
        rest=replace(
            small,
            output=small.output * np.where(told_apart, 1.0 - part, 1.0),
            value=small.value * np.where(told_apart, 1.0 - part, 1.0),
            need=small.need * np.where(told_apart, 1.0 - part, 1.0)[small.group_node],
        ),
        block=_block(small, members, place, part),
        own=place[at[order]],
        value=(stake * network.value[index])[order],
        share=stake[order],
        reached=reached,
    )


def _taken(network: ProductionNetwork, own_output: Floats) -> Floats:
    """Give what an entity takes of each node's output in the end, in the node's unit a year, (n,)."""
    source, target = network.edge_source, network.edge_node
    output = network.output[target]
    drawn = network.weight * network.need[network.edge_group] * (1.0 - LEAK)
    per_unit = np.divide(drawn, output, out=np.zeros_like(drawn), where=output > 0.0)
    draws = csc_array((per_unit, (source, target)), shape=(network.n, network.n))
    taken: Floats = splu((eye_array(network.n, format="csc") - draws).tocsc()).solve(own_output)
    return np.maximum(taken, 0.0)


def _block(network: ProductionNetwork, members: Indices, place: Indices, part: Floats) -> Block:
    """Copy nodes with their groups and edges, at the entity's part; members take from members."""
    groups = np.flatnonzero(place[network.group_node] >= 0)
    groups = groups[np.argsort(place[network.group_node[groups]], kind="stable")]
    group_at = np.full(len(network.group_node), -1)
    group_at[groups] = np.arange(len(groups))
    edges = np.flatnonzero(group_at[network.edge_group] >= 0)
    edges = edges[np.argsort(group_at[network.edge_group[edges]], kind="stable")]
    source = network.edge_source[edges]
    size = part[members]
    is_own = network.own_stock[groups] if network.own_stock.size else np.zeros(len(groups), dtype=np.bool_)
    return Block(
        ids=tuple(network.ids[node] for node in members.tolist()),
        kind=network.kind[members],
        good=network.good[members],
        country=network.country[members],
        buyer_class=network.buyer_class[members],
        output=network.output[members] * size,
        value=network.value[members] * size,
        spare=network.spare[members],
        group_node=place[network.group_node[groups]].astype(np.int32),
        group_good=network.group_good[groups],
        kappa=network.kappa[groups],
        cover=network.cover[groups],
        need=network.need[groups] * part[network.group_node[groups]],
        cost_share=network.cost_share[groups],
        own_stock=is_own,
        added_stock=np.zeros(len(groups)),
        edge_group=group_at[network.edge_group[edges]].astype(np.int32),
        edge_source=np.where(place[source] >= 0, ~place[source], source).astype(np.int32),
        weight=network.weight[edges],
        evidence=network.evidence[edges],
        transit=network.transit[edges],
    )


def carve(block: Block, changed: Indices, at: int) -> tuple[Block, Indices, Indices]:
    """Keep the nodes of a block that feel a change, and let them buy from an unchanged block at node `at`.

    Nodes that the unchanged block does not have stand at the end of this one and are among those changed.

    Parameters
    ----------
    changed
        Nodes of the block that change by themselves.

    Returns
    -------
    tuple
        The smaller block; for each of its nodes the node of the block, and for each of its edges the edge.
    """
    inside = np.flatnonzero(block.edge_source < 0)
    source, target = ~block.edge_source[inside], block.group_node[block.edge_group[inside]]
    felt = np.zeros(len(block.ids), dtype=bool)
    felt[changed] = True
    while True:
        before = int(felt.sum())
        felt[target[felt[source]]] = True
        if int(felt.sum()) == before:
            break
    nodes = np.flatnonzero(felt)
    node_at, group_at = np.full(len(felt), -1), np.full(len(block.group_node), -1)
    node_at[nodes] = np.arange(len(nodes))
    groups = np.flatnonzero(felt[block.group_node])
    group_at[groups] = np.arange(len(groups))
    edges = np.flatnonzero(group_at[block.edge_group] >= 0)
    own = ~block.edge_source[edges]  # node of the block, where it is one
    place = np.where(own >= 0, node_at[np.maximum(own, 0)], -1)
    source = np.where(own < 0, block.edge_source[edges], np.where(place >= 0, ~place, at + own))
    small = Block(
        ids=tuple(block.ids[node] for node in nodes.tolist()),
        **{name: getattr(block, name)[nodes] for name in NODE_ARRAYS},
        group_node=node_at[block.group_node[groups]].astype(np.int32),
        **{name: getattr(block, name)[groups] for name in GROUP_ARRAYS},
        edge_group=group_at[block.edge_group[edges]].astype(np.int32),
        edge_source=source.astype(np.int32),
        **{name: getattr(block, name)[edges] for name in EDGE_ARRAYS},
    )
    return small, nodes, edges


def join(rest: ProductionNetwork, blocks: list[Block]) -> tuple[ProductionNetwork, list[int]]:
    """Put blocks at the end of a network; give it, and the first edge of each block."""
    n, m = rest.n, len(rest.group_node)
    node_at = np.cumsum([n, *(len(block.ids) for block in blocks)])[:-1]
    group_at = np.cumsum([m, *(len(block.group_node) for block in blocks)])[:-1]
    edge_at = np.cumsum([len(rest.edge_source), *(len(block.edge_source) for block in blocks)])[:-1]
    sources = [
        np.where(b.edge_source >= 0, b.edge_source, ~b.edge_source + at).astype(np.int32)
        for b, at in zip(blocks, node_at, strict=True)
    ]

    def all_of(name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(rest, name), *(getattr(block, name) for block in blocks)])

    plain = (*NODE_ARRAYS, *EDGE_ARRAYS, *(n for n in GROUP_ARRAYS if n not in {"own_stock", "added_stock"}))
    is_own = rest.own_stock if rest.own_stock.size else np.zeros(m, dtype=np.bool_)
    added = sum(len(block.ids) for block in blocks)
    joined = replace(
        rest,
        **{name: all_of(name) for name in plain},  # type: ignore[arg-type]  # arrays of these names
        ids=(*rest.ids, *(f"{name}#{k}" for k, block in enumerate(blocks) for name in block.ids)),
        is_project=np.concatenate([rest.is_project, np.zeros(added, dtype=np.bool_)]),
        group_node=_shifted(rest.group_node, [b.group_node for b in blocks], node_at.tolist()),
        edge_group=_shifted(rest.edge_group, [b.edge_group for b in blocks], group_at.tolist()),
        edge_source=np.concatenate([rest.edge_source, *sources]),
        own_stock=np.concatenate([is_own, *(block.own_stock for block in blocks)]),
        added_stock=np.concatenate([np.zeros(m), *(block.added_stock for block in blocks)]),
    )
    return joined, edge_at.tolist()


def _shifted(first: Ints, others: list[Ints], by: list[int]) -> Ints:
    parts = [other + shift for other, shift in zip(others, by, strict=True)]
    return np.concatenate([first, *parts]).astype(np.int32)
