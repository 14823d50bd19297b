"""Load the project's own tables (one CSV file per label or relationship) into a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact
from chainshock.graph.records import RowReader
from chainshock.loaders.inputs import Input
from chainshock.loaders.reading import EXPECTED_FILE, read_cells, read_file, table_name
from chainshock.loaders.sources import Context, Item, Source, Taken

__all__ = ["SOURCE", "Row", "table_rows"]


class Row(NamedTuple):
    """A fact and where it was read."""

    fact: Fact
    path: str
    line: int


def table_rows(name: str, text: str, path: str, origin: str) -> Iterator[Row | InvalidRecord]:
    """Iterate over the rows of one table, given as text: a fact where it fits, else the error.

    Raises
    ------
    FileProblem
        The text is not a table, or is cut short.
    InvalidRecord
        The header does not fit.
    """
    rows = read_cells(text, path)
    header = next(rows, None)
    if header is None:
        raise FileProblem(path, "no header", EXPECTED_FILE)
    reader = RowReader(name, [cell.strip() for cell in header[1]], path=path, origin=origin)
    for line, cells in rows:
        try:
            yield Row(reader.read(cells, line), path, line)
        except InvalidRecord as error:
            yield error


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read the project's own tables, one after the other."""
    for item in inputs:
        for row in table_rows(table_name(item.path), read_file(item.path), item.name, context.origin):
            yield Taken((row.fact,), row.path, row.line) if isinstance(row, Row) else row


SOURCE = Source(
    name="tables",
    title="The project's own tables",
    adds="facts of any kind",
    files="CSV files named after a label or relationship (Company.csv, EXPORTS_2024.csv), or folders of them",
    read=read_items,
    suffixes=(".csv",),
    names_countries=False,
)
