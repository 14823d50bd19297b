"""The doors to the record: `scenario signals`, `scenario fit` and `scenario prices`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.worlds import invoke

PROVENANCE = "sources,as_of,known_from,confidence"


def load(tmp_path, name, text):
    store = tmp_path / "mine.db"
    (tmp_path / "Source_mine.csv").write_text(
        f"id,title,{PROVENANCE}\nmine,Mine,mine,2025-06-30,2025-06-30,B\n", "utf-8"
    )
    path = tmp_path / f"{name}_mine.csv"
    path.write_text(text, "utf-8")
    result = invoke("load", "tables", tmp_path / "Source_mine.csv", path, "--store", store)
    assert result.exit_code == 0, result.stderr
    return store


def test_overview_names_series_and_a_kind_shows_their_statements(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    whole = invoke("scenario", "signals")
    assert "exports:85051110:CHN:WLD:t" in whole.stdout
    rates = invoke("scenario", "signals", "licences", "--country", "EUU")
    assert "2025-09-24" in rates.stdout
    assert "19 of 141" in rates.stdout


def test_json_and_csv_hold_every_statement_with_its_sources():
    words = (
        "scenario",
        "signals",
        "exports",
        "--good",
        "85051110",
        "--country",
        "WLD",
        "--from",
        "2025-03-01",
    )
    payload = json.loads(invoke(*words, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(invoke(*words, "--format", "csv").stdout)))
    assert [row["period"] for row in rows] == [row["period"] for row in payload["rows"]]
    assert all(row["sources"] for row in payload["rows"])
    assert payload["series"][0]["id"] == "exports:85051110:CHN:WLD:t"
    assert payload["run"]["facts"] == "latest"


def test_own_months_stand_beside_the_reference_and_move_the_fit(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    store = load(
        tmp_path,
        "EXPORTS",
        f"source,target,code,period,tonnes,{PROVENANCE}\n"
        "CHN,WLD,85051110,2025-05,1300,mine,2025-05-31,2025-06-30,B\n"
        "CHN,WLD,85051110,2025-14,7,mine,2025-05-31,2025-06-30,B\n",
    )
    shown = invoke(
        "scenario", "signals", "exports", "--good", "85051110", "--country", "WLD", "--store", store
    )
    assert "1,300  yours" in shown.stdout
    assert "its days are not told" in shown.stdout
    assert "sources differ on 2025-05" in shown.stdout
    fit = json.loads(invoke("scenario", "fit", "--store", store, "--format", "json").stdout)
    (may,) = [row for row in fit["rows"] if row["name"] == "2025-05"]
    assert may["tonnes"] == 1300
    assert fit["run"]["months_disputed"] == {"2025-05": [1238.0]}
    assert "another statement: 1,238 t" in may["note"]


def test_store_without_the_measure_cannot_be_fitted(tmp_path):
    store = load(
        tmp_path,
        "EXPORTS",
        f"source,target,code,period,tonnes,{PROVENANCE}\n"
        "CHN,WLD,85051110,2025-05,1300,mine,2025-05-31,2025-06-30,B\n",
    )
    fit = invoke("scenario", "fit", "--store", store, "--empty")
    assert fit.exit_code == 1
    assert "no measure CN-2025-18" in fit.stderr
    stocks = invoke("scenario", "signals", "stocks", "--store", store, "--empty")
    assert stocks.exit_code == 1
    assert "found no statement" in stocks.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("signals", "--from", "2026-01-01", "--to", "2025-01-01"), 2, "expected a later day"),
        (("signals", "exports", "--good", "9999"), 1, "unknown good of a series"),
        (("signals", "prices", "-o", "x.png"), 1, "expected at most"),
        (("fit", "--to", "2025-04-30"), 1, "expected more than the 3 figures"),
        (("fit", "--to", "2024-01-01"), 2, "expected a later day"),
        (("fit", "--baseline", "0"), 2, "not in the range"),
        (("fit", "--baseline", "nan"), 1, "expected a finite one above 0"),
        (("fit", "--baseline", "inf"), 1, "expected a finite one above 0"),
        (("prices", "nope"), 1, "nope"),
    ],
)
def test_what_cannot_be_shown_is_said_without_a_traceback(words, code, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("scenario", *words)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []
