"""Read the two shapes of the IEA's Critical Minerals Data Explorer: a JSON document, and a flat CSV table.

JSON: `supply.MINERAL.mining|refining.countries.COUNTRY.YEAR`, in kt, beside demand and technologies. CSV:
`table, mineral, stage_or_sector, country, scenario, year, value, unit`; its table `supply` holds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.delimited import Row, open_table
from chainshock.loaders.documents import as_mapping, as_number, read_document
from chainshock.loaders.inputs import Input
from chainshock.loaders.sources import LeftOut

__all__ = ["Supply", "read_flat", "read_tree"]

COLUMNS = ("table", "mineral", "stage_or_sector", "country", "scenario", "year", "value", "unit")
DEMAND = "demand by sector, technology or scenario, which the graph does not hold"
TOTAL = "world total, or share of the largest"
FOOTNOTE = "footnote of the publisher"
FIRST_YEAR, FARTHEST = 1990, 2100  # that a scenario may name
MOST = 1e12  # in the unit of the file: no supply is as large


@dataclass(frozen=True, slots=True)
class Supply:
    """One figure; `line` is a line of the table, or the number of the figure in the document."""

    line: int
    mineral: str
    stage: str
    country: str
    year: int
    amount: float | None  # None where it is no number of at least 0
    text: str
    unit: str


def read_flat(item: Input, historic: set[int]) -> Iterator[Supply | LeftOut | InvalidRecord]:
    """Iterate over the rows of a flat table; years of measured demand are added to `historic`.

    Raises
    ------
    FileProblem
        It is another table.
    """
    table = open_table(item, COLUMNS)
    for row in table.rows():
        if isinstance(row, InvalidRecord):
            yield row
        elif row["table"] != "supply":
            year = _year(row["year"])
            if row["scenario"] == "historic" and year is not None:
                historic.add(year)
            yield LeftOut(DEMAND)
        else:
            yield _flat(item.name, row)


def _flat(path: str, row: Row) -> Supply | LeftOut | InvalidRecord:
    year = _year(row["year"])
    if year is None:
        return InvalidRecord(path, row.line, "year", repr(row["year"]), "a year, such as 2024")
    if row["country"] == "World":
        return LeftOut(TOTAL)
    try:
        amount: float | None = float(row["value"])
    except ValueError:
        amount = None
    return Supply(
        line=row.line,
        mineral=row["mineral"],
        stage=row["stage_or_sector"],
        country=row["country"],
        year=year,
        amount=_positive(amount),
        text=repr(row["value"]),
        unit=row["unit"],
    )


def read_tree(item: Input, historic: set[int]) -> Iterator[Supply | LeftOut | InvalidRecord]:
    """Iterate over the figures of a JSON document; years of measured demand are added to `historic`.

    Raises
    ------
    FileProblem
        It is another document.
    """
    document = as_mapping(read_document(item))
    supply = as_mapping(document.get("supply"))
    if not supply:
        found = f"a document with {', '.join(list(document)[:5]) or 'no names'}"
        raise FileProblem(item.name, found, "a document with supply, totalDemand and others")
    for mineral in as_mapping(document.get("totalDemand")).values():
        for series in as_mapping(as_mapping(mineral).get("sectors")).values():
            historic.update(year for name in as_mapping(series) if (year := _year(name)) is not None)
    for name, part in document.items():
        if name not in {"supply", "source"}:
            yield LeftOut(DEMAND, _count(part))
    yield from _tree(item.name, supply)


def _tree(path: str, supply: Mapping[str, Any]) -> Iterator[Supply | LeftOut | InvalidRecord]:
    number = 0
    for mineral, stages in supply.items():
        for stage, tables in as_mapping(stages).items():
            for name, table in as_mapping(tables).items():
                if name != "countries":
                    yield LeftOut(TOTAL, _count(table))
                    continue
                for country, years in as_mapping(table).items():
                    for told, value in as_mapping(years).items():
                        number += 1
                        yield _figure(path, number, (mineral, stage, country, told), value)


def _figure(
    path: str, number: int, place: tuple[str, str, str, str], value: object
) -> Supply | LeftOut | InvalidRecord:
    mineral, stage, country, told = place
    if country.endswith("."):  # sentences below the publisher's table stand where its countries do
        return LeftOut(FOOTNOTE)
    year = _year(told)
    if year is None:
        where = f"supply.{mineral}.{stage}.countries.{country}"
        return InvalidRecord(path, number, where, repr(told), "a year, such as 2024")
    return Supply(number, mineral, stage, country, year, _positive(as_number(value)), repr(value), "kt")


def _year(text: str) -> int | None:
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if FIRST_YEAR <= year <= FARTHEST else None


def _positive(amount: float | None) -> float | None:
    return amount if amount is not None and 0 <= amount < MOST else None


def _count(part: object) -> int:
    """Count the figures below a part of the document."""
    if isinstance(part, dict):
        return sum(_count(value) for value in part.values())
    if isinstance(part, list):
        return sum(_count(value) for value in part)
    return 1
