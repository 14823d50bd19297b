"""The shipped facts, compiled: what must hold whatever the figures are."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.network.compile import compile_network
from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork
from chainshock.loaders.reference import reference_facts
from tests.graph.network.worlds import supplies


@pytest.fixture(scope="module")
def network() -> ProductionNetwork:
    knowledge = KnowledgeGraph(reference_facts())
    graph = knowledge.at(date(2025, 11, 8), known="latest")
    return compile_network(graph, knowledge.all("Company"), baseline_year=2024)


def test_weights_of_every_group_sum_to_one(network):
    assert np.bincount(network.edge_group, network.weight) == pytest.approx(np.ones(len(network.group_node)))


def test_no_output_need_or_weight_is_negative(network):
    for array in (network.output, network.need, network.weight, network.spare, network.cover):
        assert array.min() >= 0


def test_criticality_and_cost_shares_are_shares(network):
    for array in (network.kappa, network.cost_share):
        assert 0 <= array.min() <= array.max() <= 1


def test_segments_of_a_company_never_exceed_its_revenue(network):
    value = defaultdict(float)
    for index, entities in enumerate(network.entities):
        for company, stake in entities.get("company", {}).items():
            if not network.is_project[index]:
                value[company] += stake * np.nan_to_num(network.value[index])
    for company, revenue in network.revenue.items():
        assert value[company] <= revenue * (1 + 1e-9), company


def test_german_buyers_draw_magnets_from_china_in_the_share_that_customs_report(network):
    drawn = supplies(network, "pool|MAG_NDFEB_S|DEU|civil")
    assert drawn["pool|MAG_NDFEB_S|CHN|civil"] == pytest.approx(0.82, abs=0.03)


def test_every_trade_edge_names_the_fact_it_rests_on(network):
    for edge in np.flatnonzero(network.evidence == Evidence.TRADE):
        assert network.edge_facts[edge]


def test_unknown_suppliers_supply_pools_and_nothing_else(network):
    edges = np.flatnonzero(network.kind[network.edge_source] == NodeKind.UNKNOWN)
    assert set(network.kind[network.edge_node[edges]]) == {NodeKind.POOL}
    assert set(network.evidence[edges]) == {Evidence.NONE}


def test_military_buyers_of_magnets_have_pools_of_their_own(network):
    assert "pool|MAG_NDFEB_S|USA|military" in network.ids


def test_chinese_magnet_makers_sell_at_home_and_abroad(network):
    pool = network.ids.index("pool|MAG_NDFEB_S|CHN|civil")
    customers = network.edge_node[network.edge_source == pool]
    at_home = network.country[customers] == network.country[pool]
    assert at_home.any()
    assert not at_home.all()
