"""Recorded episodes: read whole, and every wrong value told with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.queries.backtest.outcomes import read_outcomes

GOLDEN = Path(__file__).parents[2] / "golden" / "recorded_episodes.json"


def event(**changes):
    outcome = {
        "entity": "Ford",
        "entity_type": "firm",
        "kind": "production_stoppage",
        "impact": "harm",
        "confidence": "A",
        "window": "one week from 2025-05-11",
        "signed_value": -7,
    }
    return {"id": "e", "title": "E", "role": "test", "outcomes": [{**outcome, **changes}]}


def write(path, *events):
    path.write_text(json.dumps(list(events), indent=1), encoding="utf-8")
    return path


def test_recorded_episodes_are_read_with_their_roles():
    events = {entry.id: entry for entry in read_outcomes(GOLDEN)}
    assert len(events) == 11
    assert events["ann18_april2025"].role == "in sample"
    assert events["xi_jlmag_2019"].role == "negative control"
    assert sum(len(entry.outcomes) for entry in events.values()) == 180


def test_outcome_counts_when_its_sign_is_told_sure_and_not_excluded(tmp_path):
    def counted(**changes):
        (found,) = read_outcomes(write(tmp_path / "e.json", event(**changes)))
        return found.outcomes[0].is_scored

    assert counted()
    assert not counted(impact="neutral")
    assert not counted(impact=None)
    assert not counted(confidence="C")
    assert not counted(excluded=True)


def test_window_gives_the_first_day_it_names(tmp_path):
    (found,) = read_outcomes(write(tmp_path / "e.json", event()))
    assert found.outcomes[0].day.isoformat() == "2025-05-11"
    (found,) = read_outcomes(write(tmp_path / "e.json", event(window="by summer")))
    assert found.outcomes[0].day is None


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"kind": "rumour"}, "kind", "one of stock_return"),
        ({"impact": "bad"}, "impact", "one of harm, windfall, neutral"),
        ({"confidence": "D"}, "confidence", "one of A, B, C"),
        ({"excluded": "no"}, "excluded", "true or false"),
        ({"signed_value": "-7"}, "signed_value", "a number or null"),
        ({"signed_value": 10**400}, "signed_value", "a number or null"),
        ({"signed_value": float("nan")}, "signed_value", "a number or null"),
        ({"window": "from 2025-02-30"}, "window", "dates as YYYY-MM-DD"),
        ({"entity": ""}, "entity", "a text under 'entity'"),
    ],
)
def test_wrong_value_is_told_with_the_line_of_its_key(tmp_path, changes, column, expected):
    path = write(tmp_path / "e.json", event(), {**event(**changes), "id": "f"})
    with pytest.raises(InvalidRecord) as caught:
        read_outcomes(path)
    problem = caught.value
    lines = path.read_text("utf-8").split("\n")
    assert problem.column == column
    assert f'"{column}"' in lines[problem.row - 1]
    assert problem.row > len(lines) / 2
    assert expected in problem.expected


def test_event_twice_or_with_an_unknown_role_is_told(tmp_path):
    with pytest.raises(InvalidRecord, match="'e' a second time"):
        read_outcomes(write(tmp_path / "e.json", event(), event()))
    with pytest.raises(InvalidRecord, match="one of test, in sample, negative control"):
        read_outcomes(write(tmp_path / "e.json", {**event(), "role": "guess"}))


def test_ranking_test_with_a_number_beyond_all_bounds_is_told(tmp_path):
    test = {"metric": "m", "ordered": ["Ford", "Bosch"], "values": [10**400, 1], "confidence": "A"}
    with pytest.raises(InvalidRecord, match="a number for each name"):
        read_outcomes(write(tmp_path / "e.json", {**event(), "ranking_tests": [test]}))


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "[1]", '[{"id": 1}', "[" * 100_000, "\x00", "[" + "9" * 5000]
)
def test_file_that_is_no_list_of_events_is_a_clear_error(tmp_path, text):
    path = tmp_path / "e.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((FileProblem, InvalidRecord)):
        read_outcomes(path)
    with pytest.raises(FileProblem):
        read_outcomes(tmp_path / "none.json")
