"""Weights drawn around those of the network."""

from dataclasses import replace

import numpy as np
import pytest

from chainshock.graph.network.production import Evidence
from chainshock.graph.parameters import read_parameters
from chainshock.queries.uncertainty.weights import concentrations, edge_places, redraw_weights
from tests.networks import Node, build_network, pool

PARAMETERS = read_parameters()
SAMPLES = 4000


def of_grade(grade, **more):
    """A pool with three suppliers, all edges of one confidence."""
    makers = {name: Node("m", "AAA", output=1.0) for name in "abc"}
    shares = {"a": 0.6, "b": 0.3, "c": 0.1}
    network = build_network({**makers, "p": pool("m", "BBB", 1.0, shares), **more})
    evidence = np.full(len(network.weight), Evidence.TRADE, dtype=np.int8)
    return replace(network, evidence=evidence, edge_facts=(("f",),) * len(evidence)), {"f": grade}


@pytest.fixture(scope="module")
def draws():
    network, grades = of_grade("C")
    return np.array([redraw_weights(network, grades, PARAMETERS, salt).weight for salt in range(SAMPLES)])


def test_drawn_weights_sum_to_one_and_are_not_negative(draws):
    assert draws.sum(axis=1) == pytest.approx(1)
    assert draws.min() >= 0


def test_mean_and_variance_are_those_of_the_dirichlet(draws):
    weight = np.array([0.6, 0.3, 0.1])
    alpha = PARAMETERS["doubt.concentration.C"].default
    variance = weight * (1 - weight) / (alpha + 1)
    assert draws.mean(axis=0) == pytest.approx(weight, abs=4 * np.sqrt(variance.max() / SAMPLES))
    assert draws.var(axis=0) == pytest.approx(variance, rel=0.1)


def test_weaker_evidence_spreads_wider():
    spread = {}
    for grade in "ABC":
        network, grades = of_grade(grade)
        values = [redraw_weights(network, grades, PARAMETERS, salt).weight[0] for salt in range(500)]
        spread[grade] = np.std(values)
    assert spread["A"] < spread["B"] < spread["C"]


def test_fact_of_grade_a_does_not_make_a_guess_at_routes_certain():
    network, grades = of_grade("A")
    guess = replace(network, evidence=np.full(len(network.weight), Evidence.WORLD, dtype=np.int8))
    assert concentrations(network, grades, PARAMETERS)[0] == pytest.approx(200)
    assert concentrations(guess, grades, PARAMETERS)[0] == pytest.approx(10)


def test_mixed_group_has_the_mean_of_its_edges_variance_factors():
    network, _ = of_grade("A")
    mixed = replace(network, edge_facts=(("f",), ("g",), ("g",)))
    found = concentrations(mixed, {"f": "A", "g": "C"}, PARAMETERS)[0]
    assert 1 / (found + 1) == pytest.approx(0.6 / 201 + 0.4 / 11)


def test_draw_depends_on_names_and_not_on_the_place_in_the_arrays():
    network, grades = of_grade("C")
    longer, _ = of_grade("C", q=pool("m", "CCC", 1.0, {"a": 0.5, "b": 0.5}))
    assert np.array_equal(
        redraw_weights(network, grades, PARAMETERS, 5).weight,
        redraw_weights(longer, grades, PARAMETERS, 5).weight[:3],
    )


def test_only_supplier_keeps_all():
    network = build_network({"a": Node("m", "AAA", output=1.0), "p": pool("m", "BBB", 1.0, {"a": 1.0})})
    assert redraw_weights(network, {}, PARAMETERS, 5).weight.tolist() == [1.0]


def test_places_are_spread_evenly_over_salts_and_edges():
    network, _ = of_grade("C")
    edges = np.arange(3)
    places = np.array([edge_places(network, edges, salt) for salt in range(2000)])
    assert np.histogram(places, bins=10, range=(0, 1))[0] == pytest.approx(600, rel=0.2)
    assert abs(np.corrcoef(places.T) - np.eye(3)).max() < 0.08
    assert abs(np.corrcoef(places[:-1, 0], places[1:, 0])[0, 1]) < 0.08
