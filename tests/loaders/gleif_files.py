"""Small files in the shapes of GLEIF; the rows are invented, their LEI have right check digits."""

from __future__ import annotations

import csv
from pathlib import Path

from stdnum.iso7064 import mod_97_10

L1_NAME = "20260101-0800-gleif-goldencopy-lei2-golden-copy.csv"
RR_NAME = "20260101-0800-gleif-goldencopy-rr-golden-copy.csv"
ISIN_NAME = "lei-isin-20260102T071511.csv"
PERIOD = {
    "Relationship.Period.1.startDate": "2019-01-01T00:00:00.000Z",
    "Relationship.Period.1.endDate": "",
    "Relationship.Period.1.periodType": "RELATIONSHIP_PERIOD",
}


def lei(number: int) -> str:
    start = f"INVENTED{number:010d}"
    return start + mod_97_10.calc_check_digits(start)


def entity(number: int, name: str, country: str = "US", **more: str) -> dict[str, str]:
    return {
        "LEI": lei(number),
        "Entity.LegalName": name,
        "Entity.LegalName.xmllang": "en",
        "Entity.OtherEntityNames.OtherEntityName.1": "",
        "Entity.OtherEntityNames.OtherEntityName.1.type": "",
        "Entity.LegalAddress.FirstAddressLine": '1 "Example" Road\nFloor 2',
        "Entity.LegalAddress.Country": country,
        "Entity.HeadquartersAddress.Country": country,
        "Entity.LegalJurisdiction": country,
        "Entity.EntityCategory": "GENERAL",
        "Entity.EntityStatus": "ACTIVE",
        "Registration.RegistrationStatus": "ISSUED",
    } | {name.replace("__", "."): value for name, value in more.items()}


def tie(child: int, parent: int, kind: str = "IS_DIRECTLY", status: str = "ACTIVE") -> dict[str, str]:
    return {
        "Relationship.StartNode.NodeID": lei(child),
        "Relationship.StartNode.NodeIDType": "LEI",
        "Relationship.EndNode.NodeID": lei(parent),
        "Relationship.EndNode.NodeIDType": "LEI",
        "Relationship.RelationshipType": f"{kind}_CONSOLIDATED_BY",
        "Relationship.RelationshipStatus": status,
        **PERIOD,
    }


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path
