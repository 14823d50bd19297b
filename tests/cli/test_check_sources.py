"""`check --sources`: edition, age, licence and rows of what a store rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.worlds import invoke, make_store, write_tables
from tests.loaders.trade_files import baci_example


@pytest.fixture
def store(tmp_path):
    """The tiny tables, and an invented year of BACI."""
    path = make_store(tmp_path)
    tables = write_tables(
        tmp_path / "more",
        Commodity="id,name,stage,unit,hs_codes,sources,as_of,known_from,confidence\n"
        "MAG,Magnets,magnet,t,850511,gone,2024-12-31,2025-01-31,A\n",
    )
    assert invoke("load", tables, "--store", path, "--origin", "more").exit_code == 0
    result = invoke("load", "baci", *baci_example(tmp_path), "--store", path, "--origin", "trade")
    assert result.exit_code == 0, result.stderr
    return path


def rows(store, *args):
    """Give the rows by kind and id."""
    result = invoke("check", "--sources", "--store", store, "--format", "json", *args)
    assert result.exit_code == 0, result.stderr
    return {(row["kind"], row["id"]): row for row in json.loads(result.stdout)["rows"]}


def test_loaded_data_set_tells_edition_licence_and_what_became_of_its_rows(store):
    found = rows(store, "--as-of", "2026-03-02")["dataset", "trade"]
    assert (found["loader"], found["edition"], found["age_days"]) == ("baci", ["baci-202601"], 30)
    assert (found["read"], found["taken"], found["left_out"], found["quarantined"]) == (10, 1, 9, 0)
    assert found["licence"] == "Etalab Open Licence 2.0"
    assert [name.split(" ")[0] for name in found["files"]] == [
        "BACI_HS17_Y2024_V202601.csv",
        "country_codes_V202601.csv",
    ]


def test_source_tells_its_facts_and_age(store):
    found = rows(store, "--as-of", "2026-03-02")["source", "usgs"]
    assert found["title"] == "Mineral Commodity Summaries"
    assert (found["published"], found["age_days"]) == ("2025-01-31", 395)
    assert found["stale"] == found["facts"] > 0


def test_age_is_told_from_the_edition_of_the_data_and_not_from_the_clock(store):
    first, second = (invoke("check", "--sources", "--store", store).stdout for _ in range(2))
    assert first == second
    assert first.startswith("On 2026-01-31")


def test_source_that_no_node_describes_is_named(store):
    assert rows(store)["source", "gone"]["described"] is False
    text = invoke("check", "--sources", "--store", store).stdout
    assert "described by no Source: gone" in text


def test_table_says_what_became_of_the_rows_of_a_load(store):
    text = " ".join(invoke("check", "--sources", "--store", store).stdout.split())
    assert "trade: `baci` of baci-202601: rows 10 read, 1 taken, 9 left out, 0 quarantined" in text


def test_table_of_many_sources_stops_after_twenty_and_says_so():
    text = invoke("check", "--sources").stdout
    assert "more (--format json lists all)" in text
    listed = json.loads(invoke("check", "--sources", "--format", "json").stdout)["rows"]
    assert len(listed) > 500


def test_strict_does_not_go_with_sources():
    result = invoke("check", "--sources", "--strict", "all")
    assert result.exit_code == 2
    assert "--strict" in result.stderr


def test_two_years_under_one_name_are_told_load_by_load(store, tmp_path):
    folder = tmp_path / "another"
    folder.mkdir()
    year, *rest = (str(path) for path in baci_example(folder))
    other = year.replace("Y2024", "Y2023")
    text = Path(year).read_text("utf-8")
    Path(other).write_text("\n".join(text.split("\n")[:3]).replace("2024,", "2023,") + "\n", "utf-8")
    Path(year).unlink()
    result = invoke("load", "baci", other, *rest, "--store", store, "--origin", "trade")
    assert result.exit_code == 0, result.stderr
    loads = rows(store)["dataset", "trade"]["loads"]
    assert len(loads) == 2
    assert {load["files"][0].split(" ")[0] for load in loads} == {
        "BACI_HS17_Y2024_V202601.csv",
        "BACI_HS17_Y2023_V202601.csv",
    }
    assert invoke("check", "--sources", "--store", store).stdout.count("trade: `baci`") == 2
