"""Static shocks worked out by hand. Every number is derived in a comment."""

from __future__ import annotations

import numpy as np
import pytest

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.static import ShockOptions, ShockState, solve
from tests.networks import OPEN, Input, Node, build_network, control, pool
from tests.queries.propagation.worlds import chain_behind_a_gain, two_buyers_one_pool


def shock(network: ProductionNetwork, routes: RouteFactors, **options: object) -> ShockState:
    return solve(network, routes.edges(network), routes, ShockOptions(**options))  # type: ignore[arg-type]


def at(network: ProductionNetwork, values: np.ndarray, *ids: str) -> list[float]:
    return [float(values[network.ids.index(name)]) for name in ids]


# A quarter of China's exports passes: the German pool holds 0.8 x 0.25 + 0.2 = 0.4 of its 100 magnets.
QUARTER = 0.25


def quarter(network: ProductionNetwork) -> RouteFactors:
    return control(network, "MAG", "CHN", QUARTER)


def test_proportional_rationing_gives_two_buyers_the_same_share() -> None:
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), substitution="none")
    assert at(network, state.x, "pool-deu", "car", "toy") == pytest.approx([0.4, 0.4, 0.4])


@pytest.mark.parametrize(
    ("delta", "car", "toy"),
    [
        # 40 magnets: 24 for cars, 16 for toys in proportion. Cars lack 36 and take delta x 16 from toys.
        (1.0, 40 / 60, 0.0),
        (0.25, 28 / 60, 12 / 40),
        (0.0, 24 / 60, 16 / 40),
    ],
)
def test_value_rationing_moves_at_most_delta_of_the_low_buyers_goods(
    delta: float, car: float, toy: float
) -> None:
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), substitution="none", rationing="value", diversion=delta)
    assert at(network, state.x, "pool-deu", "car", "toy") == pytest.approx([0.4, car, toy])


@pytest.mark.parametrize(
    ("delta", "car", "toy"),
    [
        # toys lack 24 of 40 and may take delta x 24 from cars
        (1.0, 0.0, 1.0),
        (0.5, 12 / 60, 28 / 40),
    ],
)
def test_priority_rationing_follows_the_list_against_value(delta: float, car: float, toy: float) -> None:
    network = two_buyers_one_pool()
    state = shock(
        network,
        quarter(network),
        substitution="none",
        rationing="priority",
        priority=("TOY", "CAR"),
        diversion=delta,
    )
    assert at(network, state.x, "car", "toy") == pytest.approx([car, toy])


def test_priority_of_an_end_use_reaches_the_makers_of_its_components() -> None:
    # Cars come first, and the motor maker sells to cars: it is served before toys.
    network = two_buyers_one_pool(
        motor=Node("MOTOR", "DEU", output=60, value=1, inputs=(Input("MAG", {"pool-deu": 1.0}, need=60),)),
        car=Node("CAR", "DEU", output=10, value=6000, inputs=(Input("MOTOR", {"motor": 1.0}, need=60),)),
    )
    state = shock(network, quarter(network), substitution="none", rationing="priority", priority=("CAR",))
    assert at(network, state.x, "motor", "car", "toy") == pytest.approx([40 / 60, 40 / 60, 0.0])


def test_kappa_limits_what_a_missing_input_costs() -> None:
    # x = 1 - 0.3 (1 - 0.4) = 0.82
    inputs = (Input("MAG", {"pool-deu": 1.0}, need=60, kappa=0.3),)
    network = two_buyers_one_pool(car=Node("CAR", "DEU", output=10, value=6000, inputs=inputs))
    state = shock(network, quarter(network), substitution="none")
    assert at(network, state.x, "car") == pytest.approx([0.82])


def test_spare_capacity_fills_a_loss_once_and_the_seller_gains() -> None:
    # Lost: (60 + 40) x 0.6 = 60, half of it requalifies in time: 30. Japan can add 0.5 x 20 = 10.
    # rho = 10 / 60; A' = 0.4 + 0.6 / 6 = 0.5; Japan gains 10 / 20.
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), phi=0.5)
    assert at(network, state.x, "pool-deu", "car", "toy") == pytest.approx([0.4, 0.5, 0.5])
    assert at(network, state.gain, "mag-jpn", "mag-chn") == pytest.approx([0.5, 0.0])
    assert state.served.quantity.tolist() == pytest.approx([10.0])


