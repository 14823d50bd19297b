"""Hold the final state of a shock as a linear map from restricted edges to losses, and run it backwards.

On its active branch every loss is loss = T loss + B (1 - a), with the binding group, rho, rationing ratios
and the branch of min(x, hu) frozen. Entries 0..n-1 are input losses 1 - x, n..2n-1 order losses 1 - hu.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.derived import open_weights
from chainshock.queries.propagation.state import ShockState
from chainshock.queries.propagation.sweeps import Frame, Indices, add_up, order_losses

__all__ = ["Branch", "credit_gains", "final_branch", "first_branch", "order_branch"]

MAX_SWEEPS = 300
MAX_ROUNDS = 20_000  # pools that re-export to one another take many


@dataclass(frozen=True, eq=False)
class Branch:
    """loss = T loss + B: entries of T by (row, column, edge, value), of B by (row, edge, value).

    `loss` is the state itself, so that T loss + B reproduces it; `stopped` and `passing` say for each edge
    what it adds to the loss 1 - A of its group itself, and per unit of its supplier's loss.
    """

    frame: Frame
    loss: Floats
    row: Indices
    column: Indices
    edge: Indices
    value: Floats
    source_row: Indices
    source_edge: Indices
    source_value: Floats
    stopped: Floats
    passing: Floats

    def split(self, nodes: Floats, groups: Floats | None = None) -> Floats:
        """Split a weighted sum of losses over restricted edges, (k,).

        Parameters
        ----------
        nodes
            Weight of every loss, (2n,).
        groups
            Weight of the loss 1 - A of every group, (m,).
        """
        frame = self.frame
        result = np.zeros(len(frame.source))
        seed = nodes
        if groups is not None:
            result += groups[frame.group] * self.stopped
            seed = seed.copy()
            seed[: frame.network.n] += frame.by_source(groups[frame.group] * self.passing)
        weight = self.pull(seed)
        return result + add_up(self.source_edge, self.source_value * weight[self.source_row], len(result))

    def pull(self, seed: Floats) -> Floats:
        """Solve weight = seed + T' weight: what a unit of each loss is worth, (2n,)."""
        weight, size = seed, len(seed)
        scale = float(np.max(np.abs(seed), initial=0.0))
        for _ in range(MAX_SWEEPS):
            new = seed + add_up(self.column, self.value * weight[self.row], size)
            change = float(np.max(np.abs(new - weight), initial=0.0))
            weight = new
            if change <= 1e-15 * scale:
                return weight
        from scipy.sparse import csc_array, eye_array  # noqa: PLC0415 - seldom needed
        from scipy.sparse.linalg import splu  # noqa: PLC0415

        matrix = csc_array((self.value, (self.column, self.row)), shape=(size, size))
        solved: Floats = splu((eye_array(size, format="csc") - matrix).tocsc()).solve(seed)
        return solved


def final_branch(network: ProductionNetwork, state: ShockState) -> Branch:
    """Give the branch of the final state: inputs after substitution, and orders."""
    frame = Frame(network, state.factor)
    inputs = _input_entries(frame, 1.0 - state.available, 1.0 - state.rho, state.passed)
    short = np.clip((1.0 - state.rho) * (1.0 - state.available), 0.0, 1.0)
    orders = order_branch(frame, 1.0 - state.x, 1.0 - state.hu, short)
    return Branch(
        frame,
        orders.loss,
        np.concatenate([inputs.row, orders.row]),
        np.concatenate([inputs.column, orders.column]),
        np.concatenate([inputs.edge, orders.edge]),
        np.concatenate([inputs.value, orders.value]),
        np.concatenate([inputs.source_row, orders.source_row]),
        np.concatenate([inputs.source_edge, orders.source_edge]),
        np.concatenate([inputs.source_value, orders.source_value]),
        inputs.stopped,
        inputs.passing,
    )


