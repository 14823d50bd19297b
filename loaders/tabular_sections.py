"""Read the sections of a mapping file: the company, the form of the table, new goods, units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainshock.graph.cells import key_error, quote
from chainshock.graph.parameters import read_parameters
from chainshock.graph.schema import read_schema
from chainshock.loaders.tabular_map_reader import MapReader
from chainshock.loaders.tabular_units import KNOWN_UNITS, Unit, find_unit

__all__ = [
    "ENCODINGS",
    "Company",
    "NewGood",
    "TableOptions",
    "read_company",
    "read_new_goods",
    "read_table_options",
    "read_units",
]

ENCODINGS = {
    "utf-8": "utf-8-sig",
    **{
        name: name for name in ("cp1250", "cp1251", "cp1252", "latin-1", "iso8859-15", "gb18030", "shift_jis")
    },
}
THOUSANDS = ("", ",", ".", " ", "'")
DATE_PARTS = ("YYYY", "MM", "DD")


@dataclass(frozen=True)
class Company:
    """The user's own company; blank what the mapping does not say."""

    id: str
    name: str
    country: str
    revenue: float | None  # millions of `currency`
    currency: str
    fiscal_year: int | None


@dataclass(frozen=True)
class TableOptions:
    """The form of the table."""

    encoding: str
    delimiter: str
    decimal: str
    thousands: str
    dates: str
    shares: str  # fraction or percent
    sheet: str | None


@dataclass(frozen=True)
class NewGood:
    """A good that the graph does not hold."""

    name: str
    stage: str
    unit: str
    hs_codes: tuple[str, ...]


def read_company(reader: MapReader) -> Company:
    """Read the section [company]."""
    at = ("company",)
    reader.forbid(at, ("id", "name", "country", "revenue", "currency", "fiscal_year"))
    key, name = reader.text((*at, "id")), reader.text((*at, "name"))
    if not key and not name and reader.get((*at, "name")) is None and reader.get((*at, "id")) is None:
        reader.add(at, "no name of your company", "`name`, or the `id` of a company in the store")
    wrong = key_error("Company", key) if key else None
    if wrong is not None:
        reader.add((*at, "id"), quote(key), wrong)
    revenue, currency = reader.number((*at, "revenue")), reader.text((*at, "currency"))
    year = reader.number((*at, "fiscal_year"), least=1989, most=2100)
    known = sorted(n.removeprefix("fx.") for n in read_parameters() if n.startswith("fx."))
    if currency and currency not in known:
        reader.add((*at, "currency"), quote(currency), f"one of {', '.join(known)}")
    if revenue is not None and (not currency or year is None):
        reader.add((*at, "revenue"), "a revenue alone", "`currency` and `fiscal_year` beside it")
    fiscal_year = None if year is None else int(year)
    return Company(key, name, reader.country((*at, "country")), revenue, currency, fiscal_year)


def read_table_options(reader: MapReader) -> TableOptions:
    """Read the section [table]."""
    at = ("table",)
    reader.forbid(at, ("encoding", "delimiter", "decimal", "thousands", "dates", "shares", "sheet"))
    encoding = reader.choice((*at, "encoding"), tuple(ENCODINGS)) or "utf-8"
    delimiter = reader.choice((*at, "delimiter"), (",", ";", "\t", "|")) or ","
    decimal = reader.choice((*at, "decimal"), (".", ",")) or "."
    thousands = reader.choice((*at, "thousands"), THOUSANDS)
    if thousands == decimal:
        reader.add((*at, "thousands"), f"{thousands!r} for both", "another sign than `decimal`")
    dates = reader.text((*at, "dates")) or "YYYY-MM-DD"
    if any(dates.count(part) != 1 for part in DATE_PARTS) or dates.strip("YMD.-/ ") != "":
        reader.add((*at, "dates"), quote(dates), "YYYY, MM and DD once each, as in DD.MM.YYYY")
    shares = reader.choice((*at, "shares"), ("fraction", "percent")) or "fraction"
    sheet = reader.text((*at, "sheet")) or None
    return TableOptions(ENCODINGS[encoding], delimiter, decimal, thousands, dates, shares, sheet)


def read_new_goods(reader: MapReader) -> dict[str, NewGood]:
    """Read the sections [goods.new.ID]."""
    properties = read_schema().labels["Commodity"].properties
    found = {}
    for key in reader.table("goods", "new"):
        at = ("goods", "new", key)
        reader.forbid(at, ("name", "stage", "unit", "hs_codes"))
        wrong = key_error("Commodity", key)
        if wrong is not None:
            reader.add(at, quote(key), wrong)
        codes = reader.get((*at, "hs_codes")) or []
        if not isinstance(codes, list) or not all(isinstance(c, str) and c.isdecimal() for c in codes):
            reader.add((*at, "hs_codes"), quote(codes), 'codes of digits in quotes, as in ["850511"]')
            codes = []
        found[key] = NewGood(
            reader.text((*at, "name"), required=True),
            reader.choice((*at, "stage"), properties["stage"].choices, required=True),
            reader.choice((*at, "unit"), ("t", "unit", "MW", "USD"), required=True),
            tuple(codes),
        )
    return found


def read_units(reader: MapReader) -> dict[str, Unit]:
    """Read the section [units]: each a known unit, or so many of one."""
    found = {}
    for name in reader.table("units"):
        at = ("units", name)
        is_table = isinstance(reader.get(at), Mapping)
        if is_table:
            reader.forbid(at, ("unit", "factor"))
        meant = reader.text((*at, "unit") if is_table else at, required=True)
        factor = reader.number((*at, "factor")) if is_table else 1.0
        unit = find_unit(meant, {})
        if unit is None and meant:
            reader.add(at, quote(meant), f"one of {', '.join(KNOWN_UNITS)}")
        if is_table and reader.get((*at, "factor")) is None:
            reader.add(at, "no factor", "`factor`: how many of `unit` one is")
        if unit is not None and factor is not None:
            found[name] = Unit(unit.base, unit.factor * factor)
    return found
