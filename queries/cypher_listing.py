"""List Cypher questions: by folder, with what each answers and which parameters it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TypedDict

from chainshock.queries.cypher_files import QueryFile
from chainshock.queries.cypher_values import TYPES, literal
from chainshock.queries.ranking import wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["Listed", "describe", "folder_title", "listing_columns", "listing_text"]


class ParameterSheet(TypedDict):
    """What a parameter takes."""

    default: str
    type: str
    meaning: str


class Listed(TypedDict):
    """One question in a listing."""

    name: str
    folder: str
    title: str
    answers: str
    draws: bool
    parameters: Mapping[str, ParameterSheet]


def describe(query: QueryFile) -> Listed:
    """Tell one question."""
    return {
        "name": query.name,
        "folder": folder_title(query.folder),
        "title": query.title,
        "answers": query.answers,
        "draws": query.returns_paths,
        "parameters": {
            entry.name: {
                "default": literal(entry.default),
                "type": TYPES[entry.type],
                "meaning": entry.meaning,
            }
            for entry in query.parameters.values()
        },
    }


def folder_title(folder: str) -> str:
    """Give a folder's name without the number that puts it in order."""
    number, _, title = folder.partition(" ")
    return title if number.isdecimal() else folder


def listing_columns() -> list[str]:
    """Give the columns of a listing in CSV."""
    return list(Listed.__annotations__)


def listing_text(rows: Sequence[Listed], width: int, *, alone: bool) -> str:
    """Write a listing for a terminal; one question `alone` in full."""
    if alone:
        return _sheet(rows[0], width)
    columns = [Column("name", 28), Column("question", None), Column("parameters", 34)]
    cells: list[list[str] | str] = []
    for folder, entries in groupby(_in_order(rows), key=lambda row: row["folder"]):
        cells.append(f"{folder}:" if folder else "Others:")
        for row in entries:
            cells.append([f"  {row['name']}", row["title"], ", ".join(row["parameters"])])
    return draw_table(columns, cells, width)


def _in_order(rows: Sequence[Listed]) -> list[Listed]:
    return sorted(rows, key=lambda row: (row["folder"], row["name"]))


def _sheet(row: Listed, width: int) -> str:
    lines = [row["title"], *wrap(row["answers"], width)]
    columns = [Column("parameter", 20), Column("default", 30), Column("type", 28), Column("meaning", None)]
    cells = [
        [name, sheet["default"], sheet["type"], sheet["meaning"]] for name, sheet in row["parameters"].items()
    ]
    table = ["", draw_table(columns, cells, width).rstrip("\n")] if cells else ["", "no parameters"]
    return "\n".join([*lines, *table]) + "\n"
