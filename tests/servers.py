"""A Neo4j for the tests: the one that NEO4J_URI names, or one server per run of pytest, shared by all.

With pytest-xdist the first worker that needs the server starts it and the last one stops it. The database is
one, so a test holds it alone, and finds it empty.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest

from chainshock.server.connection import Connection
from chainshock.server.home import Home, exclusive
from chainshock.server.process import down, up

AT_ONCE = 20_000


@contextmanager
def one_server(folder: Path) -> Iterator[Connection]:
    """Give the server of this run; `folder` is where its workers meet."""
    if os.environ.get("NEO4J_URI"):
        connection = Connection(
            os.environ["NEO4J_URI"], os.environ.get("NEO4J_USER", "neo4j"), os.environ["NEO4J_PASSWORD"]
        )
        _claim(connection, folder / "claimed")
        yield connection
        return
    home = Home.at(folder / "neo4j")
    users = folder / "neo4j-users.json"
    with exclusive(folder / "neo4j.lock"):
        server = up(home, usual_ports=False)
        users.write_text(json.dumps(_count(users) + 1), "utf-8")
    try:
        yield Connection(server.uri, server.user, home.password())
    finally:
        with exclusive(folder / "neo4j.lock"):
            left = _count(users) - 1
            users.write_text(json.dumps(left), "utf-8")
            if left == 0:
                down(home)


def empty(driver: neo4j.Driver) -> None:
    """Delete all nodes and relationships."""
    for found in ("()-[x]->()", "(x)"):
        query = f"MATCH {found} WITH x LIMIT {AT_ONCE} DELETE x RETURN count(*) AS n"
        while driver.execute_query(query).records[0]["n"]:
            pass


def _claim(connection: Connection, mark: Path) -> None:
    """Take a server that someone named only if it is empty: the tests delete what is there."""
    with exclusive(mark.with_name("neo4j.lock")):
        if mark.exists():
            return
        with neo4j.GraphDatabase.driver(
            connection.uri, auth=(connection.user, connection.password)
        ) as driver:
            held = driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"]
        if held:
            pytest.fail(f"{connection.uri}: found {held} nodes, expected an empty database for the tests")
        mark.touch()


def _count(users: Path) -> int:
    return int(json.loads(users.read_text("utf-8"))) if users.exists() else 0
