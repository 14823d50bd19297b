"""The scarcity premium: exposures weighed by probability, and what a headline re-prices."""

from __future__ import annotations

import json

import pytest

import chainshock
from chainshock.errors import AmbiguousName, QueryError
from chainshock.queries.premium import full_name, premium_table, read_weights
from tests.cli.worlds import invoke

NAMES = ("october-2025-controls", "october-2025-truce")


@pytest.fixture(scope="module")
def tables():
    data = chainshock.reference()
    return {name: data.shock(name, horizon=None).rank("companies", extras=()) for name in NAMES}


def exposures(table):
    return {row.id: row.exposure for row in table.rows}


def test_premium_is_the_mean_of_exposures_by_probability(tables):
    weighed = premium_table(tables, dict(zip(NAMES, (0.3, 0.7), strict=True)))
    first, second = (exposures(tables[name]) for name in NAMES)
    for row in weighed.rows:
        assert row.premium == pytest.approx(0.3 * first.get(row.id, 0.0) + 0.7 * second.get(row.id, 0.0))
        assert row.difference is None


def test_headline_from_one_scenario_to_the_other_re_prices_by_their_comparison(tables):
    weighed = premium_table(
        tables, dict(zip(NAMES, (1, 0), strict=True)), dict(zip(NAMES, (0, 1), strict=True))
    )
    first, second = (exposures(tables[name]) for name in NAMES)
    for row in weighed.rows:
        assert row.difference == pytest.approx(second.get(row.id, 0.0) - first.get(row.id, 0.0))
    assert [row.difference for row in weighed.rows] == sorted(row.difference for row in weighed.rows)


def test_headline_that_moves_nothing_re_prices_nothing(tables):
    same = dict(zip(NAMES, (0.4, 0.6), strict=True))
    assert all(row.difference == 0.0 for row in premium_table(tables, same, same).rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a=.5,b=.4", "sum to 0.9, expected 1"),
        ("a=.5,a=.5", "a twice"),
        ("a", "found 'a', expected NAME=PROBABILITY"),
        ("a=half,b=.5", "found 'a=half'"),
        ("a=1.5,b=-.5", "from 0 to 1"),
        ("a=nan,b=1", "found 'a=nan'"),
        ("=1", "expected NAME"),
        ("", "expected NAME"),
    ],
)
def test_probabilities_that_are_none_are_refused(text, message):
    with pytest.raises(QueryError, match=message):
        read_weights(text, "--weights")


def test_part_of_a_name_means_the_one_scenario_that_has_it():
    assert full_name("controls", NAMES) == "october-2025-controls"
    assert full_name("mine.toml", NAMES) == "mine.toml"
    with pytest.raises(AmbiguousName, match="october-2025-controls, october-2025-truce"):
        full_name("october", NAMES)


def test_command_shows_premium_and_re_pricing_and_all_formats_agree():
    asked = ["compare", "--static", "--weights", "controls=.6,truce=.4", "--then", "controls=.1,truce=.9"]
    text = invoke(*asked, "--top", "3").stdout
    assert "Premium: controls 60 %, truce 40 %" in text
    assert "not a forecast of any price" in text
    rows = json.loads(invoke(*asked, "--format", "json").stdout)["rows"]
    assert rows[0]["difference"] == pytest.approx(rows[0]["repriced"] - rows[0]["premium"])
    head, *lines = invoke(*asked, "--format", "csv").stdout.splitlines()
    assert "exposure_controls" in head.split(",")
    assert len(lines) == len(rows)


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (("--weights", "controls=.6,truce=.5"), 1, "sum to 1.1, expected 1"),
        (("--weights", "controls=.6,nowhere=.4"), 1, "nowhere"),
        (("--weights", "truce=.6,october-2025-truce=.4"), 1, "expected each scenario once"),
        (
            ("--weights", "controls=.6,truce=.4", "--then", "controls=1"),
            1,
            "only one of --weights and --then",
        ),
        (("--then", "controls=1"), 2, "--then goes with --weights"),
        (("a", "b", "--weights", "controls=1"), 2, "one of the two"),
        (("--weights", "controls=1", "--samples", "20"), 2, "--samples does not go with --weights"),
        (("a",), 2, "found 1 scenarios, expected two"),
    ],
)
def test_what_does_not_go_together_is_refused(asked, code, message):
    result = invoke("compare", "--static", *asked)
    assert result.exit_code == code
    assert message in result.stderr


def test_scenario_may_go_by_its_whole_name_before_and_a_part_of_it_after():
    whole = ("--weights", "october-2025-controls=.6,truce=.4", "--then", "controls=.1,october-2025-truce=.9")
    parts = ("--weights", "controls=.6,truce=.4", "--then", "controls=.1,truce=.9")
    first, second = (
        json.loads(invoke("compare", "--static", *words, "--format", "json").stdout)["rows"]
        for words in (whole, parts)
    )
    assert [row["difference"] for row in first] == [row["difference"] for row in second]
