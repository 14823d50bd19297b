"""How much of some users' output draws on each producer and delivery, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.dependence import dependence
from chainshock.queries.propagation.removals import Removal, solve_removals
from chainshock.queries.propagation.state import ShockOptions
from tests.networks import OPEN, Node, layered_networks
from tests.queries.chokepoint_worlds import cars_and_toys, magnets_from_chinese_oxide, use
from tests.queries.propagation.worlds import buys, ring_of_pools


def test_share_of_the_users_output_is_followed_up_the_chain() -> None:
    network = magnets_from_chinese_oxide()
    users = np.array([0.75 if name == "car" else 0.25 if name == "toy" else 0.0 for name in network.ids])
    nodes, edges = dependence(network, users)
    found = dict(zip(network.ids, nodes.tolist(), strict=True))
    assert found["pool-deu"] == pytest.approx(1.0)
    assert (found["mag-chn"], found["mag-jpn"]) == (pytest.approx(0.8), pytest.approx(0.2))
    assert (found["ox-1"], found["ox-2"]) == (pytest.approx(0.1), pytest.approx(0.1))
    assert edges.sum() == pytest.approx(1.0 + 1.0 + 0.8 + 0.2)  # to users, to both pools, to Japan


def test_input_that_is_not_critical_weighs_less() -> None:
    car = Node("CAR", "DEU", output=10, value=1, inputs=(buys(60, kappa=0.3),), entities=use("CAR", "c"))
    network = cars_and_toys(car=car)
    users = np.array([1.0 if name == "car" else 0.0 for name in network.ids])
    nodes, _ = dependence(network, users)
    assert nodes[network.ids.index("pool-deu")] == pytest.approx(0.3)


def test_ring_of_pools_counts_each_passage() -> None:
    # D_deu = 1 + 0.5 D_nld and D_nld = 0.5 D_deu
    network = ring_of_pools(0.5)
    users = np.array([1.0 if name == "user" else 0.0 for name in network.ids])
    nodes, _ = dependence(network, users)
    assert nodes[network.ids.index("pool-deu")] == pytest.approx(4 / 3)


@settings(max_examples=40, deadline=None)
@given(network=layered_networks())
def test_no_removal_costs_more_than_what_draws_on_it(network: ProductionNetwork) -> None:
    cars = np.array([network.goods[g] == "CAR" for g in network.good])
    users = np.where(cars, np.nan_to_num(network.value), 0.0)
    users = users / (users.sum() or 1.0)
    nodes, edges = dependence(network, users)
    others = np.flatnonzero(~cars).tolist()
    removals = [Removal((node,)) for node in others] + [Removal((), (e,)) for e in range(len(edges))]
    bounds = [*nodes[others], *edges]
    options = ShockOptions(substitution="none")
    for first, output in solve_removals(network, OPEN.edges(network), OPEN, options, removals):
        lost = users @ (1.0 - output)
        assert np.all(lost <= np.array(bounds[first : first + len(lost)]) + 1e-9)
