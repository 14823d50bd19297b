"""Keep facts in Neo4j: a home for the graph where people ask in Cypher."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.errors import StoreError, StoreUnavailable
from chainshock.graph.facts import Fact
from chainshock.graph.stores.base import Store, View, Writer, order_of
from chainshock.graph.stores.memory import MemoryWriter, Subject, Vintages
from chainshock.graph.stores.neo4j_driver import connect, translated
from chainshock.graph.stores.neo4j_read import read_facts
from chainshock.graph.stores.neo4j_shape import GRAPH, Layout, lay_out, schema_statements
from chainshock.graph.stores.neo4j_state import State, claim, finish, state_of
from chainshock.graph.stores.neo4j_sync import batches_for, read_held, run_batch

if TYPE_CHECKING:
    import neo4j

__all__ = ["Neo4jStore", "Pushed"]

ROWS_AT_ONCE = 10_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pushed:
    """What a push did: facts written or changed, facts removed, facts of the graph in all."""

    written: int
    removed: int
    facts: int


class Neo4jStore(Store):
    """Facts in a Neo4j database, among whatever else it holds.

    Parameters
    ----------
    uri
        Address, such as bolt://127.0.0.1:7687.
    user, password
        Who asks.
    graph
        Name of the graph; all that the store reads, writes and removes carries it as `graph`.

    Raises
    ------
    StoreUnavailable
        Nobody answers at the address, or the user or password is refused.
    """

    def __init__(self, uri: str, user: str, password: str, graph: str = GRAPH) -> None:
        self.uri = uri
        self.graph = graph
        self._is_writing = False
        self._has_schema = False
        self._driver: neo4j.Driver | None = connect(uri, user, password)

    @property
    def driver(self) -> neo4j.Driver:
        """The driver.

        Raises
        ------
        StoreError
            The store is closed.
        """
        if self._driver is None:
            raise StoreError(f"{self.uri}: found the store closed, expected it open")
        return self._driver

    @contextmanager
    def writer(self, origin: str | None = None) -> Iterator[Writer]:
        """Open a transaction; see `Store.writer`.

        It is put together in memory, and written in one transaction of Neo4j, which must fit into the
        server's memory; `push` has no such limit.
        """
        with self._one_writer():
            state, facts = self._snapshot()
            held: dict[Subject, Vintages] = {}
            for fact in facts:
                held.setdefault(fact.subject, {})[fact.id, fact.origin] = fact
            writer = MemoryWriter(held, origin)
            try:
                yield writer
                content = writer.commit()
            finally:
                writer.is_over = True
            wanted = [fact for vintages in content.values() for fact in vintages.values()]
            self._commit(lay_out(wanted), state)

    def push(
        self, facts: Iterable[Fact], *, progress: Progress | None = None, rewrite: bool = False
    ) -> Pushed:
        """Make the graph hold these facts and no others, batch by batch.

        A push that is cut off leaves some of them; the next one goes on from there. Until it is done, the
        graph cannot be read as a store.

        Parameters
        ----------
        facts
            All facts, each end of a relationship among them.
        progress
            Told how many of how many rows are written.
        rewrite
            Write also what is there already, in case someone changed it.

        Raises
        ------
        StoreUnavailable
            The server is gone, read-only, or full, or another writer has taken over.
        StoreError
            A node with the same uid belongs to someone else, or an end of a relationship is missing.
        """
        with self._one_writer():
            layout = lay_out(facts)
            self._prepare()
            with translated(self.uri), self.driver.session() as session:
                token = session.execute_write(self._claim)
                held = session.execute_read(read_held, self.graph)
                batches = list(batches_for(layout, held, self.graph, rewrite=rewrite))
                total, done = sum(batch.size for batch in batches), 0
                for batch in batches:
                    session.execute_write(run_batch, self.graph, token, batch, self.uri)
                    done += batch.size
                    if progress is not None:
                        progress(done, total)
                session.execute_write(finish, self.graph, token, layout)
        removed = sum(batch.size for batch in batches if batch.is_removal)
        return Pushed(total - removed, removed, layout.size)

    def view(self) -> View:
        """Give the reading side; see `Store.view`."""
        self.driver  # noqa: B018 - refuses if closed
        return Neo4jView(self)

    def close(self) -> None:
        """Close the connections; see `Store.close`."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def size(self) -> int | None:
        """Count the facts of the graph; None where the database holds no graph of that name.

        Raises
        ------
        StoreUnavailable
            The graph was pushed in part.
        StoreError
            The store failed or is closed.
        """
        with translated(self.uri), self.driver.session() as session:
            state = session.execute_read(self._state)
        return None if state is None else state.facts

    def stream(self, name: str | None = None) -> Iterator[Fact]:
        """Give the facts in no order, as they come: for graphs larger than memory.

        Raises
        ------
        StoreUnavailable
            The graph was pushed in part, or someone wrote to it meanwhile.
        StoreError
            The store failed or is closed, or someone changed a fact.
        """
        with (
            translated(self.uri),
            self.driver.session(fetch_size=ROWS_AT_ONCE) as session,
            session.begin_transaction() as tx,
        ):
            before = self._state(tx)
            yield from read_facts(tx, self.graph, name)
            if self._state(tx) != before:
                found = f"graph {self.graph!r} written to while it was read"
                raise StoreUnavailable(f"{self.uri}: found {found}, expected it at rest; try again")

    def _snapshot(self) -> tuple[State | None, list[Fact]]:
        with translated(self.uri), self.driver.session() as session:
            return session.execute_read(lambda tx: (self._state(tx), list(read_facts(tx, self.graph))))

    def _state(self, tx: neo4j.ManagedTransaction | neo4j.Transaction) -> State | None:
        state = state_of(tx, self.graph, self.uri)
        if state is not None and not state.is_complete:
            found = f"graph {self.graph!r} pushed in part, or being pushed"
            raise StoreUnavailable(f"{self.uri}: found {found}, expected a whole one; push again")
        return state

    def _claim(self, tx: neo4j.ManagedTransaction) -> str:
        state_of(tx, self.graph, self.uri)  # refuses another form
        return claim(tx, self.graph)

    def _commit(self, layout: Layout, before: State | None) -> None:
        """Write all differences in one transaction, if the graph is still as it was read."""
        self._prepare()

        def write(tx: neo4j.ManagedTransaction) -> None:
            token = claim(tx, self.graph)
            held = read_held(tx, self.graph)
            for batch in batches_for(layout, held, self.graph):
                run_batch(tx, self.graph, token, batch, self.uri)
            finish(tx, self.graph, token, layout)

        with translated(self.uri), self.driver.session() as session:
            session.execute_write(write)

    def _prepare(self) -> None:
        """Make the constraints and indexes that are missing, once per store."""
        if self._has_schema:
            return
        with translated(self.uri), self.driver.session() as session:
            there = {record["name"] for record in session.run("SHOW INDEXES YIELD name")}
            for statement in schema_statements():
                if statement.split(" IF NOT EXISTS")[0].rpartition(" ")[2] not in there:
                    session.run(statement).consume()
            session.run("CALL db.awaitIndexes(300)").consume()
        self._has_schema = True

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        self.driver  # noqa: B018 - refuses if closed
        if self._is_writing:
            raise StoreUnavailable(f"{self.uri}: found another writer at work, expected one at a time")
        self._is_writing = True
        try:
            yield
        finally:
            self._is_writing = False


class Neo4jView(View):
    """Reads the graph; a listing is read whole before its first fact is given."""

    def __init__(self, store: Neo4jStore) -> None:
        self._store = store

    def facts(self, name: str | None = None) -> Iterator[Fact]:
        """Give facts in order; see `View.facts`."""
        return iter(sorted(self._store.stream(name), key=order_of))
