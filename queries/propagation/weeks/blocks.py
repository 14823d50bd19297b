"""Cut a march into blocks of nodes that can be computed together, and say how goods travel between them."""

from __future__ import annotations

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.march import March
from chainshock.queries.propagation.weeks.tape import Tape

__all__ = ["Block"]


class Block:
    """Nodes that can be computed together, their groups and edges, and how these hang together."""

    def __init__(self, run: March, nodes: Indices, groups: Indices, edges: Indices) -> None:
        network = run.network
        self.nodes, self.groups, self.edges = nodes, groups, edges
        self.at = np.searchsorted(nodes, network.group_node[groups])  # place of a group's node
        self.of = np.searchsorted(groups, network.edge_group[edges])  # place of an edge's group
        self.mixed = np.isin(nodes, run.mixes)
        self.by_node = Runs(self.at, len(nodes))
        self.by_group = Runs(self.of, len(groups))
        source = network.edge_source[edges].astype(np.intp)
        self.averaged = np.flatnonzero(run.is_pool[source] & run.is_pool[network.edge_node[edges]])
        early, late, part = run.early[edges], run.late[edges], run.between[edges]
        ready = run.level[source] < run.level[network.edge_node[edges]]
        self.lags = [
            *(
                Lag(j, np.flatnonzero((early == j) & (ready | (j > 0))), 1.0 - part, source)
                for j in np.unique(early)
            ),
            *(Lag(j, np.flatnonzero((late == j) & (late > early)), part, source) for j in np.unique(late)),
        ]

    def receive(self, losses: Floats, week: int, tape: Tape) -> Floats:
        """Give what edges bear of losses, (n, T, S), when what arrives in a week was sent, (edges, S)."""
        result = np.zeros((len(self.edges), losses.shape[2]))
        for lag in self.lags:
            if lag.weeks <= week:
                made = week - lag.weeks
                borne = tape.passed(made, self.edges[lag.edges])
                result[lag.edges] += lag.share * borne * losses[lag.source, made]
        result[self.averaged] = result[self.averaged].mean(axis=1, keepdims=True)
        return result

    def send(self, weight: Floats, week: int, tape: Tape, ahead: list[Floats]) -> None:
        """Add the weight of suppliers' losses (edges, S) to those of the weeks they were made; transpose."""
        weight[self.averaged] = weight[self.averaged].mean(axis=1, keepdims=True)
        for lag in self.lags:
            if lag.edges.size and lag.weeks <= week:
                borne = tape.passed(week - lag.weeks, self.edges[lag.edges])
                sums = lag.by_source.sums(lag.share * borne * weight[lag.edges])
                ahead[lag.weeks][lag.by_source.rows] += sums

    def receive_weeks(self, losses: Floats, tape: Tape) -> Floats:
        """Give what `receive` does for all weeks, from losses of each edge's own supplier, (edges, T, S)."""
        result = np.zeros_like(losses)
        losses = losses * self._borne(tape)
        for lag in self.lags:
            sent = losses[lag.edges, : losses.shape[1] - lag.weeks]
            result[lag.edges, lag.weeks :] += lag.share[:, None] * sent
        result[self.averaged] = result[self.averaged].mean(axis=2, keepdims=True)
        return result

    def send_weeks(self, weight: Floats, tape: Tape) -> Floats:
        """Give the weight of the losses of each edge's own supplier, (edges, T, S): the transpose."""
        weight[self.averaged] = weight[self.averaged].mean(axis=2, keepdims=True)
        result = np.zeros_like(weight)
        for lag in self.lags:
            made = weight[lag.edges, lag.weeks :]
            result[lag.edges, : weight.shape[1] - lag.weeks] += lag.share[:, None] * made
        return result * self._borne(tape)

    def _borne(self, tape: Tape) -> Floats:
        """Give the share of their suppliers' loss that edges bear, by the week it was made, (edges, T, S)."""
        return np.stack([tape.passed(week, self.edges) for week in range(tape.weeks)], axis=1)


class Lag:
    """Edges of a block that bring what was made some weeks ago, or that share of it."""

    def __init__(self, weeks: int, edges: Indices, share: Floats, source: Indices) -> None:
        self.weeks, self.edges = int(weeks), edges
        self.share, self.source = share[edges][:, None], source[edges]
        self.by_source = Runs(self.source, 0)


class Runs:
    """Sums of rows that share an index."""

    def __init__(self, index: Indices, size: int) -> None:
        self._order = np.argsort(index, kind="stable")
        self.rows, self._starts = np.unique(index[self._order], return_index=True)
        self._size = size
        self._sorted = bool(np.all(np.diff(index) >= 0))

    def sums(self, values: Floats) -> Floats:
        """Sum the rows of each index that occurs, (rows, S)."""
        if not len(values):
            return values
        result: Floats = np.add.reduceat(
            values if self._sorted else values[self._order], self._starts, axis=0
        )
        return result

    def spread(self, values: Floats) -> Floats:
        """Sum the rows of every index, 0 where there is none, (size, S)."""
        result = np.zeros((self._size, values.shape[1]))
        result[self.rows] = self.sums(values)
        return result
