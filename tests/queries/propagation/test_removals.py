"""What a network loses without some of its producers or edges, alone and in batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.removals import Removal, solve_removals, without
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.static import solve
from tests.networks import OPEN, Input, Node, build_network, control, layered_networks, pool
from tests.queries.propagation.worlds import ring_of_pools, two_buyers_one_pool

NO_SUBSTITUTES = ShockOptions(substitution="none")


def after(
    network: ProductionNetwork,
    removal: Removal,
    options: ShockOptions = NO_SUBSTITUTES,
    routes: RouteFactors = OPEN,
) -> dict[str, float]:
    ((_, output),) = solve_removals(network, routes.edges(network), routes, options, [removal])
    return dict(zip(network.ids, output[:, 0].tolist(), strict=True))


def edge(network: ProductionNetwork, source: str, target: str) -> int:
    pairs = zip(network.edge_source, network.edge_node, strict=True)
    return list(pairs).index((network.ids.index(source), network.ids.index(target)))


def all_of(network: ProductionNetwork) -> list[Removal]:
    nodes = [Removal(nodes=(node,)) for node in range(network.n)]
    return nodes + [Removal(edges=(e,)) for e in range(len(network.edge_source))]


def one_by_one(
    network: ProductionNetwork, factor: Floats, routes: RouteFactors, options: ShockOptions, removal: Removal
) -> Floats:
    rest, factor = without(network, factor, removal)
    return solve(rest, factor, routes, options).x


def test_removed_producer_takes_its_share_of_the_pool_with_it() -> None:
    network = two_buyers_one_pool()
    left = after(network, Removal(nodes=(network.ids.index("mag-jpn"),)))
    assert left["pool-deu"] == pytest.approx(0.8)
    assert left["car"] == pytest.approx(0.8)
    assert left["mag-jpn"] == 0.0


def test_removed_edge_leaves_the_other_customers_of_its_supplier() -> None:
    network = two_buyers_one_pool()
    left = after(network, Removal(edges=(edge(network, "pool-deu", "car"),)))
    assert (left["car"], left["toy"], left["pool-deu"]) == (0.0, 1.0, 1.0)


def test_spare_capacity_of_others_fills_what_a_removed_producer_delivered() -> None:
    # Germany loses Japan's 20 of 100 magnets; half can be requalified, and China's spare 20 covers that half.
    network = two_buyers_one_pool()
    left = after(network, Removal(nodes=(network.ids.index("mag-jpn"),)), ShockOptions(phi=0.5))
    assert left["car"] == pytest.approx(1 - 0.2 * 0.5)


def test_removed_producer_offers_no_spare_capacity() -> None:
    # Without China Germany has 20 of 100 magnets; Japan can add half of its 20, China's own spare is gone.
    network = two_buyers_one_pool()
    left = after(network, Removal(nodes=(network.ids.index("mag-chn"),)), ShockOptions(phi=1.0))
    assert left["car"] == pytest.approx(0.2 + 0.8 * 10 / 80)


def test_removed_buyer_leaves_spare_capacity_to_the_others() -> None:
    # China's exports to Germany stop: cars and toys lack 48 and 32 magnets, and Japan can add 10.
    network = two_buyers_one_pool()
    routes = control(network, "MAG", "CHN", 0.0)
    left = after(network, Removal(nodes=(network.ids.index("toy"),)), ShockOptions(phi=1.0), routes)
    assert left["car"] == pytest.approx(0.2 + 0.8 * 10 / 48)


def test_nothing_removed_is_the_shock_itself() -> None:
    network = two_buyers_one_pool()
    routes = control(network, "MAG", "CHN", 0.25)
    alone = solve(network, routes.edges(network), routes, ShockOptions())
    assert list(after(network, Removal(), ShockOptions(), routes).values()) == pytest.approx(alone.x.tolist())


def test_slow_ring_of_pools_is_finished_by_itself() -> None:
    network = ring_of_pools(0.9999)
    removal = Removal(nodes=(network.ids.index("mine-chn"),))
    alone = one_by_one(network, OPEN.edges(network), OPEN, NO_SUBSTITUTES, removal)
    left = after(network, removal)
    assert left["user"] == pytest.approx(alone[network.ids.index("user")], abs=1e-12)
    assert left["user"] < 0.6


def test_slow_ring_is_finished_with_its_substitutes() -> None:
    mine, car = Node("ORE", "AUS", output=100, spare=0.1), Input("ORE", {"pool-deu": 1.0}, need=10)
    network = build_network(
        {
            "mine-chn": Node("ORE", "CHN", output=100),
            "pool-deu": pool("ORE", "DEU", 100, {"pool-nld": 0.9999, "mine-chn": 0.0001}),
            "pool-nld": pool("ORE", "NLD", 100, {"pool-deu": 0.9999, "mine-aus": 0.0001}),
            "mine-aus": mine,
            "user": Node("CAR", "DEU", output=1, value=1, inputs=(car,)),
        }
    )
    removal, options = Removal(edges=(edge(network, "mine-chn", "pool-deu"),)), ShockOptions(phi=0.5)
    alone = one_by_one(network, OPEN.edges(network), OPEN, options, removal)
    left = after(network, removal, options)
    assert left["user"] == pytest.approx(alone[network.ids.index("user")], abs=1e-12)
    assert left["user"] > after(network, removal)["user"] + 0.1


def test_rationing_by_rank_is_refused() -> None:
    network = two_buyers_one_pool()
    with pytest.raises(QueryError, match="found rationing 'value', expected 'proportional'"):
        after(network, Removal(), ShockOptions(rationing="value"))


@settings(max_examples=60, deadline=None)
@given(
    network=layered_networks(),
    let_through=st.sampled_from([0.0, 0.3, 1.0]),
    columns=st.sampled_from([1, 5, 16]),
    substitution=st.sampled_from(["capacity", "none"]),
)
def test_batches_equal_one_by_one(
    network: ProductionNetwork, let_through: float, columns: int, substitution: str
) -> None:
    routes = control(network, "MAGNET", "CHN", let_through)
    options = ShockOptions(substitution=substitution)  # type: ignore[arg-type]
    factor, removals = routes.edges(network), all_of(network)
    for first, output in solve_removals(network, factor, routes, options, removals, columns=columns):
        for column, removal in enumerate(removals[first : first + columns]):
            alone = one_by_one(network, factor, routes, options, removal)
            rest = np.setdiff1d(np.arange(network.n), removal.nodes)
            np.testing.assert_allclose(output[rest, column], alone[rest], rtol=0.0, atol=1e-12)
            assert not output[list(removal.nodes), column].any()


@settings(max_examples=30, deadline=None)
@given(network=layered_networks(), data=st.data())
def test_more_removed_never_helps_without_substitution(
    network: ProductionNetwork, data: st.DataObject
) -> None:
    nodes = st.lists(st.integers(0, network.n - 1), max_size=4)
    some, more = data.draw(nodes), data.draw(nodes)
    removals = [Removal(tuple(some)), Removal(tuple({*some, *more}))]
    ((_, output),) = solve_removals(network, OPEN.edges(network), OPEN, NO_SUBSTITUTES, removals)
    assert np.all(output[:, 1] <= output[:, 0] + 1e-12)
