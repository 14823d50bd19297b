"""Prices by week beside the record: the mean of markets, sides, and what was published when."""

from __future__ import annotations

from datetime import date

import pytest

import chainshock
from chainshock.errors import QueryError, UnknownName


@pytest.fixture(scope="module")
def shock():
    return chainshock.reference().shock("april-2025")


def test_mean_over_the_weeks_is_the_price_of_the_ranking(shock):
    (row,) = [row for row in shock.rank("commodities", extras=()).rows if row.id == "OX_DY"]
    table = shock.prices("OX_DY")
    for side, price in (("outside", row.prices.price_outside), ("inside", row.prices.price_inside)):
        rows = table.of("model", side)
        assert len(rows) == 26
        assert sum(r.value for r in rows) / len(rows) == pytest.approx(price)
        assert all(r.low <= r.value <= r.high for r in rows)


def test_record_is_parted_by_the_issuer_of_measures_on_the_good(shock):
    table = shock.prices("Dysprosium oxide")
    said = {(row.side, row.label): (row.low, row.high) for row in table.of("recorded")}
    assert said["inside", "China / ~96% of global consumption"] == (224, 224)
    assert ("everywhere", "Argus annual average") in said
    assert {row.unit for row in table.of("recorded")} == {"USD/kg"}
    assert all(row.sources for row in table.of("recorded"))


def test_good_that_no_measure_touches_has_one_price_everywhere(shock):
    table = shock.prices("OX_NDPR")
    assert {row.side for row in table.of("model")} == {"everywhere"}
    assert "everywhere" in table.to_text(100)


def test_prices_published_later_are_left_out_of_what_was_known(shock):
    known = shock.dataset.shock("april-2025", as_of=date(2025, 4, 4), facts="known").prices("OX_DY")
    assert all(row.known_from <= "2025-04-04" for row in known.of("recorded"))


def test_goods_without_weeks_rule_or_name_are_refused(shock):
    with pytest.raises(QueryError, match="static"):
        shock.dataset.shock("april-2025", horizon=None).prices("OX_DY")
    with pytest.raises(UnknownName, match="nope"):
        shock.prices("nope")


def test_text_keeps_to_the_width(shock):
    for width in (60, 100, 160):
        assert max(map(len, shock.prices("OX_DY").to_text(width).split("\n"))) <= width
