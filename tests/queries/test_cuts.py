"""The smallest cut between an origin and users: worked out by hand, and what holds on any network."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.cuts import Cut, minimum_cut
from chainshock.queries.dependence import dependence
from tests.networks import Node, layered_networks
from tests.queries.chokepoint_worlds import cars_and_toys, magnets_from_chinese_oxide


def users_of(network: ProductionNetwork, *goods: str, but: str = "") -> Floats:
    chosen = np.array([network.goods[g] in goods for g in network.good])
    chosen &= np.array([network.countries[c] != but for c in network.country])
    value = np.where(chosen, np.nan_to_num(network.value), 0.0)
    return value / (value.sum() or 1.0)


def cut_between(network: ProductionNetwork, origin: str, users: Floats) -> Cut:
    return minimum_cut(network, made_in(network, origin), users)


def made_in(network: ProductionNetwork, origin: str) -> np.ndarray:
    return (network.kind == 0) & np.array([network.countries[c] == origin for c in network.country])


def test_one_producer_before_its_only_delivery() -> None:
    network = cars_and_toys()
    cut = cut_between(network, "JPN", users_of(network, "CAR", "TOY"))
    (member,) = cut.members
    assert (network.ids[member.source], member.target, member.edges) == ("mag-jpn", None, ())
    assert cut.share == pytest.approx(0.2)


def test_bottleneck_behind_the_origin_is_cut_rather_than_many_producers() -> None:
    # Japan's magnets, a fifth of all, draw on two Chinese oxide makers: one member instead of two.
    network = magnets_from_chinese_oxide()
    cut = cut_between(network, "CHN", users_of(network, "CAR", "TOY"))
    assert [network.ids[member.source] for member in cut.members] == ["mag-jpn"]
    assert cut.share == pytest.approx(0.2)


def test_delivery_is_cut_where_its_ends_serve_others_too() -> None:
    # For cars alone the pool's delivery to cars carries all; what China sells to the pool is 0.8 of it.
    network = cars_and_toys()
    cut = cut_between(network, "CHN", users_of(network, "CAR"))
    assert cut.share == pytest.approx(0.8)
    assert len(cut.members) == 1


def test_origin_that_reaches_nobody_needs_no_cut() -> None:
    network = cars_and_toys(mine=Node("ORE", "AUS", output=5, value=5))
    cut = cut_between(network, "AUS", users_of(network, "CAR"))
    assert (cut.members, cut.share) == ((), 0)


def test_removal_takes_all_members_away() -> None:
    network = magnets_from_chinese_oxide()
    removal = cut_between(network, "CHN", users_of(network, "CAR")).removal
    assert ([network.ids[i] for i in removal.nodes], removal.edges) == (["mag-jpn"], ())


@settings(max_examples=60, deadline=None)
@given(network=layered_networks())
def test_cut_separates_and_no_simple_cut_is_smaller(network: ProductionNetwork) -> None:
    users = users_of(network, "CAR", but="CHN")
    sources = made_in(network, "CHN") & (users == 0.0)
    cut = minimum_cut(network, sources, users)
    nodes, _ = dependence(network, users)
    removal = cut.removal
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(network.n))
    pairs = zip(network.edge_source.tolist(), network.edge_node.tolist(), strict=True)
    graph.add_edges_from(pair for edge, pair in enumerate(pairs) if edge not in set(removal.edges))
    graph.remove_nodes_from(removal.nodes)
    reached = {n for s in np.flatnonzero(sources).tolist() if s in graph for n in nx.descendants(graph, s)}
    assert not reached & set(np.flatnonzero(users > 0.0).tolist())
    assert cut.share <= nodes[sources].sum() + 1e-6
    feeding = np.isin(network.edge_node, np.flatnonzero(users > 0.0))
    assert cut.share <= (dependence(network, users)[1][feeding]).sum() + 1e-6
