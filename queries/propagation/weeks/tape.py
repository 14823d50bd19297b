"""Note on which branch every slice stands in every week of a march, so that it can be run backwards.

The march is piecewise linear. Which piece is active takes one bit for an edge and eight for a group, per
slice and week: who limits a delivery, what an order is, whether deliveries were lost and who served them,
which input binds, whether stock is carried over. Where scarce goods are rationed by rank, the share of the
supplier's loss that each buyer bears is kept as well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats
from chainshock.queries.propagation.sweeps import Indices

__all__ = [
    "BINDS",
    "CARRIED",
    "LOST",
    "ORDER",
    "ORDER_AT_CAP",
    "ORDER_BELOW",
    "ORDER_NONE",
    "ORDER_REFILL",
    "SATED",
    "SERVED",
    "SERVED_IN_PART",
    "Codes",
    "Marks",
    "Tape",
]

Codes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]

ROUNDING = 1e-13  # a difference below this is none: a slice at a kink stands on the branch of no loss

# what a group orders, the two low bits: 1 + d / tau >= 1, r_max, 1 + d / tau < 1, nothing
ORDER = 0b11
ORDER_REFILL, ORDER_AT_CAP, ORDER_BELOW, ORDER_NONE = range(4)
SATED = 0b100  # gets what it orders
LOST = 0b1000  # gets less than what it needs
SERVED = 0b10000  # new suppliers deliver all of that
SERVED_IN_PART = 0b100000  # the last firm that new suppliers reach
BINDS = 0b1000000  # holds its node's output below baseline
CARRIED = 0b10000000  # what is not used goes to next week's stock; else there is nothing left


class Tape:
    """Branches of a march: groups m, edges k, slices S, weeks T."""

    def __init__(self, weeks: int, groups: int, edges: int, slices: int) -> None:
        self.slices = slices
        self._groups = np.zeros((weeks, groups, slices), dtype=np.uint8)
        self._edges = np.zeros((weeks, edges, (slices + 7) // 8), dtype=np.uint8)
        self._passed: list[list[tuple[Indices, Floats]]] = [[] for _ in range(weeks)]

    @property
    def weeks(self) -> int:
        """Number of weeks recorded."""
        return len(self._groups)

    def groups(self, week: int, rows: Indices) -> Codes:
        """Give the codes of some groups in a week, (rows, S)."""
        codes: Codes = self._groups[week, rows]
        return codes

    def limited(self, week: int, rows: Indices) -> Marks:
        """Say where the supplier or a measure limits what an edge brings, (rows, S)."""
        bits = np.unpackbits(self._edges[week, rows], axis=1, count=self.slices)
        return bits.view(np.bool_)

    def passed(self, week: int, edges: Indices) -> Floats:
        """Give the share of its supplier's loss of a week that each edge bears, (rows, S)."""
        if not self._passed[week]:
            return np.broadcast_to(1.0, (len(edges), self.slices))
        result = np.ones((len(edges), self.slices))
        for rationed, share in self._passed[week]:
            place = np.searchsorted(rationed, edges)
            place[place == len(rationed)] = 0
            here = np.flatnonzero(rationed[place] == edges)
            result[here] = share[place[here]]
        return result

    def ration(self, week: int, edges: Indices, lost: Floats, loss: Floats) -> None:
        """Record what each edge loses of its order, of a loss of its supplier, (rows, S)."""
        if len(edges):
            order = np.argsort(edges)
            share = np.divide(lost, loss, out=np.ones_like(lost), where=loss > 0.0)
            self._passed[week].append((edges[order], share[order]))

    def order(self, week: int, wanted: Floats, r_max: float) -> None:
        """Record what groups order, from 1 + (S* - S) / tau before it is clipped, (m, S)."""
        kind = np.full(wanted.shape, ORDER_BELOW, dtype=np.uint8)
        kind[wanted >= 1.0 - ROUNDING] = ORDER_REFILL
        kind[wanted >= r_max] = ORDER_AT_CAP
        kind[wanted <= 0.0] = ORDER_NONE
        self._groups[week] = kind

    def deliver(self, week: int, groups: Indices, edges: Indices, limited: Marks, sated: Marks) -> None:
        """Record which edges bring less than what is asked (edges, S), which groups get what they order."""
        self._edges[week, edges] = np.packbits(limited, axis=1)
        self._add(week, groups, SATED, sated)

    def lose(self, week: int, groups: Indices, lost: Floats, served: Floats) -> None:
        """Record what was not delivered, and whether new suppliers served it, (groups, S)."""
        self._add(week, groups, LOST, lost > ROUNDING)
        if served.any():
            self._add(week, groups, SERVED, (served > 0.0) & (served >= lost))
            self._add(week, groups, SERVED_IN_PART, (served > 0.0) & (served < lost))

    def bind(self, week: int, groups: Indices, node: Indices, loss: Floats) -> None:
        """Record the first group of each node with the largest loss (groups, S); `node` is sorted."""
        starts = np.flatnonzero(np.diff(node, prepend=-1))
        sizes = np.diff(np.append(starts, len(node)))
        worst = np.repeat(np.maximum.reduceat(loss, starts, axis=0), sizes, axis=0)
        hit = (loss > ROUNDING) & (loss >= worst)
        count = np.cumsum(hit, axis=0, dtype=np.int32)
        before = np.repeat(count[starts] - hit[starts], sizes, axis=0)
        self._add(week, groups, BINDS, hit & (count - before == 1))

    def carry(self, week: int, left: Floats) -> None:
        """Record whose stock carries over, from what there is less what is used, (m, S)."""
        self._groups[week] |= np.where(left >= -ROUNDING, CARRIED, 0).astype(np.uint8)

    def _add(self, week: int, groups: Indices, code: int, where: Marks) -> None:
        self._groups[week, groups] |= np.where(where, code, 0).astype(np.uint8)
