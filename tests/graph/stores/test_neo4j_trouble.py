"""What can be wrong with a Neo4j, each against a real one: one clear line, exit 1, never the password."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from chainshock.errors import StoreUnavailable
from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.server.home import Home
from chainshock.server.process import down, running, up
from tests.cli.worlds import invoke
from tests.graph.stores.contract import country, trade

SECRET = "not-the-password-7f3a"  # noqa: S105 - refused everywhere
NOWHERE = "bolt://127.0.0.1:1"


def world(count):
    return [country("CHN"), *(trade("CHN", "CHN", float(number)) for number in range(count))]


def store_file(path, facts):
    with SqliteStore(path, create=True) as store, store.writer() as writer:
        writer.add_many(facts)
    return path


@pytest.fixture
def small_file(tmp_path):
    return store_file(tmp_path / "facts.db", world(10))


def refused(result, *words):
    """Check that a command failed in one line that says what was found and expected."""
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    for word in ("found", "expected", *words):
        assert word in line
    assert "Traceback" not in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize("command", [("push",), ("pull", "--store", "back.db")])
def test_wrong_password_is_refused_without_showing_it(neo4j_alone, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    result = invoke("neo4j", *command, "--uri", neo4j_alone.uri, "--user", neo4j_alone.user)
    refused(result, "user or password refused", "NEO4J_PASSWORD")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("push",), ("pull", "--store", "back.db")])
@pytest.mark.parametrize("uri", [NOWHERE, "bolt://no-such-host.invalid:7687"])
def test_server_that_nobody_runs_is_refused(tmp_path, monkeypatch, command, uri):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    refused(invoke("neo4j", *command, "--uri", uri), uri, "no Neo4j that answers")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_port_of_another_service_is_refused(neo4j_server, monkeypatch, small_file):
    import http.server
    import threading

    class Quiet(http.server.BaseHTTPRequestHandler):
        def log_message(self, *words):
            """Say nothing: what it says would stand among what the command says."""

    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            uri = f"bolt://127.0.0.1:{other.server_port}"
            refused(invoke("neo4j", "push", "--store", small_file, "--uri", uri), uri)
        finally:
            other.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "uri", ["7687", "http://127.0.0.1:7474", "bolt://", "bolt://127.0.0.1:x", "bolt://[::"]
)
def test_address_that_is_none_is_refused(monkeypatch, uri):
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    refused(invoke("neo4j", "push", "--uri", uri), "no address of Neo4j", "bolt://127.0.0.1:7687")


def test_address_with_a_password_is_refused_and_not_repeated(monkeypatch):
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    result = invoke("neo4j", "push", "--uri", f"bolt://neo4j:{SECRET}@127.0.0.1:7687")
    refused(result, "an address with a user or password in it")


def test_pull_of_a_graph_that_is_not_there_says_so(neo4j_alone, tmp_path, monkeypatch):
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_alone.password)
    out = tmp_path / "back.db"
    refused(
        invoke("neo4j", "pull", "--store", out, "--uri", neo4j_alone.uri), "no graph 'chainshock'", "push"
    )
    assert not out.exists()


def test_pull_overwrites_no_file(neo4j_server, small_file):
    before = small_file.read_bytes()
    refused(invoke("neo4j", "pull", "--store", small_file), "there already")
    assert small_file.read_bytes() == before


# ------------------------------------------------------------ servers of their own


@pytest.fixture
def home(tmp_path):
    """A home of its own, whose server is stopped at the end."""
    found = Home.at(tmp_path / "neo4j")
    yield found
    down(found)


def as_environment(monkeypatch, server):
    monkeypatch.setenv("NEO4J_URI", server.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", server.home.password())


@pytest.mark.slow
def test_server_stopped_in_the_middle_of_a_push_is_named_and_the_next_goes_on(home, monkeypatch):
    facts = world(40_000)
    server = up(home, usual_ports=False)

    def stop(done, total):
        if done >= total // 2:
            down(home)

    with Neo4jStore(server.uri, server.user, home.password()) as store:
        with pytest.raises(StoreUnavailable, match="no Neo4j that answers") as failure:
            store.push(facts, progress=stop)
        assert home.password() not in str(failure.value)
    server = up(home, usual_ports=False)
    with Neo4jStore(server.uri, server.user, home.password()) as store:
        with pytest.raises(StoreUnavailable, match="pushed in part"):
            store.size()
        rest = store.push(facts)
        assert 0 < rest.written <= len(facts) // 2
        assert store.view().content_hash() == MemoryStore(facts).view().content_hash()


@pytest.mark.slow
def test_database_that_is_read_only_refuses_a_push_and_serves_a_pull(home, tmp_path, small_file, monkeypatch):
    as_environment(monkeypatch, up(home, usual_ports=False))
    assert invoke("neo4j", "push", "--store", small_file).exit_code == 0
    down(home)
    frozen = {"server.databases.default_to_read_only": "true"}
    as_environment(monkeypatch, up(home, usual_ports=False, settings=frozen))
    refused(invoke("neo4j", "push", "--store", small_file), "a database that is read-only")
    back = tmp_path / "back.db"
    result = invoke("neo4j", "pull", "--store", back)
    assert result.exit_code == 0, result.stderr
    with SqliteStore(back) as one, SqliteStore(small_file) as other:
        assert one.view().content_hash() == other.view().content_hash()


@pytest.mark.slow
def test_new_database_that_cannot_be_made_refuses_a_push(home, small_file, monkeypatch):
    frozen = {"server.databases.default_to_read_only": "true"}
    as_environment(monkeypatch, up(home, usual_ports=False, settings=frozen))
    refused(invoke("neo4j", "push", "--store", small_file), "a database that is not available")


@pytest.mark.slow
def test_full_disk_is_named(home, tmp_path, monkeypatch):
    """The data lie on a small file system of their own, in a mount namespace that ends with the server."""
    home.prepare()
    unshare = [shutil.which("unshare") or "unshare", "--mount"]
    if os.geteuid() != 0:
        unshare.append("--map-root-user")
    mount = f"mount -t tmpfs -o size=40m tmpfs '{home.path}/data'"
    start = f"exec '{sys.executable}' -m chainshock neo4j up --data '{home.path}'"
    subprocess.run([*unshare, "sh", "-c", f"{mount} && {start}"], check=True, capture_output=True, text=True)
    server = running(home)
    assert server is not None
    as_environment(monkeypatch, server)
    file = store_file(tmp_path / "facts.db", world(150_000))
    refused(invoke("neo4j", "push", "--store", file), "no room left on the server's disk")


def test_every_error_of_the_driver_is_worded():
    from neo4j import exceptions

    from chainshock.graph.stores.neo4j_driver import translate

    kinds = [
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, (exceptions.DriverError, exceptions.Neo4jError))
    ]
    assert len(kinds) > 10
    for kind in kinds:
        text = str(translate(kind("trouble"), NOWHERE))
        assert text.startswith(f"{NOWHERE}: found ")
        assert "expected" in text
