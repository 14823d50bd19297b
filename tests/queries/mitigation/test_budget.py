"""Budgets as people write them."""

import pytest

from chainshock.errors import QueryError
from chainshock.queries.mitigation.budget import read_budget


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("12 weeks of stock", "weeks", 12.0),
        ("1 week", "weeks", 1.0),
        (" 2.5w ", "weeks", 2.5),
        ("0 weeks of stock", "weeks", 0.0),
        ("500 t a year", "tonnes", 500.0),
        ("1,500 tonnes per year", "tonnes", 1500.0),
        ("2 kt/a", "tonnes", 2000.0),
        ("18 months", "months", 18.0),
        ("USD 5 m", "money", 5e6),
        ("5m EUR", "money", 5e6),
        ("JPY 1.5 bn", "money", 1.5e9),
        ("GBP 20000", "money", 2e4),
    ],
)
def test_budget_is_read(text, kind, amount):
    found = read_budget(text)
    assert (found.kind, found.amount) == (kind, amount)


@pytest.mark.parametrize(
    "text",
    ["", "12", "twelve weeks", "-3 weeks", "5 t", "5,00 t a year", "1e3 weeks", "$5m", "5 m", "nan weeks"],
)
def test_anything_else_is_refused_with_the_forms_that_are_understood(text):
    with pytest.raises(
        QueryError, match=r'found .*, expected "12 weeks of stock", "500 t a year", "18 months"'
    ):
        read_budget(text)


@pytest.mark.parametrize("text", ["521 weeks", "9999 months"])
def test_budget_beyond_any_run_is_refused(text):
    with pytest.raises(QueryError, match="expected at most"):
        read_budget(text)


def test_months_are_twelfths_of_a_year_of_52_weeks():
    assert read_budget("12 months").weeks == 52.0
