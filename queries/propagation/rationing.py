"""Share out what a supplier can deliver when it cannot deliver all.

Proportional: every order is filled to the supplier's x. Value and priority: starting from that, at most a
fraction delta of what lower-ranked buyers hold moves to higher-ranked ones, best rank first, lowest giving
first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.sweeps import Frame, add_up

__all__ = ["rank_buyers", "ration_by_rank", "rationing_rule"]

MAX_PASSES = 60  # how far down the chain a buyer's rank is looked for


def rationing_rule(frame: Frame, options: ShockOptions) -> Callable[[Floats], Floats] | None:
    """Give the map from losses of nodes (n,) to losses of deliveries (k,); None if proportional."""
    if options.rationing == "proportional":
        return None
    delta = options.per_good("diversion", frame.network)[frame.network.good]
    rank = rank_buyers(frame, options)
    return ration_by_rank(frame.source, frame.flow * frame.factor, rank, delta)


def rank_buyers(frame: Frame, options: ShockOptions) -> Floats:
    """Give the rank of the buyer on each edge, higher first, shape (k,).

    By value: the customer's value per unit of the input, USD per unit. By priority: the count of
    listed uses that come after it. A pool, and under priority any customer that is not listed itself, takes
    the mean of those it sells to, weighted by flow; without any it ranks last (0).
    """
    network = frame.network
    if options.rationing == "priority":
        own, looks_on = _listed(network, options.priority)
        edge_rank = own[frame.target]
    else:
        need = network.need[frame.group]
        value = np.nan_to_num(network.value)[frame.target]
        edge_rank = np.divide(value, need, out=np.zeros(len(need)), where=need > 0.0)
        looks_on = network.kind == NodeKind.POOL
    seen = frame.by_source(frame.flow)
    passes = looks_on[frame.target]
    for _ in range(MAX_PASSES):
        total = frame.by_source(frame.flow * edge_rank)
        node_rank = np.divide(total, seen, out=np.zeros(len(seen)), where=seen > 0.0)
        new = np.where(passes, node_rank[frame.target], edge_rank)
        if np.allclose(new, edge_rank, rtol=1e-12, atol=0.0):
            break
        edge_rank = new
    return _rounded(edge_rank)


def ration_by_rank(
    source: np.ndarray, orders: Floats, rank: Floats, delta: Floats
) -> Callable[[Floats], Floats]:
    """Prepare rationing of each supplier's goods by rank.

    Parameters
    ----------
    source
        Supplier of each edge, (k,).
    orders
        Quantity ordered on each edge, (k,).
    rank
        Rank of the buyer, higher first; equal ranks share in proportion, (k,).
    delta
        Share of another buyer's goods that may be moved, by supplier, (n,).

    Returns
    -------
    Callable
        From losses of suppliers (n,) to losses 1 - r_e of deliveries (k,).
    """
    order = np.lexsort((-rank, source))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(source[order]) != 0) | (np.diff(rank[order]) != 0)
    level_of = np.cumsum(first) - 1
    seller = source[order][first]
    size = add_up(level_of, orders[order], len(seller))
    running = np.cumsum(size)
    new_seller = np.ones(len(seller), dtype=bool)
    new_seller[1:] = np.diff(seller) != 0
    start = (running - size)[new_seller][np.cumsum(new_seller) - 1]
    above = running - size - start  # orders of better ranks at the same supplier
    total = add_up(seller, size, len(delta))
    below = np.maximum(total[seller] - above - size, 0.0)
    share = delta[seller]

    def losses(loss: Floats) -> Floats:
        short = loss[seller]
        gives = share * (1.0 - short)
        taken = np.clip(np.minimum(short * size, gives * below - short * above), 0.0, None)
        moved = add_up(seller, taken, len(delta))[seller]
        given = np.clip(np.minimum(gives * size, moved - gives * below), 0.0, None)
        change = np.divide(given - taken, size, out=np.zeros(len(size)), where=size > 0.0)
        result = np.empty(len(order))
        result[order] = (short + change)[level_of]
        return result

    return losses


def _listed(
    network: ProductionNetwork, priority: tuple[str | tuple[str, ...], ...]
) -> tuple[Floats, np.ndarray]:
    """Rank nodes whose good is listed; say which nodes look on to their buyers."""
    place = {
        good: float(len(priority) - i)
        for i, entry in enumerate(priority)
        for good in ((entry,) if isinstance(entry, str) else entry)
    }
    by_good = np.array([place.get(good, 0.0) for good in network.goods])
    own = by_good[network.good]
    own[network.kind == NodeKind.POOL] = 0.0
    return own, own == 0.0


def _rounded(rank: Floats) -> Floats:
    """Round to 12 figures, so that ties are ties."""
    positive = rank > 0.0
    scale = np.ones(len(rank))
    scale[positive] = 10.0 ** (11.0 - np.floor(np.log10(rank[positive])))
    return np.round(rank * scale) / scale
