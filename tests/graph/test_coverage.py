"""Coverage of a network small enough to reckon by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainshock.graph.coverage import coverage, covered_share
from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork


def network_of_two_pools() -> ProductionNetwork:
    """A magnet pool in the United States, split in two classes of buyer, and one in Japan that nobody uses.

    Nodes: 0 named plant (USA), 1 rest of the country (USA), 2 Chinese pool, 3 unknown, 4 civil pool (USA),
    5 military pool (USA), 6 civil buyer, 7 military buyer, 8 Japanese pool,
    9 buyer of 10 by contract with the plant.
    Civil pool (draws 30): 0.2 plant, 0.1 rest, 0.6 China, 0.1 unknown. Military pool (draws 10): all unknown.
    """
    activity, pool, unknown = NodeKind.ACTIVITY, NodeKind.POOL, NodeKind.UNKNOWN
    kind = [activity, activity, pool, unknown, pool, pool, activity, activity, pool, activity]
    edges = [
        (0, 1, 1.0, Evidence.WORLD),  # group, source, weight, evidence
        (1, 0, 0.2, Evidence.NATIONAL),
        (1, 1, 0.1, Evidence.NATIONAL),
        (1, 2, 0.6, Evidence.TRADE),
        (1, 3, 0.1, Evidence.NONE),
        (2, 3, 1.0, Evidence.NONE),
        (3, 4, 1.0, Evidence.NATIONAL),
        (4, 5, 1.0, Evidence.NATIONAL),
        (5, 0, 1.0, Evidence.CONTRACT),
    ]
    groups = [8, 4, 5, 6, 7, 9]
    need = [0.0, 0.0, 0.0, 30.0, 10.0, 10.0]
    entities: list[dict[str, dict[str, float]]] = [{} for _ in kind]
    entities[0] = {"facility": {"ewin": 1.0}}
    nodes, links = len(kind), len(edges)
    return ProductionNetwork(
        ids=tuple(map(str, range(nodes))),
        goods=("MAG", "motor"),
        countries=("USA", "CHN", "JPN"),
        buyer_classes=("civil", "military"),
        kind=np.array(kind, dtype=np.int8),
        good=np.array([0, 0, 0, 0, 0, 0, 1, 1, 0, 1], dtype=np.int32),
        country=np.array([0, 0, 1, 0, 0, 0, 0, 0, 2, 0], dtype=np.int32),
        buyer_class=np.zeros(nodes, dtype=np.int32),
        output=np.zeros(nodes),
        value=np.zeros(nodes),
        spare=np.zeros(nodes),
        is_project=np.zeros(nodes, dtype=np.bool_),
        group_node=np.array(groups, dtype=np.int32),
        group_good=np.zeros(len(groups), dtype=np.int32),
        kappa=np.ones(len(groups)),
        cover=np.zeros(len(groups)),
        need=np.array(need),
        cost_share=np.zeros(len(groups)),
        edge_group=np.array([e[0] for e in edges], dtype=np.int32),
        edge_source=np.array([e[1] for e in edges], dtype=np.int32),
        weight=np.array([e[2] for e in edges]),
        evidence=np.array([e[3] for e in edges], dtype=np.int8),
        transit=np.zeros(links),
        entities=tuple(entities),
    )


def test_coverage_weighs_pools_and_contracts_of_one_country_by_what_buyers_draw() -> None:
    rows = {(row.commodity, row.country): row for row in coverage(network_of_two_pools())}
    usa = rows["MAG", "USA"]
    assert usa.need == pytest.approx(50)
    assert usa.named == pytest.approx((0.2 * 30 + 10) / 50)
    assert usa.national == pytest.approx(0.1 * 30 / 50)
    assert usa.trade == pytest.approx(0.6 * 30 / 50)
    assert usa.nothing == pytest.approx((0.1 * 30 + 10) / 50)
    assert usa.assumed == 0


def test_coverage_of_a_pool_that_nobody_draws_from_has_no_need_and_shares_all_the_same() -> None:
    rows = {(row.commodity, row.country): row for row in coverage(network_of_two_pools())}
    japan = rows["MAG", "JPN"]
    assert (japan.need, japan.world) == (0, 1)


def test_shares_of_every_row_sum_to_one() -> None:
    for row in coverage(network_of_two_pools()):
        assert row.named + row.trade + row.national + row.world + row.assumed + row.nothing == pytest.approx(
            1
        )


def test_covered_share_is_what_rests_on_something_weighted_by_need() -> None:
    assert covered_share(coverage(network_of_two_pools())) == pytest.approx(1 - 13 / 50)


def test_covered_share_of_nothing_is_not_a_number() -> None:
    assert math.isnan(covered_share([]))
