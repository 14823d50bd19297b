"""Tiny worlds of facts, written by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.network.compile import compile_network
from chainshock.graph.network.production import ProductionNetwork

AT = date(2025, 6, 30)
PROVENANCE = Provenance(("test",), date(2024, 12, 31), date(2025, 1, 31), "A")


def ref(text: str) -> NodeRef:
    label, _, key = text.partition(":")
    return NodeRef(label, key)


def node(text: str, **properties: Any) -> Fact:
    where = ref(text)
    return Fact(where.label, where, None, properties, PROVENANCE)


def edge(name: str, source: str, target: str, **properties: Any) -> Fact:
    return Fact(name, ref(source), ref(target), properties, PROVENANCE)


def good(key: str, stage: str = "oxide", **more: Any) -> Fact:
    return node(f"Commodity:{key}", name=key, stage=stage, unit="t", **more)


def end_use(key: str, buyer_class: str = "civil") -> Fact:
    return node(f"EndUse:{key}", name=key, sector="industrial", buyer_class=buyer_class, unit="USD")


def serves(company: str, use: str, country: str, share: float = 1.0, **more: Any) -> list[Fact]:
    return [
        node(
            f"Company:{company}",
            name=company,
            is_listed=True,
            revenue=100.0,
            currency="USD",
            fiscal_year=2024,
        ),
        edge(
            "SERVES",
            f"Company:{company}",
            f"EndUse:{use}",
            country=country,
            revenue_share=share,
            magnet_use=more.pop("magnet_use", "yes"),
            **more,
        ),
    ]


def requires(source: str, target: str, amount: float = 1e-6, **more: Any) -> Fact:
    properties = {"amount": amount, "unit": "t/USD", "kappa_parameter": "kappa.component.magnet", **more}
    return edge("REQUIRES", source, f"Commodity:{target}", **properties)


def output(country: str, target: str, tonnes: float, year: int = 2024) -> Fact:
    return edge(
        "PRODUCES", f"Country:{country}", f"Commodity:{target}", year=year, basis="output", output=tonnes
    )


def price(target: str, usd_per_kg: float) -> Fact:
    more = {"period": "2024", "market": "test", "price_low": usd_per_kg, "unit": "USD/kg"}
    return edge("PRICED_IN", f"Commodity:{target}", "Country:WLD", **more)


def plant(key: str, country: str, target: str, tonnes: float, **more: Any) -> list[Fact]:
    facts = [
        node(f"Facility:{key}", name=key, stage="other", status=more.pop("status", "operating"), **more),
        edge("LOCATED_IN", f"Facility:{key}", f"Country:{country}"),
        edge("PRODUCES", f"Facility:{key}", f"Commodity:{target}", year=2024, basis="output", output=tonnes),
    ]
    return facts


def trade(origin: str, importer: str, code: str, tonnes: float, share: float | None = None) -> Fact:
    more = {} if share is None else {"import_share": share, "share_basis": "tonnes"}
    ends = (f"Country:{origin}", f"Country:{importer}")
    return edge("EXPORTS", *ends, code=code, period="2024", tonnes=tonnes, **more)


def compiled(facts: list[Fact], **options: Any) -> ProductionNetwork:
    graph = KnowledgeGraph(facts).at(AT)
    return compile_network(graph, baseline_year=2024, **options)


def supplies(network: ProductionNetwork, node_id: str) -> dict[str, float]:
    """Suppliers of a node's only group, with weights rounded to 9 digits."""
    index = network.ids.index(node_id)
    edges = [e for e, target in enumerate(network.edge_node) if target == index]
    return {network.ids[network.edge_source[e]]: round(float(network.weight[e]), 9) for e in edges}
