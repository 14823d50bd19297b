"""`compare --paths` as a person uses it, on the reference data."""

from __future__ import annotations

import csv
import io
import json
from functools import cache

import pytest

from tests.cli.worlds import invoke

A_B = ("compare", "october-2025-controls", "october-2025-truce")


@cache
def found(*args):
    result = invoke(*A_B, "--top", "2", "--paths", "3", "--format", "json", *args)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("args", [(), ("--static",), ("--of", "countries"), ("--of", "end-uses")])
def test_changes_of_each_row_sum_to_its_difference(args):
    rows = found(*args)["rows"]
    assert len(rows) == 4
    for row in rows:
        changes = row["changes"]
        assert sum(change["difference"] for change in changes) == pytest.approx(row["difference"], rel=1e-9)
        assert sum(change["before"] for change in changes) == pytest.approx(row["before"], rel=1e-9)
        sizes = [abs(change["difference"]) for change in changes]
        assert sizes == sorted(sizes, reverse=True)


def test_buyer_that_the_truce_relieves_is_told_by_which_path():
    row = next(row for row in found()["rows"] if row["name"] == "Huntington Ingalls")
    told = [change for change in row["changes"] if change["route"]]
    assert told[0]["part"] == "input"
    assert told[0]["route"].startswith("CHN -> ")
    assert told[0]["route"].endswith("-> Huntington Ingalls")
    assert "CN-2025-18" in told[0]["measures_before"]


def test_ranks_before_and_after_are_those_of_the_two_rankings():
    rows = {row["id"]: row for row in found()["rows"]}
    for scenario, side in zip(A_B[1:], ("rank_before", "rank_after"), strict=True):
        ranking = json.loads(invoke("rank", "--scenario", scenario, "--format", "json").stdout)["rows"]
        for row in ranking:
            if row["id"] in rows:
                assert rows[row["id"]][side] == row["rank"]


def test_comparison_of_days_splits_as_well():
    result = invoke("compare", "2025-03-31", "2025-05-31", "--top", "1", "--paths", "2", "--format", "json")
    for row in json.loads(result.stdout)["rows"]:
        total = sum(change["difference"] for change in row["changes"])
        assert total == pytest.approx(row["difference"], rel=1e-9, abs=1e-15)


def test_table_and_csv_tell_the_largest():
    text = invoke(*A_B, "--top", "1", "--paths", "2").stdout
    assert "What changed" in text
    assert "others" in text
    rows = list(
        csv.DictReader(io.StringIO(invoke(*A_B, "--top", "1", "--paths", "2", "--format", "csv").stdout))
    )
    assert all(row["changes"].count(" | ") == 1 for row in rows)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--weights", "controls=.5,truce=.5", "--paths", "2"), "--paths goes with A and B"),
        ((*A_B[1:], "--paths", "0"), "0 is not in the range"),
    ],
)
def test_paths_where_they_do_not_belong_are_refused(args, words):
    result = invoke("compare", *args)
    assert result.exit_code == 2
    assert words in result.stderr
