"""Load UN Comtrade: what each country's customs declare, as CSV or as the JSON of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Confidence
from chainshock.loaders.comtrade_json import read_records
from chainshock.loaders.delimited import Table, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.areas import Area, find_area
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken
from chainshock.loaders.trade import (
    OTHER_GOODS,
    SPLIT,
    WITH_ITSELF,
    Goods,
    Period,
    amount,
    exports,
    read_period,
)

__all__ = ["SOURCE"]

REQUIRED = (
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "partner2Code",
    "classificationCode",
    "cmdCode",
    "customsCode",
    "motCode",
    "netWgt",
    "isNetWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
)
OPTIONAL = (
    "reporterISO",
    "reporterDesc",
    "partnerISO",
    "partnerDesc",
    "qtyUnitCode",
    "qty",
    "isQtyEstimated",
)
TOTALS = {
    "partner2Code": "0",
    "customsCode": "C00",
    "motCode": "0",
}  # of all second partners, procedures, modes
EDITIONS = {"H0": "HS92", "H1": "HS96", "H2": "HS02", "H3": "HS07", "H4": "HS12", "H5": "HS17", "H6": "HS22"}
SIDES: dict[str, tuple[str, Confidence, str]] = {  # of two reports of one trade the importer's is the better
    "M": ("importer", "A", "cifvalue"),
    "X": ("exporter", "B", "fobvalue"),
}
OTHER_FLOWS = {
    "RX": "re-exports, counted among the exports as well",
    "RM": "re-imports, counted among the imports as well",
}
MORE = "beyond the last column"
KILOGRAMS = "8"  # code of the unit
TRUTH = {"true": True, "1": True, "false": False, "0": False, "": False}
LICENCE = "UN Comtrade terms of use: for internal use; redistribution needs the permission of the UN"


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read files of declarations, one after the other."""
    for item in inputs:
        published = context.published_or_fail(item.name)
        edition = Edition(
            id=f"un-comtrade-{published}",
            title=f"UN Comtrade, as of {published}",
            published=published,
            url=SOURCE.url,
            licence=LICENCE,
        )
        yield from _File(item, context, context.use(edition), Goods(context.hs_codes)).items()


