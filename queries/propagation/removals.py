"""Take producers or edges out of a network and find what the rest loses.

`without` takes one removal out, for any static solution; `solve_removals` answers many, in batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.columns import Filling, Mask, Pins, Sweeper
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.sweeps import Frame, lost_input

__all__ = ["COLUMNS", "Removal", "solve_removals", "without"]

COLUMNS = 16  # of a batch; wider ones fall out of the cache


@dataclass(frozen=True)
class Removal:
    """Nodes that deliver nothing and buy nothing, and edges that carry nothing, by index."""

    nodes: tuple[int, ...] = ()
    edges: tuple[int, ...] = ()


def without(network: ProductionNetwork, factor: Floats, removal: Removal) -> tuple[ProductionNetwork, Floats]:
    """Take a removal out of a network: its nodes have no spare capacity and no need, its edges factor 0.

    Parameters
    ----------
    factor
        a_e of every edge, (k,).

    Returns
    -------
    tuple
        The network and the factors to give to `static.solve`. Nodes and edges keep their numbers; what the
        solution says of removed nodes means nothing.
    """
    gone = np.zeros(network.n, dtype=bool)
    gone[list(removal.nodes)] = True
    stopped = gone[network.edge_source]
    stopped[list(removal.edges)] = True
    rest = replace(
        network,
        spare=np.where(gone, 0.0, network.spare),
        need=np.where(gone[network.group_node], 0.0, network.need),
    )
    return rest, np.where(stopped, 0.0, factor)


def solve_removals(
    network: ProductionNetwork,
    factor: Floats,
    routes: RouteFactors,
    options: ShockOptions,
    removals: Sequence[Removal],
    *,
    columns: int = COLUMNS,
) -> Iterator[tuple[int, Floats]]:
    """Find the output that inputs leave after each removal.

    The same as `static.solve` of what `without` gives, removal by removal, in batches: inputs are swept,
    spare capacity fills part of what is lost, inputs are swept once more. A column that sweeps settle too
    slowly is finished by itself.

    Parameters
    ----------
    factor
        a_e of every edge before anything is removed, (k,).
    routes, options
        As for `static.solve`; rationing must be proportional.
    columns
        Removals of one batch.

    Yields
    ------
    tuple
        Number of the batch's first removal, and the output x of every node, share of baseline, (n, batch);
        0 at removed nodes.

    Raises
    ------
    QueryError
        Rationing is not proportional.
    """
    if options.rationing != "proportional":
        raise QueryError(
            f"found rationing {options.rationing!r}, expected 'proportional' where things are removed"
        )
    frame = Frame(network, np.clip(np.asarray(factor, dtype=np.float64), 0.0, options.r_max))
    batches = _Batches(frame, routes, options)
    for first in range(0, len(removals), columns):
        yield first, 1.0 - batches.losses(removals[first : first + columns])


class _Batches:
    """Solves one batch after the other on the same arrays."""

    def __init__(self, frame: Frame, routes: RouteFactors, options: ShockOptions) -> None:
        self._frame, self._options = frame, options
        self._sweeper = Sweeper(frame, options.tolerance)
        self._filling = Filling(frame, routes, options) if options.substitution == "capacity" else None
        self._groups = np.searchsorted(frame.node, np.arange(frame.network.n + 1))
        self._is_whole = not frame.stopped.any()

    def losses(self, removals: Sequence[Removal]) -> Floats:
        """Give the loss of every node in every column, (n, B)."""
        pins = Pins.of([r.nodes for r in removals], [r.edges for r in removals])
        if self._is_whole and self._sweeper.is_end(pins):
            loss = np.zeros((self._frame.network.n, pins.width))
            loss[pins.node, pins.node_column] = 1.0
            return loss
        kappa = self._frame.network.kappa[:, None]
        loss, short = self._solve(removals, pins, kappa, None)
        if self._filling is None:
            return loss
        rho = self._filling.rho(loss, short, pins, [self._bought(r) for r in removals])
        again: Mask = np.any(rho, axis=0)
        if again.any():
            kept = 1.0 - np.compress(again, rho, axis=1)
            chosen = [r for r, is_chosen in zip(removals, again, strict=True) if is_chosen]
            loss[:, again] = self._solve(chosen, pins.keep(again), kappa * kept, kept)[0]
        return loss

    def _solve(
        self, removals: Sequence[Removal], pins: Pins, scale: Floats, kept: Floats | None
    ) -> tuple[Floats, Floats]:
        """Sweep a batch; finish columns that are still moving by the solution of a single shock."""
        loss, short, moving = self._sweeper.solve(pins, scale)
        for column in moving.tolist():
            network, factor = without(self._frame.network, self._frame.factor, removals[column])
            share = np.ones(len(short)) if kept is None else kept[:, column]
            frame, options = Frame(network, factor), self._options
            alone, missing, _, _ = lost_input(frame, share, None, options.tolerance, options.max_sweeps)
            loss[:, column], short[:, column] = alone, missing
            loss[list(removals[column].nodes), column] = 1.0
        return loss, short

    def _bought(self, removal: Removal) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Give the input groups of the nodes that a removal takes out."""
        parts = [np.arange(self._groups[node], self._groups[node + 1]) for node in removal.nodes]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
