"""Which good is meant: by id, exact name or HS code, never by likeness."""

from __future__ import annotations

import pytest

from chainshock.loaders.resolve.goods import GoodIndex
from tests.loaders.tabular_worlds import node


@pytest.fixture
def index():
    goods = [
        node("Commodity", "MAG_S", name="Strong magnet", stage="magnet", unit="t", hs_codes=("850511",)),
        node("Commodity", "MAG_L", name="Light magnet", stage="magnet", unit="t", hs_codes=("850511",)),
        node("Commodity", "OX_DY", name="Dysprosium oxide", stage="oxide", unit="t", hs_codes=("284690",)),
    ]
    return GoodIndex({fact.source.key: fact for fact in goods})


@pytest.mark.parametrize("text", ["OX_DY", "ox_dy", "dysprosium  OXIDE", "284690", "2846.90"])
def test_good_is_found_by_id_exact_name_and_code(index, text):
    assert index.find(text) == "OX_DY"


def test_code_of_several_goods_names_them_all(index):
    assert index.find("8505 11") == ("MAG_L", "MAG_S")
    assert "MAG_L (Light magnet), MAG_S (Strong magnet)" in index.expected("850511")


@pytest.mark.parametrize("text", ["Dysprosium", "Strong magnets", "85", ""])
def test_what_is_only_alike_is_not_found(index, text):
    assert index.find(text) == ()


def test_nearest_goods_are_named_where_nothing_answers(index):
    assert index.expected("Strong magnets").endswith("nearest: MAG_S (Strong magnet), MAG_L (Light magnet)")