@dataclass(frozen=True)
class _File:
    """One file of declarations."""

    input: Input
    context: Context
    edition: Edition
    goods: Goods

    def items(self) -> Iterator[Item]:
        """Read row by row."""
        for row in self._rows():
            if isinstance(row, InvalidRecord):
                yield row
                continue
            try:
                yield self._item(*row)
            except InvalidRecord as problem:
                yield problem

    def _rows(self) -> Iterator[tuple[int, Mapping[str, str]] | InvalidRecord]:
        if self.input.base.lower().endswith(".json"):
            yield from read_records(self.input, REQUIRED)
            return
        table = _open(self.input)
        empty = True
        for row in table.rows():
            empty = False
            if isinstance(row, InvalidRecord):
                yield row
            elif row[MORE]:
                found, expected = (f"{len(table.header) - less} cells" for less in (0, 1))
                yield InvalidRecord(self.input.name, row.line, None, found, expected)
            else:
                yield row.line, row.cells
        if empty:
            raise FileProblem(self.input.name, "no rows", "a result that is not empty")

    def _item(self, line: int, cells: Mapping[str, str]) -> Item:
        code, flow = cells["cmdCode"], cells["flowCode"]
        if code not in self.goods:
            return LeftOut(OTHER_GOODS)
        if flow in OTHER_FLOWS:
            return LeftOut(OTHER_FLOWS[flow])
        for column, total in TOTALS.items():
            if not cells[column]:
                raise self._bad(line, column, "", f"{total} for all together, or a code")
        if any(cells[column] != total for column, total in TOTALS.items()):
            return LeftOut(SPLIT)
        if flow not in SIDES:
            raise self._bad(line, "flowCode", flow, f"one of {', '.join((*SIDES, *OTHER_FLOWS))}")
        reporter, partner = self._area(line, "reporter", cells), self._area(line, "partner", cells)
        for area in (reporter, partner):
            if not area.iso3:
                return LeftOut(f"with {area.name}, {area.reason}")
        if reporter.iso3 == partner.iso3:
            return LeftOut(WITH_ITSELF)
        return self._taken(line, cells, reporter.iso3, partner.iso3)

    def _taken(self, line: int, cells: Mapping[str, str], reporter: str, partner: str) -> Taken:
        declared_by, confidence, valued = SIDES[cells["flowCode"]]
        period = self._period(line, cells["period"])
        value = self._amount(line, valued, cells)
        value = self._amount(line, "primaryValue", cells) if value is None else value
        if value is None:
            raise self._bad(line, "primaryValue", "", f"a value here or in {valued}")
        tonnes, estimated = self._tonnes(line, cells)
        fact = exports(
            *((partner, reporter) if declared_by == "importer" else (reporter, partner)),
            cells["cmdCode"],
            period.text,
            self.edition.said(period.end, confidence),
            self.context.origin,
            tonnes=tonnes,
            value_usd=value,
            classification=EDITIONS.get(cells["classificationCode"], cells["classificationCode"]) or None,
            declared_by=declared_by,
            quantity_estimated=estimated,
        )
        return Taken((fact,), self.input.name, line)

    def _period(self, line: int, cell: str) -> Period:
        period = read_period(cell)
        if period is None or (cell.endswith("52") and len(cell) > len("2024")):
            raise self._bad(line, "period", cell, "a year or a month, such as 2024 or 202407")
        if period.start > self.edition.published:
            raise self._bad(line, "period", cell, f"one before the publication on {self.edition.published}")
        return period

    def _tonnes(self, line: int, cells: Mapping[str, str]) -> tuple[float | None, bool | None]:
        """Give the net weight, else a quantity in kilograms, and whether it is estimated; 0 means unknown."""
        weight, quantity = self._amount(line, "netWgt", cells), None
        if not weight and cells.get("qtyUnitCode") == KILOGRAMS:
            quantity = self._amount(line, "qty", cells)
        for kilograms, flag in ((weight, "isNetWgtEstimated"), (quantity, "isQtyEstimated")):
            if kilograms:
                estimated = TRUTH.get(cells.get(flag, "").lower())
                if estimated is None:
                    raise self._bad(line, flag, cells[flag], "True or False")
                return kilograms / 1000, estimated
        return None, None

    def _amount(self, line: int, column: str, cells: Mapping[str, str]) -> float | None:
        cell = cells.get(column, "")
        value = amount(cell)
        if cell and value is None:
            raise self._bad(line, column, cell, "an amount, not negative, or nothing")
        return value

    def _area(self, line: int, side: str, cells: Mapping[str, str]) -> Area:
        code, iso, name = (cells.get(f"{side}{part}", "") for part in ("Code", "ISO", "Desc"))
        area = find_area("un", iso, code, name=name)
        if area is None:
            found = ", ".join(filter(None, (code, iso, name)))
            raise self._bad(line, f"{side}Code", found, "a country of ISO 3166, or an area of UN Comtrade")
        return area

    def _bad(self, line: int, column: str, found: str, expected: str) -> InvalidRecord:
        return InvalidRecord(self.input.name, line, column, repr(found), expected)


def _open(item: Input) -> Table:
    """Open a table; one whose rows end in a comma more than the header gets a column for what follows."""
    table = open_table(item, REQUIRED, OPTIONAL, encodings=("utf-8-sig", "iso-8859-1"))
    first = next(table.rows(), None)
    if isinstance(first, InvalidRecord) and first.found == f"{len(table.header) + 1} cells":
        return replace(table, header=(*table.header, MORE), columns=(*table.columns, MORE))
    return table


SOURCE = Source(
    name="comtrade",
    title="UN Comtrade, trade as countries declare it",
    adds="yearly or monthly trade in the graph's goods, in USD and tonnes, by who declares it",
    files="CSV or JSON of the API v1 or of comtradeplus.un.org, with --published",
    read=read_items,
    url="https://comtradeplus.un.org",
    licence=LICENCE,
    suffixes=(".csv", ".json"),
)
