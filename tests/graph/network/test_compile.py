import numpy as np
import pytest

from chainshock.graph.network.production import Evidence, NodeKind
from tests.graph.network.worlds import (
    compiled,
    edge,
    end_use,
    good,
    node,
    output,
    plant,
    price,
    requires,
    serves,
    supplies,
    trade,
)

USE = [end_use("cars"), good("MAG", "magnet", trade_code="8505"), requires("EndUse:cars", "MAG")]


def test_pool_with_trade_weighs_imports_beside_home_output():
    facts = [*USE, *serves("ford", "cars", "USA"), output("USA", "MAG", 25), output("CHN", "MAG", 1000)]
    facts += [trade("CHN", "USA", "8505", 60), trade("JPN", "USA", "8505", 15)]
    network = compiled(facts)
    # 25 t at home and 75 t imported: 0.25, 0.60, 0.15
    assert supplies(network, "pool|MAG|USA|civil") == {
        "rest|MAG|USA": 0.25,
        "pool|MAG|CHN|civil": 0.6,
        "pool|MAG|JPN|civil": 0.15,
    }


def test_pool_whose_import_shares_leave_a_gap_buys_the_gap_from_unknown():
    facts = [*USE, *serves("ford", "cars", "USA"), output("CHN", "MAG", 1000)]
    facts += [trade("CHN", "USA", "8505", 60, 0.6), trade("CHE", "USA", "8505", 30, 0.3)]
    network = compiled(facts)
    assert supplies(network, "pool|MAG|USA|civil")["unknown|MAG|USA"] == pytest.approx(0.1)


def test_path_through_a_re_exporting_country_reads_pool_by_pool():
    facts = [*USE, *serves("ford", "cars", "USA"), output("CHN", "MAG", 1000)]
    facts += [trade("DEU", "USA", "8505", 10), trade("CHN", "DEU", "8505", 50)]
    network = compiled(facts)
    assert supplies(network, "pool|MAG|USA|civil") == {"pool|MAG|DEU|civil": 1.0}
    assert supplies(network, "pool|MAG|DEU|civil") == {"pool|MAG|CHN|civil": 1.0}


def test_residual_of_a_country_is_its_total_less_named_plants():
    facts = [*USE, *serves("ford", "cars", "USA"), output("USA", "MAG", 100), *plant("a", "USA", "MAG", 70)]
    network = compiled(facts)
    assert network.output[network.ids.index("rest|MAG|USA")] == pytest.approx(30)


def test_residual_of_a_country_whose_plants_exceed_its_total_is_absent_not_negative():
    facts = [*USE, *serves("ford", "cars", "USA"), output("USA", "MAG", 50), *plant("a", "USA", "MAG", 70)]
    network = compiled(facts)
    assert "rest|MAG|USA" not in network.ids


def test_military_end_use_draws_from_a_pool_of_its_own_fed_by_civil_origins():
    facts = [*USE, end_use("jets", "military"), requires("EndUse:jets", "MAG"), output("CHN", "MAG", 1000)]
    facts += [*serves("ford", "cars", "USA"), *serves("lockheed", "jets", "USA")]
    facts += [trade("CHN", "USA", "8505", 60)]
    network = compiled(facts)
    assert supplies(network, "pool|MAG|USA|military") == {"pool|MAG|CHN|civil": 1.0}
    assert (
        network.buyer_classes[network.buyer_class[network.ids.index("pool|MAG|USA|military")]] == "military"
    )


def test_company_singled_out_by_a_measure_draws_from_its_own_pool():
    facts = [
        *USE,
        *serves("ford", "cars", "USA"),
        *serves("gm", "cars", "USA"),
        trade("CHN", "USA", "8505", 6),
    ]
    network = compiled(facts, buyer_classes={"gm": "listed"})
    assert "pool|MAG|USA|listed" in network.ids
    assert "pool|MAG|USA|civil" in network.ids


def test_good_without_trade_data_comes_from_home_then_from_countries_with_surplus_then_from_unknown():
    facts = [end_use("cars"), good("OX"), requires("EndUse:cars", "OX"), output("JPN", "OX", 20)]
    facts += [*serves("toyota", "cars", "JPN"), output("CHN", "OX", 40)]
    network = compiled(facts)
    # need 100 USD m x 1e-6 t/USD = 100 t: 20 at home, 40 from China, 40 from nobody known
    assert supplies(network, "pool|OX|JPN|civil") == {
        "rest|OX|JPN": 0.2,
        "pool|OX|CHN|civil": 0.4,
        "unknown|OX|JPN": 0.4,
    }


