"""Hold a production network: activities, pools and unknown suppliers as plain arrays.

Nothing here knows of rare earths. Shapes: n nodes, m input groups, k edges. A group belongs to one node and
is one input that several suppliers can provide; an edge is one supplier in one group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

__all__ = ["Evidence", "Floats", "Ints", "NodeKind", "ProductionNetwork"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class NodeKind(IntEnum):
    """What a node of the network is."""

    ACTIVITY = 0
    POOL = 1
    UNKNOWN = 2


class Evidence(IntEnum):
    """What an edge's weight rests on, best first."""

    CONTRACT = 0
    TRADE = 1
    NATIONAL = 2
    WORLD = 3
    ASSUMED = 4
    NONE = 5


@dataclass(frozen=True)
class ProductionNetwork:
    """A compiled network.

    Node arrays (length n)
        ids          unique text, stable between compilations
        kind         NodeKind
        good         index into `goods`: what the node makes or passes on
        country      index into `countries`
        buyer_class  index into `buyer_classes`: as which class of buyer the node buys (0 is civil)
        output       baseline output q, in the good's unit per year (0 where unknown)
        value        baseline value v, USD per year; NaN where neither revenue nor price is known
        spare        spare capacity u >= 0, fraction of baseline
        is_project   true for a facility or firm without baseline output

    Group arrays (length m), sorted by `group_node`
        group_node, group_good   customer node; input good (index into `goods`)
        kappa        criticality in [0, 1]
        cover        weeks of stock
        need         baseline quantity bought, in the input good's unit per year
        cost_share   theta: cost of the input as a share of the node's value

    Edge arrays (length k), sorted by `edge_group`
        edge_group, edge_source  group; supplying node
        weight       w >= 0, summing to 1 over a group
        evidence     Evidence
        transit      weeks under way
    `edge_facts[e]` lists the ids of the facts that the edge rests on; `node_facts[i]` those of the node.
    `entities[i]` names who the node belongs to: kind of ranking ("company", "facility", ...) to entity id to
    share, for example {"company": {"ford-motor": 1.0}, "country": {"USA": 1.0}}; kinds are company, facility,
    country, end-use and commodity. `revenue` is the whole revenue of each company in USD per year, the
    denominator of its exposure; a company without known revenue is absent. `own_stock[g]` tells cover that is
    the buyer's own figure: it is not spread over firm archetypes; empty where there is none. `added_stock[g]`
    is stock in weeks on top of the cover, the same for every archetype; empty where there is none.
    """

    ids: tuple[str, ...]
    goods: tuple[str, ...]
    countries: tuple[str, ...]
    buyer_classes: tuple[str, ...]
    kind: npt.NDArray[np.int8]
    good: Ints
    country: Ints
    buyer_class: Ints
    output: Floats
    value: Floats
    spare: Floats
    is_project: npt.NDArray[np.bool_]
    group_node: Ints
    group_good: Ints
    kappa: Floats
    cover: Floats
    need: Floats
    cost_share: Floats
    edge_group: Ints
    edge_source: Ints
    weight: Floats
    evidence: npt.NDArray[np.int8]
    transit: Floats
    edge_facts: tuple[tuple[str, ...], ...] = ()
    node_facts: tuple[tuple[str, ...], ...] = ()
    entities: tuple[dict[str, dict[str, float]], ...] = ()
    revenue: dict[str, float] = field(default_factory=dict)
    own_stock: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    added_stock: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def n(self) -> int:
        """Count of nodes."""
        return len(self.ids)

    def stock_of(self, multiples: Floats) -> Floats:
        """Give the stock of each group under multiples of the usual cover, (m, S); own figures stand."""
        stock: Floats = self.cover[:, None] * multiples
        if self.own_stock.any():
            stock[self.own_stock] = self.cover[self.own_stock, None]
        return stock + self.added_stock[:, None] if self.added_stock.size else stock

    @property
    def edge_node(self) -> Ints:
        """Customer node of each edge."""
        return self.group_node[self.edge_group]

    @property
    def flow(self) -> Floats:
        """Baseline quantity on each edge, in the supplier's unit per year."""
        return self.weight * self.need[self.edge_group]
