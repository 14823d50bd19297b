"""A small store, and tables of an invented firm with their mapping files, for the tests of `tabular`."""

from __future__ import annotations

from datetime import date

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.ingest import load

SAID = Provenance(("test",), date(2024, 12, 31), date(2025, 1, 31), "A")

HEAD = """
[company]
name = "Alder Motion GmbH"
country = "DEU"
[source]
title = "Alder Motion, a table (invented)"
published = 2025-09-30
"""
MAPS = {
    "suppliers": 'kind = "suppliers"\n'
    + HEAD
    + """
[columns]
supplier = "Who"
good = "What"
country = "Where"
share = "Share"
""",
    "bill-of-materials": 'kind = "bill-of-materials"\n'
    + HEAD.replace('country = "DEU"', 'country = "DEU"\ncurrency = "EUR"')
    + """
[products.Drive]
sector = "industrial"
unit = "unit"
unit_value = 1000
revenue_share = 0.5
[columns]
product = "Product"
input = "Part"
amount = "Amount"
unit = "Unit"
[goods.new.ROTOR]
name = "Rotor"
stage = "component"
unit = "unit"
[goods.new.SHAFT]
name = "Shaft"
stage = "component"
unit = "unit"
""",
    "facilities": 'kind = "facilities"\n'
    + HEAD
    + """
[columns]
facility = "Plant"
country = "Where"
stage = "Stage"
status = "Status"
product = "Makes"
output = "Output"
unit = "Unit"
""",
    "stocks": 'kind = "stocks"\n'
    + HEAD
    + """
[columns]
good = "What"
weeks = "Weeks"
""",
}


def node(label, key, **properties):
    ref = NodeRef(label, key)
    return Fact(label, ref, None, properties, SAID)


def small_store():
    """Magnets of two grades under a common good, an oxide, two known companies, a plant."""
    store = MemoryStore()
    grades = {"split_of": "MAG", "hs_codes": ("850511",)}
    facts = [
        node("Source", "test", title="test"),
        node("Country", "DEU", name="Germany"),
        node(
            "Commodity", "MAG", name="Magnets of all grades", stage="magnet", unit="t", hs_codes=("850511",)
        ),
        node("Commodity", "MAG_S", name="Strong magnet", stage="magnet", unit="t", **grades),
        node("Commodity", "MAG_L", name="Light magnet", stage="magnet", unit="t", **grades),
        node("Commodity", "OX_DY", name="Dysprosium oxide", stage="oxide", unit="t", hs_codes=("284690",)),
        node("Company", "kirin", name="Kirin Magnetics", is_listed=True, ticker="KIRN", mic="XTKS"),
        node("Facility", "kirin-osaka", name="Osaka works", stage="magnet", status="operating"),
    ]
    with store.writer("reference") as writer:
        for fact in facts:
            writer.add(fact)
    return store


def write(folder, kind, table, mapping=None, name=None):
    """Write a table and its mapping file; give their paths."""
    path, map_path = folder / (name or f"{kind}.csv"), folder / f"{kind}.toml"
    path.write_text(table, encoding="utf-8")
    map_path.write_text(mapping or MAPS[kind], encoding="utf-8")
    return path, map_path


def load_table(folder, kind, table, mapping=None, store=None, **options):
    """Load a table into a store, by default a small one; give the store and the report."""
    path, map_path = write(folder, kind, table, mapping)
    store = store or small_store()
    return store, load(
        "tabular", [path], store, origin=options.pop("origin", kind), mapping=map_path, **options
    )


def facts(store, name):
    return sorted((f for f in store.view().facts(name) if f.origin != "reference"), key=lambda f: f.source)


def tabular_example(folder):
    """Write a table of suppliers whose good the shipped data hold; give what stands behind `load tabular`."""
    table = "Who,What,Where,Share\nLindenau AG,MAG_NDFEB_S,Germany,0.6\nvarious,MAG_NDFEB_S,China,0.4\n"
    path, mapping = write(folder, "suppliers", table)
    return [str(path), "--map", str(mapping)]
