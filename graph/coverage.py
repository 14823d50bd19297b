"""Say what the supply of each good in each country rests on: named plants, trade data, totals, or nothing.

Shares are those of the compiled production network: what buyers in a country draw, by the evidence on which
the weights of its pools rest (docs/explanation/model.md, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import Evidence, Floats, Ints, NodeKind, ProductionNetwork

__all__ = ["BASES", "CoverageRow", "coverage", "covered_share", "supplies"]

BASES = ("named", "trade", "national", "world", "assumed", "nothing")
TINY = 1e-200  # stands for no need at all, so that proportions survive
_BASIS = {
    Evidence.CONTRACT: "named",
    Evidence.TRADE: "trade",
    Evidence.NATIONAL: "national",
    Evidence.WORLD: "world",
    Evidence.ASSUMED: "assumed",
    Evidence.NONE: "nothing",
}


@dataclass(frozen=True)
class CoverageRow:
    """What the supply of one good to buyers in one country rests on; the six shares sum to 1.

    `need` is what the buyers draw, in the good's unit per year. `named`: contracts, and plants or companies'
    segments known by name. `trade`: bilateral trade statistics. `national`: national output. `world`: what
    other countries make beyond their own need. `assumed`: an assumption. `nothing`: no evidence, an unknown
    supplier.
    """

    commodity: str
    country: str
    need: float
    named: float
    trade: float
    national: float
    world: float
    assumed: float
    nothing: float


def coverage(network: ProductionNetwork) -> list[CoverageRow]:
    """Give the coverage of every good and country that has buyers in a network, by good and country.

    Pools of one good and country for several classes of buyer are taken together, by what their buyers draw;
    so are contracts, which pass no pool.

    Parameters
    ----------
    network
        Compiled from the facts of a date.
    """
    edges, size = supplies(network)
    if not edges.size:
        return []
    buyer = network.edge_node[edges]
    places = np.stack([network.good[network.edge_source[edges]], network.country[buyer]], axis=1)
    keys, row = np.unique(places, axis=0, return_inverse=True)
    table = np.zeros((len(keys), len(BASES)))
    np.add.at(table, (row.ravel(), _bases(network, edges)), size)
    total = table.sum(axis=1)
    rows = [
        CoverageRow(
            network.goods[good],
            network.countries[country],
            float(need) if need > TINY * len(edges) else 0.0,
            *(float(share) for share in shares),
        )
        for (good, country), need, shares in zip(keys, total, table / total[:, None], strict=True)
    ]
    return sorted(rows, key=lambda r: (r.commodity, r.country))


def covered_share(rows: Iterable[CoverageRow]) -> float:
    """Give the share of supply that rests on evidence, goods weighing equally; NaN without rows.

    Evidence is everything but assumptions and nothing.

    Quantities of different goods do not add up, so each good's share is taken by itself, countries weighted
    by need, and the mean over goods is given.
    """
    goods: dict[str, list[CoverageRow]] = {}
    for row in rows:
        if row.need > 0:
            goods.setdefault(row.commodity, []).append(row)
    shares = [
        sum(row.need * max(0.0, 1 - row.assumed - row.nothing) for row in entries)
        / sum(row.need for row in entries)
        for entries in goods.values()
    ]
    return sum(shares) / len(shares) if shares else float("nan")


def supplies(network: ProductionNetwork) -> tuple[Ints, Floats]:
    """Give the edges that supply buyers, through their pool or directly, and what each brings a year.

    A pool that nobody draws from keeps its proportions, at a size that weighs nothing beside any other.
    """
    to_pool = network.kind[network.edge_node] == NodeKind.POOL
    from_pool = network.kind[network.edge_source] == NodeKind.POOL
    drawn = np.bincount(
        network.edge_source[~to_pool & from_pool],
        weights=network.flow[~to_pool & from_pool],
        minlength=network.n,
    )
    size = np.where(to_pool, np.maximum(drawn[network.edge_node], TINY) * network.weight, network.flow)
    edges = np.flatnonzero((to_pool | ~from_pool) & (size > 0)).astype(np.int32)
    return edges, size[edges].astype(np.float64)


def _bases(network: ProductionNetwork, edges: Ints) -> Ints:
    """Give the index in BASES of each edge; national output of a producer known by name is `named`."""
    column = np.array([BASES.index(_BASIS[Evidence(e)]) for e in network.evidence[edges]], dtype=np.int32)
    for position, edge in enumerate(edges):
        owner = network.entities[network.edge_source[edge]] if network.entities else {}
        if column[position] == BASES.index("national") and (owner.get("facility") or owner.get("company")):
            column[position] = BASES.index("named")
    return column
