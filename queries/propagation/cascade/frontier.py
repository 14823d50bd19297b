"""Sweep one small shock: only rows that read a changed node are visited, until they are too many."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from chainshock.graph.network.bare import Floats
from chainshock.queries.propagation.cascade.arrays import CascadeArrays
from chainshock.queries.propagation.cascade.frontier_kernels import neighbours, pass_on, sweep_up_rows
from chainshock.queries.propagation.cascade.packed import PackedSweeps
from chainshock.queries.propagation.cascade.packed_kernels import replaced, sweep_down, sweep_up

__all__ = ["FrontierSweeps"]

DENSE = 0.15  # share of the edges above which whole sweeps are quicker


class FrontierSweeps(PackedSweeps):
    """Packed rows, and beside them who buys from and sells to each node."""

    def __init__(self, arrays: CascadeArrays) -> None:
        super().__init__(arrays)
        down, up = self.down_number, self.up_number
        customers = np.repeat(np.arange(arrays.n), arrays.partial.length)
        alone = np.repeat(np.arange(arrays.n), arrays.single.length)
        grouped = np.repeat(arrays.shared_customer, arrays.shared.length)
        suppliers = np.concatenate([arrays.partial.index, arrays.single.index, arrays.shared.index])
        buyers = np.concatenate([customers, alone, grouped])
        self.buyers = _adjacency(down[suppliers], down[buyers], arrays.n)
        sellers = np.repeat(np.arange(arrays.n), arrays.up.length)
        self.sellers = _adjacency(up[arrays.up.index], up[sellers], arrays.n)

    def run(
        self, loss: Floats, eps: float, most: int, tick: Callable[[int, float], None] | None = None
    ) -> tuple[Floats, Floats, int, float]:
        """As `PackedSweeps.run`."""
        psi = 1.0 - loss
        down = _Down(self, psi[self.down_rows.order])
        up = _Up(self, psi[self.up_rows.order])
        sweeps, moved = 0, np.inf
        while moved > eps and sweeps < most:
            moved = max(down.sweep(), up.sweep())
            sweeps += 1
            if tick:
                tick(sweeps, moved)
        return down.hd[self.down_number], up.hu[self.up_number], sweeps, moved


class _Down:
    def __init__(self, kernel: FrontierSweeps, psi: Floats) -> None:
        n = kernel.arrays.n
        self.kernel, self.psi, self.hd, self.lost = kernel, psi, psi.copy(), np.zeros(n)
        self.market = np.zeros(kernel.arrays.sectors)
        self.changed, self.found = np.zeros(n, dtype=np.uint32), np.zeros(n, dtype=np.uint32)
        self.seen, self.stamp = np.zeros(n, dtype=np.int32), 0
        self.most = int(DENSE * len(kernel.buyers[1]))

    def sweep(self) -> float:
        kernel, self.stamp = self.kernel, self.stamp + 1
        count = replaced(kernel.nodes, self.hd, self.market, self.lost, self.changed)
        rows = self.changed[:count]
        found = neighbours(*kernel.buyers, rows, self.most, self.seen, self.stamp, self.found)
        chosen = kernel.every if found < 0 else self.found[:found]
        return float(sweep_down(kernel.blocks, kernel.nodes, self.psi, self.hd, self.lost, chosen))


class _Up:
    def __init__(self, kernel: FrontierSweeps, psi: Floats) -> None:
        n = kernel.arrays.n
        self.kernel, self.psi, self.hu = kernel, psi, psi.copy()
        self.lost = np.zeros(n + 1)
        self.lost[:n] = 1.0 - psi
        self.changed, self.found = np.zeros(n, dtype=np.uint32), np.zeros(n, dtype=np.uint32)
        self.seen, self.stamp = np.zeros(n, dtype=np.int32), 0
        hit = np.flatnonzero(psi < 1.0)
        self.changed[: len(hit)], self.count = hit, len(hit)
        self.most = int(DENSE * len(kernel.sellers[1]))
        self.other: Floats | None = None  # second buffer, once sweeps are whole

    def sweep(self) -> float:
        rows, self.stamp = self.kernel.up_rows, self.stamp + 1
        layout = (rows.start, rows.index, rows.value, self.psi, self.hu, self.lost)
        if self.other is None:
            hit = self.changed[: self.count]
            found = neighbours(*self.kernel.sellers, hit, self.most, self.seen, self.stamp, self.found)
            if found >= 0:
                moved, self.count = sweep_up_rows(*layout, self.found[:found], self.changed)
                pass_on(self.hu, self.changed[: self.count], self.lost)
                return float(moved)
            self.other = self.lost.copy()
        moved = float(sweep_up(*layout, self.other))
        self.lost, self.other = self.other, self.lost
        return moved


def _adjacency(
    source: npt.NDArray[np.integer], target: npt.NDArray[np.integer], n: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Give, for each source, its targets: start (n + 1,) and index."""
    matrix = sp.coo_array((np.ones(len(source), dtype=np.int8), (source, target)), shape=(n, n)).tocsr()
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