def order_branch(frame: Frame, loss: Floats, orders: Floats, short: Floats) -> Branch:
    """Give the branch of lost orders alone; input losses are what it rests on.

    Parameters
    ----------
    loss, orders
        Losses 1 - x and 1 - hu of nodes, (n,).
    short
        1 - min(1, A') of groups after substitution, (m,).
    """
    n = frame.network.n
    still = np.maximum(loss, orders)[frame.node]
    gone = order_losses(frame, loss, orders, short)
    ratio = np.divide(gone, still, out=np.zeros(len(gone)), where=still > 0.0)
    sells = (orders > 0.0) & (frame.sales > 0.0)
    share = np.divide(
        frame.flow, frame.sales[frame.source], out=np.zeros(len(frame.flow)), where=sells[frame.source]
    )
    hit = np.flatnonzero(share * frame.factor * ratio[frame.group] != 0.0)
    customer = frame.target[hit]
    held = np.flatnonzero(share * (1.0 - frame.factor) != 0.0)
    return Branch(
        frame,
        np.concatenate([loss, orders]),
        frame.source[hit] + n,
        np.where((orders > loss)[customer], customer + n, customer),
        hit,
        (share * frame.factor * ratio[frame.group])[hit],
        frame.source[held] + n,
        held,
        (share * (1.0 - frame.factor))[held],
        np.zeros(len(share)),
        np.zeros(len(share)),
    )


def first_branch(network: ProductionNetwork, state: ShockState) -> Branch:
    """Give the branch of inputs before substitution, on which gains and prices rest."""
    frame = Frame(network, state.factor)
    kept = np.ones(len(state.rho))
    return _input_entries(frame, 1.0 - state.first_available, kept, state.first_passed)


def credit_gains(frame: Frame, share_filled: Floats, filled: Floats, unfilled: Floats) -> Floats:
    """Credit what derived orders bring to the gains that cause them: per unit of extra output, (n,).

    Parameters
    ----------
    share_filled
        Share of the derived orders of each node that it filled, (n,).
    filled
        Worth of a unit of derived orders that a node fills, (n,).
    unfilled
        Worth of a unit that nobody fills, by good and country, (G, C).
    """
    network = frame.network
    share = open_weights(frame)
    closed = frame.by_group(share) <= 0.0
    at_group = np.where(closed, unfilled[network.group_good, network.country[frame.node]], 0.0)
    at_node = unfilled[network.good, network.country]
    pool = network.output[frame.node] <= 0.0
    per_unit = np.divide(network.need, network.output[frame.node], out=np.zeros(len(pool)), where=~pool)
    per_unit[network.kind[frame.node] == 1] = 1.0
    credit = np.zeros(network.n)
    for _ in range(MAX_ROUNDS):
        wanted = share_filled * (filled + credit) + (1.0 - share_filled) * at_node
        through = frame.by_group(share * wanted[frame.source]) + at_group
        new = add_up(frame.node, per_unit * through, network.n)
        settled = np.max(np.abs(new - credit), initial=0.0) <= 1e-15 * np.max(np.abs(new), initial=0.0)
        credit = new
        if settled:
            break
    return credit


def _input_entries(frame: Frame, short: Floats, kept: Floats, passed: Floats) -> Branch:
    """Give the entries of input losses: each node rests on its binding group."""
    scale = frame.network.kappa * kept
    bound = frame.binding(scale * short)
    chosen = np.zeros(len(scale), dtype=bool)
    chosen[bound[bound >= 0]] = True
    coefficient = np.where(chosen, scale, 0.0)[frame.group]
    stopped = frame.network.weight * (1.0 - frame.factor)
    passing = frame.passing * passed
    loss = np.clip(frame.worst(scale * short), 0.0, 1.0)
    hit = np.flatnonzero((coefficient * passing != 0.0) & (loss[frame.source] > 0.0))
    held = np.flatnonzero(coefficient * stopped != 0.0)
    return Branch(
        frame,
        np.concatenate([loss, np.zeros(frame.network.n)]),
        frame.target[hit],
        frame.source[hit],
        hit,
        (coefficient * passing)[hit],
        frame.target[held],
        held,
        (coefficient * stopped)[held],
        stopped,
        passing,
    )
