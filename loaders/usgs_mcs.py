"""Load the Mineral Commodity Summaries of the US Geological Survey, editions from 2022 on.

The shape changes with nearly every edition; the header tells which one a file has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders import usgs_2022, usgs_2025, usgs_2026
from chainshock.loaders.delimited import Table, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.materials import NOT_HELD, knows_material
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source
from chainshock.loaders.usgs_rows import PUBLISHER, UsgsRow, read_rows

__all__ = ["SOURCE", "edition_of"]

ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
EXPECTED = "a USGS table of world production: of 2022 to 2024, of 2025, or of 2026 on"
URL = "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries"
LICENCE = "public domain (US government work)"
EDITION = re.compile(r"mcs ?(?P<year>20[0-9]{2})", re.IGNORECASE)
LAST_IN_JANUARY = 2025  # the last edition of which it is known that it came out by the end of January


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read editions of any shape, each row as its facts, or why it gives none."""
    for item in inputs:
        table = _open(item)
        rows: list[UsgsRow] = []
        for row in _rows(table):
            if not isinstance(row, UsgsRow):
                yield row
            elif knows_material(PUBLISHER, row.material):
                rows.append(row)
            else:
                yield LeftOut(NOT_HELD)
        edition = context.use(edition_of(table, context))
        yield from read_rows(item.name, rows, edition, context.origin)


def _open(item: Input) -> Table:
    """Open a table with all of its columns that have a name."""
    header = open_table(item, (), encodings=ENCODINGS).header
    return open_table(item, tuple(dict.fromkeys(filter(None, header))), encodings=ENCODINGS)


def _rows(table: Table) -> Iterator[UsgsRow | LeftOut | InvalidRecord]:
    """Read a table by the shape that its header tells."""
    header = frozenset(table.header)
    if header >= frozenset(usgs_2026.COLUMNS):
        return usgs_2026.rows_2026(table)
    if header >= frozenset(usgs_2025.COLUMNS):
        return usgs_2025.rows_2025(table)
    if header >= frozenset(usgs_2022.COLUMNS):
        material = usgs_2022.material_of(table.input.base, table.input.name)
        return usgs_2022.rows_2022(table, material)
    raise FileProblem(table.input.name, f"columns {', '.join(table.header[:4])}", EXPECTED)


def edition_of(table: Table, context: Context) -> Edition:
    """Tell the edition: the user's word, the first row's source (`MCS2025`), or the name of the file.

    An edition is taken to be out at the end of January of its year; those after 2025, of which the first came
    in February, at the end of February.

    Raises
    ------
    FileProblem
        Nothing tells the edition.
    """
    found = EDITION.search(_source(table)) or EDITION.search(table.input.base)
    if found is None:
        published = context.published_or_fail(table.input.name)
        year = published.year
    else:
        year = int(found["year"])
        published = context.published or (date(year, 1, 31) if year <= LAST_IN_JANUARY else date(year, 2, 28))
    title = f"USGS Mineral Commodity Summaries {year}"
    return Edition(f"usgs-mcs-{year}", title, published, URL, LICENCE)


def _source(table: Table) -> str:
    """Give what the first row names as its source, where the shape has such a column."""
    column = next((name for name in ("Source", "SOURCE") if name in table.header), None)
    first = next(iter(table.rows()), None) if column else None
    return "" if first is None or column is None or isinstance(first, InvalidRecord) else first[column]


SOURCE = Source(
    name="usgs-mcs",
    title="USGS Mineral Commodity Summaries",
    adds="output, capacity and reserves of countries, with estimated, bounded and withheld figures marked",
    files="world tables of 2022 to 2024 (mcs2024-antim_world.csv), of 2025, or the data release of 2026",
    read=read_items,
    url=URL,
    licence=LICENCE,
)
