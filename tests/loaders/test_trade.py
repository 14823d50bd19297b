"""Periods, amounts and goods of trade statistics."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.loaders.trade import Goods, amount, read_period


@pytest.mark.parametrize(
    ("cell", "text", "end"),
    [
        ("2024", "2024", date(2024, 12, 31)),
        ("202402", "2024-02", date(2024, 2, 29)),
        ("2024-07", "2024-07", date(2024, 7, 31)),
        ("202452", "2024", date(2024, 12, 31)),
    ],
)
def test_period_is_told_with_its_last_day(cell, text, end):
    period = read_period(cell)
    assert (period.text, period.end) == (text, end)


@pytest.mark.parametrize("cell", ["", "24", "202413", "202400", "2024-", "20240131", "9999", "x"])
def test_what_is_no_period_is_refused(cell):
    assert read_period(cell) is None


@given(cell=st.text(max_size=12))
def test_amount_of_any_text_is_a_finite_number_or_none(cell):
    value = amount(cell)
    assert value is None or 0 <= value < float("inf")


def test_code_of_the_graph_stands_for_all_that_begin_with_it():
    goods = Goods(["8101", "850511", "85051110"])
    held = [
        code for code in ("810194", "8101", "850511", "85051110", "85051190", "850519", "81") if code in goods
    ]
    assert held == ["810194", "8101", "850511", "85051110", "85051190"]


def test_no_codes_stand_for_no_goods():
    assert "850511" not in Goods([])
