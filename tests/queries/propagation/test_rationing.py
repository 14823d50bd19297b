"""Rationing of one supplier's goods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.queries.propagation.rationing import ration_by_rank

ONE_SELLER = np.zeros(3, dtype=np.intp)
LEVELS = st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=3, max_size=3)


def filled(rank: list[float], orders: list[float], loss: float, delta: float) -> list[float]:
    """Share of each order that one supplier fills."""
    rule = ration_by_rank(ONE_SELLER, np.array(orders), np.array(rank), np.array([delta]))
    shares: list[float] = (1.0 - rule(np.array([loss]))).tolist()
    return shares


def test_best_rank_is_filled_first_and_the_lowest_gives_first() -> None:
    # 15 of 30 goods, 5 each. The first lacks 5 and takes the third's 5; the second neither takes nor gives.
    assert filled([3, 2, 1], [10, 10, 10], 0.5, 1.0) == pytest.approx([1.0, 0.5, 0.0])


def test_next_rank_takes_what_the_best_has_left() -> None:
    # 12 of 14 short by 1/7. The first lacks 2/7 and the second 10/7; the third has 12/7 and gives them all.
    assert filled([3, 2, 1], [2, 10, 2], 1 / 7, 1.0) == pytest.approx([1.0, 1.0, 0.0])


def test_equal_ranks_share_in_proportion() -> None:
    # 8 of 16. The two best lack 3 + 3 = 6 of 12; the third gives half of its 2.
    assert filled([2, 2, 1], [6, 6, 4], 0.5, 0.5) == pytest.approx([3.5 / 6, 3.5 / 6, 0.25])


def test_without_diversion_every_order_is_filled_alike() -> None:
    assert filled([3, 2, 1], [1, 2, 3], 0.3, 0.0) == pytest.approx([0.7, 0.7, 0.7])


def test_suppliers_are_rationed_one_by_one() -> None:
    rule = ration_by_rank(
        np.array([0, 1, 1]), np.array([5.0, 5.0, 5.0]), np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.0])
    )
    assert (1.0 - rule(np.array([0.2, 0.5]))).tolist() == pytest.approx([0.8, 1.0, 0.0])


@given(LEVELS, st.lists(st.floats(0.1, 10.0), min_size=3, max_size=3), st.floats(0, 1), st.floats(0, 1))
def test_rationing_hands_out_exactly_what_there_is(
    rank: list[float], orders: list[float], loss: float, delta: float
) -> None:
    shares = np.array(filled(rank, orders, loss, delta))
    assert shares @ np.array(orders) == pytest.approx((1.0 - loss) * sum(orders))
    assert np.all((shares >= (1.0 - delta) * (1.0 - loss) - 1e-12) & (shares <= 1.0 + 1e-12))


@given(LEVELS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_loss_leaves_nobody_with_more(
    rank: list[float], one: float, other: float, delta: float
) -> None:
    orders = [3.0, 1.0, 6.0]
    less, more = sorted([one, other])
    assert np.all(
        np.array(filled(rank, orders, more, delta)) <= np.array(filled(rank, orders, less, delta)) + 1e-12
    )
