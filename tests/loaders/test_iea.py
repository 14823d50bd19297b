"""IEA Critical Minerals Data Explorer in its two shapes; all figures are invented."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chainshock.errors import FileProblem
from tests.loaders.statistics_files import IEA_FLAT, IEA_TREE, write
from tests.loaders.statistics_world import loaded


@pytest.fixture
def flat(tmp_path):
    return write(tmp_path / "iea_flat.csv", IEA_FLAT)


@pytest.fixture
def tree(tmp_path):
    return write(tmp_path / "explorer.json", json.dumps(IEA_TREE))


def test_both_shapes_give_the_same_facts(flat, tree):
    first, second = loaded("iea", flat), loaded("iea", tree)
    assert {f.id for f in first.facts("PRODUCES")} == {f.id for f in second.facts("PRODUCES")}
    assert first.report.loaded == second.report.loaded == 5


def test_output_is_in_tonnes_with_its_share_of_the_world(flat):
    fact = loaded("iea", flat).one("PRODUCES", "CHN", "OX_NDPR", year=2024)
    assert fact.properties["output"] == 9000.0
    assert fact.properties["share"] == pytest.approx(0.9)
    assert fact.provenance.known_from == date(2025, 5, 31)


def test_mined_magnet_rare_earths_are_a_good_of_their_own(flat):
    found = loaded("iea", flat)
    assert found.one("PRODUCES", "CHN", "RE_ORE_MAGNET").properties["share"] == pytest.approx(0.6)
    assert found.one("Commodity", "RE_ORE_MAGNET").properties["elements"] == ("Nd", "Pr", "Dy", "Tb")
    assert found.facts("PRODUCES", target="RE_ORE") == []


def test_element_without_a_good_keeps_its_stages_apart(flat):
    fact = loaded("iea", flat).one("PRODUCES", "COD", "Cu")
    assert fact.properties["basis"] == "extraction-share"
    assert fact.properties["share"] == pytest.approx(0.25)


def test_year_after_the_base_year_is_a_projection(flat):
    found = loaded("iea", flat)
    assert found.one("PRODUCES", "CHN", "OX_NDPR", year=2030).properties["is_projection"] is True
    assert "is_projection" not in found.one("PRODUCES", "CHN", "OX_NDPR", year=2024).properties


def test_rows_left_out_say_why(flat, tree):
    projection = "projection beyond 2035, the last year that the graph holds"
    flat_reasons, tree_reasons = loaded("iea", flat).report.reasons, loaded("iea", tree).report.reasons
    assert flat_reasons == {
        "demand by sector, technology or scenario, which the graph does not hold": 2,
        "total or other countries": 2,
        projection: 1,
        "material that the graph does not hold": 1,
    }
    assert tree_reasons == {
        **flat_reasons,
        "footnote of the publisher": 1,
        "world total, or share of the largest": 1,
    }


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("China,base,2024,6.0", "Atlantis,base,2024,6.0", "country"),
        ("China,base,2024,6.0", "China,base,2024,-6", "value"),
        ("China,base,2024,6.0", "China,base,2024,inf", "value"),
        ("China,base,2024,6.0", "China,base,soon,6.0", "year"),
        ("China,base,2024,6.0,kt", "China,base,2024,6.0,litres", "unit"),
    ],
)
def test_row_that_does_not_fit_is_told(tmp_path, old, new, column):
    path = write(tmp_path / "iea.csv", IEA_FLAT.replace(old, new))
    (problem,) = loaded("iea", path).report.problems
    assert (problem.line, problem.column) == (4, column)


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"supply": 3}', "[" * 100_000, '{"supply": NaN}'])
def test_document_of_another_kind_is_refused(tmp_path, text):
    with pytest.raises(FileProblem):
        loaded("iea", write(tmp_path / "iea.json", text))


@pytest.mark.parametrize("value", [None, "much", -1, True, 1e400, [1]])
def test_figure_of_a_document_that_is_no_quantity_is_told(tmp_path, value):
    text = json.dumps(IEA_TREE).replace('"China": {"2024": 6.0}', f'"China": {{"2024": {json.dumps(value)}}}')
    (problem,) = loaded("iea", write(tmp_path / "iea.json", text)).report.problems
    assert problem.column == "value"


def test_document_that_tells_no_year_needs_a_date(tmp_path):
    path = write(tmp_path / "iea.json", '{"supply": {"Copper": {"mining": {"countries": {}}}}}')
    with pytest.raises(FileProblem, match="--published"):
        loaded("iea", path)
