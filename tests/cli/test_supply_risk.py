"""`chokepoints supply-risk` as a person uses it, on small loaded files with invented figures."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.worlds import invoke
from tests.loaders.statistics_files import eu_crm_example, iea_example, wgi, wgi_row, write


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statistics")
    scores = [wgi_row("GOV_WGI_GE.EST", iso3, "2020", v) for iso3, v in (("CHN", 0.5), ("BRA", 0.0))]
    files = {
        "eu-crm": eu_crm_example(folder / "eu"),
        "iea": iea_example(folder / "iea"),
        "wgi": [str(write(folder / "wgi.json", wgi(*scores)))],
    }
    path = folder / "facts.db"
    for name, paths in files.items():
        result = invoke("load", name, *paths, "--store", path, "--origin", name)
        assert result.exit_code == 0, result.stderr
    return path


def answer(store, *args):
    result = invoke("chokepoints", "supply-risk", "--store", store, *args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_element_is_told_stage_by_stage_with_what_is_missing(store):
    rows = answer(store, "--good", "Nd")["rows"]
    by_stage = {row["stage"]: row for row in rows}
    assert by_stage["extraction"]["hhi"] == pytest.approx(0.6**2 + 0.3**2)
    assert by_stage["processing"]["hhi"] == pytest.approx(1.0, abs=1e-2)
    assert by_stage["extraction"]["eu_hhi"] == pytest.approx(0.5)
    assert by_stage["extraction"]["hhi_wgi_t_low"] == pytest.approx(0.36 * 4 * 1.1 + 0.09 * 5 * 0.8)
    assert by_stage["extraction"]["sr_published"] == 3.7
    assert "import reliance (IR)" in by_stage["extraction"]["missing"]


def test_shares_of_countries_are_those_of_the_publisher(store):
    (row,) = answer(store, "--good", "RE_ORE_MAGNET")["rows"]
    assert row["origins"] == {"CHN": pytest.approx(0.6)}
    assert (row["hhi"], row["hhi_high"]) == (pytest.approx(0.36), 1.0)
    assert row["period"] == "2024"


def test_text_names_what_is_missing_and_the_source(store):
    result = invoke("chokepoints", "supply-risk", "--good", "Nd", "--store", store)
    assert result.exit_code == 0, result.stderr
    assert "missing: substitution index (SI), in 2 of 2 rows" in result.stdout
    assert "group of light rare earths" in result.stdout


def test_table_has_the_same_columns_as_json(store):
    result = invoke("chokepoints", "supply-risk", "--good", "Nd", "--store", store, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == list(answer(store, "--good", "Nd")["rows"][0])


def test_reference_data_alone_give_tables_too():
    result = invoke("chokepoints", "supply-risk", "--format", "json")
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)["rows"]
    assert all(0 < row["hhi"] <= row["hhi_high"] <= 1 + 1e-9 for row in rows)


def test_name_of_a_good_and_an_element_is_refused_with_both():
    result = invoke("chokepoints", "supply-risk", "--good", "W")
    assert result.exit_code == 1
    assert "Commodity:W, Element:W" in result.stderr
