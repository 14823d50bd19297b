"""Figures that are withheld, and capacities without output, in the compiled network."""

from __future__ import annotations

import pytest

from chainshock.graph.facts import Fact
from chainshock.graph.parameters import read_parameters
from tests.graph.network.worlds import compiled, edge, end_use, good, output, requires, serves

USE = [
    end_use("cars"),
    good("MAG", "magnet", trade_code="8505"),
    requires("EndUse:cars", "MAG"),
    *serves("ford", "cars", "USA"),
    output("CHN", "MAG", 1000),
]


def withheld(country: str, year: int) -> Fact:
    return edge(
        "PRODUCES", f"Country:{country}", "Commodity:MAG", year=year, basis="output", qualifier="withheld"
    )


def test_withheld_latest_year_falls_back_to_the_last_figure_and_stays_visible():
    gap = withheld("USA", 2024)
    network = compiled([*USE, output("USA", "MAG", 40, 2022), gap])
    index = network.ids.index("rest|MAG|USA")
    assert network.output[index] == pytest.approx(40)
    assert gap.id in network.node_facts[index]


def test_withheld_year_before_the_figure_used_is_no_gap():
    gap = withheld("USA", 2022)
    network = compiled([*USE, output("USA", "MAG", 40, 2024), gap])
    assert gap.id not in network.node_facts[network.ids.index("rest|MAG|USA")]


def test_country_of_which_all_is_withheld_makes_an_unknown_amount_not_zero():
    network = compiled([*USE, withheld("USA", 2024)])
    assert "rest|MAG|USA" not in network.ids
    assert "rest|MAG|CHN" in network.ids


def test_capacity_counts_only_where_there_is_nothing_else_and_at_its_utilisation():
    capacity = edge(
        "PRODUCES", "Country:USA", "Commodity:MAG", year=2024, basis="capacity", output=100.0, unit="t"
    )
    alone = compiled([*USE, capacity])
    used = read_parameters().value("utilisation.operating")
    assert alone.output[alone.ids.index("rest|MAG|USA")] == pytest.approx(100 * used)
    beside = compiled([*USE, capacity, output("USA", "MAG", 40, 2023)])
    assert beside.output[beside.ids.index("rest|MAG|USA")] == pytest.approx(40)


def test_shares_of_elements_leave_the_network_as_it_is():
    share = edge(
        "PRODUCES", "Country:USA", "Element:Nd", year=2024, basis="extraction-share", share=0.5, output=9.0
    )
    assert compiled([*USE, share]).ids == compiled(USE).ids
