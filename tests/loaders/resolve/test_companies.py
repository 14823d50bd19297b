"""Companies of other data sets, recognised or not."""

from __future__ import annotations

import pytest

from chainshock.loaders.resolve.companies import Candidates, Match
from tests.loaders.resolve.worlds import company, identifies, index_of, sits_in

FORD = company("ford", "Ford Motor", ticker="F", mic="XNYS", lei="20S05OYHG0MQM4VUIC57", isin="US3453708600")


def test_verified_identifier_goes_before_the_name() -> None:
    index = index_of(FORD, company("kia", "Kia Motors"), identifies("CIK-0000037996", "ford"))
    assert index.find(cik="37996", name="Kia Motors") == Match("ford", "identifier")


def test_recalled_lei_and_isin_of_a_company_row_never_join() -> None:
    assert index_of(FORD).find(lei="20S05OYHG0MQM4VUIC57", isin="US3453708600") is None


def test_ticker_and_market_of_a_company_row_join_together_only() -> None:
    index = index_of(FORD)
    assert index.find(ticker="f", mic="xnys") == Match("ford", "identifier")
    assert index.find(ticker="F") is None
    assert index.find(ticker="F", mic="XPAR") is None


def test_further_listing_joins_as_the_main_one_does() -> None:
    index = index_of(company("byd", "BYD", ticker="1211", mic="XHKG", other_listings=("002594.XSHE",)))
    assert index.find(ticker="002594", mic="XSHE") == Match("byd", "identifier")


def test_ticker_of_a_weak_row_does_not_join() -> None:
    index = index_of(company("a", "Aaaaa", ticker="A", mic="XNYS", confidence="C"))
    assert index.find(ticker="A", mic="XNYS") is None


def test_identifiers_of_two_companies_on_one_row_make_both_candidates() -> None:
    index = index_of(
        company("a", "Aaaaa"), company("b", "Bbbbb"), identifies("LEI-X", "a"), identifies("ISIN-Y", "b")
    )
    found = index.find(lei="X", isin="Y")
    assert isinstance(found, Candidates)
    assert [pair.company_id for pair in found.pairs] == ["a", "b"]


def test_what_the_data_set_itself_said_before_is_not_used() -> None:
    facts = (FORD, identifies("CIK-0000037996", "ford", origin="mine"))
    assert index_of(*facts).find(cik="37996") == Match("ford", "identifier")
    assert index_of(*facts, without="mine").find(cik="37996") is None


@pytest.mark.parametrize("name", ["FORD MOTOR CO", "Ford Motor Company", "ford  motor, inc. /DE/"])
def test_exact_name_without_legal_form_is_a_match(name: str) -> None:
    assert index_of(FORD).find(name=name) == Match("ford", "name")


def test_alias_is_as_good_as_the_name() -> None:
    index = index_of(company("dmegc", "DMEGC", aliases=("Hengdian Group DMEGC Magnetics",)))
    assert index.find(name="Hengdian Group DMEGC Magnetics Co., Ltd.") == Match("dmegc", "name")


def test_name_of_two_companies_makes_both_candidates() -> None:
    found = index_of(company("a", "Geely Auto"), company("b", "GEELY AUTO LTD")).find(name="Geely Auto")
    assert isinstance(found, Candidates)
    assert [pair.company_id for pair in found.pairs] == ["a", "b"]


def test_short_name_alone_is_a_candidate_only() -> None:
    found = index_of(company("abb", "ABB")).find(name="ABB Ltd")
    assert isinstance(found, Candidates)
    assert found.pairs[0].score == 100


def test_country_of_another_head_office_turns_a_match_into_a_candidate_of_lower_score() -> None:
    index = index_of(FORD, sits_in("ford", "USA"))
    assert index.find(name="Ford Motor", country="USA") == Match("ford", "name")
    found = index.find(name="Ford Motor", country="DEU")
    assert isinstance(found, Candidates)
    assert found.pairs[0].score == 90


def test_near_name_is_a_candidate_never_a_match() -> None:
    found = index_of(company("cd", "Compass Diversified")).find(name="Compass Diversifed Inc")
    assert isinstance(found, Candidates)
    assert found.pairs[0].company_id == "cd"
    assert 88 <= found.pairs[0].score < 100


def test_word_such_as_holding_does_not_hide_a_short_name() -> None:
    found = index_of(company("schindler", "Schindler")).find(name="Schindler Holding AG/ADR")
    assert isinstance(found, Candidates)
    assert found.pairs[0].score == 95


def test_words_in_another_order_make_a_candidate() -> None:
    found = index_of(company("x", "Group Alder")).find(name="Alder Group")
    assert isinstance(found, Candidates)
    assert found.pairs[0].score == 100


def test_near_name_in_another_country_is_nobody() -> None:
    index = index_of(company("cd", "Compass Diversified"), sits_in("cd", "USA"))
    assert index.find(name="Compass Diversifed", country="CHN") is None


@pytest.mark.parametrize("name", ["Others", "World total", "", "Inc.", "Entirely different"])
def test_nobody_answers_to_collective_blank_or_unlike_names(name: str) -> None:
    assert index_of(FORD, company("o", "Others")).find(name=name) is None
