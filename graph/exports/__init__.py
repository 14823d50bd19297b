"""How the graph leaves: one class per format, found by name."""

from __future__ import annotations

from chainshock.errors import UnknownName
from chainshock.graph.exports.base import Exporter
from chainshock.graph.exports.followthemoney import FollowTheMoney
from chainshock.graph.exports.graphml import GraphML
from chainshock.graph.exports.jsonl import JsonLines
from chainshock.graph.exports.parquet import Parquet

__all__ = ["EXPORTERS", "Exporter", "exporter"]

EXPORTERS: dict[str, Exporter] = {
    each.name: each for each in (JsonLines(), Parquet(), GraphML(), FollowTheMoney())
}
"""All formats by name."""


def exporter(name: str) -> Exporter:
    """Give the format of that name.

    Raises
    ------
    UnknownName
        There is none.

    Examples
    --------
    >>> exporter("jsonl").summary
    'JSON lines, one fact a line, as UTF-8'
    """
    try:
        return EXPORTERS[name]
    except KeyError:
        raise UnknownName("export format", name, tuple(EXPORTERS)) from None
