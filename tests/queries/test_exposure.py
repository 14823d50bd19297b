"""Exposures of nodes and entities, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.exposure import PARTS, Exposures, aggregate, exposures, unknown_share
from chainshock.queries.propagation.static import ShockOptions, solve
from tests.networks import Input, Node, build_network, control, pool, unknown
from tests.queries.propagation.worlds import two_buyers_one_pool

OPTIONS = ShockOptions(eta=0.5, price_floor=0.8, price_cap=4.0, pass_through=0.5)


def shocked(network: ProductionNetwork) -> Exposures:
    routes = control(network, "MAG", "CHN", 0.25)
    return exposures(network, solve(network, routes.edges(network), routes, OPTIONS))


def test_parts_of_a_buyer_a_winner_and_a_shut_out_exporter() -> None:
    # State as worked out in test_static: cars at 0.5 and 4 % dearer inputs; Japan gains half and sells at 2;
    # China's orders fall to 0.4 and its prices average 1.15.
    network = two_buyers_one_pool()
    by_id = {e.id: e.parts for e in aggregate(network, shocked(network), "company")}
    nothing = dict.fromkeys(PARTS, 0.0)
    assert by_id["car"] == pytest.approx({**nothing, "input": -3000.0, "price_bought": -240.0})
    assert by_id["mag-jpn"] == pytest.approx({**nothing, "gain": 100.0, "price_sold": 200.0})
    assert by_id["mag-chn"] == pytest.approx({**nothing, "orders_lost": -600.0, "price_sold": 60.0})


def test_pools_have_no_exposure_of_their_own() -> None:
    network = two_buyers_one_pool()
    assert np.all(shocked(network).relative[:, network.ids.index("pool-deu")] == 0.0)


def test_entity_takes_its_stake_of_each_node() -> None:
    stake = {"company": {"owner": 0.5}}
    network = two_buyers_one_pool(
        **{"mag-jpn": Node("MAG", "JPN", output=20, value=200, spare=0.5, entities=stake)},
        oxide=Node("OXIDE", "CHN", output=1, value=100, entities={"company": {"owner": 1.0}}),
    )
    (owner,) = (e for e in aggregate(network, shocked(network), "company") if e.id == "owner")
    assert owner.usd == pytest.approx(150.0)
    assert owner.value == pytest.approx(200.0)
    assert owner.relative == pytest.approx(0.75)
    assert owner.basis == "value"


def test_denominator_of_the_caller_replaces_the_value_in_the_graph() -> None:
    network = two_buyers_one_pool()
    rows = aggregate(network, shocked(network), "company", {"car": 64800.0})
    (car,) = (e for e in rows if e.id == "car")
    assert car.relative == pytest.approx(-3240.0 / 64800.0)


def test_entity_without_any_value_is_rated_by_share_of_output() -> None:
    # No value ranks last under no rule here: cars run at 0.5, and the mean of one node is its own.
    inputs = (Input("MAG", {"pool-deu": 1.0}, need=60),)
    network = two_buyers_one_pool(car=Node("CAR", "DEU", output=10, inputs=inputs))
    (car,) = (e for e in aggregate(network, shocked(network), "company") if e.id == "car")
    assert car.value is None
    assert car.usd == 0.0
    assert car.relative == pytest.approx(-0.5)
    assert car.basis == "share of output"


def test_project_wins_by_price_alone_and_is_marked() -> None:
    network = two_buyers_one_pool(plan=Node("MAG", "DEU", value=50, is_project=True, spare=9.0))
    (plan,) = (e for e in aggregate(network, shocked(network), "company") if e.id == "plan")
    assert plan.parts["price_sold"] == pytest.approx(50.0)  # magnets at twice the price in Germany
    assert plan.usd == pytest.approx(50.0)
    assert plan.basis == "project"


def test_unknown_share_follows_the_worst_input_through_pools() -> None:
    # Pool: 0.25 unknown. The line's magnets weigh 0.25 x kappa 0.8 = 0.2, its steel is known.
    network = build_network(
        {
            "mine": Node("MAG", "CHN", output=1),
            "nobody": unknown("MAG", "DEU"),
            "pool": pool("MAG", "DEU", 1, {"mine": 0.75, "nobody": 0.25}),
            "line": Node(
                "CAR", "DEU", inputs=(Input("MAG", {"pool": 1.0}, kappa=0.8), Input("STEEL", {"mill": 1.0}))
            ),
            "mill": Node("STEEL", "DEU", output=1),
        }
    )
    assert unknown_share(network).tolist() == pytest.approx([0.0, 1.0, 0.25, 0.2, 0.0])
