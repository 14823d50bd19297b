"""Compiled sweeps of many shocks at once: one column each, every column with its own stop.

Arrays of nodes are (n, COLUMNS); rows as in `packed_rows`, entries of the upstream rows in plain order.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from chainshock.queries.propagation.cascade.reference import DEAD_SECTOR
from chainshock.queries.propagation.compiled import compiled

__all__ = ["COLUMNS", "run_columns"]

COLUMNS = 16
ONE = np.uint64(1)


@compiled
def run_columns(
    down, up, nodes, weight, state, shocks, eps, most, first, budget, scores, sweeps, moves
):  # fmt: skip
    """Sweep columns, score those that have stopped and load the next shocks into them.

    Parameters
    ----------
    down, up, nodes
        Blocks and node arrays of the network, nodes numbered one way throughout.
    weight
        a, (n,).
    state
        psi, hd, hu, lost_down, lost_up, new lost_up (n, COLUMNS), market (m, COLUMNS), scratch (2, COLUMNS),
        which shock a column holds (COLUMNS,), -1 for none, and its sweeps.
    shocks
        start (shocks + 1,), node, loss: what each shock does.
    first
        First shock not yet loaded.
    budget
        Sweeps to do before returning.
    scores, sweeps, moves
        Written: esri, esri_down, esri_up (shocks, 3), sweeps and the last fall, (shocks,).

    Returns
    -------
    tuple
        First shock not yet loaded, shocks still in columns.
    """
    psi, hd, hu, lost, lost_up, new_up, market, scratch, holds, done = state
    start, node, loss = shocks
    moved = np.zeros(COLUMNS)
    live = 0
    for c in range(COLUMNS):
        if holds[c] < 0 and first < start.size - 1:
            _load(psi, hd, hu, lost_up, c, node, loss, start[first], start[first + 1])
            holds[c], done[c], first = first, 0, first + 1
        live += holds[c] >= 0
    while live and budget > 0:
        budget -= 1
        _replaced(hd, nodes, market, lost)
        moved[:] = 0.0
        _down(down, nodes[0], psi, hd, lost, scratch, moved)
        _up(up, psi, hu, lost_up, new_up, scratch, moved)
        for i in range(hu.shape[0]):
            for c in range(COLUMNS):
                lost_up[i, c] = new_up[i, c]
        for c in range(COLUMNS):
            if holds[c] < 0:
                continue
            done[c] += 1
            if moved[c] > eps and done[c] < most:
                continue
            shock = holds[c]
            _score(hd, hu, weight, c, scores[shock])
            sweeps[shock], moves[shock] = done[c], moved[c]
            if first < start.size - 1:
                _load(psi, hd, hu, lost_up, c, node, loss, start[first], start[first + 1])
                holds[c], done[c], first = first, 0, first + 1
            else:
                holds[c] = -1
                live -= 1
    return first, live


@compiled
def _load(psi, hd, hu, lost_up, c, node, loss, begin, end):
    for i in range(psi.shape[0]):
        psi[i, c] = 1.0
        hd[i, c] = 1.0
        hu[i, c] = 1.0
        lost_up[i, c] = 0.0
    for p in range(begin, end):
        i, left = node[p], 1.0 - loss[p]
        psi[i, c] = left
        hd[i, c] = left
        hu[i, c] = left
        lost_up[i, c] = 1.0 - left


@compiled
def _score(hd, hu, weight, c, score):
    both = down = up = 0.0
    for i in range(weight.size):
        both += weight[i] * (1.0 - min(hd[i, c], hu[i, c]))
        down += weight[i] * (1.0 - hd[i, c])
        up += weight[i] * (1.0 - hu[i, c])
    score[0], score[1], score[2] = both, down, up


@compiled
def _replaced(hd, nodes, market, lost):
    _, strength, sector, replaceable = nodes
    if not replaceable:
        for i in range(hd.shape[0]):
            for c in range(COLUMNS):
                lost[i, c] = 1.0 - hd[i, c]
        return
    market[:, :] = 0.0
    for i in range(hd.shape[0]):
        q, s = sector[i], strength[i]
        for c in range(COLUMNS):
            market[q, c] += s * hd[i, c]
    for q in range(market.shape[0]):
        for c in range(COLUMNS):
            if market[q, c] <= DEAD_SECTOR:
                market[q, c] = 1.0
    for i in range(hd.shape[0]):
        q, s = sector[i], strength[i]
        for c in range(COLUMNS):
            lost[i, c] = (1.0 - hd[i, c]) * min(1.0, s / market[q, c])


@compiled
def _down(blocks, scale, psi, hd, lost, scratch, moved):
    single_start, single_index, start, index, value, groups, shared_start, shared_index, shared_value = blocks
    worst, total = scratch[0], scratch[1]
    s, e, g, p = single_start[0], shared_start[0], groups[0], start[0]
    for j in range(hd.shape[0]):
        worst[:] = 0.0
        end = single_start[j + 1]
        while s < end:
            i = single_index[s]
            for c in range(COLUMNS):
                worst[c] = max(worst[c], lost[i, c])
            s += ONE
        end = groups[j + 1]
        while g < end:
            g += ONE
            total[:] = 0.0
            stop = shared_start[g]
            while e < stop:
                i, w = shared_index[e], shared_value[e]
                for c in range(COLUMNS):
                    total[c] += w * lost[i, c]
                e += ONE
            for c in range(COLUMNS):
                worst[c] = max(worst[c], total[c])
        total[:] = 0.0
        end = start[j + 1]
        while p < end:
            i, w = index[p], value[p]
            for c in range(COLUMNS):
                total[c] += w * lost[i, c]
            p += ONE
        for c in range(COLUMNS):
            new = max(0.0, min(psi[j, c], 1.0 - max(worst[c] * scale[j], total[c])))
            moved[c] = max(moved[c], hd[j, c] - new)
            hd[j, c] = new


@compiled
def _up(blocks, psi, hu, lost, new_lost, scratch, moved):
    start, index, value = blocks
    total = scratch[1]
    p = start[0]
    for j in range(hu.shape[0]):
        total[:] = 0.0
        end = start[j + 1]
        while p < end:
            i, w = index[p], value[p]
            for c in range(COLUMNS):
                total[c] += w * lost[i, c]
            p += ONE
        for c in range(COLUMNS):
            new = max(0.0, min(psi[j, c], 1.0 - total[c]))
            moved[c] = max(moved[c], hu[j, c] - new)
            hu[j, c] = new
            new_lost[j, c] = 1.0 - new
