"""Lives of measures: states on a day, events in order, what was known when, and the bar that draws them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chainshock
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.queries.severity import STATIC_WEEKS
from chainshock.queries.timeline import lives
from chainshock.queries.timeline_table import TimelineTable, timeline_rows
from tests.cli.worlds import invoke

ANNOUNCED = date(2025, 10, 9)
EFFECTIVE = date(2025, 11, 8)


def measure(known_from, **properties):
    said = Provenance(("gazette",), known_from, known_from, "A")
    base = {
        "title": "A control",
        "kind": "licence",
        "announced": ANNOUNCED,
        "effective": EFFECTIVE,
        "destinations": "all",
        "is_modelled": True,
    }
    return Fact("Measure", NodeRef("Measure", "M"), None, {**base, **properties}, said)


def life_of(*facts, at=date(2030, 1, 1), known="latest"):
    (life,) = lives(KnowledgeGraph(facts), at, known)
    return life


SUSPENDED = {"suspended_from": date(2025, 11, 20), "suspended_to": date(2026, 2, 17)}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 10, 8), "unannounced"),
        (date(2025, 10, 9), "announced"),
        (date(2025, 11, 8), "in force"),
        (date(2025, 11, 20), "suspended"),
        (date(2026, 2, 17), "suspended"),
        (date(2026, 2, 18), "resumed"),
        (date(2026, 6, 1), "ended"),
    ],
)
def test_state_follows_the_days_of_a_measures_life(day, state):
    life = life_of(measure(ANNOUNCED), measure(date(2025, 11, 19), ended=date(2026, 6, 1), **SUSPENDED))
    assert life.state(day) == state


def test_suspension_extended_in_steps_is_one_suspension_with_an_event_for_each_step():
    longer = {**SUSPENDED, "suspended_to": date(2026, 5, 18)}
    life = life_of(
        measure(ANNOUNCED), measure(date(2025, 11, 19), **SUSPENDED), measure(date(2026, 2, 10), **longer)
    )
    assert life.suspensions == ((date(2025, 11, 20), date(2026, 5, 18)),)
    told = [(event.what, event.day, event.until) for event in life.events]
    assert ("extended", date(2026, 2, 17), date(2026, 5, 18)) in told
    assert ("resumes", date(2026, 5, 19), None) in told
    assert [event.day for event in life.events] == sorted(event.day for event in life.events)


def test_what_was_published_later_is_no_part_of_a_life_as_known_then():
    facts = measure(ANNOUNCED), measure(date(2025, 11, 19), **SUSPENDED)
    assert life_of(*facts, at=date(2025, 11, 10), known="known").suspensions == ()
    assert life_of(*facts, at=date(2025, 11, 10), known="latest").suspensions


def test_measure_that_resumes_by_a_date_nobody_confirmed_is_in_doubt():
    life = life_of(measure(date(2025, 11, 19), **SUSPENDED))
    assert "whether it was renewed is not in the facts" in life.doubt(date(2026, 3, 1))
    assert life.doubt(date(2026, 1, 1)) == ""


def test_measure_without_a_date_of_effect_is_undated_and_does_not_act():
    fact = measure(ANNOUNCED)
    undated = Fact(
        "Measure",
        fact.source,
        None,
        {k: v for k, v in fact.properties.items() if k != "effective"},
        fact.provenance,
    )
    life = life_of(undated)
    assert life.state(date(2026, 1, 1)) == "undated"
    assert not life.acts(date(2026, 1, 1))


def test_measures_of_the_seed_article_are_suspended_after_the_truce_and_announced_before():
    found = {life.id: life for life in lives(chainshock.reference().knowledge, date(2025, 10, 27), "known")}
    assert found["CN-2025-57"].state(date(2025, 10, 27)) == "announced"
    later = {life.id: life for life in lives(chainshock.reference().knowledge, date(2025, 11, 8), "known")}
    assert later["CN-2025-57"].state(date(2025, 11, 8)) == "suspended"
    assert later["CN-2025-18"].acts(date(2025, 11, 8))


@settings(deadline=None, max_examples=40)
@given(st.dates(date(2010, 1, 1), date(2028, 12, 31)))
def test_every_shipped_measure_acts_exactly_where_the_engine_lets_it_act(day):
    dataset = chainshock.reference()
    found = lives(dataset.knowledge, day, "latest")
    status = {row["measure"]: row["status"] for row in dataset.describe(day.isoformat()).rows}
    acting = {life.id for life in found if life.acts(day)}
    within_the_run = {
        life.id
        for life in found
        if any(life.acts(day + timedelta(weeks=week)) for week in range(STATIC_WEEKS + 1))
    }
    assert not {measure for measure in acting if status[measure] == "not in force"}
    assert {measure for measure, what in status.items() if what == "in force"} <= within_the_run


def test_bar_shows_a_short_life_and_every_line_keeps_to_the_width():
    short = measure(ANNOUNCED, ended=EFFECTIVE + timedelta(days=3))
    life = life_of(short)
    run = {"as_of": "2026-01-01", "facts": "latest", "data_edition": "2026-01-01"}
    table = TimelineTable(
        run, timeline_rows([life], date(2026, 1, 1)), (life,), date(2010, 1, 1), date(2027, 12, 31)
    )
    for width in (60, 100, 160):
        text = table.to_text(width)
        row = next(line for line in text.split("\n") if line.startswith("M  "))
        assert {"·", "█"} & set(row)
        assert max(map(len, text.split("\n"))) <= width


def test_timeline_command_names_what_is_in_force_on_a_day():
    result = invoke("scenario", "timeline", "--as-of", "2010-10-01")
    assert result.exit_code == 0, result.stderr
    assert "in force on 2010-10-01 and modelled (2): CN-2010-QUOTA, CN-2010-JPN" in result.stdout
    backwards = invoke("scenario", "timeline", "--from", "2026-01-01", "--to", "2025-01-01")
    assert backwards.exit_code == 2
    assert "expected a later day" in backwards.stderr


def test_new_scenario_of_a_day_is_sound_and_means_that_day(tmp_path):
    path = tmp_path / "mine.toml"
    assert invoke("scenario", "new", "--from", "2025-10-27", "-o", str(path)).exit_code == 0
    assert "# CN-2025-57: announced" in path.read_text("utf-8")
    assert invoke("scenario", "check", str(path)).exit_code == 0
    by_file, by_day = (chainshock.reference().describe(name).rows for name in (path, "2025-10-27"))
    assert by_file == by_day


def test_day_that_no_calendar_has_is_an_unknown_scenario():
    result = invoke("scenario", "show", "2025-02-30")
    assert result.exit_code == 1
    assert "unknown scenario" in result.stderr
    assert invoke("scenario", "show", "now").exit_code == 0
