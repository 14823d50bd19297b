"""Tables of supply gathered from facts: one edition and one year each."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.graph.facts import Fact, NodeRef
from chainshock.queries.supply_tables import SupplyTable, sourcing_tables, supply_tables
from tests.queries.supply_worlds import SOURCED, WORLD, fact, graph_of, share


def table_of(*facts: Fact) -> SupplyTable:
    (found,) = supply_tables(graph_of(list(facts)), 2025)
    return found


def test_table_orders_shares_and_leaves_the_rest_unknown() -> None:
    table = table_of(*reversed(WORLD))
    assert list(table.shares) == ["CHN", "BRA"]
    assert table.unknown == pytest.approx(0.1)
    assert table.factors == {"CHN": 1.1, "BRA": 0.8}


def test_rounded_shares_a_little_above_the_whole_stand_as_published() -> None:
    table = table_of(share("CHN", 0.984), share("BRA", 0.02))
    assert (table.shares["CHN"], table.unknown) == (0.984, 0.0)


def test_shares_far_above_the_whole_are_scaled_to_it() -> None:
    table = table_of(share("CHN", 1.0), share("BRA", 1.0))
    assert table.shares == {"BRA": 0.5, "CHN": 0.5}


def test_sourcing_of_the_union_is_found_by_element_and_stage() -> None:
    found = sourcing_tables(graph_of(SOURCED))
    assert list(found) == [(NodeRef("Element", "Nd"), "extraction")]
    assert found[NodeRef("Element", "Nd"), "extraction"].period == "2016-2020"


def test_aggregates_are_no_origins() -> None:
    assert "EUU" not in table_of(*WORLD, share("EUU", 0.1)).shares


def test_latest_year_counts_and_projections_never_do():
    later = [share("CHN", 0.7, year=2024), share("CHN", 0.9, year=2030, is_projection=True)]
    assert table_of(*WORLD, *later).period == "2024"


def test_editions_of_one_year_are_never_mixed():
    newer = share("CHN", 0.7, sources=("other",), known=date(2025, 1, 1))
    older = [share("BRA", 0.3), share("AUS", 0.1)]
    assert table_of(newer, *older).shares == {"CHN": pytest.approx(0.7)}


def test_quantities_without_a_total_are_shares_of_those_named():
    facts = [
        fact("PRODUCES", f"Country:{c}", "Commodity:OX", year=2024, basis="output", output=tonnes)
        for c, tonnes in (("CHN", 30.0), ("USA", 10.0))
    ]
    (table,) = supply_tables(graph_of([fact("Commodity", "Commodity:OX", None, stage="oxide"), *facts]), 2025)
    assert table.of_named
    assert table.shares == {"CHN": 0.75, "USA": 0.25}
    assert table.stage == "oxide"


@pytest.mark.parametrize(
    "hidden", [{"qualifier": "withheld"}, {"qualifier": "at_most", "output": 0.5, "unit": "t"}]
)
def test_withheld_or_bounded_quantity_leaves_the_published_shares_as_they_are(hidden):
    given = {"year": 2025, "basis": "output"}
    facts = [
        fact("PRODUCES", "Country:CHN", "Commodity:OX", output=40.0, share=0.4, **given),
        fact("PRODUCES", "Country:RUS", "Commodity:OX", output=32.0, share=0.32, **given),
        fact("PRODUCES", "Country:USA", "Commodity:OX", **hidden, **given),
    ]
    (table,) = supply_tables(graph_of(facts), 2025)
    assert (table.shares, table.of_named) == ({"CHN": 0.4, "RUS": 0.32}, False)
    assert table.unknown == pytest.approx(0.28)


def test_quantity_of_one_country_tells_no_share():
    only = fact("PRODUCES", "Country:CHN", "Commodity:OX", year=2024, basis="output", output=3.0)
    assert supply_tables(graph_of([only]), 2025) == []
