"""Find the node that a person means by a name, a ticker or a code."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import networkx as nx

from chainshock.errors import AmbiguousName, UnknownName
from chainshock.graph.facts import Fact, NodeRef

__all__ = ["LABELS", "NameIndex", "fact_of", "facts_of", "other_names"]

# kind of ranking: label of its rows, word for one of them
LABELS = {
    "companies": "Company",
    "countries": "Country",
    "facilities": "Facility",
    "end-uses": "EndUse",
    "commodities": "Commodity",
}
CLOSE_MATCHES = 5
SHORTEST_WORD = 4  # letters; shorter words are alike by chance


class NameIndex:
    """Names of the nodes that can be ranked.

    Names are compared without regard to case and runs of blanks: first ids, tickers (`F`, `F.XNYS`), names,
    aliases, LEI and ISO codes alike, then the beginning of an id or a name where only one node has it.
    `Label:key` always names one node.

    Parameters
    ----------
    graph
        Graph of a date, as `KnowledgeGraph.at` gives it.
    labels
        Labels to look among.
    """

    def __init__(self, graph: nx.MultiDiGraph[NodeRef], labels: Iterable[str] = LABELS.values()) -> None:
        self._labels = tuple(labels)
        self._ids: dict[str, set[NodeRef]] = defaultdict(set)
        self._names: dict[str, set[NodeRef]] = defaultdict(set)
        self._titles: dict[NodeRef, str] = {}
        for node in graph:
            fact = fact_of(graph, node) if node.label in self._labels else None
            if fact is None:
                continue
            self._ids[_fold(node.key)].add(node)
            self._ids[_fold(str(node))].add(node)
            self._titles[node] = str(fact.properties.get("name", node.key))
            for name in other_names(fact):
                self._names[_fold(name)].add(node)

    def title(self, node: NodeRef) -> str:
        """Give the usual name of a node, its key where it has none."""
        return self._titles.get(node, node.key)

    def find(self, text: str) -> NodeRef:
        """Find the one node that a text names.

        Raises
        ------
        AmbiguousName
            Several nodes answer to it; `known` lists them as `Label:key`.
        UnknownName
            None does; `known` lists names that look alike.
        """
        wanted = _fold(text)
        exact = self._ids.get(wanted, set()) | self._names.get(wanted, set())
        for matches in (exact, self._beginning(wanted)):
            if matches:
                if len(matches) > 1:
                    raise AmbiguousName(self._kind(), text, tuple(sorted(map(str, matches))))
                return next(iter(matches))
        raise UnknownName(self._kind(), text, self._alike(wanted))

    def _kind(self) -> str:
        return " or ".join("end use" if label == "EndUse" else label.lower() for label in self._labels)

    def _beginning(self, wanted: str) -> set[NodeRef]:
        if not wanted:
            return set()
        return {
            node
            for table in (self._ids, self._names)
            for name, nodes in table.items()
            if name.startswith(wanted)
            for node in nodes
        }

    def _alike(self, wanted: str) -> tuple[str, ...]:
        """Give the keys of nodes whose name, or a word of it, is spelled much like the one wanted."""
        known: dict[str, set[NodeRef]] = defaultdict(set)
        for table in (self._names, self._ids):
            for name, nodes in table.items():
                for word in {name, *(part for part in name.split() if len(part) >= SHORTEST_WORD)}:
                    known[word].update(nodes)
        close = difflib.get_close_matches(wanted, list(known), CLOSE_MATCHES, 0.7)
        keys = [node.key for name in close for node in sorted(known[name])]
        return tuple(dict.fromkeys(keys))


def fact_of(graph: nx.MultiDiGraph[NodeRef], node: NodeRef) -> Fact | None:
    """Give the fact that describes a node of a graph; None where there is none."""
    data: Mapping[str, Any] = graph.nodes.get(node, {})
    return data.get("fact")


def facts_of(graph: nx.MultiDiGraph[NodeRef]) -> Iterator[Fact]:
    """Give all facts of a graph, of nodes and of relationships."""
    yield from (fact for node in graph if (fact := fact_of(graph, node)) is not None)
    edges: Iterable[tuple[NodeRef, NodeRef, Mapping[str, Any]]] = graph.edges(data=True)
    yield from (data["fact"] for _, _, data in edges)


def other_names(fact: Fact) -> Iterator[str]:
    """Give what a node is called beside its key: name, codes, aliases, tickers with and without market."""
    properties = fact.properties
    for name in ("name", "iso2", "isin", "lei"):
        if properties.get(name):
            yield str(properties[name])
    for name in ("aliases", "other_listings"):
        values = properties.get(name)
        if isinstance(values, tuple):
            for value in values:
                yield value
                if name == "other_listings":
                    yield value.rpartition(".")[0] or value
    if properties.get("ticker"):
        yield str(properties["ticker"])
        if properties.get("mic"):
            yield f"{properties['ticker']}.{properties['mic']}"


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
