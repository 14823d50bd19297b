"""Say who the users of a cut are, and tell its members in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Evidence, Floats, NodeKind, ProductionNetwork
from chainshock.queries.cuts import Cut, CutMember
from chainshock.queries.origin_tables import CutRow
from chainshock.queries.ranking import without_brackets
from chainshock.telling import EVIDENCE, Teller

__all__ = ["cut_rows", "sum_by_stage", "weigh_users"]

KIND_WORDS = {NodeKind.ACTIVITY: "producer", NodeKind.POOL: "pool", NodeKind.UNKNOWN: "unknown supplier"}
WEAKEST = "C"


def weigh_users(network: ProductionNetwork, use: str, origin: str, place: str | None) -> Floats:
    """Weigh the makers of an end use by value, or alike where none is known, summing to 1, (n,).

    Parameters
    ----------
    use
        Id of the end use.
    origin
        Country whose own makers are left out where no place is given.
    place
        Country of the makers; everywhere outside the origin where None.

    Raises
    ------
    QueryError
        Nobody there makes it.
    """
    where = np.array(network.countries)[network.country]
    chosen = np.array([use in owners.get("end-use", {}) for owners in network.entities]) & ~network.is_project
    chosen &= (where != origin) if place is None else (where == place)
    if not chosen.any():
        there = f"outside {origin}" if place is None else f"in {place}"
        raise QueryError(f"found nobody who makes {use} {there}, expected some")
    value = np.where(chosen, np.nan_to_num(network.value), 0.0)
    weight = value if value.any() else chosen.astype(np.float64)
    shares: Floats = weight / weight.sum()
    return shares


def cut_rows(teller: Teller, cut: Cut) -> tuple[CutRow, ...]:
    """Tell the members of a cut, largest share first."""
    return tuple(_row(teller, rank, member) for rank, member in enumerate(cut.members, 1))


def sum_by_stage(rows: Iterable[CutRow]) -> dict[str, dict[str, float]]:
    """Sum shares up by name of the good and country, largest first."""
    sums: dict[str, dict[str, float]] = {}
    for row in rows:
        of_good = sums.setdefault(row.good_name, {})
        of_good[row.country] = of_good.get(row.country, 0.0) + row.share
    return {name: dict(sorted(sums[name].items(), key=lambda item: -item[1])) for name in sorted(sums)}


def _row(teller: Teller, rank: int, member: CutMember) -> CutRow:
    network = teller.shock.network
    source, target = member.source, member.target
    good = network.goods[network.good[source]]
    if target is None:
        ident, name = network.ids[source], teller.node(source)
        facts = network.node_facts[source]
        grades = [str(teller.fact(key).get("confidence", WEAKEST)) for key in facts]
        evidence = f"facts of confidence {max(grades)}" if grades else "what feeds it"
    else:
        ident, name = f"{network.ids[source]} -> {network.ids[target]}", teller.delivery(source, target)
        facts = tuple(dict.fromkeys(key for edge in member.edges for key in network.edge_facts[edge]))
        evidence = EVIDENCE[Evidence(network.evidence[list(member.edges)].max())]
    return CutRow(
        rank=rank,
        id=ident,
        name=name,
        kind=KIND_WORDS[NodeKind(network.kind[source])] if target is None else "delivery",
        good=good,
        good_name=without_brackets(teller.good(good)),
        country=network.countries[network.country[source]],
        source=network.ids[source],
        target=None if target is None else network.ids[target],
        share=member.share,
        evidence=evidence,
        facts=facts,
    )
