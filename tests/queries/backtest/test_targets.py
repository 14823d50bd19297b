"""Entities of outcomes found in the shipped graph, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest

import chainshock
from chainshock.queries.backtest.outcomes import Outcome
from chainshock.queries.backtest.targets import TargetFinder


@pytest.fixture(scope="module")
def finder():
    return TargetFinder(chainshock.reference().graph(date(2025, 11, 8), "latest"))


def outcome(entity, entity_type, ticker=""):
    return Outcome("e", entity, entity_type, ticker, "production", "harm", "A", False, "", "", None, 1)


@pytest.mark.parametrize(
    ("entity", "kind", "ticker", "found"),
    [
        ("MP Materials", "listed_company", "MP", "mp-materials"),
        ("Lynas", "listed_company", "LYC.AX", "lynas-rare-earths"),
        ("JL MAG Rare-Earth", "listed_company", "300748.SZ", "jl-mag-rare-earth"),
        ("Ford Chicago Assembly (Explorer)", "facility", "", "ford-motor"),
        ("Bosch (own)", "firm", "", "robert-bosch"),
        ("Maruti Suzuki e-Vitara (plan Apr-Sep FY26)", "firm_product", "", "maruti-suzuki"),
        ("China -> Japan magnets May 2025", "country_flow", "", "JPN"),
        (
            "China Rare Earth Holdings",
            "listed_company",
            "0769.HK",
            "china-rare-earth-holdings",
        ),  # not the Group
        ("US imports of Ge from China Jan-Jul 2025", "country_flow", "", "USA"),
        ("German automotive industry reporting shortage", "sector", "", "DEU (automotive)"),
        ("German manufacturing reporting shortage", "sector", "", "DEU"),
    ],
)
def test_entity_is_found(finder, entity, kind, ticker, found):
    assert str(finder.find(outcome(entity, kind, ticker))) == found


@pytest.mark.parametrize(
    ("entity", "kind", "ticker"),
    [
        ("China Rare Earth Magnets", "listed_company", "9999.HK"),  # none of those whose names begin so
        ("Arafura, Alkane, Greenland Minerals", "listed_company", ""),
        ("S&P 500", "index", "^GSPC"),
        ("About 5,800 listed firms", "portfolio", ""),
        ("Northern Rare Earth", "listed_company", ""),
        ("A-share rare-earth sector", "sector", ""),
        ("", "firm", ""),
    ],
)
def test_entity_that_is_not_one_thing_of_the_graph_is_not_guessed(finder, entity, kind, ticker):
    assert finder.find(outcome(entity, kind, ticker)) is None
