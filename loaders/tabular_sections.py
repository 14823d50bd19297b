"""Read the sections of a mapping file: the company, the form of the table, new goods, units, products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chainshock.graph.cells import key_error, quote
from chainshock.graph.parameters import read_parameters
from chainshock.graph.schema import read_schema
from chainshock.loaders.tabular_map_reader import MapReader
from chainshock.loaders.tabular_units import KNOWN_UNITS, Unit, find_unit

__all__ = [
    "ENCODINGS",
    "Company",
    "NewGood",
    "Product",
    "TableOptions",
    "read_company",
    "read_new_goods",
    "read_products",
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
ROUNDING = 1e-6  # by which shares may pass 1


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


@dataclass(frozen=True)
class Product:
    """A product of the user's own company."""

    name: str
    sector: str
    buyer_class: str
    unit: str
    unit_value: float | None  # in the company's currency
    revenue_share: float
    countries: Mapping[str, float] = field(default_factory=dict)


def read_company(reader: MapReader) -> Company:
    """Read the section [company]."""
    at = ("company",)
    reader.forbid(at, ("id", "name", "country", "revenue", "currency", "fiscal_year"))
    key, name = reader.text((*at, "id")), reader.text((*at, "name"))
    if not key and not name:
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


def read_products(reader: MapReader) -> dict[str, Product]:
    """Read the sections [products.NAME]."""
    properties = read_schema().labels["EndUse"].properties
    found = {}
    for name in reader.table("products"):
        at = ("products", name)
        keys = ("sector", "buyer_class", "unit", "unit_value", "revenue_share", "country", "countries")
        reader.forbid(at, keys)
        share = reader.number((*at, "revenue_share"), most=1.0)
        if reader.get((*at, "revenue_share")) is None:
            reader.add(at, "no revenue_share", "the product's share of the company's revenue, from 0 to 1")
        _check_value(reader, name)
        found[name] = Product(
            name=name,
            sector=reader.choice((*at, "sector"), properties["sector"].choices, required=True),
            buyer_class=reader.choice((*at, "buyer_class"), properties["buyer_class"].choices) or "civil",
            unit=reader.choice((*at, "unit"), properties["unit"].choices, required=True),
            unit_value=reader.number((*at, "unit_value")),
            revenue_share=share or 0.0,
            countries=_countries(reader, name),
        )
    total = sum(product.revenue_share for product in found.values())
    if total > 1 + ROUNDING:
        reader.add(("products",), f"revenue shares that sum to {total:g}", "at most 1")
    return found


def _check_value(reader: MapReader, product: str) -> None:
    """Check that amounts for one unit of a product can be set against revenue."""
    at, currency = ("products", product), reader.get(("company", "currency"))
    has_value, unit = reader.get((*at, "unit_value")) is not None, reader.get((*at, "unit"))
    if unit != "USD" and not has_value:
        reader.add(at, "no unit_value", "`unit_value`: what one unit sells for, in the company's currency")
    if has_value and (unit == "USD" or not currency):
        reader.add(
            (*at, "unit_value"),
            "a unit value",
            "one only with a unit other than USD, and with `currency` in [company]",
        )


def _countries(reader: MapReader, product: str) -> dict[str, float]:
    """Read where a product is made: one country, or shares by country."""
    at = ("products", product)
    one, several = reader.country((*at, "country")), reader.table(*at, "countries")
    if one and several:
        reader.add((*at, "countries"), "countries beside `country`", "one of the two")
    if not several:
        own = one or reader.country(("company", "country"))
        if not own and reader.get((*at, "country")) is None:
            reader.add(at, "no country", "`country`, or the country of [company]")
        return {own: 1.0} if own else {}
    found: dict[str, float] = {}
    for name in several:
        place = (*at, "countries", name)
        share = reader.number(place, most=1.0)
        shadow = MapReader(reader.path, "", {"name": name})
        code = shadow.country(("name",))
        if not code:
            reader.add(place, quote(name), "a country, by English name or ISO 3166 code")
        elif share is not None:
            found[code] = found.get(code, 0.0) + share
    if found and abs(sum(found.values()) - 1) > ROUNDING:
        reader.add((*at, "countries"), f"shares that sum to {sum(found.values()):g}", "shares that sum to 1")
    return found
