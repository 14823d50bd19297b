"""Let spare capacity of others fill part of what buyers lost, once, at using activities.

Losses are added up by good, class of buyer and country of buyer, because sellers qualify by route: a seller
offers only where its route is fully open. Where every seller reaches every buyer this is the plain rule
Q = min(phi L, sum of spare).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, Ints, NodeKind, ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import Served, ShockOptions
from chainshock.queries.propagation.sweeps import Frame, add_up

__all__ = [
    "Substitution",
    "input_feasible",
    "no_substitution",
    "open_routes",
    "reachable",
    "spare_quantity",
    "substitute",
]


@dataclass(frozen=True, eq=False)
class Substitution:
    """What substitution does: rho per group (m,), gain and spare left per node (n,), who is served."""

    rho: Floats
    gain: Floats
    left: Floats
    served: Served


def no_substitution(network: ProductionNetwork, spare: Floats) -> Substitution:
    """Give the result where nothing is filled by others."""
    none = np.zeros(0, dtype=np.int32)
    served = Served(none, none, none, none, np.zeros(0))
    return Substitution(np.zeros(len(network.group_node)), np.zeros(network.n), spare, served)


def open_routes(
    routes: RouteFactors, good: int, buyer_class: int, countries: int, *, of_any_content: bool = True
) -> npt.NDArray[np.bool_]:
    """Say from which country (rows) to which (columns) a good is fully open to a class of buyer.

    Without `of_any_content`, content rules are left aside: a unit that holds nothing of the origin's passes.
    """
    table = (routes.by_good if of_any_content else routes.by_good_of_any_content).get(good)
    result = np.ones((countries, countries), dtype=bool)
    if table is not None:
        result = table[buyer_class] >= 1.0
    if good in routes.held:
        result = result & ~routes.held[good][buyer_class]
    np.fill_diagonal(result, val=True)
    return result


def input_feasible(frame: Frame, short: Floats) -> Floats:
    """Give the output that a node's own inputs allow, not capped at baseline, shape (n,)."""
    result = np.ones(frame.network.n)
    np.minimum.at(result, frame.node[short > 0.0], (1.0 - frame.network.kappa * short)[short > 0.0])
    return np.clip(result, 0.0, None)


def spare_quantity(network: ProductionNetwork, feasible: Floats, x: Floats) -> Floats:
    """Give what each activity could make beyond x: max(0, (1 + u) feasible - x) q, unit per year, (n,)."""
    able = (network.kind == NodeKind.ACTIVITY) & ~network.is_project & (network.spare > 0.0)
    return np.where(able, np.maximum((1.0 + network.spare) * feasible - x, 0.0) * network.output, 0.0)


def substitute(
    network: ProductionNetwork, short: Floats, spare: Floats, routes: RouteFactors, options: ShockOptions
) -> Substitution:
    """Match what buyers lost with what sellers can add.

    For each good m: L[c, d] = sum of need (1 - A) over activities' groups. Each seller country offers its
    spare to the markets it reaches in proportion to phi L; Q = min(phi L, offers); rho = Q / L; sellers
    gain in proportion to the offers used.

    Parameters
    ----------
    short
        max(0, 1 - A) of every group, (m,).
    spare
        Quantity each node can add, (n,).
    """
    buys = network.kind[network.group_node] == NodeKind.ACTIVITY
    lost = np.where(buys, network.need * short, 0.0)
    rho, gain, phi = np.zeros(len(short)), np.zeros(network.n), options.per_good("phi", network)
    rows: list[tuple[int, Ints, Ints, Ints, Floats]] = []
    for good in np.unique(network.group_good[lost > 0.0]):
        groups = np.flatnonzero((network.group_good == good) & (lost > 0.0))
        sellers = np.flatnonzero((network.good == good) & (spare > 0.0))
        if not sellers.size or phi[good] <= 0.0:
            continue
        markets, market_of = _markets(network, groups)
        demand = add_up(market_of, lost[groups], len(markets))
        origins, origin_of = np.unique(network.country[sellers], return_inverse=True)
        supply = add_up(origin_of, spare[sellers], len(origins))
        reach = reachable(routes, int(good), origins, markets, len(network.countries))
        used = _match(supply, phi[good] * demand, reach)
        rho[groups] = (used.sum(axis=0) / demand)[market_of]
        gain[sellers] = (used.sum(axis=1) / supply)[origin_of] * spare[sellers]
        origin, market = np.nonzero(used)
        rows.append(
            (int(good), origins[origin], markets[market, 0], markets[market, 1], used[origin, market])
        )
    left = np.maximum(spare - gain, 0.0)
    share = np.divide(gain, network.output, out=np.zeros(network.n), where=network.output > 0.0)
    return Substitution(rho, share, left, _served(rows))


def _markets(network: ProductionNetwork, groups: np.ndarray) -> tuple[Ints, np.ndarray]:
    """Give the markets (class, country) of buyers' groups, and each group's market."""
    node = network.group_node[groups]
    code = network.buyer_class[node].astype(np.int64) * len(network.countries) + network.country[node]
    codes, market_of = np.unique(code, return_inverse=True)
    return np.stack(np.divmod(codes, len(network.countries)), axis=1).astype(np.int32), market_of


def reachable(
    routes: RouteFactors, good: int, origins: Ints, markets: Ints, countries: int
) -> npt.NDArray[np.bool_]:
    """Say which seller country (rows) serves which market of a good (columns: class and country)."""
    reach = np.ones((len(origins), len(markets)), dtype=bool)
    if good not in routes.by_good and good not in routes.held:
        return reach
    for buyer_class in np.unique(markets[:, 0]):
        columns = np.flatnonzero(markets[:, 0] == buyer_class)
        is_open = open_routes(routes, good, int(buyer_class), countries)
        reach[:, columns] = is_open[np.ix_(origins, markets[columns, 1])]
    return reach


def _match(supply: Floats, demand: Floats, reach: npt.NDArray[np.bool_]) -> Floats:
    """Offer supply in proportion to reachable demand, take what is asked for: (origins, markets)."""
    wanted = reach * demand
    total = wanted.sum(axis=1)
    offers = wanted * np.divide(supply, total, out=np.zeros(len(supply)), where=total > 0.0)[:, None]
    offered = offers.sum(axis=0)
    served = np.minimum(demand, offered)
    result: Floats = offers * np.divide(served, offered, out=np.zeros(len(served)), where=offered > 0.0)
    return result


def _served(rows: list[tuple[int, Ints, Ints, Ints, Floats]]) -> Served:
    """Join the rows of all goods."""
    if not rows:
        none = np.zeros(0, dtype=np.int32)
        return Served(none, none, none, none, np.zeros(0))
    goods = np.concatenate([np.full(len(row[1]), row[0], dtype=np.int32) for row in rows])
    origins, classes, countries = (np.concatenate([row[i] for row in rows]) for i in (1, 2, 3))
    return Served(goods, origins, classes, countries, np.concatenate([row[4] for row in rows]))
