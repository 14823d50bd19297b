"""USGS Mineral Commodity Summaries in their three shapes; all figures are invented."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.errors import FileProblem
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.loaders.ingest import load
from tests.loaders.statistics_files import USGS_2024, USGS_2025, USGS_2026, write
from tests.loaders.statistics_world import loaded, world


@pytest.fixture
def of_2024(tmp_path):
    return write(tmp_path / "mcs2024-antim_world.csv", USGS_2024, "cp1252")


@pytest.fixture
def of_2025(tmp_path):
    return write(tmp_path / "MCS2025_World_Data.csv", USGS_2025, "cp1252")


@pytest.fixture
def of_2026(tmp_path):
    return write(tmp_path / "MCS2026_Commodities_Data.csv", USGS_2026, "cp1252")


def test_table_of_2024_takes_good_unit_and_year_from_names(of_2024):
    found = loaded("usgs-mcs", of_2024)
    first, second = found.facts("PRODUCES", "BOL")
    assert (first.target.key, first.properties["year"], first.properties["output"]) == ("SB", 2022, 1200.0)
    assert second.properties["qualifier"] == "estimated"
    assert second.provenance.known_from == date(2024, 1, 31)
    assert second.provenance.as_of == date(2023, 12, 31)


def test_withheld_figure_is_neither_zero_nor_left_out(of_2024):
    fact = loaded("usgs-mcs", of_2024).one("PRODUCES", "TJK", year=2022)
    assert fact.properties["qualifier"] == "withheld"
    assert "output" not in fact.properties


def test_bound_has_no_share_of_the_total(of_2024):
    fact = loaded("usgs-mcs", of_2024).one("PRODUCES", "TJK", year=2023)
    assert (fact.properties["output"], fact.properties["qualifier"]) == (100.0, "at_least")
    assert "share" not in fact.properties


def test_share_is_of_the_rounded_total_of_the_edition(of_2024):
    fact = loaded("usgs-mcs", of_2024).one("PRODUCES", "BOL", year=2022)
    assert fact.properties["share"] == pytest.approx(1200 / 1300, abs=1e-6)


def test_totals_and_other_countries_are_never_entities(of_2024, of_2025):
    for path in (of_2024, of_2025):
        found = loaded("usgs-mcs", path)
        assert found.report.reasons["total or other countries"] == 2 + (path == of_2025)
        assert {f.source.key for f in found.facts("Country")} <= {"BOL", "TJK", "CHN", "JPN"}


def test_table_of_2025_reads_columns_with_a_blank_and_converts_units(of_2025):
    found = loaded("usgs-mcs", of_2025)
    fact = found.one("PRODUCES", "CHN", "GA", year=2024, basis="output")
    assert fact.properties["output"] == 500.0
    assert fact.properties["qualifier"] == "estimated"
    assert found.one("PRODUCES", "CHN", "GA", year=2023, basis="capacity").properties["output"] == 750.0
    assert found.one("HOLDS_RESERVES", "CHN", "RE_ORE").properties["amount"] == 4000.0


def test_data_of_2026_take_estimates_from_the_notes(of_2026):
    found = loaded("usgs-mcs", of_2026)
    fact = found.one("PRODUCES", "CHN", "RE_ORE", year=2025)
    assert fact.properties["qualifier"] == "estimated"
    assert fact.provenance.note == "Quota."
    assert found.one("HOLDS_RESERVES", "CHN").properties["qualifier"] == "at_least"


def test_every_row_is_accounted_for(of_2024, of_2025, of_2026):
    for path, text in ((of_2024, USGS_2024), (of_2025, USGS_2025), (of_2026, USGS_2026)):
        report = loaded("usgs-mcs", path).report
        assert report.read == text.count("\n") - 1
        assert report.read == report.loaded + report.left_out + report.quarantined


def test_rows_that_do_not_fit_are_told_with_line_and_column(of_2026):
    problems = loaded("usgs-mcs", of_2026).report.problems
    assert [(p.line, p.column, p.found) for p in problems] == [
        (8, "Country", "'Atlantis'"),
        (9, "Value", "'1–2'"),
    ]


def test_salient_figure_counts_only_for_years_that_the_world_table_lacks(of_2026):
    found = loaded("usgs-mcs", of_2026)
    years = [f.properties["year"] for f in found.facts("PRODUCES", "USA", "RE_ORE")]
    assert years == [2023, 2025]
    assert found.one("PRODUCES", "USA", year=2025).properties["output"] == 50.0


def test_no_mining_does_not_tell_that_nothing_is_refined(of_2026):
    found = loaded("usgs-mcs", of_2026)
    assert found.facts("PRODUCES", "USA", "W") == []
    assert "nothing mined, which does not tell that nothing is refined" in found.report.reasons


def test_loading_twice_changes_nothing(of_2026):
    first = loaded("usgs-mcs", of_2026)
    again = loaded("usgs-mcs", of_2026, store=first.store).report
    assert (again.loaded, again.superseded) == (0, 0)
    assert again.unchanged == first.report.loaded


@pytest.mark.parametrize("newest_first", [True, False])
def test_newer_edition_supersedes_in_either_order_and_the_older_still_holds_at_its_time(
    of_2025, of_2026, newest_first
):
    store = world()
    for path in (of_2026, of_2025) if newest_first else (of_2025, of_2026):
        load("usgs-mcs", [path], store, origin=path.stem)
    knowledge = KnowledgeGraph(store.view().facts())

    def output(at: date) -> object:
        (fact,) = [
            data["fact"]
            for _, target, data in knowledge.at(at).edges(data=True)
            if target.key == "RE_ORE"
            and data["fact"].properties.get("year") == 2024
            and data["fact"].source.key == "CHN"
            and data["fact"].name == "PRODUCES"
        ]
        return fact.properties["output"]

    assert output(date(2025, 6, 30)) == 300.0
    assert output(date(2026, 6, 30)) == 250.0


def test_published_of_the_user_beats_what_the_file_tells(of_2025):
    fact = loaded("usgs-mcs", of_2025, published=date(2025, 3, 1)).facts("PRODUCES")[0]
    assert fact.provenance.known_from == date(2025, 3, 1)
    assert fact.provenance.sources == ("usgs-mcs-2025",)


def test_edition_that_nothing_tells_is_asked_for(tmp_path):
    path = write(tmp_path / "data.csv", USGS_2026, "cp1252")
    with pytest.raises(FileProblem, match="--published"):
        loaded("usgs-mcs", path)
    fact = loaded("usgs-mcs", path, published=date(2026, 2, 6)).facts("PRODUCES")[0]
    assert fact.provenance.sources == ("usgs-mcs-2026",)


def test_file_of_2024_whose_name_tells_no_commodity_is_refused(tmp_path):
    path = write(tmp_path / "antimony.csv", USGS_2024, "cp1252")
    with pytest.raises(FileProblem, match=r"mcs2024-antim_world\.csv"):
        loaded("usgs-mcs", path)


def test_file_of_2024_on_another_commodity_is_left_out_whole(tmp_path):
    report = loaded("usgs-mcs", write(tmp_path / "mcs2024-gypsu_world.csv", USGS_2024, "cp1252")).report
    assert report.left_out == report.read == 4


def test_table_of_another_kind_is_refused(tmp_path):
    path = write(tmp_path / "mcs2026.csv", "a,b\n1,2\n")
    with pytest.raises(FileProblem, match="columns a, b"):
        loaded("usgs-mcs", path)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_dash_is_zero_in_every_encoding(tmp_path, encoding):
    path = write(tmp_path / "mcs2024-antim_world.csv", USGS_2024, encoding)
    assert loaded("usgs-mcs", path).one("HOLDS_RESERVES", "BOL").properties["amount"] == 0.0


def test_unit_that_is_no_mass_is_told(tmp_path):
    text = USGS_2025.replace("Japan ,Primary production,kilograms", "Japan,Primary production,litres")
    (problem, *_) = loaded("usgs-mcs", write(tmp_path / "MCS2025.csv", text, "cp1252")).report.problems
    assert (problem.line, problem.found) == (3, "unit 'litres'")