def test_requalification_share_limits_what_spare_capacity_fills() -> None:
    # phi 0.1 of 60 lost is 6: rho = 0.1, A' = 0.46, Japan gains 6 / 20.
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), phi=0.1)
    assert at(network, state.x, "car") == pytest.approx([0.46])
    assert at(network, state.gain, "mag-jpn") == pytest.approx([0.3])


def test_seller_whose_route_is_part_open_offers_nothing() -> None:
    network = two_buyers_one_pool(**{"mag-jpn": Node("MAG", "JPN", output=20, value=200)})
    state = shock(network, quarter(network))
    assert np.all(state.rho == 0.0)
    assert np.all(state.gain == 0.0)


def test_seller_serves_only_the_countries_it_reaches() -> None:
    # Germany and Poland lose 60 and 30 magnets; Japan (spare 10) is barred from Poland, so Germany gets all.
    network = two_buyers_one_pool(
        **{
            "pool-pol": pool("MAG", "POL", 40, {"pool-chn": 1.0}),
            "fan": Node("FAN", "POL", output=1, value=9, inputs=(Input("MAG", {"pool-pol": 1.0}, need=40),)),
        }
    )
    china, japan = quarter(network), control(network, "MAG", "JPN", 0.5, destinations=["POL"])
    both = RouteFactors({**china.by_measure, **japan.by_measure})
    state = shock(network, both, phi=1.0)
    assert at(network, state.x, "car", "toy", "fan") == pytest.approx([0.5, 0.5, 0.25])


def test_exports_that_stop_are_lost_orders_and_pass_up_the_chain() -> None:
    # 80 of China's 100 magnets were for Germany and a quarter passes: orders (20 + 20) / 100 = 0.4.
    # The oxide maker sells 50 of 100 to the magnet maker: orders (50 x 0.4 + 50) / 100 = 0.7.
    oxide = (Input("OXIDE", {"oxide-chn": 1.0}, need=50),)
    network = two_buyers_one_pool(**{"mag-chn": Node("MAG", "CHN", output=100, value=1000, inputs=oxide)})
    state = shock(network, quarter(network))
    assert at(network, state.x, "mag-chn", "oxide-chn") == [1.0, 1.0]
    assert at(network, state.hu, "pool-chn", "mag-chn", "oxide-chn") == pytest.approx([0.4, 0.4, 0.7])


def test_buyer_short_of_an_input_orders_less_of_others_but_takes_all_of_that_one() -> None:
    # Cars run at 0.4. They take all Japanese magnets they can get, and 0.4 of the steel.
    inputs = (Input("MAG", {"pool-deu": 1.0}, need=60), Input("STEEL", {"mill": 1.0}, need=5))
    network = two_buyers_one_pool(
        car=Node("CAR", "DEU", output=10, value=6000, inputs=inputs),
        mill=Node("STEEL", "DEU", output=5, value=50),
    )
    state = shock(network, quarter(network), substitution="none")
    assert at(network, state.hu, "mag-jpn", "mill") == pytest.approx([1.0, 0.4])


def test_gain_sends_orders_up_the_chain_within_spare_capacity() -> None:
    # Japan gains 0.5 and orders 5 more oxide; Malaysia can add 3 (of 30) and orders 3 more ore (of 50).
    network = chain_behind_a_gain()
    state = shock(network, quarter(network))
    assert at(network, state.gain, "mag-jpn") == pytest.approx([0.5])
    assert at(network, state.derived, "sep-mys", "mine-aus", "mag-jpn") == pytest.approx([0.1, 0.06, 0.0])
    assert state.shortage[network.goods.index("OXIDE"), network.countries.index("MYS")] == pytest.approx(2.0)


