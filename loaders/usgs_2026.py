"""Read the USGS commodity data of 2026: one long file for all commodities and statistics, in cp1252.

`MCS chapter, Section, Commodity, Country, Statistics, Statistics_detail, Unit, Year, Value, Notes, ...`; that
a figure is an estimate stands in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainshock.errors import InvalidRecord
from chainshock.loaders.delimited import Row, Table
from chainshock.loaders.resolve.materials import NOT_HELD, knows_material
from chainshock.loaders.sources import LeftOut
from chainshock.loaders.usgs_rows import PUBLISHER, Figure, UsgsRow
from chainshock.loaders.years import year_in

__all__ = ["COLUMNS", "NOTES", "rows_2026"]

COLUMNS = (
    "Section",
    "Commodity",
    "Country",
    "Statistics",
    "Statistics_detail",
    "Unit",
    "Year",
    "Value",
)
NOTES = "Notes"
HELD = ("production", "capacity", "reserves")
NOT_TAKEN = {
    "price": "price: grade and unit differ from row to row",
    "import": "trade of the United States as a total",
    "export": "trade of the United States as a total",
}
OTHER_STATISTIC = "statistic that the graph does not hold: consumption, stocks, employment and others"
IMPORT_SOURCES = "import sources of the United States, as an average of years"
ESTIMATED = re.compile(r"(?:^|-- )Estimated\b")
YEAR = re.compile(r"(?P<year>[0-9]{4})(?P<estimated>_estimated)?")


def rows_2026(table: Table) -> Iterator[UsgsRow | LeftOut | InvalidRecord]:
    """Iterate over the rows; those on output, capacity and reserves of goods of the graph come as figures."""
    for row in table.rows():
        if isinstance(row, InvalidRecord):
            yield row
            continue
        statistic = row["Statistics"].casefold()
        if statistic.startswith("import sources"):
            yield LeftOut(IMPORT_SOURCES)
        elif statistic not in HELD:
            yield LeftOut(NOT_TAKEN.get(statistic, OTHER_STATISTIC))
        elif not knows_material(PUBLISHER, row["Commodity"]):
            yield LeftOut(NOT_HELD)
        else:
            yield _figure(table.input.name, row, statistic)


def _figure(path: str, row: Row, statistic: str) -> UsgsRow | InvalidRecord:
    found = YEAR.fullmatch(row["Year"])
    year = None if found is None else year_in(found["year"])
    if found is None or year is None:
        return InvalidRecord(path, row.line, "Year", repr(row["Year"]), "a year, such as 2025")
    figure = Figure(
        statistic=statistic,
        detail=row["Statistics_detail"],
        year=year,
        unit=row["Unit"],
        text=row["Value"],
        column="Value",
        estimated=bool(found["estimated"]) or ESTIMATED.search(row[NOTES]) is not None,
        note=row[NOTES],
    )
    is_salient = row["Section"].casefold().startswith("salient")
    return UsgsRow(row.line, row["Commodity"], row["Country"], (figure,), is_salient)
