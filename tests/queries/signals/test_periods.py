"""Periods as facts write them, and the days they cover."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.loaders.reference import reference_facts
from chainshock.queries.signals.periods import Span, months_between, read_span


@pytest.mark.parametrize(
    ("text", "first", "last", "months"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), 12),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 1),
        ("2025-05-06", date(2025, 5, 6), date(2025, 5, 6), None),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31), 3),
        ("2025-H1", date(2025, 1, 1), date(2025, 6, 30), 6),
        ("2025-01/2025-04", date(2025, 1, 1), date(2025, 4, 30), 4),
        ("2025-12/2026-01", date(2025, 12, 1), date(2026, 1, 31), 2),
        ("2021-2024", date(2021, 1, 1), date(2024, 12, 31), 48),
    ],
)
def test_period_covers_its_days(text, first, last, months):
    span = read_span(text)
    assert span == Span(first, last)
    assert span.months == months


@pytest.mark.parametrize(
    "text",
    ["", "FY2025", "2025-13", "2025-00", "2025-02-30", "2025-04/2025-01", "0000", "2025-Q5", "soon", "٢٠٢٤"],
)
def test_period_that_says_no_days_has_none(text):
    assert read_span(text) is None


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_none(text):
    span = read_span(text)
    assert span is None or span.first <= span.last


def test_every_period_of_shipped_trade_says_its_days_but_fiscal_years():
    periods = {
        str(fact.properties["period"]) for fact in reference_facts() if fact.name in {"EXPORTS", "PRICED_IN"}
    }
    assert {period[:2] for period in periods if read_span(period) is None} == {"FY"}


def test_months_run_over_the_turn_of_a_year():
    assert months_between(date(2024, 11, 30), date(2025, 2, 1)) == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]
