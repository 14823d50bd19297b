"""`chokepoints` as a person uses it, on the reference data."""

from __future__ import annotations

import csv
import functools
import io
import json

import pytest

import chainshock
from chainshock.cli.chokepoints import REMOVALS
from chainshock.queries.chokepoints import KINDS
from tests.cli.worlds import invoke, make_store

REMOVAL = [
    *("rank", "id", "name", "kind", "loss", "loss_usd", "company_loss", "company_loss_usd"),
    *("worst_end_use", "worst_name", "worst_loss", "stops", "assumed_share"),
]


@functools.cache
def answer(*args):
    result = invoke("chokepoints", *args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("kind", ["stages", "facilities", "companies", "countries", "nodes", "edges"])
def test_removals_are_ranked_by_what_the_rest_loses(kind):
    found = answer(kind)
    assert [row["rank"] for row in found["rows"]] == list(range(1, found["run"]["removals"] + 1))
    assert all(list(row) == REMOVAL for row in found["rows"])
    losses = [row["loss"] for row in found["rows"]]
    assert losses == sorted(losses, reverse=True)
    assert 0 < losses[0] < 1
    for row in found["rows"]:
        assert row["name"]
        assert (row["worst_end_use"] is None) == (row["worst_loss"] == 0)
        assert row["worst_loss"] <= 1


@pytest.mark.parametrize("kind", ["stages", "facilities", "nodes", "edges"])
def test_ids_are_unique(kind):
    ids = [row["id"] for row in answer(kind)["rows"]]
    assert len(ids) == len(set(ids))


def test_command_offers_the_kinds_that_there_are():
    assert REMOVALS == KINDS


def test_stages_are_the_default():
    assert answer() == answer("stages")


def test_a_whole_stage_is_worth_more_than_any_of_its_producers():
    stages = {row["id"]: row["loss"] for row in answer("stages")["rows"]}
    facilities = {row["id"]: row["loss"] for row in answer("facilities")["rows"]}
    assert stages["MAG_NDFEB_S|CHN"] > facilities["jlmag"] > 0


def test_measures_of_a_scenario_are_in_force_throughout():
    plain, under = answer("facilities"), answer("facilities", "--scenario", "april-2025")
    assert under["run"]["scenario"] == "april-2025"
    assert under["run"]["severities"]
    assert not plain["run"]["severities"]
    assert {row["id"]: row["loss"] for row in plain["rows"]} != {r["id"]: r["loss"] for r in under["rows"]}


def test_without_substitutes_more_is_lost():
    with_, without = answer("facilities"), answer("facilities", "--substitution", "none")
    assert without["rows"][0]["loss"] > with_["rows"][0]["loss"]


def test_single_points_are_those_that_stop_something():
    found, stages = answer("single-points"), answer("stages")
    stopping = {row["id"] for row in stages["rows"] if row["stops"]}
    assert {row["id"] for row in found["rows"] if row["kind"] == "stage"} == stopping
    assert found["run"]["below"] == 0.5
    assert all(entry["left"] < 0.5 for row in found["rows"] for entry in row["stopped"])


def test_threshold_chooses_the_single_points():
    lenient, strict = (answer("single-points", "--below", share)["rows"] for share in ("20%", "0.95"))
    assert {row["id"] for row in lenient} < {row["id"] for row in strict}
    assert {row["kind"] for row in strict} == {"stage", "facility"}


def test_concentration_is_on_0_to_1_for_every_good_and_destination():
    rows = answer("concentration")["rows"]
    assert len({(row["good"], row["destination"]) for row in rows}) == len(rows)
    for row in rows:
        assert 0 <= row["hhi_low"] <= row["hhi_high"] <= 1
        assert sum(row["origins"].values()) + row["unknown_share"] == pytest.approx(1, abs=1e-4)
    gallium = next(row for row in rows if (row["good"], row["destination"]) == ("GA", "world"))
    assert gallium["hhi"] > 0.9  # China makes nearly all of it


def test_concentration_of_one_good_starts_with_the_world():
    rows = answer("concentration", "--good", "Dysprosium oxide")["rows"]
    assert {row["good"] for row in rows} == {"OX_DY"}
    assert rows[0]["destination"] == "world"


def test_table_of_concentration_shows_the_world_by_good():
    shown = invoke("chokepoints", "concentration", "--top", "3")
    assert shown.stdout.count(" world ") == 3
    assert "… 31 more …" in shown.stdout


def test_cut_names_members_and_facts_and_what_they_stop():
    found = answer("cut", "--from", "China", "--to", "ev_traction_motor", "--in", "DEU")
    run, rows = found["run"], found["rows"]
    assert (run["from"], run["to"], run["in"]) == ("CHN", "ev_traction_motor", "DEU")
    assert sum(row["share"] for row in rows) == pytest.approx(run["share"])
    assert sum(sum(c.values()) for c in run["stages"].values()) == pytest.approx(run["share"])
    assert 0 < run["loss"] <= 1
    assert rows[0]["facts"]
    assert {key for row in rows for key in row["facts"]} == set(found["facts"])


def test_cut_is_meant_where_only_its_ends_are_given():
    ends = ("--from", "MMR", "--to", "wind_turbine_pm")
    assert answer(*ends) == answer("cut", *ends)


def test_cut_where_nothing_passes_says_so():
    shown = invoke("chokepoints", "cut", "--from", "TUR", "--to", "fluid_cracking_catalyst_la_ce")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.startswith("Nothing made in TUR reaches")


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["cut", "--from", "Atlantis", "--to", "smartphone"], 1, "unknown country: found 'Atlantis'"),
        (["cut", "--from", "CHN", "--to", "smartfones"], 1, "unknown end use: found 'smartfones', expected"),
        (["cut", "--from", "CHN", "--to", "defence"], 1, "ambiguous end use: 'defence' matches"),
        (
            ["cut", "--from", "CHN", "--to", "smartphone", "--in", "MMR"],
            1,
            "found nobody who makes smartphone",
        ),
        (
            ["concentration", "--good", "Terbium"],
            1,
            "ambiguous commodity: 'Terbium' matches Commodity:MET_TB",
        ),
        (["stages", "--scenario", "nope"], 1, "nope"),
        (["cut", "--from", "CHN"], 2, "cut needs --from COUNTRY and --to END-USE"),
        (["stages", "--good", "GA"], 2, "--good goes with concentration, supply-risk; found stages"),
        (["concentration", "--below", "0.5"], 2, "--below goes with stages"),
        (["ports"], 2, "'ports' is not one of"),
        (["--below", "1.5"], 2, "expected a share from 0 to 1"),
        (["--empty"], 1, "found --empty without --store"),
    ],
)
def test_what_cannot_be_answered_is_refused(args, code, message):
    result = invoke("chokepoints", *args)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("what", ["stages", "facilities", "edges", "single-points", "concentration"])
def test_store_of_little_data_is_answered(what, tmp_path):
    store = make_store(tmp_path)
    result = invoke(
        "chokepoints", what, "--store", store, "--empty", "--as-of", "2025-06-30", "--format", "csv"
    )
    assert result.exit_code == 0, result.stderr
    assert len(list(csv.reader(io.StringIO(result.stdout)))) >= 1


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("stages", "without stages"),
        ("single-points", "no end use falls so far"),
        ("concentration", "name nobody"),
    ],
)
def test_empty_answer_says_why(what, text, tmp_path):
    store = make_store(tmp_path)
    shown = invoke("chokepoints", what, "--store", store, "--empty", "--as-of", "2025-06-30")
    assert shown.exit_code == 0, shown.stderr
    assert text in " ".join(shown.stdout.split())


def test_python_answers_what_the_command_line_answers():
    found = chainshock.reference().chokepoints().remove("facilities")
    assert [row["id"] for row in found.to_dicts()] == [row["id"] for row in answer("facilities")["rows"]]
    assert found.to_polars().height == len(found.rows)
