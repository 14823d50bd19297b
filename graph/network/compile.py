"""Compile the facts valid at a date into a production network.

Goods are worked through from end uses back to ores: buyers of a good are known before its makers, so that a
pool knows what it must supply. Every path reads: producer, origin pool, destination pool, consumer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.network.builder import Group, NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.demand import add_end_uses, add_inputs
from chainshock.graph.network.pools import Market, Supply, weigh_pool
from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork
from chainshock.graph.network.supply import Producer, find_producers, find_projects, split_of
from chainshock.graph.parameters import Parameters, read_parameters

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["compile_network"]

CIVIL, MILITARY = "civil", "military"
EAST_ASIA = frozenset({"JPN", "KOR", "VNM", "PHL", "TWN", "HKG"})
SOUTH_ASIA = frozenset({"IND", "THA", "MYS", "SGP", "IDN"})
LEAK = 1e-9  # keeps a ring of pools without any producer solvable


def compile_network(
    graph: nx.MultiDiGraph[NodeRef],
    companies: Iterable[Fact] = (),
    *,
    baseline_year: int,
    project_year: int | None = None,
    buyer_classes: Mapping[str, str] | None = None,
    parameters: Parameters | None = None,
) -> ProductionNetwork:
    """Compile a graph of facts into a production network.

    Parameters
    ----------
    graph
        Facts valid at a date, as `KnowledgeGraph.at` gives them.
    companies
        All vintages of Company facts that may be used; the one of the baseline year gives the revenue. Those
        of the graph by default.
    baseline_year
        Year of outputs, trade, prices and revenues; the nearest earlier year stands in for a missing one.
    project_year
        Year from which the start of projects is counted; one year after the baseline by default.
    buyer_classes
        Buyer class of companies that a measure singles out, for example {"lockheed-martin": "listed"}.
    parameters
        Assumptions to use instead of the shipped ones.

    Raises
    ------
    UnknownName
        A fact names a parameter that does not exist.
    """
    classes = dict(buyer_classes or {})
    names = (CIVIL, MILITARY, *sorted(set(classes.values()) - {CIVIL, MILITARY}))
    vintages = list(companies) or _company_facts(graph)
    claims = Claims(graph, vintages, parameters or read_parameters(), baseline_year)
    builder = NetworkBuilder(names)
    add_end_uses(builder, claims, classes)
    year = project_year or baseline_year + 1
    for good in _order(claims):
        _GoodCompiler(builder, claims, good, year).run()
    return builder.build({company: entry.usd for company, entry in claims.revenue.items()})


def _company_facts(graph: nx.MultiDiGraph[NodeRef]) -> list[Fact]:
    return [a["fact"] for ref, a in graph.nodes(data=True) if ref.label == "Company" and a.get("fact")]


def _order(claims: Claims) -> list[str]:
    """Order goods so that every good comes after those made from it."""
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(claims.nodes["Commodity"]), ()))
    for fact in claims.edges["REQUIRES"]:
        if fact.source.label == "Commodity" and fact.target is not None:
            sorter.add(fact.target.key, fact.source.key)
    parents = {text(fact, "split_of") for fact in claims.nodes["Commodity"].values()}
    return [
        good for good in sorter.static_order() if good not in parents and good in claims.nodes["Commodity"]
    ]


class _GoodCompiler:
    """Add the producers, pools and edges of one good."""

    def __init__(self, builder: NetworkBuilder, claims: Claims, good: str, project_year: int) -> None:
        self.builder, self.claims, self.good, self.year = builder, claims, good, project_year
        self.stage = text(claims.nodes["Commodity"][good], "stage")
        self.buyers = [group for group in builder.groups if group.good == good]
        self.makers: dict[str, Node] = {}
        self.pools: dict[tuple[str, int], Node] = {}
        self.price = claims.price(good)

    def run(self) -> None:
        """Add everything that belongs to the good."""
        need: dict[str, float] = defaultdict(float)
        for group in self.buyers:
            need[group.node.country] += group.need
        producers = self._producers(need)
        for producer in producers:
            self._add_maker(producer)
        for group in self.buyers:
            self._add_contracts(group)
        self._add_pools(need)
        requires = tuple(
            f for f in self.claims.edges["REQUIRES"] if f.source == ("Commodity", self.good) and f.target
        )
        for node in self.makers.values():
            if not node.is_project:
                add_inputs(self.builder, self.claims, node, requires)

    def _producers(self, need: dict[str, float]) -> list[Producer]:
        """Give all producers with outputs; shares of the world count on what buyers in the network need."""
        producers = find_producers(self.claims, self.good)
        world = sum(need.values())
        for producer in producers:
            if producer.output is None:
                producer.output = (producer.share or 0.0) * world
        if not producers and self._local_share("") is not None:
            producers = [self._local_maker(c, q) for c, q in sorted(need.items()) if q > 0]
        return producers + find_projects(self.claims, self.good, self.year)

    def _local_share(self, country: str) -> float | None:
        entry = self.claims.parameters.find(
            f"{self.stage}.local-share.{country}", f"{self.stage}.local-share"
        )
        return (
            None if entry is None or not entry.name.startswith(f"{self.stage}.local-share") else entry.default
        )

    def _local_maker(self, country: str, need: float) -> Producer:
        share = self._local_share(country) or 0.0
        return Producer(
            id=f"rest|{self.good}|{country}",
            country=country,
            output=need * share,
            entities={"country": {country: 1.0}, "commodity": {self.good: 1.0}},
            facts=(f"parameter:{self.stage}.local-share",),
        )

    def _add_maker(self, producer: Producer) -> None:
        output = producer.output or 0.0
        value = producer.value
        if value is None:
            value = float("nan") if self.price is None else output * self.price
        spare = self.claims.parameters.find(
            f"spare.{self.good}.{producer.country}", f"spare.{self.stage}.{producer.country}"
        )
        self.makers[producer.id] = self.builder.node(
            Node(
                id=producer.id,
                kind=NodeKind.ACTIVITY,
                good=self.good,
                country=producer.country,
                output=output,
                value=value,
                spare=0.0 if spare is None or producer.is_project else spare.default,
                is_project=producer.is_project,
                entities=producer.entities,
                facts=producer.facts,
            )
        )

    def _add_contracts(self, group: Group) -> None:
        """Add edges for named contracts and internal feeds between plants."""
        buyer = next(iter(group.node.entities.get("facility", {})), None)
        if buyer is None:
            return
        feeds: list[tuple[Node, Fact]] = []
        for fact in self.claims.edges["SUPPLIES"]:
            seller = self.makers.get(f"{fact.source.key}|{self.good}")
            fits = fact.target is not None and fact.target.key == buyer and text(fact, "status") == "active"
            if fits and seller is not None and self._is_for_good(text(fact, "commodity")):
                feeds.append((seller, fact))
        for seller, fact in feeds:
            volume = number(fact, "volume")
            tonnes = volume if volume is not None and text(fact, "volume_unit").startswith("t") else None
            left = 1.0 - group.supplied
            weight = (
                left / len(feeds) if tonnes is None else min(left, tonnes / group.need if group.need else 0.0)
            )
            if weight > 0:
                transit = self._transit(seller.country, group.node.country)
                group.edges.append((seller, weight, Evidence.CONTRACT, transit, (fact.id, *group.facts)))

    def _is_for_good(self, commodity: str) -> bool:
        return commodity in (self.good, split_of(self.claims, self.good).published)

    def _add_pools(self, need: dict[str, float]) -> None:
        """Add the pools that buyers draw from, and the pools those draw from."""
        direct: dict[tuple[str, int], float] = defaultdict(float)
        for group in self.buyers:
            left = max(0.0, 1.0 - group.supplied)
            if left > 0:
                key = (group.node.country, group.node.buyer_class)
                direct[key] += left * group.need
                self._pool(*key)
        if not self.pools:
            return
        supplies = self._all_supplies(self._market(need))
        needs = self._pool_needs(supplies, direct)
        for key, parts in supplies.items():
            self._connect_pool(self.pools[key], parts, needs[key])
        for group in self.buyers:
            left = max(0.0, 1.0 - group.supplied)
            if left > 0:
                pool = self.pools[group.node.country, group.node.buyer_class]
                evidence = Evidence.ASSUMED if self._local_share("") else Evidence.NATIONAL
                group.edges.append((pool, left, evidence, 0.0, group.facts))

    def _market(self, need: dict[str, float]) -> Market:
        home: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for key, node in self.makers.items():
            if node.output > 0 and not node.is_project:
                home[node.country].append((key, node.output))
        split = split_of(self.claims, self.good)
        published = self.claims.nodes["Commodity"].get(split.published)
        return Market(
            good=self.good,
            split=split,
            trade_code=text(published, "trade_code") if published else "",
            price=self.price,
            home=dict(home),
            need=need,
            local_share=self._local_share(""),
        )

    def _all_supplies(self, market: Market) -> dict[tuple[str, int], list[Supply]]:
        """Weigh every pool, adding the civil pools of origins until no new one appears."""
        supplies: dict[tuple[str, int], list[Supply]] = {}
        open_keys = list(self.pools)
        while open_keys:
            key = open_keys.pop()
            supplies[key] = weigh_pool(market, self.claims, key[0])
            for part in supplies[key]:
                origin = None if part.origin is None else (part.origin, 0)
                if origin is not None and origin not in self.pools:
                    self._pool(*origin)
                    open_keys.append(origin)
        return dict(sorted(supplies.items()))

    def _pool_needs(
        self, supplies: dict[tuple[str, int], list[Supply]], direct: Mapping[tuple[str, int], float]
    ) -> dict[tuple[str, int], float]:
        """Solve need = buyers' need + what other pools draw, shape (pools,)."""
        position = {key: i for i, key in enumerate(supplies)}
        draw = np.zeros((len(position), len(position)))
        for key, parts in supplies.items():
            for part in parts:
                if part.origin is not None:
                    draw[position[part.origin, 0], position[key]] += part.weight
        wanted = np.array([direct.get(key, 0.0) for key in supplies])
        solved = np.linalg.solve(np.eye(len(position)) - (1 - LEAK) * draw, wanted)
        return dict(zip(supplies, np.maximum(solved, 0.0).tolist(), strict=True))

    def _pool(self, country: str, buyer_class: int) -> Node:
        """Give the pool of a country and class, made when first asked for."""
        key = (country, buyer_class)
        if key not in self.pools:
            name = f"pool|{self.good}|{country}|{self.builder.buyer_classes[buyer_class]}"
            node = Node(name, NodeKind.POOL, self.good, country, buyer_class)
            self.pools[key] = self.builder.node(node)
        return self.pools[key]

    def _connect_pool(self, pool: Node, supplies: list[Supply], need: float) -> None:
        pool.output = need
        cover = self.claims.parameters.value("cover.pool")
        group = self.builder.group(Group(pool, self.good, 1.0, cover, need, 1.0))
        for part in supplies:
            if part.producer is not None:
                source = self.makers[part.producer]
            elif part.origin is not None:
                source = self.pools[part.origin, 0]
            else:
                source = self._unknown(pool.country)
            transit = self._transit(source.country, pool.country)
            facts = part.facts or source.facts
            group.edges.append((source, part.weight, part.evidence, transit, facts))

    def _unknown(self, country: str) -> Node:
        key = f"unknown|{self.good}|{country}"
        found = self.builder.nodes.get(key)
        return found or self.builder.node(Node(key, NodeKind.UNKNOWN, self.good, country))

    def _transit(self, origin: str, destination: str) -> float:
        """Give the weeks under way; nothing inside a country."""
        if origin == destination:
            return 0.0
        near = (
            "east-asia" if destination in EAST_ASIA else "south-asia" if destination in SOUTH_ASIA else "far"
        )
        return self.claims.parameters.value(f"transit.{near}")
