"""Tables of the EU study of critical raw materials; all figures are invented."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.errors import FileProblem
from tests.loaders.statistics_files import EU_SCORES, EU_WORLD, eu_crm_example, write
from tests.loaders.statistics_world import loaded


@pytest.fixture
def study(tmp_path):
    return loaded("eu-crm", *eu_crm_example(tmp_path))


def test_share_is_of_the_element_at_its_stage_with_the_trade_variable(study):
    fact = study.one("PRODUCES", "CHN", "Nd", basis="extraction-share")
    assert fact.properties["share"] == pytest.approx(0.6)
    assert fact.properties["trade_factor"] == pytest.approx(1.1)
    assert fact.properties["year"] == 2020
    assert fact.provenance.note == "average 2016-2020"
    assert fact.provenance.known_from == date(2023, 12, 31)


def test_share_is_also_of_the_good_that_the_stage_makes(study):
    assert study.one("PRODUCES", "CHN", "OX_ND").properties["basis"] == "share"
    assert study.one("PRODUCES", "CHN", "Nd", basis="processing-share").properties["share"] == 1.0
    ion_clay = study.one("PRODUCES", "MMR", "ORE_ION").provenance
    assert (ion_clay.confidence, "ion clay" in ion_clay.note) == ("B", True)


def test_share_below_a_bound_is_marked(study):
    fact = study.one("PRODUCES", "TUR", "Nd")
    assert (fact.properties["share"], fact.properties["qualifier"]) == (0.001, "at_most")


def test_country_is_found_by_the_spelling_of_the_publisher(study):
    assert study.one("PRODUCES", "BRA", "Nd").properties["share"] == pytest.approx(0.3)


def test_sourcing_is_trade_with_the_union_by_stage(study):
    fact = study.one("EXPORTS", "AUT", "EUU")
    assert fact.properties["code"] == "ND-E"
    assert fact.properties["period"] == "2016-2020"
    assert fact.properties["import_share"] == 0.5
    assert fact.properties["trade_factor"] == 0.8


def test_scores_rate_materials_and_the_elements_of_a_group(study):
    assert study.one("RATED", "W", "EU_SUPPLY_RISK", year=2023).properties["value"] == 1.2
    assert [f.properties["year"] for f in study.facts("RATED", "W", "EU_ECONOMIC_IMPORTANCE")] == [2020]
    group = study.one("RATED", "Nd", "EU_SUPPLY_RISK")
    assert group.properties["value"] == 3.7
    assert (group.provenance.confidence, "group" in group.provenance.note) == ("B", True)


def test_rows_that_do_not_fit_are_told_with_line_and_column(study):
    problems = [(p.line, p.column, p.found) for p in study.report.problems]
    assert problems == [(8, "Country", "'Atlantis'"), (9, "Share", "'6'")]


def test_rows_left_out_say_why(study):
    assert study.report.reasons == {
        "material not assessed in that year": 1,
        "material that the graph does not hold": 3,
    }


def test_tables_without_scores_need_a_date(tmp_path):
    path = write(tmp_path / "fact_GlobalSupplyShares_t.csv", EU_WORLD, "cp1252")
    with pytest.raises(FileProblem, match="--published"):
        loaded("eu-crm", path)
    found = loaded("eu-crm", path, published=date(2023, 3, 16))
    assert found.facts("PRODUCES")[0].provenance.known_from == date(2023, 3, 16)


def test_tables_of_another_study_are_refused(tmp_path):
    path = write(tmp_path / "scores.csv", EU_SCORES.replace("2023", "2026"))
    with pytest.raises(FileProblem, match="a study of 2026"):
        loaded("eu-crm", path)


def test_table_of_another_kind_is_refused(tmp_path):
    with pytest.raises(FileProblem, match="columns a, b"):
        loaded("eu-crm", write(tmp_path / "x.csv", "a,b\n1,2\n"))


def test_uses_and_groupings_beside_are_left_out(tmp_path):
    uses = write(tmp_path / "fact_MaterialUseShares.csv", "Material,Application,Share\nTin,Solder,9%\n")
    groups = write(tmp_path / "groups.csv", "screened_material,a\ntin,b\n")
    found = loaded("eu-crm", *eu_crm_example(tmp_path), uses, groups)
    assert found.report.reasons["grouping of materials"] == 1
    assert found.report.reasons["share of a use, by sector of the Union"] == 1
