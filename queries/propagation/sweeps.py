"""Find the output that inputs and orders allow: least fixed points of losses by Jacobi sweeps.

Losses (1 - x) are swept up from 0, which is the same as sweeping x down from 1, but leaves an untouched
network at exactly 0 and keeps small losses precise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork

__all__ = [
    "Affine",
    "Frame",
    "Indices",
    "Stop",
    "add_up",
    "least_fixed_point",
    "lost_input",
    "lost_orders",
    "order_losses",
    "runs",
]

PLAIN_SWEEPS = 300  # sweeps before the active branch is solved as a linear system
MAX_SOLVES = 60
ROUNDING = 1e-12  # a difference of losses below this is none

Indices = np.ndarray[tuple[int], np.dtype[np.intp]]


@dataclass(frozen=True)
class Affine:
    """A linear branch loss = T loss + b; T is given by its entries (row, column, value)."""

    row: Indices
    column: Indices
    value: Floats
    constant: Floats


@dataclass(frozen=True)
class Stop:
    """How sweeps ended: count, linear solves, and the last change."""

    sweeps: int
    solves: int
    change: float
    tolerance: float

    def __str__(self) -> str:
        solved = f" and {self.solves} solves of the active branch" if self.solves else ""
        if self.change == 0.0:
            return f"fixed point after {self.sweeps} sweeps{solved}"
        if self.change <= self.tolerance:
            return f"change below {self.tolerance:g} after {self.sweeps} sweeps{solved}"
        return f"cap of {self.sweeps} sweeps{solved} reached, last change {self.change:.2g}"


def add_up(index: npt.NDArray[np.integer], values: Floats, size: int) -> Floats:
    """Sum values that share an index, shape (size,)."""
    return np.bincount(index, weights=values, minlength=size).astype(np.float64, copy=False)


class Frame:
    """The index arrays of one network and one set of edge factors that every sweep shares."""

    def __init__(self, network: ProductionNetwork, factor: Floats, *, compiled: bool = False) -> None:
        self.network = network
        self.compiled = compiled
        self.factor = factor
        self.source: Indices = network.edge_source.astype(np.intp)
        self.group: Indices = network.edge_group.astype(np.intp)
        self.node: Indices = network.group_node.astype(np.intp)
        self.target: Indices = self.node[self.group]
        self.flow = network.weight * network.need[self.group]
        self.passing = network.weight * factor
        self._edge_starts, self._fed_groups = runs(self.group)
        self._group_starts, self._fed_nodes = runs(self.node)
        self.stopped = self.by_group(network.weight * (1.0 - factor))

    def by_group(self, edges: Floats) -> Floats:
        """Sum a value of edges over each group, shape (m,)."""
        result = np.zeros(len(self.node))
        if len(edges):
            result[self._fed_groups] = np.add.reduceat(edges, self._edge_starts)
        return result

    def worst(self, groups: Floats) -> Floats:
        """Give the largest value among each node's groups, 0 for nodes without groups.

        Shape (m,) gives (n,); columns side by side, (m, B), give (n, B).
        """
        result = np.zeros((self.network.n, *groups.shape[1:]))
        if len(groups):
            result[self._fed_nodes] = np.maximum.reduceat(groups, self._group_starts, axis=0)
        return result

    def by_source(self, edges: Floats) -> Floats:
        """Sum a value of edges over each supplier, shape (n,)."""
        return add_up(self.source, edges, self.network.n)

    def binding(self, groups: Floats) -> Indices:
        """Give each node's first group with the largest value, -1 where none is above 0, shape (n,)."""
        result = np.full(self.network.n, -1, dtype=np.intp)
        best = np.flatnonzero((groups > 0.0) & (groups >= self.worst(groups)[self.node]))[::-1]
        result[self.node[best]] = best
        return result

    @cached_property
    def starts(self) -> Indices:
        """Give where the edges of each group begin, (m + 1,)."""
        return np.searchsorted(self.group, np.arange(len(self.node) + 1))

    @cached_property
    def sales(self) -> Floats:
        """Baseline quantity a node sells, to buyers known and unknown; 0 if none is known, (n,)."""
        seen = self.by_source(self.flow)
        total = self.network.output.copy()
        pools = self.network.kind[self.node] == NodeKind.POOL
        total[self.node[pools]] = self.network.need[pools]
        return np.where(seen > 0.0, np.maximum(seen, total), 0.0)


def lost_input(
    frame: Frame, kept: Floats, ration: Callable[[Floats], Floats] | None, tolerance: float, cap: int
) -> tuple[Floats, Floats, Floats, Stop]:
    """Find the loss 1 - x that inputs force on every node.

    Parameters
    ----------
    kept
        1 - rho of every group: the share of its loss that substitution leaves, (m,).
    ration
        Turns losses of nodes into losses of deliveries on edges, 1 - r_e; None for proportional rationing.

    Returns
    -------
    tuple
        Loss of nodes (n,), loss 1 - A of groups before substitution (m,), loss 1 - r of edges (k,), stop.
    """
    scale = frame.network.kappa * kept

    def deliveries(loss: Floats) -> tuple[Floats, Floats]:
        undelivered = loss[frame.source] if ration is None else ration(loss)
        return frame.stopped + frame.by_group(frame.passing * undelivered), undelivered

    def step(loss: Floats) -> Floats:
        if frame.compiled and ration is None:
            from chainshock.queries.propagation.static_kernels import sweep_inputs  # noqa: PLC0415

            given = (frame.starts, frame.source, frame.passing, frame.stopped, scale, frame.node)
            swept: Floats = sweep_inputs(loss, *given)
            return swept
        return np.clip(frame.worst(scale * deliveries(loss)[0]), 0.0, 1.0)

    def active(loss: Floats) -> Affine:
        bound = frame.binding(scale * deliveries(loss)[0])
        chosen = np.zeros(len(scale), dtype=bool)
        chosen[bound[bound >= 0]] = True
        edges = np.flatnonzero(chosen[frame.group])
        constant = (
            np.where(bound >= 0, (scale * frame.stopped)[bound], 0.0) if len(scale) else np.zeros(len(bound))
        )
        value = (scale[frame.group] * frame.passing)[edges]
        return Affine(frame.target[edges], frame.source[edges], value, constant)

    loss, stop = least_fixed_point(step, active if ration is None else None, frame.network.n, tolerance, cap)
    short, undelivered = deliveries(loss)
    return loss, short, undelivered, stop


