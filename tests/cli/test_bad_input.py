"""Bad input of every kind: one message with place, found and expected, an exit code, no traceback."""

from __future__ import annotations

import json

import pytest

from tests.cli.worlds import PROVENANCE, SAID, invoke, make_store, write_tables
from tests.faults import content
from tests.loaders.tabular_worlds import MAPS, write

EXPORTS = f"source,target,code,period,tonnes,{PROVENANCE}\n"
OWNS = f"source,target,stake,status,{PROVENANCE}\n"
PRODUCES = f"source,target,year,basis,share,{PROVENANCE}\n"
COUNTRY = f"iso3,name,{PROVENANCE}\n"

# what is wrong: (the table, its text, what the message must say)
BAD_TABLES = {
    "unknown country": (
        "EXPORTS",
        EXPORTS + f"CHN,XYZ,284690,2024,1,{SAID}\n",
        ["EXPORTS.csv:2", "target", "'XYZ'", "key of a Country"],
    ),
    "negative tonnes": (
        "EXPORTS",
        EXPORTS + f"CHN,USA,284690,2024,-5,{SAID}\n",
        ["EXPORTS.csv:2", "tonnes", "-5", "0"],
    ),
    "text for a number": (
        "EXPORTS",
        EXPORTS + f"CHN,USA,284690,2024,much,{SAID}\n",
        ["EXPORTS.csv:2", "tonnes", "much", "number"],
    ),
    "not a number": (
        "EXPORTS",
        EXPORTS + f"CHN,USA,284690,2024,nan,{SAID}\n",
        ["EXPORTS.csv:2", "tonnes", "nan"],
    ),
    "share over one": (
        "PRODUCES",
        PRODUCES + f"Country:CHN,OX_DY,2024,output,1.5,{SAID}\n",
        ["PRODUCES.csv:2", "share", "1.5", "1"],
    ),
    "unknown basis": (
        "PRODUCES",
        PRODUCES + f"Country:CHN,OX_DY,2024,guess,0.5,{SAID}\n",
        ["PRODUCES.csv:2", "basis", "guess", "output"],
    ),
    "unknown label of an end": (
        "PRODUCES",
        PRODUCES + f"Planet:CHN,OX_DY,2024,output,0.5,{SAID}\n",
        ["PRODUCES.csv:2", "source", "Planet"],
    ),
    "cyclic ownership": (
        "OWNS",
        OWNS + f"acme,Company:bolt,0.6,active,{SAID}\nbolt,Company:acme,0.6,active,{SAID}\n",
        ["OWNS.csv:3", "acme", "bolt", "owners that do not own themselves"],
    ),
    "wrong date": (
        "Country",
        COUNTRY + "CHN,China,usgs,2024-13-45,2025-01-31,A\nUSA,US,usgs,2024-12-31,2025-01-31,A\n",
        ["Country.csv:2", "as_of", "2024-13-45", "date"],
    ),
    "no source": (
        "Country",
        COUNTRY + f"CHN,China,,2024-12-31,2025-01-31,A\nUSA,US,{SAID}\n",
        ["Country.csv:2", "sources"],
    ),
    "unknown confidence": (
        "Country",
        COUNTRY + f"CHN,China,usgs,2024-12-31,2025-01-31,Z\nUSA,US,{SAID}\n",
        ["Country.csv:2", "confidence", "Z", "A"],
    ),
    "unknown column": (
        "Country",
        f"iso3,name,colour,{PROVENANCE}\nCHN,China,red,{SAID}\n",
        ["Country.csv:1", "colour"],
    ),
    "no key column": ("Country", f"name,{PROVENANCE}\nChina,{SAID}\n", ["Country.csv:1", "iso3"]),
    "too few cells": ("Country", COUNTRY + "CHN,China\n", ["Country.csv", "line 2", "cells"]),
    "cut short in a quoted cell": ("Country", COUNTRY + 'CHN,"Chi', ["Country.csv", "line 2"]),
    "empty": ("Country", "", ["Country.csv", "empty"]),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store that no test here may change."""
    return make_store(tmp_path_factory.mktemp("store"))


def assert_fails(result, code, *said):
    """Check the exit code and that the message, once, says all of this, without a traceback."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert result.stderr.count("Error: ") == 1
    for text in said:
        assert str(text) in result.stderr


@pytest.mark.parametrize("case", BAD_TABLES)
def test_load_of_a_bad_table_says_why_and_changes_nothing(case, store, tmp_path):
    table, text, said = BAD_TABLES[case]
    folder = write_tables(tmp_path / "tables", **{table: text})
    before = store.read_bytes()

    result = invoke("load", folder, "--store", store, "--strict")

    assert_fails(result, 1, *said, "found", "expected")
    assert store.read_bytes() == before


def test_load_of_latin_1_bytes_names_file_and_byte(store, tmp_path):
    folder = write_tables(tmp_path / "tables")
    (folder / "Country.csv").write_bytes(COUNTRY.encode() + f"CHN,Cöte,{SAID}\n".encode("latin-1"))
    before = content(store)
    assert_fails(invoke("load", folder, "--store", store), 1, "Country.csv", "UTF-8", "found", "expected")
    assert content(store) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [("Planet.csv", b"id\n1\n"), ("Country.csv", b"PK\x03\x04\x00\x00\x00")],
    ids=["unknown table", "not a table"],
)
def test_load_of_another_kind_of_file_changes_nothing(name, data, store, tmp_path):
    (tmp_path / name).write_bytes(data)
    before = content(store)
    assert_fails(invoke("load", tmp_path / name, "--store", store), 1, name, "found", "expected")
    assert content(store) == before


