"""Write the graph at a date as GraphML, for Gephi, yEd, Cytoscape, igraph and networkx.

GraphML holds texts and numbers only: lists become texts joined by ";", dates and truth values become texts,
blanks are left out, and characters that XML forbids are taken out of texts and escaped in node ids.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.graph.exports.base import Content, facts_in, open_whole, provenance_of
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import read_schema
from chainshock.graph.stores.base import View

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["GraphML"]

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LINE_END = re.compile("\r\n?")
UNSAFE_IN_ID = re.compile("[%\t\n\r]|" + FORBIDDEN.pattern)

Flat = str | int | float


class GraphML:
    """One state of the graph: nodes and relationships with their properties and provenance."""

    name = "graphml"
    summary = "GraphML, the graph at a date, as UTF-8"

    def write(self, content: Content, destination: str | Path) -> int:
        """Write the graph; see `Exporter.write`."""
        import networkx as nx  # noqa: PLC0415 - wanted only here

        if isinstance(content, View):
            raise QueryError("GraphML: found a store with all vintages, expected the graph at one date")
        graph = _flat_graph(content)
        with open_whole(destination) as file:
            nx.write_graphml_xml(graph, file)
        return len(facts_in(content))


def _flat_graph(graph: nx.MultiDiGraph[NodeRef]) -> nx.MultiDiGraph[str]:
    import networkx as nx  # noqa: PLC0415 - wanted only here

    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for ref in sorted(graph):
        flat.add_node(_id(ref), label=_text(ref.label), key=_text(ref.key))
    for fact in facts_in(graph):
        if fact.target is None:
            flat.nodes[_id(fact.source)].update(_attributes(fact))
        else:
            ends = (_id(fact.source), _id(fact.target))
            key = flat.add_edge(*ends, fact.id, relationship=fact.name)
            flat.edges[*ends, key].update(_attributes(fact))
    return flat


def _attributes(fact: Fact) -> dict[str, Flat]:
    """Give properties and provenance as GraphML can hold them."""
    types = read_schema().properties(fact.name)
    values = {
        name: float(value) if types[name].type == "number" and isinstance(value, int) else value
        for name, value in sorted(fact.properties.items())
    }
    return {name: _flat(value) for name, value in (values | provenance_of(fact)).items() if value is not None}


def _flat(value: str | float | date | tuple[str, ...]) -> Flat:
    if isinstance(value, bool):
        return "true" if value else "false"  # networkx writes "True", which XML Schema does not allow
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return _text(";".join(value))
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return FORBIDDEN.sub("", LINE_END.sub("\n", value))


def _id(ref: NodeRef) -> str:
    """Name a node so that two nodes never share a name: unsafe characters become %HEX."""
    return UNSAFE_IN_ID.sub(lambda found: f"%{ord(found[0]):02X}", str(ref))
