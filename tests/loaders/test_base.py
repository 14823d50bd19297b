"""Reports that add up, quarantine files that no spreadsheet runs, loaders by name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.errors import FileProblem, InvalidRecord, UnknownName
from chainshock.loaders.base import LoadReport, Problem
from chainshock.loaders.quarantine import Quarantine, safe_cell
from chainshock.loaders.sources import LOADERS, get_source


def test_report_whose_counts_do_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="read 3 rows, accounted for 2"):
        LoadReport(read=3, loaded=1, quarantined=1)


def test_report_of_a_load_without_effect_says_that_nothing_changed() -> None:
    assert str(LoadReport(read=2, unchanged=2)).endswith(
        "2 unchanged, 0 superseded, 0 quarantined; nothing changed"
    )
    assert "nothing changed" not in str(LoadReport(read=1, superseded=1))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+1a"]
)
def test_cell_that_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-3", "+4.5", "-1e5", ".5", "a=b", "", "'=1"])
def test_plain_numbers_and_plain_text_stay_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=3, max_size=3))
def test_no_cell_of_a_quarantine_file_starts_a_formula(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("quarantine") / "q.csv"
    with Quarantine(path) as quarantine:
        quarantine.add(InvalidRecord("=t.csv", 2, texts[0], texts[1], texts[2]))
        quarantine.finish()
    with path.open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["source", "line", "column", "found", "expected"]
    assert row == ["'=t.csv", "2", *map(safe_cell, texts)]


def test_quarantine_file_that_cannot_be_written_is_a_file_problem(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="a file that can be written"):
        Quarantine(tmp_path).__enter__()


def test_problem_takes_the_fields_of_an_error() -> None:
    error = InvalidRecord("t.csv", 4, "tonnes", "'x'", "a number")
    assert Problem.from_error(error) == Problem("t.csv", 4, "tonnes", "'x'", "a number")


@pytest.mark.parametrize("name", LOADERS)
def test_every_registered_source_can_be_had_by_name(name: str) -> None:
    assert get_source(name).name == name


def test_source_that_does_not_exist_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match=r"expected one of .*tables"):
        get_source("nothing")
