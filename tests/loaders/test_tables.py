"""Loading good tables, with bad rows among the good ones."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.loaders.ingest import load

TAIL = "usgs,2024-12-31,2025-01-31,A"
COUNTRIES = f"iso3,name,sources,as_of,known_from,confidence\nCHN,China,{TAIL}\nUSA,United States,{TAIL}\n"
COMPANIES = (
    "id,name,is_listed,sources,as_of,known_from,confidence\n"
    f"a,A,true,{TAIL}\nb,B,true,{TAIL}\nc,C,false,{TAIL}\n"
)
EXPORTS_HEADER = "source,target,code,period,tonnes,sources,as_of,known_from,confidence\n"


def write(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def facts(store: MemoryStore) -> list[Fact]:
    return list(store.view().facts())


def test_folder_of_tables_loads_whole_and_in_any_order_of_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        Country=COUNTRIES,
        EXPORTS_2024=EXPORTS_HEADER + f"CHN,USA,850511,2024,10,{TAIL}\n",
    )
    store = MemoryStore()
    report = load("tables", [tmp_path], store, origin="mine")
    assert (report.read, report.loaded, report.quarantined) == (3, 3, 0)
    assert store.view().counts() == {"Country": 2, "EXPORTS": 1}
    assert store.view().origins() == {"mine": 3}


def test_loading_the_same_file_twice_changes_nothing_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, Country=COUNTRIES)
    store = MemoryStore()
    load("tables", [tmp_path], store, origin="mine")
    before = store.view().content_hash()
    report = load("tables", [tmp_path], store, origin="mine")
    assert (report.read, report.loaded, report.unchanged) == (2, 0, 2)
    assert "nothing changed" in str(report)
    assert store.view().content_hash() == before


def test_row_of_an_older_vintage_is_kept_and_counted_as_superseded(tmp_path: Path) -> None:
    old = COUNTRIES.replace("2025-01-31", "2020-01-31").replace("2024-12-31", "2019-12-31")
    store = MemoryStore()
    load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine")
    report = load("tables", [write(tmp_path, Country=old)], store, origin="mine")
    assert (report.read, report.superseded) == (2, 2)
    assert store.view().counts() == {"Country": 4}


def test_bad_row_among_good_ones_is_quarantined_and_the_rest_loads(tmp_path: Path) -> None:
    text = EXPORTS_HEADER + f'CHN,USA,850511,2024,"1,200",{TAIL}\nCHN,USA,850511,2023,10,{TAIL}\n'
    write(tmp_path, Country=COUNTRIES, EXPORTS=text)
    report = load("tables", [tmp_path], MemoryStore(), origin="mine", quarantine=tmp_path / "q.csv")
    assert (report.read, report.loaded, report.quarantined) == (4, 3, 1)
    with (tmp_path / "q.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {
            "source": str(tmp_path / "EXPORTS.csv"),
            "line": "2",
            "column": "tonnes",
            "found": "'1,200'",
            "expected": "a number without separators",
        }
    ]


def test_strict_load_with_a_bad_row_loads_nothing_and_names_every_problem(tmp_path: Path) -> None:
    text = EXPORTS_HEADER + f"CHN,USA,850511,2024,x,{TAIL}\nCHN,DEU,850511,2024,1,{TAIL}\n"
    write(tmp_path, Country=COUNTRIES, EXPORTS=text)
    store = MemoryStore()
    with pytest.raises(InvalidRecord) as caught:
        load("tables", [tmp_path], store, origin="mine", strict=True)
    assert [(p.row, p.column) for p in caught.value.all] == [(2, "tonnes"), (3, "target")]
    assert facts(store) == []


def test_dry_run_reports_and_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = MemoryStore()
    report = load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine", dry_run=True)
    assert report.loaded == 2
    assert facts(store) == []


def test_relationship_to_a_node_that_nobody_holds_is_quarantined_with_both_ends_named(tmp_path: Path) -> None:
    text = EXPORTS_HEADER + f"DEU,FRA,850511,2024,1,{TAIL}\n"
    report = load("tables", [write(tmp_path, Country=COUNTRIES, EXPORTS=text)], MemoryStore(), origin="mine")
    assert (report.loaded, report.quarantined) == (2, 1)
    assert [(p.column, p.found, p.expected) for p in report.problems] == [
        ("source", "'DEU'", "the key of a Country in the store or in this load"),
        ("target", "'FRA'", "the key of a Country in the store or in this load"),
    ]


def test_relationship_to_a_node_of_the_store_loads(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="first")
    (tmp_path / "Country.csv").unlink()
    text = EXPORTS_HEADER + f"CHN,USA,850511,2024,1,{TAIL}\n"
    report = load("tables", [write(tmp_path, EXPORTS=text)], store, origin="second")
    assert report.loaded == 1


def _owns(*pairs: tuple[str, str], status: str = "active") -> str:
    rows = "".join(f"{a},Company:{b},{status},{TAIL}\n" for a, b in pairs)
    return "source,target,status,sources,as_of,known_from,confidence\n" + rows


def test_stake_that_closes_a_circle_of_owners_is_quarantined(tmp_path: Path) -> None:
    write(tmp_path, Company=COMPANIES, OWNS=_owns(("a", "b"), ("b", "c"), ("c", "a"), ("a", "c")))
    report = load("tables", [tmp_path], MemoryStore(), origin="mine")
    assert (report.loaded, report.quarantined) == (6, 1)
    [problem] = report.problems
    assert (problem.line, problem.found) == (4, "c owns a owns b owns c")


def test_stake_that_closes_a_circle_with_stakes_of_the_store_is_quarantined(tmp_path: Path) -> None:
    store = MemoryStore()
    load("tables", [write(tmp_path, Company=COMPANIES, OWNS=_owns(("a", "b")))], store, origin="one")
    report = load("tables", [write(tmp_path, OWNS=_owns(("b", "a")))], store, origin="two")
    assert [problem.found for problem in report.problems] == ["b owns a owns b"]


def test_company_that_owns_itself_is_quarantined(tmp_path: Path) -> None:
    report = load(
        "tables", [write(tmp_path, Company=COMPANIES, OWNS=_owns(("a", "a")))], MemoryStore(), origin="x"
    )
    assert [problem.found for problem in report.problems] == ["a owns a"]


def test_stake_that_has_ended_closes_no_circle(tmp_path: Path) -> None:
    write(tmp_path, Company=COMPANIES, OWNS=_owns(("a", "b")), OWNS_old=_owns(("b", "a"), status="ended"))
    assert load("tables", [tmp_path], MemoryStore(), origin="mine").quarantined == 0


def test_interrupted_load_rolls_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "facts.db", create=True)
    write(tmp_path, Country=COUNTRIES)

    def interrupt(*call: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load("tables", [tmp_path / "Country.csv"], store, origin="mine", progress=interrupt)
    assert list(store.view().facts()) == []
    assert load("tables", [tmp_path / "Country.csv"], store, origin="mine").loaded == 2
    store.close()


def test_quarantine_file_that_cannot_be_written_rolls_the_load_back(tmp_path: Path) -> None:
    store = MemoryStore()
    with pytest.raises(FileProblem, match="a file that can be written"):
        load("tables", [write(tmp_path, Country=COUNTRIES)], store, origin="mine", quarantine=tmp_path)
    assert facts(store) == []


def test_quarantine_file_never_overwrites_a_table_that_is_loaded(tmp_path: Path) -> None:
    path = write(tmp_path, Country=COUNTRIES) / "Country.csv"
    with pytest.raises(FileProblem, match="a file that is being loaded"):
        load("tables", [tmp_path], MemoryStore(), origin="mine", quarantine=tmp_path / "." / "Country.csv")
    assert path.read_text(encoding="utf-8") == COUNTRIES


def test_progress_is_told_up_to_the_last_row(tmp_path: Path) -> None:
    calls: list[tuple[int, ...]] = []
    load(
        "tables",
        [write(tmp_path, Country=COUNTRIES)],
        MemoryStore(),
        origin="x",
        progress=lambda *call: calls.append(call),
    )
    size = len(COUNTRIES)
    assert calls == [(2, size, size)]


def test_byte_order_mark_crlf_blank_lines_and_quoted_line_breaks_are_read(tmp_path: Path) -> None:
    text = (
        COUNTRIES.replace("confidence", "confidence,note")
        .replace(",A\n", ',A,"one\ntwo"\n')
        .replace("\n", "\r\n")
    )
    (tmp_path / "Country.csv").write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n")
    store = MemoryStore()
    assert load("tables", [tmp_path], store, origin="mine").loaded == 2
    assert "one" in facts(store)[0].provenance.note


def test_line_of_a_problem_counts_line_breaks_inside_cells(tmp_path: Path) -> None:
    text = f'iso3,name,sources,as_of,known_from,confidence\nCHN,"a\nb",{TAIL}\nxx,X,{TAIL}\n'
    report = load("tables", [write(tmp_path, Country=text)], MemoryStore(), origin="mine")
    assert [problem.line for problem in report.problems] == [4]


GOOD, BAD = "CHN", "china"


@given(
    st.lists(st.tuples(st.sampled_from([GOOD, BAD, "USA", "XYZ"]), st.sampled_from(["1", "2", "x", "-1"])))
)
@settings(max_examples=60, deadline=None)
def test_counts_of_a_load_always_add_up(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    text = EXPORTS_HEADER + "".join(f"{end},USA,850511,2024,{tonnes},{TAIL}\n" for end, tonnes in rows)
    tail = Provenance(("usgs",), date(2024, 12, 31), date(2025, 1, 31), "A")
    store = MemoryStore(
        [Fact("Country", NodeRef("Country", key), None, {"name": key}, tail) for key in ("CHN", "USA")]
    )
    report = load("tables", [write(folder, EXPORTS=text)], store, origin="mine")
    assert report.read == len(rows)
    assert report.read == report.loaded + report.unchanged + report.superseded + report.quarantined
    fitting = [row for row in rows if row[0] in ("CHN", "USA") and row[1] in "12"]
    assert report.quarantined == len(rows) - len(fitting)
    assert store.view().counts().get("EXPORTS", 0) == len(set(fitting))
    assert load("tables", [folder], store, origin="mine").unchanged == len(fitting)
