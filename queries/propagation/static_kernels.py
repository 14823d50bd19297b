"""Compiled sweeps of the static shock: the same maps as in `sweeps` and `derived`, in one pass each.

The edges of group g stand at starts[g] to starts[g + 1].
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from chainshock.queries.propagation.compiled import compiled
from chainshock.queries.propagation.sweeps import ROUNDING

__all__ = ["pass_orders", "sweep_inputs", "sweep_orders"]


@compiled
def sweep_inputs(loss, starts, source, passing, stopped, scale, node):
    """Give what inputs force nodes to lose when suppliers lost `loss`, (n,)."""
    result = np.zeros(loss.size)
    for g in range(node.size):
        lost = 0.0
        for e in range(starts[g], starts[g + 1]):
            lost += passing[e] * loss[source[e]]
        i = node[g]
        result[i] = max(result[i], min(1.0, scale[g] * (stopped[g] + lost)))
    return result


@compiled
def sweep_orders(orders, loss, short, starts, source, shipped, stopped, sales, node):
    """Give what lost orders force nodes to lose when customers lost `orders`, (n,)."""
    result = stopped.copy()
    for g in range(node.size):
        i = node[g]
        still = max(loss[i], orders[i]) - short[g]
        if still > ROUNDING:
            gone = still / (1.0 - short[g])
            for e in range(starts[g], starts[g + 1]):
                result[source[e]] += shipped[e] * gone
    for i in range(result.size):
        result[i] = min(1.0, max(0.0, result[i] / sales[i])) if sales[i] > 0.0 else 0.0
    return result


@compiled
def pass_orders(
    extra, left, starts, source, share, closed, node, need, output, is_activity, is_pool, place, shortage,
    negligible, most,
):  # fmt: skip
    """Pass orders for extra output up the chain; see `derived.derive_orders`.

    Returns
    -------
    tuple
        What nodes were asked for and what they met, (n,), and the rounds. `extra` and `left` are changed, and
        orders of groups that no open route serves are added to `shortage`, at the `place` of the group.
    """
    n = extra.size
    wanted_all, met_all = np.zeros(n), np.zeros(n)
    rounds, largest = 0, 0.0
    for _ in range(most):
        wanted = np.zeros(n)
        for g in range(node.size):
            i = node[g]
            if extra[i] == 0.0:
                continue
            ordered = extra[i]
            if not is_pool[i]:
                ordered = need[g] * (extra[i] / output[i]) if output[i] > 0.0 else 0.0
            if closed[g]:
                shortage[place[g]] += max(ordered, 0.0)
            for e in range(starts[g], starts[g + 1]):
                wanted[source[e]] += ordered * share[e]
        rounds += 1
        top = wanted.max() if n else 0.0
        largest = max(largest, top)
        if top <= negligible * largest:
            break
        for i in range(n):
            extra[i] = 0.0
            if is_activity[i]:
                extra[i] = min(wanted[i], left[i])
                left[i] -= extra[i]
            elif is_pool[i]:
                extra[i] = wanted[i]
            wanted_all[i] += wanted[i]
            met_all[i] += extra[i]
    return wanted_all, met_all, rounds
