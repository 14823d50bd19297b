"""Scores held to worked examples and to what must be true of any."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.queries.backtest.scores import auc, pair_order, rank_correlation, sign_score, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
    # table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_is_that_of_newcombes_table(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share_and_stays_a_share(pair):
    low, high = wilson(*pair)
    assert 0.0 <= low <= pair[0] / pair[1] + 1e-12
    assert pair[0] / pair[1] - 1e-12 <= high <= 1.0


def test_rows_of_one_entity_in_one_event_weigh_as_one():
    score = sign_score([("e", "MP", True), ("e", "MP", True), ("e", "MP", False), ("e", "Lynas", False)])
    assert (score.rows, score.clusters, score.events) == (4, 2, 1)
    assert score.share == pytest.approx(1 / 3)
    assert math.isnan(sign_score([]).share)


def test_order_of_pairs_counts_ties_half_and_leaves_out_pairs_that_happened_alike():
    assert pair_order([1, 2, 3], [1, 2, 3]) == (3.0, 3)
    assert pair_order([3, 2, 1], [1, 2, 3]) == (0.0, 3)
    assert pair_order([1, 1], [1, 2]) == (0.5, 1)
    assert pair_order([1, 2], [5, 5]) == (0.0, 0)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_auc_of_two_groups_swapped_is_the_rest_to_one(a, b):
    assert auc(a, b) + auc(b, a) == pytest.approx(1.0)


def test_rank_correlation_is_spearmans_and_tells_when_it_cannot():
    assert rank_correlation([1, 2, 3, 4], [10, 20, 40, 30]) == pytest.approx(0.8)
    assert math.isnan(rank_correlation([1, 2], [1, 2]))
    assert math.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))
    assert math.isnan(auc([], [1.0]))
