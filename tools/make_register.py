"""Write an invented register in the shape of GLEIF's level 1, of any size: for benchmarks and for trying out.

Example: python tools/make_register.py register.csv --rows 2500000
All names are put together from syllables; the LEI have right check digits and belong to nobody. Every 997th
name is that of a company of the shipped data with a legal form, or nearly so: there is something to find.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

HEADER = [
    "LEI",
    *("Entity.LegalName", "Entity.LegalName.xmllang"),
    *(
        f"Entity.OtherEntityNames.OtherEntityName.{number}{part}"
        for number in (1, 2, 3)
        for part in ("", ".xmllang", ".type")
    ),
    *(
        f"Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1{part}"
        for part in ("", ".xmllang", ".type")
    ),
    *(
        f"Entity.{place}.{part}"
        for place in ("LegalAddress", "HeadquartersAddress")
        for part in (
            "xmllang",
            "FirstAddressLine",
            "AdditionalAddressLine.1",
            "City",
            "Region",
            "Country",
            "PostalCode",
        )
    ),
    *(
        "Entity.RegistrationAuthority.RegistrationAuthorityID",
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    ),
    *("Entity.LegalJurisdiction", "Entity.EntityCategory", "Entity.LegalForm.EntityLegalFormCode"),
    *("Entity.EntityStatus", "Entity.EntityCreationDate", "Registration.InitialRegistrationDate"),
    *("Registration.LastUpdateDate", "Registration.RegistrationStatus", "Registration.NextRenewalDate"),
    *("Registration.ManagingLOU", "Registration.ValidationSources"),
]
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
TRADES = [
    *("Holdings", "Group", "Trading", "Capital", "Energy", "Metals"),
    *("Real Estate", "Logistics", "Resources", "Steel", "Materials", "Motors"),
]
FORMS = {
    "US": ("Inc.", "LLC", "Corp."),
    "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "GB": ("Limited", "PLC"),
    "FR": ("S.A.", "SAS"),
    "JP": ("株式会社", "K.K."),
    "CN": ("有限公司", "Co., Ltd."),
    "SE": ("AB", "Aktiebolag"),
}


def lei_of(number: int) -> str:
    """Give the LEI of a number: 18 signs and two check digits (ISO 7064, MOD 97-10)."""
    start = f"9999{number:014d}"
    return f"{start}{98 - int(start + '00') % 97:02d}"


def rows(count: int, names: Sequence[str], seed: int = 1) -> Iterator[list[str]]:
    """Make rows, the same ones for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    countries = list(FORMS)
    for number in range(count):
        country = draw.choice(countries)
        form = draw.choice(FORMS[country])
        base = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).capitalize()
        name = f"{base} {draw.choice(TRADES)} {form}"
        if number % 997 == 5:
            name = f"{draw.choice(names)} {form}"
        elif number % 997 == 6:
            name = f"{draw.choice(names)}s {form}"
        elif number % 50 == 7:
            name = name.replace("o", "ö").replace("e", "é")
        row = dict.fromkeys(HEADER, "")
        row["LEI"], row["Entity.LegalName"], row["Entity.LegalName.xmllang"] = lei_of(number), name, "en"
        if number % 40 == 3:
            row["Entity.OtherEntityNames.OtherEntityName.1"] = f"{base} International"
            row["Entity.OtherEntityNames.OtherEntityName.1.type"] = "ALTERNATIVE_LANGUAGE_LEGAL_NAME"
        for place in ("LegalAddress", "HeadquartersAddress"):
            line = f'{number % 300} {base} Street, "House {number % 9}"' + (
                "\nFloor 2" if number % 25 == 1 else ""
            )
            row[f"Entity.{place}.FirstAddressLine"] = line
            row[f"Entity.{place}.City"] = f"{base}stadt"
            row[f"Entity.{place}.Country"] = country
            row[f"Entity.{place}.PostalCode"] = f"{number % 99999:05d}"
        row["Entity.LegalJurisdiction"] = country
        row["Entity.EntityCategory"] = "FUND" if number % 12 == 4 else "GENERAL"
        row["Entity.EntityStatus"] = "INACTIVE" if number % 30 == 9 else "ACTIVE"
        row["Registration.RegistrationStatus"] = "DUPLICATE" if number % 200 == 8 else "ISSUED"
        row["Registration.LastUpdateDate"] = "2025-12-01T00:00:00Z"
        row["Registration.ManagingLOU"] = "529900T8BM49AURSDO55"
        yield list(row.values())


def company_names() -> list[str]:
    """Give the names of the companies of the shipped data."""
    text = resources.files("chainshock.loaders").joinpath("data", "Company.csv").read_text("utf-8")
    return sorted({row["name"] for row in csv.DictReader(text.splitlines())})


def write(path: Path, count: int, names: Sequence[str]) -> None:
    """Write a register: all cells quoted, as GLEIF does."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows(count, names))


def main() -> None:
    """Write the register that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    write(options.path, options.rows, company_names())


if __name__ == "__main__":
    main()
