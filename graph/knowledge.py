"""Tell what is known at a date: of many vintages of facts, the ones to go by.

Of the vintages of one subject the greatest by `Fact.precedence` wins; the others stay visible through
`KnowledgeGraph.vintages`. docs/explanation/vintages.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Literal

from chainshock.graph.facts import Fact, NodeRef

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["KnowledgeGraph", "Known"]

Known = Literal["known", "latest", "policy-known"]
POLICY = frozenset({"Measure", "IMPOSED_BY", "RESTRICTS", "TARGETS"})  # what "policy-known" holds to the date


class KnowledgeGraph:
    """Facts of all vintages, and the graph that they make at a date.

    Parameters
    ----------
    facts
        Facts of any origin, in any order; the result does not depend on it.

    Examples
    --------
    >>> from chainshock.graph.facts import Fact, NodeRef, Provenance
    >>> old, new = (Provenance(("usgs",), date(2024, 12, 31), date(y, 1, 31), "A") for y in (2025, 2026))
    >>> ga = NodeRef("Element", "Ga")
    >>> facts = [Fact("Element", ga, None, {"name": n}, p) for n, p in (("gallium", old), ("Gallium", new))]
    >>> knowledge = KnowledgeGraph(facts)
    >>> [knowledge.at(date(year, 6, 30)).nodes[ga]["fact"].properties["name"] for year in (2025, 2026)]
    ['gallium', 'Gallium']
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        by_subject: dict[tuple[object, ...], list[Fact]] = {}
        for fact in facts:
            by_subject.setdefault(fact.subject, []).append(fact)
        for vintages in by_subject.values():
            if len(vintages) > 1:
                vintages.sort(key=lambda fact: (fact.precedence, fact.origin), reverse=True)
        self._vintages = by_subject

    def at(self, at: date, known: Known = "known") -> nx.MultiDiGraph[NodeRef]:
        """Give the graph of the facts that hold at a date.

        Parameters
        ----------
        at
            The date; facts whose life does not cover it are left out.
        known
            `known`: only facts public by then. `latest`: everything known today about that date.
            `policy-known`: the same, but acts of policy as they stood then, so that no end or suspension
            decided later is foreseen; one that nobody had published yet is as it was first published.

        Returns
        -------
        networkx.MultiDiGraph
            Nodes are `NodeRef`, with the node fact as attribute `fact` (absent from a node that only
            relationships mention); edges have attribute `fact` and the fact's id as key. Nodes and edges
            come in an order that does not depend on the load.
        """
        import networkx as nx  # noqa: PLC0415 - costs 0.1 s and more, wanted only here

        picked = self.winners(at, known)
        graph: nx.MultiDiGraph[NodeRef] = nx.MultiDiGraph()
        graph.add_nodes_from(
            (fact.source, {"fact": fact})
            for fact in sorted((f for f in picked if f.target is None), key=lambda f: f.source)
        )
        edges = [(f.name, f.source, f.target, f.id, f) for f in picked if f.target is not None]
        edges.sort(key=lambda edge: edge[:4])
        for _, source, target, key, fact in edges:
            graph.add_edge(source, target, key, fact=fact)
        return graph

    def winners(self, at: date, known: Known = "known") -> list[Fact]:
        """Give the facts that hold at a date, as `at` does, in no order."""
        return [
            fact for vintages in self._vintages.values() if (fact := _choose(vintages, at, known)) is not None
        ]

    def vintages(self, subject: tuple[object, ...]) -> list[Fact]:
        """Give all facts on one subject (`Fact.subject`), the winner first; none if there are none."""
        return list(self._vintages.get(subject, ()))

    def all(self, name: str) -> list[Fact]:
        """Give all facts of one label or relationship, all vintages, by ends and then winners first."""
        groups = [v for v in self._vintages.values() if v[0].name == name]
        groups.sort(key=lambda v: (v[0].source, v[0].target or (), v[0].id))
        return [fact for vintages in groups for fact in vintages]


def _choose(vintages: list[Fact], at: date, known: Known) -> Fact | None:
    """Pick the winner at a date among vintages; see `KnowledgeGraph.at`."""
    if known != "policy-known" or vintages[0].name not in POLICY:
        return _pick(vintages, at, "known" if known == "known" else "latest")
    first = min(fact.provenance.known_from for fact in vintages)
    return _pick([fact for fact in vintages if fact.provenance.known_from <= max(at, first)], at, "latest")


def _pick(vintages: list[Fact], at: date, known: Known) -> Fact | None:
    """Pick the winner at a date among vintages, greatest first.

    A vintage whose life has not begun yet leaves the date to the ones before it. One whose life is over
    closes the subject: an earlier vintage with no life of its own after that end does not come back.
    """
    closed: date | None = None
    for fact in vintages:
        said = fact.provenance
        if known == "known" and said.known_from > at:
            continue
        if said.valid_to is not None and said.valid_to < at:
            closed = said.valid_to if closed is None else max(closed, said.valid_to)
        elif said.holds_at(at) and (
            closed is None or (said.valid_from is not None and said.valid_from > closed)
        ):
            return fact
    return None
