"""Lay sparse rows out for compiled loops: rows of one length side by side, nodes numbered as rows are.

Numbers are unsigned, which spares compiled loops the check for negative ones and makes them twice as fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.bare import Floats
from chainshock.queries.propagation.cascade.arrays import Blocks, CascadeArrays

__all__ = ["LANES", "DownRows", "UpRows", "arrange_down", "arrange_up", "numbers", "permute"]

LANES = 8
Places = npt.NDArray[np.intp]
Unsigned = npt.NDArray[np.uint32]
Starts = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class UpRows:
    """Rows of the upstream sums, eight to a slice (SELL-8), longest first.

    Entry t of lane l of slice s stands at start[s] + 8 t + l; lane l of slice s is row 8 s + l.

    Attributes
    ----------
    order
        Node of each row, (n,): nodes with customers, then the others.
    start
        Where each slice begins, (slices + 1,).
    index
        Row of the customer that an entry reads; n where a lane is padded.
    value
        Its weight, 0 where padded.
    """

    order: Places
    start: Starts
    index: Unsigned
    value: Floats

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.order.nbytes + self.start.nbytes + self.index.nbytes + self.value.nbytes


@dataclass(frozen=True, eq=False)
class DownRows:
    """The three blocks of each customer, customers of one shape side by side.

    Attributes
    ----------
    order
        Node of each row, (n,).
    single, partial, shared
        Blocks as start, index, value; indices are rows.
    groups
        Where the shared groups of each row begin, (n + 1,).
    """

    order: Places
    single: tuple[Starts, Unsigned]
    partial: tuple[Starts, Unsigned, Floats]
    groups: Starts
    shared: tuple[Starts, Unsigned, Floats]

    @property
    def blocks(self) -> tuple[npt.NDArray[Any], ...]:  # Any: starts, indices and values
        """The arrays of all blocks, in the order in which kernels take them."""
        return (*self.single, *self.partial, self.groups, *self.shared)

    def nodes(self, arrays: CascadeArrays) -> tuple[Floats, Floats, Unsigned, bool]:
        """Give scale, strength and sector of each row, (n,), and whether replaceability is on."""
        sector = arrays.sector[self.order].astype(np.uint32)
        return arrays.scale[self.order], arrays.strength[self.order], sector, arrays.replaceable

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        blocks = (*self.single, *self.partial, *self.shared)
        return self.order.nbytes + self.groups.nbytes + sum(array.nbytes for array in blocks)


def arrange_up(arrays: CascadeArrays) -> UpRows:
    """Pack the upstream rows."""
    blocks, n = arrays.up, arrays.n
    length = blocks.length
    order = np.argsort(-length, kind="stable")
    number = numbers(order)
    filled = int(np.count_nonzero(length))
    widest = length[order[:filled:LANES]].astype(np.int64)
    start = np.zeros(len(widest) + 1, dtype=np.int64)
    np.cumsum(widest * LANES, out=start[1:])
    first = np.zeros(n, dtype=np.int64)
    ranks = np.arange(filled)
    first[order[:filled]] = start[ranks // LANES] + ranks % LANES
    place = np.repeat(first - LANES * blocks.start[:-1].astype(np.int64), length)
    place += LANES * np.arange(len(place))
    index = np.full(start[-1], n, dtype=np.uint32)
    index[place] = number[blocks.index]
    value = np.zeros(start[-1])
    value[place] = blocks.value
    return UpRows(order, start.astype(np.uint64), index, value)


def arrange_down(arrays: CascadeArrays) -> DownRows:
    """Order customers by the shape of their blocks."""
    n, groups = arrays.n, np.bincount(arrays.shared_customer, minlength=arrays.n)
    first = _starts(groups)
    entries = arrays.shared.start[first[1:]] - arrays.shared.start[first[:-1]]
    order = np.lexsort((np.arange(n), -entries, -groups, -arrays.partial.length, -arrays.single.length))
    number = numbers(order)
    single, partial = (permute(block, order, number) for block in (arrays.single, arrays.partial))
    moved = groups[order]
    group_order = np.repeat(first[:-1][order] - _starts(moved)[:-1], moved) + np.arange(
        len(arrays.shared_customer)
    )
    shared = permute(arrays.shared, group_order, number)
    return DownRows(order, single[:2], partial, _starts(moved).astype(np.uint64), shared)


def numbers(order: Places) -> Unsigned:
    """Give the row of each node from the node of each row, (n,)."""
    number = np.empty(len(order), dtype=np.uint32)
    number[order] = np.arange(len(order), dtype=np.uint32)
    return number


def permute(blocks: Blocks, order: Places, number: Unsigned) -> tuple[Starts, Unsigned, Floats]:
    """Give rows in another order, (rows,), reading nodes by their new number, (n,): start, index, value."""
    length = blocks.length[order].astype(np.int64)
    start = _starts(length)
    place = np.repeat(blocks.start[:-1][order] - start[:-1], length) + np.arange(start[-1])
    value = blocks.value[place] if len(blocks.value) else blocks.value
    return start.astype(np.uint64), number[blocks.index[place]], value


def _starts(length: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    start = np.zeros(len(length) + 1, dtype=np.int64)
    np.cumsum(length, out=start[1:])
    return start
