"""Write facts as two Parquet tables, in a folder: `nodes.parquet` and `relationships.parquet`.

The columns are those of the whole schema, whatever the content, so that files of different dates can be
read together: the ends, every property of any label (or relationship) in alphabetical order, provenance,
origin and the fact's id. Lists are lists, dates are dates; what a fact does not have is null. A property that
has different types on different labels is text.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainshock.errors import FileProblem
from chainshock.graph.exports.base import STDOUT, Content, check_path, facts_in, fresh_sibling, provenance_of
from chainshock.graph.facts import Fact
from chainshock.graph.schema import Kind, Relationship, read_schema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Parquet"]

NODES = "nodes.parquet"
RELATIONSHIPS = "relationships.parquet"
PROVENANCE_TYPES = {
    "sources": "list",
    "as_of": "date",
    "known_from": "date",
    "confidence": "text",
    "valid_from": "date",
    "valid_to": "date",
    "note": "text",
    "origin": "text",
    "fact": "text",
}


class Parquet:
    """A folder of two tables; of a view all vintages, of a graph those that hold at its date."""

    name = "parquet"
    summary = f"a folder with {NODES} and {RELATIONSHIPS}"

    def write(self, content: Content, destination: str | Path) -> int:
        """Write both tables; see `Exporter.write`.

        A new folder appears whole. In a folder that exists each of the two files is replaced in one step.
        """
        check_path(destination)
        path = Path(destination)
        if str(destination) == STDOUT:
            raise FileProblem(STDOUT, "standard output", f"a folder for {NODES} and {RELATIONSHIPS}")
        if os.path.lexists(path) and not path.is_dir():
            raise FileProblem(str(path), "a file", f"a folder for {NODES} and {RELATIONSHIPS}")
        facts = facts_in(content)
        tables = {NODES: _bytes(_nodes(facts)), RELATIONSHIPS: _bytes(_relationships(facts))}
        try:
            _publish(tables, path)
        except OSError as exc:
            raise FileProblem(str(path), exc.strerror or str(exc), "a place that can be written") from exc
        return len(facts)


def _publish(tables: dict[str, bytes], path: Path) -> None:
    fresh = fresh_sibling(path.absolute())
    try:
        fresh.mkdir()
        for name, content in tables.items():
            (fresh / name).write_bytes(content)
        if path.is_dir():
            for name in tables:
                (fresh / name).replace(path / name)
        else:
            fresh.rename(path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _nodes(facts: Sequence[Fact]) -> pl.DataFrame:
    facts = [fact for fact in facts if fact.target is None]
    ends = {
        "label": [fact.source.label for fact in facts],
        "key": [fact.source.key for fact in facts],
    }
    return _frame(ends, facts, read_schema().labels.values())


def _relationships(facts: Sequence[Fact]) -> pl.DataFrame:
    facts = [fact for fact in facts if fact.target is not None]
    targets = [fact.target for fact in facts if fact.target is not None]
    ends = {
        "relationship": [fact.name for fact in facts],
        "source_label": [fact.source.label for fact in facts],
        "source_key": [fact.source.key for fact in facts],
        "target_label": [target.label for target in targets],
        "target_key": [target.key for target in targets],
    }
    return _frame(ends, facts, read_schema().relationships.values())


def _frame(
    ends: dict[str, list[str]], facts: Sequence[Fact], kinds: Iterable[Kind | Relationship]
) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - costs 0.1 s and more, wanted only here

    types: dict[str, pl.DataType] = {
        "text": pl.String(),
        "choice": pl.String(),
        "number": pl.Float64(),
        "integer": pl.Int64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "list": pl.List(pl.String()),
    }
    columns = [pl.Series(name, values, dtype=types["text"]) for name, values in ends.items()]
    for name, kind in _property_types(kinds).items():
        values = [_cell(fact.properties.get(name), kind) for fact in facts]
        columns.append(pl.Series(name, values, dtype=types[kind]))
    said = [provenance_of(fact) for fact in facts]
    for name, kind in PROVENANCE_TYPES.items():
        columns.append(pl.Series(name, [_cell(row[name], kind) for row in said], dtype=types[kind]))
    return pl.DataFrame(columns)


def _property_types(kinds: Iterable[Kind | Relationship]) -> dict[str, str]:
    """Give each property's type, by name in order; text where kinds differ."""
    found: dict[str, set[str]] = {}
    for kind in kinds:
        for name, entry in kind.properties.items():
            found.setdefault(name, set()).add("text" if entry.type == "choice" else entry.type)
    return {name: min(types) if len(types) == 1 else "text" for name, types in sorted(found.items())}


def _cell(value: object, kind: str) -> Any:  # Any: whatever polars takes for the column
    if value is None:
        return None
    if kind == "number":
        return float(value)  # type: ignore[arg-type]  # a number by schema
    if isinstance(value, tuple):
        return list(value) if kind == "list" else ";".join(value)
    if kind == "text" and not isinstance(value, str):
        return value.isoformat() if isinstance(value, date) else str(value)
    return value


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
