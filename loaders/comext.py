"""Load Eurostat Comext: monthly or yearly trade of the members of the EU by eight-digit code, in EUR."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Confidence
from chainshock.loaders.delimited import Frame, Table, open_table
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

# name in the current files: name in those of the older layout, which number reporters and name them beside
OLDER = {
    "REPORTER": "DECLARANT_ISO",
    "PARTNER": "PARTNER_ISO",
    "PRODUCT_NC": "PRODUCT_NC",
    "FLOW": "FLOW",
    "STAT_PROCEDURE": "STAT_REGIME",
    "PERIOD": "PERIOD",
    "VALUE_EUR": "VALUE_IN_EUROS",
    "QUANTITY_KG": "QUANTITY_IN_KG",
}
MASKED = "of goods that are masked to keep a secret"
TOTAL = "a total of goods that are listed by eight digits"
SUMMED = "added to another row of the same trade, under another customs procedure"
ALL_PROCEDURES = "4"  # of the older layout: the sum of the others
SIDES: dict[str, tuple[str, Confidence]] = {"1": ("importer", "A"), "2": ("exporter", "B")}
LICENCE = "Eurostat: reuse with attribution (CC BY 4.0)"
_CODE = re.compile(r"[0-9]{8}")
_TOTAL = re.compile(r"TOTAL|[0-9]{2}|[0-9]{4}|[0-9]{6}")
_MASKED = re.compile(r"[0-9A-Z]{8}")


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read files of declarations, one after the other."""
    goods = Goods(context.hs_codes)
    for item in inputs:
        published = context.published_or_fail(item.name)
        edition = Edition(
            id=f"eurostat-comext-{published}",
            title=f"Eurostat Comext, as of {published}",
            published=published,
            url=SOURCE.url,
            licence=LICENCE,
        )
        yield from _File(item, context, context.use(edition), goods).items()


class _Row(NamedTuple):
    """Trade under one customs procedure."""

    line: int
    procedure: str
    eur: float
    kilograms: float | None


class _Trade(NamedTuple):
    """What the rows of one trade agree on."""

    reporter: str
    partner: str
    code: str
    flow: str
    period: Period


