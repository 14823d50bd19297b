"""Bind the activities of a company to the sellers that it says it buys from.

A contract counts here if it states a share of what the buyer buys (`SUPPLIES` with `share`). What is left
after all of them comes from the pool of the buyer's country.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainshock.graph.facts import Fact
from chainshock.graph.network.builder import Group, NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.makers import is_active, maker_node, transit_weeks
from chainshock.graph.network.plants import Producer, entities
from chainshock.graph.network.production import Evidence

__all__ = ["add_company_contracts"]

NEGLIGIBLE_WEIGHT = 1e-9


def add_company_contracts(
    builder: NetworkBuilder, claims: Claims, good: str, makers: dict[str, Node], buyers: Sequence[Group]
) -> None:
    """Add edges for contracts with a share; a seller of whom nothing is known becomes a maker.

    A seller that the facts do not show as a maker of the good makes what its buyers here take, in the country
    that the contract names, out of what is otherwise counted as that country's other makers.
    """
    new: set[str] = set()
    plant_edges = [len(group.edges) for group in buyers]
    for fact in claims.edges["SUPPLIES"]:
        share = number(fact, "share")
        bound = [group for group in buyers if share and _buys(fact, group)]
        if not bound or not share or not is_active(claims, fact, good):
            continue
        sellers = _sellers(fact, makers)
        if not sellers:
            sellers = _new_seller(builder, claims, good, makers, fact)
            new.update(node.id for node in sellers)
        if sellers and sellers[0].id in new:
            _grow(claims, makers, sellers[0], share * sum(group.need for group in bound))
        for group in bound:
            _bind(claims, group, sellers, share, fact)
    for group, count in zip(buyers, plant_edges, strict=True):
        _fit(group, count)


def _fit(group: Group, count: int) -> None:
    """Hold the shares of a company to what the first edges, contracts of its plants, leave open."""
    room = max(0.0, 1.0 - sum(edge[1] for edge in group.edges[:count]))
    total = sum(edge[1] for edge in group.edges[count:])
    scale = room / max(1.0, total)
    group.edges[count:] = [
        (s, part * scale, e, weeks, facts) for s, part, e, weeks, facts in group.edges[count:]
    ]


def _buys(fact: Fact, group: Group) -> bool:
    """Tell whether a group belongs to the buyer of a contract."""
    if fact.target is None:
        return False
    return fact.target.key in group.node.entities.get(fact.target.label.lower(), {})


def _bind(claims: Claims, group: Group, sellers: Sequence[Node], share: float, fact: Fact) -> None:
    total = sum(seller.output for seller in sellers)
    for seller in sellers:
        part = share * (seller.output / total if total > 0 else 1 / len(sellers))
        weeks = transit_weeks(claims, seller.country, group.node.country)
        if part > NEGLIGIBLE_WEIGHT:
            group.edges.append((seller, part, Evidence.CONTRACT, weeks, (fact.id, *group.facts)))


def _sellers(fact: Fact, makers: dict[str, Node]) -> list[Node]:
    """Find the running plants and segments of a seller that make the good, in the country if one is named."""
    kind, named = fact.source.label.lower(), text(fact, "country")
    return [
        node
        for node in makers.values()
        if fact.source.key in node.entities.get(kind, {})
        and not node.is_project
        and node.country == (named or node.country)
    ]


def _new_seller(
    builder: NetworkBuilder, claims: Claims, good: str, makers: dict[str, Node], fact: Fact
) -> list[Node]:
    """Make a maker, as yet without output, of a seller not known to make the good; none without a country."""
    country = _country(claims, fact)
    if not country:
        return []
    own = entities(country, good, **{fact.source.label.lower(): {fact.source.key: 1.0}})
    key = f"{fact.source.key}|{good}|{country}"
    node = builder.node(maker_node(claims, good, Producer(key, country, 0.0, entities=own, facts=(fact.id,))))
    makers[key] = node
    return [node]


def _grow(claims: Claims, makers: dict[str, Node], node: Node, needs: float) -> None:
    """Let a new maker make more, out of what its country's other makers do."""
    price = claims.price(node.good)
    node.output += needs
    node.value = float("nan") if price is None else node.output * price
    rest = makers.get(f"rest|{node.good}|{node.country}")
    if rest is not None and rest.output > 0:
        left = max(0.0, rest.output - needs) / rest.output
        rest.output, rest.value = rest.output * left, rest.value * left


def _country(claims: Claims, fact: Fact) -> str:
    """Give the country where a contract's good is made, as far as anything tells."""
    where = claims.location if fact.source.label == "Facility" else claims.headquarters
    return text(fact, "country") or where.get(fact.source.key, "")