def test_internal_feed_between_plants_comes_before_the_pool():
    facts = [
        *USE,
        good("OX"),
        requires("Commodity:MAG", "OX", 0.3, unit="t/t"),
        *serves("ford", "cars", "USA"),
    ]
    facts += [*plant("mill", "USA", "OX", 100), *plant("magnets", "USA", "MAG", 50), output("CHN", "OX", 900)]
    feed = {"commodity": "OX", "status": "active", "relation": "internal feed"}
    facts += [edge("SUPPLIES", "Facility:mill", "Facility:magnets", **feed)]
    network = compiled(facts)
    assert supplies(network, "magnets|MAG") == {"mill|OX": 1.0}
    edges = network.edge_node == network.ids.index("magnets|MAG")
    assert network.evidence[edges].tolist() == [Evidence.CONTRACT]


def test_lines_of_an_activity_share_out_its_value():
    facts = [end_use("cars"), good("H", "magnet"), good("L", "magnet"), *serves("ford", "cars", "USA")]
    facts += [
        requires("EndUse:cars", "H", line="main/hree", line_share_parameter="line.car.hree"),
        requires("EndUse:cars", "L", line="main/light", line_share_parameter="line.car.light"),
    ]
    network = compiled(facts)
    values = {i.rsplit("|", 1)[1]: v for i, v in zip(network.ids, network.value, strict=True) if "ford" in i}
    # shares 0.50, 0.15 and the rest of 100 USD m
    assert values == pytest.approx({"main/hree": 50e6, "main/light": 15e6, "": 35e6})


def test_segment_without_magnets_needs_nothing_of_the_main_family():
    facts = [end_use("cars"), good("H", "magnet"), *serves("bmw", "cars", "DEU", magnet_use="no")]
    facts += [requires("EndUse:cars", "H", line="main/hree", line_share_parameter="line.car.hree")]
    network = compiled(facts)
    assert [i for i in network.ids if i.startswith("bmw")] == ["bmw|cars|DEU|"]
    assert not len(network.group_node)


def test_project_is_marked_and_its_value_discounted_from_its_start():
    facts = [
        *USE,
        *serves("ford", "cars", "USA"),
        *plant("new", "USA", "MAG", 100, status="planned", start_year=2027),
    ]
    network = compiled([*facts, output("CHN", "MAG", 10)])
    index = network.ids.index("project|new|MAG")
    assert network.is_project[index]
    assert network.output[index] == pytest.approx(100 * 0.3)
    assert not [g for g in network.group_node if g == index]


def test_output_of_the_year_after_the_baseline_is_not_used_when_an_older_one_exists():
    facts = [
        *USE,
        *serves("ford", "cars", "USA"),
        output("USA", "MAG", 10, 2023),
        output("USA", "MAG", 99, 2025),
    ]
    network = compiled(facts)
    assert network.output[network.ids.index("rest|MAG|USA")] == pytest.approx(10)


def test_pool_supplies_what_its_buyers_and_other_pools_draw():
    facts = [*USE, *serves("ford", "cars", "USA"), *serves("vw", "cars", "DEU"), output("CHN", "MAG", 1000)]
    facts += [
        trade("DEU", "USA", "8505", 10),
        trade("CHN", "USA", "8505", 30),
        trade("CHN", "DEU", "8505", 50),
    ]
    network = compiled(facts)
    need = dict(zip(network.ids, network.output, strict=True))
    # USA needs 100 t, a quarter of it by way of Germany, whose own buyers need 100 t
    assert need["pool|MAG|DEU|civil"] == pytest.approx(125)
    assert need["pool|MAG|CHN|civil"] == pytest.approx(200)


def test_compilation_of_the_same_facts_in_another_order_gives_the_same_network():
    facts = [*USE, *serves("ford", "cars", "USA"), *serves("vw", "cars", "DEU"), output("CHN", "MAG", 1000)]
    facts += [
        trade("DEU", "USA", "8505", 10),
        trade("CHN", "USA", "8505", 30),
        trade("CHN", "DEU", "8505", 50),
    ]
    one, other = compiled(facts), compiled(facts[::-1])
    assert one.ids == other.ids
    assert np.array_equal(one.weight, other.weight)


def test_weights_of_every_group_sum_to_one_and_pools_have_one_group():
    facts = [
        *USE,
        *serves("ford", "cars", "USA"),
        output("CHN", "MAG", 5),
        trade("CHN", "USA", "8505", 3, 0.7),
    ]
    network = compiled(facts)
    sums = np.bincount(network.edge_group, network.weight)
    assert sums == pytest.approx(np.ones_like(sums))
    pools = np.flatnonzero(network.kind == NodeKind.POOL)
    assert all((network.group_node == pool).sum() == 1 for pool in pools)


