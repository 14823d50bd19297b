"""Rationing of one supplier's goods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.queries.propagation.rationing import BuyerQueue

ONE_SELLER = np.zeros(3, dtype=np.intp)
LEVELS = st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=3, max_size=3)


def filled(rank: list[float], orders: list[float], loss: float, delta: float) -> list[float]:
    """Share of each order that one supplier fills."""
    return hand_out(ONE_SELLER, np.array(orders), np.array(rank), np.array([delta]), np.array([loss]))


def hand_out(
    source: np.ndarray, orders: np.ndarray, rank: np.ndarray, delta: np.ndarray, loss: np.ndarray
) -> list[float]:
    """Share of each order that its supplier fills."""
    shares = np.ones(len(source))
    edges, lost = BuyerQueue(source, rank, delta).losses(loss, orders)
    shares[edges] -= lost
    listed: list[float] = shares.tolist()
    return listed


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
    source, rank = np.array([0, 1, 1]), np.array([1.0, 2.0, 1.0])
    shares = hand_out(source, np.full(3, 5.0), rank, np.ones(2), np.array([0.2, 0.5]))
    assert shares == pytest.approx([0.8, 1.0, 0.0])


def test_supplier_that_is_not_short_is_left_out() -> None:
    queue = BuyerQueue(np.array([0, 1, 1]), np.array([1.0, 2.0, 1.0]), np.ones(2))
    edges, lost = queue.losses(np.array([0.0, 0.5]), np.full(3, 5.0))
    assert dict(zip(edges.tolist(), lost.tolist(), strict=True)) == {1: 0.0, 2: 1.0}


def test_slices_are_rationed_each_by_its_own_orders() -> None:
    source, rank, delta = np.array([0, 0, 1]), np.array([2.0, 1.0, 1.0]), np.array([0.5, 1.0])
    loss = np.array([[0.5, 0.0, 0.25], [0.0, 0.1, 0.2]])
    orders = np.array([[4.0, 1.0, 0.0], [4.0, 9.0, 3.0], [2.0, 2.0, 2.0]])
    shares = np.ones((3, 3))
    edges, lost = BuyerQueue(source, rank, delta).losses(loss, orders)
    shares[edges] -= lost
    for place in range(3):
        alone = hand_out(source, orders[:, place], rank, delta, loss[:, place])
        assert shares[:, place].tolist() == pytest.approx(alone, abs=1e-15)


@given(LEVELS, st.lists(st.floats(0.1, 10.0), min_size=3, max_size=3), st.floats(0, 1), st.floats(0, 1))
def test_rationing_hands_out_exactly_what_there_is(
    rank: list[float], orders: list[float], loss: float, delta: float
) -> None:
    shares = np.array(filled(rank, orders, loss, delta))
    assert shares @ np.array(orders) == pytest.approx((1.0 - loss) * sum(orders))
    assert np.all((shares >= (1.0 - delta) * (1.0 - loss) - 1e-12) & (shares <= 1.0 + 1e-12))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.0, 1.0, 2.0])), min_size=1, max_size=8),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
def test_every_supplier_hands_out_exactly_what_it_has_in_every_slice(buyers, flat, delta, random) -> None:  # type: ignore[no-untyped-def]  # drawn
    source, rank = np.array([s for s, _ in buyers]), np.array([r for _, r in buyers])
    loss = np.array(flat).reshape(3, 2)
    orders = np.array([[random.uniform(0.0, 5.0) for _ in range(2)] for _ in buyers])
    shares = np.ones(orders.shape)
    edges, lost = BuyerQueue(source, rank, np.full(3, delta)).losses(loss, orders)
    shares[edges] -= lost
    for seller in range(3):
        mine = source == seller
        handed_out, wanted = (shares * orders)[mine].sum(axis=0), orders[mine].sum(axis=0)
        assert handed_out == pytest.approx((1.0 - loss[seller]) * wanted, abs=1e-12)


@given(LEVELS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_loss_leaves_nobody_with_more(
    rank: list[float], one: float, other: float, delta: float
) -> None:
    orders = [3.0, 1.0, 6.0]
    less, more = sorted([one, other])
    assert np.all(
        np.array(filled(rank, orders, more, delta)) <= np.array(filled(rank, orders, less, delta)) + 1e-12
    )
