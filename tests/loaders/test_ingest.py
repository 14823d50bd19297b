"""Loads at size, and data sets that replace themselves."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference
from chainshock.graph.stores.base import Store
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders import ingest, quarantine, sink, spool
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from chainshock.loaders.inputs import Input
from chainshock.loaders.sources import Context, Item, Source, Taken
from tests.graph.stores.contract import country
from tests.loaders.test_tables import COMPANIES, COUNTRIES, EXPORTS_HEADER, TAIL, _owns, write


def source_of(items: Iterator[Item], monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a source that gives these items, whatever the files."""

    def read(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
        return items

    source = Source("any", "Any", "anything", "any", read)
    monkeypatch.setattr(ingest, "get_source", lambda name: source)


def bad_rows(count: int) -> Iterator[Item]:
    for line in range(count):
        yield InvalidRecord("t.csv", line, "tonnes", "'x'", "a number")


def load_any(folder: Path, store: Store | None = None, **options: object) -> LoadReport:
    (folder / "t.csv").touch()
    return load("any", [folder / "t.csv"], store or MemoryStore(), origin="mine", **options)  # type: ignore[arg-type]


def test_bad_rows_beyond_the_first_are_counted_and_written_but_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_of(bad_rows(25_000), monkeypatch)
    report = load_any(tmp_path, quarantine=tmp_path / "q.csv")
    assert (report.quarantined, report.problem_count, len(report.problems)) == (25_000, 25_000, 10_000)
    with (tmp_path / "q.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["line"]) for row in csv.DictReader(file)] == list(range(25_000))


def test_memory_does_not_grow_with_the_number_of_bad_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_KEPT", 100)
    source_of(bad_rows(50_000), monkeypatch)
    tracemalloc.start()
    load_any(tmp_path, quarantine=tmp_path / "q.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_strict_load_shows_the_first_problems_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_of(bad_rows(5000), monkeypatch)
    with pytest.raises(InvalidRecord) as caught:
        load_any(tmp_path, strict=True, quarantine=tmp_path / "q.csv")
    assert len(caught.value.all) == 20
    assert str(caught.value).endswith("... and 4,980 more")
    assert len((tmp_path / "q.csv").read_text().splitlines()) == 5001


def test_load_that_fails_leaves_the_quarantine_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[Item]:
        yield from bad_rows(5000)
        raise FileProblem("t.csv", "trouble", "none")

    source_of(broken(), monkeypatch)
    (tmp_path / "q.csv").write_text("before")
    with pytest.raises(FileProblem, match="trouble"):
        load_any(tmp_path, quarantine=tmp_path / "q.csv")
    assert (tmp_path / "q.csv").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q.csv", "t.csv"]


def test_many_rows_that_wait_for_their_nodes_load_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_IN_MEMORY", 7)
    monkeypatch.setattr(sink, "FACTS_AT_ONCE", 10)
    rows = "".join(f"CHN,{'USA' if n % 3 else 'XYZ'},{850500 + n},2024,{n},{TAIL}\n" for n in range(60))
    write(tmp_path, EXPORTS=EXPORTS_HEADER + rows, Country=COUNTRIES)
    store = MemoryStore()
    report = load("tables", [tmp_path / "EXPORTS.csv", tmp_path / "Country.csv"], store, origin="mine")
    assert (report.read, report.loaded, report.quarantined) == (62, 42, 20)
    assert store.view().counts() == {"Country": 2, "EXPORTS": 40}


def test_fact_that_no_store_can_hold_is_set_aside_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (Taken((country("CHN", name),), "t.json", line) for line, name in enumerate(["China", "\udc80"]))
    source_of(rows, monkeypatch)
    report = load_any(tmp_path)
    assert (report.loaded, report.quarantined) == (1, 1)
    assert (report.problems[0].source, report.problems[0].line) == ("t.json", 1)


def test_data_set_that_replaces_itself_leaves_what_the_new_files_say(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine")
    write(tmp_path, Country=COUNTRIES.replace(f"USA,United States,{TAIL}\n", ""))
    load("tables", [tmp_path], store, origin="mine", replace_origin=True)
    assert [fact.source.key for fact in store.view().facts()] == ["CHN"]


def test_row_that_needs_a_node_of_the_replaced_files_is_quarantined(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine")
    text = EXPORTS_HEADER + f"CHN,USA,850511,2024,1,{TAIL}\n"
    write(tmp_path, Country=COUNTRIES.replace(f"USA,United States,{TAIL}\n", ""), EXPORTS=text)
    report = load("tables", [tmp_path], store, origin="mine", replace_origin=True)
    assert (report.unchanged + report.loaded, report.quarantined) == (1, 1)


def test_stake_of_the_replaced_files_closes_no_circle(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Company=COMPANIES, OWNS=_owns(("a", "b")))], store, origin="mine")
    write(tmp_path, OWNS=_owns(("b", "a")))
    assert load("tables", [tmp_path], store, origin="mine", replace_origin=True).quarantined == 0


def test_replacing_nodes_that_other_data_sets_rest_on_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine")
    (tmp_path / "Country.csv").unlink()
    text = EXPORTS_HEADER + f"CHN,USA,850511,2024,1,{TAIL}\n"
    load("tables", [write(tmp_path, EXPORTS=text)], store, origin="other")
    (tmp_path / "EXPORTS.csv").unlink()
    write(tmp_path, Country=COUNTRIES.replace(f"USA,United States,{TAIL}\n", ""))
    before = store.view().content_hash()
    with pytest.raises(InvalidReference) as caught:
        load("tables", [tmp_path], store, origin="mine", replace_origin=True)
    assert "Country:USA" in str(caught.value)
    assert "new files of 'mine' that describe what other data sets rest on" in str(caught.value)
    assert store.view().content_hash() == before
