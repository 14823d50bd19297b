"""The picture of facts that come from Neo4j is that of the facts that went there."""

import pytest

from chainshock.api import reference
from chainshock.graph.stores.neo4j import Neo4jStore
from tests.cli.worlds import invoke

WORDS = ("--stage", "magnet", "--top", "1", "--scenario", "april-2025")


@pytest.fixture
def server(neo4j_alone, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", neo4j_alone.uri)
    monkeypatch.setenv("NEO4J_USER", neo4j_alone.user)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_alone.password)
    return neo4j_alone


@pytest.mark.slow
def test_view_from_neo4j_writes_the_bytes_of_the_reference_data(server, tmp_path):
    with Neo4jStore(server.uri, server.user, server.password) as store:
        store.push(reference().facts)
    for name, words in (("here", ()), ("there", ("--from-neo4j",))):
        result = invoke("view", tmp_path / f"{name}.html", *WORDS, *words)
        assert result.exit_code == 0, result.stderr
    assert (tmp_path / "here.html").read_bytes() == (tmp_path / "there.html").read_bytes()


@pytest.mark.slow
def test_graph_that_is_not_there_is_told(server, tmp_path):
    result = invoke("view", tmp_path / "out.html", "--from-neo4j", "--graph", "nobody")
    assert result.exit_code == 1
    assert "found no graph 'nobody'" in result.stderr


@pytest.mark.parametrize("words", [("--uri", "bolt://127.0.0.1:1"), ("--from-neo4j", "--store", "mine.db")])
def test_origins_that_do_not_go_together_are_refused(tmp_path, words):
    result = invoke("view", tmp_path / "out.html", *words)
    assert result.exit_code == 2
