"""Spot facts of the shipped trade, production and recipe tables, each traced to its publication."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.reference import reference_facts

LEFT_OUT = Path(__file__).parents[2] / "docs" / "reference" / "left_out_trade.csv"
CODE = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
PERIOD = re.compile(
    r"\d{4}|\d{4}-\d{2}|\d{4}-Q[1-4]|\d{4}-H[12]|\d{4}-\d{4}|\d{4}-\d{2}/\d{4}-\d{2}|FY\d{4}(-H[12])?"
)


@cache
def facts(name: str) -> list[Fact]:
    return [fact for fact in reference_facts() if fact.name == name]


def trade(source: str, target: str, code: str, period: str) -> Fact:
    (found,) = (
        fact
        for fact in facts("EXPORTS")
        if (fact.source.key, fact.properties["code"], fact.properties["period"]) == (source, code, period)
        and fact.target is not None
        and fact.target.key == target
    )
    return found


def test_months_of_2025_that_the_press_gave_late_are_there_with_their_source() -> None:
    january, february = (trade("CHN", "WLD", "85051110", f"2025-0{month}") for month in (1, 2))

    assert january.properties["tonnes"] == 6357
    assert february.properties["tonnes"] == 15268 - 6357 - 5323
    assert "derived" in february.provenance.note
    assert {january.provenance.confidence, february.provenance.confidence} == {"B"}


def test_two_counts_of_one_month_are_both_there_and_the_later_one_wins() -> None:
    june = [
        fact
        for fact in facts("EXPORTS")
        if fact.subject == ("EXPORTS", *_ends("CHN", "IND"), "85051110", "2025-06")
    ]

    june.sort(key=lambda fact: fact.precedence)
    assert [fact.properties["tonnes"] for fact in june] == [172, 174]


def _ends(source: str, target: str) -> tuple[NodeRef, NodeRef]:
    return NodeRef("Country", source), NodeRef("Country", target)


def production(source: str, target: str, year: int, basis: str) -> list[Fact]:
    return sorted(
        (
            fact
            for fact in facts("PRODUCES")
            if (str(fact.source), str(fact.target)) == (source, target)
            and (fact.properties["year"], fact.properties["basis"]) == (year, basis)
        ),
        key=lambda fact: fact.provenance.known_from,
    )


def content(good: str, element: str) -> object:
    (found,) = (
        fact
        for fact in facts("CONTAINS")
        if fact.source.key == good and fact.target is not None and fact.target.key == element
    )
    return found.properties["mass_fraction"]


# CEPII BACI V202601, HS17, value shares of imports.
@pytest.mark.parametrize(
    ("importer", "share"),
    [
        ("KOR", 0.87),
        ("VNM", 0.89),
        ("DEU", 0.82),
        ("USA", 0.75),
        ("POL", 0.73),
        ("FRA", 0.59),
        ("JPN", 0.28),
        ("PHL", 0.10),
    ],
)
def test_chinas_share_of_magnet_imports_in_2024_is_the_published_one(importer: str, share: float) -> None:
    flow = trade("CHN", importer, "850511", "2024")

    assert flow.properties["share_basis"] == "value"
    assert flow.properties["import_share"] == pytest.approx(share, abs=0.006)
    assert flow.provenance.known_from == date(2026, 1, 31)


# Eurostat Comext, CN 85051110: 18,246.4 of 20,028.3 t.
def test_chinas_share_of_eu_magnet_imports_in_2024_is_that_of_customs_not_the_headline() -> None:
    flow = trade("CHN", "EUU", "85051110", "2024")

    assert flow.properties["import_share"] == pytest.approx(0.911)
    assert flow.properties["tonnes"] == pytest.approx(18246.4)


# China GAC by way of Reuters, 2025-06-20 and 2025-09-20.
@pytest.mark.parametrize(("month", "tonnes"), [("2025-04", 2626), ("2025-05", 1238), ("2025-08", 6146)])
def test_monthly_chinese_magnet_exports_go_to_the_world_total(month: str, tonnes: int) -> None:
    assert trade("CHN", "WLD", "85051110", month).properties["tonnes"] == tonnes


# USGS Mineral Commodity Summaries 2025 and 2026, rare earths.
@pytest.mark.parametrize(
    ("country", "first", "revised"), [("AUS", 13_000, 29_000), ("NGA", 13_000, 1_500), ("THA", 13_000, 2_100)]
)
def test_both_vintages_of_a_revised_ore_output_stand_side_by_side(
    country: str, first: int, revised: int
) -> None:
    older, newer = production(f"Country:{country}", "Commodity:RE_ORE", 2024, "output")

    assert (older.properties["output"], newer.properties["output"]) == (first, revised)
    assert (older.provenance.known_from, newer.provenance.known_from) == (
        date(2025, 1, 31),
        date(2026, 2, 28),
    )
    assert older.subject == newer.subject
    assert newer.precedence > older.precedence


# SMM 2024; IEA 2025.
def test_chinas_magnet_output_and_share_in_2024_are_two_facts() -> None:
    (output,) = production("Country:CHN", "Commodity:MAG_NDFEB", 2024, "output")
    (share,) = production("Country:CHN", "Commodity:MAG_NDFEB", 2024, "share")

    assert output.properties["output"] == 260_000
    assert share.properties["share"] == pytest.approx(0.94)


# IUPAC atomic weights.
@pytest.mark.parametrize(("good", "element", "fraction"), [("OX_DY", "Dy", 0.8713), ("OX_TB", "Tb", 0.8502)])
def test_oxides_contain_their_element_by_stoichiometry(good: str, element: str, fraction: float) -> None:
    assert content(good, element) == pytest.approx(fraction)


def test_low_grade_magnets_contain_no_dysprosium_and_high_grade_ones_do() -> None:
    assert content("MAG_NDFEB_L", "Dy") == 0
    assert content("MAG_NDFEB_S", "Dy") == pytest.approx(0.043)


def test_shares_of_one_importer_code_and_period_never_sum_above_one() -> None:
    total: dict[tuple[object, ...], float] = defaultdict(float)
    parts: dict[tuple[object, ...], int] = defaultdict(int)
    for fact in facts("EXPORTS"):
        share = fact.properties.get("import_share")
        if isinstance(share, float) and fact.target is not None:
            key = (fact.target.key, fact.properties["code"], fact.properties["period"])
            total[key] += share
            parts[key] += 1

    # Published shares are rounded to two or four digits: half a unit each.
    over = {key: value for key, value in total.items() if value > 1 + 0.005 * min(parts[key], 4)}
    assert over == {}


def test_shares_of_one_importer_code_and_period_have_one_basis() -> None:
    bases: dict[tuple[object, ...], set[object]] = defaultdict(set)
    for fact in facts("EXPORTS"):
        if "import_share" in fact.properties and fact.target is not None:
            key = (fact.target.key, fact.properties["code"], fact.properties["period"])
            bases[key].add(fact.properties["share_basis"])

    assert {key for key, found in bases.items() if len(found) > 1} == set()


def test_six_and_eight_digit_magnet_series_are_kept_apart() -> None:
    sources = {
        code: {
            s for fact in facts("EXPORTS") if fact.properties["code"] == code for s in fact.provenance.sources
        }
        for code in ("850511", "85051110")
    }

    assert sources["850511"]
    assert sources["85051110"]
    assert sources["850511"].isdisjoint(sources["85051110"])


def test_trade_has_one_fact_per_flow_code_and_period() -> None:
    subjects = Counter(fact.subject for fact in facts("EXPORTS"))
    counted_twice = (
        "EXPORTS",
        *_ends("CHN", "IND"),
        "85051110",
        "2025-06",
    )  # two sources differ, both are kept

    assert {subject: n for subject, n in subjects.items() if n > 1} == {counted_twice: 2}


def test_codes_and_periods_of_trade_are_written_in_the_agreed_forms() -> None:
    assert {c for f in facts("EXPORTS") if not CODE.fullmatch(c := str(f.properties["code"]))} == set()
    assert {p for f in facts("EXPORTS") if not PERIOD.fullmatch(p := str(f.properties["period"]))} == set()


def test_no_total_or_remainder_stands_as_an_exporter() -> None:
    assert {fact.source.key for fact in facts("EXPORTS")}.isdisjoint({"WLD", "EUU", "OTH", "ROW"})


def test_no_world_total_stands_as_a_producer() -> None:
    assert {str(fact.source) for fact in facts("PRODUCES")}.isdisjoint({"Country:WLD", "Country:EUU"})


def test_no_source_names_a_publisher_whose_terms_restrict_redistribution() -> None:
    text = [str(fact.properties["title"]) + str(fact.properties.get("url", "")) for fact in facts("Source")]
    notes = [fact.provenance.note for name in ("EXPORTS", "PRODUCES", "CONTAINS") for fact in facts(name)]

    assert [line for line in text + notes if "comtrade" in line.lower()] == []


def test_planned_output_is_marked_as_projection_and_never_described_later_than_published() -> None:
    planned = [fact for fact in facts("PRODUCES") if fact.properties.get("is_projection")]

    assert planned
    for fact in facts("PRODUCES"):
        assert fact.provenance.as_of <= fact.provenance.known_from
        if not fact.properties.get("is_projection"):
            assert int(str(fact.properties["year"])) <= fact.provenance.known_from.year


def test_every_row_left_out_has_a_reason_and_is_listed_once() -> None:
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    keys = [(row["table"], row["row"]) for row in rows]
    assert all(row["reason"] for row in rows)
    assert len(keys) == len(set(keys))