@dataclass(frozen=True)
class _File:
    """One file of declarations. Rows of one trade are added up, so facts come once it has been read."""

    input: Input
    context: Context
    edition: Edition
    goods: Goods
    trades: dict[_Trade, list[_Row]] = field(default_factory=dict)

    def items(self) -> Iterator[Item]:
        """Filter the file to the goods of the graph, block by block, then state the trade."""
        table, columns = self._open()
        for frame in table.frames():
            yield from frame.problems
            yield from self._block(frame, columns)
        for trade, rows in self.trades.items():
            yield from self._sum(trade, rows)

    def _open(self) -> tuple[Table, list[str]]:
        """Open the table in the older layout if its header shows that, else in the current one."""
        older = open_table(self.input, (), (OLDER["REPORTER"],)).columns
        columns = list(OLDER.values() if older else OLDER)
        return open_table(self.input, columns), columns

    def _block(self, frame: Frame, columns: list[str]) -> Iterator[Item]:
        codes = frame.data["PRODUCT_NC"]
        kinds = {code: self._kind(code) for code in codes.unique()}
        for reason in (OTHER_GOODS, MASKED, TOTAL):
            count = int(codes.is_in([code for code, kind in kinds.items() if kind == reason]).sum())
            if count:
                yield LeftOut(reason, count)
        keep = codes.is_in([code for code, kind in kinds.items() if kind is None])
        lines = frame.lines[keep.to_numpy()].tolist()
        rows = frame.data.select(columns).filter(keep).iter_rows()
        for line, cells in zip(lines, rows, strict=True):
            try:
                left_out = self._add(line, *cells)
            except InvalidRecord as problem:
                yield problem
            else:
                if left_out is not None:
                    yield left_out

    def _kind(self, code: str) -> str | None:
        """Say why goods are left out by their code alone; None for those to look at."""
        if _TOTAL.fullmatch(code):
            return TOTAL
        if _MASKED.fullmatch(code) and not _CODE.fullmatch(code):
            return MASKED
        return OTHER_GOODS if _CODE.fullmatch(code) and code not in self.goods else None

    def _add(
        self,
        line: int,
        reporter: str,
        partner: str,
        code: str,
        flow: str,
        procedure: str,
        period: str,
        eur: str,
        kilograms: str,
    ) -> LeftOut | None:
        """Add a row to its trade, or say why it is left out."""
        if not _CODE.fullmatch(code):
            raise self._bad(
                line, "PRODUCT_NC", code, "eight digits, leading zeros included, or a masked code"
            )
        if flow not in SIDES:
            raise self._bad(line, "FLOW", flow, "1 for imports or 2 for exports")
        time = read_period(period)
        if time is None or time.start > self.edition.published:
            expected = f"a month before the publication on {self.edition.published}, such as 202402 or 202452"
            raise self._bad(line, "PERIOD", period, expected)
        areas = self._area(line, "REPORTER", reporter), self._area(line, "PARTNER", partner)
        value = self._amount(line, "VALUE_EUR", eur)
        weight = self._amount(line, "QUANTITY_KG", kilograms) if kilograms else None
        for area in areas:
            if not area.iso3:
                return LeftOut(f"with {area.name}, {area.reason}")
        if areas[0].iso3 == areas[1].iso3:
            return LeftOut(WITH_ITSELF)
        trade = _Trade(areas[0].iso3, areas[1].iso3, code, flow, time)
        self.trades.setdefault(trade, []).append(_Row(line, procedure, value, weight))
        return None

    def _sum(self, trade: _Trade, rows: list[_Row]) -> Iterator[Item]:
        """State a trade: the sum of its rows, or those that are the sum already."""
        whole = [row for row in rows if row.procedure == ALL_PROCEDURES]
        if whole and len(whole) < len(rows):
            yield LeftOut(SPLIT, len(rows) - len(whole))
        parts = whole or rows
        if len(parts) > 1:
            yield LeftOut(SUMMED, len(parts) - 1)
        declared_by, confidence = SIDES[trade.flow]
        ends = (trade.reporter, trade.partner)
        kilograms = sum(row.kilograms or 0.0 for row in parts)
        fact = exports(
            *(ends[::-1] if declared_by == "importer" else ends),
            trade.code,
            trade.period.text,
            self.edition.said(trade.period.end, confidence),
            self.context.origin,
            tonnes=kilograms / 1000 if kilograms else None,  # 0 kg: not asked for, or less than half of one
            value_eur=sum(row.eur for row in parts),
            classification=f"CN{trade.period.end.year}",
            declared_by=declared_by,
        )
        yield Taken((fact,), self.input.name, parts[0].line)

    def _amount(self, line: int, column: str, cell: str) -> float:
        value = amount(cell)
        if value is None:
            raise self._bad(line, column, cell, "an amount, not negative")
        return value

    def _area(self, line: int, column: str, code: str) -> Area:
        area = find_area("eu", code)
        if area is None:
            raise self._bad(line, column, code, "a code of ISO 3166, or of Eurostat's geonomenclature")
        return area

    def _bad(self, line: int, column: str, found: str, expected: str) -> InvalidRecord:
        return InvalidRecord(self.input.name, line, column, repr(found), expected)


SOURCE = Source(
    name="comext",
    title="Eurostat Comext, trade of the members of the EU",
    adds="monthly or yearly trade in the graph's goods by eight-digit code, in EUR and tonnes",
    files="full_v2_202402.dat and the like, or the .7z they come in, with --published",
    read=read_items,
    url="https://ec.europa.eu/eurostat/api/dissemination/files?dir=comext/COMEXT_DATA/PRODUCTS",
    licence=LICENCE,
    suffixes=(".dat", ".csv"),
)
