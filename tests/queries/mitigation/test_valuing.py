"""What plans are worth: worked by hand, and held to what must be true of it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.queries.mitigation.chain import join
from chainshock.queries.mitigation.moves import Maker, Move
from chainshock.queries.propagation.weeks.solve import solve_weeks
from tests.queries.mitigation.worlds import (
    MAG,
    steady,
    stocks,
    two_car_makers,
    two_inputs,
    valuer_of,
    valuers,
)
from tests.queries.propagation.weeks.worlds import WEEKS

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ours(network):
    return {network.ids.index("ours"): 1.0}


def stocked(weeks=WEEKS, severity=1.0, **more):
    network = two_car_makers()
    return valuer_of(network, ours(network), {MAG: steady(severity, weeks)}, spread=0.0, **more)


def test_stock_bridges_as_many_weeks_as_it_holds():
    valuer = stocked()
    found = valuer.losses(stocks(valuer), [{0: 0.0}, {0: 2.0}])
    assert valuer.before == pytest.approx(np.full(WEEKS, 0.8))
    assert found[0] == pytest.approx(valuer.before)
    # 80 % of the need is missing each week: two weeks of stock last two and a half
    assert found[1].sum() == pytest.approx(valuer.before.sum() - 2.0)


def test_stock_held_at_the_supplier_counts_for_the_entity_alone():
    valuer = stocked()
    moves = stocks(valuer)
    magnets = next(n for n, move in enumerate(moves) if valuer.chain.rest.goods[move.good] == MAG)
    assert moves[magnets].need == pytest.approx(30.0)  # of the 100 that the motor maker uses
    assert valuer.loss(moves, {magnets: 2.0}).sum() == pytest.approx(valuer.before.sum() - 2.0)


def test_second_source_delivers_after_its_week_and_as_much_as_it_holds():
    network = two_car_makers(spare=1.0)
    valuer = valuer_of(network, ours(network), {MAG: steady(1.0)}, "none", spread=0.0)
    good = network.goods.index(MAG)
    seller = valuer.chain.rest.ids.index("magnets-JPN")
    move = Move("second-source", good, "JPN", 15.0, 30.0, ready=4.0, sellers=((seller, 1.0),))
    left = valuer.loss([move], {0: 15.0})
    assert left[:4] == pytest.approx(np.full(4, 0.8))
    assert left[4:] == pytest.approx(np.full(WEEKS - 4, 0.3))  # 15 of the 30 that the chain needs


def test_second_source_takes_its_spare_capacity_from_those_who_would_have_had_it():
    network = two_car_makers(spare=1.0)
    valuer = valuer_of(network, ours(network), {MAG: steady(1.0)}, spread=0.0)
    seller = valuer.chain.rest.ids.index("magnets-JPN")
    move = Move("second-source", network.goods.index(MAG), "JPN", 20.0, 30.0, sellers=((seller, 1.0),))
    alone, carried_out = valuer.losses([move], [{0: 20.0}])[0], valuer.loss([move], {0: 20.0})
    assert carried_out.sum() > alone.sum()


def test_new_plant_stops_with_its_own_restricted_input():
    network = two_car_makers()
    valuer = valuer_of(network, ours(network), {MAG: steady(1.0)}, "none", spread=0.0)
    place, magnets = network.countries.index("USA"), network.goods.index(MAG)
    china = valuer.chain.rest.ids.index("magnets-CHN")
    needs = ((magnets, 1.0, 0.0, 1.0, ((china, 1.0, 0.0),)),)
    motors = network.goods.index("MOTOR")
    for inputs, avoided in (((), 0.8), (needs, 0.0)):
        plant = Move("plant", motors, "USA", 30.0, 30.0, maker=Maker(place, inputs))
        left = valuer.loss([plant], {0: 30.0})
        assert valuer.before.mean() - left.mean() == pytest.approx(avoided)


def test_copy_is_worth_what_a_run_of_its_own_says_where_nobody_else_feels_it():
    network = two_inputs()
    valuer = valuer_of(network, ours(network), {MAG: steady(0.5), "ROTOR": steady(0.9)})
    moves = stocks(valuer)
    plans = [{0: 3.0}, {1: 3.0}, {0: 2.0, 1: 4.0}]
    for plan, loss in zip(plans, valuer.losses(moves, plans), strict=True):
        assert loss == pytest.approx(valuer.loss(moves, plan), abs=1e-12)


def test_time_to_survive_is_that_of_the_input_that_is_stopped():
    network = two_inputs()
    valuer = valuer_of(network, ours(network), {MAG: steady(0.5), "ROTOR": steady(0.9)})
    magnets, rotors = (network.goods.index(good) for good in (MAG, "ROTOR"))
    one, other, both, none = valuer.without([[magnets], [rotors], [magnets, rotors], []])
    assert one == pytest.approx(np.ones(WEEKS))
    assert np.maximum(one, other) == pytest.approx(both)
    assert none == pytest.approx(np.zeros(WEEKS))


@FEW
@given(valuers(), st.data())
def test_no_plan_changes_nothing_and_zero_of_a_move_neither(valuer, data):
    moves = stocks(valuer)
    number = data.draw(st.integers(0, len(moves) - 1))
    assert valuer.loss(moves, {}) == pytest.approx(valuer.before, abs=0)
    assert valuer.loss(moves, {number: 0.0}) == pytest.approx(valuer.before, abs=0)
    assert valuer.losses(moves, [{number: 0.0}])[0] == pytest.approx(valuer.before, abs=1e-10)


@FEW
@given(valuers())
def test_splitting_the_chain_off_leaves_the_loss_of_the_whole_network(valuer):
    chain, engine = valuer.chain, valuer.engine
    network, _ = join(chain.rest, [chain.block])
    state = solve_weeks(network, engine.queues, engine.routes, engine.options, engine.rules, engine.weeks)
    own = chain.rest.n + chain.own
    assert valuer.before == pytest.approx(1.0 - valuer.weight @ state.x_by_week[own], abs=1e-10)


@FEW
@given(valuers(), st.data())
def test_stock_never_costs_a_buyer_output_and_more_never_less(valuer, data):
    moves = stocks(valuer)
    number = data.draw(st.integers(0, len(moves) - 1))
    little = data.draw(st.floats(0.1, 3.0))
    less, more = (valuer.loss(moves, {number: weeks}).sum() for weeks in (little, 2.0 * little))
    assert more <= less + 1e-9
    assert less <= valuer.before.sum() + 1e-9


@FEW
@given(valuers())
def test_combined_value_is_the_difference_of_two_full_runs(valuer):
    moves, chain, engine = stocks(valuer), valuer.chain, valuer.engine
    plan = dict.fromkeys(range(len(moves)), 1.5)
    planned = valuer._whole(moves, plan).planned.block
    own = chain.rest.n + chain.own
    losses = []
    for block in (chain.block, planned):
        network, _ = join(chain.rest, [block])
        state = solve_weeks(network, engine.queues, engine.routes, engine.options, engine.rules, engine.weeks)
        losses.append(1.0 - valuer.weight @ state.x_by_week[own])
    avoided = valuer.before - valuer.loss(moves, plan)
    assert avoided == pytest.approx(losses[0] - losses[1], abs=1e-10)