def test_price_rises_outside_and_falls_inside() -> None:
    # Unfilled 60 - 10 of 100: z = 0.5, P = 1 + 0.5 / 0.5 = 2. Inside, 60 unsold on 20 at home: the floor.
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), eta=0.5, price_floor=0.8, price_cap=4.0, pass_through=0.5)
    magnet = state.price[network.goods.index("MAG")]
    assert dict(zip(network.countries, magnet.tolist(), strict=True)) == pytest.approx(
        {"CHN": 0.8, "DEU": 2.0, "JPN": 2.0}
    )
    # Japan sells all at 2. China sells 20 to Germany at 1 + 0.5 (2 - 1), 20 at home at 0.8: 1.15, on 0.4.
    assert at(network, state.price_sold, "mag-jpn", "mag-chn") == pytest.approx([1.0, 0.4 * 0.15])
    # The pool buys 20 at 1.5 and 20 at 2; buyers get 0.4 of their need there and 0.1 at 2 from Japan's spare:
    # (0.4 x 0.75 + 0.1 x 1) / 0.5 = 0.8 above baseline on the half they buy, times the cost share.
    assert at(network, state.price_bought, "car", "toy") == pytest.approx([0.1 * 0.5 * 0.8, 0.5 * 0.5 * 0.8])


def test_price_at_its_cap_is_marked() -> None:
    network = two_buyers_one_pool()
    state = shock(network, quarter(network), eta=0.5, price_cap=1.8)
    magnet = network.goods.index("MAG")
    assert state.price[magnet].max() == 1.8
    assert state.at_ceiling[magnet].tolist() == [False, True, True]


def test_good_without_eta_has_no_price() -> None:
    network = two_buyers_one_pool()
    eta = np.where(np.array(network.goods) == "MAG", np.nan, 0.5)
    state = shock(network, quarter(network), eta=eta)
    assert np.all(state.price == 1.0)


def test_open_good_is_one_market_even_where_another_is_controlled() -> None:
    # Malaysia lacks 2 of the 10 oxide that users need: z = 0.2 in every country, China too.
    network = chain_behind_a_gain()
    state = shock(network, quarter(network), eta=0.5)
    oxide = network.goods.index("OXIDE")
    part = state.segment[oxide] >= 0
    assert state.price[oxide][part] == pytest.approx(1.4)
    assert state.price[oxide][~part] == pytest.approx(1.0)


def test_factor_above_baseline_is_capped_and_makes_up_for_another_edge() -> None:
    # Japan would ship 1.5 times its baseline, at most 1.25: 0.8 x 0.25 + 0.2 x 1.25 = 0.45.
    network = two_buyers_one_pool()
    factor = quarter(network).edges(network)
    factor[network.edge_source == network.ids.index("mag-jpn")] = 1.5
    state = solve(network, factor, quarter(network), ShockOptions(substitution="none", r_max=1.25))
    assert at(network, state.x, "pool-deu") == pytest.approx([0.45])


def test_network_without_edges_stays_at_baseline() -> None:
    network = build_network({"alone": Node("MAG", "CHN", output=1, value=1)})
    state = shock(network, OPEN, eta=0.5)
    assert state.x.tolist() == [1.0]
    assert state.hu.tolist() == [1.0]


def test_only_a_segregated_class_of_buyers_loses() -> None:
    network = build_network(
        {
            "mag-chn": Node("MAG", "CHN", output=100, value=1),
            "pool-civil": pool("MAG", "USA", 80, {"mag-chn": 1.0}),
            "pool-military": pool("MAG", "USA", 20, {"mag-chn": 1.0}, buyer_class=1),
            "car": Node("CAR", "USA", output=1, value=1, inputs=(Input("MAG", {"pool-civil": 1.0}),)),
            "jet": Node(
                "JET", "USA", output=1, value=1, inputs=(Input("MAG", {"pool-military": 1.0}),), buyer_class=1
            ),
        },
        buyer_classes=("civil", "military"),
    )
    state = shock(network, control(network, "MAG", "CHN", 0.0, classes=[1]))
    assert at(network, state.x, "car", "jet") == [1.0, 0.0]
