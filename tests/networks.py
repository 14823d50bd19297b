"""Build small production networks by hand, and random ones for property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors


@dataclass(frozen=True)
class Input:
    """One input group: suppliers by node id to weight."""

    good: str
    suppliers: Mapping[str, float]
    need: float = 1.0
    kappa: float = 1.0
    cover: float = 0.0
    cost_share: float = 0.0
    transit: float = 0.0


@dataclass(frozen=True)
class Node:
    """One node; a pool has one input."""

    good: str
    country: str
    output: float = 0.0
    value: float = float("nan")
    spare: float = 0.0
    kind: NodeKind = NodeKind.ACTIVITY
    buyer_class: int = 0
    is_project: bool = False
    inputs: Sequence[Input] = ()
    entities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def pool(good: str, country: str, need: float, suppliers: Mapping[str, float], buyer_class: int = 0) -> Node:
    """A pool of a good in a country."""
    group = Input(good, suppliers, need=need)
    return Node(good, country, kind=NodeKind.POOL, inputs=(group,), buyer_class=buyer_class)


def unknown(good: str, country: str) -> Node:
    """A supplier that no evidence names."""
    return Node(good, country, kind=NodeKind.UNKNOWN)


def build_network(
    nodes: Mapping[str, Node], buyer_classes: tuple[str, ...] = ("civil",), scale: float = 1.0
) -> ProductionNetwork:
    """Turn nodes by id into a network; goods and countries are numbered in order of name.

    `scale` multiplies every quantity. Each node belongs to its country and to a company of its own id.
    """
    ids = tuple(nodes)
    number = {name: i for i, name in enumerate(ids)}
    listed = list(nodes.values())
    inputs = [(i, group) for i, node in enumerate(listed) for group in node.inputs]
    goods = tuple(sorted({node.good for node in listed} | {group.good for _, group in inputs}))
    countries = tuple(sorted({node.country for node in listed}))
    edges = [(g, number[s], w, x.transit) for g, (_, x) in enumerate(inputs) for s, w in x.suppliers.items()]

    def ints(values: list[int]) -> np.ndarray:
        return np.array(values, dtype=np.int32)

    def floats(values: list[float]) -> np.ndarray:
        return np.array(values, dtype=np.float64)

    return ProductionNetwork(
        ids=ids,
        goods=goods,
        countries=countries,
        buyer_classes=buyer_classes,
        kind=np.array([node.kind for node in listed], dtype=np.int8),
        good=ints([goods.index(node.good) for node in listed]),
        country=ints([countries.index(node.country) for node in listed]),
        buyer_class=ints([node.buyer_class for node in listed]),
        output=floats([node.output for node in listed]) * scale,
        value=floats([node.value for node in listed]),
        spare=floats([node.spare for node in listed]),
        is_project=np.array([node.is_project for node in listed], dtype=np.bool_),
        group_node=ints([i for i, _ in inputs]),
        group_good=ints([goods.index(x.good) for _, x in inputs]),
        kappa=floats([x.kappa for _, x in inputs]),
        cover=floats([x.cover for _, x in inputs]),
        need=floats([x.need for _, x in inputs]) * scale,
        cost_share=floats([x.cost_share for _, x in inputs]),
        edge_group=ints([g for g, _, _, _ in edges]),
        edge_source=ints([s for _, s, _, _ in edges]),
        weight=floats([w for _, _, w, _ in edges]),
        evidence=np.full(len(edges), Evidence.TRADE, dtype=np.int8),
        transit=floats([t for _, _, _, t in edges]),
        edge_facts=tuple(() for _ in edges),
        node_facts=tuple(() for _ in ids),
        entities=tuple(
            {"country": {node.country: 1.0}, "company": {name: 1.0}}
            if not node.entities
            else {kind: dict(shares) for kind, shares in node.entities.items()}
            for name, node in nodes.items()
        ),
    )


def control(
    network: ProductionNetwork,
    good: str,
    origin: str,
    factor: float,
    *,
    destinations: Sequence[str] | None = None,
    classes: Sequence[int] | None = None,
    name: str | None = None,
) -> RouteFactors:
    """One measure on exports of a good: what it lets through to destinations (default: all abroad)."""
    count = len(network.countries)
    table = np.ones((len(network.buyer_classes), count, count))
    source = network.countries.index(origin)
    targets = [network.countries.index(c) for c in destinations or network.countries if c != origin]
    for buyer_class in classes if classes is not None else range(len(network.buyer_classes)):
        table[buyer_class, source, targets] = factor
    measure = name or f"{origin}-{good}"
    return RouteFactors({measure: {network.goods.index(good): table}}, {measure: source})


def join(*controls: RouteFactors) -> RouteFactors:
    """Several measures in force together."""
    by_measure = {name: goods for one in controls for name, goods in one.by_measure.items()}
    issuers = {name: issuer for one in controls for name, issuer in one.issuers.items()}
    return RouteFactors(by_measure, issuers)


OPEN = RouteFactors({})

COUNTRIES = ("CHN", "DEU", "JPN")
GOODS = ("ORE", "OXIDE", "MAGNET", "CAR")
SHARES = st.floats(0.05, 1.0)


@st.composite
def layered_networks(draw: st.DrawFn, *, self_sufficient: str | None = None) -> ProductionNetwork:
    """Draw a network of four goods in three countries.

    Producers buy from their country's pool or by contract; pools draw on domestic producers, pools abroad
    (in rings) and unknown suppliers. The pools of `self_sufficient` draw on its own producers alone.
    """
    nodes: dict[str, Node] = {}
    makers = {
        (good, country): [
            f"{good}-{country}-{i}"
            for i in range(draw(st.integers(1 if country == self_sufficient else 0, 2)))
        ]
        for good in GOODS
        for country in COUNTRIES
    }
    for (good, country), names in makers.items():
        for name in names:
            nodes[name] = Node(
                good,
                country,
                output=draw(st.floats(1.0, 100.0)),
                value=draw(st.floats(1.0, 1000.0)),
                spare=draw(st.sampled_from([0.0, 0.1, 0.5])),
                inputs=_inputs(draw, good, country, makers, self_sufficient),
            )
    for good in GOODS[:-1]:
        for country in COUNTRIES:
            alone = country == self_sufficient
            offers = list(makers[good, country])
            if not alone:
                offers += [f"pool-{good}-{c}" for c in COUNTRIES if c != country and draw(st.booleans())]
            if not offers or (not alone and draw(st.booleans())):
                nodes[f"unknown-{good}-{country}"] = unknown(good, country)
                offers.append(f"unknown-{good}-{country}")
            nodes[f"pool-{good}-{country}"] = pool(
                good, country, draw(st.floats(1.0, 200.0)), _weights(draw, offers)
            )
    return build_network(nodes)


def _inputs(
    draw: st.DrawFn, good: str, country: str, makers: Mapping[tuple[str, str], list[str]], alone: str | None
) -> tuple[Input, ...]:
    position = GOODS.index(good)
    if position == 0:
        return ()
    wanted = [GOODS[position - 1]]
    if position > 1 and draw(st.booleans()):
        wanted.append(GOODS[position - 2])
    inputs = []
    for name in wanted:
        offers = [f"pool-{name}-{country}"]
        foreign = [m for c in COUNTRIES if c != country for m in makers[name, c]]
        if country != alone and foreign and draw(st.booleans()):
            offers.append(draw(st.sampled_from(foreign)))
        inputs.append(
            Input(
                name,
                _weights(draw, offers),
                need=draw(st.floats(1.0, 100.0)),
                kappa=draw(st.sampled_from([0.3, 0.9, 1.0])),
                cost_share=draw(st.floats(0.0, 0.4)),
            )
        )
    return tuple(inputs)


def _weights(draw: st.DrawFn, names: Sequence[str]) -> dict[str, float]:
    raw = [draw(SHARES) for _ in names]
    return {name: value / sum(raw) for name, value in zip(names, raw, strict=True)}
