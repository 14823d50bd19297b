"""Look around an entity's chain: who could deliver a good, what it is made from, where it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.measure_scope import edges_from
from chainshock.queries.mitigation.chain import Block
from chainshock.queries.mitigation.moves import buying, need_of
from chainshock.queries.mitigation.valuing import Valuer
from chainshock.queries.names import fact_of
from chainshock.queries.propagation.substitution import open_routes

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Surroundings"]

MOST_SELLERS = 3  # plants of a country that are offered as second source
NEGLIGIBLE = 1e-6  # of the need: less is what rounding leaves


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is around the chain that works for an entity.

    Parameters
    ----------
    network
        The whole network, for the facts that nodes and edges rest on.
    """

    valuer: Valuer
    network: ProductionNetwork
    graph: nx.MultiDiGraph[NodeRef]
    parameters: Parameters

    def stage(self, good: int) -> str:
        """Give the stage of a good."""
        fact = fact_of(self.graph, NodeRef("Commodity", self.rest.goods[good]))
        return "" if fact is None else str(fact.properties["stage"])

    def unit(self, good: int) -> str:
        """Give the unit that a good is counted in."""
        fact = fact_of(self.graph, NodeRef("Commodity", self.rest.goods[good]))
        return "t" if fact is None else str(fact.properties.get("unit") or "t")

    def cover(self, good: int) -> float:
        """Give the weeks of stock that the chain holds of a good today, by need; plain mean where unknown."""
        groups = buying(self.block, good)
        need = self.block.need[groups]
        return float(np.average(self.block.cover[groups], weights=need if need.sum() > 0.0 else None))

    def offers(self, good: int) -> dict[str, list[tuple[int, float]]]:
        """Give the plants with spare capacity whose route to the chain is open, by country, largest first.

        Each stands with what it could add a year.
        """
        rest = self.rest
        can = (rest.good == good) & (rest.spare > 0.0) & (rest.kind == NodeKind.ACTIVITY) & ~rest.is_project
        reach = self._reaching(good)
        found: dict[str, list[tuple[int, float]]] = {}
        for node in np.flatnonzero(can & reach[rest.country]).tolist():
            quantity = float(rest.spare[node] * rest.output[node])
            if quantity > NEGLIGIBLE * self.need(good):
                found.setdefault(rest.countries[rest.country[node]], []).append((node, quantity))
        sorted_ = {place: sorted(found[place], key=lambda s: (-s[1], s[0]))[:MOST_SELLERS] for place in found}
        return dict(sorted(sorted_.items(), key=lambda item: (-sum(q for _, q in item[1]), item[0])))

    def model(
        self, good: int, country: int
    ) -> tuple[
        tuple[tuple[int, float, float, float, tuple[tuple[int, float, float], ...]], ...], tuple[str, ...]
    ]:
        """Give the inputs of the largest maker of a good, at home where there is one, and its facts.

        A plant modelled on a maker elsewhere buys from the pools of its own country where there are any.
        """
        rest = self.rest
        makes = (
            (rest.good == good) & (rest.kind == NodeKind.ACTIVITY) & ~rest.is_project & (rest.output > 0.0)
        )
        makes &= np.isin(np.arange(rest.n), rest.group_node)
        found = np.flatnonzero(makes)
        if not found.size:
            return (), ()
        order = np.lexsort((found, -rest.output[found], rest.country[found] != country))
        node = int(found[order[0]])
        inputs = []
        for group in np.flatnonzero(rest.group_node == node).tolist():
            edges = np.flatnonzero(rest.edge_group == group)
            suppliers = [
                (int(rest.edge_source[e]), float(rest.weight[e]), float(rest.transit[e]))
                for e in edges.tolist()
            ]
            wanted = (rest.good == rest.group_good[group]) & (rest.country == country)
            pools = np.flatnonzero(wanted & (rest.kind == NodeKind.POOL))
            if int(rest.country[node]) != country and pools.size:
                suppliers = [(int(pools[0]), 1.0, 0.0)]
            per_unit = float(rest.need[group] / rest.output[node])
            inputs.append(
                (
                    int(rest.group_good[group]),
                    float(rest.kappa[group]),
                    float(rest.cover[group]),
                    per_unit,
                    tuple(suppliers),
                )
            )
        return tuple(inputs), self.facts_of_node(node)

    def lighter(self, good: int) -> int | None:
        """Find the good split off the same one that needs fewer inputs, a grade without some of them."""
        name = self.id(good)
        fact = fact_of(self.graph, NodeRef("Commodity", name))
        parent = None if fact is None else fact.properties.get("split_of")
        needs = self._requires(name)
        for index, other in enumerate(self.rest.goods):
            sibling = fact_of(self.graph, NodeRef("Commodity", other))
            if sibling is None or not parent or other == name or sibling.properties.get("split_of") != parent:
                continue
            if self._requires(other) < needs:
                return index
        return None

    def _requires(self, good: str) -> frozenset[str]:
        facts = edges_from(self.graph, NodeRef("Commodity", good), "REQUIRES")
        return frozenset(fact.target.key for fact in facts if fact.target is not None)

    def _reaching(self, good: int) -> npt.NDArray[np.bool_]:
        """Say from which countries routes are open to where the chain loses most of a good, (C,).

        What a measure stops of a delivery to elsewhere it stops in the run too.
        """
        block, place = self.block, self.country(good)
        node = block.group_node[buying(block, good)]
        reach = np.ones(len(self.rest.countries), dtype=bool)
        for buyer_class in np.unique(block.buyer_class[node[block.country[node] == place]]):
            table = open_routes(self.valuer.engine.routes, good, int(buyer_class), len(reach))
            reach &= table[:, place]
        return reach

    def country(self, good: int) -> int:
        """Give the country in which the chain loses most of a good, else uses most."""
        block, groups = self.block, buying(self.block, good)
        place = block.country[block.group_node[groups]]
        lost = block.need[groups] * self.valuer.short[groups]
        weights = lost if lost.any() else block.need[groups]
        by_place = np.bincount(place, weights=weights, minlength=len(self.rest.countries))
        return int(by_place.argmax()) if by_place.any() else int(place[0])

    def most(self, good: int) -> float:
        """Give the largest amount that can be delivered where it is missing, a year."""
        groups = buying(self.block, good)
        need, short = self.block.need[groups], self.valuer.short[groups]
        return float(need @ short / short.max()) if short.any() else float(need.sum())

    def need(self, good: int) -> float:
        """Give what the chain uses of a good a year."""
        return need_of(self.block, buying(self.block, good))

    def facts_of_node(self, node: int) -> tuple[str, ...]:
        """Give the ids of the facts that a node of the rest stands on."""
        facts = self.network.node_facts
        return tuple(dict.fromkeys(facts[self._index[self.rest.ids[node]]])) if facts else ()

    def facts_of_groups(self, good: int) -> tuple[str, ...]:
        """Give what the chain's need of a good rests on, the entity's own groups first."""
        block, network = self.block, self.network
        nodes = {self._index[block.ids[node]] for node in block.group_node[buying(block, good)].tolist()}
        groups = np.flatnonzero((network.group_good == good) & np.isin(network.group_node, sorted(nodes)))
        edges = np.flatnonzero(np.isin(network.edge_group, groups)).tolist()
        return (
            tuple(dict.fromkeys(f for e in edges for f in network.edge_facts[e]))
            if network.edge_facts
            else ()
        )

    def id(self, good: int) -> str:
        """Give the id of a good."""
        return self.rest.goods[good]

    def named(self, *names: str) -> tuple[str, ...]:
        """Give the first parameter that answers to one of the names, as `rests_on` has it."""
        entry = self.parameters.find(*names)
        return () if entry is None else (f"parameter:{entry.name}",)

    @property
    def rest(self) -> ProductionNetwork:
        """The network less the chain."""
        return self.valuer.chain.rest

    @property
    def block(self) -> Block:
        """The chain."""
        return self.valuer.chain.block

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.network.ids)}
