"""Go to the fixed point of a cascade without thousands of sweeps.

In losses L = 1 - h both maps are monotone, and plain sweeps climb to the least fixed point above the shock.
Each round here freezes the active branch of every node (its cap, its worst essential group, its weighted sum)
and the market shares sigma, solves the linear system they leave by GMRES (Saad and Schultz 1986), and sweeps
once. Policy iteration of this kind never overshoots: the frozen system is a lower bound of the map, and where
revenue or cost below the flows lets its solution pass 1, the round ends where the first loss is 1. A last
plain sweep that changes nothing proves the point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import gmres

from chainshock.errors import QueryError
from chainshock.graph.network.bare import Floats
from chainshock.queries.propagation.cascade.arrays import CascadeArrays
from chainshock.queries.propagation.cascade.reference import DEAD_SECTOR, ReferenceSweeps

__all__ = ["FixedPoint", "find_fixed_point"]

TOLERANCE = 1e-14  # a sweep that changes less proves the fixed point
PLAIN_SWEEPS = 8  # sweeps before the first solve, which find most active branches
MOST_ROUNDS = 500
MOST_PLAIN = 100_000
RESTART, MOST_RESTARTS, REFINEMENTS = 60, 10, 4
SLACK = 1e-6  # share by which rounding may put a solution below where we stand


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """hd and hu, (n,), and how they were reached: plain sweeps, linear solves, the last change."""

    hd: Floats
    hu: Floats
    sweeps: int
    solves: int
    change: float

    @property
    def stop(self) -> str:
        """Say how it stopped."""
        return f"fixed point: {self.solves} solves of the active branch, last change {self.change:.1g}"


@dataclass(frozen=True, eq=False)
class _Branch:
    """Rows of the frozen linear map: loss = matrix @ loss where `free`; elsewhere the loss stands."""

    matrix: sp.csr_array
    free: npt.NDArray[np.intp]


def find_fixed_point(arrays: CascadeArrays, loss: Floats) -> FixedPoint:
    """Find the fixed point of both maps from a loss per node, (n,).

    Raises
    ------
    QueryError
        It is not reached; says how far the last sweep still moved.
    """
    sweeps = ReferenceSweeps(arrays)
    psi = 1.0 - loss
    down = _Climb(
        lambda lost: 1.0 - sweeps.down(1.0 - lost, psi), lambda lost: _down_branch(sweeps, lost, loss)
    )
    up = _Climb(lambda lost: 1.0 - sweeps.up(1.0 - lost, psi), lambda lost: _up_branch(sweeps, lost, loss))
    lost_down, lost_up = down.run(loss), up.run(loss)
    return FixedPoint(
        1.0 - lost_down,
        1.0 - lost_up,
        max(down.sweeps, up.sweeps),
        down.solves + up.solves,
        max(down.change, up.change),
    )


class _Climb:
    """One map on its way to its least fixed point."""

    def __init__(self, step: Callable[[Floats], Floats], branch: Callable[[Floats], _Branch | None]) -> None:
        self.step, self.branch = step, branch
        self.sweeps, self.solves, self.change = 0, 0, np.inf

    def run(self, lost: Floats) -> Floats:
        """Climb from the shock."""
        due = wait = PLAIN_SWEEPS
        while self.sweeps < MOST_PLAIN:
            new = self.step(lost)
            self.change = float(np.max(np.abs(new - lost), initial=0.0))
            lost, self.sweeps = new, self.sweeps + 1
            if self.change <= TOLERANCE:
                return lost
            if self.sweeps < due or self.solves >= MOST_ROUNDS:
                continue
            branch = self.branch(lost)
            if branch is None:
                continue
            found = _solve(branch, lost)
            self.solves += 1
            if found is None:  # ask again when sweeps have gone further
                wait *= 2
                due = self.sweeps + wait
            else:
                lost = found
        raise QueryError(
            f"fixed point: found a change of {self.change:.2g} after {self.sweeps} sweeps and {self.solves} "
            f"solves, expected at most {TOLERANCE:g}; use --stop eps or, where a sector has no output left, "
            "--replaceability none"
        )


def _solve(branch: _Branch, lost: Floats) -> Floats | None:
    """Solve the frozen map from below; give losses that are at least those given, None if it has no answer.

    A solution below where we stand means that the frozen map grows without bound: its caps are yet to come.
    """
    free = branch.free
    rows = branch.matrix[free]
    held = lost.copy()
    held[free] = 0.0
    system = sp.eye_array(len(free), format="csr") - rows[:, free]
    constant = rows @ held
    found = lost[free]
    for attempt in range(REFINEMENTS):
        missing = constant - system @ found
        size = float(np.max(np.abs(missing), initial=0.0))
        if size <= TOLERANCE / 10:
            break
        restarts = 1 if attempt else MOST_RESTARTS
        step, left = gmres(system, missing, rtol=1e-10, atol=0.0, restart=RESTART, maxiter=restarts)
        if left and not attempt:
            return None
        better = found + step
        if not np.max(np.abs(constant - system @ better), initial=0.0) < size:
            break
        found = better
    stood = lost[free]
    if np.any(found < (1.0 - SLACK) * stood - TOLERANCE):
        return None
    over = found > 1.0
    if over.any():  # go towards it until the first loss is 1: beyond, its cap binds
        share = np.min((1.0 - stood[over]) / (found[over] - stood[over]))
        found = stood + share * (found - stood)
    result = lost.copy()
    result[free] = np.clip(np.maximum(found, stood), 0.0, 1.0)
    return result


def _up_branch(sweeps: ReferenceSweeps, lost: Floats, loss: Floats) -> _Branch:
    """Freeze the upstream map: the sum over customers, unless the shock or 1 is the larger."""
    total = sweeps.up_matrix @ lost
    return _Branch(sweeps.up_matrix, np.flatnonzero((total > loss) & (total < 1.0)))


def _down_branch(sweeps: ReferenceSweeps, lost: Floats, loss: Floats) -> _Branch | None:
    """Freeze the downstream map: sigma, and of each node the binding block; None where it is not monotone.

    A sector below the guard counts as 1, so that sigma of a small supplier falls when its sector dies; plain
    sweeps are then the only safe way.
    """
    arrays = sweeps.arrays
    through = sweeps.replaced(1.0 - lost)
    sigma = np.divide(through, lost, out=np.zeros(arrays.n), where=lost > 0.0)
    if arrays.replaceable and _has_dead_sector(arrays, lost):
        return None
    single, group = _binding(sweeps, through)
    worst_single = np.where(single >= 0, through[single], 0.0) * arrays.scale
    of_groups = sweeps.shared @ through
    worst_group = np.where(group >= 0, of_groups[group] if len(of_groups) else 0.0, 0.0) * arrays.scale
    partial = sweeps.partial @ through
    worst = np.maximum(np.maximum(worst_single, worst_group), partial)
    free = (worst > loss) & (worst < 1.0)
    by_single = np.flatnonzero(free & (worst_single == worst))
    by_group = np.flatnonzero(free & (worst_group == worst) & (worst_single < worst))
    by_sum = np.flatnonzero(free & (partial == worst) & (worst_single < worst) & (worst_group < worst))
    n = arrays.n
    alone = sp.coo_array((arrays.scale[by_single], (by_single, single[by_single])), shape=(n, n))
    shared = sp.coo_array(sweeps.shared[group[by_group]]) if len(by_group) else sp.coo_array((0, n))
    summed = sp.coo_array(sweeps.partial[by_sum])
    row = np.concatenate([alone.row, by_group[shared.row], by_sum[summed.row]])
    column = np.concatenate([alone.col, shared.col, summed.col])
    value = np.concatenate([alone.data, shared.data * arrays.scale[by_group[shared.row]], summed.data])
    matrix = sp.coo_array((value * sigma[column], (row, column)), shape=(n, n)).tocsr()
    return _Branch(matrix, np.flatnonzero(free))


def _binding(sweeps: ReferenceSweeps, through: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give of each node its worst single supplier and its worst shared group, -1 where it has none, (n,)."""
    arrays = sweeps.arrays
    single = np.full(arrays.n, -1, dtype=np.intp)
    rows = np.repeat(np.arange(arrays.n), arrays.single.length)
    ranked = np.argsort(through[arrays.single.index], kind="stable")
    single[rows[ranked]] = arrays.single.index[ranked]
    group = np.full(arrays.n, -1, dtype=np.intp)
    ranked = np.argsort(sweeps.shared @ through, kind="stable")
    group[arrays.shared_customer[ranked]] = ranked
    return single, group


def _has_dead_sector(arrays: CascadeArrays, lost: Floats) -> bool:
    """Say whether a sector that sells is below the guard while a small supplier of it has lost output."""
    market = np.bincount(arrays.sector, arrays.strength * (1.0 - lost), minlength=arrays.sectors)
    dead = (market <= DEAD_SECTOR)[arrays.sector]
    return bool(np.any(dead & (arrays.strength > 0.0) & (arrays.strength < 1.0)))
