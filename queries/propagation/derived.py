"""Send orders up the chain: a seller that gains buys more inputs, and so may its suppliers.

Orders go along routes that are fully open (a_e >= 1) in proportion to weight, pass through pools, and are
filled by activities within the spare capacity that substitution left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind
from chainshock.queries.propagation.sweeps import Frame

__all__ = ["DerivedOrders", "derive_orders", "open_weights"]

MAX_ROUNDS = 20_000  # pools that re-export to one another take many
NEGLIGIBLE = 1e-14  # of the largest order


@dataclass(frozen=True, eq=False)
class DerivedOrders:
    """Orders that gains cause.

    Attributes
    ----------
    derived
        Filled part as a share of baseline output, (n,).
    filled
        Filled over wanted, (n,); 1 for a pool, which passes on; 0 where nothing was wanted.
    shortage
        What nobody fills, in the good's unit per year, by good and country of the one asked, (G, C).
    rounds
        Tiers gone up.
    """

    derived: Floats
    filled: Floats
    shortage: Floats
    rounds: int


def open_weights(frame: Frame) -> Floats:
    """Give each edge's share of its group's further orders, (k,); 0 for a group with no open edge."""
    weight = np.where(frame.factor >= 1.0, frame.network.weight, 0.0)
    total = frame.by_group(weight)
    return np.divide(weight, total[frame.group], out=np.zeros(len(weight)), where=total[frame.group] > 0.0)


def derive_orders(frame: Frame, gain: Floats, left: Floats) -> DerivedOrders:
    """Pass orders up from nodes that gain.

    Parameters
    ----------
    gain
        Extra output as a share of baseline, (n,).
    left
        Spare quantity still free, unit per year, (n,).
    """
    network = frame.network
    shortage = np.zeros((len(network.goods), len(network.countries)))
    wanted, met, rounds = np.zeros(network.n), np.zeros(network.n), 0
    if np.any(gain > 0.0):
        climb = _climb_compiled if frame.compiled else _climb
        wanted, met, rounds = climb(frame, gain * network.output, left.copy(), shortage)
    np.add.at(shortage, (network.good, network.country), np.maximum(wanted - met, 0.0))
    filled = np.divide(met, wanted, out=np.zeros(network.n), where=wanted > 0.0)
    made = np.where((network.kind == NodeKind.ACTIVITY) & (network.output > 0.0), met, 0.0)
    derived = np.divide(made, network.output, out=np.zeros(network.n), where=network.output > 0.0)
    return DerivedOrders(derived, filled, shortage, rounds)


def _climb(frame: Frame, extra: Floats, left: Floats, shortage: Floats) -> tuple[Floats, Floats, int]:
    """Pass orders up tier by tier: what nodes were asked for and what they met, (n,), and the rounds.

    Orders of groups that no open route serves are added to `shortage`.
    """
    network = frame.network
    activity, pool = network.kind == NodeKind.ACTIVITY, network.kind == NodeKind.POOL
    share = open_weights(frame)
    closed = frame.by_group(share) <= 0.0
    wanted_all, met_all = np.zeros(network.n), np.zeros(network.n)
    rounds, largest = 0, 0.0
    for _ in range(MAX_ROUNDS):
        ordered = group_orders(frame, extra)
        lost = closed & (ordered > 0.0)
        place = (network.group_good[lost], network.country[network.group_node[lost]])
        np.add.at(shortage, place, ordered[lost])
        wanted = frame.by_source(ordered[frame.group] * share)
        rounds += 1
        largest = max(largest, float(np.max(wanted, initial=0.0)))
        if np.max(wanted, initial=0.0) <= NEGLIGIBLE * largest:
            break
        extra = np.where(activity, np.minimum(wanted, left), np.where(pool, wanted, 0.0))
        left = np.where(activity, left - extra, left)
        wanted_all += wanted
        met_all += extra
    return wanted_all, met_all, rounds


def _climb_compiled(
    frame: Frame, extra: Floats, left: Floats, shortage: Floats
) -> tuple[Floats, Floats, int]:
    """Do what `_climb` does, compiled."""
    from chainshock.queries.propagation.static_kernels import pass_orders  # noqa: PLC0415

    network = frame.network
    share = open_weights(frame)
    closed = frame.by_group(share) <= 0.0
    at = network.group_good * len(network.countries) + network.country[frame.node]
    kinds = (network.kind == NodeKind.ACTIVITY, network.kind == NodeKind.POOL)
    given = (frame.starts, frame.source, share, closed, frame.node, network.need, network.output, *kinds)
    wanted, met, rounds = pass_orders(extra, left, *given, at, shortage.ravel(), NEGLIGIBLE, MAX_ROUNDS)
    return wanted, met, int(rounds)


def group_orders(frame: Frame, extra: Floats) -> Floats:
    """Give what groups order to make extra quantities: need x extra / q, and for a pool its extra, (m,)."""
    network = frame.network
    relative = np.divide(extra, network.output, out=np.zeros(network.n), where=network.output > 0.0)
    pool = network.kind[frame.node] == NodeKind.POOL
    return np.where(pool, extra[frame.node], network.need * relative[frame.node])
