"""Load the project's own tables (one CSV file per label or relationship) into a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact
from chainshock.graph.records import RowReader
from chainshock.graph.schema import read_schema
from chainshock.loaders.blocks import Format
from chainshock.loaders.inputs import Input
from chainshock.loaders.records import read_records
from chainshock.loaders.sources import Context, Item, Source, Taken

__all__ = ["SOURCE", "Row", "table_name", "table_rows"]


class Row(NamedTuple):
    """A fact and where it was read."""

    fact: Fact
    path: str
    line: int


def table_name(base: str, path: str) -> str:
    """Give the label or relationship of a table by its file's name: `EXPORTS_2024.csv` holds EXPORTS.

    Raises
    ------
    FileProblem
        The file's name begins with no label and no relationship.
    """
    schema = read_schema()
    known = (*schema.labels, *schema.relationships)
    stem = base[:-4] if base.lower().endswith(".csv") else base
    fitting = [name for name in known if stem == name or stem.startswith(f"{name}_")]
    if not fitting:
        own = "for a table of your own: `chainshock load tabular FILE --map MAPPING`"
        expected = f"a file named after one of {', '.join(known)}, as in Company.csv; {own}"
        raise FileProblem(path, f"a table named {stem!r}", expected)
    return max(fitting, key=len)


def table_rows(name: str, stream: IO[bytes], path: str, origin: str) -> Iterator[Row | InvalidRecord]:
    """Iterate over the rows of one table: a fact where it fits, else the error.

    Raises
    ------
    FileProblem
        The file is no table, or is cut short.
    InvalidRecord
        The header does not fit.
    """
    form = Format(path)
    records = read_records(stream, form, is_strict=True)
    header = next(records, None)
    if header is None:
        raise FileProblem(path, "an empty file", form.expected)
    reader = RowReader(name, [cell.strip() for cell in header[1]], path=path, origin=origin)
    for line, cells in records:
        try:
            yield Row(reader.read(cells, line), path, line)
        except InvalidRecord as error:
            yield error


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read the project's own tables, one after the other."""
    for item in inputs:
        name = table_name(item.base, item.name)
        with item.open() as stream:
            for row in table_rows(name, stream, item.name, context.origin):
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
