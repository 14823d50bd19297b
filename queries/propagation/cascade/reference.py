"""Sweep a cascade in plain numpy and scipy: the readable kernel that others are held to.

Sweeps are rounds of the computation, not weeks. docs/explanation/cascade.md has the formulas.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainshock.graph.network.bare import Floats
from chainshock.queries.propagation.cascade.arrays import CascadeArrays

__all__ = ["DEAD_SECTOR", "ReferenceSweeps"]

DEAD_SECTOR = 1e-10  # sector output at or below it counts as 1


class ReferenceSweeps:
    """The two maps of a cascade, from what nodes have left to what they have left after one more sweep."""

    def __init__(self, arrays: CascadeArrays) -> None:
        self.arrays = arrays
        self.partial = arrays.partial.matrix(arrays.n)
        self.shared = arrays.shared.matrix(arrays.n)
        self.up_matrix = arrays.up.matrix(arrays.n)
        self.alone = np.flatnonzero(arrays.single.length)
        self.alone_start = arrays.single.start[self.alone]
        self.group_start = np.flatnonzero(np.diff(arrays.shared_customer, prepend=-1))
        self.grouped = arrays.shared_customer[self.group_start]

    def replaced(self, hd: Floats) -> Floats:
        """Give sigma (1 - hd): the loss of each supplier that nobody of its sector stands in for, (n,)."""
        arrays = self.arrays
        lost = 1.0 - hd
        if not arrays.replaceable:
            return lost
        market = np.bincount(arrays.sector, arrays.strength * hd, minlength=arrays.sectors)
        market[market <= DEAD_SECTOR] = 1.0
        return lost * np.minimum(1.0, arrays.strength / market[arrays.sector])

    def down(self, hd: Floats, psi: Floats) -> Floats:
        """Give hd after one more sweep, (n,)."""
        lost = self.replaced(hd)
        worst = np.zeros(len(psi))
        if len(self.alone):
            worst[self.alone] = np.maximum.reduceat(lost[self.arrays.single.index], self.alone_start)
        if len(self.grouped):
            of_groups = np.maximum.reduceat(self.shared @ lost, self.group_start)
            worst[self.grouped] = np.maximum(worst[self.grouped], of_groups)
        worst = np.maximum(worst * self.arrays.scale, self.partial @ lost)
        left: Floats = np.maximum(0.0, np.minimum(psi, 1.0 - worst))
        return left

    def run(
        self, loss: Floats, eps: float, most: int, tick: Callable[[int, float], None] | None = None
    ) -> tuple[Floats, Floats, int, float]:
        """Sweep from a loss per node, (n,), until nothing falls by more than eps, or `most` sweeps are done.

        Returns
        -------
        tuple
            hd and hu of every node (n,), sweeps done, and the largest fall of the last one.
        """
        psi = 1.0 - loss
        hd, hu = psi.copy(), psi.copy()
        sweeps, moved = 0, np.inf
        while moved > eps and sweeps < most:
            new_hd, new_hu = self.down(hd, psi), self.up(hu, psi)
            moved = max(float(np.max(hd - new_hd)), float(np.max(hu - new_hu)))
            hd, hu, sweeps = new_hd, new_hu, sweeps + 1
            if tick:
                tick(sweeps, moved)
        return hd, hu, sweeps, moved

    def up(self, hu: Floats, psi: Floats) -> Floats:
        """Give hu after one more sweep, (n,)."""
        left: Floats = np.maximum(0.0, np.minimum(psi, 1.0 - self.up_matrix @ (1.0 - hu)))
        return left
