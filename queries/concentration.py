"""Measure how concentrated the supply of each good is: the Herfindahl-Hirschman index of its origins.

HHI = Σ s², on 0 to 1 (1: one origin), s the share of an origin; Rhoades, "The Herfindahl-Hirschman Index",
Federal Reserve Bulletin 79 (1993), 188-189. Origins are the countries of producers, found by following pools
to where the goods are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.propagation.sweeps import add_up

__all__ = ["WORLD", "Concentration", "concentrations", "herfindahl", "origin_shares"]

WORLD = "world"
LEAK = 1e-12  # keeps rings of pools that no producer feeds solvable; what leaks is of unknown origin
SMALLEST = 1e-6  # share: a smaller origin does not count


@dataclass(frozen=True)
class Concentration:
    """Where the buyers of a good in a country, or the world, get it from.

    `hhi` is that of the known origins among themselves; NaN where none is known. `low` is the index if the
    unknown share came from very many origins, `high` if all of it came from the largest. `need` is what the
    buyers draw; for the world, what is made. Origins are sorted, largest first; with `unknown` they sum to 1.
    """

    good: str
    destination: str
    hhi: float
    low: float
    high: float
    unknown: float
    need: float
    origins: Mapping[str, float]


def concentrations(network: ProductionNetwork) -> list[Concentration]:
    """Give the index of every good and destination that has buyers, and of the world's output of each good.

    A destination is weighed by what its buyers draw, by contract or from their pools. The world's origins are
    those of output; its unknown share is the share of all buyers' need that comes from nobody known.

    Returns
    -------
    list
        By good and destination, the world first.
    """
    origin = origin_shares(network)
    buyers = network.kind[network.edge_node] == NodeKind.ACTIVITY
    drawn = (network.flow[:, None] * origin[network.edge_source])[buyers]
    good = network.group_good[network.edge_group][buyers]
    country = network.country[network.edge_node][buyers]
    rows: list[Concentration] = []
    for number, name in enumerate(network.goods):
        bought = drawn[good == number].sum(axis=0)
        made = _made(network, number)
        if made.sum() > 0.0:
            unknown = bought[-1] / bought.sum() if bought.sum() > 0.0 else 0.0
            shares = np.append(made / made.sum() * (1.0 - unknown), unknown)
            rows.append(_concentration(network, name, WORLD, shares, float(made.sum())))
        for place in sorted(set(country[good == number]), key=lambda index: network.countries[index]):
            parts = drawn[(good == number) & (country == place)].sum(axis=0)
            if parts.sum() > 0.0:
                destination = network.countries[place]
                total = float(parts.sum())
                rows.append(_concentration(network, name, destination, parts / total, total))
    return sorted(rows, key=lambda row: (row.good, row.destination != WORLD, row.destination))


def origin_shares(network: ProductionNetwork) -> Floats:
    """Give where what each node sells was made: shares of countries, unknown last, (n, C + 1).

    An activity sells what is made in its country, an unknown supplier what is made nobody knows where, a pool
    what it draws: f_pool = Σ_e w_e f_source.
    """
    count = len(network.countries)
    made = np.zeros((network.n, count + 1))
    activity = np.flatnonzero(network.kind == NodeKind.ACTIVITY)
    made[activity, network.country[activity]] = 1.0
    made[network.kind == NodeKind.UNKNOWN, count] = 1.0
    inside = np.flatnonzero(network.kind[network.edge_node] == NodeKind.POOL)
    entries = (
        network.weight[inside] * (1.0 - LEAK),
        (network.edge_node[inside], network.edge_source[inside]),
    )
    draws = csc_array(entries, shape=(network.n, network.n))
    shares: Floats = splu((eye_array(network.n, format="csc") - draws).tocsc()).solve(made)
    shares = np.maximum(shares, 0.0)
    shares[:, count] = np.maximum(0.0, 1.0 - shares[:, :count].sum(axis=1))
    return shares


def herfindahl(shares: Floats) -> float:
    """Give Σ s² of shares that are first made to sum to 1; NaN where they are all 0.

    Examples
    --------
    >>> import numpy as np
    >>> herfindahl(np.array([0.5, 0.25, 0.25]))
    0.375
    """
    total = float(shares.sum())
    return float(((shares / total) ** 2).sum()) if total > 0.0 else float("nan")


def _made(network: ProductionNetwork, good: int) -> Floats:
    """Give the world's output of a good by country, (C,)."""
    makers = (network.kind == NodeKind.ACTIVITY) & ~network.is_project & (network.good == good)
    countries = len(network.countries)
    return add_up(network.country[makers], network.output[makers], countries)


def _concentration(
    network: ProductionNetwork, good: str, destination: str, shares: Floats, need: float
) -> Concentration:
    known, unknown = np.where(shares[:-1] < SMALLEST, 0.0, shares[:-1]), float(shares[-1])
    if unknown < SMALLEST and known.any():
        known, unknown = known / known.sum(), 0.0
    low = float((known**2).sum())
    largest = float(known.max(initial=0.0))
    order = [int(i) for i in np.lexsort((np.arange(len(known)), -known)) if known[i] > 0.0]
    return Concentration(
        good=good,
        destination=destination,
        hhi=herfindahl(known),
        low=low,
        high=low - largest**2 + (largest + unknown) ** 2,
        unknown=unknown,
        need=need,
        origins={network.countries[i]: float(known[i]) for i in order},
    )
