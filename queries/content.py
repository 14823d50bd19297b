"""Compute which share of a good's value is one country's controlled material.

Content is the fixed point of content_i = Σ_g θ_ig Σ_{e in g} w_e content_src(e): a node holds of the origin's
material what its inputs hold, weighted by what they cost. Producers of controlled goods in the origin have
content 1; pools pass on what they hold (θ = 1); unknown suppliers have content 0, so the result is a lower
bound where they matter.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork

__all__ = ["content", "share_in_scope"]

TOLERANCE = 1e-12  # largest change of a content between two sweeps at which they stop
MAX_SWEEPS = 10_000
# Prices, quantities and revenues come from different sources: costs that add up to little more than the value
# are scaled to it, costs that add up to more than this are an error.
MOST_COST = 1.1


def content(network: ProductionNetwork, origin: str, goods: Collection[str]) -> Floats:
    """Compute the content of every node.

    The map is monotone and, as Σ θ <= 1 at every node and Σ w <= 1 in every group, keeps contents in [0, 1].
    Sweeps from the sources alone therefore rise to the least fixed point: pools that only feed each other
    gain nothing by it.

    Parameters
    ----------
    network
        Compiled network; `cost_share` is θ (unknown, that is NaN, counts as 0).
    origin
        ISO alpha-3 of the country whose material counts.
    goods
        Ids of the controlled goods.

    Returns
    -------
    array of shape (n,)
        Share of value in [0, 1].

    Raises
    ------
    QueryError
        Input costs of a node add up to more than 1.1 times its value, or the sweeps do not settle.
    """
    theta = _cost_shares(network)
    weight = theta[network.edge_group] * network.weight
    node, source = network.edge_node, network.edge_source
    is_source = _sources(network, origin, goods)
    is_unknown = network.kind == NodeKind.UNKNOWN
    value: Floats = is_source.astype(np.float64)
    for _ in range(MAX_SWEEPS):
        swept = np.bincount(node, weights=weight * value[source], minlength=network.n).astype(np.float64)
        swept[is_source] = 1.0
        swept[is_unknown] = 0.0
        change = float(np.max(np.abs(swept - value), initial=0.0))
        value = swept
        if change <= TOLERANCE:
            return np.minimum(value, 1.0)
    raise QueryError(f"content of {origin}: still changing by {change:.1e} after {MAX_SWEEPS} sweeps")


def share_in_scope(
    network: ProductionNetwork, values: Floats, origin: str, goods: Collection[str], least: float
) -> dict[tuple[int, int], float]:
    """Give the share of a good passed on by each country that holds enough of the origin's material.

    A rule speaks of goods, not of averages: a magnet holds the material or it does not. A maker's goods are
    in scope when their content reaches `least`; a pool passes goods on as it got them, so its share in scope
    is that of its supplies, weight by weight, and what comes from the origin itself is in scope.

    Parameters
    ----------
    network, origin, goods
        As for `content`.
    values
        Content of every node, shape (n,).
    least
        Content from which a good is in scope.

    Returns
    -------
    dict
        Share in [0, 1] by (good, country), for controlled goods; only countries with a pool of the good, or a
        maker where there is no pool. Several pools count by what they buy, several makers by what they make.
    """
    controlled = np.array([good in goods for good in network.goods], dtype=np.bool_)[network.good]
    is_pool = (network.kind == NodeKind.POOL) & controlled
    reached = (values >= max(least - 1e-9, 1e-12)) | _sources(network, origin, goods)
    share: Floats = (reached & controlled & (network.kind == NodeKind.ACTIVITY)).astype(np.float64)
    inside = is_pool[network.edge_node]
    node, source, weight = network.edge_node[inside], network.edge_source[inside], network.weight[inside]
    for _ in range(MAX_SWEEPS):
        passed = np.bincount(node, weights=weight * share[source], minlength=network.n)
        swept = np.where(is_pool, np.minimum(passed, 1.0), share)
        change = float(np.max(np.abs(swept - share), initial=0.0))
        share = swept
        if change <= TOLERANCE:
            return _by_place(network, share, controlled)
    raise QueryError(f"content rule of {origin}: still changing by {change:.1e} after {MAX_SWEEPS} sweeps")


def _by_place(
    network: ProductionNetwork, share: Floats, controlled: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> dict[tuple[int, int], float]:
    """Average over the pools of a good in a country, or over its makers where there is no pool."""
    bought = np.bincount(network.group_node, weights=network.need, minlength=network.n)
    size = np.where(network.kind == NodeKind.POOL, bought, network.output)
    found: dict[tuple[int, int], float] = {}
    for kind in (NodeKind.ACTIVITY, NodeKind.POOL):  # pools last: they decide where there are any
        members: dict[tuple[int, int], list[int]] = {}
        for i in np.flatnonzero((network.kind == kind) & controlled):
            members.setdefault((int(network.good[i]), int(network.country[i])), []).append(int(i))
        for key, nodes in members.items():
            weights = np.nan_to_num(size[nodes])
            weights = weights if weights.sum() > 0 else np.ones(len(nodes))
            found[key] = float(weights @ share[nodes] / weights.sum())
    return found


def _cost_shares(network: ProductionNetwork) -> Floats:
    """Give θ of every group: the cost share at activities, 1 at pools."""
    is_pool = network.kind[network.group_node] == NodeKind.POOL
    theta = np.where(is_pool, 1.0, np.nan_to_num(network.cost_share, nan=0.0))
    total = np.bincount(network.group_node, weights=theta, minlength=network.n)
    wrong = np.flatnonzero(total > MOST_COST)
    if wrong.size:
        worst = int(wrong[np.argmax(total[wrong])])
        found = f"found {total[worst]:.4g} at {network.ids[worst]}"
        expected = "expected shares that sum to at most 1"
        raise QueryError(f"content rule: cost shares of a node's inputs: {found}, {expected}")
    return theta / np.maximum(total, 1.0)[network.group_node]


def _sources(
    network: ProductionNetwork, origin: str, goods: Collection[str]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the producers of controlled goods in the origin."""
    if origin not in network.countries:
        return np.zeros(network.n, dtype=np.bool_)
    controlled = np.array([good in goods for good in network.goods], dtype=np.bool_)
    is_there = network.country == network.countries.index(origin)
    return (network.kind == NodeKind.ACTIVITY) & is_there & controlled[network.good]  # type: ignore[no-any-return]
