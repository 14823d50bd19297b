"""Compiled redrawing of a network's weights, and the run of one shock on what comes out."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from chainshock.queries.propagation.cascade.packed_kernels import replaced, sweep_down, sweep_up
from chainshock.queries.propagation.compiled import compiled

__all__ = ["reweigh", "run_once"]


@compiled
def reweigh(edges, draw, spread, given, traced, strength, bought, total, scale, values):
    """Write what every row weighs when flows are drawn anew.

    Parameters
    ----------
    edges
        Supplier and customer (as downstream rows), flow, and shared group (-1 for none) of each edge, (k,).
    draw
        Standard normal numbers, (k,), overwritten by flows: each is multiplied by
        exp(spread draw - spread^2 / 2), which is 1 in the mean.
    given
        Revenue and cost of each row, (n,); empty where none is given.
    traced
        Edge of each entry of the partial, shared and upstream rows; -1 where one is padded.
    strength, bought, total, scale, values
        Written: s, d (n,), W of groups, scale of downstream losses (n,), and the entries of the rows.
    """
    supplier, customer, flow, group = edges
    revenue, cost = given
    partial_edge, shared_edge, up_edge = traced
    partial, shared, up = values
    strength[:] = 0.0
    bought[:] = 0.0
    total[:] = 0.0
    half = 0.5 * spread * spread
    for e in range(flow.size):
        w = flow[e] * np.exp(spread * draw[e] - half)
        draw[e] = w
        strength[supplier[e]] += w
        bought[customer[e]] += w
        if group[e] >= 0:
            total[group[e]] += w
    if cost.size:
        for j in range(scale.size):
            scale[j] = bought[j] / cost[j] if cost[j] > 0.0 else 0.0
    for p in range(partial.size):
        e = partial_edge[p]
        partial[p] = draw[e] / bought[customer[e]] * scale[customer[e]]
    for p in range(shared.size):
        e = shared_edge[p]
        shared[p] = draw[e] / total[group[e]]
    for p in range(up.size):
        e = up_edge[p]
        if e >= 0:
            sold = revenue[supplier[e]] if revenue.size else strength[supplier[e]]
            up[p] = draw[e] / sold if sold > 0.0 else 0.0


@compiled
def run_once(blocks, nodes, up_start, up_index, up_value, psi, psi_up, to_up, weight, every, eps, most, room):
    """Run one shock; give lost weight by both, down and up, the sweeps and the last fall.

    `room` holds hd, hu, lost, changed, market and the two upstream buffers; `to_up` the upstream row of each
    downstream row, (n,).
    """
    hd, hu, lost, changed, market, before, after = room
    n = hd.size
    hd[:] = psi
    hu[:] = psi_up
    lost[:] = 0.0
    for i in range(n):
        before[i] = 1.0 - psi_up[i]
        after[i] = before[i]
    sweeps, moved = 0, np.inf
    while moved > eps and sweeps < most:
        replaced(nodes, hd, market, lost, changed)
        moved = sweep_down(blocks, nodes, psi, hd, lost, every)
        moved = max(moved, sweep_up(up_start, up_index, up_value, psi_up, hu, before, after))
        before, after = after, before
        sweeps += 1
    both = down = up = 0.0
    for i in range(n):
        left = hu[to_up[i]]
        both += weight[i] * (1.0 - min(hd[i], left))
        down += weight[i] * (1.0 - hd[i])
        up += weight[i] * (1.0 - left)
    return both, down, up, sweeps, moved
