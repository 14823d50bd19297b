"""Collect nodes, input groups and edges one by one, and hand them over as arrays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork

__all__ = ["Group", "NetworkBuilder", "Node"]


@dataclass
class Node:
    """A node in the making; fields as in `ProductionNetwork`."""

    id: str
    kind: NodeKind
    good: str
    country: str
    buyer_class: int = 0
    output: float = 0.0
    value: float = float("nan")
    spare: float = 0.0
    is_project: bool = False
    entities: dict[str, dict[str, float]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    index: int = -1


@dataclass
class Group:
    """An input group in the making; fields as in `ProductionNetwork`."""

    node: Node
    good: str
    kappa: float
    cover: float
    need: float
    cost_share: float
    facts: tuple[str, ...] = ()
    own_stock: bool = False
    edges: list[tuple[Node, float, Evidence, float, tuple[str, ...]]] = field(default_factory=list)

    @property
    def supplied(self) -> float:
        """Weight that edges already cover."""
        return sum(edge[1] for edge in self.edges)


class NetworkBuilder:
    """Nodes and groups so far, and the indices of goods, countries and buyer classes."""

    def __init__(self, buyer_classes: tuple[str, ...]) -> None:
        self.buyer_classes = buyer_classes
        self.nodes: dict[str, Node] = {}
        self.groups: list[Group] = []
        self.buyers: dict[str, list[Group]] = defaultdict(list)  # groups by good
        self._index: dict[str, dict[str, int]] = {"goods": {}, "countries": {}}

    def node(self, node: Node) -> Node:
        """Add a node; its id must be new."""
        if node.id in self.nodes:
            raise ValueError(f"two nodes with id {node.id}")
        node.index = len(self.nodes)
        self.nodes[node.id] = node
        self._number("goods", node.good)
        self._number("countries", node.country)
        return node

    def group(self, group: Group) -> Group:
        """Add an input group of a node."""
        self._number("goods", group.good)
        self.groups.append(group)
        self.buyers[group.good].append(group)
        return group

    def _number(self, axis: str, name: str) -> int:
        return self._index[axis].setdefault(name, len(self._index[axis]))

    def build(self, revenue: dict[str, float]) -> ProductionNetwork:
        """Hand the network over, groups sorted by node, weights normalised to sum to 1 in each group."""
        nodes = list(self.nodes.values())
        groups = sorted((g for g in self.groups if g.edges), key=lambda g: g.node.index)
        goods, countries = self._index["goods"], self._index["countries"]
        edges = [(i, *edge) for i, group in enumerate(groups) for edge in group.edges]
        total = np.array([group.supplied for group in groups])
        edge_group = np.array([edge[0] for edge in edges], dtype=np.int32)
        weight = np.array([edge[2] for edge in edges], dtype=np.float64)
        return ProductionNetwork(
            ids=tuple(n.id for n in nodes),
            goods=tuple(goods),
            countries=tuple(countries),
            buyer_classes=self.buyer_classes,
            kind=np.array([n.kind for n in nodes], dtype=np.int8),
            good=np.array([goods[n.good] for n in nodes], dtype=np.int32),
            country=np.array([countries[n.country] for n in nodes], dtype=np.int32),
            buyer_class=np.array([n.buyer_class for n in nodes], dtype=np.int32),
            output=np.array([n.output for n in nodes], dtype=np.float64),
            value=np.array([n.value for n in nodes], dtype=np.float64),
            spare=np.array([n.spare for n in nodes], dtype=np.float64),
            is_project=np.array([n.is_project for n in nodes], dtype=np.bool_),
            group_node=np.array([g.node.index for g in groups], dtype=np.int32),
            group_good=np.array([goods[g.good] for g in groups], dtype=np.int32),
            kappa=np.array([g.kappa for g in groups], dtype=np.float64),
            cover=np.array([g.cover for g in groups], dtype=np.float64),
            need=np.array([g.need for g in groups], dtype=np.float64),
            cost_share=np.array([g.cost_share for g in groups], dtype=np.float64),
            edge_group=edge_group,
            edge_source=np.array([edge[1].index for edge in edges], dtype=np.int32),
            weight=weight / total[edge_group] if edges else weight,
            evidence=np.array([edge[3] for edge in edges], dtype=np.int8),
            transit=np.array([edge[4] for edge in edges], dtype=np.float64),
            edge_facts=tuple(edge[5] for edge in edges),
            node_facts=tuple(n.facts for n in nodes),
            entities=tuple(n.entities for n in nodes),
            own_stock=np.array([g.own_stock for g in groups], dtype=np.bool_),
            revenue=revenue,
        )
