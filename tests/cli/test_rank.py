"""`rank`, `compare` and `explain` as a person uses them, on the reference data."""

from __future__ import annotations

import csv
import functools
import json

import pytest

from tests.cli.worlds import invoke

PARTS = ["input", "orders_lost", "gain", "derived_orders", "price_sold", "price_bought"]
ROW = [
    *("rank", "id", "name", "kind", "exposure", "exposure_usd", "parts", "first_week", "first_stop"),
    *("output_lost", "time_to_survive", "time_to_recover", "basis"),
    *("unknown_share", "bounds", "at_ceiling", "exposure_half_ceiling", "exposure_double_ceiling"),
    *("rank_half_ceiling", "rank_double_ceiling", "confidence", "reason"),
]
PRICES = [f"price_{where}{end}" for where in ("outside", "inside") for end in ("", "_low", "_high")]
RUN = {
    *("scenario", "as_of", "facts", "horizon", "rationing", "substitution", "stop", "seed", "version"),
    *("data_edition", "coverage", "severities", "by", "order"),
}


@functools.cache
def rows_of(*args):
    result = invoke(*args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("kind", ["companies", "countries", "facilities", "end-uses", "commodities"])
def test_rank_rows_have_the_agreed_shape_and_parts_that_sum(kind):
    found = rows_of("rank", kind)
    assert set(found["run"]) >= RUN
    assert found["run"]["scenario"] == "october-2025-controls"
    assert [row["rank"] for row in found["rows"]] == list(range(1, len(found["rows"]) + 1))
    for row in found["rows"]:
        assert [key for key in row if key not in PRICES] == ROW
        assert (set(PRICES) <= set(row)) == (kind == "commodities")
        assert list(row["parts"]) == PARTS
        assert sum(row["parts"].values()) == pytest.approx(row["exposure"], rel=1e-9, abs=1e-12)
        assert row["confidence"] in {"A", "B", "C"}
        assert row["reason"]
    exposures = [row["exposure"] for row in found["rows"]]
    assert exposures == sorted(exposures)


def test_rank_without_measures_exposes_nobody():
    found = rows_of("rank", "companies", "--scenario", "no-measures", "--static")
    assert {row["exposure"] for row in found["rows"]} == {0.0}
    assert {row["exposure_usd"] for row in found["rows"]} <= {0.0, None}


def test_order_by_gain_turns_the_order_by_harm_round():
    harm, gain = (
        rows_of("rank", "end-uses", "--static", "--order", order)["rows"] for order in ("harm", "gain")
    )
    assert [row["exposure"] for row in gain] == [row["exposure"] for row in reversed(harm)]
    assert gain[0]["rank"] == 1


def test_order_by_size_puts_the_largest_amount_first():
    rows = rows_of("rank", "companies", "--static", "--by", "usd", "--order", "size")["rows"]
    amounts = [abs(row["exposure_usd"]) for row in rows if row["exposure_usd"] is not None]
    assert amounts == sorted(amounts, reverse=True)


def test_top_keeps_both_tails_and_their_ranks():
    rows = rows_of("rank", "companies", "--static", "--top", "3")["rows"]
    whole = rows_of("rank", "companies", "--static")["rows"]
    assert rows == whole[:3] + whole[-3:]


def test_table_names_scenario_date_severities_denominator_and_says_no_advice():
    text = invoke("rank", "companies", "--scenario", "april-2025", "--top", "2").stdout
    flowing = " ".join(text.split())
    assert text.startswith("april-2025: ")
    for words in (
        "mean severity over 26 weeks",
        "2025-04-04",
        "whole revenue",
        "rationing proportional",
        " more ",
    ):
        assert words in flowing
    assert text.splitlines()[-1].startswith("Model exposure, not investment advice; data to 20")
    assert text.splitlines()[-1].endswith(" %.")


def test_projects_are_marked_and_producers_are_not():
    rows = rows_of("rank", "companies")["rows"]
    basis = {row["id"]: row["basis"] for row in rows}
    assert basis["usa-rare-earth"] == "project"
    assert "project" not in basis["ford-motor"]
    text = invoke("rank", "companies", "--top", "200").stdout
    assert "USA Rare Earth [project]" in text


def test_only_keeps_the_named_and_lists_the_unmatched(tmp_path):
    path = tmp_path / "watch.txt"
    path.write_text("# mine\nFord Motor\nMP.XNYS\n20S05OYHG0MQM4VUIC57\nNo Such Firm\n", encoding="utf-8")
    result = invoke("rank", "companies", "--static", "--only", path, "--format", "json")
    found = json.loads(result.stdout)
    assert {row["id"] for row in found["rows"]} == {"ford-motor", "mp-materials"}
    assert found["run"]["unmatched"] == ["No Such Firm"]
    assert "not matched: No Such Firm" in result.stderr
    whole = {row["id"]: row["rank"] for row in rows_of("rank", "companies", "--static")["rows"]}
    assert {row["id"]: row["rank"] for row in found["rows"]}["ford-motor"] == whole["ford-motor"]


def test_only_reads_names_from_stdin_and_fails_on_an_ambiguous_one():
    result = invoke("rank", "countries", "--static", "--only", "-", input="United\n")
    assert result.exit_code == 1
    assert "ambiguous" in result.stderr
    assert invoke("rank", "countries", "--static", "--only", "-", input="Germany\njpn\n").exit_code == 0


@pytest.mark.parametrize(("limit", "code"), [("0.01", 3), ("1%", 3), ("1", 0)])
def test_fail_above_exits_with_3_when_a_row_loses_more(limit, code):
    result = invoke("rank", "end-uses", "--static", "--fail-above", limit)
    assert result.exit_code == code
    assert result.stdout
    assert ("--fail-above" in result.stderr) == (code == 3)


def test_control_prints_the_scenario_that_gives_the_same(tmp_path):
    control = invoke(
        "rank", "--control", "CHN:Dy,Tb:USA", "--severity", "0.8", "--static", "--format", "json"
    )
    path = tmp_path / "what-if.toml"
    path.write_text(control.stderr, encoding="utf-8")
    again = rows_of("rank", "--scenario", path, "--static")
    assert json.loads(control.stdout)["rows"] == again["rows"]


def test_more_severity_harms_the_harmed_more():
    mild, hard = (
        {
            row["id"]: row["exposure"]
            for row in rows_of("rank", "--control", "CHN:Dy,Tb:USA", "--severity", s, "--static")["rows"]
        }
        for s in ("0.2", "0.8")
    )
    assert hard["lockheed-martin"] < mild["lockheed-martin"] < 0


def test_header_option_starts_csv_with_comments():
    lines = invoke("rank", "end-uses", "--static", "--format", "csv", "--header").stdout.splitlines()
    comments = [line for line in lines if line.startswith("# ")]
    assert "# scenario: october-2025-controls" in comments
    assert lines[len(comments)].startswith("rank,id,name,kind,exposure,exposure_usd,parts_input,")


def test_compare_takes_the_difference_of_two_rankings():
    before, after = (
        {row["id"]: row["exposure"] for row in rows_of("rank", "companies", "--scenario", s)["rows"]}
        for s in ("october-2025-controls", "october-2025-truce")
    )
    found = rows_of("compare", "october-2025-controls", "october-2025-truce")
    for row in found["rows"]:
        assert row["before"] == pytest.approx(before[row["id"]], rel=1e-11, abs=1e-15)
        assert row["after"] == pytest.approx(after[row["id"]], rel=1e-11, abs=1e-15)
        assert row["difference"] == pytest.approx(row["after"] - row["before"], rel=1e-9, abs=1e-12)
    assert found["run"]["before"]["scenario"] == "october-2025-controls"


def test_truce_turns_the_signs_of_scarcity_names_and_buyers():
    found = rows_of("compare", "october-2025-controls", "october-2025-truce")
    difference = {row["id"]: row["difference"] for row in found["rows"]}
    assert difference["mp-materials"] < 0
    assert difference["usa-rare-earth"] < 0
    assert difference["ford-motor"] > 0


@pytest.mark.parametrize("entity", ["F", "mp-materials", "wind_turbine_pm", "DEU"])
def test_explanation_sums_to_the_exposure_and_names_facts_and_sources(entity):
    found = rows_of("explain", entity, "--static")
    whole = found["entity"]["exposure"]
    assert found["residual"] < 1e-9
    assert sum(row["exposure"] for row in found["rows"]) == pytest.approx(whole, rel=1e-9)
    assert found["paths"]
    for path in found["paths"]:
        for step in path["steps"]:
            assert set(step["facts"]) <= set(found["facts"])
    dated = [fact for fact in found["facts"].values() if "as_of" in fact]
    assert dated
    assert all(set(fact["sources"]) <= set(found["sources"]) and fact["sources"] for fact in dated)


def test_explain_text_shows_parts_flows_paths_and_sources():
    text = invoke("explain", "ford-motor", "--static").stdout
    for title in ("Parts", "Restricted flows it comes from", "Strongest paths", "Sources", "  sum "):
        assert title in text


@pytest.mark.parametrize("mode", [(), ("--static",)])
def test_priority_rationing_serves_military_uses_first(mode):
    def exposure(rationing: str) -> dict[str, float]:
        run = rows_of("rank", "end-uses", *mode, "--rationing", rationing)
        return {row["id"]: row["exposure"] for row in run["rows"]}

    shared, first = exposure("proportional"), exposure("priority")
    assert first["defence_missile"] > shared["defence_missile"]
    assert first["hybrid_traction_motor"] < shared["hybrid_traction_motor"]


def test_comparison_as_csv_holds_the_parts_of_the_difference():
    run = ("compare", "october-2025-controls", "october-2025-truce", "--top", "1")
    first = rows_of(*run)["rows"][0]
    row = next(csv.DictReader(invoke(*run, "--format", "csv").stdout.splitlines()))
    assert {part: float(row[f"parts_{part}"]) for part in PARTS} == pytest.approx(first["parts"])


@pytest.mark.parametrize("mode", [(), ("--static",)])
def test_rows_at_a_price_ceiling_are_marked_and_ranked_at_half_and_double(mode):
    rows = rows_of("rank", "commodities", *mode)["rows"]
    germanium = next(row for row in rows if row["id"] == "GE")
    assert germanium["at_ceiling"]
    assert germanium["exposure_half_ceiling"] < germanium["exposure"] < germanium["exposure_double_ceiling"]
    for ceiling in ("half", "double"):
        by_rank = sorted(rows, key=lambda row: row[f"rank_{ceiling}_ceiling"])
        exposures = [row[f"exposure_{ceiling}_ceiling"] for row in by_rank]
        assert exposures == sorted(exposures)
    free = [row for row in rows if not row["at_ceiling"]]
    assert free
    for row in free:
        assert row["exposure_double_ceiling"] == pytest.approx(row["exposure"], abs=1e-4)
    text = invoke("rank", "commodities", *mode, "--top", "2").stdout
    assert "* +" in text
    assert "* rests on a price at its assumed ceiling" in text


def test_goods_cost_more_outside_the_issuer_than_inside_within_their_ranges():
    rows = {row["id"]: row for row in rows_of("rank", "commodities", "--scenario", "april-2025")["rows"]}
    dysprosium = rows["OX_DY"]
    assert dysprosium["price_outside"] > 2 > dysprosium["price_inside"]
    for where in ("outside", "inside"):
        low, price, high = (dysprosium[f"price_{where}{end}"] for end in ("_low", "", "_high"))
        assert low < high
        assert low <= price <= high
    calm = rows["GRAPH_S"]  # no measure on it in April, and nobody short of it
    assert [calm[f"price_outside{end}"] for end in ("_low", "", "_high")] == [1, 1, 1]
    header = invoke("rank", "commodities", "--format", "csv").stdout.splitlines()[0].split(",")
    assert set(PRICES) <= set(header)
    assert not set(PRICES) & set(invoke("rank", "--format", "csv").stdout.splitlines()[0].split(","))


def test_comparison_marks_ceilings_of_either_side():
    rows = rows_of("compare", "october-2025-controls", "october-2025-truce", "--of", "commodities")["rows"]
    sides = [
        {row["id"]: row for row in rows_of("rank", "commodities", "--scenario", name)["rows"]}
        for name in ("october-2025-controls", "october-2025-truce")
    ]
    assert any(row["at_ceiling"] for row in rows)
    for row in rows:
        before, after = (side[row["id"]] for side in sides)
        assert row["at_ceiling"] == (before["at_ceiling"] or after["at_ceiling"])
        gap = after["exposure_half_ceiling"] - before["exposure_half_ceiling"]
        assert row["exposure_half_ceiling"] == pytest.approx(gap, abs=1e-11)
