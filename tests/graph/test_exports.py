import json
import xml.etree.ElementTree as ET
from datetime import date

import networkx as nx
import polars as pl
import pytest

from chainshock.errors import FileProblem, QueryError
from chainshock.graph.exports import EXPORTERS, exporter
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


@pytest.mark.parametrize("form", EXPORTERS)
@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "file/below", "missing/below"])
def test_impossible_destination_is_refused_and_nothing_is_left(tmp_path, form, name):
    (tmp_path / "file").touch()
    with pytest.raises(FileProblem):
        exporter(form).write(KnowledgeGraph(FACTS).at(date(2026, 6, 30)), f"{tmp_path}/{name}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("form", EXPORTERS)
def test_empty_destination_writes_nothing_into_the_current_folder(tmp_path, form, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileProblem):
        exporter(form).write(KnowledgeGraph(FACTS).at(date(2026, 6, 30)), "")
    assert list(tmp_path.iterdir()) == []


def test_parquet_of_random_order_has_the_same_bytes(tmp_path):
    for turn, facts in enumerate((FACTS, FACTS[::-1])):
        exporter("parquet").write(MemoryStore(facts).view(), tmp_path / str(turn))
    for name in ("nodes.parquet", "relationships.parquet"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()


def test_parquet_replaces_its_tables_in_a_folder_and_leaves_other_files(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    for _ in range(2):
        assert exporter("parquet").write(MemoryStore(FACTS).view(), tmp_path) == len(FACTS)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["mine.txt", "nodes.parquet", "relationships.parquet"]


def test_parquet_refuses_standard_output_and_a_file(tmp_path):
    (tmp_path / "file").write_text("kept")
    for destination in ("-", tmp_path / "file"):
        with pytest.raises(FileProblem, match="a folder for nodes"):
            exporter("parquet").write(MemoryStore(FACTS).view(), destination)
    assert (tmp_path / "file").read_text() == "kept"


def test_graphml_refuses_a_store_with_all_vintages(tmp_path):
    with pytest.raises(QueryError, match="expected the graph at one date"):
        exporter("graphml").write(MemoryStore(FACTS).view(), tmp_path / "out.graphml")


@pytest.mark.parametrize("form", ["jsonl", "graphml"])
def test_failure_while_writing_leaves_the_old_file(tmp_path, form, monkeypatch):
    out = tmp_path / "out"
    out.write_text("kept")
    graph = KnowledgeGraph(FACTS).at(date(2026, 6, 30))

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("chainshock.graph.exports.jsonl.json_line", fail)
    monkeypatch.setattr(nx, "write_graphml_xml", fail)
    with pytest.raises(KeyboardInterrupt):
        exporter(form).write(graph, out)
    assert out.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [out]


def test_column_names_of_exports_never_collide_with_properties():
    from chainshock.graph.exports.base import provenance_of
    from chainshock.graph.schema import read_schema

    schema = read_schema()
    taken = {"label", "key", "relationship", "source_label", "source_key", "target_label", "target_key"}
    taken |= set(provenance_of(FACTS[0]))
    for name in (*schema.labels, *schema.relationships):
        assert not taken & set(schema.properties(name))
