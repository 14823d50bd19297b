"""Worldwide Governance Indicators as the World Bank's interface gives them; all scores are invented."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chainshock.errors import FileProblem
from tests.loaders.statistics_files import WGI, wgi, wgi_row, write
from tests.loaders.statistics_world import loaded


@pytest.fixture
def scores(tmp_path):
    return write(tmp_path / "wgi.json", WGI)


def test_old_and_new_codes_rate_by_the_same_indicator(scores):
    facts = loaded("wgi", scores).facts("RATED", "CHN", "WGI_GE")
    assert [(f.properties["year"], f.properties["value"]) for f in facts] == [(2022, 0.4), (2023, 0.5)]


def test_edition_is_the_day_of_the_last_update(scores):
    said = loaded("wgi", scores).facts("RATED")[0].provenance
    assert (said.known_from, said.sources) == (date(2025, 1, 15), ("wgi-2025-01-15",))


def test_null_is_missing_and_never_zero(scores):
    found = loaded("wgi", scores)
    assert found.facts("RATED", "BRA") == []
    assert found.report.reasons == {"no score for that year": 1}


def test_country_that_the_store_lacks_is_described(scores):
    assert loaded("wgi", scores).one("Country", "CHN").properties["name"] == "China"


def test_kosovo_is_known_by_the_code_of_the_world_bank(tmp_path):
    path = write(tmp_path / "wgi.json", wgi(wgi_row("GOV_WGI_RL.EST", "XKX", "2023", -0.3, "Kosovo")))
    assert loaded("wgi", path).one("RATED").source.key == "XKX"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (wgi_row("GE.EST", "", "2023", 1.0, "Atlantis"), "countryiso3code"),
        (wgi_row("GE.EST", "CHN", "MMXX", 1.0), "date"),
        (wgi_row("GE.EST", "CHN", "2023", "high"), "value"),
        (wgi_row("GE.EST", "CHN", "2023", 77.0), "value"),
    ],
)
def test_row_that_does_not_fit_is_told_with_its_number(tmp_path, row, column):
    path = write(tmp_path / "wgi.json", wgi(wgi_row("GE.EST", "CHN", "2022", 0.1), row))
    (problem,) = loaded("wgi", path).report.problems
    assert (problem.line, problem.column) == (2, column)


def test_groups_and_other_indicators_are_left_out(tmp_path):
    rows = [
        wgi_row("GOV_WGI_GE.EST", "", "2023", 0.1, "European Union"),
        wgi_row("GOV_WGI_GE.SC", "CHN", "2023", 50.0),
        wgi_row("NY.GDP", "CHN", "2023", 1.0),
    ]
    report = loaded("wgi", write(tmp_path / "wgi.json", wgi(*rows))).report
    assert report.reasons == {"group of countries": 1, "indicator that is no estimate of governance": 2}


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        [{"message": [{"id": "120", "value": "invalid"}]}],
        [{"lastupdated": "2025-01-15"}, None],
        [{"page": 1, "pages": 3, "lastupdated": "2025-01-15"}, []],
        [{"lastupdated": "yesterday"}, []],
    ],
)
def test_document_that_is_not_all_of_it_is_refused(tmp_path, document):
    with pytest.raises(FileProblem):
        loaded("wgi", write(tmp_path / "wgi.json", json.dumps(document)))


@pytest.mark.parametrize("row", [None, 3, [], {"indicator": 3}, {"indicator": {"id": "GE.EST"}, "value": 1}])
def test_row_of_another_shape_never_stops_a_load(tmp_path, row):
    report = loaded("wgi", write(tmp_path / "wgi.json", wgi(row))).report
    assert report.read == 1
