"""Loads that fail half-way: the store holds what it held before."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from chainshock.graph.stores.sqlite_writer import SqliteWriter
from chainshock.loaders import sink
from tests.cli.worlds import PROVENANCE, SAID, invoke, make_store, write_tables
from tests.faults import content, largest_file, without_privileges

MANY = f"source,target,code,period,tonnes,{PROVENANCE}\n" + "".join(
    f"CHN,USA,{280000 + i},2024,{i},{SAID}\n" for i in range(3000)
)


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path)


@pytest.fixture
def open_folder():
    """A folder that other users can enter, all of it removed afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 kB: a real one where this user may mount it, else None."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False
    if os.geteuid() == 0:
        command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("row", [1, 2, 4, 6])
def test_interrupt_at_any_row_of_a_load_exits_130_and_changes_nothing(row, store, tmp_path, monkeypatch):
    before, add, rows = content(store), SqliteWriter.add_many, []

    def interrupted(writer, facts):
        rows.extend(facts)
        if len(rows) >= row:
            raise KeyboardInterrupt
        return add(writer, facts)

    monkeypatch.setattr(sink, "FACTS_AT_ONCE", 1)
    monkeypatch.setattr(SqliteWriter, "add_many", interrupted)
    result = invoke("load", write_tables(tmp_path / "good"), "--store", store, "--origin", "again")

    assert result.exit_code == 130
    assert result.output == ""
    assert content(store) == before


def test_interrupt_while_a_new_store_is_made_leaves_no_file(tmp_path, monkeypatch):
    def interrupted(writer, facts):
        raise KeyboardInterrupt

    monkeypatch.setattr(SqliteWriter, "add_many", interrupted)
    folder = write_tables(tmp_path / "good")
    (tmp_path / "stores").mkdir()
    result = invoke("load", folder, "--store", tmp_path / "stores" / "new.db", "--empty")
    assert result.exit_code == 130
    assert not list((tmp_path / "stores").iterdir())


def test_store_made_by_another_load_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    new, other = tmp_path / "new.db", make_store(tmp_path)
    before = content(other)
    add_many = SqliteWriter.add_many

    def slow(writer, facts):
        if not new.exists():
            new.write_bytes(other.read_bytes())
        return add_many(writer, facts)

    monkeypatch.setattr(SqliteWriter, "add_many", slow)
    result = invoke("load", write_tables(tmp_path / "more", EXPORTS=MANY), "--store", new)
    assert result.exit_code == 1
    assert "made while this load ran" in result.stderr
    assert content(new) == before


@pytest.mark.parametrize("option", ["--quarantine", "--output"])
def test_store_is_never_written_over_by_a_report(option, store, tmp_path):
    result = invoke("load", write_tables(tmp_path / "more", EXPORTS=MANY), "--store", store, option, store)
    assert result.exit_code == 1
    assert "a database, which may be a store" in result.stderr
    assert content(store)  # still a store


def test_store_that_cannot_be_written_is_refused(open_folder, tmp_path):
    store = make_store(open_folder)
    before = content(store)
    store.chmod(0o444)
    open_folder.chmod(0o555)
    with without_privileges():
        result = invoke("load", open_folder / "good", "--store", store, "--origin", "again")
    assert result.exit_code == 1
    assert "facts.db" in result.stderr
    assert "found" in result.stderr
    assert "Traceback" not in result.output
    assert content(store) == before


def test_full_disk_stops_the_load_and_changes_nothing(small_disk, store, tmp_path):
    many = write_tables(tmp_path / "many", EXPORTS=MANY)
    if small_disk is not None:
        store = _moved(store, small_disk)
        before = content(store)
        result = invoke("load", many, "--store", store)
    else:
        before = content(store)
        with largest_file(200_000):
            result = invoke("load", many, "--store", store)
    assert result.exit_code == 1
    assert result.stderr.count("Error: ") == 1
    assert "found" in result.stderr
    assert "expected" in result.stderr
    assert content(store) == before


def test_full_disk_leaves_the_output_file_as_it_was(small_disk, tmp_path):
    target = (small_disk or tmp_path) / "facts.jsonl"
    target.write_text("before\n")
    if small_disk is not None:
        result = invoke("export", "jsonl", target)
    else:
        with largest_file(100_000):
            result = invoke("export", "jsonl", target)
    assert result.exit_code == 1
    assert "facts.jsonl" in result.stderr
    assert target.read_text() == "before\n"
    assert [path.name for path in target.parent.iterdir() if path.is_file()] == ["facts.jsonl"]


def _moved(store, folder):
    target = folder / "facts.db"
    target.write_bytes(store.read_bytes())
    return target
