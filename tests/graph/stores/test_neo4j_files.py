from __future__ import annotations

import subprocess

import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.neo4j_files import ARGUMENTS, write_import_files
from chainshock.server.admin import admin_command, admin_environment
from chainshock.server.home import Home
from chainshock.server.process import down, up
from tests.cli.worlds import invoke
from tests.graph.stores.contract import country, said, trade
from tests.graph.stores.test_neo4j import FACTS, plant

ODD = Fact(
    "Company",
    NodeRef("Company", 'a "b", c'),
    None,
    {
        "name": 'line one\nline "two", \\ ; é\t',
        "is_listed": True,
        "aliases": ("x;y", 'p"q', " z "),
        "lei": "",
    },
    said(sources=("b;c", "a"), note="\\"),
)
WORLD = [*FACTS, plant("mine"), plant("recycling", 2020), ODD]


def test_files_have_a_header_and_a_line_per_fact_and_the_options(tmp_path):
    assert write_import_files(WORLD, tmp_path / "out") == len(WORLD)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"Country.csv", "Country.vintages.csv", "EXPORTS.csv", "Facility.csv", ARGUMENTS}
    head, *rows = (tmp_path / "out" / "EXPORTS.csv").read_text("utf-8").splitlines()
    assert head.startswith(":START_ID(Entity),:END_ID(Entity),sources:string[],asOf:date,")
    assert len(rows) == 3
    options = (tmp_path / "out" / ARGUMENTS).read_text("utf-8")
    assert f'"--relationships=EXPORTS={tmp_path / "out" / "EXPORTS.csv"}"' in options


def test_files_are_the_same_twice(tmp_path):
    for name in ("one", "two"):
        write_import_files(WORLD, tmp_path / name)
    for path in (tmp_path / "one").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


@pytest.mark.parametrize("name", ["there", "a,b", "no/such", ""])
def test_folder_that_cannot_be_made_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(FileProblem):
        write_import_files(FACTS, name)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_value_that_files_cannot_hold_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(InvalidRecord, match="the integer 2"):
        write_import_files([country("CHN"), trade("CHN", "CHN", tonnes=2)], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_command_prints_how_to_import(tmp_path):
    result = invoke("neo4j", "push", "--to-files", tmp_path / "out")
    assert result.exit_code == 0
    assert f"database import full --overwrite-destination @{tmp_path / 'out' / ARGUMENTS}" in result.stderr
    assert invoke("neo4j", "push", "--to-files", tmp_path / "o", "--uri", "bolt://x").exit_code == 2


@pytest.mark.slow
def test_imported_files_make_the_same_graph_as_a_push(tmp_path):
    import chainshock

    facts = [*chainshock.reference().facts, ODD, country("CHN", "Middle Kingdom", 2020)]
    write_import_files(facts, tmp_path / "out")
    home = Home.at(tmp_path / "neo4j")
    up(home, usual_ports=False)
    down(home)
    command = admin_command("database", "import", "full", "--overwrite-destination")
    done = subprocess.run(
        [*command, f"@{tmp_path / 'out' / ARGUMENTS}", "neo4j"],
        env=admin_environment(home),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    server = up(home, usual_ports=False)
    try:
        with Neo4jStore(server.uri, server.user, home.password()) as store:
            assert store.view().content_hash() == MemoryStore(facts).view().content_hash()
            imported = shape_of(store)
            done = store.push(facts)
            assert (done.written, done.removed) == (0, 0)
            store.push([])
            store.push(facts)
            assert shape_of(store) == imported
    finally:
        down(home)


def shape_of(store):
    """Give all labels, types and properties, in order."""
    nodes = "MATCH (n) WHERE n.factId IS NOT NULL RETURN labels(n), properties(n)"
    edges = "MATCH (a)-[r]->(b) RETURN a.uid, type(r), properties(r), b.uid"
    found = [
        record.values() for query in (nodes, edges) for record in store.driver.execute_query(query).records
    ]
    return sorted(repr([sorted(row[0]), *map(sort, row[1:])]) for row in found)


def sort(value):
    return sorted(value.items()) if isinstance(value, dict) else value
