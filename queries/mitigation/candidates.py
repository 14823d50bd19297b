"""Find what an entity could do: candidate moves for every restricted input of the chain that works for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.graph.parameters import Parameter, Parameters
from chainshock.queries.measure_scope import edges_from
from chainshock.queries.mitigation.chain import Block
from chainshock.queries.mitigation.moves import Kind, Maker, Move, buying, need_of
from chainshock.queries.mitigation.valuing import Valuer
from chainshock.queries.names import fact_of
from chainshock.queries.propagation.substitution import open_routes

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Candidates", "reached_goods"]

MOST_SOURCES = 2  # countries offered as second source of one good, those with most spare capacity
MOST_SELLERS = 3  # plants of such a country
NEGLIGIBLE = 1e-6  # of the need: less is what rounding leaves


@dataclass(frozen=True, eq=False)
class Candidates:
    """Makes the moves on one good of an entity's chain.

    Parameters
    ----------
    network
        The whole network, for the facts that nodes and edges rest on.
    head_start
        Weeks before week 0 in which work on the moves began.
    """

    valuer: Valuer
    network: ProductionNetwork
    graph: nx.MultiDiGraph[NodeRef]
    parameters: Parameters
    head_start: float = 0.0

    def moves(self, good: int, kinds: Mapping[Kind, object]) -> Iterator[Move]:
        """Give the moves of some kinds on a good."""
        makers = {
            "stock": self._stock,
            "second-source": self._second_sources,
            "grade": self._grade,
            "magnet-free": self._magnet_free,
            "plant": self._plant,
            "recycling": self._recycling,
        }
        for kind, make in makers.items():
            if kind in kinds:
                yield from make(good)

    def stage(self, good: int) -> str:
        """Give the stage of a good."""
        fact = fact_of(self.graph, NodeRef("Commodity", self._rest.goods[good]))
        return "" if fact is None else str(fact.properties["stage"])

    def unit(self, good: int) -> str:
        """Give the unit that a good is counted in."""
        fact = fact_of(self.graph, NodeRef("Commodity", self._rest.goods[good]))
        return "t" if fact is None else str(fact.properties.get("unit") or "t")

    def cover(self, good: int) -> float:
        """Give the weeks of stock that the chain holds of a good today, by need; plain mean where unknown."""
        groups = buying(self._block, good)
        need = self._block.need[groups]
        return float(np.average(self._block.cover[groups], weights=need if need.sum() > 0.0 else None))

    def offers(self, good: int) -> dict[str, list[tuple[int, float]]]:
        """Give the plants with spare capacity whose route to the chain is open, by country, largest first.

        Each stands with what it could add a year.
        """
        rest = self._rest
        can = (rest.good == good) & (rest.spare > 0.0) & (rest.kind == NodeKind.ACTIVITY) & ~rest.is_project
        reach = self._reaching(good)
        found: dict[str, list[tuple[int, float]]] = {}
        for node in np.flatnonzero(can & reach[rest.country]).tolist():
            quantity = float(rest.spare[node] * rest.output[node])
            if quantity > NEGLIGIBLE * self._need(good):
                found.setdefault(rest.countries[rest.country[node]], []).append((node, quantity))
        sorted_ = {place: sorted(found[place], key=lambda s: (-s[1], s[0]))[:MOST_SELLERS] for place in found}
        return dict(sorted(sorted_.items(), key=lambda item: (-sum(q for _, q in item[1]), item[0])))

    def _stock(self, good: int) -> Iterator[Move]:
        used = [
            *self._facts_of_groups(good),
            *self._named(f"cover.{self.stage(good)}"),
            "parameter:stock.spread",
        ]
        yield Move(
            "stock",
            good,
            "",
            float(self.valuer.engine.weeks),  # more than that the run cannot tell apart
            self._need(good),
            rests_on=tuple(dict.fromkeys(used)),
        )

    def _second_sources(self, good: int) -> Iterator[Move]:
        need, stage, rules = self._need(good), self.stage(good), self.valuer.engine.rules
        names = ("qualification.start", "qualification.ramp")
        used = [p for name in names for p in self._named(f"{name}.{self._id(good)}", f"{name}.{stage}")]
        offers = self.offers(good)
        if need <= 0.0 or not offers:
            why = "nobody with spare capacity has an open route to it" if need > 0.0 else NO_NEED
            yield Move("second-source", good, "", 0.0, need, rests_on=tuple(used), why_not=why)
            return
        for place, sellers in list(offers.items())[:MOST_SOURCES]:
            total = sum(quantity for _, quantity in sellers)
            spare = self._named(f"spare.{self._id(good)}.{place}", f"spare.{stage}.{place}")
            facts = [f for node, _ in sellers for f in self._facts_of_node(node)]
            yield Move(
                "second-source",
                good,
                place,
                min(total, self._most(good)),
                need,
                ready=self._ready(float(rules.ramp_start[good])),
                ramp=float(rules.ramp[good]),
                sellers=tuple((node, quantity / total) for node, quantity in sellers),
                rests_on=tuple(dict.fromkeys([*facts, *spare, *used])),
            )

    def _grade(self, good: int) -> Iterator[Move]:
        sibling = self._lighter(good)
        if sibling is None:
            return
        rest, country = self._rest, self._country(good)
        pools = np.flatnonzero(
            (rest.good == sibling) & (rest.kind == NodeKind.POOL) & (rest.country == country)
        )
        makers = np.flatnonzero((rest.good == sibling) & (rest.kind == NodeKind.ACTIVITY) & ~rest.is_project)
        chosen = pools if pools.size else makers[np.argsort(-rest.output[makers], kind="stable")]
        lead, share = self._one("mitigation.lead.grade"), self._one("mitigation.share.grade")
        why = "" if chosen.size else f"nobody makes {rest.goods[sibling]}"
        yield Move(
            "grade",
            good,
            rest.goods[sibling],
            share.default,
            self._need(good),
            ready=self._ready(lead.default),
            ramp=self._one("mitigation.ramp.grade").default,
            sellers=((int(chosen[0]), 1.0),) if chosen.size else (),
            rests_on=tuple(f"parameter:mitigation.{name}.grade" for name in ("lead", "ramp", "share")),
            why_not=why,
        )

    def _magnet_free(self, good: int) -> Iterator[Move]:
        share = self.parameters.get(f"mitigation.magnet-free.{self._id(good)}")
        if share is None:
            return
        names = ("mitigation.lead.magnet-free", "mitigation.ramp.magnet-free", share.name)
        yield Move(
            "magnet-free",
            good,
            "",
            share.default,
            self._need(good),
            ready=self._ready(self._one(names[0]).default),
            ramp=self._one(names[1]).default,
            maker=Maker(self._country(good)),
            rests_on=tuple(f"parameter:{name}" for name in names),
        )

    def _plant(self, good: int) -> Iterator[Move]:
        lead = self.parameters.get(f"mitigation.lead.plant.{self.stage(good)}")
        if lead is None:
            return
        need, country = self._need(good), self._country(good)
        model, facts = self._model(good, country)
        yield Move(
            "plant",
            good,
            self._rest.countries[country],
            self._most(good),
            need,
            ready=self._ready(lead.default),
            ramp=self._one("mitigation.ramp.plant").default,
            maker=Maker(country, model),
            rests_on=(*facts, f"parameter:{lead.name}", "parameter:mitigation.ramp.plant"),
            why_not="" if need > 0.0 else NO_NEED,
        )

    def _recycling(self, good: int) -> Iterator[Move]:
        share = self.parameters.get(f"mitigation.share.recycling.{self.stage(good)}")
        if share is None:
            return
        need, country = self._need(good), self._country(good)
        names = ("mitigation.lead.recycling", "mitigation.ramp.plant", share.name)
        yield Move(
            "recycling",
            good,
            self._rest.countries[country],
            share.default * self._most(good),
            need,
            ready=self._ready(self._one(names[0]).default),
            ramp=self._one(names[1]).default,
            maker=Maker(country),
            rests_on=tuple(f"parameter:{name}" for name in names),
            why_not="" if need > 0.0 else NO_NEED,
        )

    def _model(
        self, good: int, country: int
    ) -> tuple[
        tuple[tuple[int, float, float, float, tuple[tuple[int, float, float], ...]], ...], tuple[str, ...]
    ]:
        """Give the inputs of the largest maker of a good, at home where there is one, and its facts.

        A plant modelled on a maker elsewhere buys from the pools of its own country where there are any.
        """
        rest = self._rest
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
        return tuple(inputs), self._facts_of_node(node)

    def _lighter(self, good: int) -> int | None:
        """Find the good split off the same one that needs fewer inputs, a grade without some of them."""
        name = self._id(good)
        fact = fact_of(self.graph, NodeRef("Commodity", name))
        parent = None if fact is None else fact.properties.get("split_of")
        needs = self._requires(name)
        for index, other in enumerate(self._rest.goods):
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
        block, place = self._block, self._country(good)
        node = block.group_node[buying(block, good)]
        reach = np.ones(len(self._rest.countries), dtype=bool)
        for buyer_class in np.unique(block.buyer_class[node[block.country[node] == place]]):
            table = open_routes(self.valuer.engine.routes, good, int(buyer_class), len(reach))
            reach &= table[:, place]
        return reach

    def _country(self, good: int) -> int:
        """Give the country in which the chain loses most of a good, else uses most."""
        block, groups = self._block, buying(self._block, good)
        place = block.country[block.group_node[groups]]
        lost = block.need[groups] * self.valuer.short[groups]
        weights = lost if lost.any() else block.need[groups]
        by_place = np.bincount(place, weights=weights, minlength=len(self._rest.countries))
        return int(by_place.argmax()) if by_place.any() else int(place[0])

    def _need(self, good: int) -> float:
        return need_of(self._block, buying(self._block, good))

    def _ready(self, lead: float) -> float:
        return lead - self.head_start

    def _most(self, good: int) -> float:
        """Give the largest amount that can be delivered where it is missing, a year."""
        groups = buying(self._block, good)
        need, short = self._block.need[groups], self.valuer.short[groups]
        return float(need @ short / short.max()) if short.any() else float(need.sum())

    def _one(self, name: str) -> Parameter:
        return self.parameters[name]

    def _named(self, *names: str) -> tuple[str, ...]:
        entry = self.parameters.find(*names)
        return () if entry is None else (f"parameter:{entry.name}",)

    def _id(self, good: int) -> str:
        return self._rest.goods[good]

    def _facts_of_node(self, node: int) -> tuple[str, ...]:
        facts = self.network.node_facts
        return tuple(dict.fromkeys(facts[self._index[self._rest.ids[node]]])) if facts else ()

    def _facts_of_groups(self, good: int) -> tuple[str, ...]:
        """Give what the chain's need of a good rests on, the entity's own groups first."""
        block, network = self._block, self.network
        nodes = {self._index[block.ids[node]] for node in block.group_node[buying(block, good)].tolist()}
        groups = np.flatnonzero((network.group_good == good) & np.isin(network.group_node, sorted(nodes)))
        edges = np.flatnonzero(np.isin(network.edge_group, groups)).tolist()
        return (
            tuple(dict.fromkeys(f for e in edges for f in network.edge_facts[e]))
            if network.edge_facts
            else ()
        )

    @property
    def _rest(self) -> ProductionNetwork:
        return self.valuer.chain.rest

    @property
    def _block(self) -> Block:
        return self.valuer.chain.block

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.network.ids)}


NO_NEED = "how much of it the chain uses is not known"


def reached_goods(valuer: Valuer) -> list[int]:
    """Give the goods that a chain buys and that a measure reaches, directly or through suppliers."""
    block = valuer.chain.block
    hit = np.zeros(len(block.edge_source), dtype=bool)
    for queue in valuer.stopped:
        hit[queue.edges] = True
    inside = block.edge_source < 0
    source = np.where(inside, ~block.edge_source, 0)
    target = block.group_node[block.edge_group]
    node = np.zeros(len(block.ids), dtype=bool)
    while True:
        reached = hit | (inside & node[source])
        new = node.copy()
        new[target[reached]] = True
        if np.array_equal(new, node):
            break
        node = new
    groups = np.unique(block.edge_group[reached])
    is_activity = block.kind[block.group_node[groups]] == NodeKind.ACTIVITY
    return sorted(set(block.group_good[groups[is_activity]].tolist()))
