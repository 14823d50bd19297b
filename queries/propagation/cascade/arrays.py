"""Compile a bare network into the arrays that every cascade kernel sweeps.

A customer has three blocks: the weighted sum of its non-essential inputs, the worst of its essential inputs
with one supplier, and the worst weighted sum of its essential inputs with several. A supplier has one: the
weighted sum over its customers. docs/explanation/cascade.md has the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from chainshock.errors import QueryError
from chainshock.graph.network.bare import BareNetwork, Floats, Int32s

__all__ = ["Blocks", "CascadeArrays", "Model", "compile_cascade", "merged_edges"]

Model = Literal["linear", "leontief", "generalized-leontief"]
MOST_EDGES = 2**31 - 1
ESSENTIAL, PARTIAL = 2, 1


@dataclass(frozen=True, eq=False)
class Blocks:
    """Sparse rows: the entries of row r stand at start[r] to start[r + 1] of `index` and `value`."""

    start: Int32s
    index: Int32s
    value: Floats

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.start) - 1

    @property
    def length(self) -> Int32s:
        """Entries of each row, (rows,)."""
        return np.diff(self.start)

    @property
    def nbytes(self) -> int:
        """Bytes of the three arrays."""
        return self.start.nbytes + self.index.nbytes + self.value.nbytes

    def matrix(self, columns: int) -> sp.csr_array:
        """Give the rows as a scipy matrix that shares their memory."""
        return sp.csr_array((self.value, self.index, self.start), shape=(self.rows, columns))


@dataclass(frozen=True, eq=False)
class CascadeArrays:
    """A network made ready for sweeps. n nodes, m sectors, g essential groups with several suppliers.

    Attributes
    ----------
    sector
        Sector of each node, (n,).
    strength
        s: what a node sells inside the network, (n,).
    node_weight
        a: weight of a node in the scores, (n,).
    scale
        What a downstream loss is scaled by: d / cost where costs are given, else 1, (n,).
    partial
        Row j: w_ij / d_j times scale, over suppliers i of non-essential inputs.
    single
        Row j: 1, over suppliers that alone make an essential input; scale applies to the row's maximum.
    shared
        Row g: w_ij / W_jk, over the suppliers of one essential group; scale likewise.
    shared_customer
        Customer of each essential group, ascending, (g,).
    up
        Row i: w_ij / s_i (or / revenue_i), over customers j.
    replaceable
        Whether market-share replaceability is on.
    edges
        Edges compiled, repeated ones counted once.
    """

    sector: Int32s
    sectors: int
    strength: Floats
    node_weight: Floats
    scale: Floats
    partial: Blocks
    single: Blocks
    shared: Blocks
    shared_customer: Int32s
    up: Blocks
    replaceable: bool
    edges: int

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.sector)

    @cached_property
    def total_weight(self) -> float:
        """Sum of the weights of nodes, 1 where it is 0."""
        return float(self.node_weight.sum()) or 1.0

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        values = (getattr(self, entry.name) for entry in fields(self))
        return sum(value.nbytes for value in values if isinstance(value, np.ndarray | Blocks))


def compile_cascade(network: BareNetwork, model: Model, *, replaceability: bool = True) -> CascadeArrays:
    """Compile a bare network.

    Parameters
    ----------
    network
        The network; edges of weight 0 carry nothing and are dropped, repeated edges add up.
    model
        How inputs combine: all non-essential, all essential, or as the essentiality table says.
    replaceability
        Whether the rest of a sector can stand in for a supplier, by market share.

    Raises
    ------
    QueryError
        The generalized form is asked for without an essentiality table of all sectors, there are over
        2^31 - 1 edges, or sums or shares of the numbers overflow.
    """
    n, m = len(network.ids), len(network.sectors)
    supplier, customer, weight = merged_edges(network)
    strength: Floats = np.bincount(supplier, weight, minlength=n).astype(np.float64)
    bought: Floats = np.bincount(customer, weight, minlength=n).astype(np.float64)
    scale = np.ones(n) if network.cost is None else _ratio(bought, network.cost)
    kind = _classes(network, model)[network.sector[supplier], network.sector[customer]]
    sold = strength if network.revenue is None else network.revenue
    shared, shared_customer, single = _essential(
        network, *(entry[kind == ESSENTIAL] for entry in (supplier, customer, weight))
    )
    partial = kind == PARTIAL
    share = _ratio(weight[partial], bought[customer[partial]]) * scale[customer[partial]]
    up = _by_supplier(supplier, customer, _ratio(weight, sold[supplier]), n)
    node_weight = strength if network.node_weight is None else network.node_weight
    _check_numbers(strength, bought, node_weight, scale, share, up.value, shared.value)
    return CascadeArrays(
        sector=network.sector.astype(np.int32),
        sectors=m,
        strength=strength,
        node_weight=node_weight,
        scale=scale,
        partial=_blocks(customer[partial], supplier[partial], share, n),
        single=single,
        shared=shared,
        shared_customer=shared_customer,
        up=up,
        replaceable=replaceability,
        edges=len(weight),
    )


def merged_edges(network: BareNetwork) -> tuple[Int32s, Int32s, Floats]:
    """Give edges in order of customer, supplier's sector and supplier, repeated ones added up."""
    kept = network.weight > 0
    i, j, w = network.supplier, network.customer, network.weight
    if not kept.all():
        i, j, w = i[kept], j[kept], w[kept]
    if len(w) > MOST_EDGES:
        raise QueryError(f"found {len(w):,} edges, expected at most {MOST_EDGES:,}")
    n = len(network.ids)
    by_sector = np.empty(n, dtype=np.int64)
    by_sector[np.argsort(network.sector, kind="stable")] = np.arange(n)
    key = j.astype(np.int64) * n + by_sector[i]
    order = np.argsort(key, kind="stable")
    key, i, j, w = key[order], i[order], j[order], w[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    if len(first) < len(key):
        with np.errstate(over="ignore"):
            i, j, w = i[first], j[first], np.add.reduceat(w, first)
    return i.astype(np.int32), j.astype(np.int32), w


def _essential(
    network: BareNetwork, supplier: Int32s, customer: Int32s, weight: Floats
) -> tuple[Blocks, Int32s, Blocks]:
    """Part essential inputs into groups with several suppliers, their customers, and single suppliers."""
    n = len(network.ids)
    sector = network.sector[supplier]
    starts = np.flatnonzero((np.diff(customer, prepend=-1) != 0) | (np.diff(sector, prepend=-1) != 0))
    length = np.diff(starts, append=len(weight))
    group = np.repeat(np.arange(len(starts)), length)
    total = np.add.reduceat(weight, starts) if len(starts) else weight
    several = length > 1
    number = np.cumsum(several) - 1
    inside = several[group] if len(group) else np.zeros(0, dtype=bool)
    shared = _blocks(
        number[group[inside]], supplier[inside], weight[inside] / total[group[inside]], int(several.sum())
    )
    alone = ~inside
    single = _blocks(customer[alone], supplier[alone], np.zeros(0), n)
    return shared, customer[starts[several]], single


def _blocks(row: npt.NDArray[np.integer], index: Int32s, value: Floats, rows: int) -> Blocks:
    """Put entries whose rows ascend into blocks."""
    start = np.zeros(rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(row, minlength=rows), out=start[1:])
    return Blocks(start, np.ascontiguousarray(index, dtype=np.int32), np.ascontiguousarray(value))


def _by_supplier(supplier: Int32s, customer: Int32s, value: Floats, n: int) -> Blocks:
    """Put entries in order of supplier, then customer."""
    matrix = sp.csc_array(
        (value, supplier, _blocks(customer, supplier, value, n).start), shape=(n, n)
    ).tocsr()
    return Blocks(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data)


def _classes(network: BareNetwork, model: Model) -> npt.NDArray[np.uint8]:
    m = len(network.sectors)
    if model == "generalized-leontief":
        if network.essentiality is None:
            raise QueryError("generalized-leontief: found no essentiality table, expected one")
        if (shape := network.essentiality.shape) != (m, m):
            raise QueryError(f"generalized-leontief: found classes of shape {shape}, expected ({m}, {m})")
        return network.essentiality
    return np.full((m, m), PARTIAL if model == "linear" else ESSENTIAL, dtype=np.uint8)


def _check_numbers(strength: Floats, bought: Floats, node_weight: Floats, *shares: Floats) -> None:
    """Refuse numbers that overflow: they would end in blank scores."""
    with np.errstate(over="ignore"):
        sums = [array.sum() for array in (strength, bought, node_weight)]
    if not all(map(np.isfinite, sums)):
        raise QueryError(
            "found flows or weights that add up to more than a float holds, expected smaller ones"
        )
    if not all(np.isfinite(array).all() for array in shares):
        raise QueryError("found a revenue or cost too small for its flows, expected the same unit")


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, with 0 where the divisor is 0."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused afterwards
        result: Floats = np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0)
    return result
