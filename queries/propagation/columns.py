"""Sweep many removals at once: one column of losses each, on the arrays of one network.

A removed producer delivers nothing, so its loss is held at 1; a removed edge carries nothing, so what it
fails to deliver is held at 1. Each column stops by itself, as if it had been swept alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from chainshock.graph.network.production import Floats, NodeKind
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.substitution import reachable
from chainshock.queries.propagation.sweeps import PLAIN_SWEEPS, Frame, Indices, runs

__all__ = ["Filling", "Mask", "Pins", "Sweeper"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pins:
    """What is held at a loss of 1: nodes and edges, each in a column of a batch of `width` columns."""

    width: int
    node: Indices
    node_column: Indices
    edge: Indices
    edge_column: Indices

    @classmethod
    def of(cls, nodes: Sequence[Sequence[int]], edges: Sequence[Sequence[int]]) -> Pins:
        """Put the nodes and the edges of one removal after the other into columns."""
        return cls(len(nodes), *_columns(nodes), *_columns(edges))

    def keep(self, columns: Mask) -> Pins:
        """Give the pins of some columns, which are numbered anew."""
        number = np.cumsum(columns) - 1
        node, edge = columns[self.node_column], columns[self.edge_column]
        return Pins(
            int(columns.sum()),
            self.node[node],
            number[self.node_column[node]],
            self.edge[edge],
            number[self.edge_column[edge]],
        )


class Sweeper:
    """Sweeps batches of columns up from 0 to their least fixed points (`sweeps.lost_input`, proportional).

    Only nodes that supply somebody take part in the sweeps; the rest follows once from the result.
    """

    def __init__(self, frame: Frame, tolerance: float) -> None:
        self.frame, self.tolerance = frame, tolerance
        supplies = np.bincount(frame.source, minlength=frame.network.n) > 0
        self._nodes = np.flatnonzero(supplies)
        self._row = np.where(supplies, np.cumsum(supplies) - 1, -1)
        self._groups = np.flatnonzero(supplies[frame.node])
        self._place = np.full(len(frame.node), -1, dtype=np.intp)
        self._place[self._groups] = np.arange(len(self._groups))
        entries = (frame.passing, (frame.group, self._row[frame.source]))
        self._passing = csr_array(entries, shape=(len(frame.node), len(self._nodes)))
        self._passing_inside = csr_array(self._passing[self._groups])
        self._starts, self._fed = runs(self._row[frame.node[self._groups]])

    def solve(self, pins: Pins, scale: Floats) -> tuple[Floats, Floats, Indices]:
        """Find the losses that inputs force, in columns.

        Parameters
        ----------
        pins
            What is removed in each of B columns.
        scale
            kappa (1 - rho) of every group, (m, 1) or (m, B).

        Returns
        -------
        tuple
            Loss of nodes (n, B), loss 1 - A of groups before substitution (m, B), and the columns that had
            not stopped after `PLAIN_SWEEPS` sweeps.
        """
        settled = np.zeros((len(self._nodes), pins.width))
        live: Indices = np.arange(pins.width)
        held, steep, value = self._inside(pins), scale[self._groups], settled
        stopped = self.frame.stopped[self._groups, None]
        for _ in range(PLAIN_SWEEPS):
            short = self._passing_inside @ value + stopped
            self._add_edges(short, value, held, self._place)
            new = np.zeros_like(value)
            if len(self._starts):
                new[self._fed] = np.maximum.reduceat(steep * short, self._starts, axis=0)
            new = np.clip(new, 0.0, 1.0)
            new[self._row[held.node], held.node_column] = 1.0
            done = np.subtract(new, value).max(axis=0, initial=0.0) <= self.tolerance  # losses only grow
            value = new
            if done.any():
                settled[:, live[done]] = np.compress(done, value, axis=1)
                live, held, value = live[~done], held.keep(~done), np.compress(~done, value, axis=1)
                steep = np.compress(~done, steep, axis=1) if steep.shape[1] > 1 else steep
            if not live.size:
                break
        return *self._everywhere(settled, pins, scale), live

    def is_end(self, pins: Pins) -> bool:
        """Say whether nobody draws on what is removed, in any column."""
        return not pins.edge.size and bool(np.all(self._row[pins.node] < 0))

    def _inside(self, pins: Pins) -> Pins:
        """Keep the pins that touch nodes that supply somebody."""
        node = self._row[pins.node] >= 0
        edge = self._place[self.frame.group[pins.edge]] >= 0
        return Pins(
            pins.width, pins.node[node], pins.node_column[node], pins.edge[edge], pins.edge_column[edge]
        )

    def _everywhere(self, settled: Floats, pins: Pins, scale: Floats) -> tuple[Floats, Floats]:
        """Give losses of all nodes and groups from those of the nodes that supply somebody."""
        short = self._passing @ settled + self.frame.stopped[:, None]
        self._add_edges(short, settled, pins, np.arange(len(short)))
        loss = np.clip(self.frame.worst(scale * short), 0.0, 1.0)
        loss[pins.node, pins.node_column] = 1.0
        return loss, short

    def _add_edges(self, short: Floats, value: Floats, pins: Pins, place: Indices) -> None:
        """Add what removed edges no longer deliver, beyond what their suppliers had lost anyway."""
        if pins.edge.size:
            delivered = 1.0 - value[self._row[self.frame.source[pins.edge]], pins.edge_column]
            row = place[self.frame.group[pins.edge]]
            np.add.at(short, (row, pins.edge_column), self.frame.passing[pins.edge] * delivered)


class Filling:
    """Lets spare capacity fill losses in columns, as `substitution.substitute` does for one.

    Losses of activities are added up over markets (good, class and country of the buyer), spare capacity over
    origins (good, country of the seller); a table says which origin reaches which market.
    """

    def __init__(self, frame: Frame, routes: RouteFactors, options: ShockOptions) -> None:
        network = frame.network
        self._need = np.where(network.kind[frame.node] == NodeKind.ACTIVITY, network.need, 0.0)
        able = (network.kind == NodeKind.ACTIVITY) & ~network.is_project & (network.spare > 0.0)
        self._seller = np.flatnonzero(able)
        self._spare = (network.spare * network.output)[able, None]
        buyers = np.flatnonzero(self._need > 0.0)
        places = np.stack(
            [network.group_good, network.buyer_class[frame.node], network.country[frame.node]], axis=1
        )
        markets, market_of = np.unique(places[buyers], axis=0, return_inverse=True)
        makers = np.stack([network.good, network.country], axis=1)[able]
        origins, origin_of = np.unique(makers, axis=0, return_inverse=True)
        self._buyers, self._market_of = buyers, market_of.ravel()
        self._demand = _adder(self._market_of, buyers, (len(markets), len(frame.node)))
        self._supply = _adder(origin_of.ravel(), np.arange(len(makers)), (len(origins), len(makers)))
        self._reach = _reach(network.countries, routes, origins, markets)
        self._phi = options.per_good("phi", network)[markets[:, 0], None]

    def rho(self, loss: Floats, short: Floats, pins: Pins, groups: Sequence[Indices]) -> Floats:
        """Give the share of its loss that spare capacity fills, per group, (m, B).

        Parameters
        ----------
        loss, short
            As `Sweeper.solve` gives them without substitution.
        groups
            Input groups of the nodes removed in each column: they buy nothing.
        """
        lost = np.maximum(short, 0.0) * self._need[:, None]
        for column, removed in enumerate(groups):
            lost[removed, column] = 0.0
        demand = self._demand @ lost
        wanted = self._phi * demand
        supply = self._supply @ (self._spare * (1.0 - loss[self._seller]))
        offers = _ratio(supply, self._reach @ wanted)
        offered = wanted * (self._reach.T @ offers)
        filled = _ratio(np.minimum(wanted, offered), demand)
        rho = np.zeros_like(short)
        rho[self._buyers] = np.where(lost[self._buyers] > 0.0, filled[self._market_of], 0.0)
        return rho


def _columns(members: Sequence[Sequence[int]]) -> tuple[Indices, Indices]:
    """Join the members of all columns; say which column each belongs to."""
    sizes = [len(entry) for entry in members]
    joined = np.array([index for entry in members for index in entry], dtype=np.intp)
    return joined, np.repeat(np.arange(len(members)), sizes)


def _adder(row: Indices, column: Indices, shape: tuple[int, int]) -> csr_array:
    """Give the matrix that sums columns into rows."""
    return csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _reach(
    countries: Sequence[str],
    routes: RouteFactors,
    origins: npt.NDArray[np.int32],
    markets: npt.NDArray[np.int32],
) -> csr_array:
    """Say which origin (rows) serves which market (columns): the same good, by a fully open route."""
    rows, columns = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for good in np.unique(markets[:, 0]):
        sellers, buyers = np.flatnonzero(origins[:, 0] == good), np.flatnonzero(markets[:, 0] == good)
        is_open = reachable(routes, int(good), origins[sellers, 1], markets[buyers, 1:], len(countries))
        seller, buyer = np.nonzero(is_open)
        rows.append(sellers[seller])
        columns.append(buyers[buyer])
    return _adder(np.concatenate(rows), np.concatenate(columns), (len(origins), len(markets)))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Divide, giving 0 where there is nothing to divide by."""
    result: Floats = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0.0)
    return result
