"""Rank chokepoints: what the rest of the network loses without a producer, a group of them, or a delivery.

The loss is that of inputs in the static solution (`queries.propagation.removals`); gains of those who stand
in, lost orders and prices are no part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from chainshock.errors import UnknownName
from chainshock.graph.network.production import Evidence, Floats, NodeKind, ProductionNetwork
from chainshock.queries.dependence import dependence
from chainshock.queries.propagation.removals import Removal

__all__ = ["KINDS", "Chokepoint", "Score", "Scorer", "Stop", "assumed_shares", "chokepoints"]

KINDS = ("stages", "facilities", "companies", "countries", "nodes", "edges")
ROUNDING = 1e-12  # a share below this is none


@dataclass(frozen=True)
class Chokepoint:
    """Something that can be taken away: `key` tells it apart among those of its kind.

    The key is (good, country) for a stage, (id,) for a facility, company, country or node, and (edge, source,
    target) for an edge, the ends by id.
    """

    kind: str
    key: tuple[str, ...]
    removal: Removal


@dataclass(frozen=True)
class Stop:
    """An end use in a country, and the share of its output before the removal that is left."""

    end_use: str
    country: str
    left: float
    usd: float | None


@dataclass(frozen=True)
class Score:
    """What the rest of the network loses without a chokepoint.

    Attributes
    ----------
    loss, loss_usd
        End-use value lost, as a share of that of the rest and in USD per year; None where no value of the
        rest is known.
    company_loss, company_loss_usd
        The same of what companies sell, at their shares.
    worst, worst_loss
        The end use that loses the largest share of its output, in the rest of the world; None where none
        loses any.
    stops
        End uses in a country whose output falls below the threshold asked for.
    """

    loss: float
    loss_usd: float | None
    company_loss: float
    company_loss_usd: float | None
    worst: str | None
    worst_loss: float
    stops: tuple[Stop, ...]


def chokepoints(network: ProductionNetwork, kind: str) -> list[Chokepoint]:
    """List what can be taken away, in groups of a kind.

    `stages` are all makers of one good in one country, end uses apart; `facilities`, `companies` and
    `countries` all that each makes; `nodes` every producer, pool and unknown supplier; `edges` every edge.

    Raises
    ------
    UnknownName
        There is no such kind.
    """
    if kind == "nodes":
        return [Chokepoint("node", (network.ids[i],), Removal((i,))) for i in range(network.n)]
    if kind == "edges":
        ends = zip(network.edge_source.tolist(), network.edge_node.tolist(), strict=True)
        return [
            Chokepoint("edge", (str(e), network.ids[a], network.ids[b]), Removal((), (e,)))
            for e, (a, b) in enumerate(ends)
        ]
    if kind not in KINDS:
        raise UnknownName("kind of chokepoint", kind, KINDS)
    word = {"stages": "stage", "facilities": "facility", "companies": "company", "countries": "country"}[kind]
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in _producers(network):
        owners = network.entities[index]
        if word != "stage":
            for owner in owners.get(word, ()):
                members[owner,].append(index)
        elif "end-use" not in owners:
            place = network.countries[network.country[index]]
            members[network.goods[network.good[index]], place].append(index)
    return [Chokepoint(word, key, Removal(tuple(members[key]))) for key in sorted(members)]


def assumed_shares(network: ProductionNetwork, found: Sequence[Chokepoint]) -> list[float | None]:
    """Give the share of what draws on each chokepoint that rests on an assumption or on nothing.

    Deliveries are weighed by the end-use value that draws on them; None where none does.
    """
    value = Scorer(network, np.ones(network.n)).end_use_value
    _, carried = dependence(network, value / (value.sum() or 1.0))
    weak = carried * (network.evidence >= Evidence.ASSUMED)
    sold, sold_weak = (
        np.bincount(network.edge_source, weights=w, minlength=network.n) for w in (carried, weak)
    )
    shares: list[float | None] = []
    for entry in found:
        nodes, edges = list(entry.removal.nodes), list(entry.removal.edges)
        whole = float(sold[nodes].sum() + carried[edges].sum())
        part = float(sold_weak[nodes].sum() + weak[edges].sum())
        shares.append(part / whole if whole > ROUNDING else None)
    return shares


class Scorer:
    """Turns output after a removal into scores.

    Parameters
    ----------
    network
        The whole network.
    before
        Output before anything is removed, share of baseline, (n,).
    below
        Threshold of `Score.stops`: a share of the output before the removal; 0 lists nothing.
    """

    def __init__(self, network: ProductionNetwork, before: Floats, below: float = 0.0) -> None:
        self._before, self._below = before, below
        value = np.nan_to_num(network.value)
        uses: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        cells: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        stakes = np.zeros(network.n)
        for index in _producers(network):
            owners = network.entities[index]
            stakes[index] = sum(owners.get("company", {}).values())
            for use, share in owners.get("end-use", {}).items():
                uses[use,][index] = share
                cells[use, network.countries[network.country[index]]][index] = share
        is_use = np.zeros(network.n, dtype=bool)
        is_use[[index for nodes in uses.values() for index in nodes]] = True
        self.end_use_value: Floats = np.where(is_use, value, 0.0)
        self._totals = np.stack([self.end_use_value, value * stakes])
        self._uses, self._use_rows, _ = _rows(uses, network)
        self._cells, self._cell_rows, self._is_valued = _rows(cells, network)

    def scores(self, output: Floats, removals: Sequence[Removal]) -> Iterator[Score]:
        """Score one batch.

        Parameters
        ----------
        output
            Output after each removal, share of baseline, (n, B).
        removals
            The B removals: what they take away does not count as lost.
        """
        before = np.repeat(self._before[:, None], len(removals), axis=1)
        for column, removal in enumerate(removals):
            before[list(removal.nodes), column] = 0.0
        lost = np.where(before > 0.0, before - output, 0.0)
        totals, total_lost = self._totals @ before, self._totals @ lost
        shares = _share(total_lost, totals)
        use_shares = _share(self._use_rows @ lost, self._use_rows @ before)
        cell_before = self._cell_rows @ before
        cell_shares = _share(self._cell_rows @ lost, cell_before)
        for column in range(len(removals)):
            worst = int(np.argmax(use_shares[:, column])) if self._uses else -1
            most = float(use_shares[worst, column]) if self._uses else 0.0
            stopped = np.flatnonzero(1.0 - cell_shares[:, column] < self._below).tolist()
            yield Score(
                loss=float(shares[0, column]),
                loss_usd=float(total_lost[0, column]) if totals[0, column] > 0.0 else None,
                company_loss=float(shares[1, column]),
                company_loss_usd=float(total_lost[1, column]) if totals[1, column] > 0.0 else None,
                worst=self._uses[worst][0] if most > 0.0 else None,
                worst_loss=most,
                stops=tuple(self._stop(i, cell_shares[i, column], cell_before[i, column]) for i in stopped),
            )

    def _stop(self, cell: int, share: float, before: float) -> Stop:
        use, country = self._cells[cell]
        return Stop(
            use, country, float(1.0 - share), float(share * before) if self._is_valued[cell] else None
        )


def _producers(network: ProductionNetwork) -> Iterable[int]:
    """Give the nodes that make something, projects apart."""
    found: list[int] = np.flatnonzero((network.kind == NodeKind.ACTIVITY) & ~network.is_project).tolist()
    return found


def _rows(
    groups: dict[tuple[str, ...], dict[int, float]], network: ProductionNetwork
) -> tuple[list[tuple[str, ...]], csr_array, list[bool]]:
    """Weigh the nodes of each group by value, or alike where no value is known; say which is valued."""
    keys = sorted(groups)
    row, column, weight, valued = [], [], [], []
    for number, key in enumerate(keys):
        nodes = list(groups[key])
        share = np.array(list(groups[key].values()))
        value = np.nan_to_num(network.value[nodes]) * share
        valued.append(bool(value.sum() > 0.0))
        row += [number] * len(nodes)
        column += nodes
        weight += (value if valued[-1] else share / share.sum()).tolist()
    return keys, csr_array((weight, (row, column)), shape=(len(keys), network.n)), valued


def _share(part: Floats, whole: Floats) -> Floats:
    """Divide, giving 0 where nothing is left to lose or the loss is rounding."""
    share = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0.0)
    return np.where(np.abs(share) < ROUNDING, 0.0, share)
