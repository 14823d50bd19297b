"""Follow a recorded march along one chain of nodes: back to the suppliers, forth from a restricted edge."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.adjoint import Replay
from chainshock.queries.propagation.weeks.blocks import Block
from chainshock.queries.propagation.weeks.tape import Marks

__all__ = ["Chain"]


class Chain:
    """Runs single nodes of a march through all weeks, back and forth."""

    def __init__(self, replay: Replay) -> None:
        network = replay.network
        self.replay, self.shape = replay, (replay.tape.weeks, replay.slices)
        self._groups = np.searchsorted(network.group_node, np.arange(network.n + 1))
        self._edges = np.searchsorted(network.edge_group, np.arange(len(network.group_node) + 1))
        self._blocks: dict[int, Block] = {}

    def edges(self, node: int) -> Indices:
        """Give the edges that lead into a node."""
        return self._block(node).edges

    def back(self, node: int, loss: Floats) -> tuple[Floats, Floats]:
        """Carry the weight of a node's losses to its edges.

        Parameters
        ----------
        loss
            Weight of the node's losses, (T, S).

        Returns
        -------
        tuple
            What the restriction of each of its edges contributes, (edges,), and the weight of the losses of
            the supplier on each, (edges, T, S).
        """
        block, replay = self._block(node), self.replay
        weight = np.zeros((len(block.edges), *self.shape))
        stock = np.zeros((len(block.groups), self.shape[1]))
        for week in range(self.shape[0] - 1, -1, -1):
            weight[:, week], stock = replay.pull(block, week, loss[None, week], stock)
        factor = replay.stops.factors(block.edges)
        amounts: Floats = (weight * (1.0 - factor)).sum(axis=(1, 2))
        return amounts, block.send_weeks(weight * factor, replay.tape)

    def forth(self, trail: Iterable[tuple[int, int]]) -> tuple[int, Floats]:
        """Follow the restriction of one edge down a chain.

        Parameters
        ----------
        trail
            Nodes, each with the edge by which it is reached; the first edge is the restricted one.

        Returns
        -------
        tuple
            First week in which some firm gets less over that edge than it asks for, and what becomes of it
            in the losses of the last node, (T, S).
        """
        loss, cut = np.zeros(self.shape), -1
        for node, edge in trail:
            block = self._block(node)
            row, factor = int(np.flatnonzero(block.edges == edge)[0]), self.replay.stops.factors(block.edges)
            reach = np.zeros_like(factor)
            if cut < 0:
                reach[row] = 1.0 - factor[row]
                cut = int(np.flatnonzero(self._brings_less(edge, reach[row]))[0])
            else:
                reach[row] = loss
                reach = factor * block.receive_weeks(reach, self.replay.tape)
            loss = self._push(block, reach)
        return cut, loss

    def _block(self, node: int) -> Block:
        """Give a node with its groups and edges."""
        if node not in self._blocks:
            groups = np.arange(self._groups[node], self._groups[node + 1])
            first, last = (self._edges[groups[0]], self._edges[groups[-1] + 1]) if len(groups) else (0, 0)
            self._blocks[node] = Block(self.replay.run, np.array([node]), groups, np.arange(first, last))
        return self._blocks[node]

    def _push(self, block: Block, reach: Floats) -> Floats:
        """Run one node forward through the weeks; give its losses, (T, S)."""
        result = np.zeros(self.shape)
        stock = np.zeros((len(block.groups), self.shape[1]))
        for week in range(self.shape[0]):
            loss, stock, _ = self.replay.push(block, week, reach[:, week], stock, constants=False)
            result[week] = loss[0]
        return result

    def _brings_less(self, edge: int, stopped: Floats) -> Marks:
        """Say in which weeks some firm gets less over an edge than it asks for, (T,)."""
        rows = np.array([edge])
        limited = np.stack([self.replay.tape.limited(week, rows)[0] for week in range(self.shape[0])])
        less: Marks = np.any(limited * stopped * self.replay.run.weight[edge], axis=1)
        return less
