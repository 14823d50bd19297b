"""Explanations over weeks: worked by hand, and held to sum on random networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.explain import Explanation, ResidualError
from chainshock.queries.explain_weeks import explain_weeks
from chainshock.queries.exposure import PARTS, exposures
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.weeks.merged import Merged
from chainshock.queries.propagation.weeks.solve import WeekState, solve_weeks
from tests.networks import Input, Node, build_network, control, pool
from tests.queries.propagation.weeks.worlds import LEAD, recorded_runs, stop, week_options

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEEKS = 8


def magnets_and_cars(cover: float = 0.0) -> ProductionNetwork:
    """American cars on Chinese magnets; a Japanese maker that can add half of what they need."""
    car = Input("MAG", {"pool": 1.0}, need=100.0, cover=cover, cost_share=0.1)
    return build_network(
        {
            "mag-chn": Node("MAG", "CHN", 100.0, 1000.0),
            "mag-jpn": Node("MAG", "JPN", 100.0, 1000.0, spare=0.5),
            "pool": pool("MAG", "USA", 100.0, {"mag-chn": 1.0}),
            "cars": Node("CAR", "USA", 1.0, 6000.0, inputs=(car,)),
        }
    )


def banned(network: ProductionNetwork, **options: object) -> WeekState:
    """Half of Chinese magnets stopped for eight weeks."""
    chosen = ShockOptions(eta=0.5, price_cap=4.0, **options)
    return solve_weeks(
        network,
        lambda small: [stop(small, "MAG", "CHN", np.full(LEAD + WEEKS, 0.5))],
        control(network, "MAG", "CHN", 0.5),
        chosen,
        week_options(network, slices=5, spread=0.0),
        WEEKS,
        record=True,
    )


def explained(network: ProductionNetwork, state: WeekState, name: str) -> Explanation:
    node = network.ids.index(name)
    return explain_weeks(network, state, {node: float(network.value[node])})


def test_every_week_of_a_stop_without_stock_costs_that_weeks_output() -> None:
    network = magnets_and_cars()
    explanation = explained(network, banned(network, substitution="none"), "cars")
    (source,) = (s for s in explanation.sources if s.part == "input")
    assert (source.good, source.origin, source.destination) == ("MAG", "CHN", "USA")
    assert source.weeks == pytest.approx([-6000 * 0.5 / 8] * 8)
    assert source.measures == pytest.approx({"a": -3000.0})
    assert not [r for r in explanation.reliefs if r.part == "input"]


def test_stock_is_a_line_of_its_own_and_the_pieces_sum_to_the_part() -> None:
    # Two weeks of stock last four weeks; the other four lose half. The first four drained the stock.
    network = magnets_and_cars(cover=2.0)
    explanation = explained(network, banned(network, substitution="none"), "cars")
    (source,) = (s for s in explanation.sources if s.part == "input")
    (relief,) = (r for r in explanation.reliefs if r.part == "input")
    assert explanation.parts["input"] == pytest.approx(-6000 * 4 * 0.5 / 8)
    assert (relief.kind, relief.good, relief.country) == ("stock", "MAG", "USA")
    assert source.amount + relief.amount == pytest.approx(explanation.parts["input"])


def test_gain_and_price_are_traced_to_the_route_that_left_buyers_short() -> None:
    network = magnets_and_cars()
    state = banned(network, phi=1.0)
    explanation = explained(network, state, "mag-jpn")
    assert explanation.parts["gain"] > 0.0
    assert explanation.parts["price_sold"] > 0.0
    for part in ("gain", "price_sold"):
        (source,) = (s for s in explanation.sources if s.part == part)
        assert (source.good, source.origin, source.destination) == ("MAG", "CHN", "USA")
        assert source.amount == pytest.approx(explanation.parts[part])


def test_shut_out_exporter_loses_the_orders_of_each_week() -> None:
    network = magnets_and_cars()
    explanation = explained(network, banned(network, substitution="none"), "mag-chn")
    (source,) = (s for s in explanation.sources if s.part == "orders_lost")
    assert source.weeks == pytest.approx([-1000 * 0.5 / 8] * 8)


def test_state_that_does_not_add_up_is_refused() -> None:
    network = magnets_and_cars()
    state = banned(network)
    with pytest.raises(ResidualError, match="explanation of input"):
        explain_weeks(network, replace(state, x=state.x * 0.9), {network.ids.index("cars"): 1.0})


def test_run_without_a_record_is_refused() -> None:
    network = magnets_and_cars()
    with pytest.raises(ValueError, match="without its record"):
        explain_weeks(network, replace(banned(network), record=None), {0: 1.0})


@FEW
@given(recorded_runs())
def test_pieces_sum_to_every_part_of_every_country(run: tuple[ProductionNetwork, WeekState]) -> None:
    network, state = run
    result = exposures(network, state)
    for country in range(len(network.countries)):
        members = np.flatnonzero((network.country == country) & (network.kind == NodeKind.ACTIVITY))
        weights = {int(node): float(result.value[node]) for node in members}
        explanation = explain_weeks(network, state, weights)
        for index, part in enumerate(PARTS):
            pieces = [s for s in explanation.sources if s.part == part]
            reliefs = [r.amount for r in explanation.reliefs if r.part == part]
            whole = float(result.usd[index, members].sum())
            assert sum(s.amount for s in pieces) + sum(reliefs) == pytest.approx(whole, rel=1e-9, abs=1e-8)
            for source in pieces:
                assert sum(source.weeks) == pytest.approx(source.amount, rel=1e-9, abs=1e-12)
                assert sum(source.measures.values()) == pytest.approx(source.amount, rel=1e-9, abs=1e-12)


@FEW
@given(recorded_runs(substitution="none"))
def test_edge_of_a_merged_edge_joins_members_of_its_ends(run: tuple[ProductionNetwork, WeekState]) -> None:
    network, state = run
    small, node_of = state.record.run.network, state.terms.node_of
    merged = Merged(network, small, node_of)
    edges = merged.edge
    np.testing.assert_array_equal(merged.edge_of[edges], np.arange(len(small.edge_source)))
    assert len(edges) == len(small.edge_source)
    np.testing.assert_array_equal(node_of[network.edge_source[edges]], small.edge_source)
    np.testing.assert_array_equal(node_of[network.edge_node[edges]], small.edge_node)
    np.testing.assert_array_equal(
        network.group_good[network.edge_group[edges]], small.group_good[small.edge_group]
    )
