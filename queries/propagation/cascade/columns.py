"""Sweep many shocks side by side, sixteen columns at a time, each column with its own stop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.bare import Floats, NodeLosses
from chainshock.queries.propagation.cascade.arrays import CascadeArrays
from chainshock.queries.propagation.cascade.column_kernels import COLUMNS, run_columns
from chainshock.queries.propagation.cascade.packed_rows import arrange_down, numbers, permute

__all__ = ["ColumnSweeps"]

BUDGET = 2_000_000  # node and edge visits between two looks at the keyboard, times sixteen columns


class ColumnSweeps:
    """A network laid out for sweeps of sixteen shocks at once; only scores come out, no losses of nodes."""

    def __init__(self, arrays: CascadeArrays) -> None:
        rows = arrange_down(arrays)
        order = rows.order
        self.arrays, self.number = arrays, numbers(order)
        self.down, self.nodes = rows.blocks, rows.nodes(arrays)
        self.up = permute(arrays.up, order, self.number)
        self.weight = arrays.node_weight[order]
        self.budget = max(1, BUDGET // (arrays.edges + arrays.n))

    def run(
        self, shocks: Sequence[NodeLosses], eps: float, most: int
    ) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
        """Run shocks; each stops when none of its nodes falls by more than eps, or after `most` sweeps.

        Returns
        -------
        tuple
            Lost weight by both, down and up, (shocks, 3); sweeps and the last fall of each, (shocks,).
        """
        n, count = self.arrays.n, len(shocks)
        start = np.zeros(count + 1, dtype=np.int64)
        np.cumsum([len(shock.node) for shock in shocks], out=start[1:])
        node = self.number[np.concatenate([shock.node for shock in shocks])].astype(np.int64)
        given = (start, node, np.concatenate([shock.loss for shock in shocks]))
        state = (
            *(np.zeros((n, COLUMNS)) for _ in range(6)),
            np.zeros((self.arrays.sectors, COLUMNS)),
            np.zeros((2, COLUMNS)),
            np.full(COLUMNS, -1),
            np.zeros(COLUMNS, dtype=np.int64),
        )
        scores, sweeps, moves = np.zeros((count, 3)), np.zeros(count, dtype=np.int64), np.zeros(count)
        first, live = 0, 1
        while live or first < count:
            first, live = run_columns(
                self.down, self.up, self.nodes, self.weight, state, given, eps, most, first, self.budget,
                scores, sweeps, moves,
            )  # fmt: skip
        return scores, sweeps, moves
