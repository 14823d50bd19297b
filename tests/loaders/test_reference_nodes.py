"""Spot facts of the shipped countries, companies, plants and measures, each traced to its source."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.loaders.reference import reference_facts

LEFT_OUT = Path(__file__).parents[2] / "docs" / "reference" / "left_out_nodes.csv"

CHINA = {
    f"CN-{number}"
    for number in (
        *("2010-QUOTA", "2010-JPN", "2015-TAX", "2020-ECL", "2023-23", "2023-39", "2023-1107", "2023-TECH"),
        *("2024-REG", "2024-33", "2024-DUAL", "2024-46-1", "2024-46-2", "2025-10", "2025-18", "2025-UEL-1"),
        *(
            "2025-QUOTA",
            "2025-55",
            "2025-56",
            "2025-57",
            "2025-58",
            "2025-61",
            "2025-62",
            "2025-70",
            "2025-72",
        ),
        *("2025-GENLIC", "2026-AG", "2026-1", "2026-1b"),
    )
}
OTHERS = {
    *("US-2024-301", "US-2024-DFARS", "US-2025-RECIP", "US-2025-232", "US-2025-50", "US-2025-100"),
    *("US-2025-MPDOD", "US-2025-AUS", "US-2026-232", "US-2026-VAULT", "US-2026-BLOC", "EU-2024-CRMA"),
    *("TRUCE-2025-GVA", "TRUCE-2025-LDN", "TRUCE-2025-STO", "TRUCE-2025-BUS", "JP-2010-PKG", "JP-2020-STOCK"),
    *("MY-2024-BAN", "MM-2024-KIA"),
}
SEVEN = {"Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y"}


@cache
def knowledge() -> KnowledgeGraph:
    return KnowledgeGraph(reference_facts())


def facts(name: str) -> list[Fact]:
    return [fact for fact in reference_facts() if fact.name == name]


def node(label: str, key: str) -> list[Fact]:
    """Vintages of one node, newest first."""
    return knowledge().vintages((label, NodeRef(label, key)))


def edges(name: str, source: str, target: str | None = None) -> list[Fact]:
    return [
        fact
        for fact in facts(name)
        if fact.source.key == source
        and (target is None or (fact.target is not None and fact.target.key == target))
    ]


def goods(measure: str) -> set[str]:
    """Goods in scope, without those held up by practice alone."""
    return {
        f.target.key for f in edges("RESTRICTS", measure) if f.target and not f.properties.get("collateral")
    }


# ---------------------------------------------------------------- companies


def test_mp_materials_has_both_fiscal_years_as_two_vintages() -> None:
    newest, older = node("Company", "mp-materials")
    assert (newest.properties["revenue"], newest.properties["fiscal_year"]) == (224.4, 2025)
    assert newest.provenance.known_from == date(2026, 2, 27)  # release of the fourth quarter of 2025
    assert (older.properties["revenue"], older.properties["fiscal_year"]) == (204.0, 2024)  # 10-K 2024


def test_korean_revenues_are_in_millions_like_all_others() -> None:
    newest, older = node("Company", "hyundai-motor")
    assert older.properties["revenue"] == 175_231_000  # KRW 175,231 bn
    assert newest.properties["revenue"] == 186_254_500
    assert newest.properties["currency"] == "KRW"


@pytest.mark.parametrize(
    ("company", "main", "other"),
    [("byd", "1211", "002594.XSHE"), ("jl-mag-rare-earth", "300748", "6680.XHKG")],
)
def test_dual_listing_is_one_issuer(company: str, main: str, other: str) -> None:
    (fact,) = node("Company", company)
    assert fact.properties["ticker"] == main
    assert fact.properties["other_listings"] == (other,)
    assert not [f for f in facts("Company") if f.source.key.startswith(company + "-")]


def test_hitachi_stands_without_astemo_which_goes_to_honda() -> None:
    assert node("Company", "hitachi")[0].properties["revenue"] == 9_783_370  # JPY m, the group
    assert node("Company", "astemo")[0].properties["revenue"] == 2_186_537
    held = {f.properties["status"]: f.properties["stake"] for f in edges("OWNS", "honda-motor", "astemo")}
    assert held == {"active": 0.4, "agreed": 0.61}


def test_goldwind_holds_less_than_five_percent_of_jl_mag() -> None:
    (fact,) = edges("OWNS", "goldwind-investment-holding", "jl-mag-rare-earth")
    assert fact.properties["stake"] == pytest.approx(0.04999989)


def test_revenue_shares_of_a_company_sum_to_at_most_one() -> None:
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for fact in facts("SERVES") + facts("PRODUCES"):
        share = fact.properties.get("revenue_share")
        if share is not None and fact.target is not None:
            shares[fact.source.key][fact.target.key] = float(str(share))
    assert len(shares) > 100
    assert {key: sum(s.values()) for key, s in shares.items() if sum(s.values()) > 1 + 1e-9} == {}


def test_production_countries_of_a_segment_sum_to_at_most_one() -> None:
    total: dict[tuple[str, str], float] = defaultdict(float)
    for fact in facts("SERVES"):
        assert fact.target is not None
        total[fact.source.key, fact.target.key] += float(str(fact.properties["country_share"]))
    assert max(total.values()) <= 1 + 1e-5
    assert total["rtx", "defence_missile"] == pytest.approx(0.95)  # the rest is not placed


def test_countries_without_a_figure_share_the_rest_equally_and_weakly() -> None:
    shares = {f.properties["country"]: f for f in edges("SERVES", "tesla", "ev_traction_motor")}
    assert {c: f.properties["country_share"] for c, f in shares.items()} == {
        "CHN": 0.51,
        "USA": 0.36,
        "DEU": 0.13,
    }
    slovakia = next(
        f for f in edges("SERVES", "kia", "ev_traction_motor") if f.properties["country"] == "SVK"
    )
    assert slovakia.properties["country_share"] == pytest.approx(0.24)
    assert slovakia.provenance.confidence == "C"
    assert "equal split assumed" in slovakia.provenance.note


def test_producers_of_magnets_make_goods_and_serve_no_end_use_of_their_own() -> None:
    (fact,) = edges("PRODUCES", "jl-mag-rare-earth", "MAG_NDFEB")
    assert (fact.properties["basis"], fact.properties["revenue_share"]) == ("segment", 0.95)
    assert edges("PRODUCES", "china-rare-earth-resources-technology", "OX_DY")
    assert not {f.target.key for f in facts("SERVES") if f.target} & {
        "magnet_ndfeb",
        "mine_ree",
        "separation_ree",
    }


# ---------------------------------------------------------------- plants


def test_mountain_pass_mined_what_the_survey_reports() -> None:
    (fact,) = [f for f in edges("PRODUCES", "mtnpass") if f.properties["year"] == 2024]
    assert (fact.properties["output"], fact.properties["basis"]) == (45_500.0, "output")
    assert fact.target == NodeRef("Commodity", "RE_ORE")


def test_capacity_in_blanks_is_turned_into_finished_magnets() -> None:
    """JL MAG made 21,579 t of finished magnets of 29,300 t of blanks in 2024 (annual report)."""
    made = {f.properties["year"]: f for f in edges("PRODUCES", "jlmag")}
    assert (made[2024].properties["output"], made[2024].properties["basis"]) == (21_579.0, "output")
    assert made[2027].properties["output"] == pytest.approx(60_000 * 21_579 / 29_300, abs=0.1)
    assert made[2027].properties["is_projection"] is True


def test_country_totals_are_never_the_output_of_a_plant() -> None:
    for plant in ("pangwa", "lovo", "irel", "chalco"):
        (fact,) = node("Facility", plant)
        assert "capacity" not in fact.properties
        mined = [f for f in edges("PRODUCES", plant) if f.target == NodeRef("Commodity", "RE_ORE")]
        assert mined == []


def test_planned_plants_are_projections() -> None:
    (fact,) = edges("PRODUCES", "mp10x")
    assert (fact.properties["year"], fact.properties["is_projection"]) == (2028, True)
    building = {"construction", "development", "planned", "commissioning"}
    status = {f.source.key: f.properties["status"] for f in facts("Facility")}
    for fact in facts("PRODUCES"):
        if fact.source.label == "Facility" and status[fact.source.key] in building:
            assert fact.properties.get("is_projection") is True, fact.source


# ---------------------------------------------------------------- measures


def test_every_measure_collected_is_present_once_per_vintage() -> None:
    assert {f.source.key for f in facts("Measure")} == CHINA | OTHERS
    assert max(Counter(f.source.key for f in facts("Measure")).values()) == 2


def test_measures_have_an_issuer_and_a_reason_where_they_are_not_modelled() -> None:
    for fact in facts("Measure"):
        assert edges("IMPOSED_BY", fact.source.key)
        assert fact.properties["is_modelled"] is not bool(fact.properties.get("not_modelled_reason"))
        if fact.properties["is_modelled"]:
            assert goods(fact.source.key)


def test_announcement_18_covers_seven_elements_and_holds_up_one_more_good() -> None:
    (fact,) = node("Measure", "CN-2025-18")
    assert set(fact.properties["elements"]) == SEVEN  # type: ignore[arg-type]
    assert fact.properties["effective"] == date(2025, 4, 4)
    assert "suspended_from" not in fact.properties  # No. 70 does not touch it
    assert {"OX_DY", "OX_TB", "MET_SM", "ALLOY_SMCO", "MAG_SMCO", "MAG_NDFEB_S", "TARGET_HREE"} <= goods(
        "CN-2025-18"
    )
    assert not {"OX_NDPR", "MET_NDPR", "MAG_NDFEB_L", "MAG_NDFEB"} & goods("CN-2025-18")
    (held_up,) = [f for f in edges("RESTRICTS", "CN-2025-18") if f.properties.get("collateral")]
    assert held_up.target == NodeRef("Commodity", "MAG_NDFEB_L")


@pytest.mark.parametrize("number", [55, 56, 57, 58, 61, 62])
def test_suspension_70_is_known_only_from_its_announcement(number: int) -> None:
    newest, older = node("Measure", f"CN-2025-{number}")
    assert older.provenance.known_from == date(2025, 10, 9)
    assert "suspended_from" not in older.properties
    assert newest.provenance.known_from == date(2025, 11, 7)
    assert newest.properties["suspended_from"] == date(2025, 11, 7)
    assert newest.properties["suspended_to"] == date(2026, 11, 10)


def test_announcement_72_suspends_article_2_alone() -> None:
    (military,) = node("Measure", "CN-2024-46-1")
    assert military.properties["buyers"] == ("military",)
    assert "suspended_from" not in military.properties
    everyone = node("Measure", "CN-2024-46-2")[0]
    assert "buyers" not in everyone.properties
    assert everyone.properties["suspended_from"] == date(2025, 11, 9)
    assert everyone.properties["suspended_to"] == date(2026, 11, 27)
    assert goods("CN-2024-46-2") == {"GA", "GE", "SB"}
    assert {f.properties["destinations"] for f in (military, everyone)} == {"USA"}


def test_article_1_reaches_a_good_only_from_its_listing() -> None:
    since = {f.target.key: f.provenance.valid_from for f in edges("RESTRICTS", "CN-2024-46-1") if f.target}
    assert since["GA"] is None
    assert since["W"] == date(2025, 2, 4)
    assert since["OX_DY"] == date(2025, 4, 4)


def test_announcement_61_is_a_content_rule_on_the_goods_of_announcement_18() -> None:
    fact = node("Measure", "CN-2025-61")[0]
    assert fact.properties["kind"] == "content-rule"
    assert (fact.properties["content_rule"], fact.properties["ownership_rule"]) == (0.001, 0.5)
    assert goods("CN-2025-61") == goods("CN-2025-18")


def test_stoppage_of_2010_reaches_raw_forms_to_japan_and_no_magnets() -> None:
    fact = node("Measure", "CN-2010-JPN")[0]
    assert fact.properties["destinations"] == "JPN"
    assert {"OX_DY", "OX_NDPR", "MET_NDPR"} <= goods("CN-2010-JPN")
    assert not [good for good in goods("CN-2010-JPN") if good.startswith("MAG_")]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("CN-2023-23", {"GA", "GE"}),
        ("CN-2023-39", {"GRAPH_N", "GRAPH_S"}),
        ("CN-2025-10", {"W", "TE", "BI", "MO", "IN"}),
        ("CN-2025-57", {"OX_HO", "OX_ER", "OX_TM", "OX_EU", "OX_YB"}),
    ],
)
def test_licence_measure_reaches_its_goods(measure: str, expected: set[str]) -> None:
    assert goods(measure) == expected
    assert node("Measure", measure)[0].properties["kind"] == "licence"


# ---------------------------------------------------------------- stocks, prices, licences, what is left out


def test_no_stock_restates_a_stoppage() -> None:
    """Suzuki (52 days to the halt) and Ford's Chicago plant (6 to 7 weeks) are outcomes, never cover."""
    held = facts("HOLDS_STOCK")
    assert not edges("HOLDS_STOCK", "suzuki-motor")
    assert not [
        f for f in held if "Suzuki" in str(f.properties.get("holder")) or "implied" in f.provenance.note
    ]
    (ford,) = edges("HOLDS_STOCK", "ford-motor")
    assert (ford.properties["weeks_low"], ford.properties["weeks_high"]) == (0.0, 1.0)  # "hand to mouth"
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        outcomes = [row for row in csv.DictReader(file) if row["reason"].startswith("outcome")]
    assert {(row["table"], row["row"]) for row in outcomes} >= {("inventories", "10"), ("inventories", "11")}


def test_dysprosium_has_two_prices_after_the_controls() -> None:
    prices = {(f.target.key, f.properties["period"]): f for f in edges("PRICED_IN", "OX_DY") if f.target}
    europe, china = prices["EUU", "2025-05-06"], prices["CHN", "2025"]
    assert (europe.properties["price_low"], europe.properties["price_high"]) == (700.0, 1000.0)
    assert china.properties["price_high"] == 224.0


def test_approval_rates_keep_their_denominators() -> None:
    rates = {
        f.properties["date"]: f
        for f in edges("LICENSES", "CN-2025-18", "EUU")
        if f.properties["event"] == "approval rate"
    }
    assert rates["2025-06-04"].properties["value"] == 25.0
    assert rates["2025-06-28"].properties["value"] == 60.0
    assert "19 of 141" in str(rates["2025-09-24"].properties["outcome"])


def test_no_source_is_one_whose_terms_forbid_redistribution() -> None:
    titles = [str(f.properties["title"]).casefold() for f in facts("Source")]
    assert not [title for title in titles if "comtrade" in title]


def test_rows_left_out_name_their_reason() -> None:
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 90
    assert all(row["table"] and row["row"].isdigit() and row["reason"] for row in rows)
