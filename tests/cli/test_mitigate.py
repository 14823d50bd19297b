"""`mitigate` as a person uses it, on the reference data and on the invented firm of the tutorial."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

import chainshock
from chainshock.queries.mitigation.moves import KINDS
from tests.cli.worlds import invoke

FIRM = Path(__file__).parents[2] / "docs" / "tutorial" / "my-own-firm"
TABLES = ("bill-of-materials", "facilities", "suppliers", "stocks")
COSTS = "move,good,currency,fixed_cost,unit_cost\nstock,,EUR,5000,90000\ngrade,MAG_NDFEB_S,EUR,400000,0\n"


def as_json(*args):
    result = invoke("mitigate", *args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout, parse_constant=pytest.fail)


@pytest.fixture(scope="module")
def alder(tmp_path_factory):
    """A store with the invented firm of the tutorial."""
    folder = tmp_path_factory.mktemp("firm")
    shutil.copytree(FIRM, folder / "tables")
    store = str(folder / "alder.db")
    for name in TABLES:
        table = folder / "tables" / name
        result = invoke("load", "tabular", f"{table}.csv", "--map", f"{table}.toml", "--store", store)
        assert result.exit_code == 0, result.stderr
    return store


@pytest.fixture(scope="module")
def ford():
    return as_json("--for", "ford-motor", "--budget", "12 weeks of stock")


def test_ford_plan_is_within_its_weeks_and_avoids_what_it_says(ford):
    run = ford["run"]
    assert ford["plan"][-1]["spent"] <= 12.0 + 1e-9
    assert run["avoided"] == pytest.approx(run["loss"] - run["loss_left"])
    assert run["avoided_share"] >= ford["rows"][0]["avoided_share"] - 1e-3
    shares = [step["avoided_share"] for step in ford["plan"]]
    assert shares == sorted(shares)


def test_loss_without_moves_is_the_lost_output_of_a_ranking(ford):
    row = next(
        row
        for row in chainshock.reference().shock("october-2025-controls").rank(extras=()).rows
        if row.id == "ford-motor"
    )
    assert ford["run"]["loss"] == pytest.approx(row.timing.output_lost, abs=1e-9)


def test_loss_with_the_plan_is_that_of_a_run_in_which_the_stock_is_there(ford):
    stocked = [row["good"] for row in ford["rows"] if row["planned"]]
    assert stocked == ["MAG_NDFEB_S"]  # what the plan is about
    assert ford["run"]["loss_left"] < 1e-3


def test_every_move_says_what_it_rests_on_and_why_it_is_worth_nothing(ford):
    for row in ford["rows"]:
        assert row["rests_on"]
        assert set(row["rests_on"]) <= set(ford["facts"])
        assert (row["avoided"] == 0.0) == bool(row["why"])
        assert row["avoided"] >= 0.0
    assumed = [fact for key, fact in ford["facts"].items() if key.startswith("parameter:")]
    assert assumed
    assert all(fact["stands_in"] == "graph/parameters.csv" and " to " in fact["text"] for fact in assumed)
    facts = [fact for key, fact in ford["facts"].items() if not key.startswith("parameter:")]
    assert facts
    assert all(fact["sources"] for fact in facts)


def test_times_to_survive_are_those_of_a_ranking_taken_together(ford):
    every = next(row for row in ford["inputs"] if row["good"] == "")
    parts = [row["survive"] for row in ford["inputs"] if row["good"] and row["survive"] is not None]
    assert every["survive"] <= min(parts)
    shock = chainshock.reference().shock("october-2025-controls")
    row = next(row for row in shock.rank(extras=("survive",)).rows if row.id == "ford-motor")
    assert every["survive"] == row.timing.time_to_survive


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
def test_table_fits_and_names_what_is_not_counted(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    result = invoke("mitigate", "--for", "wind_turbine_pm", "--budget", "500 t a year", "--head-start", "78")
    assert result.exit_code == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= width
    for words in ("Each move alone", "The plan", "time to survive", "Not counted", "What they rest on"):
        assert words in " ".join(result.stdout.split())


@pytest.mark.slow
def test_tonnes_buy_sources_plants_and_recycling_within_the_budget():
    found = as_json("--for", "wind_turbine_pm", "--budget", "500 t a year", "--head-start", "78")
    assert {row["kind"] for row in found["rows"]} == {"second-source", "plant", "recycling"}
    assert all(row["amount"] <= 500.0 + 1e-9 for row in found["rows"])
    assert sum(row["planned"] for row in found["rows"]) <= 500.0 + 1e-6
    assert any(row["why"].startswith("ready in week") for row in found["rows"])


@pytest.mark.slow
def test_months_buy_what_is_ready_within_them():
    found = as_json("--for", "DEU", "--budget", "10 months", "--horizon", "40w")
    late = [row for row in found["rows"] if "more than 10 months" in row["why"]]
    assert late
    assert all(row["planned"] == 0.0 for row in late)
    assert all(row["cost"] <= 10.0 for row in found["rows"] if row["planned"])
    assert "stock" not in {row["kind"] for row in found["rows"]}


@pytest.mark.slow
def test_run_covers_all_months_of_the_budget():
    found = as_json("--for", "siemens-energy", "--budget", "9 months")
    assert found["run"]["horizon"] == "39w"


def test_firm_of_the_tutorial_shares_weeks_between_magnets_and_rotors(alder):
    found = as_json("--for", "Alder Motion GmbH", "--budget", "8 weeks of stock", "--store", alder)
    planned = {row["good"]: row["planned"] for row in found["rows"] if row["planned"]}
    assert set(planned) == {"MAG_NDFEB_S", "ROTOR_R90"}
    assert sum(planned.values()) == pytest.approx(8.0)


@pytest.mark.slow
def test_more_weeks_never_help_less(alder):
    args = ("--for", "alder-motion-gmbh", "--store", alder, "--budget")
    left = [as_json(*args, f"{weeks} weeks")["run"]["loss_left"] for weeks in (0, 2, 4)]
    assert left == sorted(left, reverse=True)
    assert left[0] == pytest.approx(as_json(*args, "0 weeks")["run"]["loss"])


@pytest.mark.slow
def test_money_buys_at_the_costs_of_the_table(alder, tmp_path):
    (tmp_path / "costs.csv").write_text(COSTS, "utf-8")
    found = as_json(
        *("--for", "alder-motion-gmbh", "--store", alder, "--budget", "EUR 200 k"),
        *("--costs", str(tmp_path / "costs.csv")),
    )
    assert {row["kind"] for row in found["rows"]} == set(KINDS) - {"magnet-free"}
    assert found["plan"][-1]["spent"] <= 200_000.0 * (1 + 1e-9)
    unpriced = [row for row in found["rows"] if row["kind"] == "plant"]
    assert any("the costs say nothing of it" in row["why"] for row in unpriced)


@pytest.mark.slow
def test_goods_counted_in_pieces_are_not_bought_in_tonnes(alder):
    found = as_json("--for", "alder-motion-gmbh", "--store", alder, "--budget", "5 t a year")
    rotors = [row for row in found["rows"] if row["good"] == "ROTOR_R90"]
    assert rotors
    assert all(row["why"] == "it is counted in unit, not in tonnes" for row in rotors)


def test_entity_of_unknown_size_can_hold_stock_of_what_it_buys_itself():
    found = as_json("--for", "aumovio", "--budget", "4 weeks", "--steps", "1")
    assert {row["good"] for row in found["rows"]} == {"COMP_ACTUATOR", "COMP_ACTUATOR_L"}
    assert found["run"]["loss_usd"] is None
    assert found["run"]["loss_left"] < found["run"]["loss"]


def test_entity_that_loses_nothing_is_told_so():
    result = invoke("mitigate", "--for", "ford-motor", "--budget", "2 weeks", "--scenario", "no-measures")
    assert result.exit_code == 0
    assert "Nothing to avoid: under no-measures, Ford Motor loses no output" in result.stdout


@pytest.mark.slow
def test_csv_has_the_moves_and_json_the_same_bytes_twice(ford):
    args = ("mitigate", "--for", "ford-motor", "--budget", "12 weeks of stock", "--format")
    rows = list(csv.DictReader(io.StringIO(invoke(*args, "csv").stdout)))
    assert [row["move"] for row in rows] == [row["move"] for row in ford["rows"]]
    assert json.loads(invoke(*args, "json").stdout) == ford


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--for", "nobody-at-all", "--budget", "1 week"), "unknown company or country"),
        (("--for", "siem", "--budget", "1 week"), r"ambiguous .* Company:siemens-"),
        (("--for", "ford-motor", "--budget", "a lot"), 'expected "12 weeks of stock", "500 t a year"'),
        (("--for", "ford-motor", "--budget", "USD 5 m"), "without costs, expected --costs FILE"),
        (("--for", "ford-motor", "--budget", "1 week", "--costs", "x.csv"), "expected one in money"),
        (("--for", "ford-motor", "--budget", "1 week", "--scenario", "nope"), "nope"),
    ],
)
def test_bad_input_fails_with_a_message(args, said):
    result = invoke("mitigate", *args)
    assert result.exit_code == 1
    assert re.search(said, result.stderr)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            COSTS.replace("stock,,", "stick,,"),
            r"costs\.csv:2: column move: found 'stick', expected one of stock",
        ),
        (
            COSTS.replace("5000", "-5000"),
            r"costs\.csv:2: column fixed_cost: found '-5000', expected a number",
        ),
        (COSTS.replace(",unit_cost", ""), r"costs\.csv:1: found no column 'unit_cost', expected the columns"),
    ],
)
def test_costs_that_do_not_fit_are_told_by_line(text, said, tmp_path):
    (tmp_path / "costs.csv").write_text(text, "utf-8")
    costs = str(tmp_path / "costs.csv")
    result = invoke("mitigate", "--for", "siemens-energy", "--budget", "EUR 1 m", "--costs", costs)
    assert result.exit_code == 1
    assert re.search(said, result.stderr)


def test_missing_options_are_wrong_usage():
    assert invoke("mitigate", "--for", "ford-motor").exit_code == 2
    assert invoke("mitigate", "--budget", "1 week").exit_code == 2
