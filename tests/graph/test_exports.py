import json
import xml.etree.ElementTree as ET
from datetime import date

import networkx as nx
import polars as pl
import pytest

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.stores.memory import MemoryStore
from tests.cli.worlds import invoke

SAID = Provenance(("usgs", "iea"), date(2024, 12, 31), date(2025, 1, 31), "A", note="a\x00b <c>")
NEWER = Provenance(("usgs",), date(2024, 12, 31), date(2026, 1, 31), "A")
CHN, ORE = NodeRef("Country", "CHN"), NodeRef("Commodity", "RE_ORE")
FACTS = [
    Fact("Country", CHN, None, {"name": "China"}, SAID),
    Fact(
        "Commodity",
        ORE,
        None,
        {"name": "ore", "stage": "concentrate", "unit": "t", "elements": ("Nd", "Pr")},
        SAID,
    ),
    Fact("PRODUCES", CHN, ORE, {"year": 2024, "basis": "output", "output": 1.5}, SAID),
    Fact("PRODUCES", CHN, ORE, {"year": 2024, "basis": "output", "output": 2.5}, NEWER),
]


@pytest.fixture
def store(tmp_path):
    from chainshock.graph.stores.sqlite import SqliteStore

    path = tmp_path / "facts.db"
    with SqliteStore(path, create=True) as made, made.writer("mine") as writer:
        for fact in FACTS:
            writer.add(fact)
    return path


def test_json_lines_hold_every_vintage_and_parse(store, tmp_path):
    out = tmp_path / "facts.jsonl"
    assert invoke("export", "jsonl", out, "--store", store, "--empty").exit_code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(lines) == len(FACTS)
    assert {line["properties"].get("output") for line in lines} == {None, 1.5, 2.5}


def test_graphml_is_read_back_with_lists_joined_and_control_characters_gone(store, tmp_path):
    out = tmp_path / "facts.graphml"
    result = invoke("export", "graphml", out, "--store", store, "--empty", "--as-of", "2026-06-30")
    assert result.exit_code == 0, result.stderr
    ET.parse(out)  # noqa: S314 - our own file
    graph = nx.read_graphml(out)
    assert graph.number_of_nodes() == 2
    assert "Nd;Pr" in {value for _, data in graph.nodes(data=True) for value in data.values()}


def test_parquet_has_nodes_and_relationships_of_the_date(store, tmp_path):
    out = tmp_path / "facts"
    result = invoke("export", "parquet", out, "--store", store, "--empty", "--as-of", "2025-06-30")
    assert result.exit_code == 0, result.stderr
    nodes, edges = (pl.read_parquet(out / f"{name}.parquet") for name in ("nodes", "relationships"))
    assert nodes.height == 2
    assert edges.height == 1


def test_export_writes_the_same_bytes_twice(store, tmp_path):
    for form in ("jsonl", "graphml"):
        paths = [tmp_path / f"{turn}.{form}" for turn in range(2)]
        for path in paths:
            assert invoke("export", form, path, "--store", store, "--empty").exit_code == 0
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_view_and_graph_of_the_same_facts_agree():
    facts = list(MemoryStore(FACTS).view().facts())
    assert sorted(f.id for f in facts) == sorted(f.id for f in FACTS)
    assert KnowledgeGraph(facts).at(date(2026, 6, 30)).number_of_edges() == 1
