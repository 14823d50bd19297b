"""A backtest from file to table: phases, predictions, baselines, misses and gaps."""

from __future__ import annotations

import json

import pytest

import chainshock
from chainshock.backtest import read_phases, shipped_folder
from chainshock.errors import FileProblem, InvalidRecord
from chainshock.queries.backtest.baselines import Facts, baseline_signs
from chainshock.queries.scenario import check_scenario
from tests.cli.worlds import invoke

SHIPPED = sorted(shipped_folder().glob("*.toml"))


def outcome(entity, impact, kind="stock_return", entity_type="listed_company", window="2025-10-27", **more):
    return {
        "entity": entity,
        "entity_type": entity_type,
        "kind": kind,
        "impact": impact,
        "confidence": "A",
        "window": window,
        **more,
    }


EVENTS = [
    {
        "id": "truce",
        "title": "The truce",
        "role": "test",
        "outcomes": [
            outcome("MP Materials", "harm", ticker="MP"),
            outcome("Lynas", "harm", ticker="LYC.AX"),
            outcome("Ford", "windfall", entity_type="firm"),
            outcome("Atlantis Mining", "harm", ticker="ATL"),
            outcome("Toyota", None, kind="no_stoppage_reported", entity_type="firm"),
        ],
        "ranking_tests": [
            {
                "metric": "close",
                "ordered": ["MP Materials", "Lynas", "Nobody"],
                "values": [-7, -3, 0],
                "confidence": "B",
            }
        ],
    },
    {
        "id": "visit",
        "title": "A visit",
        "role": "negative control: no measure",
        "outcomes": [outcome("Lynas", "windfall")],
    },
    {"id": "unknown", "title": "No file", "role": "test", "outcomes": [outcome("Lynas", "windfall")]},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("episodes")
    (path / "truce.toml").write_text(
        'title = "t"\nstart = "october-2025-truce"\nhorizon_weeks = 8\n', "utf-8"
    )
    (path / "truce.before.toml").write_text(
        'title = "t"\nstart = "october-2025-controls"\nhorizon_weeks = 8\n', "utf-8"
    )
    (path / "events.json").write_text(json.dumps(EVENTS), "utf-8")
    return path


@pytest.fixture(scope="module")
def payload(folder):
    result = invoke("backtest", str(folder / "events.json"), "--scenarios", str(folder), "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_prediction_is_what_changes_from_before_to_after(folder, payload):
    before, after = (
        chainshock.reference().shock(folder / name).relative("companies")["mp-materials"]
        for name in ("truce.before.toml", "truce.toml")
    )
    row = next(row for row in payload["rows"] if row["entity"] == "MP Materials")
    assert row["predicted"]["proportional"] == pytest.approx(after - before, abs=1e-11)
    assert row["target"] == "mp-materials"
    assert row["group"] == "miners and projects"


def test_scores_add_up_from_the_rows(payload):
    rows = [r for r in payload["rows"] if r["event"] == "truce" and r["is_scored"] and r["target"]]
    scores = {(s["group"], s["predictor"]): s for s in payload["scores"]}
    for predictor in ("proportional", "value", "priority"):
        hits = sum(
            (r["predicted"][predictor] > 1e-4) - (r["predicted"][predictor] < -1e-4) == r["sign"]
            for r in rows
        )
        assert scores["all", predictor]["share"] == pytest.approx(hits / len(rows))
    relief = {r["entity"]: r["baselines"]["miners-up"] for r in rows}
    assert relief == {"MP Materials": -1, "Lynas": -1, "Ford": 1}


def test_gaps_controls_and_events_without_a_file_are_told_apart(folder):
    text = invoke("backtest", str(folder / "events.json"), "--scenarios", str(folder)).stdout
    assert "Not in the graph, or without an activity in it (1 outcomes)\n  truce: Atlantis Mining" in text
    assert "No scenario file, not scored: unknown" in text
    assert "the model predicts no effect: visit (1" in " ".join(text.split())


def test_csv_has_a_row_for_each_outcome_and_all_columns(folder):
    result = invoke("backtest", str(folder / "events.json"), "--scenarios", str(folder), "--format", "csv")
    head, *lines = result.stdout.splitlines()
    assert {"predicted_value", "baseline_miners-up", "why"} <= set(head.split(","))
    assert len(lines) == 7


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_episode_is_sound_and_its_overrides_give_reasons(path):
    assert check_scenario(path) == []
    assert chainshock.reference().check_scenario(path) == []


def test_phases_come_in_order_of_time_after_what_was_before():
    phases = read_phases(shipped_folder(), "ree_japan_embargo_2010")
    assert [phase.since.isoformat() for phase in phases[1:]] == ["2010-09-21", "2010-10-18", "2010-10-28"]
    assert phases[0].scenario is None
    assert read_phases(shipped_folder(), "nothing-of-the-kind") == []


def test_folder_or_file_name_that_does_not_fit_is_a_clear_error(tmp_path):
    with pytest.raises(FileProblem, match="no such folder"):
        read_phases(tmp_path / "none", "e")
    (tmp_path / "e.toml").write_text('title = "t"\ndate = 2025-01-01\n', "utf-8")
    (tmp_path / "e@soon.toml").write_text('title = "t"\ndate = 2025-01-01\n', "utf-8")
    with pytest.raises(FileProblem, match=r"a name such as e@2025-10-27.toml"):
        read_phases(tmp_path, "e")
    (tmp_path / "e@soon.toml").unlink()
    (tmp_path / "e.toml").write_text('title = "t"\ndate = 1\n', "utf-8")
    with pytest.raises(InvalidRecord):
        read_phases(tmp_path, "e")


@pytest.mark.parametrize("direction", [1, -1])
def test_baselines_turn_round_with_the_direction(direction):
    miner = baseline_signs(Facts(direction, is_outside=True, is_miner=True, import_share=0.3))
    assert miner == {"all-harmed": -direction, "import-share": -direction, "miners-up": direction}
    issuer = baseline_signs(Facts(direction, is_outside=False, is_miner=True, import_share=0.0))
    assert issuer == {"all-harmed": 0, "import-share": 0, "miners-up": -direction}


def test_ranking_then_explaining_in_one_shock_works():
    shock = chainshock.reference().shock("october-2025-truce", horizon=4)
    shock.rank("companies", extras=())
    assert shock.explain("Company:ford-motor").residual < 1e-9
