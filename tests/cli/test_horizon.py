"""Rankings over weeks."""

import json

import pytest

from tests.cli.worlds import invoke

CONSTANT = """title = "Two months"
date = 2024-12-31
facts = "latest"
horizon_weeks = 9
"""


BAN = """title = "Magnets stopped for half a year"
date = 2024-12-31
start = "none"
facts = "latest"

[[add]]
id = "half-year"
issuer = "CHN"
kind = "ban"
elements = ["Dy", "Tb"]
severity = 1.0
ended = 2025-07-01
"""


@pytest.fixture(scope="module")
def april():
    result = invoke("rank", "end-uses", "--scenario", "april-2025", "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_run_names_its_horizon_and_rows_their_first_week(april):
    assert april["run"]["horizon"] == "26w"
    weeks = {row["id"]: row["first_week"] for row in april["rows"]}
    assert 4 <= weeks["ice_vehicle_small_motors"] <= 12
    assert weeks["wind_turbine_dfig"] is None


def test_weeks_come_from_the_option_else_from_the_scenario_file(tmp_path):
    path = tmp_path / "two-months.toml"
    path.write_text(CONSTANT, encoding="utf-8")

    def horizon(*more):
        run = invoke("rank", "end-uses", "--scenario", path, "--top", "1", "--format", "json", *more)
        return json.loads(run.stdout)["run"]["horizon"]

    assert [horizon(), horizon("--horizon", "4w"), horizon("--static")] == ["9w", "4w", None]


def test_weeks_and_a_static_run_together_are_wrong_usage():
    result = invoke("rank", "--horizon", "26w", "--static")
    assert result.exit_code == 2
    assert "expected one of them" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--static", "--by", "first-week"),
        ("--static", "--by", "survive"),
        ("--by", "survive", "--order", "gain"),
        ("--by", "first-week", "--order", "size"),
    ],
)
def test_order_by_weeks_that_a_run_does_not_have_is_wrong_usage(args):
    result = invoke("rank", *args)
    assert result.exit_code == 2
    assert "expected" in result.stderr


def test_order_by_first_week_and_by_survival_put_the_earliest_first_and_the_untouched_last(april):
    for by, key in (("first-week", "first_week"), ("survive", "time_to_survive")):
        run = invoke("rank", "end-uses", "--scenario", "april-2025", "--by", by, "--format", "json")
        weeks = [row[key] for row in json.loads(run.stdout)["rows"]]
        known = [week for week in weeks if week is not None]
        assert known
        assert weeks == [*sorted(known), *[None] * (len(weeks) - len(known))]


@pytest.mark.parametrize(
    ("by", "title"), [("loss", "exposure"), ("usd", "USD m"), ("first-week", "week"), ("survive", "survive")]
)
def test_figure_that_orders_rows_stands_first_in_a_narrow_table(by, title, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    text = invoke("rank", "end-uses", "--scenario", "april-2025", "--by", by, "--top", "3").stdout
    (header,) = [line for line in text.splitlines() if line.lstrip().startswith("#  end use")]
    assert header.split("end use")[1].split()[: len(title.split())] == title.split()
    assert max(map(len, text.splitlines())) <= 60


def test_nobody_is_hit_before_the_input_would_be_used_up(april):
    hit = [row for row in april["rows"] if row["first_week"] is not None]
    assert hit
    for row in hit:
        assert row["time_to_survive"] <= row["first_week"]
        assert row["first_stop"] is not None
        assert 0 < row["output_lost"] < 1


def test_output_is_back_some_weeks_after_a_ban_ends_and_never_within_a_run_that_it_outlasts(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "200")  # narrower tables leave the column out
    path = tmp_path / "ban.toml"
    path.write_text(BAN, encoding="utf-8")

    def recoveries(weeks):
        run = invoke("rank", "end-uses", "--scenario", path, "--horizon", weeks, "--format", "json")
        rows = json.loads(run.stdout)["rows"]
        return [row["time_to_recover"] for row in rows if row["first_week"] is not None]

    whole = recoveries("40w")
    assert whole
    assert all(week is not None and 0 <= week <= 10 for week in whole)
    assert set(recoveries("20w")) == {None}
    assert "recover" in invoke("rank", "end-uses", "--scenario", path, "--horizon", "40w").stdout


def test_scenarios_over_different_weeks_are_not_compared(tmp_path):
    path = tmp_path / "two-months.toml"
    path.write_text(CONSTANT, encoding="utf-8")
    result = invoke("compare", "no-measures", path)
    assert result.exit_code == 1
    assert "found horizons of 26 and 9 weeks" in result.stderr
    assert invoke("compare", "no-measures", path, "--horizon", "9w").exit_code == 0


def test_stocks_and_new_suppliers_never_make_a_buyer_worse_off_than_the_static_run(april):
    run = ("rank", "end-uses", "--scenario", "april-2025", "--static", "--format", "json")
    static = json.loads(invoke(*run).stdout)
    before = {row["id"]: row["parts"]["input"] for row in static["rows"]}
    for row in april["rows"]:
        assert row["parts"]["input"] >= before[row["id"]] - 1e-9, row["id"]


def test_parts_sum_to_the_exposure_over_weeks_too(april):
    for row in april["rows"]:
        assert sum(row["parts"].values()) == pytest.approx(row["exposure"], abs=1e-9)


def test_calm_leaves_every_week_at_baseline():
    result = invoke("rank", "--scenario", "no-measures", "--horizon", "26w", "--format", "json")
    rows = json.loads(result.stdout)["rows"]
    assert all(row["exposure"] == 0 and row["first_week"] is None for row in rows)


def test_same_bytes_twice():
    args = ("rank", "--horizon", "13", "--format", "json")
    assert invoke(*args).stdout == invoke(*args).stdout


@pytest.mark.parametrize("weeks", ["0", "-1", "26 weeks", "9999", "x"])
def test_wrong_horizon_is_wrong_usage(weeks):
    result = invoke("rank", "--horizon", weeks)
    assert result.exit_code == 2
    assert "expected 1 to 520 weeks" in result.stderr


@pytest.mark.parametrize("rationing", ["value", "priority"])
def test_rationing_by_rank_runs_over_weeks_and_changes_who_is_harmed(april, rationing):
    run = ("rank", "end-uses", "--scenario", "april-2025", "--rationing", rationing, "--format", "json")
    found = json.loads(invoke(*run).stdout)
    assert found["run"]["rationing"] == rationing
    shared = {row["id"]: row["exposure"] for row in april["rows"]}
    moved = {row["id"]: row["exposure"] - shared[row["id"]] for row in found["rows"]}
    assert max(moved.values()) > 1e-3
    assert min(moved.values()) < -1e-3
