"""Read a mapping file: which column of a user's table says what, and in which words and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from chainshock.graph.facts import Confidence
from chainshock.loaders.tabular_fields import KINDS, kinds
from chainshock.loaders.tabular_map_reader import MapReader
from chainshock.loaders.tabular_products import Product, read_products
from chainshock.loaders.tabular_sections import (
    Company,
    NewGood,
    TableOptions,
    read_company,
    read_new_goods,
    read_table_options,
    read_units,
)
from chainshock.loaders.tabular_units import Unit
from chainshock.loaders.toml_lines import read_toml

__all__ = ["TableMap", "read_map"]

SECTIONS = (
    *("kind", "company", "source", "table", "columns", "constants", "values", "goods", "units"),
    "products",
)


@dataclass(frozen=True)
class TableMap:
    """What a mapping file says; `lines` gives the line of each of its keys."""

    path: str
    kind: str
    company: Company
    title: str
    published: date | None
    as_of: date | None
    confidence: Confidence
    table: TableOptions
    columns: Mapping[str, str]  # column of the table, by field
    constants: Mapping[str, str]  # text for every row, by field
    values: Mapping[str, Mapping[str, str]]  # what a word of the table means, by field
    goods: Mapping[str, str]
    new_goods: Mapping[str, NewGood]
    units: Mapping[str, Unit]
    products: Mapping[str, Product]
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def line(self, *where: str) -> int | None:
        """Give the line of a key, else of the table that it stands in."""
        while where:
            if where in self.lines:
                return self.lines[where]
            where = where[:-1]
        return None


def read_map(path: Path) -> TableMap:
    """Read a mapping file and check all that can be checked without the table and the store.

    Raises
    ------
    FileProblem
        It cannot be read.
    InvalidRecord
        It does not fit; all its problems at once, each with its line.
    """
    raw, text = read_toml(path)
    reader = MapReader(str(path), text, raw)
    reader.forbid((), SECTIONS)
    kind = reader.choice(("kind",), KINDS, required=True) or KINDS[0]
    source = ("source",)
    reader.forbid(source, ("title", "published", "as_of", "confidence"))
    confidence = reader.choice((*source, "confidence"), ("A", "B", "C")) or "B"
    goods = {name: word for name, word in reader.table("goods").items() if name != "new"}
    products = read_products(reader) if kind == "bill-of-materials" else {}
    if kind != "bill-of-materials" and "products" in raw:
        reader.add(
            ("products",), f"products of a {kind} table", "[products] with kind bill-of-materials only"
        )
    found = TableMap(
        path=str(path),
        kind=kind,
        company=read_company(reader),
        title=reader.text((*source, "title"), required=True),
        published=reader.day((*source, "published")),
        as_of=reader.day((*source, "as_of")),
        confidence=confidence,  # type: ignore[arg-type]  # the choices are the type
        table=read_table_options(reader),
        columns=_columns(reader, kind),
        constants={name: reader.word(("constants", name)) for name in reader.table("constants")},
        values=_values(reader, kind),
        goods={name: reader.text(("goods", name)) for name in goods},
        new_goods=read_new_goods(reader),
        units=read_units(reader),
        products=products,
        lines=reader.lines,
    )
    _check_fields(reader, found)
    reader.refuse()
    return found


def _columns(reader: MapReader, kind: str) -> dict[str, str]:
    fields = kinds()[kind]
    found: dict[str, str] = {}
    reader.forbid(("columns",), tuple(fields))
    for name in reader.table("columns"):
        if name in fields:
            column = reader.text(("columns", name), required=True).strip()
            other = next((field for field, taken in found.items() if taken == column), None)
            if other is not None and column:
                reader.add(("columns", name), f"column {column!r}, as for {other}", "a column for each field")
            found[name] = column
    return found


def _values(reader: MapReader, kind: str) -> dict[str, dict[str, str]]:
    reader.forbid(("values",), tuple(kinds()[kind]))
    return {
        name: {word: reader.word(("values", name, word)) for word in reader.table("values", name)}
        for name in reader.table("values")
    }


def _check_fields(reader: MapReader, found: TableMap) -> None:
    """Check that every field is known, said once, and there if it must be."""
    fields = kinds()[found.kind]
    reader.forbid(("constants",), tuple(fields))
    for name in found.constants:
        if name in found.columns:
            reader.add(("constants", name), "a constant beside a column", f"one of the two for {name}")
    for name, entry in fields.items():
        if entry.required and name not in found.columns and name not in found.constants:
            reader.add(("columns",), f"no {name}", f"a column or a constant for {name}: {entry.doc}")
