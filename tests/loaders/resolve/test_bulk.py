"""Many names at once: the same as one by one, where a rare word agrees."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.loaders.resolve.bulk import BulkNames, find_all
from chainshock.loaders.resolve.companies import Candidates, CompanyIndex, Found, Match
from tests.loaders.resolve.worlds import company, index_of, sits_in

INDEX = index_of(
    company("ford", "Ford Motor"),
    sits_in("ford", "USA"),
    company("cd", "Compass Diversified"),
    company("abb", "ABB"),
    company("sch", "Schindler"),
    company("ga", "Group Alder"),
    company("a", "Geely Auto"),
    company("b", "Geely Auto Ltd"),
)
SCHEMA = {"row": pl.UInt32, "id": pl.String, "name": pl.String, "country": pl.String}
NAMES = [
    *("Ford Motor Co", "Ford Mottor", "Ford Motor Holdings", "Motor Ford", "Compass Diversifed Inc"),
    *("compass diversified", "ABB Ltd", "Others", "Geely Auto", "Nobody", "", "Schindler Holding AG"),
    "Alder Group",
]


def resolve(index: CompanyIndex, *rows: tuple[str, str, str]) -> dict[str, Found]:
    bulk = BulkNames(index)
    for number, row in enumerate(rows):  # a frame each
        bulk.add(pl.DataFrame([(number, *row)], schema=SCHEMA, orient="row"))
    return bulk.resolve()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "USA", "CHN"])), max_size=8))
def test_many_names_are_resolved_as_one_by_one(rows: list[tuple[str, str]]) -> None:
    found = resolve(INDEX, *((str(number), *row) for number, row in enumerate(rows)))
    expected = {str(number): INDEX.find_name(*row) for number, row in enumerate(rows)}
    assert found == {key: answer for key, answer in expected.items() if answer is not None}


def test_row_with_several_names_is_matched_by_any() -> None:
    assert resolve(INDEX, ("1", "福特", ""), ("1", "Ford Motor", "USA")) == {"1": Match("ford", "name")}


def test_row_whose_names_are_those_of_two_companies_makes_both_candidates() -> None:
    found = resolve(INDEX, ("1", "Ford Motor", ""), ("1", "Compass Diversified", ""))
    assert isinstance(found["1"], Candidates)
    assert [pair.company_id for pair in found["1"].pairs] == ["cd", "ford"]


def test_names_of_two_companies_in_several_countries_make_both_candidates() -> None:
    rows = [("1", ["Ford Motor", "Compass Diversified"], ["", "USA", "CHN"])]
    found = find_all(INDEX, rows)["1"]
    assert isinstance(found, Candidates)
    assert [pair.company_id for pair in found.pairs] == ["cd", "ford"]


def test_one_country_that_agrees_is_enough() -> None:
    assert find_all(INDEX, [("1", ["Ford Motor"], ["CHN", "USA"])]) == {"1": Match("ford", "name")}


def test_word_in_most_names_finds_nobody_by_itself() -> None:
    index = index_of(company("x", "Motor"))
    assert resolve(index, *((str(n), f"Motor {n}", "") for n in range(30))) == {}


def test_no_names_give_nothing() -> None:
    assert resolve(INDEX) == {}
