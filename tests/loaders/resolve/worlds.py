"""A few companies, one property at a time."""

from __future__ import annotations

from datetime import date

from chainshock.graph.facts import Confidence, Fact, NodeRef, Provenance
from chainshock.graph.schema import Value
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.resolve.companies import CompanyIndex

DAY = date(2025, 1, 31)


def said(confidence: Confidence = "A") -> Provenance:
    return Provenance(("test",), DAY, DAY, confidence)


def company(
    key: str, name: str, *, confidence: Confidence = "B", origin: str = "reference", **more: Value
) -> Fact:
    properties: dict[str, Value] = {"name": name, "is_listed": "ticker" in more, **more}
    return Fact("Company", NodeRef("Company", key), None, properties, said(confidence), origin)


def sits_in(key: str, iso3: str) -> list[Fact]:
    country = NodeRef("Country", iso3)
    return [
        Fact("Country", country, None, {"name": iso3}, said()),
        Fact("HEADQUARTERED_IN", NodeRef("Company", key), country, {}, said()),
    ]


def identifies(identifier: str, key: str, origin: str = "register", **more: Value) -> list[Fact]:
    node = NodeRef("Identifier", identifier)
    scheme, _, value = identifier.partition("-")
    return [
        Fact("Identifier", node, None, {"scheme": scheme.lower(), "value": value}, said(), origin),
        Fact("IDENTIFIES", node, NodeRef("Company", key), {"method": "identifier", **more}, said(), origin),
    ]


def store_of(*facts: Fact | list[Fact]) -> MemoryStore:
    store = MemoryStore()
    with store.writer() as writer:
        for fact in facts:
            for each in fact if isinstance(fact, list) else [fact]:
                writer.add(each)
    return store


def index_of(*facts: Fact | list[Fact], without: str | None = None) -> CompanyIndex:
    return CompanyIndex(store_of(*facts).view(), without)
