"""Measure how long Neo4j takes for a graph: push, a push that changes nothing, pull, and row by row.

    python benchmarks/neo4j_store.py [SIZE...]

Sizes are numbers of relationships, by default 10,000, 100,000 and 1,000,000. The server is one of its own in
a temporary folder, with the settings of `chainshock neo4j up`, or that of NEO4J_URI, whose graph `benchmark`
is overwritten. All figures of one run are taken on the same server, side by side.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.neo4j_shape import properties_of, uid_of
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.server.connection import Connection, find_connection
from chainshock.server.home import Home
from chainshock.server.process import down, up

SIZES = 10_000, 100_000, 1_000_000
COUNTRIES = 200
ROWS_ONE_BY_ONE = 1_000
GRAPH = "benchmark"
ONE = """
MATCH (a:Entity {uid: $a}) MATCH (b:Entity {uid: $b})
MERGE (a)-[r:EXPORTS {factId: $id, origin: $origin, graph: $graph}]->(b) SET r += $values
"""


def facts_of(size: int) -> Iterator[Fact]:
    """Make countries and so many trade figures between them, as customs publish them."""
    said = [Provenance(("s",), date(y, 12, 31), date(y + 1, 6, 30), "A") for y in range(2015, 2025)]
    refs = [NodeRef("Country", f"C{number:03}") for number in range(COUNTRIES)]
    for ref in refs:
        yield Fact("Country", ref, None, {"name": ref.key}, said[0])
    for number in range(size):
        pair, series = number % (COUNTRIES * COUNTRIES), number // (COUNTRIES * COUNTRIES)
        source, target = refs[pair // COUNTRIES], refs[pair % COUNTRIES]
        values = {"code": f"{280530 + series // 10}", "period": f"{2015 + series % 10}", "tonnes": number / 7}
        yield Fact("EXPORTS", source, target, {**values, "value_usd": number * 1.5}, said[series % 10])


def row_by_row(store: Neo4jStore, facts: list[Fact]) -> float:
    """Give the seconds that a relationship takes when each is a transaction of its own."""
    some = [fact for fact in facts if fact.target is not None][:ROWS_ONE_BY_ONE]
    start = time.perf_counter()
    for fact in some:
        values = properties_of(fact, GRAPH, is_current=True)
        ends = {"a": uid_of(fact.source), "b": uid_of(fact.target or fact.source)}
        store.driver.execute_query(ONE, **ends, id=fact.id, origin=fact.origin, graph=GRAPH, values=values)
    return (time.perf_counter() - start) / len(some)


def measure(connection: Connection, size: int, folder: Path) -> None:
    """Print one line of the table."""
    facts = list(facts_of(size))
    with Neo4jStore(connection.uri, connection.user, connection.password, GRAPH) as store:
        store.push(facts[: COUNTRIES * 2])  # makes constraints and indexes, and warms a new server up
        store.push([])
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            done = store.push(facts)
            seconds.append(time.perf_counter() - start)
        assert done.written == done.removed == 0  # noqa: S101 - the second push finds nothing to do
        start = time.perf_counter()
        with SqliteStore(folder / f"{size}.db", create=True) as target, target.writer() as writer:
            chunk: list[Fact] = []
            for fact in store.stream():
                chunk.append(fact)
                if len(chunk) == 5_000:
                    writer.add_many(chunk)
                    chunk = []
            writer.add_many(chunk)
        pull = time.perf_counter() - start
        with SqliteStore(folder / f"{size}.db") as target:
            same = target.view().content_hash() == MemoryStore(facts).view().content_hash()
        store.push([fact for fact in facts if fact.target is None])  # takes the relationships out
        one = row_by_row(store, facts)
        store.push([])
    ratio = one * size / seconds[0]
    row = [f"{size:>13,}", *(f"{value:>7.1f}" for value in (seconds[0], seconds[1], pull))]
    print(" | ".join([*row, f"{one * size:>12.0f}", f"{ratio:>6.0f}", "yes" if same else "NO"]), flush=True)


def main() -> None:
    """Measure every size."""
    sizes = [int(text.replace(",", "")) for text in sys.argv[1:]] or SIZES
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if os.environ.get("NEO4J_URI"):
            connection = find_connection()
        else:
            home = Home.at(folder / "neo4j")
            server = up(home, usual_ports=False)
            stack.callback(down, home)
            connection = Connection(server.uri, server.user, home.password())
        print("relationships |  push s | again s | pull s | row by row s | ratio | pulled equal")
        for size in sizes:
            measure(connection, size, folder)


if __name__ == "__main__":
    main()
