"""What a company says of its own purchases: who sells, what is left to the pool, what a stock is worth."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graph.network.worlds import compiled, edge, end_use, good, node, output, requires, serves


def world(*more, **options):
    """A buyer in Germany of 100 t of magnets a year; Chinese and Japanese makers."""
    facts = [
        good("MAG", "magnet"),
        end_use("drives"),
        *serves("alder", "drives", "DEU"),
        requires("EndUse:drives", "MAG", 1e-6),
        output("CHN", "MAG", 900.0),
        output("JPN", "MAG", 100.0),
        *more,
    ]
    return compiled(facts, **options)


def supplies_of(network, start):
    """Suppliers of the only input of the node whose id begins so."""
    (index,) = [i for i, name in enumerate(network.ids) if name.startswith(start)]
    edges = [e for e, target in enumerate(network.edge_node) if target == index]
    return {network.ids[network.edge_source[e]]: round(float(network.weight[e]), 9) for e in edges}


def contract(seller="Company:kiri", **more):
    return edge("SUPPLIES", seller, "Company:alder", commodity="MAG", **{"status": "active", **more})


def test_company_without_contracts_buys_from_its_pool():
    assert supplies_of(world(), "alder|") == {"pool|MAG|DEU|civil": 1.0}


def test_contract_with_share_binds_the_company_and_leaves_the_rest_to_the_pool():
    network = world(node("Company:kiri", name="Kiri", is_listed=False), contract(share=0.4, country="JPN"))
    assert supplies_of(network, "alder|") == {"kiri|MAG|JPN": 0.4, "pool|MAG|DEU|civil": 0.6}


def test_unknown_seller_makes_what_it_sells_out_of_its_countrys_other_makers():
    network = world(node("Company:kiri", name="Kiri", is_listed=False), contract(share=0.4, country="JPN"))
    made = dict(zip(network.ids, network.output.tolist(), strict=True))
    assert (made["kiri|MAG|JPN"], made["rest|MAG|JPN"]) == (pytest.approx(40.0), pytest.approx(60.0))


def test_seller_that_is_known_to_make_the_good_sells_from_where_it_makes_it():
    segment = edge(
        "PRODUCES",
        "Company:kiri",
        "Commodity:MAG",
        year=2024,
        basis="segment",
        revenue_share=1.0,
        country="CHN",
    )
    network = world(node("Company:kiri", name="Kiri", is_listed=False), segment, contract(share=1.0))
    assert supplies_of(network, "alder|") == {"kiri|MAG|CHN": 1.0}


def test_seller_without_country_is_left_to_the_pool():
    network = world(node("Company:kiri", name="Kiri", is_listed=False), contract(share=0.4))
    assert supplies_of(network, "alder|") == {"pool|MAG|DEU|civil": 1.0}


def test_contract_that_has_ended_binds_nobody():
    network = world(contract(share=0.4, country="JPN", status="ended"))
    assert supplies_of(network, "alder|") == {"pool|MAG|DEU|civil": 1.0}


def test_shares_above_one_are_held_to_one():
    network = world(contract(share=0.9, country="JPN"), contract(share=0.9, country="CHN"))
    assert supplies_of(network, "alder|") == {"kiri|MAG|CHN": 0.5, "kiri|MAG|JPN": 0.5}


def test_stock_in_weeks_is_the_holders_cover_and_nobody_elses():
    stock = edge("HOLDS_STOCK", "Company:alder", "Commodity:MAG", weeks=11.0)
    network = world(*serves("birch", "drives", "DEU"), stock)
    cover = {network.ids[n].split("|")[0]: c for n, c in zip(network.group_node, network.cover, strict=True)}
    assert (cover["alder"], cover["birch"]) == (11.0, 6.0)
    own = {network.ids[n].split("|")[0] for n in network.group_node[network.own_stock]}
    assert own == {"alder"}


def test_stock_in_tonnes_is_weeks_of_the_holders_need():
    stock = edge("HOLDS_STOCK", "Company:alder", "Commodity:MAG", amount=25.0, unit="t")
    network = world(stock)
    assert network.cover[network.own_stock].tolist() == pytest.approx([13.0])


def test_stock_stated_as_a_range_sets_nothing():
    stock = edge("HOLDS_STOCK", "Company:alder", "Commodity:MAG", weeks_low=11.0, weeks_high=12.0)
    assert not world(stock).own_stock.any()


def test_own_stock_is_not_spread_over_archetypes():
    network = world(edge("HOLDS_STOCK", "Company:alder", "Commodity:MAG", weeks=11.0))
    stock = network.stock_of(np.array([0.5, 1.0, 2.0]))
    assert stock[network.own_stock].tolist() == [[11.0, 11.0, 11.0]]
    assert stock[~network.own_stock].tolist() == [
        [c * 0.5, c, c * 2.0] for c in network.cover[~network.own_stock]
    ]


def test_numbers_of_a_users_own_product_come_before_parameters():
    use = node(
        "EndUse:drives",
        name="drives",
        sector="industrial",
        buyer_class="civil",
        unit="unit",
        unit_value=1000.0,
    )
    facts = [
        good("MAG", "magnet"),
        use,
        *serves("alder", "drives", "DEU"),
        edge(
            "REQUIRES", "EndUse:drives", "Commodity:MAG",
            amount=2.0, unit="kg/unit", line="type/strong", line_share=0.25, kappa=0.5,
        ),
        output("CHN", "MAG", 900.0),
    ]  # fmt: skip
    network = compiled(facts)
    line = network.ids.index("alder|drives|DEU|type/strong")
    assert network.output[line] == pytest.approx(100e6 / 1000.0 / 4)
    (group,) = np.flatnonzero(network.group_node == line)
    assert network.kappa[group] == 0.5
    assert network.need[group] == pytest.approx(100e6 / 1000.0 / 4 * 2.0 / 1000)


def test_input_without_criticality_is_needed_in_full():
    facts = [
        good("MAG", "magnet"),
        end_use("drives"),
        *serves("alder", "drives", "DEU"),
        edge("REQUIRES", "EndUse:drives", "Commodity:MAG", amount=1e-6, unit="t/USD"),
        output("CHN", "MAG", 900.0),
    ]
    network = compiled(facts)
    assert network.kappa[network.group_node == 0].tolist() == [1.0]


def test_contract_of_a_supplier_with_its_own_supplier_reaches_one_tier_further():
    network = world(
        good("DY"),
        requires("Commodity:MAG", "DY", 0.03, unit="t/t"),
        output("CHN", "DY", 50.0),
        contract(share=1.0, country="JPN"),
        edge(
            "SUPPLIES", "Company:lynx", "Company:kiri",
            commodity="DY", share=0.7, country="AUS", status="active",
        ),
    )  # fmt: skip
    assert supplies_of(network, "kiri|MAG|JPN") == {"lynx|DY|AUS": 0.7, "pool|DY|JPN|civil": 0.3}
    made = dict(zip(network.ids, network.output.tolist(), strict=True))
    assert made["lynx|DY|AUS"] == pytest.approx(100.0 * 0.03 * 0.7)


def test_new_maker_makes_what_all_its_buyers_take():
    again = edge(
        "SUPPLIES", "Company:kiri", "Company:birch",
        commodity="MAG", share=0.5, country="JPN", status="active",
    )  # fmt: skip
    network = world(*serves("birch", "drives", "DEU"), contract(share=0.4, country="JPN"), again)
    made = dict(zip(network.ids, network.output.tolist(), strict=True))
    assert (made["kiri|MAG|JPN"], made["rest|MAG|JPN"]) == (pytest.approx(90.0), pytest.approx(10.0))
