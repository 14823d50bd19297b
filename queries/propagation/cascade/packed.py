"""Sweep one shock over packed rows: the kernel for large shocks and large networks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainshock.graph.network.bare import Floats
from chainshock.queries.propagation.cascade.arrays import CascadeArrays
from chainshock.queries.propagation.cascade.packed_kernels import replaced, sweep_down, sweep_up
from chainshock.queries.propagation.cascade.packed_rows import arrange_down, arrange_up, numbers

__all__ = ["PackedSweeps"]


class PackedSweeps:
    """A network laid out for compiled sweeps; made once, used for any number of shocks."""

    def __init__(self, arrays: CascadeArrays) -> None:
        self.arrays = arrays
        self.down_rows, self.up_rows = arrange_down(arrays), arrange_up(arrays)
        self.blocks, self.nodes = self.down_rows.blocks, self.down_rows.nodes(arrays)
        self.down_number, self.up_number = numbers(self.down_rows.order), numbers(self.up_rows.order)
        self.every = np.arange(arrays.n, dtype=np.uint32)

    def run(
        self, loss: Floats, eps: float, most: int, tick: Callable[[int, float], None] | None = None
    ) -> tuple[Floats, Floats, int, float]:
        """Sweep from a loss per node, (n,), until nothing falls by more than eps, or `most` sweeps are done.

        Returns
        -------
        tuple
            hd and hu of every node (n,), sweeps done, and the largest fall of the last one.
        """
        n, up, psi = self.arrays.n, self.up_rows, 1.0 - loss
        psi_down, psi_up = psi[self.down_rows.order], psi[up.order]
        hd, hu = psi_down.copy(), psi_up.copy()
        lost, market, changed = np.zeros(n), np.zeros(self.arrays.sectors), np.zeros(n, dtype=np.uint32)
        before, after = np.zeros(n + 1), np.zeros(n + 1)
        before[:n] = after[:n] = 1.0 - hu
        sweeps, moved = 0, np.inf
        while moved > eps and sweeps < most:
            replaced(self.nodes, hd, market, lost, changed)
            moved = sweep_down(self.blocks, self.nodes, psi_down, hd, lost, self.every)
            moved = max(moved, sweep_up(up.start, up.index, up.value, psi_up, hu, before, after))
            before, after = after, before
            sweeps += 1
            if tick:
                tick(sweeps, moved)
        return hd[self.down_number], hu[self.up_number], sweeps, moved
