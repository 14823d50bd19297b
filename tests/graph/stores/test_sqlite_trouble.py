"""What can be wrong with a store's file, and that the store is as before whatever happens."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path

import pytest

from chainshock.errors import StoreError, StoreUnavailable
from chainshock.graph.stores import sqlite, sqlite_file
from chainshock.graph.stores.sqlite import SqliteStore, SqliteWriter
from chainshock.graph.stores.sqlite_file import FORMAT_VERSION, translate
from tests.faults import content, largest_file, without_privileges
from tests.graph.stores.contract import country, fill, trade


@pytest.fixture
def store_path(tmp_path):
    """A store with one country."""
    path = tmp_path / "facts.sqlite"
    with SqliteStore(path, create=True) as store:
        fill(store, country("CHN"))
    return path


@pytest.fixture
def open_folder():
    """A folder that other users can enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


# ------------------------------------------------------------ a file that is no store


def test_missing_file_is_not_made_unless_asked_for(tmp_path):
    with pytest.raises(StoreUnavailable, match="no such file"):
        SqliteStore(tmp_path / "facts.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_folder_is_refused(tmp_path):
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="found a folder, expected a chainshock store"):
            SqliteStore(tmp_path, create=create)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(StoreUnavailable, match=r"no/facts.sqlite: found no such folder, expected a folder"):
        SqliteStore(tmp_path / "no" / "facts.sqlite", create=True)


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "file/below", ""])
def test_impossible_path_is_refused(tmp_path, name, create):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="found "):
        SqliteStore(f"{tmp_path}/{name}", create=create)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_link_to_nowhere_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="found "):
            SqliteStore(tmp_path / "link", create=create)


def test_device_is_refused():
    with pytest.raises(StoreUnavailable, match="not a file"):
        SqliteStore("/dev/null")


def test_empty_file_is_refused_and_left_empty(tmp_path):
    path = tmp_path / "facts.sqlite"
    path.touch()
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="an empty file"):
            SqliteStore(path, create=create)
    assert path.read_bytes() == b""


def test_file_of_another_kind_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "facts.csv"
    path.write_text("id,name\n" * 500)
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="file of another kind"):
            SqliteStore(path, create=create)
    assert path.read_text() == "id,name\n" * 500


def test_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE facts (id)")
    other.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="database of another kind"):
            SqliteStore(path, create=create)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("step", "way"), [(1, "a newer chainshock reads it"), (-1, "load its files into a new store")]
)
def test_store_of_another_version_is_refused_and_left_alone(store_path, step, way):
    other = sqlite3.connect(store_path)
    other.execute(f"PRAGMA user_version = {FORMAT_VERSION + step}")
    other.close()
    before = store_path.read_bytes()
    with pytest.raises(StoreUnavailable, match=rf"expected version {FORMAT_VERSION}; {way}"):
        SqliteStore(store_path)
    assert store_path.read_bytes() == before


def test_damaged_store_says_so(store_path):
    size = store_path.stat().st_size
    with store_path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreUnavailable, match="damaged file"), SqliteStore(store_path) as store:
        list(store.view().facts())


def test_truncated_store_says_so(store_path):
    os.truncate(store_path, 6000)
    with pytest.raises(StoreUnavailable, match="damaged file"), SqliteStore(store_path) as store:
        list(store.view().facts())


# ------------------------------------------------------------ a store that cannot be written


def test_read_only_store_in_read_only_folder_can_be_read_and_not_written(open_folder):
    path = open_folder / "facts.sqlite"
    with SqliteStore(path, create=True) as store:
        fill(store, country("CHN"))
    before = path.read_bytes()
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with without_privileges(), SqliteStore(path) as store:
        assert store.view().counts() == {"Country": 1}
        with pytest.raises(StoreUnavailable, match="expected one that can be"), store.writer() as writer:
            writer.add(country("JPN"))
    assert path.read_bytes() == before
    assert [file.name for file in open_folder.iterdir()] == ["facts.sqlite"]


def test_read_only_store_in_writable_folder_can_be_read_and_not_written(open_folder):
    path = open_folder / "facts.sqlite"
    with SqliteStore(path, create=True) as store:
        fill(store, country("CHN"))
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with without_privileges(), SqliteStore(path) as store:
        assert store.view().counts() == {"Country": 1}
        with pytest.raises(StoreUnavailable, match="read-only"), store.writer() as writer:
            writer.add(country("JPN"))
    assert content(path)


def test_store_is_not_created_in_a_read_only_folder(open_folder):
    open_folder.chmod(0o555)
    with without_privileges(), pytest.raises(StoreUnavailable, match="cannot be opened"):
        SqliteStore(open_folder / "facts.sqlite", create=True)
    assert list(open_folder.iterdir()) == []


def test_unreadable_store_is_refused(open_folder):
    path = open_folder / "facts.sqlite"
    SqliteStore(path, create=True).close()
    path.chmod(0o000)
    with without_privileges(), pytest.raises(StoreUnavailable, match="cannot be opened"):
        SqliteStore(path)


