"""Say in which column of a picture a good or an end use stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainshock.graph.facts import NodeRef
from chainshock.queries.names import fact_of

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["COMPANY", "CONCENTRATE", "END_USE", "MINE", "STAGES", "stage_of"]

# id on the command line: heading of the column
STAGES = {
    "mine": "Mine",
    "concentrate": "Concentrate",
    "separation": "Separation",
    "metal": "Metal and alloy",
    "magnet": "Magnet",
    "component": "Component",
    "end-use": "End use",
    "company": "Company",
}
MINE, CONCENTRATE, SEPARATION, METAL, MAGNET, COMPONENT, END_USE, COMPANY = range(8)
_COLUMN = {
    "ore": CONCENTRATE,
    "concentrate": CONCENTRATE,
    "mixed-compound": SEPARATION,
    "oxide": SEPARATION,
    "metal": METAL,
    "alloy": METAL,
    "refined": METAL,
    "magnet": MAGNET,
}


def stage_of(graph: nx.MultiDiGraph[NodeRef], good: str) -> int:
    """Give the column of a good or an end use."""
    if NodeRef("EndUse", good) in graph:
        return END_USE
    fact = fact_of(graph, NodeRef("Commodity", good))
    stage = "" if fact is None else str(fact.properties.get("stage", ""))
    return _COLUMN.get(stage, COMPONENT)
