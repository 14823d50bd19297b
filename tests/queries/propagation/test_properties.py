"""Properties that hold for every network and every shock on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.explain import explain, paths
from chainshock.queries.exposure import PARTS, aggregate, exposures
from chainshock.queries.propagation.adjoint import final_branch
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.static import ShockOptions, ShockState, solve
from tests.networks import GOODS, OPEN, control, join, layered_networks

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RATIONING = st.sampled_from(["proportional", "value", "priority"])
SUBSTITUTION = st.sampled_from(["capacity", "none"])
FACTOR = st.sampled_from([0.0, 0.2, 0.7])


@st.composite
def all_options(draw: st.DrawFn) -> ShockOptions:
    return ShockOptions(
        substitution=draw(SUBSTITUTION),
        rationing=draw(RATIONING),
        priority=("CAR", "MAGNET"),
        phi=draw(st.sampled_from([0.0, 0.5, 1.0])),
        eta=0.5,
        price_cap=4.0,
        price_floor=0.5,
        pass_through=0.2,
        diversion=draw(st.sampled_from([0.25, 1.0])),
    )


@st.composite
def shocks(draw: st.DrawFn) -> tuple[ProductionNetwork, RouteFactors]:
    network = draw(layered_networks())
    first = control(network, draw(st.sampled_from(GOODS[:3])), "CHN", draw(FACTOR))
    if draw(st.booleans()):
        return network, first
    second = control(
        network, draw(st.sampled_from(GOODS[:3])), "DEU", draw(FACTOR), destinations=["JPN"], name="b"
    )
    return network, join(first, second)


def run(network: ProductionNetwork, routes: RouteFactors, options: ShockOptions) -> ShockState:
    return solve(network, routes.edges(network), routes, options)


@FEW
@given(layered_networks(), all_options())
def test_no_measure_leaves_everything_exactly_at_baseline(
    network: ProductionNetwork, options: ShockOptions
) -> None:
    state = run(network, OPEN, options)
    assert np.all(state.x == 1.0)
    assert np.all(state.hu == 1.0)
    assert np.all(state.price == 1.0)
    assert np.all(exposures(network, state).relative == 0.0)


@FEW
@given(shocks(), all_options())
def test_state_is_a_fixed_point_within_its_bounds(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions
) -> None:
    network, routes = shock
    state = run(network, routes, options)
    for share in (state.x, state.hu, state.rho, state.filled):
        assert np.all((share >= 0.0) & (share <= 1.0 + 1e-12))
    received = state.factor * (1.0 - state.passed * (1.0 - state.x)[network.edge_source])
    available = np.bincount(network.edge_group, network.weight * received, len(network.group_node))
    np.testing.assert_allclose(state.available, available, atol=1e-10)
    allowed = np.ones(network.n)
    np.minimum.at(allowed, network.group_node, 1.0 - network.kappa * (1.0 - np.minimum(1.0, state.delivered)))
    np.testing.assert_allclose(state.x, allowed, atol=1e-10)


@FEW
@given(layered_networks(), st.sampled_from(GOODS[:3]), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_severity_never_raises_output_under_proportional_rationing_without_substitution(
    network: ProductionNetwork, good: str, one: float, other: float
) -> None:
    mild, harsh = (control(network, good, "CHN", factor) for factor in (max(one, other), min(one, other)))
    options = ShockOptions(substitution="none")
    before, after = run(network, mild, options), run(network, harsh, options)
    assert np.all(after.x <= before.x + 1e-12)
    # What sellers deliver may rise: a customer who is now short of this input takes all it can get of it.
    buyers = np.setdiff1d(np.arange(network.n), network.edge_source)
    assert np.all(after.y[buyers] <= before.y[buyers] + 1e-12)


@FEW
@given(layered_networks(), st.sampled_from(GOODS[:3]), st.floats(0.0, 0.99), st.floats(0.0, 0.99))
def test_more_severity_of_a_measure_in_force_never_helps_a_buyer_with_substitution(
    network: ProductionNetwork, good: str, one: float, other: float
) -> None:
    mild, harsh = (control(network, good, "CHN", factor) for factor in (max(one, other), min(one, other)))
    before, after = (run(network, routes, ShockOptions()) for routes in (mild, harsh))
    assert np.all(after.x <= before.x + 1e-10)


@FEW
@given(shocks(), all_options(), st.sampled_from([1e-3, 1e4]))
def test_multiplying_all_quantities_changes_no_relative_exposure(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions, scale: float
) -> None:
    network, routes = shock
    larger = replace(network, output=network.output * scale, need=network.need * scale)
    one, other = (exposures(n, run(n, routes, options)) for n in (network, larger))
    np.testing.assert_allclose(one.relative, other.relative, rtol=1e-9, atol=1e-11)


@FEW
@given(layered_networks(self_sufficient="CHN"), st.sampled_from(GOODS[:3]), FACTOR, all_options())
def test_export_control_leaves_the_issuers_own_buyers_untouched(
    network: ProductionNetwork, good: str, factor: float, options: ShockOptions
) -> None:
    state = run(network, control(network, good, "CHN", factor), options)
    assert np.all(state.x[network.country == network.countries.index("CHN")] == 1.0)


@FEW
@given(shocks(), st.floats(0.1, 0.9))
def test_splitting_a_supplier_changes_nothing(
    shock: tuple[ProductionNetwork, RouteFactors], share: float
) -> None:
    network, routes = shock
    makers = np.flatnonzero(
        (network.kind == NodeKind.ACTIVITY) & np.isin(np.arange(network.n), network.edge_source)
    )
    if not makers.size:
        return
    split = split_node(network, int(makers[0]), share)
    options = ShockOptions(eta=0.5, price_cap=4.0, price_floor=0.5)
    one, other = (exposures(n, run(n, routes, options)) for n in (network, split))
    np.testing.assert_allclose(one.relative, other.relative[:, : network.n], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(one.relative[:, makers[0]], other.relative[:, -1], rtol=1e-9, atol=1e-11)


@FEW
@given(shocks(), all_options())
def test_explanations_sum_to_the_exposure(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions
) -> None:
    network, routes = shock
    state = run(network, routes, options)
    result = exposures(network, state)
    for entity in aggregate(network, result, "country"):
        weights = {
            node: float(result.value[node]) for node in entity.nodes if np.isfinite(result.value[node])
        }
        explained = explain(network, state, weights, routes)
        assert explained.total == pytest.approx(entity.usd, rel=1e-9, abs=1e-9)
        at_stake = sum(weights.values())  # sweeps end at a change of 1e-13, and slow rings amplify that
        for part in PARTS:
            pieces = [source.amount for source in explained.sources if source.part == part]
            assert sum(pieces) == pytest.approx(entity.parts[part], rel=1e-9, abs=1e-9 + 1e-10 * at_stake)
        for source in explained.sources:
            assert state.factor[source.edge] != 1.0
            assert sum(source.measures.values()) == pytest.approx(source.amount)


@FEW
@given(shocks(), all_options())
def test_compiled_sweeps_give_what_numpy_gives(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions
) -> None:
    network, routes = shock
    plain = run(network, routes, replace(options, kernel="reference"))
    compiled = run(network, routes, replace(options, kernel="compiled"))
    for name in ("x", "hu", "gain", "derived", "filled", "price", "price_sold", "price_bought", "shortage"):
        assert getattr(compiled, name) == pytest.approx(getattr(plain, name), abs=1e-11, rel=1e-9), name


@FEW
@given(shocks(), all_options(), st.integers(0, 2**16))
def test_removing_one_source_with_branches_frozen_changes_the_losses_by_its_part(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions, pick: int
) -> None:
    network, routes = shock
    branch = final_branch(network, run(network, routes, options))
    size = 2 * network.n
    weight = np.random.default_rng(pick).random(size)
    parts = branch.split(weight)
    sources = np.flatnonzero(parts)
    if not sources.size:
        return
    edge = sources[pick % len(sources)]
    matrix = np.eye(size)
    np.subtract.at(matrix, (branch.row, branch.column), branch.value)
    kept = np.where(branch.source_edge == edge, 0.0, branch.source_value)
    without = np.linalg.solve(matrix, np.bincount(branch.source_row, kept, size))
    assert weight @ (branch.loss - without) == pytest.approx(parts[edge], rel=1e-8, abs=1e-9)


@FEW
@given(shocks(), all_options())
def test_paths_and_the_rest_sum_to_the_part(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions
) -> None:
    network, routes = shock
    state = run(network, routes, options)
    makers = np.flatnonzero(network.kind == NodeKind.ACTIVITY).tolist()
    weights = dict.fromkeys(makers, 1.0)
    listed = paths(network, state, weights, top=5)
    sizes = [abs(path.amount) for path in listed.paths]
    assert sizes == sorted(sizes, reverse=True)
    assert listed.other <= 1e-9
    for path in listed.paths:
        assert state.factor[path.edges[-1]] < 1.0
        sources = [network.edge_source[edge] for edge in path.edges]
        assert sources == list(path.nodes[1:])


@FEW
@given(shocks(), all_options())
def test_exposures_of_a_partition_sum_to_the_whole(
    shock: tuple[ProductionNetwork, RouteFactors], options: ShockOptions
) -> None:
    network, routes = shock
    result = exposures(network, run(network, routes, options))
    for kind in ("country", "company"):
        assert sum(e.usd for e in aggregate(network, result, kind)) == pytest.approx(result.total.sum())


@FEW
@given(shocks(), st.sampled_from([0.25, 1.0]))
def test_gains_sum_to_what_is_served_and_never_exceed_what_is_lost(
    shock: tuple[ProductionNetwork, RouteFactors], phi: float
) -> None:
    network, routes = shock
    state = run(network, routes, ShockOptions(phi=phi))
    buys = network.kind[network.group_node] == NodeKind.ACTIVITY
    lost = np.where(buys, network.need * (1.0 - state.first_available), 0.0)
    served = float((state.rho * lost).sum())
    assert float((state.gain * network.output).sum()) == pytest.approx(served, abs=1e-9)
    assert served <= phi * lost.sum() + 1e-9
    assert float(state.served.quantity.sum()) == pytest.approx(served, abs=1e-9)


def split_node(network: ProductionNetwork, node: int, share: float) -> ProductionNetwork:
    """Split a node in two with the same suppliers; the new one comes last and takes `share`."""
    groups = np.flatnonzero(network.group_node == node)
    inner = [np.flatnonzero(network.edge_group == g) for g in groups]
    count = len(network.group_node)
    copied_group = np.concatenate([np.full(len(e), count + i) for i, e in enumerate(inner)] or [[]]).astype(
        np.int32
    )
    copied = np.concatenate(inner).astype(int) if inner else np.zeros(0, dtype=int)
    edge_group = np.concatenate([network.edge_group, copied_group])
    edge_source = np.concatenate([network.edge_source, network.edge_source[copied]])
    weight = np.concatenate([network.weight, network.weight[copied]])
    sells = np.flatnonzero(edge_source == node)
    edge_group = np.concatenate([edge_group, edge_group[sells]])
    edge_source = np.concatenate([edge_source, np.full(len(sells), network.n)])
    weight = np.concatenate([weight, weight[sells] * share])
    weight[sells] *= 1.0 - share
    order = np.argsort(edge_group, kind="stable")
    need = np.concatenate([network.need, network.need[groups] * share])
    need[groups] *= 1.0 - share
    output = np.append(network.output, network.output[node] * share)
    output[node] *= 1.0 - share

    def twice(values: np.ndarray) -> np.ndarray:
        return np.append(values, values[node])

    def groups_twice(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, values[groups]])

    return replace(
        network,
        ids=(*network.ids, "second"),
        kind=twice(network.kind),
        good=twice(network.good),
        country=twice(network.country),
        buyer_class=twice(network.buyer_class),
        output=output,
        value=twice(network.value),
        spare=twice(network.spare),
        is_project=twice(network.is_project),
        group_node=np.concatenate([network.group_node, np.full(len(groups), network.n)]).astype(np.int32),
        group_good=groups_twice(network.group_good),
        kappa=groups_twice(network.kappa),
        cover=groups_twice(network.cover),
        need=need,
        cost_share=groups_twice(network.cost_share),
        edge_group=edge_group[order].astype(np.int32),
        edge_source=edge_source[order].astype(np.int32),
        weight=weight[order],
        evidence=np.zeros(len(order), dtype=np.int8),
        transit=np.zeros(len(order)),
        edge_facts=tuple(() for _ in order),
        node_facts=(*network.node_facts, ()),
        entities=(*network.entities, {}),
    )
