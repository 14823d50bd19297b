"""Say how old the word of each source is, and what of a network rests on it.

A delivery that rests on facts of two sources counts for both, so shares of different sources do not add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import splu

from chainshock.graph.coverage import TINY, supplies
from chainshock.graph.facts import Fact
from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork

__all__ = ["STALE_AFTER", "Reliance", "reliance_on_origins", "reliance_on_sources"]

LEAK = 1e-12  # keeps rings of pools that no producer feeds solvable
STALE_AFTER = timedelta(days=365)  # from the date that a fact describes

Uses = Mapping[str, Iterable[str]]  # names that a fact counts for, by the fact's id


@dataclass(frozen=True)
class Reliance:
    """What rests on one source or data set at a date.

    Attributes
    ----------
    facts
        Facts that hold at the date, the best of each subject.
    stale
        Those of them that describe a date more than a year earlier.
    known_from
        Publication of the latest of them.
    edges
        Deliveries of the network that one of them states.
    supply
        Share of what buyers draw that rests on it, goods weighing equally.
    companies
        Companies with an activity in the network that rests on one of them.
    value
        Share of the baseline value of all companies' activities that theirs is.
    """

    name: str
    facts: int = 0
    stale: int = 0
    known_from: date | None = None
    edges: int = 0
    supply: float = 0.0
    companies: int = 0
    value: float = 0.0


def reliance_on_sources(network: ProductionNetwork, facts: Sequence[Fact], at: date) -> dict[str, Reliance]:
    """Give what rests on each source that facts name, by the id of its Source node.

    Parameters
    ----------
    network
        Compiled from `facts`.
    facts
        Those that hold at the date, one of each subject.
    at
        The date; nothing is read off a clock.
    """
    return _reliance(network, facts, {fact.id: fact.provenance.sources for fact in facts}, at)


def reliance_on_origins(network: ProductionNetwork, facts: Sequence[Fact], at: date) -> dict[str, Reliance]:
    """Give what rests on each data set, by its name; see `reliance_on_sources`."""
    return _reliance(network, facts, {fact.id: (fact.origin,) for fact in facts}, at)


def _reliance(network: ProductionNetwork, facts: Sequence[Fact], uses: Uses, at: date) -> dict[str, Reliance]:
    count, stale = Counter[str](), Counter[str]()
    latest: dict[str, date] = {}
    for fact in facts:
        said = fact.provenance
        for name in uses[fact.id]:
            count[name] += 1
            stale[name] += at - said.as_of > STALE_AFTER
            latest[name] = max(said.known_from, latest.get(name, said.known_from))
    names = sorted(count)
    column = {name: index for index, name in enumerate(names)}
    edges = _marks(network.edge_facts, uses, column)
    supply = _supply(network, edges)
    companies, value = _companies(network, _marks(network.node_facts, uses, column))
    return {
        name: Reliance(
            name,
            count[name],
            stale[name],
            latest[name],
            int(edges[:, [index]].sum()),
            float(supply[index]),
            companies[index],
            float(value[index]),
        )
        for name, index in column.items()
    }


def _marks(facts: Sequence[Iterable[str]], uses: Uses, column: Mapping[str, int]) -> csr_array:
    """Mark which names each row's facts count for; parameters, which stand among the ids, count for none."""
    pairs = {
        (row, column[name]) for row, ids in enumerate(facts) for fact in ids for name in uses.get(fact, ())
    }
    rows, columns = zip(*sorted(pairs), strict=True) if pairs else ((), ())
    return csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(facts), len(column)))


def _supply(network: ProductionNetwork, marks: csr_array) -> Floats:
    """Give the share of what buyers draw that rests on each name, goods weighing equally.

    A delivery from another country's pool that no fact states rests on what that pool's deliveries rest on:
    r_pool = Σ_e w_e m_e, with m_e the marks of e, or r of the pool that e comes from where it has none.
    """
    pools = network.kind == NodeKind.POOL
    bare = (np.diff(marks.indptr) == 0) & pools[network.edge_source]
    into = pools[network.edge_node]
    weight = np.where(into, network.weight, 0.0)
    shape = (network.n, len(weight))
    places = (network.edge_node, np.arange(len(weight)))
    stated = csr_array((weight * ~bare, places), shape=shape) @ marks
    onward = weight * bare * (1.0 - LEAK)
    passed = csc_array((onward, (network.edge_node, network.edge_source)), shape=(network.n, network.n))
    of_pool = splu((eye_array(network.n, format="csc") - passed).tocsc()).solve(stated.toarray())
    drawn, size = supplies(network)
    rests = np.where(bare[drawn, None], of_pool[network.edge_source[drawn]], marks[drawn].toarray())
    good = network.good[network.edge_source[drawn]]
    total = np.bincount(good, weights=size, minlength=len(network.goods))
    by_good = csr_array((size, (good, np.arange(len(size)))), shape=(len(total), len(size))) @ rests
    traded = total > TINY * max(1, len(weight))
    share: Floats = (by_good[traded] / total[traded, None]).sum(axis=0) / max(1, int(traded.sum()))
    return share


def _companies(network: ProductionNetwork, marks: csr_array) -> tuple[list[int], Floats]:
    """Count the companies by name, and give the share of the value of all companies' activities."""
    found: list[set[str]] = [set() for _ in range(marks.shape[1])]
    value = np.nan_to_num(network.value)
    owned = np.array(["company" in owner for owner in network.entities], dtype=np.bool_)
    for node in np.flatnonzero(owned):
        for index in marks.indices[marks.indptr[node] : marks.indptr[node + 1]]:
            found[index].update(network.entities[node]["company"])
    worth = np.where(owned, value, 0.0) if owned.size else np.zeros(network.n)
    share: Floats = (worth @ marks) / (worth.sum() or 1.0)
    return [len(companies) for companies in found], share
