"""Keep facts in one SQLite file: the embedded store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chainshock.errors import StoreError, StoreUnavailable
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.stores.base import Store, View, Writer, hash_of
from chainshock.graph.stores.sqlite_file import connect, create, translated
from chainshock.graph.stores.sqlite_rows import SELECT_FACTS, Row, fact_of
from chainshock.graph.stores.sqlite_writer import SqliteWriter

__all__ = ["SqliteStore"]

BUSY_TIMEOUT_SECONDS = 5.0
ROWS_AT_ONCE = 1000

_ORDER = " ORDER BY name, source_label, source_key, target_label, target_key, id, origin"


class SqliteStore(Store):
    """Facts in one SQLite file, which survives a kill at any moment.

    Parameters
    ----------
    path
        The file. Beside it SQLite keeps `-wal` and `-shm` files while the store is open.
    create
        Make an empty store where there is no file.
    timeout_seconds
        How long to wait for another writer.

    Raises
    ------
    StoreUnavailable
        There is no such file, or it is a folder, not a store, of a newer version, or cannot be opened.
    """

    def __init__(
        self,
        path: str | Path,
        create: bool = False,
        *,
        timeout_seconds: float = BUSY_TIMEOUT_SECONDS,
    ) -> None:
        self.path = Path(path)
        self._timeout = timeout_seconds
        self._is_writing = False
        if create:
            _create(self.path)
        self._reader: sqlite3.Connection | None = connect(self.path, timeout_seconds)

    @contextmanager
    def writer(self, origin: str | None = None) -> Iterator[Writer]:
        """Open a transaction; see `Store.writer`."""
        self.reader()
        if self._is_writing:
            raise StoreUnavailable(f"{self.path}: found another writer at work, expected one at a time")
        connection = connect(self.path, self._timeout, for_writing=True)
        self._is_writing = True
        writer = SqliteWriter(connection, self.path, origin)
        try:
            with translated(self.path):
                connection.execute("BEGIN IMMEDIATE")
            yield writer
            writer.commit()
        finally:
            writer.state = "over"
            self._is_writing = False
            connection.close()  # rolls back what is not committed

    def view(self) -> View:
        """Give the reading side; see `Store.view`."""
        self.reader()
        return SqliteView(self)

    def close(self) -> None:
        """Close the file; see `Store.close`."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def reader(self) -> sqlite3.Connection:
        """Give the connection that reads."""
        if self._reader is None:
            raise StoreError(f"{self.path}: found the store closed, expected it open")
        return self._reader


_create = create  # the parameter of the same name hides it


class SqliteView(View):
    """Reads the file; a listing under way keeps to what was there when it began."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def facts(self, name: str | None = None) -> Iterator[Fact]:
        """Give facts in order; see `View.facts`."""
        where, values = ("", ()) if name is None else (" WHERE name = ?", (name,))
        return map(fact_of, self._rows(f"{SELECT_FACTS}{where}{_ORDER}", values))

    def nodes(self) -> frozenset[NodeRef]:
        """Give the nodes; see `View.nodes`."""
        return frozenset(map(NodeRef._make, self._rows("SELECT label, key FROM nodes")))

    def origins(self) -> dict[str, int]:
        """Count by origin; see `View.origins`."""
        return dict(self._rows("SELECT origin, count(*) FROM facts GROUP BY origin ORDER BY origin"))

    def counts(self) -> dict[str, int]:
        """Count by name; see `View.counts`."""
        return dict(self._rows("SELECT name, count(*) FROM facts GROUP BY name ORDER BY name"))

    def content_hash(self) -> str:
        """Hash what is held; see `View.content_hash`."""
        return hash_of(self._rows("SELECT id, origin FROM facts ORDER BY id, origin"))

    def _rows(self, query: str, values: Row = ()) -> Iterator[Any]:
        """Run a query now, and give its rows as they are asked for."""
        with translated(self._store.path):
            cursor = self._store.reader().execute(query, values)
            first = cursor.fetchmany(ROWS_AT_ONCE)
        return self._stream(first, cursor)

    def _stream(self, rows: list[Any], cursor: sqlite3.Cursor) -> Iterator[Any]:
        while rows:
            yield from rows
            with translated(self._store.path):
                rows = cursor.fetchmany(ROWS_AT_ONCE)
