"""Assumptions drawn from their ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.graph.parameters import Parameter, read_parameters
from chainshock.queries.severity import read_shapes
from chainshock.queries.uncertainty.draws import (
    FOLLOWS,
    MOVES,
    UNKNOWN,
    Doubt,
    all_doubt,
    draw,
    quantiles,
    triangular,
)


def entry(default, low, high):
    return Parameter("p", "", default, low, high, "", "", "", "C")


def all_figures():
    return {**read_parameters(), **read_shapes().numbers}


@given(st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted), st.floats(0, 1, exclude_max=True))
def test_draw_stays_in_its_range(bounds, place):
    low, mode, high = bounds
    assert low <= triangular(entry(mode, low, high), place) <= high


def test_triangular_draws_have_the_mean_and_variance_of_the_textbook():
    low, mode, high = 2.0, 3.0, 7.0
    values = [triangular(entry(mode, low, high), p) for p in (np.arange(20_000) + 0.5) / 20_000]
    assert np.mean(values) == pytest.approx((low + mode + high) / 3, rel=1e-6)
    squares = low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
    assert np.var(values) == pytest.approx(squares / 18, rel=1e-4)


def test_range_of_no_width_gives_the_default():
    assert triangular(entry(0.3, 0.3, 0.3), 0.9) == 0.3


def test_sample_does_not_depend_on_how_many_there_are():
    doubt, names = all_doubt(read_parameters()), ["phi", "stock.spread"]
    assert draw(doubt, 7, 3) == draw(doubt, 7, 3)
    assert np.array_equal(quantiles(names, 7, 5), quantiles(names, 7, 9)[:5])


def test_every_sample_and_every_seed_draws_anew():
    doubt = all_doubt(read_parameters())
    values = {draw(doubt, seed, sample).parameters["phi"] for seed in range(4) for sample in range(4)}
    assert len(values) == 16


def test_every_figure_with_a_range_that_a_ranking_uses_is_drawn():
    drawn = draw(all_doubt(read_parameters()), 1, 0)
    wide = {name for name, figure in all_figures().items() if figure.low < figure.high}
    assert any(name.startswith(MOVES) for name in wide)
    wide = {name for name in wide if not name.startswith(MOVES)}
    assert {*drawn.parameters, *drawn.severities} == wide


def test_figures_that_follow_another_exist_and_have_its_range_or_the_mirrored_one():
    figures = all_figures()
    for name, (leader, sign) in FOLLOWS.items():
        assert leader not in FOLLOWS
        own, led = figures[name], figures[leader]
        if sign < 0:
            assert (own.low, own.default, own.high) == pytest.approx(
                (1 - led.high, 1 - led.default, 1 - led.low)
            )


def test_the_rest_is_what_its_partner_leaves():
    for sample in range(20):
        values = draw(all_doubt(read_parameters()), 3, sample).parameters
        assert values["split.hree-magnets"] + values["split.light-magnets"] == pytest.approx(1, abs=1e-12)
        assert values["line.hdd.hree"] + values["line.hdd.light"] == pytest.approx(1, abs=1e-12)


def test_weeks_of_approval_move_together_and_stay_in_order():
    names = [f"licence.week-{share}" for share in (10, 30, 50, 70, 90)]
    for sample in range(50):
        weeks = [draw(all_doubt(read_parameters()), 5, sample).severities[name] for name in names]
        assert weeks == sorted(weeks)


def test_what_a_scenario_states_is_held_with_its_followers_and_moves_no_other_draw():
    doubt = all_doubt(read_parameters())
    held = draw(doubt.without(["split.hree-magnets"]), 7, 2).parameters
    free = draw(doubt, 7, 2).parameters
    assert set(free) - set(held) == {"split.hree-magnets", "split.light-magnets"}
    assert all(free[name] == value for name, value in held.items())


def test_nothing_in_doubt_draws_nothing():
    drawn = draw(Doubt(), 7, 0)
    assert drawn.parameters == drawn.severities == {}
    assert drawn.salt is None
    assert drawn.coin >= read_parameters()[UNKNOWN].high


def test_coin_is_fair():
    heads = sum(draw(Doubt(unknown=True), 7, k).coin < read_parameters()[UNKNOWN].default for k in range(400))
    assert 160 < heads < 240
