"""Which edges a measure touches."""

from __future__ import annotations

import numpy as np
import pytest

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.substitution import open_routes
from tests.networks import Input, Node, build_network, control, join, pool, unknown


@pytest.fixture
def network() -> ProductionNetwork:
    return build_network(
        {
            "mine": Node("ORE", "CHN", output=1),
            "pool-chn": pool("ORE", "CHN", 1, {"mine": 1.0}),
            "unknown": unknown("ORE", "DEU"),
            "pool-deu": pool("ORE", "DEU", 1, {"pool-chn": 0.6, "unknown": 0.4}),
            "user": Node("CAR", "DEU", output=1, inputs=(Input("ORE", {"pool-deu": 0.5, "mine": 0.5}),)),
        }
    )


def test_measure_touches_edges_that_cross_the_border_and_no_others(network: ProductionNetwork) -> None:
    # mine > pool-chn, pool-chn > pool-deu, unknown > pool-deu, pool-deu > user, mine > user
    assert control(network, "ORE", "CHN", 0.3).edges(network).tolist() == [1.0, 0.3, 1.0, 1.0, 0.3]


def test_unknown_supplier_counts_as_the_issuer_only_for_the_bound(network: ProductionNetwork) -> None:
    factor = control(network, "ORE", "CHN", 0.3).edges(network, unknown_from_issuer=True)
    assert factor.tolist() == [1.0, 0.3, 0.3, 1.0, 0.3]


def test_measures_on_one_route_multiply(network: ProductionNetwork) -> None:
    routes = join(control(network, "ORE", "CHN", 0.3), control(network, "ORE", "CHN", 0.5, name="quota"))
    assert routes.edges(network)[1] == pytest.approx(0.15)
    assert routes.by_good[network.goods.index("ORE")][0, 0, 1] == pytest.approx(0.15)


def test_measure_on_another_good_touches_nothing(network: ProductionNetwork) -> None:
    assert control(network, "CAR", "CHN", 0.0).edges(network).tolist() == [1.0] * 5


def test_issuer_is_open_to_itself_even_where_a_table_says_otherwise(network: ProductionNetwork) -> None:
    routes = control(network, "ORE", "CHN", 0.0, destinations=["CHN", "DEU"])
    assert routes.edges(network)[0] == 1.0


def test_route_that_a_control_in_the_baseline_holds_lets_its_flow_through_but_is_not_open():
    nodes = {
        "maker-CHN": Node("GE", "CHN", output=100.0),
        "pool": pool("GE", "USA", 10.0, {"maker-CHN": 1.0}),
        "optics": Node("LENS", "USA", 1.0, inputs=(Input("GE", {"pool": 1.0}, need=10.0),)),
    }
    network = build_network(nodes)
    table = np.zeros((1, 2, 2), dtype=bool)
    table[0, network.countries.index("CHN"), network.countries.index("USA")] = True
    routes = RouteFactors({}, held={network.goods.index("GE"): table})
    china, usa = (network.countries.index(c) for c in ("CHN", "USA"))
    is_open = open_routes(routes, network.goods.index("GE"), 0, 2)
    assert routes.edges(network).tolist() == [1.0] * len(network.edge_source)
    assert not is_open[china, usa]
    assert is_open[usa, china]
