"""Market segments and what a price change is worth to a node."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainshock.queries.propagation.price_terms import reprice
from chainshock.queries.propagation.prices import price_ratio, price_weights, sold_markup
from chainshock.queries.propagation.static import ShockOptions, solve
from chainshock.queries.propagation.sweeps import Frame
from tests.networks import Input, Node, build_network, control, pool
from tests.queries.propagation.worlds import two_buyers_one_pool


def three_markets() -> dict[str, Node]:
    return {
        **{f"mine-{c}": Node("ORE", c, output=10, value=1) for c in ("CHN", "USA", "VNM")},
        **{f"pool-{c}": pool("ORE", c, 10, {f"mine-{c}": 0.5, "mine-CHN": 0.5}) for c in ("USA", "VNM")},
        "car": Node("CAR", "USA", output=1, value=1, inputs=(Input("ORE", {"pool-USA": 1.0}, need=10),)),
    }


def test_ban_on_one_destination_leaves_one_market_where_others_can_pass_goods_on() -> None:
    network = build_network(three_markets())
    routes = control(network, "ORE", "CHN", 0.0, destinations=["USA"])
    state = solve(network, routes.edges(network), routes, ShockOptions(eta=0.5))
    assert state.segment[network.goods.index("ORE")].tolist() == [0, 0, 0]


def test_control_on_all_destinations_parts_the_issuers_market_from_the_rest() -> None:
    network = build_network(three_markets())
    routes = control(network, "ORE", "CHN", 0.5)
    state = solve(network, routes.edges(network), routes, ShockOptions(eta=0.5, price_floor=0.8))
    assert state.segment[network.goods.index("ORE")].tolist() == [0, 1, 1]


def test_country_that_neither_makes_nor_buys_a_good_has_no_price_of_it() -> None:
    network = build_network({**three_markets(), "film": Node("FILM", "FRA", output=1, value=1)})
    routes = control(network, "ORE", "CHN", 0.5)
    state = solve(network, routes.edges(network), routes, ShockOptions(eta=0.5))
    ore, france = network.goods.index("ORE"), network.countries.index("FRA")
    assert state.segment[ore, france] == -1
    assert state.price[ore, france] == 1.0


def test_price_weights_are_the_transpose_of_the_mean_price_change() -> None:
    network = two_buyers_one_pool()
    options = ShockOptions(pass_through=0.3)
    frame = Frame(network, control(network, "MAG", "CHN", 0.25).edges(network))
    draw = np.random.default_rng(1)
    price, nodes = 1.0 + draw.random((len(network.goods), len(network.countries))), draw.random(network.n)
    one = nodes @ sold_markup(frame, options, price)
    other = (price_weights(frame, options, nodes) * (price - 1.0)).sum()
    np.testing.assert_allclose(one, other)


def test_price_follows_tightness_between_floor_and_ceiling() -> None:
    network = two_buyers_one_pool()
    shape = (len(network.goods), len(network.countries))
    mag = network.goods.index("MAG")
    tightness = np.zeros(shape)
    tightness[mag] = [0.5, -0.5, 0.0][: shape[1]]
    options = ShockOptions(eta=0.25, price_cap=2.0, price_floor=0.8)
    price, held = price_ratio(tightness, network, options)
    assert price[mag].tolist() == [2.0, 0.8, 1.0][: shape[1]]  # 1 + 0.5 / 0.25 = 3, 1 - 0.5 / 0.25 = -1
    assert held[mag].tolist() == [True, False, False][: shape[1]]
    assert price_ratio(tightness, network, options, 2.0)[0][mag, 0] == 3.0
    assert price_ratio(tightness, network, options, 0.5)[0][mag, 0] == 1.0
    assert price_ratio(tightness, network, options, 0.1)[0][mag, 0] == 1.0  # no ceiling below baseline


def test_repricing_at_the_same_ceiling_changes_nothing_and_a_higher_one_what_was_clipped() -> None:
    network = two_buyers_one_pool()
    routes = control(network, "MAG", "CHN", 0.5)
    options = ShockOptions(eta=0.1, price_cap=2.0, substitution="none")
    state = solve(network, routes.edges(network), routes, options)
    same, higher = reprice(state, 1.0), reprice(state, 1.5)
    for name in ("price", "at_ceiling", "price_sold", "price_bought"):
        assert np.array_equal(getattr(same, name), getattr(state, name))
    mag, germany = network.goods.index("MAG"), network.countries.index("DEU")
    assert state.at_ceiling[mag, germany]
    assert (state.price[mag, germany], higher.price[mag, germany]) == (2.0, 3.0)
    car = network.ids.index("car")
    assert higher.price_bought[car] == 2 * state.price_bought[car] > 0
    whole = solve(network, routes.edges(network), routes, replace(options, price_cap=3.0))
    assert np.array_equal(whole.price_bought, higher.price_bought)
    assert np.array_equal(whole.price_sold, higher.price_sold)
