"""Cut activities that stand for many firms into slices: archetypes that differ in stock, licence and route.

A slice is one firm through the whole chain: it holds more or less stock than others, gets its licence sooner
or later, and buys goods made to its drawing from one supplier. Averaging over slices inside the chain would
stretch stock (eight weeks of stock last fifty if one sixth of a flow is cut), so slices are carried along and
averaged only where goods are fungible, and at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats

__all__ = ["Slices", "make_slices"]

# Normal quantiles at 10, 30, 50, 70 and 90 %: each stands for a fifth of the firms.
STOCK_QUANTILES = np.array([-1.2815515655, -0.5244005127, 0.0, 0.5244005127, 1.2815515655])
DIMENSIONS = 5  # stock, licence, place with new suppliers, route of magnets and the like, route of components


@dataclass(frozen=True, eq=False)
class Slices:
    """Slices of equal weight 1/S.

    Attributes
    ----------
    stock
        Multiple of the usual cover that the slice holds, (S,).
    licence
        Place in the queue for a licence, in (0, 1), (S,): approved once as many buyers are approved.
    turn
        Place in the queue of new suppliers, in (0, 1), (S,): spare capacity serves firm after firm.
    route
        Place in (0, 1) along a pool's suppliers, by tier of made-to-order goods, (tiers, S).
    """

    stock: Floats
    licence: Floats
    turn: Floats
    route: Floats

    @property
    def count(self) -> int:
        """Number of slices."""
        return len(self.stock)


def make_slices(count: int, spread: float) -> Slices:
    """Make slices whose every coordinate is spread evenly and independently of the others.

    Parameters
    ----------
    count
        Number of slices; a multiple of 5 gives each stock quantile the same weight.
    spread
        Log standard deviation of stock between firms. The median firm holds the usual cover.

    Notes
    -----
    Coordinates are a Korobov lattice with a generator found by trying all and keeping the one whose worst
    pair of coordinates fills a square most evenly; nothing is random: one count gives one set of slices.

    References
    ----------
    Korobov, N. M. (1959), The approximate computation of multiple integrals, Dokl. Akad. Nauk SSSR 124.
    """
    points = _lattice(count)
    band = np.minimum((points[0] * len(STOCK_QUANTILES)).astype(np.intp), len(STOCK_QUANTILES) - 1)
    return Slices(np.exp(spread * STOCK_QUANTILES[band]), points[1], points[2], points[3:])


def _lattice(count: int) -> Floats:
    """Give the lattice points, shape (dimensions, count), each coordinate at (k + 1/2) / count."""
    index = np.arange(count)
    best: tuple[float, npt.NDArray[np.int64]] | None = None
    for generator in range(2, count):
        if np.gcd(generator, count) != 1:
            continue
        powers = [pow(generator, d, count) for d in range(DIMENSIONS)]
        if len(set(powers)) < DIMENSIONS:
            continue
        grid = np.array([index * power % count for power in powers])
        worst = _worst_pair(grid, count)
        if best is None or worst < best[0]:
            best = (worst, grid)
    if best is None:  # too few slices for a lattice: shift one sequence
        grid = np.array([(index * (2 * d + 1) + d) % count for d in range(DIMENSIONS)])
        return (grid + 0.5) / count
    return (best[1] + 0.5) / count


def _worst_pair(grid: npt.NDArray[np.int64], count: int) -> float:
    """Measure how unevenly the worst pair of coordinates fills an 8 by 8 square: largest cell count."""
    cells = grid * 8 // count
    pairs = ((i, j) for i in range(DIMENSIONS) for j in range(i))
    return max(float(np.bincount(cells[i] * 8 + cells[j], minlength=64).max()) for i, j in pairs)
