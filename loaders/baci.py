"""Load CEPII BACI: trade of a year between all countries, both declarations reconciled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Provenance
from chainshock.loaders.delimited import Frame, open_table
from chainshock.loaders.inputs import Input, find_inputs
from chainshock.loaders.resolve.areas import Area, find_area
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken
from chainshock.loaders.trade import OTHER_GOODS, Goods, amount, exports, month_end, read_period

__all__ = ["SOURCE"]

COLUMNS = ("t", "i", "j", "k", "v", "q")
COUNTRY_COLUMNS = ("country_code", "country_name", "country_iso3")
BESIDE = ("country_codes", "product_codes")  # how the names of the tables beside the trade begin
ENCODINGS = ("utf-8-sig", "iso-8859-1")  # of those tables: it changed from version to version
NO_QUANTITY = ("", "NA")
LICENCE = "Etalab Open Licence 2.0"
_NAME = re.compile(r"BACI_(HS[0-9]{2})_Y[0-9]{4}_V([0-9]{4})([0-9]{2})([a-z]?)\b", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Z]{6}")


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read years of trade, by the country table passed or lying beside the first of them."""
    years = [item for item in inputs if not item.base.startswith(BESIDE)]
    if not years:
        raise FileProblem(
            inputs[0].name, "no year of trade", "a file such as BACI_HS17_Y2024_V202601.csv beside it"
        )
    tables = [item for item in inputs if item.base.startswith(BESIDE[0])]
    areas = _areas(tables or _sibling(years[0]))
    for item in inputs:
        if item not in years:
            yield from _set_aside(item)
    groups: dict[str, _Group] = {}
    for item in years:
        yield from _Year(item, context, areas, groups).items()
    for group in groups.values():
        yield LeftOut(group.reason, group.count)


def _sibling(year: Input) -> list[Input]:
    """Find the country table of the same version in the folder of a year, if it lies there."""
    named = _NAME.search(year.base)
    if named is None:
        return []
    beside = year.path.with_name(f"country_codes_V{''.join(named.groups()[1:])}.csv")
    return find_inputs([beside], SOURCE.suffixes) if beside.is_file() else []


def _set_aside(item: Input) -> Iterator[Item]:
    """Count the rows of a table that lies beside the trade."""
    required = COUNTRY_COLUMNS if item.base.startswith(BESIDE[0]) else ("code", "description")
    for row in open_table(item, required, encodings=ENCODINGS).rows():
        yield row if isinstance(row, InvalidRecord) else LeftOut("of the tables of countries and products")


@dataclass(frozen=True)
class _Areas:
    """What BACI's numbers of countries stand for: by its own table, else by ISO 3166."""

    table: Mapping[str, Area | None]
    expected: str

    def __getitem__(self, code: str) -> Area | None:
        return self.table.get(code) if self.table else find_area("un", code)


def _areas(tables: Sequence[Input]) -> _Areas:
    known = {}
    for table in tables:
        for row in open_table(table, COUNTRY_COLUMNS, encodings=ENCODINGS).rows():
            if not isinstance(row, InvalidRecord):
                code = row["country_code"]
                known[code] = find_area("un", row["country_iso3"], code, name=row["country_name"])
    if known:
        return _Areas(known, f"a country by {tables[0].name} and ISO 3166")
    return _Areas({}, "the number of a country in ISO 3166, or one of BACI's own")


@dataclass
class _Group:
    """Trade with areas that are no country: left out, and counted with its value."""

    area: Area
    code: str
    count: int = 0
    usd: float = 0.0

    @property
    def reason(self) -> str:
        name = f"{self.area.name or self.code} ({self.code})"
        return f"with {name}, {self.area.reason}: USD {self.usd:,.0f} in all"


