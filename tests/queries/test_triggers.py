"""Triggers: a truce file says when it snaps back, and a scenario that starts from it says whether it does."""

from __future__ import annotations

from datetime import date

import pytest

import chainshock
from chainshock.errors import InvalidRecord
from chainshock.queries.measures import measures_in_force
from chainshock.queries.scenario import parse_scenario, read_scenario

HEAD = 'title = "x"\ndate = 2025-11-08\nfacts = "latest"\nbaseline_year = 2024\n'


def in_force(text, day):
    scenario = parse_scenario(text, "x.toml")
    graph = chainshock.reference().graph(scenario.date, scenario.facts)
    return {
        measure.id: measure
        for measure in measures_in_force(graph, scenario)
        if any(first <= (day - scenario.date).days / 7 < last for first, last, _ in measure.windows)
    }


def test_truce_holds_while_its_condition_is_not_met():
    assert "CN-2025-57" not in in_force(read_scenario("october-2025-truce").text, date(2026, 2, 2))


def test_measure_resumes_on_the_day_on_which_a_later_file_declares_the_condition_met():
    text = 'title = "broken"\nstart = "october-2025-truce"\n[conditions]\ntruce-broken = 2026-02-01\n'
    assert "CN-2025-57" not in in_force(text, date(2026, 1, 31))
    assert {"CN-2025-57", "CN-2025-58", "CN-2025-61"} <= in_force(text, date(2026, 2, 1)).keys()


def test_measure_lapses_on_a_date():
    trigger = '[[trigger]]\nmeasure = "CN-2025-18"\naction = "lapse"\non = 2026-01-01\n'
    assert "CN-2025-18" in in_force(HEAD + trigger, date(2025, 12, 31))
    assert "CN-2025-18" not in in_force(HEAD + trigger, date(2026, 1, 1))


def test_scenario_shows_its_triggers_and_whether_they_act():
    text = chainshock.reference().describe("october-2025-truce").to_text(200)
    assert "CN-2025-57 resumes when truce-broken (not met here)" in text


@pytest.mark.parametrize(
    ("tables", "line", "found", "expected"),
    [
        (
            '[[trigger]]\nmeasure = "CN-2025-18"\naction = "lapse"\n',
            5,
            "neither on nor when",
            "one of the two",
        ),
        (
            '[[trigger]]\nmeasure = "CN-2025-18"\naction = "lapse"\nwhen = "rain"\n',
            8,
            "'rain'",
            "declared in [conditions]: none is",
        ),
        (
            '[[trigger]]\nmeasure = "CN-2025-18"\naction = "melt"\non = 2026-01-01\n',
            7,
            "'melt'",
            "one of resume, lapse",
        ),
        ('[conditions]\nrain = "soon"\n', 6, "'soon'", "false, or the date"),
        ("[conditions]\nrain = true\n", 6, "True", "false, or the date"),
    ],
)
def test_wrong_trigger_is_told_with_its_line(tables, line, found, expected):
    with pytest.raises(InvalidRecord) as caught:
        parse_scenario(HEAD + tables, "x.toml")
    problem = caught.value.all[0]
    assert (problem.row, problem.found) == (line, found)
    assert expected in problem.expected
