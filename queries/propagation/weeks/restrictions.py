"""Say what measures stop in each week and slice of a march, edge by edge and measure by measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.march import Limit, March

__all__ = ["Restrictions", "measure_shares"]


class Restrictions:
    """Factors a_e of a march, kept for the edges that measures reach."""

    def __init__(self, run: March) -> None:
        self._run, self._weeks = run, run.rules.weeks
        self._limits = run.rules.limits
        reached = [limit.edges for limit in self._limits]
        self._reached = np.unique(np.concatenate([np.zeros(0, dtype=np.intp), *reached]))
        self._row = np.full(len(run.weight), len(self._reached))
        self._row[self._reached] = np.arange(len(self._reached))

    def factor(self, edges: Indices, week: int) -> Floats:
        """Give a_e of some edges for what arrives in a week, (edges, S)."""
        result: Floats = self._factors[self._row[edges], week]
        return result

    def factors(self, edges: Indices) -> Floats:
        """Give a_e of some edges in all weeks, (edges, T, S)."""
        result: Floats = self._factors[self._row[edges]]
        return result

    def by_limit(self, week: int) -> list[Floats]:
        """Give what each limit stops of its edges in a week, its share of 1 - a_e, (r, S)."""
        return self._by_limit[week]

    @cached_property
    def _factors(self) -> Floats:
        """Factors of the edges reached, and a last row of ones for all others, (edges + 1, T, S)."""
        result = np.ones((len(self._reached) + 1, self._weeks, self._run.slices.count))
        for week in range(self._weeks):
            result[:-1, week] = self._run.factor(week)[self._reached]
        return result

    @cached_property
    def _by_limit(self) -> list[list[Floats]]:
        return [
            [
                (1.0 - self.factor(limit.edges, week)) * share
                for limit, share in zip(self._limits, self._shares(week), strict=True)
            ]
            for week in range(self._weeks)
        ]

    def _shares(self, week: int) -> Iterator[Floats]:
        return measure_shares(self._limits, list(self._run.cuts(week)), len(self._run.weight))


def measure_shares(limits: Sequence[Limit], cuts: Sequence[Floats], edges: int) -> Iterator[Floats]:
    """Split what is stopped over measures, by -log of what each lets through; who stop all share alike.

    Parameters
    ----------
    cuts
        Share that each limit stops, (r, columns).
    edges
        Count of edges.

    Yields
    ------
    numpy.ndarray
        Share of each limit in what is stopped on its edges, (r, columns).
    """
    columns = cuts[0].shape[1] if cuts else 0
    logs, stops = np.zeros((2, edges, columns))
    each = [-np.log1p(-np.where(cut < 1.0, cut, 0.0)) for cut in cuts]
    for limit, cut, log in zip(limits, cuts, each, strict=True):
        stops[limit.edges] += cut >= 1.0
        logs[limit.edges] += log
    for limit, cut, log in zip(limits, cuts, each, strict=True):
        stop, total = stops[limit.edges], logs[limit.edges]
        partly = np.divide(log, total, out=np.zeros_like(log), where=(stop == 0.0) & (total != 0.0))
        yield np.where(stop > 0.0, (cut >= 1.0) / np.maximum(stop, 1.0), partly)
