"""Paths through the weeks: worked by hand, and held to sum on random networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.explain_weeks import WeekSplitter, explain_weeks
from chainshock.queries.paths import PathList
from chainshock.queries.paths_weeks import WeekPaths
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.weeks.solve import WeekState, solve_weeks
from tests.networks import Input, Node, build_network, control, pool
from tests.queries.propagation.weeks.worlds import LEAD, recorded_runs, stop, week_options

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEEKS = 16


def oxide_magnets_cars() -> ProductionNetwork:
    """Chinese oxide, a week under way, to Japanese magnets, two weeks under way, to American cars.

    Magnet makers hold three weeks of oxide, car makers four weeks of magnets.
    """
    feed = replace(pool("MAG", "USA", 10.0, {"mag-jpn": 1.0}).inputs[0], transit=2.0)
    oxide = replace(pool("OXIDE", "JPN", 10.0, {"oxide-chn": 1.0}).inputs[0], transit=1.0)
    return build_network(
        {
            "oxide-chn": Node("OXIDE", "CHN", 100.0, 500.0),
            "pool-jpn": replace(pool("OXIDE", "JPN", 10.0, {}), inputs=(oxide,)),
            "mag-jpn": Node(
                "MAG", "JPN", 10.0, 1000.0, inputs=(Input("OXIDE", {"pool-jpn": 1.0}, need=10.0, cover=3.0),)
            ),
            "pool-usa": replace(pool("MAG", "USA", 10.0, {}), inputs=(feed,)),
            "cars": Node(
                "CAR", "USA", 1.0, 6000.0, inputs=(Input("MAG", {"pool-usa": 1.0}, need=10.0, cover=4.0),)
            ),
        }
    )


def banned(network: ProductionNetwork) -> WeekState:
    """All Chinese oxide stopped from week 0."""
    return solve_weeks(
        network,
        lambda small: [stop(small, "OXIDE", "CHN", np.ones(LEAD + WEEKS))],
        control(network, "OXIDE", "CHN", 0.0),
        ShockOptions(substitution="none"),
        week_options(network, slices=1, spread=0.0),
        WEEKS,
        record=True,
    )


def listed(
    network: ProductionNetwork, state: WeekState, nodes: dict[int, float], part: str, top: int
) -> PathList:
    explanation = explain_weeks(network, state, nodes)
    whole = sum(source.amount for source in explanation.sources if source.part == part)
    return WeekPaths(network, WeekSplitter(state.record)).find(nodes, whole, part, top)


def test_path_names_its_edges_and_when_it_bites() -> None:
    network = oxide_magnets_cars()
    state = banned(network)
    (path,) = listed(network, state, {network.ids.index("cars"): 6000.0}, "input", 5).paths
    assert [network.ids[node] for node in path.nodes] == [
        "cars",
        "pool-usa",
        "mag-jpn",
        "pool-jpn",
        "oxide-chn",
    ]
    # Oxide afloat arrives in week 0; stocks of three and four weeks, two weeks under way: 1 + 3 + 2 + 4
    assert (path.timing.cut, path.timing.bites, path.timing.transit, path.timing.stock) == (1, 10, 2, 7)
    assert state.x_by_week[network.ids.index("cars")].tolist() == [1.0] * 10 + [0.0] * 6
    assert sum(path.timing.by_week) == pytest.approx(path.amount)


def test_weeks_cut_too_late_to_be_felt_within_the_horizon_do_not_count() -> None:
    network = oxide_magnets_cars()
    explanation = explain_weeks(network, banned(network), {network.ids.index("cars"): 6000.0})
    (source,) = (s for s in explanation.sources if s.part == "input")
    # what stops in the last two weeks would be felt two weeks later; goods afloat arrive in week 0
    assert source.weeks == pytest.approx([0.0] + [-6000 / 16] * 13 + [0.0] * 2)
    # three weeks of oxide and four of magnets
    assert {r.good: r.amount for r in explanation.reliefs} == pytest.approx(
        {"OXIDE": 3 * 6000 / 16, "MAG": 4 * 6000 / 16}
    )


def test_path_of_lost_orders_leads_to_the_route_that_was_shut() -> None:
    network = oxide_magnets_cars()
    node = network.ids.index("oxide-chn")
    (path,) = listed(network, banned(network), {node: 500.0}, "orders_lost", 5).paths
    assert [network.ids[index] for index in path.nodes] == ["oxide-chn", "pool-jpn"]
    assert (path.timing.bites, path.timing.stock) == (0, 0)


@FEW
@given(recorded_runs(), st.sampled_from(["input", "orders_lost"]))
def test_all_paths_together_are_the_part_and_each_is_felt_in_its_weeks(
    run: tuple[ProductionNetwork, WeekState], part: str
) -> None:
    network, state = run
    makers = np.flatnonzero(network.kind == NodeKind.ACTIVITY)
    weights = {int(node): 1.0 for node in makers[:4]}
    found = listed(network, state, weights, part, 8)
    sizes = [abs(path.amount) for path in found.paths]
    assert sizes == sorted(sizes, reverse=True)
    for path in found.paths:
        assert path.timing.bites >= path.timing.cut
        assert sum(path.timing.by_week) == pytest.approx(path.amount, rel=1e-7, abs=1e-12)
        assert path.nodes[0] in weights
    if len(found.paths) < 8:
        assert found.other == pytest.approx(0.0, abs=1e-9)


@FEW
@given(recorded_runs(), st.sampled_from(["input", "orders_lost"]))
def test_the_strongest_paths_are_found_first(run: tuple[ProductionNetwork, WeekState], part: str) -> None:
    network, state = run
    makers = np.flatnonzero(network.kind == NodeKind.ACTIVITY)
    weights = {int(node): 1.0 for node in makers[:2]}
    some, all_ = (
        [abs(path.amount) for path in listed(network, state, weights, part, top).paths] for top in (3, 10_000)
    )
    assert some == pytest.approx(all_[:3], rel=1e-9)
