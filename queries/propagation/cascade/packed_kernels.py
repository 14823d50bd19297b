"""Compiled sweeps over packed rows; see `packed_rows` for the layout and `reference` for the formulas.

Counters are unsigned, see there. Kernels are compiled at first use and kept on disk.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from chainshock.queries.propagation.cascade.reference import DEAD_SECTOR
from chainshock.queries.propagation.compiled import compiled

__all__ = ["replaced", "sweep_down", "sweep_up"]

ONE = np.uint64(1)


@compiled
def sweep_down(blocks, nodes, psi, hd, lost, rows):
    """Sweep hd of the given rows once in place, from `lost` as `replaced` gives it; give the largest fall."""
    single_start, single_index, start, index, value, groups, shared_start, shared_index, shared_value = blocks
    scale = nodes[0]
    moved = 0.0
    for j in rows:
        worst, partial = 0.0, 0.0
        p, end = single_start[j], single_start[j + ONE]
        while p < end:
            worst = max(worst, lost[single_index[p]])
            p += ONE
        g, last = groups[j], groups[j + ONE]
        p = shared_start[g]
        while g < last:
            g += ONE
            end, total = shared_start[g], 0.0
            while p < end:
                total += shared_value[p] * lost[shared_index[p]]
                p += ONE
            worst = max(worst, total)
        p, end = start[j], start[j + ONE]
        while p < end:
            partial += value[p] * lost[index[p]]
            p += ONE
        new = max(0.0, min(psi[j], 1.0 - max(worst * scale[j], partial)))
        moved = max(moved, hd[j] - new)
        hd[j] = new
    return moved


@compiled
def sweep_up(start, index, value, psi, hu, lost, new_lost):
    """Sweep hu once; give the largest fall. `lost` is 1 - hu before, `new_lost` after, both (n + 1,)."""
    moved, p, n = 0.0, start[0], hu.size
    for s in range(start.size - 1):
        a = b = c = d = e = f = g = h = 0.0
        end = start[s + 1]
        while p < end:
            a += value[p] * lost[index[p]]
            p += ONE
            b += value[p] * lost[index[p]]
            p += ONE
            c += value[p] * lost[index[p]]
            p += ONE
            d += value[p] * lost[index[p]]
            p += ONE
            e += value[p] * lost[index[p]]
            p += ONE
            f += value[p] * lost[index[p]]
            p += ONE
            g += value[p] * lost[index[p]]
            p += ONE
            h += value[p] * lost[index[p]]
            p += ONE
        row = 8 * s
        for total in (a, b, c, d, e, f, g, h):
            if row < n:
                new = max(0.0, min(psi[row], 1.0 - total))
                moved = max(moved, hu[row] - new)
                hu[row] = new
                new_lost[row] = 1.0 - new
            row += 1
    return moved


@compiled
def replaced(nodes, hd, market, lost, changed):
    """Write sigma (1 - hd) of every node to `lost`, and the nodes where it changed to `changed`; count them.

    `nodes` holds scale, strength and sector (n,), and whether replaceability is on; `market` is room for one
    number per sector.
    """
    _, strength, sector, replaceable = nodes
    if replaceable:
        market[:] = 0.0
        for i in range(hd.size):
            market[sector[i]] += strength[i] * hd[i]
        for q in range(market.size):
            if market[q] <= DEAD_SECTOR:
                market[q] = 1.0
    count = 0
    for i in range(hd.size):
        left = 1.0 - hd[i]
        if replaceable and left > 0.0:
            left *= min(1.0, strength[i] / market[sector[i]])
        if left != lost[i]:
            changed[count] = i
            count += 1
            lost[i] = left
    return count
