"""Price goods by market: dearer where they are short, cheaper where they pile up.

A market segment is a set of countries that reach one another by fully open routes. With z = unfilled demand /
demand, P = min(cap, 1 + z / eta) if z > 0, else P = max(floor, 1 - z_in / eta) with z_in = unsold exports /
home demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, Ints, NodeKind, ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.substitution import open_routes
from chainshock.queries.propagation.sweeps import Frame, add_up

__all__ = ["Prices", "paid_markup", "price_ratio", "price_weights", "set_prices", "sold_markup"]

NEGLIGIBLE = 1e-9  # z below this is rounding
MAX_POOL_STEPS = 8  # pools of one good in one country that pass on to one another


@dataclass(frozen=True, eq=False)
class Prices:
    """Price ratio, segment, z (or -z_in) and ceiling mark by good and country, all (G, C)."""

    price: Floats
    segment: Ints
    tightness: Floats
    at_ceiling: npt.NDArray[np.bool_]


def set_prices(
    frame: Frame,
    unserved: Floats,
    shortage: Floats,
    routes: RouteFactors,
    options: ShockOptions,
) -> Prices:
    """Price every good that has an eta.

    Parameters
    ----------
    unserved
        L - Q of every group, in the good's unit per year, (m,); only activities' groups count.
    shortage
        Derived orders that nobody fills, (G, C).
    """
    network = frame.network
    shape = (len(network.goods), len(network.countries))
    buys = network.kind[network.group_node] == NodeKind.ACTIVITY
    place = network.group_good.astype(np.intp) * shape[1] + network.country[network.group_node]
    cells = shape[0] * shape[1]
    short = add_up(place, np.where(buys, unserved, 0.0), cells).reshape(shape) + shortage
    need = add_up(place, np.where(buys, network.need, 0.0), cells).reshape(shape)
    takes_part = np.zeros(shape, dtype=bool)
    takes_part.flat[place] = True
    known = network.kind != NodeKind.UNKNOWN
    takes_part[network.good[known], network.country[known]] = True
    unsold, stays = _trade(frame, shape)
    segment, tightness = np.full(shape, -1, dtype=np.int32), np.zeros(shape)
    eta = options.per_good("eta", network)
    moved = (np.abs(short) + unsold).sum(axis=1) > 0.0
    for good in np.flatnonzero(np.isfinite(eta) & takes_part.any(axis=1)):
        segment[good] = _segments(routes, int(good), takes_part[good])
        if moved[good]:
            tightness[good] = _tightness(segment[good], short[good], need[good], unsold[good], stays[good])
    price, at_ceiling = price_ratio(tightness, network, options)
    return Prices(price, segment, tightness, at_ceiling)


def price_ratio(
    tightness: Floats, network: ProductionNetwork, options: ShockOptions, ceiling: float = 1.0
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Give the price ratio that a tightness makes, 1 + z / eta within floor and cap, and where the cap holds.

    Parameters
    ----------
    tightness
        z where goods are short, -z_in where they pile up, by good and country and perhaps week, (G, C, ...).
    ceiling
        Multiple of the cap to apply; a cap never falls below 1.
    """
    lay_out = (-1, *[1] * (tightness.ndim - 1))
    eta = options.per_good("eta", network).reshape(lay_out)
    cap = np.maximum(options.per_good("price_cap", network) * ceiling, 1.0).reshape(lay_out)
    floor = options.per_good("price_floor", network).reshape(lay_out)
    moved = (tightness != 0.0) & np.isfinite(eta)
    raw = 1.0 + np.divide(tightness, eta, out=np.zeros(tightness.shape), where=moved)
    return np.where(moved, np.clip(raw, floor, cap), 1.0), moved & (raw > cap)


def _tightness(segment: Ints, short: Floats, need: Floats, unsold: Floats, stays: Floats) -> Floats:
    """Give z of one good, or -z_in, by country: that of the country's segment, 0 outside any, (C,)."""
    inside = segment >= 0
    count = int(segment.max()) + 1
    short, need, unsold, stays = (
        add_up(segment[inside], q[inside], count) for q in (short, need, unsold, stays)
    )
    scarce = short > NEGLIGIBLE * need
    tight = np.where(scarce, _ratio(short, need), -_ratio(unsold, np.maximum(need, stays)))
    result = np.zeros(len(segment))
    result[inside] = tight[segment[inside]]
    return result


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Divide; something over nothing is infinite."""
    return np.divide(part, whole, out=np.where(part > 0.0, np.inf, 0.0), where=whole > 0.0)


def _trade(frame: Frame, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Give exports that measures stop, and output less exports plus imports, by good and country, (G, C).

    The second is home demand where buyers at home are not in the network.
    """
    network, cells = frame.network, shape[0] * shape[1]
    crosses = network.country[frame.source] != network.country[frame.target]
    edges = np.flatnonzero(crosses & (network.kind[frame.source] != NodeKind.UNKNOWN))
    good = network.good[frame.source[edges]].astype(np.intp) * shape[1]
    origin = good + network.country[frame.source[edges]]
    destination = good + network.country[frame.target[edges]]
    flow = frame.flow[edges]
    unsold = add_up(origin, flow * np.maximum(1.0 - frame.factor[edges], 0.0), cells)
    output = np.where(network.is_project, 0.0, network.output)
    made = add_up(network.good.astype(np.intp) * shape[1] + network.country, output, cells)
    stays = made - add_up(origin, flow, cells) + add_up(destination, flow, cells)
    return unsold.reshape(shape), stays.reshape(shape)


