"""Run one shock on many networks that differ by chance: every flow is known only within a spread."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chainshock.errors import QueryError
from chainshock.graph.network.bare import BareNetwork, Floats, NodeLosses
from chainshock.queries.propagation.cascade.arrays import Blocks, CascadeArrays, merged_edges
from chainshock.queries.propagation.cascade.packed_rows import arrange_down, arrange_up, numbers
from chainshock.queries.propagation.cascade.redraw_kernels import reweigh, run_once

__all__ = ["RedrawnScores", "RedrawnSweeps"]

MOST_SPREAD = 10.0  # flows drawn further apart leave what a float holds
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RedrawnScores:
    """Scores of one shock on each drawn network: esri, esri_down, esri_up (samples, 3), and the sweeps."""

    scores: Floats
    sweeps: Numbers

    def quantiles(self, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> Floats:
        """Give quantiles of the three scores, (shares, 3)."""
        result: Floats = np.quantile(self.scores, shares, axis=0)
        return result


class RedrawnSweeps:
    """A network laid out so that its weights can be drawn again and again.

    Every flow is multiplied by an independent log-normal number of mean 1 whose logarithm has the standard
    deviation `spread`. Sample s of a seed is the same whatever the number of samples.
    """

    def __init__(self, network: BareNetwork, arrays: CascadeArrays) -> None:
        down, up = arrange_down(arrays), arrange_up(arrays)
        number = numbers(down.order).astype(np.int64)
        supplier, customer, flow = merged_edges(network)
        key = customer.astype(np.int64) * arrays.n + supplier
        traced = _trace(arrays, key, np.argsort(key))
        down_edges, up_edges = arrange_down(traced), arrange_up(traced)
        self.arrays, self.network, self.up = arrays, network, up
        self.order, self.up_order = down.order, up.order
        self.to_up = numbers(up.order)[down.order].astype(np.int64)
        self.edges = (number[supplier], number[customer], flow, _groups(arrays, down_edges.shared, len(flow)))
        entries = (down_edges.partial[2], down_edges.shared[2], up_edges.value)
        self.traced = tuple(entry.astype(np.int64) - 1 for entry in entries)
        self.values = (down.partial[2], down.shared[2], up.value)  # drawn anew, in place
        self.blocks, self.nodes = down.blocks, down.nodes(arrays)
        self.scale, self.strength = self.nodes[:2]
        none = np.zeros(0)
        self.given = tuple(none if x is None else x[down.order] for x in (network.revenue, network.cost))

    def run(
        self, shock: NodeLosses, samples: int, seed: int, spread: float, eps: float = 1e-2, most: int = 10_000
    ) -> RedrawnScores:
        """Run a shock on `samples` drawn networks.

        Raises
        ------
        QueryError
            Sweeps do not settle, or there are no samples, or the spread is not from 0 to 10.
        """
        if samples < 1 or not 0.0 <= spread <= MOST_SPREAD:
            raise QueryError(
                f"found {samples} samples of spread {spread:g}, expected at least 1 and 0 to {MOST_SPREAD:g}"
            )
        arrays, n, k = self.arrays, self.arrays.n, len(self.edges[2])
        psi = 1.0 - shock.dense(n)
        psi_down, psi_up = psi[self.order], psi[self.up_order]
        fixed = None if self.network.node_weight is None else self.network.node_weight[self.order]
        room = (
            *(np.zeros(n) for _ in range(3)),
            np.zeros(n, dtype=np.uint32), np.zeros(arrays.sectors), np.zeros(n + 1), np.zeros(n + 1),
        )  # fmt: skip
        bought, total, draw = np.zeros(n), np.zeros(arrays.shared.rows), np.zeros(k)
        every = np.arange(n, dtype=np.uint32)
        scores, sweeps = np.zeros((samples, 3)), np.zeros(samples, dtype=np.int64)
        stream = np.random.Generator(np.random.PCG64(seed))
        for sample in range(samples):
            stream.standard_normal(out=draw)
            reweigh(
                self.edges, draw, spread, self.given, self.traced, self.strength, bought, total, self.scale,
                self.values,
            )  # fmt: skip
            weight = self.strength if fixed is None else fixed
            *score, sweeps[sample], moved = run_once(
                self.blocks, self.nodes, self.up.start, self.up.index, self.values[2], psi_down, psi_up,
                self.to_up, weight, every, eps, most, room,
            )  # fmt: skip
            if moved > eps:
                raise QueryError(f"sample {sample}: found a fall of {moved:.2g} after {most} sweeps")
            scores[sample] = np.array(score) / (weight.sum() or 1.0)
        return RedrawnScores(scores, sweeps)


def _trace(arrays: CascadeArrays, key: Numbers, order: Numbers) -> CascadeArrays:
    """Give the arrays with the number of the edge (from 1) in place of every value."""

    def traced(
        blocks: Blocks, customer: npt.NDArray[np.integer], supplier: npt.NDArray[np.integer]
    ) -> Blocks:
        wanted = customer.astype(np.int64) * arrays.n + supplier
        edge = order[np.searchsorted(key, wanted, sorter=order)] + 1
        return Blocks(blocks.start, blocks.index, edge.astype(np.float64))

    nodes = np.arange(arrays.n)
    partial, shared, up = arrays.partial, arrays.shared, arrays.up
    return replace(
        arrays,
        partial=traced(partial, np.repeat(nodes, partial.length), partial.index),
        shared=traced(shared, np.repeat(arrays.shared_customer, shared.length), shared.index),
        up=traced(up, up.index, np.repeat(nodes, up.length)),
    )


def _groups(
    arrays: CascadeArrays, shared: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], Floats], edges: int
) -> Numbers:
    """Give the shared group of each edge, -1 for none, numbered in the order of rows, (k,)."""
    start, _, edge = shared
    length = np.diff(start.astype(np.int64)).astype(np.intp)
    group = np.full(edges, -1, dtype=np.int64)
    group[edge.astype(np.int64) - 1] = np.repeat(np.arange(arrays.shared.rows), length)
    return group
