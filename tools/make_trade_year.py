"""Write an invented year of trade in BACI's shape: make_trade_year.py [--rows N] FOLDER.

Countries and codes are real, every figure is drawn: for reading at size, never for a result.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
import pycountry

from chainshock.loaders.reference import reference_facts

YEAR = 2024
CODES = 5_000
ROWS = 11_000_000
SPREAD = 2.0  # of the sizes of countries and codes, standard deviation of the logarithm
NO_QUANTITY = 0.02  # of rows
SPECIAL = {"250": "251", "356": "699", "578": "579", "756": "757", "840": "842"}  # ISO: BACI


def countries() -> pl.DataFrame:
    """List the countries as BACI numbers them."""
    rows = [
        (int(SPECIAL.get(c.numeric, c.numeric)), c.name, c.alpha_2, c.alpha_3) for c in pycountry.countries
    ]
    rows += [(490, "Other Asia, nes", "", "S19"), (697, "Europe EFTA, nes", "", "R20")]
    names = ["country_code", "country_name", "country_iso2", "country_iso3"]
    return pl.DataFrame(sorted(rows)[:226], schema=names, orient="row")


def codes(rng: np.random.Generator) -> list[str]:
    """List six-digit codes: those of the reference data, and others drawn."""
    known = {
        str(code).ljust(6, "0")
        for fact in reference_facts()
        if fact.name == "Commodity"
        for code in fact.properties.get("hs_codes", ())  # type: ignore[union-attr]
    }
    drawn = rng.choice(980_000, CODES, replace=False) + 10_000
    return sorted([*known, *(f"{n:06}" for n in drawn.tolist() if f"{n:06}" not in known)][:CODES])


def chances(rows: int, *sizes: np.ndarray) -> float:
    """Find the scale at which about `rows` of all triples of sizes trade."""
    exporters, importers, goods = sizes
    pairs = np.sort((exporters[:, None] * importers[None, :]).ravel())[:: len(exporters) // 10]
    goods = np.sort(goods)[:: len(goods) // 500]
    share = rows / (len(exporters) * len(importers) * CODES)
    low, high = 1e-9, 1e9
    for _ in range(80):
        scale = (low * high) ** 0.5
        part = float(np.mean(-np.expm1(-scale * pairs[:, None] * goods[None, :])))
        low, high = (scale, high) if part < share else (low, scale)
    return low


def main(rows: int, folder: Path) -> None:
    """Write the year, exporter by exporter, and the country table."""
    rng = np.random.default_rng(YEAR)
    folder.mkdir(parents=True, exist_ok=True)
    table, products = countries(), np.array(codes(rng))
    table.write_csv(folder / "country_codes_V202601.csv")
    numbers = table["country_code"].to_numpy()
    exporters, importers = (rng.lognormal(0.0, SPREAD, len(numbers)) for _ in range(2))
    goods = rng.lognormal(0.0, SPREAD / 2, len(products))
    scale = chances(rows, exporters, importers, goods)
    count = 0
    with (folder / f"BACI_HS17_Y{YEAR}_V202601.csv").open("wb") as file:
        file.write(b"t,i,j,k,v,q\n")
        for number, size in zip(numbers.tolist(), exporters, strict=True):
            part = -np.expm1(-scale * size * importers[:, None] * goods[None, :])
            part[numbers == number] = 0.0
            importer, product = np.nonzero(rng.random(part.shape) < part)
            value = np.exp(rng.normal(3.0, 3.0, len(importer)))
            weight = value / np.exp(rng.normal(2.0, 1.5, len(importer)))
            pl.DataFrame(
                {
                    "t": np.full(len(importer), YEAR),
                    "i": np.full(len(importer), number),
                    "j": numbers[importer],
                    "k": products[product],
                    "v": value.round(3).clip(0.001),
                    "q": pl.Series(weight.round(3)).set(
                        pl.Series(rng.random(len(weight)) < NO_QUANTITY), None
                    ),
                }
            ).write_csv(file, include_header=False)
            count += len(importer)
    print(f"{count:,} rows")  # noqa: T201 - a tool says what it did


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    main(chosen.rows, chosen.folder)
