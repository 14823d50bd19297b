"""Write a graph as files for `neo4j-admin database import full`, for sizes at which a push takes too long.

One file of nodes per label and one of relationships per type, with a header; `import.args` holds the
options. The import makes a new database; a push onto it finds nothing to write and makes the constraints.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.exports.base import check_path, fresh_sibling
from chainshock.graph.facts import Fact
from chainshock.graph.schema import Property, read_schema
from chainshock.graph.stores.neo4j_shape import (
    ENTITY,
    GRAPH,
    META,
    VINTAGE,
    VINTAGE_OF,
    Layout,
    labels_of,
    lay_out,
    names_in_neo4j,
    properties_of,
    uid_of,
)
from chainshock.graph.stores.neo4j_state import FORMAT

__all__ = ["ARGUMENTS", "write_import_files"]

ARGUMENTS = "import.args"
BETWEEN = "\x1f"  # between the entries of a list
TYPES = {
    "text": "string",
    "choice": "string",
    "number": "double",
    "integer": "long",
    "boolean": "boolean",
    "date": "date",
    "list": "string[]",
}
OWN = {"factId": "string", "origin": "string", "graph": "string", "isCurrent": "boolean"}


def write_import_files(facts: Iterable[Fact], folder: str | Path, graph: str = GRAPH) -> int:
    """Write the files into a new folder, which appears whole, and return the number of facts.

    Raises
    ------
    FileProblem
        The folder is there already, its name has a comma, or it cannot be written.
    InvalidRecord
        A value that the files cannot hold.
    """
    check_path(folder)
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay links
    if os.path.lexists(path):
        raise FileProblem(str(folder), "something of that name", "a new folder for the files")
    if set(',"\n') & set(str(path)):
        raise FileProblem(str(folder), "a comma, quote or line break", "a path that the import tool reads")
    layout = lay_out(facts)
    fresh = fresh_sibling(path)
    try:
        fresh.mkdir()
        options = [*_nodes(layout, graph, fresh), *_relationships(layout, graph, fresh)]
        words = [f"{option}={value}{path / name}" for option, value, name in options]
        words += [f"--array-delimiter=U+{ord(BETWEEN):04X}", "--id-type=string", "--multiline-fields=true"]
        (fresh / ARGUMENTS).write_text("".join(f'"{word}"\n' for word in words), "utf-8")
        fresh.rename(path)
    except OSError as exc:
        raise FileProblem(str(folder), exc.strerror or str(exc), "a place that can be written") from exc
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return layout.size


Option = tuple[str, str, str]


def _nodes(layout: Layout, graph: str, folder: Path) -> list[Option]:
    options = []
    for label in read_schema().labels:
        columns = _columns(label)
        entities = [fact for fact in layout.entities.values() if fact.name == label]
        rows = [
            [
                uid_of(fact.source),
                BETWEEN.join((ENTITY, *labels_of(fact))),
                *_cells(fact, columns, layout, graph),
            ]
            for fact in entities
        ]
        head = [f"uid:ID({ENTITY})", ":LABEL", *_typed(columns)]
        options += _write(folder, f"{label}.csv", head, rows, "--nodes", "")
        rows = [
            [_vintage_id(fact), VINTAGE, uid_of(fact.source), *_cells(fact, columns, layout, graph)]
            for fact in layout.vintages
            if fact.name == label
        ]
        head = [f":ID({VINTAGE})", ":LABEL", "uid:string", *_typed(columns)]
        options += _write(folder, f"{label}.vintages.csv", head, rows, "--nodes", "")
    head = [f":ID({META})", ":LABEL", "name:string", "state:string", "revision:string"]
    head += ["edition:date", "facts:long", "format:long"]
    row = [graph, META, graph, "complete", "import", layout.edition, layout.size, FORMAT]
    return options + _write(folder, f"{META}.csv", head, [row], "--nodes", "")


def _relationships(layout: Layout, graph: str, folder: Path) -> list[Option]:
    options = []
    ends = [f":START_ID({ENTITY})", f":END_ID({ENTITY})"]
    for name, facts in layout.relationships.items():
        columns = _columns(name)
        rows = (
            [uid_of(fact.source), uid_of(fact.target or fact.source), *_cells(fact, columns, layout, graph)]
            for fact in facts
        )
        options += _write(
            folder, f"{name}.csv", [*ends, *_typed(columns)], rows, "--relationships", f"{name}="
        )
    links = [[_vintage_id(fact), uid_of(fact.source), graph] for fact in layout.vintages]
    head = [f":START_ID({VINTAGE})", f":END_ID({ENTITY})", "graph:string"]
    return options + _write(folder, f"{VINTAGE_OF}.csv", head, links, "--relationships", f"{VINTAGE_OF}=")


def _columns(name: str) -> dict[str, str]:
    """Give the properties in the files of a label or type, by their names in Neo4j, with their types."""
    entries: dict[str, Property] = names_in_neo4j(name)
    key = {read_schema().labels[name].key: "string"} if name in read_schema().labels else {}
    return {**key, **{camel: TYPES[entry.type] for camel, entry in entries.items()}, **OWN}


def _typed(columns: dict[str, str]) -> list[str]:
    return [f"{name}:{kind}" for name, kind in columns.items()]


def _cells(fact: Fact, columns: dict[str, str], layout: Layout, graph: str) -> list[Any]:
    values = properties_of(fact, graph, is_current=layout.is_current(fact))
    for name, kind in columns.items():
        if kind == "double" and isinstance(values[name], int):
            wanted = "a number with a decimal point; push without --to-files takes it"
            raise InvalidRecord(fact.origin, None, name, f"the integer {values[name]}", wanted)
    return [values[name] for name in columns]


def _vintage_id(fact: Fact) -> str:
    return f"{fact.id} {fact.origin}"


def _write(
    folder: Path, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], option: str, prefix: str
) -> list[Option]:
    """Write a file if there are rows for it, and give the option that names it."""
    count = 0
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(head) + "\n")
        for row in rows:
            file.write(",".join(map(_cell, row)) + "\n")
            count += 1
    if not count:
        (folder / name).unlink()
        return []
    return [(option, prefix, name)]


def _cell(value: Any) -> str:
    """Write a value; nothing at all for none, a quoted text even where it is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        if any(BETWEEN in entry for entry in value) or not any(value):
            raise InvalidRecord("--to-files", None, None, f"the list {value!r}", "entries, without U+001F")
        value = BETWEEN.join(value)
    text = str(value).replace('"', '""')
    return f'"{text}"'
