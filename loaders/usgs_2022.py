"""Read a USGS world table of 2022 to 2024: one file per commodity, the unit inside the names of columns.

`Source, Country, Type, Prod_t_2022, Prod_t_est_2023, Prod_notes, Reserves_t, Reserves_notes`; which commodity
it is, only the file's name says: `mcs2024-antim_world.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.delimited import Row, Table
from chainshock.loaders.usgs_rows import Figure, UsgsRow, quantity_columns

__all__ = ["COLUMNS", "material_of", "rows_2022"]

COLUMNS = ("Source", "Country", "Type")
FILE = re.compile(r"mcs(?:20[0-9]{2})-(?P<material>[a-z0-9]+)_world", re.IGNORECASE)
QUANTITY = re.compile(
    r"(?P<what>Prod|Cap)_(?P<unit>[A-Za-z]+)_(?P<estimated>est_)?(?P<year>[0-9]{4})", re.IGNORECASE
)
RESERVES = re.compile(r"Reserves_(?P<unit>t|kt|kg|mct)", re.IGNORECASE)
MATERIALS = {  # as USGS shortens them in file names; others are of no good that the graph holds
    "antim": "Antimony",
    "bismu": "Bismuth",
    "galli": "Gallium",
    "graph": "Graphite (natural)",
    "raree": "Rare earths",
    "tellu": "Tellurium",
    "tungs": "Tungsten",
}
STATISTICS = {"prod": "production", "cap": "capacity"}


def material_of(base: str, path: str) -> str:
    """Tell the commodity from the name of a file.

    Raises
    ------
    FileProblem
        The file is not named as USGS names it.
    """
    found = FILE.search(base)
    if found is None:
        raise FileProblem(
            path, f"the name {base!r}, which tells no commodity", "a name such as mcs2024-antim_world.csv"
        )
    short = found["material"].lower()
    return MATERIALS.get(short, short)


def rows_2022(table: Table, material: str) -> Iterator[UsgsRow | InvalidRecord]:
    """Iterate over the rows of a table whose columns of quantities have been asked for.

    Raises
    ------
    FileProblem
        No column holds production of a year.
    """
    quantities = quantity_columns(table, QUANTITY, "Prod_t_2022")
    last = max(int(found["year"]) for found in quantities.values())
    for row in table.rows():
        if isinstance(row, InvalidRecord):
            yield row
            continue
        figures = [
            Figure(
                statistic=STATISTICS[found["what"].lower()],
                detail=row["Type"],
                year=int(found["year"]),
                unit=found["unit"],
                text=row[column],
                column=column,
                estimated=bool(found["estimated"]),
                note=row["Prod_notes"],
            )
            for column, found in quantities.items()
        ]
        yield UsgsRow(row.line, material, row["Country"], (*figures, *_reserves(table, row, last)))


def _reserves(table: Table, row: Row, year: int) -> Iterator[Figure]:
    """Give the reserves, which are those of the last year of production."""
    for column in table.header:
        found = RESERVES.fullmatch(column)
        if found:
            note = row["Reserves_notes"]
            yield Figure("reserves", "Reserves", year, found["unit"], row[column], column, note=note)
