"""Turn the rows of a USGS edition, whatever its shape, into facts on output, capacity and reserves.

The three shapes (`usgs_2022`, `usgs_2025`, `usgs_2026`) give rows of figures; what these share is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.delimited import Table
from chainshock.loaders.resolve.countries import find_country, is_aggregate
from chainshock.loaders.resolve.materials import find_nodes, tonnes_per
from chainshock.loaders.sources import Edition, Item, LeftOut, Taken
from chainshock.loaders.usgs_values import Amount, Missing, read_value
from chainshock.loaders.years import year_in

__all__ = ["PUBLISHER", "Figure", "UsgsRow", "quantity_columns", "read_rows"]

PUBLISHER = "usgs-mcs"
AGGREGATE = "total or other countries"
NO_FIGURE = "no figure in the row"
OTHER_FORM = "form of the material that the graph does not hold"
OTHER_STAGE = "nothing mined, which does not tell that nothing is refined"
TOLD_BY_COUNTRY = "figure that the world table of the same edition tells too"
COMMON_NOTE = re.compile(r"Estimated\.$|Reported\.$|See Appendix C")
BASES = {"production": "output", "capacity": "capacity"}
Key = tuple[str, str, str, int, str]  # material, detail, statistic, year, unit


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: `statistic` is production, capacity or reserves, `detail` which one of these."""

    statistic: str
    detail: str
    year: int
    unit: str
    text: str
    column: str
    estimated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class UsgsRow:
    """A row with its figures; `is_salient`: from the United States' figures beside the world table."""

    line: int
    material: str
    country: str
    figures: tuple[Figure, ...]
    is_salient: bool = False


@dataclass(frozen=True)
class _Edition:
    """What the facts of one file rest on, and what its other rows tell about each."""

    path: str
    edition: Edition
    origin: str
    totals: dict[Key, float]
    told: set[tuple[str, int]]


def read_rows(path: str, rows: Sequence[UsgsRow], edition: Edition, origin: str) -> Iterator[Item]:
    """Give for each row on a material of the graph the facts that it states, or why there are none."""
    whole = _Edition(path, edition, origin, _totals(rows), _told(rows))
    for row in rows:
        yield _item(row, whole)


def _item(row: UsgsRow, whole: _Edition) -> Item:
    if is_aggregate(row.country):
        return LeftOut(AGGREGATE)
    country = find_country(row.country)
    if country is None:
        expected = "the name of a country, as in ISO 3166 or an alias"
        return InvalidRecord(whole.path, row.line, "Country", repr(row.country), expected)
    facts: list[Fact] = []
    reasons: list[str] = []
    problems: list[InvalidRecord] = []
    for figure in row.figures:
        try:
            made = _facts(row, figure, NodeRef("Country", country), whole)
        except ValueError as error:
            problems.append(InvalidRecord(whole.path, row.line, figure.column, *error.args))
            continue
        if isinstance(made, Missing):
            reasons.append(made.reason)
        else:
            facts += made
    if problems:
        problems[0].others = tuple(problems[1:])
        return problems[0]
    return Taken(tuple(facts), whole.path, row.line) if facts else LeftOut((*reasons, NO_FIGURE)[0])


def _facts(row: UsgsRow, figure: Figure, country: NodeRef, whole: _Edition) -> list[Fact] | Missing:
    """Give the facts of one cell, or why it gives none.

    Raises
    ------
    ValueError
        The cell or its unit does not fit; the two arguments say what was found and expected.
    """
    matches = find_nodes(PUBLISHER, row.material, figure.detail)
    if not matches:
        return Missing(OTHER_FORM)
    if row.is_salient and (row.material.casefold(), figure.year) in whole.told:
        return Missing(TOLD_BY_COUNTRY)
    try:
        amount = read_value(figure.text, estimated=figure.estimated, note=figure.note)
    except ValueError:
        raise ValueError(repr(figure.text), "a figure, or one of W, NA, XX, —, Large, Small") from None
    if isinstance(amount, Missing):
        return amount
    if amount.number == 0 and all(match.note for match in matches):
        return Missing(OTHER_STAGE)
    name, properties = _claim(figure, amount, whole.totals.get(_key(row, figure)))
    facts = []
    for match in matches:
        note = "; ".join(part for part in (match.note, _note(figure.note)) if part)
        said = whole.edition.said(date(figure.year, 12, 31), note=note)
        facts.append(Fact(name, country, match.node, properties, said, whole.origin))
    return facts


def _claim(figure: Figure, amount: Amount, total: float | None) -> tuple[str, dict[str, Value]]:
    """Give the kind of fact that a figure states, and its properties."""
    factor = tonnes_per(figure.unit)
    if factor is None:
        raise ValueError(f"unit {figure.unit!r}", "a unit of mass, such as metric tons")
    properties: dict[str, Value] = {"year": figure.year}
    if amount.qualifier:
        properties["qualifier"] = amount.qualifier
    name, quantity = (
        ("HOLDS_RESERVES", "amount") if figure.statistic == "reserves" else ("PRODUCES", "output")
    )
    if amount.number is not None:
        properties |= {quantity: round(amount.number * factor, 6), "unit": "t"}
    if figure.statistic in BASES:
        properties["basis"] = BASES[figure.statistic]
    share = _share(amount, total)
    if share is not None and figure.statistic == "production":
        properties["share"] = share
    return name, properties


def _note(text: str) -> str:
    """Leave out of a note what the fact says already, and what stands in every row."""
    parts = [part.strip() for part in text.split(" -- ")]
    return "; ".join(part for part in parts if part and not COMMON_NOTE.match(part))


def _share(amount: Amount, total: float | None) -> float | None:
    """Give the share of the world's total as the edition rounds it; bounds have none."""
    if amount.number is None or not total or amount.qualifier not in {"", "estimated"}:
        return None
    share = amount.number / total
    return round(share, 6) if share <= 1 else None


def _key(row: UsgsRow, figure: Figure) -> Key:
    detail = figure.detail.casefold().removesuffix(": rounded")
    return (row.material.casefold(), detail, figure.statistic, figure.year, figure.unit)


def _totals(rows: Sequence[UsgsRow]) -> dict[Key, float]:
    """Give the world totals that the edition prints, where they are plain figures."""
    totals: dict[Key, float] = {}
    for row in rows:
        if "world total" not in row.country.casefold():
            continue
        for figure in row.figures:
            try:
                amount = read_value(figure.text)
            except ValueError:
                continue  # a range: no total to take shares of
            if isinstance(amount, Amount) and amount.number and amount.qualifier in {"", "estimated"}:
                totals[_key(row, figure)] = amount.number
    return totals


def _told(rows: Sequence[UsgsRow]) -> set[tuple[str, int]]:
    """Give the materials and years of output that the world table tells for the United States."""
    return {
        (row.material.casefold(), figure.year)
        for row in rows
        if not row.is_salient and find_country(row.country) == "USA"
        for figure in row.figures
        if figure.statistic == "production"
    }


def quantity_columns(table: Table, pattern: re.Pattern[str], example: str) -> dict[str, re.Match[str]]:
    """Give the columns that hold the quantities of a year, each with what its name tells.

    Parameters
    ----------
    pattern
        What such names look like; its group `year` is the year.
    example
        One of them, for the message.

    Raises
    ------
    FileProblem
        No column does.
    """
    found = {c: match for c in table.header if (match := pattern.fullmatch(c)) and year_in(match["year"])}
    if not found:
        raise FileProblem(table.input.name, "no column of production", f"columns such as {example}")
    return found
