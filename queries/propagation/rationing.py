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
from chainshock.queries.propagation.sweeps import Frame, Indices

__all__ = ["BuyerQueue", "buyer_queue", "rank_buyers", "rationing_rule"]

MAX_PASSES = 60  # how far down the chain a buyer's rank is looked for


def rationing_rule(frame: Frame, options: ShockOptions) -> Callable[[Floats], Floats] | None:
    """Give the map from losses of nodes (n,) to losses of deliveries (k,); None if proportional."""
    queue = buyer_queue(frame, options)
    if queue is None:
        return None
    orders = frame.flow * frame.factor

    def losses(loss: Floats) -> Floats:
        result = np.zeros(len(orders))
        edges, lost = queue.losses(loss, orders)
        result[edges] = lost
        return result

    return losses


def buyer_queue(frame: Frame, options: ShockOptions) -> BuyerQueue | None:
    """Give the queue of buyers at each supplier; None if all are served in proportion."""
    if options.rationing == "proportional":
        return None
    delta = options.per_good("diversion", frame.network)[frame.network.good]
    return BuyerQueue(frame.source, rank_buyers(frame, options), delta)


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


class BuyerQueue:
    """Buyers of each supplier by rank: shares out what it can deliver, best rank first.

    Parameters
    ----------
    source
        Supplier of each edge, (k,).
    rank
        Rank of the buyer, higher first; equal ranks share in proportion, (k,).
    delta
        Share of another buyer's goods that may be moved, by supplier, (n,).
    """

    def __init__(self, source: Indices, rank: Floats, delta: Floats) -> None:
        self._order = np.lexsort((-rank, source))
        self._source, self._rank = source[self._order], rank[self._order]
        self._delta = delta

    def losses(self, loss: Floats, orders: Floats) -> tuple[Indices, Floats]:
        """Give the edges of suppliers that are short, (r,), and what each loses of its order, 1 - r_e.

        Parameters
        ----------
        loss
            Loss of suppliers, (n,) or (n, S).
        orders
            Quantity ordered on each edge, (k,) or (k, S).

        Returns
        -------
        tuple
            Edges (r,) and losses, (r,) or (r, S). On edges that are not named nothing is lost.
        """
        is_short = np.any(loss.reshape(len(loss), -1) > 0.0, axis=1)
        here = np.flatnonzero(is_short[self._source])
        edges = self._order[here]
        source, rank = self._source[here], self._rank[here]
        new_seller = np.diff(source, prepend=-1) != 0
        new_level = new_seller | (np.diff(rank, prepend=np.nan) != 0)
        levels, level_of = np.flatnonzero(new_level), np.cumsum(new_level) - 1
        sellers, seller_of = np.flatnonzero(new_seller[levels]), np.cumsum(new_seller[levels]) - 1
        size = np.add.reduceat(orders[edges], levels, axis=0)
        short = loss[source[levels]]
        delta = self._delta[source[levels]].reshape(-1, *[1] * (loss.ndim - 1))
        change = _moved(size, short, delta, sellers, seller_of)
        return edges, (short + change)[level_of]


def _moved(size: Floats, short: Floats, delta: Floats, sellers: Indices, seller_of: Indices) -> Floats:
    """Give what each rank gives up less what it takes, as a share of its orders.

    Rows are ranks, best first within each seller; `sellers` are the rows at which a seller begins.
    """
    before = np.cumsum(size, axis=0) - size
    above = before - before[sellers][seller_of]  # orders of better ranks at the same seller
    total = np.add.reduceat(size, sellers, axis=0)[seller_of]
    below = np.maximum(total - above - size, 0.0)
    gives = delta * (1.0 - short)
    taken = np.clip(np.minimum(short * size, gives * below - short * above), 0.0, None)
    moved = np.add.reduceat(taken, sellers, axis=0)[seller_of]
    given = np.clip(np.minimum(gives * size, moved - gives * below), 0.0, None)
    change: Floats = np.divide(given - taken, size, out=np.zeros(size.shape), where=size > 0.0)
    return change


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
