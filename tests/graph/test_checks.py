"""Each rule finds what it is for in a small world that is otherwise in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from chainshock.errors import UnknownName
from chainshock.graph.checks import CHECKS, Finding, run_checks
from chainshock.graph.checks.base import find_cycle
from chainshock.graph.checks.codes import is_cas, is_hs
from chainshock.graph.checks.quantities import check_named_parameters, check_parameters
from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.parameters import Parameter, Parameters
from chainshock.graph.records import parse_row

PROVENANCE = {"sources": "usgs", "as_of": "2024-12-31", "known_from": "2025-01-31", "confidence": "A"}


def fact(kind: str, /, **cells: str) -> Fact:
    return parse_row(kind, {**PROVENANCE, **cells}, path=kind, line=1)


def world() -> dict[str, Fact]:
    """Two countries, a good in oxide and magnet, a company and an end use, in order."""
    return {
        "source": fact("Source", id="usgs", title="USGS"),
        "CHN": fact("Country", iso3="CHN", name="China"),
        "USA": fact("Country", iso3="USA", name="United States"),
        "Dy": fact("Element", symbol="Dy", name="dysprosium", **{"class": "heavy-rare-earth"}),
        "oxide": fact(
            "Commodity",
            id="OX_DY",
            name="Dy oxide",
            stage="oxide",
            unit="t",
            elements="Dy",
            cas="1308-87-8",
            hs_codes="284690",
        ),
        "magnet": fact(
            "Commodity",
            id="MAG",
            name="magnets",
            stage="magnet",
            unit="t",
            hs_codes="850511",
            trade_code="850511",
        ),
        "use": fact(
            "EndUse", id="motor", name="Motors", sector="automotive", buyer_class="civil", unit="unit"
        ),
        "firm": fact(
            "Company",
            id="acme",
            name="Acme",
            is_listed="true",
            isin="US0378331005",
            lei="HWUPKR0MPOU8FGXBT394",
        ),
        "owner": fact("Company", id="fund", name="Fund", is_listed="false"),
        "requires": fact(
            "REQUIRES",
            source="Commodity:MAG",
            target="OX_DY",
            unit="t/t",
            kappa_parameter="kappa.component.magnet",
            amount="0.02",
            amount_low="0.01",
            amount_high="0.03",
        ),
        "makes": fact(
            "PRODUCES",
            source="Country:CHN",
            target="Commodity:MAG",
            year="2024",
            basis="output",
            output="100",
            unit="t",
            share="0.6",
        ),
        "exports": fact(
            "EXPORTS", source="CHN", target="USA", code="850511", period="2024", import_share="0.7"
        ),
        "serves": fact(
            "SERVES", source="acme", target="motor", country="CHN", revenue_share="0.8", country_share="0.6"
        ),
        "owns": fact("OWNS", source="fund", target="Company:acme", status="active", stake="0.4"),
        "price": fact(
            "PRICED_IN",
            source="OX_DY",
            target="CHN",
            period="2024",
            market="FOB",
            price_low="200",
            price_high="300",
            unit="USD/kg",
        ),
        "measure": fact(
            "Measure",
            id="m18",
            title="No. 18",
            kind="licence",
            announced="2025-04-04",
            effective="2025-04-04",
            known_from="2025-04-04",
            destinations="all",
            is_modelled="true",
        ),
    }


def findings(*more: Fact, without: str = "", only: str) -> list[Finding]:
    facts = {**world()}
    facts.pop(without, None)
    return run_checks(KnowledgeGraph([*facts.values(), *more]), only=[only])


def test_world_in_order_has_no_findings() -> None:
    assert run_checks(KnowledgeGraph(world().values()), only=[c for c in CHECKS if c != "parameters"]) == []


CASES: dict[str, tuple[str, Callable[[], list[Fact]], str]] = {
    "relationship to a node that is not there": (
        "endpoints",
        lambda: [fact("EXPORTS", source="CHN", target="DEU", code="850511", period="2024")],
        "no Country:DEU",
    ),
    "country of a segment that is not there": (
        "named-nodes",
        lambda: [fact("SERVES", source="acme", target="motor", country="XXX")],
        "no Country:XXX",
    ),
    "source that is not there": (
        "sources",
        lambda: [fact("Country", iso3="DEU", name="Germany", sources="rumour")],
        "source 'rumour'",
    ),
    "good that takes itself": (
        "requires-cycles",
        lambda: [
            fact(
                "REQUIRES",
                source="Commodity:OX_DY",
                target="MAG",
                unit="t/t",
                kappa_parameter="kappa.component.magnet",
            )
        ],
        "requires",
    ),
    "company that owns its owner": (
        "owner-cycles",
        lambda: [fact("OWNS", source="acme", target="Company:fund", status="agreed")],
        "owns",
    ),
    "countries that make more than the world": (
        "national-shares",
        lambda: [
            fact(
                "PRODUCES",
                source="Country:USA",
                target="Commodity:MAG",
                year="2024",
                basis="output",
                share="0.5",
            )
        ],
        "sum to 1.100",
    ),
    "a figure withheld": (
        "withheld",
        lambda: [
            fact(
                "PRODUCES",
                source="Country:USA",
                target="Commodity:MAG",
                year="2025",
                basis="output",
                qualifier="withheld",
            )
        ],
        "a figure withheld",
    ),
    "partners that sell more than is imported": (
        "import-shares",
        lambda: [
            fact("EXPORTS", source="USA", target="USA", code="850511", period="2024", import_share="0.4")
        ],
        "sum to 1.100",
    ),
    "segments with more revenue than the company": (
        "revenue-shares",
        lambda: [
            fact("EndUse", id="disk", name="Disks", sector="electronics", buyer_class="civil", unit="unit"),
            fact("SERVES", source="acme", target="disk", country="CHN", revenue_share_low="0.3"),
        ],
        "sum to 1.100",
    ),
    "goods and end uses with more revenue than the company": (
        "revenue-shares",
        lambda: [
            fact(
                "PRODUCES",
                source="Company:acme",
                target="Commodity:MAG",
                year="2024",
                basis="segment",
                revenue_share="0.3",
            )
        ],
        "sum to 1.100",
    ),
    "countries that make more than a segment": (
        "segment-countries",
        lambda: [
            fact(
                "SERVES",
                source="acme",
                target="motor",
                country="USA",
                revenue_share="0.8",
                country_share="0.5",
            )
        ],
        "sum to 1.100",
    ),
    "wrong ISIN": (
        "check-digits",
        lambda: [fact("Company", id="x", name="X", is_listed="true", isin="US0378331006")],
        "isin 'US0378331006'",
    ),
    "wrong LEI": (
        "check-digits",
        lambda: [fact("Company", id="x", name="X", is_listed="true", lei="HWUPKR0MPOU8FGXBT395")],
        "lei 'HWUPKR0MPOU8FGXBT395'",
    ),
    "wrong CAS number": (
        "cas",
        lambda: [fact("Commodity", id="x", name="X", stage="oxide", unit="t", cas="1308-87-9")],
        "CAS '1308-87-9'",
    ),
    "HS code of a good with five digits": (
        "hs-codes",
        lambda: [fact("Commodity", id="x", name="X", stage="oxide", unit="t", hs_codes="85051")],
        "HS code '85051'",
    ),
    "HS code of trade with letters": (
        "hs-codes",
        lambda: [fact("EXPORTS", source="CHN", target="USA", code="2846-DY", period="2024")],
        "HS code '2846-DY'",
    ),
    "good of two levels": (
        "hs-levels",
        lambda: [fact("Commodity", id="x", name="X", stage="magnet", unit="t", hs_codes="850511;85051110")],
        "HS 850511 and 85051110",
    ),
    "trade of two levels": (
        "hs-levels",
        lambda: [fact("EXPORTS", source="CHN", target="USA", code="85051110", period="2024")],
        "HS 850511 and 85051110",
    ),
    "measure in effect before it is announced": (
        "measure-dates",
        lambda: [
            fact(
                "Measure",
                id="x",
                title="X",
                kind="ban",
                announced="2025-04-04",
                effective="2025-04-03",
                destinations="all",
                is_modelled="false",
            )
        ],
        "effective 2025-04-03 before announced 2025-04-04",
    ),
    "suspension that ends before it begins": (
        "measure-dates",
        lambda: [
            fact(
                "Measure",
                id="x",
                title="X",
                kind="ban",
                announced="2025-04-04",
                suspended_from="2025-12-01",
                suspended_to="2025-11-01",
                destinations="all",
                is_modelled="false",
            )
        ],
        "suspended_to 2025-11-01 before suspended_from",
    ),
    "fact public before the date it describes": (
        "publication-dates",
        lambda: [fact("Country", iso3="DEU", name="Germany", as_of="2025-12-31")],
        "as_of 2025-12-31 after known_from 2025-01-31",
    ),
    "relationship public before its end is described": (
        "known-ends",
        lambda: [
            fact("OWNS", source="fund", target="Company:acme", status="active", known_from="2020-01-31"),
        ],
        "Company acme (from 2025-01-31)",
    ),
    "vintages far apart": (
        "vintages",
        lambda: [
            fact(
                "PRODUCES",
                source="Country:CHN",
                target="Commodity:MAG",
                year="2024",
                basis="output",
                output="201",
                share="0.6",
                known_from="2026-01-31",
            )
        ],
        "output 201 (usgs, 2026-01-31) against 100 (usgs, 2025-01-31)",
    ),
    "output in another unit than its good": (
        "units",
        lambda: [
            fact(
                "PRODUCES",
                source="Country:CHN",
                target="Commodity:MAG",
                year="2023",
                basis="output",
                unit="barrel",
            )
        ],
        "unit 'barrel'",
    ),
    "recipe in other units than its goods": (
        "units",
        lambda: [
            fact(
                "REQUIRES",
                source="EndUse:motor",
                target="MAG",
                unit="kg/MW",
                kappa_parameter="kappa.component.magnet",
            )
        ],
        "unit 'kg/MW'",
    ),
    "price per lump": (
        "units",
        lambda: [fact("PRICED_IN", source="MAG", target="CHN", period="2024", market="x", unit="USD/lump")],
        "unit 'USD/lump'",
    ),
    "range upside down": (
        "ranges",
        lambda: [fact("CONTAINS", source="MAG", target="Dy", mass_fraction="0.02", low="0.03", high="0.01")],
        "low 0.03 above mass_fraction 0.02",
    ),
    "price range upside down": (
        "ranges",
        lambda: [
            fact(
                "PRICED_IN",
                source="MAG",
                target="CHN",
                period="2024",
                market="x",
                unit="USD/kg",
                price_low="3",
                price_high="2",
            )
        ],
        "price_low 3 above price_high 2",
    ),
    "parameter that is not there": (
        "named-parameters",
        lambda: [
            fact("REQUIRES", source="EndUse:motor", target="MAG", unit="kg/unit", kappa_parameter="nothing")
        ],
        "kappa_parameter 'nothing'",
    ),
}


@pytest.mark.parametrize(("check", "more", "found"), CASES.values(), ids=list(CASES))
def test_check_finds(check: str, more: Callable[[], list[Fact]], found: str) -> None:
    results = findings(*more(), only=check)
    assert results
    assert results[0].check == check
    assert found in results[0].found


def test_every_check_but_that_of_the_parameter_file_has_a_case() -> None:
    assert {case[0] for case in CASES.values()} == set(CHECKS) - {"parameters"}


def test_vintages_finding_names_both_facts() -> None:
    old = world()["makes"]
    new = replace(old, properties={**old.properties, "output": 20.0}, origin="mine")
    [finding] = findings(new, only="vintages")
    assert set(finding.facts) == {old.id, new.id}


def test_newer_vintage_of_a_share_replaces_the_older_in_the_sum() -> None:
    newer = fact(
        "PRODUCES",
        source="Country:CHN",
        target="Commodity:MAG",
        year="2024",
        basis="output",
        share="0.9",
        known_from="2026-01-31",
    )
    assert findings(newer, only="national-shares") == []


def test_aggregates_are_not_added_to_their_members() -> None:
    world_total = fact(
        "PRODUCES", source="Country:WLD", target="Commodity:MAG", year="2024", basis="output", share="1"
    )
    assert findings(world_total, only="national-shares") == []


def test_strict_turns_warnings_of_a_check_into_errors() -> None:
    knowledge = KnowledgeGraph([*world().values(), *CASES["vintages far apart"][1]()])
    assert [f.severity for f in run_checks(knowledge, only=["vintages"])] == ["warning"]
    assert [f.severity for f in run_checks(knowledge, only=["vintages"], strict=["vintages"])] == ["error"]
    assert [f.severity for f in run_checks(knowledge, only=["vintages"], strict=["all"])] == ["error"]


def test_unknown_check_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="unknown check: found 'chek'"):
        run_checks(KnowledgeGraph([]), strict=["chek"])


def test_parameter_whose_default_lies_outside_its_range_is_an_error() -> None:
    bad = Parameters({"a": Parameter("a", "x", 2.0, 0.0, 1.0, "share", "guess", "nobody", "C")})
    assert [f.found for f in check_parameters(KnowledgeGraph([]), bad)] == ["low 0, default 2, high 1"]
    assert [f.subject for f in check_named_parameters(KnowledgeGraph(world().values()), bad)] == [
        "Commodity:MAG REQUIRES Commodity:OX_DY"
    ]


def test_shipped_parameters_are_in_order() -> None:
    assert check_parameters(KnowledgeGraph([])) == []


@pytest.mark.parametrize("code", ["7440-03-1", "1308-87-8", "12036-44-1"])
def test_cas_number_with_right_check_digit(code: str) -> None:
    assert is_cas(code)


@pytest.mark.parametrize("code", ["7440-03-2", "7440031", "07440-03-1", "٧440-03-1", ""])
def test_cas_number_with_wrong_check_digit_or_form(code: str) -> None:
    assert not is_cas(code)


def test_hs_code_has_an_even_count_of_ascii_digits() -> None:
    assert all(map(is_hs, ["28", "2846", "850511", "85051110", "8505111000"]))
    assert not any(map(is_hs, ["", "8505.11", "85051", "８５０５", "850511100011"]))


def test_cycle_is_found_only_where_there_is_one() -> None:
    assert find_cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"]}) is None
    assert find_cycle({"a": ["a"]}) == ["a", "a"]
    chain = {number: [number + 1] for number in range(50_000)}
    assert find_cycle(chain) is None


def test_finding_reads_as_one_sentence() -> None:
    finding = Finding("cas", "error", "Commodity:X", "CAS '1'", "a CAS number")
    assert str(finding) == "error: Commodity:X: found CAS '1', expected a CAS number [cas]"


def test_measure_date_is_a_date() -> None:
    assert world()["measure"].properties["announced"] == date(2025, 4, 4)
