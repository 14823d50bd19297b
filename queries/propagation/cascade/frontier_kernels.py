"""Compiled sweeps that visit only who buys from, or sells to, a node that changed."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from chainshock.queries.propagation.compiled import compiled

__all__ = ["neighbours", "pass_on", "sweep_up_rows"]

ONE, LANES = np.uint64(1), np.uint64(8)


@compiled
def neighbours(start, index, changed, most, seen, stamp, found):
    """Write the distinct neighbours of the changed nodes to `found`; count them, -1 if over `most` edges.

    `seen` (n,) remembers by `stamp` who has been found in this call.
    """
    edges = 0
    for i in changed:
        edges += start[i + 1] - start[i]
    if edges > most:
        return -1
    count = 0
    for i in changed:
        for p in range(start[i], start[i + 1]):
            j = index[p]
            if seen[j] != stamp:
                seen[j] = stamp
                found[count] = j
                count += 1
    return count


@compiled
def sweep_up_rows(start, index, value, psi, hu, lost, rows, changed):
    """Sweep hu of some rows once, from `lost`; give the largest fall and how many rows changed."""
    moved, count = 0.0, 0
    for row in rows:
        total, s = 0.0, row // LANES
        p, end = start[s] + row % LANES, start[s + ONE]
        while p < end:
            total += value[p] * lost[index[p]]
            p += LANES
        new = max(0.0, min(psi[row], 1.0 - total))
        if new != hu[row]:
            moved = max(moved, hu[row] - new)
            hu[row] = new
            changed[count] = row
            count += 1
    return moved, count


@compiled
def pass_on(hu, changed, lost):
    """Set lost = 1 - hu for the changed nodes."""
    for i in changed:
        lost[i] = 1.0 - hu[i]
