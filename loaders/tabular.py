"""Load the user's own tables: suppliers, bill of materials, facilities and stocks, as a mapping file says.

`chainshock load --template KIND` writes a mapping file to fill in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import resources

from chainshock.errors import FileProblem, InvalidRecord, UnknownName
from chainshock.loaders.delimited import Table, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.sources import Context, Item, LeftOut, Source
from chainshock.loaders.spreadsheets import Sheet, open_sheet
from chainshock.loaders.tabular_cells import Cells
from chainshock.loaders.tabular_facilities import read_facilities
from chainshock.loaders.tabular_fields import KINDS, kinds
from chainshock.loaders.tabular_job import Job
from chainshock.loaders.tabular_map import TableMap, read_map
from chainshock.loaders.tabular_materials import read_materials
from chainshock.loaders.tabular_stocks import read_stocks
from chainshock.loaders.tabular_suppliers import read_suppliers

__all__ = ["SOURCE", "table_template", "template"]

ReadKind = Callable[[Job, Iterator[Cells]], Iterator[Item]]
READERS: dict[str, ReadKind] = dict(
    zip(KINDS, (read_suppliers, read_materials, read_facilities, read_stocks), strict=True)
)
SHEETS = (".xlsx", ".xlsm")


def template(kind: str) -> str:
    """Give an empty mapping file of a kind, with comments.

    Raises
    ------
    UnknownName
        There is no such kind.
    """
    if kind not in KINDS:
        raise UnknownName("kind of table", kind, KINDS)
    return resources.files("chainshock.loaders").joinpath("templates", f"{kind}.toml").read_text("utf-8")


def table_template(kind: str) -> str:
    """Give an empty table of a kind: a header that fits the mapping file of `template` as it is.

    Raises
    ------
    UnknownName
        There is no such kind.
    """
    if kind not in KINDS:
        raise UnknownName("kind of table", kind, KINDS)
    return ",".join(kinds()[kind]) + "\n"


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read the tables, all under one mapping."""
    if context.mapping is None:
        expected = "--map FILE; `chainshock load --template suppliers` writes one to fill in"
        raise FileProblem(inputs[0].name, "a table without a mapping", expected)
    mapping = read_map(context.mapping)
    job = Job(mapping, context, inputs[0].name)
    others: list[Item] = []
    yield from READERS[mapping.kind](job, _rows(inputs, job, others))
    yield from others


def _rows(inputs: Sequence[Input], job: Job, others: list[Item]) -> Iterator[Cells]:
    """Iterate over the rows of all tables that hold anything; what became of the others goes to `others`."""
    for item in inputs:
        is_sheet = item.base.lower().endswith(SHEETS)
        table = _open(item, job.mapping, is_sheet=is_sheet)
        for row in table.rows():
            if isinstance(row, InvalidRecord):
                others.append(row)
            elif job.mapping.columns and not any(row.cells.values()):
                others.append(LeftOut("rows without anything that the mapping asks for"))
            else:
                yield Cells(item.name, row, job.mapping, job.goods, is_sheet=is_sheet)


def _open(item: Input, mapping: TableMap, *, is_sheet: bool) -> Table | Sheet:
    """Open a table and check that it has the columns that the mapping names."""
    columns = list(mapping.columns.values())
    if is_sheet:
        table: Table | Sheet = open_sheet(item, (), columns, sheet=mapping.table.sheet)
    else:
        encoding, delimiter = mapping.table.encoding, mapping.table.delimiter
        table = open_table(item, (), columns, encodings=(encoding,), delimiter=delimiter)
    place = f"sheet {table.name!r} of {item.name}" if isinstance(table, Sheet) else item.name
    has = f"one of its columns: {', '.join(table.header)}; or no line for a field that it does not have"
    problems = [
        InvalidRecord(
            mapping.path,
            mapping.line("columns", name),
            f"columns.{name}",
            f"{column!r}, {'twice in' if column in table.header else 'which is not in'} {place}",
            has if column not in table.header else "a column that is there once",
        )
        for name, column in mapping.columns.items()
        if table.header.count(column) != 1
    ]
    if problems:
        for problem in problems[1:]:  # the columns are told once
            problem.expected = problem.expected.replace(has, "one of the same columns")
        problems[0].others = tuple(problems[1:])
        raise problems[0]
    return table


SOURCE = Source(
    name="tabular",
    title="Tables of your own",
    adds="your firm's suppliers, products and their inputs, plants and stocks",
    files="CSV or Excel tables under a mapping file (--map); `chainshock load --template KIND` writes one",
    read=read_items,
    suffixes=(".csv", ".tsv", ".txt", *SHEETS),
)
