"""Add the pools of one good: who draws from them, what feeds them, how much passes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from chainshock.graph.network.builder import Group, NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.makers import contract_tonnes, local_share, transit_weeks
from chainshock.graph.network.plants import split_of
from chainshock.graph.network.pools import Market, Supply, weigh_pool
from chainshock.graph.network.production import Evidence, NodeKind

__all__ = ["GoodPools"]

PoolKey = tuple[str, int]  # country, buyer class
LEAK = 1e-9  # keeps a ring of pools without any producer solvable


class GoodPools:
    """The pools of one good, as they are added to a network."""

    def __init__(
        self, builder: NetworkBuilder, claims: Claims, good: str, makers: dict[str, Node], buyers: list[Group]
    ) -> None:
        self.builder, self.claims, self.good = builder, claims, good
        self.makers, self.buyers = makers, buyers
        self.nodes: dict[PoolKey, Node] = {}

    def add(self) -> None:
        """Add the pools that buyers draw from, and the pools those draw from."""
        direct: dict[PoolKey, float] = defaultdict(float)
        open_groups = [group for group in self.buyers if group.supplied < 1]
        for group in open_groups:
            key = (group.node.country, group.node.buyer_class)
            direct[key] += (1 - group.supplied) * group.need
            self._node(key)
        if not open_groups:
            return
        contracts = self._contracts(direct)
        supplies = self._supplies(self._market(direct, contracts))
        self._put_first(supplies, contracts, direct)
        for key, need_of_pool in self._needs(supplies, direct).items():
            self._connect(self.nodes[key], supplies[key], need_of_pool)
        made_to_order = local_share(self.claims, self.good) is not None
        evidence = Evidence.ASSUMED if made_to_order else Evidence.NATIONAL
        for group in open_groups:
            pool = self.nodes[group.node.country, group.node.buyer_class]
            group.edges.append((pool, 1 - group.supplied, evidence, 0.0, group.facts))

    def _contracts(self, direct: Mapping[PoolKey, float]) -> list[tuple[PoolKey, Node, float, str]]:
        """Find contracts with a country's traders and makers: (pool, seller, tonnes a year, fact).

        A contract whose buyer does not itself use the good feeds the civil pool of the buyer's country, as
        far as that country's buyers need it and the seller has not promised it elsewhere.
        """
        found: list[tuple[PoolKey, Node, float, str]] = []
        wanted = dict(direct)
        for fact in self.claims.edges["SUPPLIES"]:
            seller, buyer = self.makers.get(f"{fact.source.key}|{self.good}"), fact.target
            country = self.claims.headquarters.get(buyer.key) if buyer and buyer.label == "Company" else None
            key, tonnes = (country or "", 0), contract_tonnes(self.claims, fact, self.good)
            is_own = number(fact, "share") is not None  # binds the buyer itself, see company_contracts
            if seller is None or seller.is_project or not tonnes or seller.country == country or is_own:
                continue
            promised = self._promised(seller) + sum(t for _, s, t, _ in found if s is seller)
            part = min(tonnes, wanted.get(key, 0.0), max(0.0, seller.output - promised))
            if part > 0:
                found.append((key, seller, part, fact.id))
                wanted[key] -= part
        return found

    def _promised(self, seller: Node) -> float:
        """Give what a maker delivers by contract to plants, tonnes a year."""
        return sum(g.need * e[1] for g in self.buyers for e in g.edges if e[0] is seller)

    def _market(
        self, direct: Mapping[PoolKey, float], contracts: list[tuple[PoolKey, Node, float, str]]
    ) -> Market:
        """Give what contracts leave of output and need."""
        home: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for key, node in self.makers.items():
            left = node.output - self._promised(node) - sum(t for _, s, t, _ in contracts if s is node)
            if left > 0 and not node.is_project:
                home[node.country].append((key, left))
        need: dict[str, float] = defaultdict(float)
        for (country, _), wanted in direct.items():
            need[country] += wanted
        for (country, _), _, tonnes, _ in contracts:
            need[country] -= tonnes
        split = split_of(self.claims, self.good)
        published = self.claims.nodes["Commodity"].get(split.published)
        countries = {*need, *home, ""}
        return Market(
            good=self.good,
            split=split,
            trade_code=text(published, "trade_code") if published else "",
            price=self.claims.price(self.good),
            home=dict(home),
            need=dict(need),
            local_share={
                c: s for c in countries if (s := local_share(self.claims, self.good, c)) is not None
            },
        )

    def _supplies(self, market: Market) -> dict[PoolKey, list[Supply]]:
        """Weigh every pool, adding the civil pools of origins until no new one appears."""
        supplies: dict[PoolKey, list[Supply]] = {}
        waiting = list(self.nodes)
        while waiting:
            key = waiting.pop()
            supplies[key] = weigh_pool(market, self.claims, key[0])
            for part in supplies[key]:
                origin = None if part.origin is None else (part.origin, 0)
                if origin is not None and origin not in self.nodes:
                    self._node(origin)
                    waiting.append(origin)
        return dict(sorted(supplies.items()))

    def _put_first(
        self,
        supplies: dict[PoolKey, list[Supply]],
        contracts: list[tuple[PoolKey, Node, float, str]],
        direct: Mapping[PoolKey, float],
    ) -> None:
        """Put contracts before the other supplies of their pools."""
        for key, seller, tonnes, fact in contracts:
            part = tonnes / direct[key]
            supplies[key].append(Supply(part, Evidence.CONTRACT, producer=seller.id, facts=(fact,)))
        for key in {key for key, *_ in contracts}:
            taken = sum(s.weight for s in supplies[key] if s.evidence == Evidence.CONTRACT)
            supplies[key] = [
                s if s.evidence == Evidence.CONTRACT else replace(s, weight=s.weight * max(0.0, 1 - taken))
                for s in supplies[key]
            ]

    def _needs(
        self, supplies: Mapping[PoolKey, list[Supply]], direct: Mapping[PoolKey, float]
    ) -> dict[PoolKey, float]:
        """Solve need = buyers' need + what other pools draw, in the good's unit a year."""
        position = {key: i for i, key in enumerate(supplies)}
        draw = np.zeros((len(position), len(position)))
        for key, parts in supplies.items():
            for part in parts:
                if part.origin is not None:
                    draw[position[part.origin, 0], position[key]] += part.weight
        wanted = np.array([direct.get(key, 0.0) for key in supplies])
        solved = np.linalg.solve(np.eye(len(position)) - (1 - LEAK) * draw, wanted)
        return dict(zip(supplies, np.maximum(solved, 0.0).tolist(), strict=True))

    def _node(self, key: PoolKey) -> Node:
        """Give the pool of a country and class, made when first asked for."""
        if key not in self.nodes:
            country, buyer_class = key
            name = f"pool|{self.good}|{country}|{self.builder.buyer_classes[buyer_class]}"
            self.nodes[key] = self.builder.node(Node(name, NodeKind.POOL, self.good, country, buyer_class))
        return self.nodes[key]

    def _connect(self, pool: Node, supplies: list[Supply], need: float) -> None:
        pool.output = need
        cover = self.claims.parameters.value("cover.pool")
        group = self.builder.group(Group(pool, self.good, 1.0, cover, need, 1.0))
        for part in supplies:
            source = self._source(part, pool.country)
            weeks = transit_weeks(self.claims, source.country, pool.country)
            group.edges.append((source, part.weight, part.evidence, weeks, part.facts or source.facts))

    def _source(self, part: Supply, country: str) -> Node:
        if part.producer is not None:
            return self.makers[part.producer]
        if part.origin is not None:
            return self.nodes[part.origin, 0]
        key = f"unknown|{self.good}|{country}"
        return self.builder.nodes.get(key) or self.builder.node(
            Node(key, NodeKind.UNKNOWN, self.good, country)
        )
