"""Turn rows of the project's own tables into facts, and facts into rows.

A table holds the facts of one label (its key column, its properties, provenance) or of one relationship
(`source`, `target`, properties, provenance). An end of a relationship is a plain key where the schema allows
one label there, else `Label:key`. Everything follows from `schema.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn, cast

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import CellError, converter, key_error, quote, write_value
from chainshock.graph.facts import Confidence, Fact, NodeRef, Provenance
from chainshock.graph.schema import Property, Schema, Value, read_schema

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["RowReader", "columns", "model_for", "parse_row", "required_columns", "to_row"]

Read = Callable[[str], Value]
Found = tuple[str | None, str, str]  # column, found, expected


def columns(name: str) -> list[str]:
    """List the columns of a label's or relationship's table, in the order they are written.

    Raises
    ------
    UnknownName
        Neither a label nor a relationship has that name.
    """
    schema = read_schema()
    return [*end_columns(schema, name), *schema.properties(name), *schema.provenance]


def required_columns(name: str) -> list[str]:
    """List the columns that a table must have."""
    schema = read_schema()
    properties = {**schema.properties(name), **schema.provenance}
    return [*end_columns(schema, name), *(p.name for p in properties.values() if p.required)]


def end_columns(schema: Schema, name: str) -> dict[str, tuple[str, ...]]:
    """Give the key columns of a table, each with the labels that may stand there."""
    kind = schema.labels.get(name)
    if kind is not None:
        return {kind.key: (name,)}
    schema.properties(name)
    relationship = schema.relationships[name]
    return {"source": relationship.source, "target": relationship.target}


def model_for(name: str) -> type[BaseModel]:
    """Give the pydantic model of a label's or relationship's record, made from the schema.

    It takes typed values (or JSON); its fields are the columns of the table.
    """
    from chainshock.graph.models import make_model  # noqa: PLC0415 - pydantic is slow to import

    return make_model(name)


def parse_row(name: str, row: Mapping[str, str], *, path: str, line: int, origin: str = "reference") -> Fact:
    """Read one row, given as text by column.

    Parameters
    ----------
    name
        Label or relationship of the table.
    path, line
        Where the row stands, for messages.
    origin
        Name of the data set, kept with the fact.

    Raises
    ------
    InvalidRecord
        The row does not fit; `others` holds every further problem of the row.

    Examples
    --------
    >>> row = {"symbol": "Dy", "name": "dysprosium", "class": "heavy-rare-earth", "sources": "usgs",
    ...        "as_of": "2025-01-31", "known_from": "2025-01-31", "confidence": "A"}
    >>> parse_row("Element", row, path="Element.csv", line=2).source
    NodeRef(label='Element', key='Dy')
    """
    reader = RowReader(name, tuple(row), path=path, origin=origin)
    return reader.read([row[column] or "" for column in row], line)


def to_row(fact: Fact) -> dict[str, str]:
    """Write a fact as a row with every column of its table; the inverse of `parse_row`."""
    schema = read_schema()
    ends = end_columns(schema, fact.name)
    refs = (fact.source,) if fact.target is None else (fact.source, fact.target)
    row = {
        column: ref.key if len(labels) == 1 else str(ref)
        for (column, labels), ref in zip(ends.items(), refs, strict=True)
    }
    row |= {name: write_value(fact.properties.get(name)) for name in schema.properties(fact.name)}
    return row | {name: write_value(getattr(fact.provenance, name)) for name in schema.provenance}


class RowReader:
    """Read the rows of one table, whose header is known, into facts.

    Raises
    ------
    UnknownName
        Neither a label nor a relationship has that name.
    InvalidRecord
        The header has a column that the table cannot have, has one twice, or lacks one that is required.
    """

    def __init__(self, name: str, header: Sequence[str], *, path: str, origin: str = "reference") -> None:
        self.name = name
        self.path = path
        self.origin = origin
        self._header = tuple(header)
        self._ends, self._properties, self._provenance = _plan(name, self._header, path)
        self._known_provenance: dict[tuple[str, ...], Provenance] = {}
        self._known_ends: list[dict[str, NodeRef]] = [{} for _ in self._ends]

    def read(self, cells: Sequence[str], line: int) -> Fact:
        """Read one row, given as cells in the order of the header.

        Raises
        ------
        InvalidRecord
            The row does not fit; `others` holds every further problem of the row.
        """
        if len(cells) != len(self._header):
            self._fail([(None, f"{len(cells)} cells", f"{len(self._header)} cells, as in the header")], line)
        problems: list[Found] = []
        ends = [self._end(number, cells, problems) for number in range(len(self._ends))]
        properties: dict[str, Value] = {}
        for index, prop, convert in self._properties:
            cell = cells[index]
            if cell and (cell := cell.strip()):
                try:
                    properties[prop.name] = convert(cell)
                except CellError as error:
                    problems.append((prop.name, error.found, error.expected))
            elif prop.required:
                problems.append(_blank(prop))
        provenance = self._read_provenance(cells, problems)
        if problems or provenance is None:
            self._fail(problems, line)
        source, target = (ends[0], None) if len(ends) == 1 else ends
        return Fact(self.name, cast(NodeRef, source), target, properties, provenance, self.origin)

    def _end(self, number: int, cells: Sequence[str], problems: list[Found]) -> NodeRef | None:
        index, column, labels = self._ends[number]
        cell = cells[index]
        known = self._known_ends[number]
        ref = known.get(cell)
        if ref is None:
            try:
                ref = known[cell] = read_end(cell.strip(), labels)
            except CellError as error:
                problems.append((column, error.found, error.expected))
        return ref

    def _read_provenance(self, cells: Sequence[str], problems: list[Found]) -> Provenance | None:
        raw = tuple([cells[index] for index, _, _ in self._provenance])
        known = self._known_provenance.get(raw)
        if known is not None:
            return known
        values: dict[str, Value] = {}
        count = len(problems)
        for cell, (_, prop, convert) in zip(raw, self._provenance, strict=True):
            if text := cell.strip():
                try:
                    values[prop.name] = convert(text)
                except CellError as error:
                    problems.append((prop.name, error.found, error.expected))
            elif prop.required:
                problems.append(_blank(prop))
        if len(problems) == count and (wrong := life_error(values)):
            problems.append(wrong)
        if len(problems) > count:
            return None
        made = self._known_provenance[raw] = make_provenance(values)
        return made

    def _fail(self, problems: Sequence[Found], line: int) -> NoReturn:
        first, *others = [InvalidRecord(self.path, line, *problem) for problem in problems]
        first.others = tuple(others)
        raise first


def read_end(cell: str, labels: tuple[str, ...]) -> NodeRef:
    """Read one end of a relationship, or the key of a node.

    Raises
    ------
    CellError
        It is blank, has a label that may not stand there, or its key does not fit the label.
    """
    if not cell:
        raise CellError("nothing", _end_form(labels))
    label, key = labels[0], cell
    if len(labels) > 1:
        label, colon, key = cell.partition(":")
        if not colon or label not in labels:
            raise CellError(quote(cell), _end_form(labels))
    wrong = key_error(label, key)
    if wrong is not None:
        raise CellError(quote(cell), wrong)
    return NodeRef(label, key)


def life_error(values: Mapping[str, Value]) -> Found | None:
    """Say what is wrong with the order of the dates of provenance, if anything is."""
    start, end = values.get("valid_from"), values.get("valid_to")
    if isinstance(start, date) and isinstance(end, date) and start > end:
        return "valid_to", f"'{end}'", f"a date not before valid_from '{start}'"
    return None


def make_provenance(values: Mapping[str, Value]) -> Provenance:
    """Make provenance of values already checked."""
    return Provenance(
        sources=cast(tuple[str, ...], values["sources"]),
        as_of=cast(date, values["as_of"]),
        known_from=cast(date, values["known_from"]),
        confidence=cast(Confidence, values["confidence"]),
        valid_from=cast("date | None", values.get("valid_from")),
        valid_to=cast("date | None", values.get("valid_to")),
        note=cast(str, values.get("note", "")),
    )


def _end_form(labels: tuple[str, ...]) -> str:
    if len(labels) == 1:
        return f"the key of a {labels[0]}"
    return " or ".join(f"{label}:key" for label in labels)


def _blank(prop: Property) -> Found:
    return prop.name, "nothing", f"a value ({prop.doc})"


Ends = tuple[tuple[int, str, tuple[str, ...]], ...]
Plan = tuple[tuple[int, Property, Read], ...]


@lru_cache(maxsize=256)
def _plan(name: str, header: tuple[str, ...], path: str) -> tuple[Ends, Plan, Plan]:
    """Settle which cell is read by which function."""
    schema = read_schema()
    known = columns(name)
    problems: list[Found] = [
        (column, f"unknown column {quote(column)}", f"columns among {', '.join(known)}")
        for column in header
        if column not in known
    ]
    problems += [(c, f"column {quote(c)} twice", "each column once") for c in known if header.count(c) > 1]
    problems += [
        (c, f"no column {quote(c)}", f"a column {c!r}") for c in required_columns(name) if c not in header
    ]
    if problems:
        first, *others = [InvalidRecord(path, 1, None, found, expected) for _, found, expected in problems]
        first.others = tuple(others)
        raise first
    place = {column: index for index, column in enumerate(header)}
    ends = tuple((place[c], c, labels) for c, labels in end_columns(schema, name).items())

    def plan(properties: Mapping[str, Property]) -> Plan:
        return tuple((place[p.name], p, converter(p)) for p in properties.values() if p.name in place)

    return ends, plan(schema.properties(name)), plan(schema.provenance)
