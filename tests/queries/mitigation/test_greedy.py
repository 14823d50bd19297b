"""A plan within a budget."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.queries.mitigation.budget import Budget, read_budget
from chainshock.queries.mitigation.costs import Cost
from chainshock.queries.mitigation.greedy import Purse, choose
from tests.queries.mitigation.worlds import MAG, steady, stocks, two_inputs, valuer_of, valuers

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def weeks(amount, moves, steps=4):
    return Purse(Budget("weeks", amount, ""), steps, [Cost(0.0, 1.0)] * len(moves))


def complements(**shapes):
    network = two_inputs()
    return valuer_of(network, {network.ids.index("ours"): 1.0}, shapes, spread=0.0)


def test_inputs_that_help_only_together_are_bought_together():
    valuer = complements(**{MAG: steady(1.0), "ROTOR": steady(1.0)})
    moves = stocks(valuer)
    chosen = choose(valuer, moves, weeks(4.0, moves), valuer.before)
    assert [loss for _, loss in chosen.alone] == pytest.approx([1.0, 1.0])
    assert chosen.plan == pytest.approx({0: 2.0, 1: 2.0})
    assert chosen.loss.sum() == pytest.approx(valuer.before.sum() - 2.0)


def test_budget_of_zero_buys_nothing():
    valuer = complements(**{MAG: steady(0.5)})
    moves = stocks(valuer)
    chosen = choose(valuer, moves, weeks(0.0, moves), valuer.before)
    assert chosen.plan == {}
    assert (chosen.loss == valuer.before).all()


def test_money_goes_to_the_move_that_avoids_most_for_it():
    valuer = complements(**{MAG: steady(0.5), "ROTOR": steady(0.0)})
    moves = [replace(move, most=10.0) for move in stocks(valuer)]
    dear_or_cheap = [Cost(0.0, 100.0 if valuer.chain.rest.goods[m.good] == MAG else 1.0) for m in moves]
    purse = Purse(Budget("money", 500.0, "", "USD"), 5, dear_or_cheap)
    chosen = choose(valuer, moves, purse, valuer.before)
    (number,) = chosen.plan
    assert valuer.chain.rest.goods[moves[number].good] == MAG
    assert purse.cost(chosen.plan) == pytest.approx(500.0)


def test_fixed_cost_beyond_the_budget_is_not_affordable():
    valuer = complements(**{MAG: steady(0.5)})
    moves = stocks(valuer)
    purse = Purse(Budget("money", 500.0, "", "USD"), 5, [Cost(501.0, 0.0)] * len(moves))
    assert choose(valuer, moves, purse, valuer.before).plan == {}


def test_months_buy_what_is_ready_within_them():
    valuer = complements(**{MAG: steady(0.5)})
    (move, *_) = [m for m in stocks(valuer) if valuer.chain.rest.goods[m.good] == MAG]
    budget = read_budget("6 months")
    purse = Purse(budget, 1, [Cost(5.0, 0.0), Cost(7.0, 0.0)])
    chosen = choose(valuer, [move, move], purse, valuer.before)
    assert set(chosen.plan) == {0}


@FEW
@given(valuers(), st.floats(0.5, 6.0))
def test_steps_stay_within_the_budget_and_each_avoids_more(valuer, amount):
    moves = stocks(valuer)
    purse = weeks(amount, moves)
    chosen = choose(valuer, moves, purse, valuer.before)
    losses = [float(valuer.before.mean()), *(step.loss for step in chosen.steps)]
    assert all(after < before for before, after in pairwise(losses))
    assert purse.cost(chosen.plan) <= amount * (1.0 + 1e-6)
    assert [step.spent for step in chosen.steps] == sorted(step.spent for step in chosen.steps)
