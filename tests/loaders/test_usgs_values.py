"""Cells of USGS tables: every sign that the publisher uses, and nothing read into any other text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.loaders.usgs_values import Amount, Missing, read_value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,200", Amount(1200.0)),
        (" 45 ", Amount(45.0)),
        ("0.7", Amount(0.7)),
        ("5900000", Amount(5900000.0)),
        ("e1,200", Amount(1200.0, "estimated")),
        ("e4200", Amount(4200.0, "estimated")),
        ("<1", Amount(1.0, "at_most")),
        (">100,000", Amount(100000.0, "at_least")),
        ("W", Amount(None, "withheld")),
        ("—", Amount(0.0)),
        ("--", Amount(0.0)),
        ("Less than 1/2 unit", Amount(0.5, "at_most")),
        ("Less than ½ unit", Amount(0.5, "at_most")),
        ("68\xa0", Amount(68.0)),
    ],
)
def test_figure_is_read_with_its_qualifier(text, amount):
    assert read_value(text) == amount


@pytest.mark.parametrize("text", ["NA", "XX", "", "  ", "Large", "Very small", "Moderate to large"])
def test_cell_without_figure_says_why(text):
    found = read_value(text)
    assert isinstance(found, Missing)
    assert found.reason


@pytest.mark.parametrize(
    "text", ["lots", "1–2", "10,000 - 15,000", "1,20", "E", "-5", "s", "=1+1", "9" * 400, "1e5", "nan"]
)
def test_other_text_is_no_figure(text):
    with pytest.raises(ValueError, match=r".*"):
        read_value(text)


def test_estimate_of_a_column_stays_behind_a_bound():
    assert read_value("100", estimated=True) == Amount(100.0, "estimated")
    assert read_value(">100", estimated=True) == Amount(100.0, "at_least")


def test_sign_that_points_to_the_note_is_read_from_it():
    assert read_value("s", note="Estimated. -- Less than ½unit.") == Amount(0.5, "at_most")
    assert isinstance(read_value("s", note="Included in “World total.”"), Missing)


@given(st.integers(min_value=0, max_value=10**12))
def test_figure_with_thousands_commas_reads_as_without(number):
    assert read_value(f"{number:,}") == read_value(str(number)) == Amount(float(number))


@given(st.text(max_size=12))
def test_any_text_reads_or_is_refused(text):
    try:
        found = read_value(text)
    except ValueError:
        return
    assert isinstance(found, Amount | Missing)
