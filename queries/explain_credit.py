"""Trace gains and prices to what was short: shares in proportion at the frozen state.

A gain is shared over the groups whose lost deliveries it filled, a price change over what made its market
segment short (its part of z), or over the exports that were left unsold. docs/explanation/explain.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, Ints, NodeKind
from chainshock.queries.propagation.adjoint import credit_gains
from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.prices import price_weights
from chainshock.queries.propagation.state import Served
from chainshock.queries.propagation.sweeps import Frame, add_up

__all__ = [
    "Market",
    "PriceShares",
    "crosses_border",
    "derived_credit",
    "price_credit",
    "share_gains",
    "share_prices",
    "shortage_credit",
]


@dataclass(frozen=True, eq=False)
class Market:
    """What set prices.

    Attributes
    ----------
    segment, tightness
        Market segment, and z or -z_in, (G, C).
    unserved, shortage
        Unserved demand of groups (m,) and derived orders that nobody fills (G, C), in units
        of the good per year.
    unsold
        Exports that measures leave unsold, by edge, (k,).
    """

    segment: Ints
    tightness: Floats
    unserved: Floats
    shortage: Floats
    unsold: Floats


@dataclass(frozen=True, eq=False)
class PriceShares:
    """What prices rest on.

    Attributes
    ----------
    groups, shortage
        Worth of a unit of a group's unserved demand (m,), of derived orders that nobody fills (G, C).
    edges
        What exports left unsold contribute, (k,).
    """

    groups: Floats
    shortage: Floats
    edges: Floats


def share_gains(frame: Frame, served: Served, credit: Floats, short: Floats) -> Floats:
    """Turn a credit on sellers' gains into weights of the lost deliveries they filled.

    Parameters
    ----------
    served
        Which seller country serves which market.
    credit
        What is to be shared, by selling node, (n,).
    short
        Lost deliveries of groups, (m,).

    Returns
    -------
    numpy.ndarray
        Weight of each group's lost deliveries, (m,); weight x short sums to the credit.
    """
    network, node = frame.network, frame.node
    if not np.any(credit) or not len(served.good):
        return np.zeros(len(short))
    countries, classes = len(network.countries), len(network.buyer_classes)
    size = len(network.goods) * countries
    seller = served.good.astype(np.intp) * countries + served.seller_country
    by_seller = add_up(network.good.astype(np.intp) * countries + network.country, credit, size)
    total = add_up(seller, served.quantity, size)
    row_credit = by_seller[seller] * served.quantity / total[seller]
    market = (served.good.astype(np.intp) * classes + served.buyer_class) * countries + served.country
    by_market = add_up(market, row_credit, size * classes)
    group = (network.group_good.astype(np.intp) * classes + network.buyer_class[node]) * countries
    group = group + network.country[node]
    buys = (network.kind[node] == NodeKind.ACTIVITY) & (short > 0.0)
    lost = add_up(group, np.where(buys, network.need * short, 0.0), size * classes)
    per_unit = np.divide(by_market, lost, out=np.zeros(len(lost)), where=lost > 0.0)
    return np.where(buys, network.need * per_unit[group], 0.0)


def derived_credit(frame: Frame, share_filled: Floats, works: Floats) -> Floats:
    """Give what a gain of each node, as a share of baseline, brings some nodes in derived orders, (n,)."""
    network = frame.network
    worth = np.divide(works, network.output, out=np.zeros(network.n), where=network.output > 0.0)
    nothing = np.zeros((len(network.goods), len(network.countries)))
    return credit_gains(frame, share_filled, worth, nothing) * network.output


def shortage_credit(frame: Frame, share_filled: Floats, unfilled: Floats) -> Floats:
    """Give what a gain of each node, as a share of baseline, brings in orders that nobody fills, (n,)."""
    network = frame.network
    if not np.any(unfilled):
        return np.zeros(network.n)
    return credit_gains(frame, share_filled, np.zeros(network.n), unfilled) * network.output


def price_credit(terms: PriceTerms, works: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Give what a unit of each price change brings on sales and on purchases, two of (G, C).

    Parameters
    ----------
    works, weight
        Weights of nodes that produce, and of all nodes, projects among them, of the network of `terms`, (n,).
    """
    network, solved = terms.network, terms.frame.network
    sold = price_weights(terms.frame, terms.options, add_up(terms.node_of, works, solved.n) * terms.y)
    np.add.at(sold, (network.good, network.country), np.where(network.is_project, weight, 0.0))
    bought = np.zeros_like(sold)
    cost = works[network.group_node] * np.nan_to_num(network.cost_share) * terms.paid[terms.group_of]
    np.add.at(bought, (network.group_good, network.country[network.group_node]), -cost)
    return sold, bought


def crosses_border(frame: Frame) -> npt.NDArray[np.bool_]:
    """Say which edges are exports of a known supplier, (k,)."""
    network = frame.network
    abroad = network.country[frame.source] != network.country[frame.target]
    result: npt.NDArray[np.bool_] = abroad & (network.kind[frame.source] != NodeKind.UNKNOWN)
    return result


def share_prices(frame: Frame, market: Market, credit: Floats) -> PriceShares:
    """Share a credit on price changes, (G, C), over what they rest on.

    groups x unserved + shortage x market.shortage + edges sum to the credit.
    """
    network = frame.network
    width = len(network.countries)
    row = np.arange(len(network.goods))[:, None] * (width + 1)
    code = np.where(market.segment >= 0, market.segment, width) + row
    size = len(network.goods) * (width + 1)
    by_segment = add_up(code.ravel(), credit.ravel(), size)
    is_tight = np.zeros(size, dtype=bool)
    is_tight[code[market.tightness > 0.0]] = True
    buys = network.kind[frame.node] == NodeKind.ACTIVITY
    group = code[network.group_good, network.country[frame.node]]
    total = add_up(group, np.where(buys, market.unserved, 0.0), size)
    total += add_up(code.ravel(), market.shortage.ravel(), size)
    per_unit = np.divide(by_segment, total, out=np.zeros(size), where=is_tight & (total > 0.0))
    origin = code[network.good[frame.source], network.country[frame.source]]
    whole = add_up(origin, market.unsold, size)
    loose = np.divide(by_segment, whole, out=np.zeros(size), where=~is_tight & (whole > 0.0))
    return PriceShares(
        np.where(buys, per_unit[group], 0.0),
        np.where(market.shortage > 0.0, per_unit[code], 0.0),
        market.unsold * loose[origin],
    )