def test_load_of_a_missing_file_names_it(store, tmp_path):
    assert_fails(invoke("load", tmp_path / "Country.csv", "--store", store), 1, "Country.csv", "no such file")


def test_load_of_a_folder_without_tables_names_it(store, tmp_path):
    assert_fails(invoke("load", tmp_path, "--store", store), 1, tmp_path, "found", "expected")


def test_bad_load_into_a_new_store_leaves_no_file_behind(tmp_path):
    folder = write_tables(tmp_path / "tables", Country="")
    (tmp_path / "stores").mkdir()
    assert_fails(
        invoke("load", folder, "--store", tmp_path / "stores" / "new.db", "--empty"), 1, "Country.csv"
    )
    assert not list((tmp_path / "stores").iterdir())


@pytest.mark.parametrize(
    "command", [["rank"], ["check"], ["explain", "acme"], ["export", "jsonl", "-"], ["load", "x.csv"]]
)
def test_store_that_is_a_folder_or_no_store_is_refused(command, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a store, whatever else it is\n" * 40)
    assert_fails(invoke(*command, "--store", tmp_path), 1, tmp_path, "found", "expected")
    assert_fails(invoke(*command, "--store", text), 1, text, "found", "expected")
    assert text.read_text().startswith("not a store")


def test_store_that_is_not_there_is_not_made_by_reading(tmp_path):
    assert_fails(invoke("rank", "--store", tmp_path / "none.db"), 1, "none.db", "found", "expected")
    assert not list(tmp_path.iterdir())


def test_store_in_a_folder_that_is_not_there_is_refused(tmp_path):
    folder = write_tables(tmp_path / "tables")
    result = invoke("load", folder, "--store", tmp_path / "no" / "new.db", "--empty")
    assert_fails(result, 1, "new.db", "found", "expected")


BAD_SCENARIOS = {
    "not TOML": ("date = = 1\n", ["s.toml"]),
    "number too long": (f"date = {'9' * 5000}\n", ["s.toml"]),
    "nested too deep": (f"date = {'[' * 5000}\n", ["s.toml"]),
    "unknown key": (
        'title = "t"\ndate = 2025-04-04\nstart = "none"\ncolour = "red"\n',
        ["s.toml:4", "colour"],
    ),
    "no date": ('title = "t"\nstart = "none"\n', ["s.toml", "date"]),
    "wrong date": ('title = "t"\ndate = "2025-13-01"\nstart = "none"\n', ["s.toml:2", "2025-13-01"]),
    "severity over one": (
        'title = "t"\ndate = 2025-04-04\nstart = "none"\n[[add]]\nid = "x"\nissuer = "CHN"\nkind = "ban"\n'
        'elements = ["Dy"]\nseverity = 1.5\n',
        ["s.toml:9", "1.5"],
    ),
    "unknown country": (
        'title = "t"\ndate = 2025-04-04\nfacts = "latest"\nstart = "none"\n[[add]]\nid = "x"\n'
        'issuer = "XYZ"\nkind = "ban"\nelements = ["Dy"]\n',
        ["s.toml", "XYZ"],
    ),
    "unknown measure": (
        'title = "t"\ndate = 2025-04-04\nstart = "in-force"\n[[lift]]\nmeasure = "no-such"\n',
        ["s.toml", "no-such"],
    ),
    "starts from itself": ('title = "t"\ndate = 2025-04-04\nstart = "s.toml"\n', ["s.toml", "circle"]),
}


@pytest.mark.parametrize("case", BAD_SCENARIOS)
@pytest.mark.parametrize("command", [["rank", "--scenario"], ["scenario", "check"]], ids=["rank", "check"])
def test_bad_scenario_file_is_refused_with_line_and_reason(case, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, said = BAD_SCENARIOS[case]
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    result = invoke(*command, "s.toml")
    assert_fails(result, 1, *said, "found", "expected")
    assert "1 problems" not in result.output


def test_scenario_in_latin_1_is_refused(tmp_path):
    (tmp_path / "s.toml").write_bytes('title = "Ü"\n'.encode("latin-1"))
    assert_fails(invoke("rank", "--scenario", tmp_path / "s.toml"), 1, "s.toml", "UTF-8")


def test_unknown_scenario_lists_those_that_there_are():
    assert_fails(invoke("rank", "--scenario", "october-2052"), 1, "october-2052", "october-2025-controls")


@pytest.mark.parametrize("control", ["CHN", "CHN:Dy", "CHN::USA", "XYZ:Dy:USA", "CHN:Qq:USA", "CHN:Dy:XYZ"])
def test_bad_control_is_refused(control):
    assert_fails(invoke("rank", "--control", control), 1, "found", "expected")


def test_unknown_entity_gives_close_names():
    assert_fails(invoke("explain", "Frod Motor"), 1, "Frod Motor", "ford-motor")


def test_company_without_an_activity_is_told_what_gives_it_one(tmp_path):
    path, mapping = write(
        tmp_path, "suppliers", "Who,What,Where,Share\nLindenau AG,MAG_NDFEB_S,DEU,0.6\n", MAPS["suppliers"]
    )
    mine = tmp_path / "mine.db"
    assert invoke("load", "tabular", path, "--map", mapping, "--store", mine).exit_code == 0
    assert_fails(invoke("explain", "Alder Motion GmbH", "--store", mine), 1, "bill of materials")


def test_ambiguous_entity_gives_its_candidates():
    assert_fails(invoke("explain", "united"), 1, "ambiguous", "Country:USA", "give one of these")


WATCHLISTS = {
    "missing": (None, ["watch.txt", "no such file"]),
    "latin-1": ("Müller\n".encode("latin-1"), ["watch.txt", "UTF-8"]),
    "empty": (b"# nobody\n\n", ["watch.txt", "no names"]),
}


@pytest.mark.parametrize("case", WATCHLISTS)
def test_bad_watchlist_is_refused(case, tmp_path):
    data, said = WATCHLISTS[case]
    path = tmp_path / "watch.txt"
    if data is not None:
        path.write_bytes(data)
    assert_fails(invoke("rank", "--scenario", "no-measures", "--only", path), 1, *said, "found", "expected")


def test_watchlist_that_is_a_folder_is_refused(tmp_path):
    assert_fails(invoke("rank", "--only", tmp_path), 1, tmp_path, "directory")


def test_output_to_a_folder_or_into_none_is_refused_and_leaves_nothing(tmp_path):
    for target in (tmp_path, tmp_path / "no" / "rank.csv"):
        assert_fails(invoke("scenario", "list", "-o", target), 1, target, "found", "expected")
    assert not list(tmp_path.iterdir())


def test_date_before_any_fact_says_so():
    assert_fails(
        invoke("rank", "--scenario", "no-measures", "--as-of", "1900-01-01", "--facts", "known"),
        1,
        "1900-01-01",
        "found",
        "expected",
    )


@pytest.mark.parametrize(
    ("day", "words"), [("2031-01-01", "after the data edition"), ("1990-01-01", "before the")]
)
def test_date_outside_the_years_of_the_data_is_warned_of(day, words):
    run = ("--as-of", day, "--facts", "latest", "--static")
    result = invoke("rank", "--scenario", "no-measures", *run, "--format", "json")
    assert result.exit_code == 0
    assert f"warning: facts asked for {day}, {words}" in result.stderr
    assert len(json.loads(result.stdout)["run"]["warnings"]) == 1
    assert words in invoke("compare", "no-measures", "no-measures", *run).stderr


def test_date_within_the_years_of_the_data_is_not_warned_of():
    assert not invoke("rank", "--scenario", "april-2025", "--static").stderr


def test_id_that_is_also_a_ticker_and_a_country_code_is_ambiguous():
    assert_fails(invoke("explain", "GE"), 1, "Commodity:GE", "Company:ge-aerospace", "Country:GEO")
    assert invoke("explain", "Commodity:GE").exit_code == 0


WRONG_USAGE = [
    ["no-such-command"],
    ["rank", "planets"],
    ["rank", "--no-such-option"],
    ["rank", "--top", "0"],
    ["rank", "--as-of", "2025-13-45"],
    ["rank", "--control", "CHN:Dy:USA", "--severity", "1.5"],
    ["rank", "--severity", "0.5"],
    ["rank", "--control", "CHN:Dy:USA", "--scenario", "april-2025"],
    ["rank", "--facts", "rumours"],
    ["rank", "--rationing", "alphabet"],
    ["rank", "--fail-above", "lots"],
    ["rank", "--format", "xml"],
    ["rank", "-o", "rank.pdf"],
    ["compare", "april-2025"],
    ["compare", "a", "b", "--severity", "0.5"],
    ["load"],
    ["load", "tables"],
    ["load", "Country.csv"],
    ["load", "--remove", "mine"],
    ["load", "Country.csv", "--store", "x.db", "--origin", "reference"],
    ["export", "xlsx", "out.xlsx"],
    ["export", "jsonl", "-", "--facts", "known"],
]


@pytest.mark.parametrize("args", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_fails(invoke(*args), 2)
    assert not list(tmp_path.iterdir())
