"""Read the products of a mapping file: what the user's company makes, where, and what it earns with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chainshock.graph.cells import quote
from chainshock.graph.schema import read_schema
from chainshock.loaders.tabular_map_reader import MapReader

__all__ = ["Product", "read_products"]

ROUNDING = 1e-6  # by which shares may pass 1
OF_ITS_OWN = (
    "sector",
    "buyer_class",
    "unit",
    "unit_value",
)  # keys of an end use of its own


@dataclass(frozen=True)
class Product:
    """A product of the user's own company: an end use of its own, or one of the graph's, `end_use`."""

    name: str
    sector: str
    buyer_class: str
    unit: str
    unit_value: float | None  # in the company's currency
    revenue_share: float
    end_use: str
    magnet_use: str
    countries: Mapping[str, float] = field(default_factory=dict)


def read_products(reader: MapReader) -> dict[str, Product]:
    """Read the sections [products.NAME]."""
    properties = read_schema().labels["EndUse"].properties
    uses = read_schema().relationships["SERVES"].properties["magnet_use"].choices
    found = {}
    for name in reader.table("products"):
        at = ("products", name)
        keys = (*OF_ITS_OWN, "revenue_share", "country", "countries", "end_use", "magnet_use")
        reader.forbid(at, keys)
        end_use = reader.text((*at, "end_use"))
        share = reader.number((*at, "revenue_share"), most=1.0)
        if reader.get((*at, "revenue_share")) is None:
            reader.add(at, "no revenue_share", "the product's share of the company's revenue, from 0 to 1")
        if end_use:
            _check_shared(reader, name)
        else:
            _check_own(reader, name)
        found[name] = Product(
            name=name,
            sector=reader.choice((*at, "sector"), properties["sector"].choices, required=not end_use),
            buyer_class=reader.choice((*at, "buyer_class"), properties["buyer_class"].choices) or "civil",
            unit=reader.choice((*at, "unit"), properties["unit"].choices, required=not end_use),
            unit_value=reader.number((*at, "unit_value")),
            revenue_share=share or 0.0,
            end_use=end_use,
            magnet_use=reader.choice((*at, "magnet_use"), uses) or "unknown",
            countries=_countries(reader, name),
        )
    total = sum(product.revenue_share for product in found.values())
    if total > 1 + ROUNDING:
        reader.add(("products",), f"revenue shares that sum to {total:g}", "at most 1")
    return found


def _check_shared(reader: MapReader, product: str) -> None:
    """Check that a product which stands for an end use of the graph leaves to it what it is."""
    for key in OF_ITS_OWN:
        if reader.get(("products", product, key)) is not None:
            reader.add(
                ("products", product, key), f"{key} beside `end_use`", "the end use alone, which has its own"
            )


def _check_own(reader: MapReader, product: str) -> None:
    """Check that amounts for one unit of a product can be set against revenue."""
    if reader.get(("products", product, "magnet_use")) is not None:
        reader.add(
            ("products", product, "magnet_use"), "magnet_use", "it beside `end_use` only: the inputs tell"
        )
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