@dataclass
class _Year:
    """One file: the trade of a year."""

    input: Input
    context: Context
    areas: _Areas
    groups: dict[str, _Group]
    edition: Edition = field(init=False)
    classification: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.edition, self.classification = _edition(self.input, self.context)
        self._said: dict[date, Provenance] = {}

    def items(self) -> Iterator[Item]:
        """Filter the file to the goods of the graph, block by block."""
        table = open_table(self.input, COLUMNS)
        goods = Goods(self.context.hs_codes)
        self.context.use(self.edition)
        for frame in table.frames():
            yield from frame.problems
            yield from self._block(frame, goods)

    def _block(self, frame: Frame, goods: Goods) -> Iterator[Item]:
        codes = frame.data["k"]
        wanted = [k for k in codes.unique() if k in goods or not _CODE.fullmatch(k)]
        keep = codes.is_in(wanted)
        others = len(keep) - int(keep.sum())
        if others:
            yield LeftOut(OTHER_GOODS, others)
        lines = frame.lines[keep.to_numpy()].tolist()
        rows = frame.data.select(COLUMNS).filter(keep).iter_rows()
        for line, cells in zip(lines, rows, strict=True):
            try:
                item = self._row(line, *cells)
            except InvalidRecord as problem:
                yield problem
            else:
                if item is not None:
                    yield item

    def _row(self, line: int, t: str, i: str, j: str, k: str, v: str, q: str) -> Taken | None:
        """Read one row; None where it is counted with others of an aggregate."""
        if not _CODE.fullmatch(k):
            raise self._bad(line, "k", k, "six digits of the Harmonized System, leading zeros included")
        period = read_period(t)
        if period is None or len(t) != 4:
            raise self._bad(line, "t", t, "a year")
        value = self._amount(line, "v", v, "thousands of USD, not negative")
        tonnes = None if q in NO_QUANTITY else self._amount(line, "q", q, "tonnes, not negative, or nothing")
        exporter, importer = self._area(line, "i", i), self._area(line, "j", j)
        for code, area in ((i, exporter), (j, importer)):
            if not area.iso3:
                self._leave_out(code, area, value * 1000)
                return None
        fact = exports(
            exporter.iso3,
            importer.iso3,
            k,
            period.text,
            self._provenance(period.end),
            self.context.origin,
            tonnes=tonnes,
            value_usd=round(value * 1000, 3),
            classification=self.classification,
            declared_by="reconciled",
        )
        return Taken((fact,), self.input.name, line)

    def _amount(self, line: int, column: str, cell: str, expected: str) -> float:
        value = amount(cell)
        if value is None:
            raise self._bad(line, column, cell, expected)
        return value

    def _area(self, line: int, column: str, code: str) -> Area:
        area = self.areas[code]
        if area is None:
            raise self._bad(line, column, code, self.areas.expected)
        return area

    def _provenance(self, end: date) -> Provenance:
        if end not in self._said:
            self._said[end] = self.edition.said(end)
        return self._said[end]

    def _leave_out(self, code: str, area: Area, usd: float) -> None:
        group = self.groups.setdefault(code, _Group(area, code))
        group.count += 1
        group.usd += usd

    def _bad(self, line: int, column: str, found: str, expected: str) -> InvalidRecord:
        return InvalidRecord(self.input.name, line, column, repr(found), expected)


def _edition(item: Input, context: Context) -> tuple[Edition, str | None]:
    """Read version and HS edition from a file's name; version 202601 is of the last day of that month."""
    named = _NAME.search(item.base)
    classification = None
    if named is None:
        published = context.published_or_fail(item.name, "a name that tells no version of BACI")
        version = published.isoformat()
    else:
        classification, version = named[1].upper(), "".join(named.groups()[1:])
        end = month_end(int(named[2]), int(named[3]))
        if end is None:
            raise FileProblem(item.name, f"version {version}", "a version by year and month, such as V202601")
        published = context.published or end
    edition = Edition(
        id=f"baci-{version}",
        title=f"CEPII BACI, version {version}",
        published=published,
        url=SOURCE.url,
        licence=LICENCE,
    )
    return edition, classification


SOURCE = Source(
    name="baci",
    title="CEPII BACI, trade between all countries",
    adds="yearly trade in the graph's goods, in USD and tonnes",
    files="years (BACI_HS17_Y2024_V202601.csv) and the country table beside them, or the archive of all",
    read=read_items,
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence=LICENCE,
    suffixes=(".csv",),
)
