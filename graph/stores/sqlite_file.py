"""Open the SQLite file of a store: its format, its creation, and what can be wrong with it.

File format: `application_id` marks the file as a store of facts, `user_version` is the version of the tables
below. The journal is a write-ahead log, so that readers and one writer do not wait for each other.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from chainshock.errors import StoreError, StoreUnavailable

__all__ = ["APPLICATION_ID", "FORMAT_VERSION", "connect", "create", "translate", "translated"]

APPLICATION_ID = 0x43485348  # "CHSH"
FORMAT_VERSION = 2  # 2: contracts are told apart by country too
WRITER_CACHE_KIB = 256 << 10  # holds the indexes of a million facts, into which a load writes at random

TABLES = """
CREATE TABLE nodes (               -- nodes that at least one node fact describes
    label TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (label, key)
) WITHOUT ROWID;
CREATE TABLE facts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,              -- hash of the content
    origin TEXT NOT NULL,          -- data set that stated it
    subject TEXT NOT NULL,         -- facts with one subject are vintages of each other
    name TEXT NOT NULL,            -- label or relationship type
    source_label TEXT NOT NULL,
    source_key TEXT NOT NULL,
    target_label TEXT,             -- null for a node fact
    target_key TEXT,
    properties TEXT NOT NULL,      -- JSON; a date is {"date": "YYYY-MM-DD"}
    as_of TEXT NOT NULL,
    known_from TEXT NOT NULL,
    confidence TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    note TEXT NOT NULL,
    UNIQUE (id, origin),
    FOREIGN KEY (source_label, source_key) REFERENCES nodes (label, key) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (target_label, target_key) REFERENCES nodes (label, key) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX facts_vintages ON facts  -- the vintages of a subject, in order of precedence
    (subject, (origin <> 'reference'), known_from, as_of, confidence DESC, id, origin);
CREATE INDEX facts_source ON facts (source_label, source_key);
CREATE INDEX facts_target ON facts (target_label, target_key) WHERE target_label IS NOT NULL;
CREATE TABLE fact_sources (        -- ids of Source nodes, in the order given
    fact INTEGER NOT NULL REFERENCES facts (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (fact, position)
) WITHOUT ROWID;
"""

_UNAVAILABLE = {
    sqlite3.SQLITE_PERM: ("no permission", "a file that can be read and written"),
    sqlite3.SQLITE_BUSY: ("it locked by another writer", "it free; try again when the other is done"),
    sqlite3.SQLITE_LOCKED: ("it locked by another writer", "it free; try again when the other is done"),
    sqlite3.SQLITE_READONLY: ("a read-only file or folder", "one that can be written"),
    sqlite3.SQLITE_IOERR: ("a failure of the disk", "a disk that reads and writes"),
    sqlite3.SQLITE_CORRUPT: ("a damaged file", "a whole chainshock store; restore it from a copy"),
    sqlite3.SQLITE_FULL: ("no room left on the disk", "room for the store and its log"),
    sqlite3.SQLITE_CANTOPEN: ("a file or folder that cannot be opened", "one that can be read and written"),
    sqlite3.SQLITE_AUTH: ("no permission", "a file that can be read and written"),
    sqlite3.SQLITE_NOTADB: ("a file of another kind", "a chainshock store"),
    sqlite3.SQLITE_NOLFS: ("a disk that cannot hold so large a file", "one that can"),
    sqlite3.SQLITE_PROTOCOL: ("it locked by another writer", "it free; try again when the other is done"),
}


def translate(error: sqlite3.Error | sqlite3.Warning, path: Path) -> StoreError:
    """Say in our own errors what SQLite reports: `StoreUnavailable` for what lies outside the program."""
    code = getattr(error, "sqlite_errorcode", None)
    known = _UNAVAILABLE.get(code & 0xFF) if isinstance(code, int) else None
    if known is not None:
        found, expected = known
        return StoreUnavailable(f"{path}: found {found}, expected {expected} ({error})")
    return StoreError(f"{path}: the store failed: {error}")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate every SQLite error that leaves the block."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning) as exc:
        raise translate(exc, path) from exc


def connect(path: Path, timeout_seconds: float, *, for_writing: bool = False) -> sqlite3.Connection:
    """Open a store that exists, and check that it is one of a known version.

    Raises
    ------
    StoreUnavailable
        There is no such file, or it is a folder, of another kind, of a newer version, or cannot be opened.
    """
    _check_path(path)
    with translated(path):
        connection = _open(path, timeout_seconds, for_writing=for_writing)
        try:
            _check_format(connection, path)
            connection.execute("PRAGMA foreign_keys = ON")
            if for_writing:
                connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            else:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def create(path: Path) -> None:
    """Make an empty store, whole or not at all. A file that is there already is left alone.

    Raises
    ------
    StoreUnavailable
        The folder is missing or cannot be written.
    """
    if "\0" in str(path) or not path.parent.is_dir():
        raise StoreUnavailable(f"{path!s:.200}: found no such folder, expected a folder that can be written")
    if _exists(path):
        return
    try:
        fresh = path.with_name(f".{path.name[:64]}.{secrets.token_hex(6)}.new")
        try:
            with translated(path):
                _fill(fresh)
            _publish(fresh, path)
        finally:
            for suffix in ("", "-wal", "-shm", "-journal"):
                fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    except OSError as exc:
        found = f"no way to make it ({exc.strerror})"
        raise StoreUnavailable(f"{path}: found {found}, expected a folder that can be written") from exc


def _fill(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN;{TABLES}COMMIT;")
    finally:
        connection.close()


def _publish(fresh: Path, path: Path) -> None:
    """Give the new file its name, unless someone else was faster."""
    with suppress(FileExistsError):
        try:
            os.link(fresh, path)
        except PermissionError:  # a file system without hard links
            fresh.rename(path)


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as exc:  # a file in place of a folder, a name too long or with a NUL
        raise StoreUnavailable(f"{path!s:.200}: found {exc}, expected a chainshock store") from exc
    return True


def _check_path(path: Path) -> None:
    found = None
    if not _exists(path):
        found = "no such file"
    elif path.is_dir():
        found = "a folder"
    elif not path.is_file():
        found = "something that is not a file"
    elif path.stat().st_size == 0:
        found = "an empty file"
    if found is not None:
        raise StoreUnavailable(f"{path}: found {found}, expected a chainshock store")


def _open(path: Path, timeout_seconds: float, *, for_writing: bool) -> sqlite3.Connection:
    """Connect and touch the file; on read-only media, where no log can be made, read it as it lies."""
    uri = f"file:{quote(str(path.absolute()))}"
    connection = sqlite3.connect(f"{uri}?mode=rw", uri=True, timeout=timeout_seconds, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as exc:
        connection.close()
        frozen = exc.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if for_writing or not frozen or path.with_name(path.name + "-wal").exists():
            raise
        return sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if mark != APPLICATION_ID:
        raise StoreUnavailable(f"{path}: found a database of another kind, expected a chainshock store")
    if version != FORMAT_VERSION:
        way = "a newer chainshock reads it" if version > FORMAT_VERSION else "load its files into a new store"
        expected = f"version {FORMAT_VERSION}; {way}"
        raise StoreUnavailable(f"{path}: found store version {version}, expected {expected}")
