"""Severity by week and on average, worked by hand from the numbers in shapes.toml."""

import pytest

from chainshock.errors import InvalidRecord, UnknownName
from chainshock.queries.severity import Curve, constant_shape, mean_severity, read_shapes


def shape(name):
    return read_shapes().named(name)


def test_licence_mean_for_magnets_is_the_mean_wait_of_the_five_buyers():
    # Each fifth of the buyers waits 7, 9.5, 11, 13.5 and 18 weeks at 0.92: 0.92 x (59 / 5) / 26 = 0.41754
    assert mean_severity(shape("licence"), "magnet", "DEU") == pytest.approx(0.92 * 59 / 5 / 26)
    assert mean_severity(shape("licence"), "magnet", "DEU") == pytest.approx(0.417538, abs=1e-6)


@pytest.mark.parametrize(
    ("week", "expected"),
    [(-0.5, 0.0), (0, 0.92), (6.9, 0.92), (7, 0.92 * 0.8), (9.5, 0.92 * 0.6), (11, 0.92 * 0.4), (18, 0.0)],
)
def test_licence_for_magnets_falls_by_a_fifth_at_each_approval_week(week, expected):
    assert shape("licence").severity(week, "magnet", "DEU") == pytest.approx(expected)


def test_licence_mean_for_oxides_is_review_then_plateau():
    # 9 weeks at 0.92 and 17 at 0.65: (8.28 + 11.05) / 26 = 0.74346
    expected = (9 * 0.92 + 17 * 0.65) / 26
    assert mean_severity(shape("licence"), "oxide", "DEU") == pytest.approx(expected)
    assert expected == pytest.approx(0.74346, abs=1e-5)


def test_licence_for_india_comes_twelve_weeks_later():
    # 19, 21.5, 23, 25.5 and (30, cut at the end of the run) 26 weeks: 115 / 5
    assert mean_severity(shape("licence"), "magnet", "IND") == pytest.approx(0.92 * 115 / 5 / 26)


def test_licence_for_oxides_to_india_has_a_longer_review():
    assert mean_severity(shape("licence"), "oxide", "IND") == pytest.approx((21 * 0.92 + 5 * 0.65) / 26)


@pytest.mark.parametrize("buyer", ["military", "listed", "listed:CHN"])
def test_licence_refuses_military_and_listed_buyers_throughout(buyer):
    assert mean_severity(shape("licence"), "magnet", "DEU", buyer) == 1.0


def test_collateral_goods_fade_to_nothing_by_week_thirteen():
    # a triangle of height 0.5 and base 13: 3.25 / 26 = 0.125
    assert mean_severity(shape("licence"), "magnet", collateral=True) == pytest.approx(0.5 * 13 / 2 / 26)


@pytest.mark.parametrize(("name", "expected"), [("ban", 0.95), ("general-licence", 0.05)])
def test_ban_and_general_licence_are_constant_for_civil_buyers(name, expected):
    assert mean_severity(shape(name), "oxide", "USA") == pytest.approx(expected)


def test_measure_already_ten_weeks_old_starts_at_its_tenth_week():
    # weeks 10 to 36: three fifths are left until 11, 13.5 and 18, that is 1 + 3.5 + 8 weeks
    expected = 0.92 * (1 + 3.5 + 8) / 5 / 26
    assert mean_severity(shape("licence"), "magnet", "DEU", week0=10) == pytest.approx(expected)


def test_measure_that_starts_later_counts_nothing_before():
    # it starts in week 20 of 26: 6 weeks at 0.92
    assert mean_severity(shape("licence"), "magnet", "DEU", week0=-20) == pytest.approx(0.92 * 6 / 26)


def test_constant_shape_reaches_all_buyers_but_no_collateral_goods():
    made = constant_shape(0.8)
    assert mean_severity(made, "magnet", "USA", "military") == pytest.approx(0.8)
    assert mean_severity(made, "magnet", "USA", collateral=True) == 0.0


def test_integral_of_a_curve_adds_up_over_split_intervals():
    curve = shape("licence").made_to_order
    assert curve.integral(0, 26) == pytest.approx(curve.integral(0, 8.3) + curve.integral(8.3, 26))


def test_curve_without_pieces_is_its_last_value():
    assert Curve((), 0.3).integral(-4, 10) == pytest.approx(3.0)


def test_assumption_replaces_a_number_within_its_range():
    changed = read_shapes({"licence.before": 1.0}).named("licence")
    assert mean_severity(changed, "magnet", "DEU") == pytest.approx(59 / 5 / 26)


def test_assumption_outside_the_range_is_refused_with_the_range():
    with pytest.raises(InvalidRecord, match=r"found 0\.1, expected a number from 0\.8 to 1"):
        read_shapes({"licence.before": 0.1})


def test_unknown_names_list_what_is_known():
    with pytest.raises(UnknownName, match=r"licence\.before"):
        read_shapes({"licence.mean": 0.5})
    with pytest.raises(UnknownName, match="general-licence"):
        read_shapes().named("embargo")


def test_every_number_has_a_range_around_its_default_and_says_what_it_rests_on():
    for number in read_shapes().numbers.values():
        assert number.low <= number.default <= number.high, number.name
        assert number.basis, number.name
        assert number.source, number.name
        assert number.confidence in {"A", "B", "C"}, number.name


def test_every_number_is_used_by_a_shape():
    used = {name for entry in read_shapes().shapes.values() for name in entry.numbers}
    assert used == set(read_shapes().numbers)
