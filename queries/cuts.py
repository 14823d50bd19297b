"""Find the smallest set of producers and deliveries that separates an origin from the users of a good.

Capacities are shares of the users' output that draw on a producer or a delivery (`queries.dependence`), so
that oxide, magnets and motors can be compared. The cut is networkx's `minimum_cut`.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.dependence import dependence
from chainshock.queries.propagation.removals import Removal

__all__ = ["Cut", "CutMember", "minimum_cut"]

SCALE = 10**9  # steps of a share: whole numbers keep the cut exact
MEMBER = 10**6  # parts of a step: of cuts with the same share the one with fewest members wins
NODE, EDGE = 1, 2  # parts that a member counts for: a producer before its only delivery
ORIGIN, USERS = -1, -2


@dataclass(frozen=True)
class CutMember:
    """A node that is cut (`edges` empty), or the edges that are cut between two nodes.

    `share` is the share of the users' output that draws on it.
    """

    source: int
    target: int | None
    edges: tuple[int, ...]
    share: float


@dataclass(frozen=True)
class Cut:
    """The cut, largest share first; no members where nothing made in the origin reaches the users.

    `share` is the sum of the members' shares.
    """

    members: tuple[CutMember, ...]

    @property
    def share(self) -> float:
        """Sum of the members' shares; over 1 where one product needs several of them."""
        return sum(member.share for member in self.members)

    @property
    def removal(self) -> Removal:
        """What is taken away when all members are."""
        nodes = tuple(member.source for member in self.members if member.target is None)
        return Removal(nodes, tuple(edge for member in self.members for edge in member.edges))


def minimum_cut(network: ProductionNetwork, sources: npt.NDArray[np.bool_], users: Floats) -> Cut:
    """Find the cut of least capacity between producers and users.

    A node can be cut at the share D of the users' output that draws on it, an edge at its d; the users
    themselves cannot. Of cuts with the same share the one with fewest members is taken.

    Parameters
    ----------
    sources
        True for the producers of the origin, (n,).
    users
        Weight of each user's output, summing to 1, (n,).
    """
    nodes, edges = dependence(network, users)
    between = _deliveries(network, edges)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from([ORIGIN, USERS])
    for index in np.flatnonzero(nodes > 0.0).tolist():
        if users[index] > 0.0:
            graph.add_edge(_way_in(index), USERS)
        graph.add_edge(_way_in(index), _way_out(index), capacity=_steps(nodes[index], NODE))
        if sources[index] and users[index] == 0.0:
            graph.add_edge(ORIGIN, _way_in(index))
    for (source, target), carried in between.items():
        capacity = _steps(float(edges[list(carried)].sum()), EDGE)
        graph.add_edge(_way_out(source), _way_in(target), capacity=capacity)
    if not nx.has_path(graph, ORIGIN, USERS):
        return Cut(())
    _, (near, _) = nx.minimum_cut(graph, ORIGIN, USERS)
    found = [
        CutMember(index, None, (), float(nodes[index]))
        for index in np.flatnonzero(nodes > 0.0).tolist()
        if _way_in(index) in near and _way_out(index) not in near
    ]
    found += [
        CutMember(source, target, carried, float(edges[list(carried)].sum()))
        for (source, target), carried in between.items()
        if _way_out(source) in near and _way_in(target) not in near
    ]
    return Cut(tuple(sorted(found, key=lambda m: (-m.share, m.source, m.target or -1))))


def _deliveries(network: ProductionNetwork, carried: Floats) -> dict[tuple[int, int], tuple[int, ...]]:
    """Give the edges between each pair of nodes that carry anything."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    target = network.edge_node
    for edge in np.flatnonzero(carried > 0.0).tolist():
        pair = (int(network.edge_source[edge]), int(target[edge]))
        found[pair] = (*found.get(pair, ()), edge)
    return found


def _way_in(node: int) -> int:
    return 2 * node


def _way_out(node: int) -> int:
    return 2 * node + 1


def _steps(share: float, member: int) -> int:
    """Turn a share into whole numbers, and count the member."""
    return round(share * SCALE) * MEMBER + member
