"""Small good files of the registers; their rows are invented, but for the names of a few well-known firms."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.loaders.gleif_files import ISIN_NAME, L1_NAME, RR_NAME, entity, lei, tie, write_csv

PUBLISHED = ["--published", "2026-01-15"]
SCREENING_HEADER = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,"
    "gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,"
    "dates_of_birth,nationalities,places_of_birth,source_information_url,ids"
)


def sec_example(folder: Path) -> list[str]:
    path = folder / "company_tickers.json"
    rows = [(37996, "F", "FORD MOTOR CO"), (37996, "F-PB", "FORD MOTOR CO"), (1, "NBDY", "Nobody Knows Inc.")]
    entries = [dict(zip(("cik_str", "ticker", "title"), row, strict=True)) for row in rows]
    path.write_text(json.dumps(dict(enumerate(entries))), encoding="utf-8")
    return [str(path), *PUBLISHED]


def gleif_example(folder: Path) -> list[str]:
    rows = [
        entity(1, "Ford Motor Company"),
        entity(2, "Nobody Knows Ltd", "GB"),
        entity(3, "福特有限公司", "CN"),
    ]
    return [str(write_csv(folder / L1_NAME, *rows))]


def gleif_isin_example(folder: Path) -> list[str]:
    return [str(write_csv(folder / ISIN_NAME, {"LEI": lei(1), "ISIN": "US3453708600"}))]


def gleif_relations_example(folder: Path) -> list[str]:
    return [
        str(write_csv(folder / RR_NAME, tie(1, 2), tie(1, 3, "IS_ULTIMATELY"), tie(2, 3, status="INACTIVE")))
    ]


def screening_example(folder: Path) -> list[str]:
    path = folder / "consolidated.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, next(csv.reader([SCREENING_HEADER])))
        writer.writeheader()
        for number, name in enumerate(("Invented Magnet Co., Ltd.", "Ford Motor")):
            about = {
                "_id": f"invented{number}",
                "name": name,
                "start_date": "2025-01-01",
                "alt_names": "IM; I M",
            }
            about["source"] = "Entity List (EL) - Bureau of Industry and Security"
            writer.writerow(about | {"addresses": "1 Example Road, City, CN; 2 Example Road, Town, US"})
    return [str(path), *PUBLISHED]


def ftm_example(folder: Path) -> list[str]:
    path = folder / "entities.ftm.json"
    entities = (
        ("invented-1", "Company", {"name": ["Ford Motor Co"], "country": ["us"], "cikCode": ["0000037996"]}),
        ("invented-2", "Organization", {"name": ["Invented Holding"], "country": ["gb"]}),
        (
            "invented-3",
            "Ownership",
            {"owner": ["invented-2"], "asset": ["invented-1"], "percentage": ["0.1"]},
        ),
        ("invented-4", "Person", {"name": ["A. N. Other"]}),
    )
    lines = [json.dumps({"id": key, "schema": kind, "properties": about}) for key, kind, about in entities]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(path), *PUBLISHED]
