"""Read the USGS world table of 2025: one wide file for all commodities, in latin-1.

`SOURCE, COMMODITY, COUNTRY, TYPE, UNIT_MEAS, PROD_2023, PROD_EST_ 2024, PROD_NOTES, CAP_2023, CAP_EST_ 2024,
CAP_NOTES, RESERVES_2024, RESERVE_NOTES`; two of the names hold a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainshock.errors import InvalidRecord
from chainshock.loaders.delimited import Table
from chainshock.loaders.usgs_rows import Figure, UsgsRow, quantity_columns

__all__ = ["COLUMNS", "rows_2025"]

COLUMNS = ("SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS")
QUANTITY = re.compile(r"(?P<what>PROD|CAP|RESERVES)_(?P<estimated>EST_ ?)?(?P<year>[0-9]{4})")
STATISTICS = {"PROD": "production", "CAP": "capacity", "RESERVES": "reserves"}
NOTES = {"PROD": "PROD_NOTES", "CAP": "CAP_NOTES", "RESERVES": "RESERVE_NOTES"}


def rows_2025(table: Table) -> Iterator[UsgsRow | InvalidRecord]:
    """Iterate over the rows.

    Raises
    ------
    FileProblem
        No column holds production of a year.
    """
    quantities = quantity_columns(table, QUANTITY, "PROD_2023")
    for row in table.rows():
        if isinstance(row, InvalidRecord):
            yield row
            continue
        figures = tuple(
            Figure(
                statistic=STATISTICS[found["what"]],
                detail="Reserves" if found["what"] == "RESERVES" else row["TYPE"],
                year=int(found["year"]),
                unit=row["UNIT_MEAS"],
                text=row[column],
                column=column,
                estimated=bool(found["estimated"]),
                note=row[NOTES[found["what"]]],
            )
            for column, found in quantities.items()
        )
        yield UsgsRow(row.line, row["COMMODITY"], row["COUNTRY"], figures)
