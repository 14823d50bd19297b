"""Write facts as JSON lines: one object a line, with everything a fact holds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from chainshock.graph.exports.base import Content, facts_in, open_whole, provenance_of
from chainshock.graph.facts import Fact, NodeRef

__all__ = ["JsonLines", "json_line"]


class JsonLines:
    """One fact a line; of a view all vintages, of a graph those that hold at its date."""

    name = "jsonl"
    summary = "JSON lines, one fact a line, as UTF-8"

    def write(self, content: Content, destination: str | Path) -> int:
        """Write facts; see `Exporter.write`."""
        facts = facts_in(content)
        with open_whole(destination) as file:
            for fact in facts:
                file.write(json_line(fact).encode() + b"\n")
        return len(facts)


def json_line(fact: Fact) -> str:
    """Give a fact as one line of JSON: dates as YYYY-MM-DD, blanks left out, keys in a fixed order.

    Examples
    --------
    >>> from chainshock.graph.facts import Provenance
    >>> said = Provenance(("iso",), date(2024, 12, 31), date(2025, 1, 31), "A")
    >>> line = json_line(Fact("Country", NodeRef("Country", "CHN"), None, {"name": "China"}, said))
    >>> json.loads(line)["as_of"]
    '2024-12-31'
    """
    said = provenance_of(fact)
    entry: dict[str, object] = {
        "id": said.pop("fact"),
        "name": fact.name,
        "source": _end(fact.source),
        "target": None if fact.target is None else _end(fact.target),
        "properties": dict(sorted(fact.properties.items())),
        **said,
    }
    present = {name: value for name, value in entry.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def _end(ref: NodeRef) -> dict[str, str]:
    return {"label": ref.label, "key": ref.key}