def test_store_locked_by_another_program_says_so_and_still_reads(store_path):
    other = sqlite3.connect(store_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with SqliteStore(store_path, timeout_seconds=0.05) as store:
            assert store.view().counts() == {"Country": 1}
            with pytest.raises(StoreUnavailable, match="locked by another writer"), store.writer():
                pass
    finally:
        other.close()
    with SqliteStore(store_path) as store:
        assert fill(store, country("JPN")) == ["new"]


def test_two_stores_on_one_file_write_in_turn(store_path):
    with SqliteStore(store_path) as first, SqliteStore(store_path, timeout_seconds=0.05) as second:
        with first.writer() as writer:
            writer.add(country("JPN"))
            with pytest.raises(StoreUnavailable, match="locked"), second.writer():
                pass
        assert fill(second, country("DEU")) == ["new"]
        assert first.view().counts() == {"Country": 3}


# ------------------------------------------------------------ a full disk


@pytest.fixture
def few_pages(monkeypatch):
    """SQLite's own limit on the size of a file: it reports a full disk at the page after."""

    def limited(path, timeout_seconds, *, for_writing=False):
        connection = sqlite_file.connect(path, timeout_seconds, for_writing=for_writing)
        if for_writing:
            connection.execute("PRAGMA max_page_count = 20").fetchone()
        return connection

    monkeypatch.setattr(sqlite, "connect", limited)


def add_many(writer, count=2000):
    for number in range(count):
        writer.add(trade("CHN", "CHN", float(number)))


def test_full_disk_in_the_middle_of_a_load_leaves_the_store_as_before(store_path, few_pages):
    before = content(store_path)
    with SqliteStore(store_path) as store:
        with pytest.raises(StoreUnavailable, match="no room left on the disk"), store.writer() as writer:
            add_many(writer)
        assert store.view().content_hash() == before
        assert fill(store, country("JPN")) == ["new"]


def test_failure_that_the_caller_swallows_still_stores_nothing(store_path, few_pages):
    before = content(store_path)

    def add_and_go_on(store):
        with store.writer() as writer:
            with pytest.raises(StoreUnavailable):
                add_many(writer)
            with pytest.raises(StoreError, match="spoilt"):
                writer.add(country("JPN"))

    with SqliteStore(store_path) as store:
        with pytest.raises(StoreError, match="spoilt by an earlier failure"):
            add_and_go_on(store)
        assert store.view().content_hash() == before


def test_disk_that_refuses_to_write_leaves_the_store_as_before(store_path):
    before = content(store_path)
    with SqliteStore(store_path) as store:
        with largest_file(100_000):
            with pytest.raises(StoreUnavailable, match="disk"), store.writer() as writer:
                add_many(writer)
            assert store.view().content_hash() == before
        with store.writer() as writer:
            add_many(writer)
    assert content(store_path) != before


def test_store_that_cannot_be_finished_is_not_created(tmp_path):
    with largest_file(5_000), pytest.raises(StoreUnavailable, match="disk"):
        SqliteStore(tmp_path / "facts.sqlite", create=True)
    assert list(tmp_path.iterdir()) == []


def test_store_made_by_another_program_meanwhile_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "facts.sqlite"
    plain = sqlite_file._fill

    def meanwhile(fresh):
        plain(fresh)
        monkeypatch.setattr(sqlite_file, "_fill", plain)
        with SqliteStore(path, create=True) as other:
            fill(other, country("CHN"))

    monkeypatch.setattr(sqlite_file, "_fill", meanwhile)
    with SqliteStore(path, create=True) as store:
        assert store.view().counts() == {"Country": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["facts.sqlite"]


# ------------------------------------------------------------ errors of SQLite

ERRORS = [
    value
    for value in vars(sqlite3).values()
    if isinstance(value, type) and issubclass(value, sqlite3.Error | sqlite3.Warning)
]


class FailingConnection:
    """A connection on which every statement fails."""

    def __init__(self, error):
        self.error = error

    def execute(self, *_):
        raise self.error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_sqlite_error_is_translated_and_kept_as_cause(store_path, error, monkeypatch):
    raised = error("trouble")
    with SqliteStore(store_path) as store:
        monkeypatch.setattr(store, "reader", lambda: FailingConnection(raised))
        with pytest.raises(StoreError, match="trouble") as failure:
            store.view().counts()
    assert failure.value.__cause__ is raised
    writer = SqliteWriter(FailingConnection(raised), store_path, None)
    with pytest.raises(StoreError, match="trouble") as failure:
        writer.add(country("CHN"))
    assert failure.value.__cause__ is raised


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("SQLITE_BUSY", "locked by another writer"),
        ("SQLITE_LOCKED", "locked by another writer"),
        ("SQLITE_READONLY", "read-only"),
        ("SQLITE_READONLY_DIRECTORY", "read-only"),
        ("SQLITE_IOERR", "failure of the disk"),
        ("SQLITE_IOERR_WRITE", "failure of the disk"),
        ("SQLITE_CORRUPT", "damaged"),
        ("SQLITE_FULL", "no room left"),
        ("SQLITE_CANTOPEN", "cannot be opened"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot be opened"),
        ("SQLITE_PERM", "no permission"),
        ("SQLITE_AUTH", "no permission"),
        ("SQLITE_NOTADB", "another kind"),
    ],
)
def test_outside_trouble_makes_the_store_unavailable(name, message):
    error = sqlite3.OperationalError("trouble")
    error.sqlite_errorcode = getattr(sqlite3, name)
    translated = translate(error, Path("facts.sqlite"))
    assert isinstance(translated, StoreUnavailable)
    assert str(translated).startswith("facts.sqlite: found ")
    assert message in str(translated)


def test_inside_trouble_is_a_store_error_only():
    error = sqlite3.OperationalError("no such table: facts")
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert type(translate(error, Path("facts.sqlite"))) is StoreError