def _segments(routes: RouteFactors, good: int, takes_part: npt.NDArray[np.bool_]) -> Ints:
    """Give the market segment of each country: strongly connected by open routes, (C,).

    A content rule does not part markets: goods without the origin's material set one price on either side.
    """
    result = np.full(len(takes_part), -1, dtype=np.int32)
    if good not in routes.by_good and good not in routes.held:
        result[takes_part] = 0
        return result
    is_open = (
        open_routes(routes, good, 0, len(takes_part), of_any_content=False) & takes_part & takes_part[:, None]
    )
    number = 0
    for country in np.flatnonzero(takes_part).tolist():
        if result[country] < 0:
            result[_reached(is_open, country) & _reached(is_open.T, country)] = number
            number += 1
    return result


def _reached(is_open: npt.NDArray[np.bool_], start: int) -> npt.NDArray[np.bool_]:
    """Say which countries can be reached from one."""
    reached: npt.NDArray[np.bool_] = is_open[start].copy()
    reached[start] = True
    while True:
        further = reached | is_open[reached].any(axis=0)
        if np.array_equal(further, reached):
            return reached
        reached = further


def edge_pass_through(frame: Frame, options: ShockOptions) -> Floats:
    """Give the share of the buyer's price change that an edge is traded at: pi if licensed, else 1, (k,)."""
    network = frame.network
    licensed = (frame.factor > 0.0) & (frame.factor < 1.0)
    licensed &= network.country[frame.source] != network.country[frame.target]
    return np.where(licensed, options.per_good("pass_through", network)[network.good[frame.source]], 1.0)


def paid_markup(frame: Frame, options: ShockOptions, undelivered: Floats, filled: Floats) -> Floats:
    """Give the share of its country's price change that a group pays, (m,).

    The mean over deliveries, where licensed ones count pi; a domestic pool hands on what its own mix pays.

    Parameters
    ----------
    undelivered
        1 - r_e, (k,).
    filled
        rho (1 - A) of every group, bought at the full price, (m,).
    """
    network = frame.network
    through = edge_pass_through(frame, options)
    weight = frame.passing * (1.0 - undelivered)
    total = frame.by_group(weight) + filled
    inner = (network.country[frame.source] == network.country[frame.target]) & (
        network.kind[frame.source] == NodeKind.POOL
    )
    group_of = np.zeros(network.n, dtype=np.intp)
    group_of[frame.node] = np.arange(len(frame.node))
    markup = np.ones(len(total))
    for _ in range(MAX_POOL_STEPS):
        edge = np.where(inner, markup[group_of[frame.source]], through)
        paid = frame.by_group(weight * edge) + filled
        new = np.divide(paid, total, out=np.ones(len(total)), where=total > 0.0)
        if np.array_equal(new, markup):
            break
        markup = new
    return markup


def shipping_shares(frame: Frame) -> tuple[Floats, Floats]:
    """Give where a node's goods go: share of each edge (k,), and share to buyers unseen at home (n,).

    Shares are of what is shipped, flow a; a node that ships nothing counts as selling at home.
    """
    network = frame.network
    shipped = frame.flow * frame.factor
    seen = frame.by_source(shipped)
    unseen = np.where(frame.sales > 0.0, frame.sales - frame.by_source(frame.flow), 1.0)
    total = seen + np.maximum(unseen, 0.0)
    ships = total > NEGLIGIBLE * frame.sales
    scale = np.divide(1.0, total, out=np.zeros(network.n), where=ships)
    home = np.where(ships, np.maximum(unseen, 0.0) * scale, 1.0)
    return shipped * scale[frame.source], home


def sold_markup(frame: Frame, options: ShockOptions, price: Floats) -> Floats:
    """Give the mean price change, P - 1, over where each node's goods go, (n,)."""
    network = frame.network
    change = price - 1.0
    share, home = shipping_shares(frame)
    through = edge_pass_through(frame, options)
    inner = (network.country[frame.source] == network.country[frame.target]) & (
        network.kind[frame.target] == NodeKind.POOL
    )
    at_market = through * change[network.good[frame.source], network.country[frame.target]]
    own = home * change[network.good, network.country]
    result = change[network.good, network.country]
    for _ in range(MAX_POOL_STEPS):
        edge = np.where(inner, result[frame.target], at_market)
        new = own + frame.by_source(share * edge)
        if np.array_equal(new, result):
            break
        result = new
    return result


def price_weights(frame: Frame, options: ShockOptions, nodes: Floats) -> Floats:
    """Give the weight of each price change in a weighted sum of `sold_markup`, (G, C): its transpose.

    Parameters
    ----------
    nodes
        Weight of each node's mean price change, (n,).
    """
    network = frame.network
    share, home = shipping_shares(frame)
    through = edge_pass_through(frame, options)
    inner = (network.country[frame.source] == network.country[frame.target]) & (
        network.kind[frame.target] == NodeKind.POOL
    )
    shape = (len(network.goods), len(network.countries))
    own = network.good.astype(np.intp) * shape[1] + network.country
    there = network.good[frame.source].astype(np.intp) * shape[1] + network.country[frame.target]
    result, weight = np.zeros(shape[0] * shape[1]), nodes
    for _ in range(MAX_POOL_STEPS):
        sent = weight[frame.source] * share
        result += add_up(own, weight * home, len(result))
        result += add_up(there, np.where(inner, 0.0, sent * through), len(result))
        weight = add_up(frame.target, np.where(inner, sent, 0.0), network.n)
        if not np.any(weight):
            break
    return (result + add_up(own, weight, len(result))).reshape(shape)
