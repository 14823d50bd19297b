"""Add the makers of a good to a network, and the contracts that bind them to buyers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from chainshock.graph.facts import Fact
from chainshock.graph.network.builder import Group, NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.plants import Producer, entities, find_projects, split_of
from chainshock.graph.network.production import Evidence, NodeKind
from chainshock.graph.network.supply import find_producers

__all__ = [
    "add_contracts",
    "add_makers",
    "contract_tonnes",
    "is_active",
    "local_share",
    "maker_node",
    "transit_weeks",
]

EAST_ASIA = frozenset({"JPN", "KOR", "VNM", "PHL", "TWN", "HKG"})
SOUTH_ASIA = frozenset({"IND", "THA", "MYS", "SGP", "IDN"})


def add_makers(
    builder: NetworkBuilder, claims: Claims, good: str, buyers: list[Group], project_year: int
) -> dict[str, Node]:
    """Add every maker of a good as a node, by id.

    A good made to order of which no maker is known is taken to be made in the countries that buy it.
    """
    need: dict[str, float] = defaultdict(float)
    for group in buyers:
        need[group.node.country] += group.need
    producers = find_producers(claims, good, sum(need.values()), _fed(claims, good, buyers))
    if not producers and local_share(claims, good) is not None:
        producers = [_local_maker(claims, good, c, q) for c, q in sorted(need.items()) if q > 0]
    producers += find_projects(claims, good, project_year)
    return {p.id: builder.node(maker_node(claims, good, p)) for p in producers}


def _fed(claims: Claims, good: str, buyers: list[Group]) -> dict[str, float]:
    """Give what plants need of a good that another feeds them without a stated volume, by feeding plant."""
    fed: dict[str, float] = defaultdict(float)
    for fact in claims.edges["SUPPLIES"]:
        if (
            fact.source.label == "Facility"
            and is_active(claims, fact, good)
            and number(fact, "volume") is None
        ):
            for group in buyers:
                if fact.target is not None and fact.target.key in group.node.entities.get("facility", {}):
                    fed[fact.source.key] += group.need
    return dict(fed)


def local_share(claims: Claims, good: str, country: str = "") -> float | None:
    """Give the assumed share that buyers take from makers at home, for stages of goods made to order."""
    name = f"{text(claims.nodes['Commodity'][good], 'stage')}.local-share"
    entry = claims.parameters.get(f"{name}.{country}") or claims.parameters.get(name)
    return None if entry is None else entry.default


def _local_maker(claims: Claims, good: str, country: str, need: float) -> Producer:
    share = local_share(claims, good, country) or 0.0
    name = f"parameter:{text(claims.nodes['Commodity'][good], 'stage')}.local-share"
    return Producer(
        f"rest|{good}|{country}", country, need * share, entities=entities(country, good), facts=(name,)
    )


def maker_node(claims: Claims, good: str, producer: Producer) -> Node:
    """Make the node of a producer of a good."""
    output, value, price = producer.output, producer.value, claims.price(good)
    if value is None:
        value = float("nan") if price is None else output * price
    stage = text(claims.nodes["Commodity"][good], "stage")
    spare = claims.parameters.find(f"spare.{good}.{producer.country}", f"spare.{stage}.{producer.country}")
    return Node(
        id=producer.id,
        kind=NodeKind.ACTIVITY,
        good=good,
        country=producer.country,
        output=output,
        value=value,
        spare=0.0 if spare is None or producer.is_project else spare.default,
        is_project=producer.is_project,
        entities=producer.entities,
        facts=producer.facts,
    )


def add_contracts(claims: Claims, good: str, makers: Mapping[str, Node], buyers: list[Group]) -> None:
    """Add edges for contracts and internal feeds between plants; a feed without volume takes the rest."""
    for group in buyers:
        buyer = next(iter(group.node.entities.get("facility", {})), None)
        if buyer is None:
            continue
        feeds = [
            (makers[f"{f.source.key}|{good}"], f)
            for f in claims.edges["SUPPLIES"]
            if f.target is not None
            and f.target.key == buyer
            and f"{f.source.key}|{good}" in makers
            and is_active(claims, f, good)
        ]
        sized = [(s, f, t) for s, f in feeds if (t := contract_tonnes(claims, f, good)) is not None]
        parts = [(s, f, t / group.need if group.need else 0.0) for s, f, t in sized]
        scale = min(1.0, 1.0 / total) if (total := sum(part for *_, part in parts)) > 0 else 1.0
        blank = [(s, f) for s, f in feeds if contract_tonnes(claims, f, good) is None]
        left = 1.0 - min(1.0, total)
        parts = [(s, f, part * scale) for s, f, part in parts]
        parts += [(s, f, left / len(blank)) for s, f in blank]
        for seller, fact, weight in parts:
            if weight > 0:
                weeks = transit_weeks(claims, seller.country, group.node.country)
                group.edges.append((seller, weight, Evidence.CONTRACT, weeks, (fact.id, *group.facts)))


def contract_tonnes(claims: Claims, fact: Fact, good: str) -> float | None:
    """Give an active contract's tonnes a year of a good, or None."""
    volume = number(fact, "volume")
    fits = is_active(claims, fact, good) and text(fact, "volume_unit").startswith("t")
    return volume if fits else None


def is_active(claims: Claims, fact: Fact, good: str) -> bool:
    """Tell whether a contract is in force and for a good, or for the one that it is split off."""
    goods = (good, split_of(claims, good).published)
    return text(fact, "status") == "active" and text(fact, "commodity") in goods


def transit_weeks(claims: Claims, origin: str, destination: str) -> float:
    """Give the weeks under way; nothing inside a country."""
    if origin == destination:
        return 0.0
    near = "east-asia" if destination in EAST_ASIA else "south-asia" if destination in SOUTH_ASIA else "far"
    return claims.parameters.value(f"transit.{near}")
