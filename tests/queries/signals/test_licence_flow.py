"""Exports that a licence shape lets through, worked by hand and held to a day-by-day march."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.queries.severity import read_shapes
from chainshock.queries.signals.licence_flow import Flow, LicenceNumbers
from chainshock.queries.signals.periods import Span, read_span

START = date(2025, 4, 4)


def numbers(**changes):
    plain = {
        "weeks": (4.0, 4.0, 4.0, 4.0, 4.0),
        "before": 0.9,
        "collateral_peak": 0.0,
        "collateral_until": 10.0,
        "in_scope": 1.0,
        "delayed": 0.0,
        "delay": 0.0,
        "r_max": 1.0,
        "refill_weeks": 6.0,
        "cover": 5.0,
    }
    return LicenceNumbers(**{**plain, **changes})


def weeks(first, last):
    return Span(START + timedelta(weeks=first), START + timedelta(weeks=last, days=-1))


def over(given_numbers, *spans):
    return Flow(given_numbers, START).over(list(spans)).tolist()


def test_all_buyers_stopped_alike_get_what_is_not_stopped_until_approved():
    # 4 weeks at 0.1, then 1; weeks 2 to 6: half at 0.1, half at 1
    assert over(numbers(), weeks(0, 4), weeks(4, 8), weeks(2, 6)) == pytest.approx([0.1, 1.0, 0.55])


def test_days_before_the_licence_count_as_baseline():
    # April has 30 days: 3 before, 27 with a tenth let through
    assert over(numbers(), read_span("2025-03"), read_span("2025-04")) == pytest.approx(
        [1.0, (3 + 27 * 0.1) / 30]
    )


def test_goods_out_of_scope_fade_in_a_straight_line():
    # peak 0.5 falling to 0 in 10 weeks: the mean stopped is 0.25, of the first 5 weeks 0.375
    fading = numbers(in_scope=0.0, collateral_peak=0.5)
    assert over(fading, weeks(0, 10), weeks(0, 5)) == pytest.approx([0.75, 0.625])


def test_missing_stock_is_ordered_again_at_the_ceiling_and_then_by_shares():
    # 3.6 weeks missing, at most 0.25 a week: 8.4 weeks until 1.5 is left, then 1.5 exp(-t / 6)
    refill = numbers(r_max=1.25)
    assert over(refill, weeks(4, 12)) == pytest.approx([1.25])
    total = (over(refill, weeks(4, 400))[0] - 1) * 396
    assert total == pytest.approx(3.6)


def test_what_was_lost_beyond_the_stock_is_not_ordered_again():
    refill = numbers(r_max=1.25, cover=2.0)
    assert (over(refill, weeks(4, 400))[0] - 1) * 396 == pytest.approx(2.0)


def test_late_destinations_wait_longer():
    late = numbers(delayed=0.5, delay=4.0)
    assert over(late, weeks(4, 8), weeks(8, 12)) == pytest.approx([0.55, 1.0])


def test_onset_lets_goods_cleared_before_leave():
    assert over(numbers(onset=1.0), weeks(0, 1), weeks(1, 4)) == pytest.approx([1.0, 0.1])


def test_approved_share_runs_through_the_weeks_known():
    spread = numbers(weeks=(7.0, 9.5, 11.0, 13.5, 18.0))
    given_weeks = (0, 7, 9.5, 11, 13.5, 18, 20.25, 40)
    assert [spread.approved(week) for week in given_weeks] == pytest.approx(
        [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1, 1]
    )


def test_what_the_shape_stops_is_what_the_severity_of_the_shape_says():
    licence = read_shapes().named("licence")
    plain = numbers(weeks=(7.0, 9.5, 11.0, 13.5, 18.0), before=0.92, delayed=0.3, delay=12.0, in_scope=0.6)
    plain = replace(plain, collateral_peak=0.5, collateral_until=13.0)
    for first, last in ((0, 4), (3, 12), (10, 26)):
        stopped = [
            curve.integral(first, last) / (last - first)
            for curve in (
                licence.curve("magnet", "DEU"),
                licence.curve("magnet", "IND"),
                licence.curve(collateral=True),
            )
        ]
        expected = 1 - 0.6 * (0.7 * stopped[0] + 0.3 * stopped[1]) - 0.4 * stopped[2]
        assert over(plain, weeks(first, last)) == pytest.approx([expected])


def march(given_numbers, days):
    """Send week by day in small steps: the rule as it is written, without its integral."""
    steps = 40
    waits = np.array(given_numbers.weeks)
    missing, sent, out = np.zeros(len(waits) + 1), [], 0.0
    weight = np.append(np.full(len(waits), given_numbers.in_scope / len(waits)), 1 - given_numbers.in_scope)
    for step in range(days * steps):
        week = (step + 0.5) / steps / 7
        stopped = np.where(week < waits, given_numbers.before, 0.0)
        fade = given_numbers.collateral_peak * max(0.0, 1 - week / given_numbers.collateral_until)
        stopped = np.append(stopped, fade)
        extra = np.minimum(given_numbers.r_max - 1, missing / given_numbers.refill_weeks)
        flow = 1 - stopped + np.where(stopped > 0, 0.0, extra)
        missing = np.clip(missing + (1 - flow) / steps / 7, 0, given_numbers.cover)
        out += float(weight @ flow) / steps
        if (step + 1) % steps == 0:
            sent.append(out)
    return np.array(sent)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.floats(0.5, 20), min_size=5, max_size=5),
    st.floats(0.5, 1),
    st.floats(0, 1),
    st.floats(1, 20),
    st.floats(0, 1),
    st.floats(1.01, 1.4),
    st.floats(2, 16),
    st.floats(0.5, 9),
)
def test_closed_form_agrees_with_a_march_in_small_steps(
    waits, before, peak, until, scope, most, refill, cover
):
    given_numbers = numbers(
        weeks=tuple(sorted(waits)),
        before=before,
        collateral_peak=peak,
        collateral_until=until,
        in_scope=scope,
        r_max=most,
        refill_weeks=refill,
        cover=cover,
    )
    days = np.arange(1, 180)
    exact = 7 * Flow(given_numbers, START).sent(days / 7)
    assert np.abs(march(given_numbers, 179) - exact).max() < 0.1
