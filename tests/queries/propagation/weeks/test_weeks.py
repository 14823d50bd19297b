"""The dynamic: worked by hand, and held to what must be true of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chainshock.queries.propagation.rationing import buyer_queue
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.static import solve
from chainshock.queries.propagation.sweeps import Frame
from chainshock.queries.propagation.weeks.compress import compress
from chainshock.queries.propagation.weeks.march import Filler, Limit, Rules, march
from chainshock.queries.propagation.weeks.slices import make_slices
from chainshock.queries.propagation.weeks.solve import LicenceQueue, WeekOptions, solve_weeks
from tests.networks import OPEN, Input, Node, build_network, control, layered_networks, pool
from tests.queries.propagation.worlds import chain_behind_a_gain, two_buyers_one_pool

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def chain(cover=0.0, transit=0.0, suppliers=None, stock_of_pool=0.0):
    """One car maker that buys magnets from its pool, fed from China (and from where `suppliers` says)."""
    shares = suppliers or {"maker-CHN": 1.0}
    nodes = {name: Node("MAG", name.split("-")[1], output=100.0) for name in shares}
    feed = replace(pool("MAG", "USA", 100.0, shares).inputs[0], transit=transit, cover=stock_of_pool)
    nodes["pool"] = replace(pool("MAG", "USA", 100.0, shares), inputs=(feed,))
    nodes["cars"] = Node(
        "CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}, need=100.0, cover=cover),)
    )
    return build_network(nodes)


def rules(network, weeks, factor=None, limits=(), **more):
    size = len(network.edge_source)
    shut = np.ones((size, weeks)) if factor is None else factor
    flows = Limit(np.arange(size), 1 - shut, np.zeros(size), np.ones((size, weeks)), np.zeros(size))
    return Rules(
        weeks=weeks,
        factor=shut,
        limits=[flows, *limits],
        is_drawn=more.pop("is_drawn", np.zeros(len(network.goods), dtype=bool)),
        tier=np.zeros(len(network.goods), dtype=np.intp),
        r_max=more.pop("r_max", 1.25),
        tau=more.pop("tau", 6.0),
        expedited=more.pop("expedited", 0.0),
        thrift=np.zeros((len(network.group_node), weeks)),
    )


def shut(network, weeks, origin, factor=0.0, until=None):
    """Factors of a measure that stops what leaves a country from week 0."""
    result = np.ones((len(network.edge_source), weeks))
    here = network.country[network.edge_source] == network.countries.index(origin)
    abroad = network.country[network.edge_node] != network.country[network.edge_source]
    result[here & abroad, slice(0, until)] = factor
    return result


def output(network, weeks, factor, slices=1, spread=0.0, **more):
    history = march(network, make_slices(slices, spread), rules(network, weeks, factor, **more), Filler())
    return history.x[network.ids.index("cars")], history


def test_buyer_with_four_weeks_of_stock_runs_four_weeks_and_then_stands_still():
    network = chain(cover=4.0)
    x, history = output(network, 8, shut(network, 8, "CHN"))
    assert x.tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert history.stops[network.ids.index("cars")] == 4


def test_goods_afloat_arrive_before_stock_is_drawn():
    network = chain(cover=2.0, transit=3.0)
    x, _ = output(network, 8, shut(network, 8, "CHN"))
    assert x.tolist() == [1, 1, 1, 1, 1, 0, 0, 0]  # three weeks afloat, two in stock


def test_measure_that_starts_later_lets_arrive_what_is_afloat_then():
    network = chain(transit=3.0)
    edge = np.flatnonzero(network.edge_source == network.ids.index("maker-CHN"))
    cut = (np.arange(12) >= 4).astype(float)[None, :]
    x, _ = output(
        network, 12, None, limits=[Limit(edge, cut, np.zeros(1), np.ones((1, 12)), np.array([4.0]))]
    )
    assert x.tolist() == [1] * 7 + [0] * 5  # in force from week 4, felt three weeks later


def test_measure_in_force_before_the_first_week_has_nothing_afloat():
    network = chain(transit=3.0)
    edge = np.flatnonzero(network.edge_source == network.ids.index("maker-CHN"))
    limits = [Limit(edge, np.ones((1, 10)), np.zeros(1), np.ones((1, 10)), np.array([-17.0]))]
    x, _ = output(network, 6, None, limits=limits, expedited=1.0)
    assert x.tolist() == [0] * 6


def test_stock_at_two_tiers_adds_up():
    network = chain(cover=2.0, stock_of_pool=1.0)
    x, _ = output(network, 6, shut(network, 6, "CHN"))
    assert x.tolist() == [1, 1, 1, 0, 0, 0]


def test_half_a_flow_cut_stretches_stock_when_pooled_and_stops_half_the_firms_when_single_sourced():
    network = chain(cover=2.0, suppliers={"maker-CHN": 0.5, "maker-JPN": 0.5})
    pooled, _ = output(network, 6, shut(network, 6, "CHN"), slices=10)
    drawn = np.array([good == "MAG" for good in network.goods])
    sourced, history = output(network, 6, shut(network, 6, "CHN"), slices=10, is_drawn=drawn)
    assert pooled.tolist() == [
        1,
        1,
        1,
        1,
        0.5,
        0.5,
    ]  # half a week's need is drawn a week: two weeks last four
    assert sourced == pytest.approx([1, 1, 0.5, 0.5, 0.5, 0.5])
    assert history.stopped[network.ids.index("cars")] == pytest.approx([0, 0, 0.5, 0.5, 0.5, 0.5])


def test_licence_serves_buyer_after_buyer_and_its_mean_is_the_flow():
    network = chain()
    edge = np.flatnonzero(network.edge_source == network.ids.index("maker-CHN"))
    approved = np.array([[0.0, 0.2, 0.5, 1.0]])
    limits = [Limit(edge, 0.9 * (1 - approved), np.array([0.9]), approved, np.zeros(1))]
    x, _ = output(network, 4, None, slices=10, limits=limits, r_max=1.0)
    # an approved buyer gets all it orders, another a tenth
    assert x == pytest.approx([0.1, 0.2 + 0.8 * 0.1, 0.5 + 0.5 * 0.1, 1.0])


def test_after_the_measure_ends_stock_is_refilled_and_output_returns():
    network = chain(cover=2.0)
    x, _ = output(network, 12, shut(network, 12, "CHN", until=4))
    assert x.tolist() == [1, 1, 0, 0] + [1] * 8


def test_line_that_waited_for_one_input_has_not_run_dry_of_the_other():
    feed = {"maker-CHN": 1.0}
    nodes = {
        "maker-CHN": Node("MAG", "CHN", 100.0),
        "maker-USA": Node("STEEL", "USA", 100.0),
        "pool": pool("MAG", "USA", 100.0, feed),
        "cars": Node(
            "CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}), Input("STEEL", {"maker-USA": 1.0}))
        ),
    }
    network = build_network(nodes)
    x, _ = output(network, 5, shut(network, 5, "CHN", 0.5, until=2), r_max=1.0)
    assert x.tolist() == [0.5, 0.5, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("rationing", ["proportional", "value", "priority"])
@FEW
@given(network=layered_networks(), factor=st.floats(0.0, 1.0), diversion=st.sampled_from([0.25, 1.0]))
def test_without_stock_and_transit_the_dynamic_settles_where_the_static_shock_does(
    network, factor, diversion, rationing
):
    abroad = network.country[network.edge_source] != network.country[network.edge_node]
    weekly = replace(network, transit=np.where(abroad, 1.0, 0.0))
    routes = control(network, "OXIDE", "CHN", factor)
    limits = routes.edges(network)
    options = ShockOptions(
        substitution="none", rationing=rationing, priority=("CAR", "MAGNET"), diversion=diversion, r_max=1.0
    )
    static = solve(network, limits, routes, options)
    weeks = 160
    made = rules(weekly, weeks, np.repeat(limits[:, None], weeks, axis=1), r_max=1.0)
    made = replace(made, queue=buyer_queue(Frame(weekly, limits), options))
    history = march(weekly, make_slices(1, 0.0), made, Filler())
    assert (history.x[:, -1] >= static.x - 1e-9).all()  # it comes down to it from baseline
    assume(
        np.abs(history.x[:, -1] - history.x[:, -2]).max() < 1e-9
    )  # rings of pools can take thousands of weeks
    assert history.x[:, -1] == pytest.approx(static.x, abs=1e-6)


@FEW
@given(layered_networks(), st.floats(0.0, 1.0))
def test_merging_activities_that_behave_alike_changes_no_result(network, factor):
    routes = control(network, "OXIDE", "CHN", factor)
    options = ShockOptions(substitution="none")
    small, node_of, _ = compress(network)
    whole = solve(network, routes.edges(network), routes, options)
    merged = solve(small, routes.edges(small), routes, options)
    assert merged.x[node_of] == pytest.approx(whole.x, abs=1e-12)


def test_use_with_most_value_per_magnet_is_served_first_and_no_more_than_delta_moves():
    network = two_buyers_one_pool()  # cars are worth 100 per magnet, toys 10; 80 of 100 magnets are Chinese
    routes = control(network, "MAG", "CHN", 0.5)

    def queues(small):
        edge = np.flatnonzero(small.edge_source == small.ids.index("pool-chn"))
        return [LicenceQueue(edge, np.full((1, 6), 0.5), np.zeros(1), np.zeros(1))]

    def output(rationing, diversion):
        options = ShockOptions(
            substitution="none", rationing=rationing, diversion=diversion, priority=("TOY",)
        )
        made = week_options(network, is_drawn=np.zeros(len(network.goods), dtype=bool))
        state = solve_weeks(network, queues, routes, options, made, 6)
        return [float(state.x_by_week[network.ids.index(name), -1]) for name in ("car", "toy")]

    # 60 magnets arrive for 60 in cars and 40 in toys
    assert output("proportional", 1.0) == pytest.approx([0.6, 0.6])
    assert output("value", 1.0) == pytest.approx([1.0, 0.0])
    assert output("value", 0.25) == pytest.approx([0.7, 0.45])  # a quarter of the toys' 24 go to cars
    assert output("priority", 1.0) == pytest.approx([1 / 3, 1.0])


def test_twins_that_are_marched_as_one_pay_each_by_its_own_cost_share():
    def maker(cost_share):
        return Node("CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}, cost_share=cost_share),))

    nodes = {
        "maker-CHN": Node("MAG", "CHN", 100.0),
        "pool": pool("MAG", "USA", 100.0, {"maker-CHN": 1.0}),
        "light": maker(0.1),
        "heavy": maker(0.3),
    }
    network = build_network(nodes)
    assert compress(network)[0].n == network.n - 1

    def queues(small):
        edge = np.flatnonzero(small.edge_source == small.ids.index("maker-CHN"))
        return [LicenceQueue(edge, np.full((1, 8), 0.5), np.zeros(1), np.zeros(1))]

    options = ShockOptions(substitution="none", eta=0.5, price_cap=4.0)
    state = solve_weeks(
        network, queues, control(network, "MAG", "CHN", 0.5), options, week_options(network), 8
    )
    light, heavy = (state.price_bought[network.ids.index(name)] for name in ("light", "heavy"))
    assert heavy == pytest.approx(3 * light)
    assert light > 0


def test_orders_that_gains_cause_make_goods_dear_only_once_they_are_placed():
    network = chain_behind_a_gain()  # Japan's gain wants oxide; Malaysia can add little
    routes = control(network, "MAG", "CHN", 0.0)

    def queues(small):
        edge = np.flatnonzero(small.edge_source == small.ids.index("pool-chn"))
        cut = (np.arange(16) >= 6).astype(float)[None, :]
        return [LicenceQueue(edge, cut, np.zeros(1), np.array([6.0]))]

    network = replace(network, spare=np.where(np.array(network.ids) == "sep-mys", 0.01, network.spare))
    options = ShockOptions(phi=1.0, eta=0.5, price_cap=4.0)
    state = solve_weeks(network, queues, routes, options, week_options(network, ramp=np.ones(5)), 16)
    dear = state.price_by_week[network.goods.index("OXIDE"), network.countries.index("JPN")]
    assert state.gain[network.ids.index("mag-jpn")] > 0
    assert (dear[:7] == 1.0).all()
    assert dear[-1] > 1.0


def test_slices_spread_every_coordinate_evenly():
    slices = make_slices(100, 0.7)
    for coordinate in (slices.licence, slices.turn, *slices.route):
        assert np.sort(coordinate) == pytest.approx((np.arange(100) + 0.5) / 100)
    values, counts = np.unique(slices.stock, return_counts=True)
    assert counts.tolist() == [20] * 5
    assert values == pytest.approx(
        np.exp(0.7 * np.array([-1.28155157, -0.52440051, 0, 0.52440051, 1.28155157]))
    )


def week_options(network, **more):
    goods = len(network.goods)
    defaults = {
        "slices": 20,
        "spread": 0.7,
        "tau": 6.0,
        "expedited": 0.0,
        "is_drawn": np.array([good == "MAG" for good in network.goods]),
        "tier": np.zeros(goods, dtype=np.intp),
        "ramp_start": np.zeros(goods),
        "ramp": np.full(goods, 10.0),
        "thrift": np.zeros(goods),
        "thrift_start": 10.0,
    }
    return WeekOptions(**{**defaults, **more})


def test_no_measure_leaves_every_week_at_baseline():
    network = chain(cover=2.0, suppliers={"maker-CHN": 0.5, "maker-JPN": 0.5})
    state = solve_weeks(network, lambda _: [], OPEN, ShockOptions(eta=0.5), week_options(network), 26)
    assert (state.x_by_week == 1).all()
    assert (state.price == 1).all()
    assert (state.first_week == -1).all()
    assert not state.gain.any()


def test_project_is_exposed_to_the_price_of_its_own_country():
    nodes = {
        "maker-CHN": Node("MAG", "CHN", 100.0),
        "pool": pool("MAG", "USA", 100.0, {"maker-CHN": 1.0}),
        "cars": Node("CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}, need=100.0),)),
        "hope": Node("MAG", "FRA", 10.0, 5.0, is_project=True),
    }
    network = build_network(nodes)

    def queues(small):
        edge = np.flatnonzero(small.edge_source == small.ids.index("maker-CHN"))
        return [LicenceQueue(edge, np.full((1, 8), 0.5), np.zeros(1), np.zeros(1))]

    options = ShockOptions(substitution="none", eta=0.5, price_cap=4.0)
    state = solve_weeks(
        network, queues, control(network, "MAG", "CHN", 0.5), options, week_options(network), 8
    )
    # half of demand is not served: 1 + 0.5 / 0.5
    assert state.price[network.goods.index("MAG"), network.countries.index("FRA")] == pytest.approx(2.0)


def test_new_suppliers_serve_whole_firms_and_gain_what_they_serve():
    nodes = {
        "maker-CHN": Node("MAG", "CHN", 100.0),
        "maker-JPN": Node("MAG", "JPN", 100.0, 100.0, spare=0.5),
        "pool": pool("MAG", "USA", 100.0, {"maker-CHN": 1.0}),
        "cars": Node("CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}, need=100.0),)),
    }
    network = build_network(nodes)
    routes = control(network, "MAG", "CHN", 0.0)

    def queues(small):
        edge = np.flatnonzero(small.edge_source == small.ids.index("maker-CHN"))
        return [LicenceQueue(edge, np.ones((1, 12)), np.zeros(1), np.zeros(1))]

    options = ShockOptions(phi=1.0, eta=0.5)
    state = solve_weeks(network, queues, routes, options, week_options(network, spread=0.0), 12)
    x = state.x_by_week[network.ids.index("cars")]
    # spare capacity of half of need ramps in over ten weeks, a twentieth of need a week
    assert x == pytest.approx(np.minimum(0.05 * np.arange(12), 0.5), abs=1e-9)
    assert state.gain[network.ids.index("maker-JPN")] == pytest.approx(x.mean(), abs=1e-9)