def order_losses(frame: Frame, loss: Floats, orders: Floats, short: Floats) -> Floats:
    """Give the share of deliveries that a group's customer no longer orders, 1 - t_g, shape (m,).

    t = min(1, h / min(1, A')) with h = min(x, hu) of the customer: a customer short of this very input
    takes all it can get; one that stands still for another reason takes less.
    """
    still = np.maximum(loss, orders)[frame.node]
    reach = 1.0 - short
    return np.divide(still - short, reach, out=np.zeros(len(short)), where=still - short > ROUNDING)


def lost_orders(frame: Frame, loss: Floats, short: Floats, tolerance: float, cap: int) -> tuple[Floats, Stop]:
    """Find the loss 1 - hu that lost orders force on every node.

    hu_i = (sum_e flow_e a_e t_e + unseen_i) / (sum_e flow_e + unseen_i), with t_e of `order_losses`.

    Parameters
    ----------
    loss
        1 - x of nodes, (n,).
    short
        1 - min(1, A') of groups after substitution, (m,).
    """
    sales = frame.sales
    sells = sales > 0.0
    stopped = frame.by_source(frame.flow * (1.0 - frame.factor))
    shipped = frame.flow * frame.factor

    def step(orders: Floats) -> Floats:
        if frame.compiled:
            from chainshock.queries.propagation.static_kernels import sweep_orders  # noqa: PLC0415

            given = (frame.starts, frame.source, shipped, stopped, sales, frame.node)
            swept: Floats = sweep_orders(orders, loss, short, *given)
            return swept
        lost = stopped + frame.by_source(shipped * order_losses(frame, loss, orders, short)[frame.group])
        return np.clip(np.divide(lost, sales, out=np.zeros(len(lost)), where=sells), 0.0, 1.0)

    def active(orders: Floats) -> Affine:
        still = order_losses(frame, loss, orders, short)
        slope = np.divide(1.0, 1.0 - short, out=np.zeros(len(short)), where=short < 1.0)
        lost = stopped + frame.by_source(shipped * still[frame.group])
        free = sells & (lost > 0.0) & (lost < sales)
        live = (still > 0.0) & (orders > loss)[frame.node]
        edges = np.flatnonzero(live[frame.group] & free[frame.source])
        value = (shipped / np.where(sells, sales, 1.0)[frame.source] * slope[frame.group])[edges]
        linear = add_up(frame.source[edges], value * orders[frame.target[edges]], len(orders))
        constant = np.where(free, step(orders) - linear, step(orders))
        return Affine(frame.source[edges], frame.target[edges], value, constant)

    return least_fixed_point(step, active, frame.network.n, tolerance, cap)


def least_fixed_point(
    step: Callable[[Floats], Floats],
    active: Callable[[Floats], Affine] | None,
    size: int,
    tolerance: float,
    cap: int,
) -> tuple[Floats, Stop]:
    """Sweep up from 0 to the least fixed point of a monotone map.

    When plain sweeps are slow and the map is a maximum of linear branches, the active branch is solved
    exactly in turn (policy iteration); that never overshoots the least fixed point, and a last plain sweep
    proves it.
    """
    value, sweeps, solves, change = np.zeros(size), 0, 0, np.inf
    while sweeps < cap:
        new = step(value)
        change = float(np.max(np.abs(new - value), initial=0.0))
        value, sweeps = new, sweeps + 1
        if change <= tolerance:
            break
        if active is not None and sweeps >= PLAIN_SWEEPS and solves < MAX_SOLVES:
            jumped = _solve(active(value), value)
            solves += 1
            if jumped is not None:
                value = jumped
    return value, Stop(sweeps, solves, change, tolerance)


def _solve(branch: Affine, below: Floats) -> Floats | None:
    """Solve one branch; None where it is singular or its solution falls below where we stand."""
    from scipy.sparse import csc_array, eye_array  # noqa: PLC0415 - costs 0.15 s, seldom needed
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    size = len(below)
    matrix = eye_array(size, format="csc") - csc_array(
        (branch.value, (branch.row, branch.column)), shape=(size, size)
    )
    try:
        solved: Floats = splu(matrix.tocsc()).solve(branch.constant)
    except RuntimeError:  # singular: a closed ring of suppliers
        return None
    if not np.all(np.isfinite(solved)) or np.any(solved < below - 1e-9):
        return None
    return np.clip(np.maximum(solved, below), 0.0, 1.0)


def runs(sorted_index: Indices) -> tuple[Indices, Indices]:
    """Give where each run of equal numbers starts, and the numbers."""
    starts = np.flatnonzero(np.diff(sorted_index, prepend=-1))
    return starts, sorted_index[starts]
