"""Small loads for the tests of sources: a store with a few goods, and what a source makes of files."""

from __future__ import annotations

from datetime import date

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.ingest import load

SAID = Provenance(("test",), date(2024, 12, 31), date(2025, 1, 31), "A")


def good(key, *codes, **more):
    """A good with its HS codes."""
    properties = {"name": key, "stage": "magnet", "unit": "t", "hs_codes": codes, **more}
    return Fact("Commodity", NodeRef("Commodity", key), None, properties, SAID)


def goods_store():
    """A store that knows magnets by six digits, tungsten by four, and nothing else."""
    return MemoryStore([good("MAG", "850511"), good("W", "8101")])


def load_into(store, name, *paths, **options):
    """Load files with a source; the data set is called `test`."""
    return load(name, paths, store, origin="test", **options)


def trade(store):
    """Give the trade that a store holds: (from, to, code, period) to the other properties."""
    return {
        (fact.source.key, fact.target.key, fact.properties["code"], fact.properties["period"]): {
            name: value for name, value in fact.properties.items() if name not in ("code", "period")
        }
        for fact in store.view().facts("EXPORTS")
    }
