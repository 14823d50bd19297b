"""Turn what Neo4j answers into plain values, and into cells that people can read.

Nodes and paths become names in a table; JSON keeps their labels, types and properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainshock.queries.tables import Column, draw_table

if TYPE_CHECKING:
    from neo4j.graph import Node, Path, Relationship

__all__ = ["Answer", "answer_of", "plain"]

GAP = 2
WIDEST = 44  # characters of a cell of text before it is wrapped
NARROWEST = 10
NAMES = ("name", "title", "id", "symbol", "iso3", "uid")
BOOKKEEPING = frozenset({"Entity"})  # labels that say nothing to a reader


@dataclass(frozen=True)
class Answer:
    """Columns, and rows of plain values: numbers, texts, lists; mappings for nodes and the like."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]  # Any: what JSON holds

    def to_text(self, width: int = 100) -> str:
        """Draw a table for a terminal of a width in characters."""
        cells = [[_cell(row[column]) for column in self.columns] for row in self.rows]
        widths = _widths(self.columns, cells, width)
        return draw_table(
            [
                Column(name, widths[place], "right" if self._is_number(name) else "left")
                for place, name in enumerate(self.columns)
            ],
            cells,
            width,
        )

    def to_flat_dicts(self) -> list[dict[str, object]]:
        """Give the rows with nodes, relationships, paths and lists as readable text."""
        return [
            {name: _cell(value) if isinstance(value, dict | list) else value for name, value in row.items()}
            for row in self.rows
        ]

    def _is_number(self, column: str) -> bool:
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in values
        )


def answer_of(columns: Sequence[str], records: Iterable[Sequence[object]]) -> Answer:
    """Make an answer of records as the driver gives them."""
    rows = [{name: plain(value) for name, value in zip(columns, record, strict=True)} for record in records]
    return Answer(tuple(columns), tuple(rows))


def plain(value: object) -> object:
    """Turn a value of the driver into what JSON holds."""
    from neo4j import graph, time  # noqa: PLC0415 - costs 0.3 s, wanted only here

    found: object = value if value is None or isinstance(value, bool | int | float | str) else str(value)
    if isinstance(value, graph.Node):
        found = _node(value)
    elif isinstance(value, graph.Relationship):
        found = _relationship(value)
    elif isinstance(value, graph.Path):
        found = _path(value)
    elif isinstance(value, time.Date | time.DateTime | time.Time):
        found = value.iso_format()
    elif isinstance(value, Mapping):
        found = {str(key): plain(entry) for key, entry in value.items()}
    elif isinstance(value, list):
        found = [plain(entry) for entry in value]
    return found


def _node(node: Node) -> dict[str, object]:
    labels = sorted(node.labels - BOOKKEEPING)
    return {"node": _name(node), "labels": labels, "properties": _properties(node)}


def _relationship(link: Relationship) -> dict[str, object]:
    ends = {"from": _name(link.start_node), "to": _name(link.end_node)}
    return {"relationship": link.type, **ends, "properties": _properties(link)}


def _path(path: Path) -> dict[str, object]:
    return {
        "path": _route(path),
        "nodes": [_node(node) for node in path.nodes],
        "relationships": [_relationship(link) for link in path.relationships],
    }


def _properties(entity: Node | Relationship) -> dict[str, object]:
    return {name: plain(entity[name]) for name in sorted(entity.keys())}


def _name(node: Node | None) -> str:
    """Name a node as people do, else by its key."""
    if node is None:
        return ""
    found = next((node[name] for name in NAMES if node.get(name)), None)
    return str(found) if found is not None else ":".join(sorted(node.labels))


def _route(path: Path) -> str:
    """Write a path in one line, arrows as they point."""
    words = [_name(path.start_node)]
    for place, link in enumerate(path.relationships):
        along = link.start_node == path.nodes[place]
        arrow = f"-{link.type}->" if along else f"<-{link.type}-"
        words += [arrow, _name(path.nodes[place + 1])]
    return " ".join(words)


def _cell(value: object) -> str:
    """Write a value as a cell."""
    text = "" if value is None else str(value)
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, float):
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    elif isinstance(value, dict):
        text = _told(value)
    elif isinstance(value, list):
        text = "; ".join(_cell(entry) for entry in value)
    return text


def _told(value: Mapping[str, object]) -> str:
    """Write a path, relationship or node in names, any other mapping entry by entry."""
    if "relationship" in value and "from" in value:
        return f"{value['from']} -{value['relationship']}-> {value['to']}"
    for kind in ("path", "node"):
        if kind in value and ("nodes" in value or "labels" in value):
            return str(value[kind])
    return "; ".join(f"{key}: {_cell(entry)}" for key, entry in value.items())


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[int]:
    """Choose widths: what cells need, up to a most, then less of the widest until all fit."""
    longest = [max([len(name), *(len(row[i]) for row in cells)]) for i, name in enumerate(columns)]
    room = width - GAP * (len(columns) - 1)
    most = WIDEST if len(columns) > 1 else room
    widths = [min(need, most) for need in longest]
    spare = room - sum(widths)
    for place in sorted(range(len(widths)), key=lambda i: -longest[i]):
        more = min(max(spare, 0), longest[place] - widths[place])
        widths[place] += more
        spare -= more
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths
