"""Make a scale-free supply network from a seed: the input of benchmarks and of tests at size.

Who sells and who buys are drawn with Pareto propensities, independent of one another, and flows are Pareto
too: firm networks have such heavy tails (Fujiwara and Aoyama 2010, Large-scale structure of a nation-wide
production network). Only uniform numbers are drawn, so that every version of numpy makes the same network.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from chainshock.errors import QueryError
from chainshock.graph.network.bare import BareNetwork

__all__ = ["make_network"]

SELLS, BUYS, FLOWS = 1.4, 1.6, 1.5  # exponents of the Pareto tails
SECTOR_SKEW = 0.7
LARGEST_FLOW = 1e4
NEGLIGIBLE, NON_ESSENTIAL = 0.60, 0.75  # cumulative shares of sector pairs by class
SPARE_DRAWS = 1.04  # drawn edges that repeat or loop are dropped
SEED = 20251123


def make_network(n: int, *, sectors: int = 100, degree: int = 10, seed: int = SEED) -> BareNetwork:
    """Make a network of n nodes with about `degree` suppliers each.

    Parameters
    ----------
    n
        Nodes; their ids are their numbers.
    sectors
        Sectors, each with at least one node.
    degree
        Mean number of edges per node.
    seed
        With n, decides everything.

    Raises
    ------
    QueryError
        There are fewer nodes than sectors.
    """
    if n < sectors:
        raise QueryError(f"found {n} nodes for {sectors} sectors, expected at least one in each")
    stream = np.random.Generator(np.random.PCG64(seed + n))
    cap = max(10.0, 4 * n**0.5)
    reach = [np.cumsum(np.minimum(_pareto(stream, n, tail), cap)) for tail in (SELLS, BUYS)]
    drawn = int(n * degree * SPARE_DRAWS)
    supplier, customer = (_pick(stream, cumulative, drawn) for cumulative in reach)
    apart = supplier != customer
    pairs = np.unique(supplier[apart].astype(np.int64) * n + customer[apart])
    if pairs.size > n * degree:
        kept = np.argsort(stream.random(pairs.size), kind="stable")[: n * degree]
        pairs = np.sort(pairs[kept])
    weight = np.minimum(_pareto(stream, pairs.size, FLOWS), LARGEST_FLOW)
    sector = _pick(stream, np.cumsum(1.0 / (1 + np.arange(sectors)) ** SECTOR_SKEW), n).astype(np.int32)
    sector[:sectors] = np.arange(sectors)
    draw = stream.random((sectors, sectors))
    classes = np.where(draw < NEGLIGIBLE, 0, np.where(draw < NON_ESSENTIAL, 1, 2)).astype(np.uint8)
    return BareNetwork(
        ids=range(n),
        sectors=range(sectors),
        sector=sector,
        supplier=(pairs // n).astype(np.int32),
        customer=(pairs % n).astype(np.int32),
        weight=weight,
        essentiality=classes,
    )


def _pareto(stream: np.random.Generator, size: int, tail: float) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = (1 - stream.random(size)) ** (-1 / tail)
    return result


def _pick(
    stream: np.random.Generator, cumulative: npt.NDArray[np.float64], size: int
) -> npt.NDArray[np.intp]:
    """Draw places in proportion to their weight."""
    found: npt.NDArray[np.intp] = np.searchsorted(cumulative, stream.random(size) * cumulative[-1])
    found[found == len(cumulative)] -= 1  # where rounding goes past the end
    return found
