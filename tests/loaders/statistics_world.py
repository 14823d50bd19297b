"""A store with the goods and elements that the statistics are about, and what a load makes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load

SAID = Provenance(("test",), date(2010, 1, 1), date(2010, 1, 1), "A")
GOODS = {
    **dict.fromkeys(("SB", "GA", "W", "TE"), "refined"),
    **dict.fromkeys(("OX_ND", "OX_NDPR"), "oxide"),
    **dict.fromkeys(("RE_ORE", "ORE_ION"), "concentrate"),
}
ELEMENTS = ("Nd", "Dy", "W", "Cu", "Ce", "La", "Pr", "Sm")


def world() -> MemoryStore:
    """Give a store of goods, elements and the European Union."""
    facts = [
        Fact("Commodity", NodeRef("Commodity", key), None, {"name": key, "stage": s, "unit": "t"}, SAID)
        for key, s in GOODS.items()
    ]
    facts += [
        Fact("Element", NodeRef("Element", key), None, {"name": key, "class": "other"}, SAID)
        for key in ELEMENTS
    ]
    facts.append(Fact("Country", NodeRef("Country", "EUU"), None, {"name": "European Union"}, SAID))
    return MemoryStore(facts)


def loaded(name: str, *paths: Path | str, store: MemoryStore | None = None, **options: object) -> Loaded:
    """Load files and give what is then in the store."""
    target = world() if store is None else store
    report = load(name, list(paths), target, origin="mine", **options)  # type: ignore[arg-type]
    return Loaded(target, report)


class Loaded:
    """A store after a load, and the report of it."""

    def __init__(self, store: MemoryStore, report: LoadReport) -> None:
        self.store = store
        self.report = report

    def facts(self, name: str, source: str = "", target: str = "", **properties: object) -> list[Fact]:
        """Give the loaded facts of a kind, between ends and with properties if given, by year."""
        found = [
            fact
            for fact in self.store.view().facts(name)
            if fact.origin == "mine"
            and source in {"", fact.source.key}
            and target in {"", fact.target.key if fact.target else ""}
            and all(fact.properties.get(key) == value for key, value in properties.items())
        ]
        return sorted(found, key=lambda fact: (str(fact.properties.get("year")), fact.source, fact.id))

    def one(self, name: str, source: str = "", target: str = "", **properties: object) -> Fact:
        """Give the only loaded fact of a kind."""
        (fact,) = self.facts(name, source, target, **properties)
        return fact