def test_mine_that_feeds_its_owners_plant_adds_no_revenue_to_it():
    facts = [good("OX"), good("ORE", "concentrate"), requires("Commodity:OX", "ORE", 10, unit="t/t")]
    facts += [
        node("Company:miner", name="miner", is_listed=True, revenue=1.0, currency="USD", fiscal_year=2024)
    ]
    facts += [*plant("mine", "USA", "ORE", 100), *plant("mill", "USA", "OX", 10)]
    facts += [edge("OPERATES", "Company:miner", f"Facility:{key}") for key in ("mine", "mill")]
    facts += [price("ORE", 8), price("OX", 80)]
    segment = {"year": 2024, "basis": "segment", "country": "USA", "country_share": 1.0, "revenue_share": 0.9}
    facts += [edge("PRODUCES", "Company:miner", "Commodity:OX", **segment)]
    network = compiled(facts)
    stakes = {
        i: e["company"]["miner"] for i, e in zip(network.ids, network.entities, strict=True) if "company" in e
    }
    # of 1.0 USD m the mill carries the segment's 0.9; the mine's 100 t at 8,000 USD count for 0.1
    assert stakes == pytest.approx({"mill|OX": 1.0, "mine|ORE": 0.1 / 0.8})


def test_quantity_derived_from_a_segments_value_gives_way_to_the_national_figure():
    facts = [*USE, *serves("ford", "cars", "USA"), output("JPN", "MAG", 40), price("MAG", 1)]
    segment = {
        "year": 2024,
        "basis": "segment",
        "country": "JPN",
        "country_share": 1.0,
        "revenue_share": 0.001,
    }
    facts += [edge("PRODUCES", "Company:ford", "Commodity:MAG", **segment)]
    network = compiled(facts)
    # 0.1 % of 100 USD m at 1,000 USD a tonne would be 100 t; Japan makes 40
    assert network.output[network.ids.index("ford|MAG|JPN")] == pytest.approx(40)
    assert "rest|MAG|JPN" not in network.ids


def test_country_missing_from_published_shares_makes_at_most_what_they_leave():
    facts = [end_use("cars"), good("OX"), requires("EndUse:cars", "OX"), *serves("ford", "cars", "USA")]
    facts += [
        edge("PRODUCES", "Country:CHN", "Commodity:OX", year=2024, basis="share", share=0.9),
        price("OX", 1),
    ]
    segment = {"year": 2024, "basis": "segment", "country": "USA", "country_share": 1.0, "revenue_share": 0.5}
    facts += [edge("PRODUCES", "Company:ford", "Commodity:OX", **segment)]
    network = compiled(facts)
    # buyers need 100 t; China makes 90, so what the segment's value suggests (50,000 t) is held to 10
    assert network.output[network.ids.index("ford|OX|USA")] == pytest.approx(10)


def test_company_that_plans_to_make_a_good_is_a_project_of_unknown_value():
    facts = [*USE, *serves("ford", "cars", "USA"), output("CHN", "MAG", 100)]
    segment = {
        "year": 2024,
        "basis": "segment",
        "country": "AUS",
        "revenue_share": 0.0,
        "is_projection": True,
    }
    facts += [edge("PRODUCES", "Company:hopeful", "Commodity:MAG", **segment)]
    network = compiled(facts)
    index = network.ids.index("project|hopeful|MAG|AUS")
    assert network.is_project[index]
    assert np.isnan(network.value[index])


def test_mine_without_a_figure_makes_what_the_plant_it_feeds_needs():
    facts = [
        *USE,
        good("OX"),
        requires("Commodity:MAG", "OX", 0.3, unit="t/t"),
        *serves("ford", "cars", "USA"),
    ]
    facts += [*plant("magnets", "USA", "MAG", 50), output("CHN", "OX", 900)]
    facts += [node("Facility:mill", name="mill", stage="other", status="operating")]
    facts += [edge("LOCATED_IN", "Facility:mill", "Country:AUS")]
    feed = {"commodity": "OX", "status": "active", "relation": "internal feed"}
    facts += [edge("SUPPLIES", "Facility:mill", "Facility:magnets", **feed)]
    network = compiled(facts)
    assert supplies(network, "magnets|MAG") == {"mill|OX": 1.0}
    assert network.output[network.ids.index("mill|OX")] == pytest.approx(0.3 * 50)


def test_output_of_the_year_after_the_baseline_comes_before_a_capacity():
    facts = [
        *USE,
        *serves("ford", "cars", "USA"),
        node("Facility:a", name="a", stage="other", status="operating"),
    ]
    facts += [edge("LOCATED_IN", "Facility:a", "Country:USA")]
    for year, basis, tonnes in ((2024, "capacity", 100.0), (2025, "output", 60.0)):
        facts += [edge("PRODUCES", "Facility:a", "Commodity:MAG", year=year, basis=basis, output=tonnes)]
    network = compiled(facts)
    assert network.output[network.ids.index("a|MAG")] == pytest.approx(60)
