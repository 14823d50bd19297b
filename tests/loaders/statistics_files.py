"""Small files of official statistics in the publishers' shapes; all figures are invented."""

from __future__ import annotations

import json
from pathlib import Path

USGS_2024 = """Source,Country,Type,Prod_t_2022,Prod_t_est_2023,Prod_notes,Reserves_t,Reserves_notes
MCS2024,Tajikistan,"Mine production, contained antimony",W,>100,,NA,
MCS2024,Bolivia ,"Mine production, contained antimony","1,200",e1300,,—,
MCS2024,Other countries,"Mine production, contained antimony",10,11,,Large,
MCS2024,World total (rounded),"Mine production, contained antimony",1300,1400,,,
"""

_QUANTITIES = (
    "PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES"
)
_REO = '"Mine production, rare-earth-oxide equivalent",metric tons'

USGS_2025 = f"""SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,{_QUANTITIES}
MCS2025,Gallium,China,Primary production,kilograms,"600,000",500000,,"750,000",800000,,,
MCS2025,Gallium,Japan ,Primary production,kilograms,3000,W,,,,,,
MCS2025,Gallium,Other Countries,Primary production,kilograms,,—,,,,,,
MCS2025,Gallium,World total (rounded),Primary production,kilograms,610000,1000000,,,,,,
MCS2025,Rare earths,China,{_REO},200,300,quota,,,,"4,000",
MCS2025,Rare earths,World total (rounded),{_REO},,400,,,,,,
MCS2025,Gypsum,Chad,Mine production,thousand metric tons,1,2,,,,,,
"""

_LONG = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,More"
_WORLD = "World Mine Production and Reserves"
_SALIENT = "Salient Statistics—United States"

_OWN = f"RARE EARTHS,{_SALIENT},Rare Earths,United States,Production,Production"

USGS_2026 = f"""{_LONG}
RARE EARTHS,{_WORLD},Rare Earths,China,Production,Mine production,metric tons,2024,250,,
RARE EARTHS,{_WORLD},Rare Earths,China,Production,Mine production,metric tons,2025,280,Estimated. -- Quota.,
RARE EARTHS,{_WORLD},Rare Earths,United States,Production,Mine production,metric tons,2025,50,,
RARE EARTHS,{_WORLD},Rare Earths,World total,Production,Mine production: rounded,metric tons,2024,400,,
RARE EARTHS,{_WORLD},Rare Earths,China,Reserves,Reserves,metric tons,2025,">4,000",See Appendix C for more.,
RARE EARTHS,{_WORLD},Rare Earths,Chad,Reserves,Reserves,metric tons,2025,s,Included in “World total.”,
RARE EARTHS,{_WORLD},Rare Earths,Atlantis,Production,Mine production,metric tons,2025,7,,
RARE EARTHS,{_WORLD},Rare Earths,Brazil,Production,Mine production,metric tons,2025,1–2,,
{_OWN}: Mineral concentrates,metric tons,2023,40,,
{_OWN}: Mineral concentrates,metric tons,2025,51,,
{_OWN}: Compounds and metals,metric tons,2025,8,,
RARE EARTHS,{_SALIENT},Rare Earths,United States,Price,Oxide,dollars per kilogram,2025,9,,
RARE EARTHS,Import Sources,Rare Earths,China,Import sources 2021-2024,All,percent,2021–24,70,,
RARE EARTHS,{_SALIENT},Rare Earths,United States,Import,Compounds,metric tons,2025,W,,
TUNGSTEN,{_WORLD},Tungsten,United States,Production,Mine production,metric tons,2025,—,,
GYPSUM,{_WORLD},Gypsum,Chad,Production,Mine production,thousand metric tons,2025,lots,,
"""

EU_WORLD = """Material,Stage,Country,Share,t
Neodymium,E,China,60%,1.1
Neodymium,E,Brasil,30.0%,0.8
Neodymium,P,China,100.0%,1.0
Neodymium,P,Türkiye,<0.1%,1.0
Dysprosium,E,Myanmar,9.3%,1.0
Gypsum,E,Chad,0.1%,1.0
Neodymium,E,Atlantis,1%,1.0
Neodymium,E,Chad,6,1.0
"""

EU_SOURCING = """Material,Stage,Country,Share,t
Neodymium,E,China,50%,1.0
Neodymium,E,Austria,50%,0.8
Heavy Rare earths Elements,P,China,98%,1
"""

EU_SCORES = """Material,Year,SR,EI
Tungsten,2020,1.6,8.1
Tungsten,2023,1.2,-
Tungsten,2011,-,-
LREEs,2023,3.7,5.9
Gypsum,2023,0.5,2.6
"""

IEA_FLAT = """table,mineral,stage_or_sector,country,scenario,year,value,unit
demand,Copper,Wind,World,historic,2024,500.0,kt
demand,Copper,Wind,World,STEPS,2030,800.0,kt
supply,Rare Earth Elements,mining,China,base,2024,6.0,kt
supply,Rare Earth Elements,mining,Rest of world,base,2024,4.0,kt
supply,Rare Earth Elements,refining,China,base,2024,9.0,kt
supply,Rare Earth Elements,refining,China,base,2030,12.0,kt
supply,Rare Earth Elements,refining,China,base,2040,12.0,kt
supply,Rare Earth Elements,refining,Malaysia,base,2024,1.0,kt
supply,Copper,mining,Democratic Republic of Congo,base,2024,50.0,kt
supply,Copper,mining,Rest of world,base,2024,150.0,kt
supply,Chromium,mining,Chile,base,2024,1.0,kt
"""

IEA_TREE = {
    "source": "invented",
    "totalDemand": {"Copper": {"sectors": {"Wind": {"2024": 500.0, "STEPS": {"2030": 800.0}}}}},
    "supply": {
        "Rare Earth Elements": {
            "mining": {
                "countries": {
                    "China": {"2024": 6.0},
                    "Rest of world": {"2024": 4.0},
                    "Notes: these are sentences.": {"2024": 3.0},
                },
                "total": {"2024": 10.0},
            },
            "refining": {
                "countries": {
                    "China": {"2024": 9.0, "2030": 12.0, "2040": 12.0},
                    "Malaysia": {"2024": 1.0},
                },
            },
        },
        "Copper": {
            "mining": {
                "countries": {
                    "Democratic Republic of Congo": {"2024": 50.0},
                    "Rest of world": {"2024": 150.0},
                },
            },
        },
        "Chromium": {"mining": {"countries": {"Chile": {"2024": 1.0}}}},
    },
}


def wgi_row(code: str, iso3: str, year: str, value: object, name: str = "") -> dict[str, object]:
    """Give one row as the World Bank's interface has it."""
    return {
        "indicator": {"id": code, "value": "..."},
        "country": {"id": iso3[:2], "value": name or iso3},
        "countryiso3code": iso3,
        "date": year,
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }


def wgi(*rows: dict[str, object]) -> str:
    """Give a document of rows."""
    meta = {"page": 1, "pages": 1, "per_page": 400, "total": len(rows), "lastupdated": "2025-01-15"}
    return json.dumps([meta, rows])


WGI = wgi(
    wgi_row("GOV_WGI_GE.EST", "CHN", "2023", 0.5),
    wgi_row("GE.EST", "CHN", "2022", 0.4),
    wgi_row("GOV_WGI_RL.EST", "CHN", "2023", -1.5),
    wgi_row("GOV_WGI_GE.EST", "BRA", "2023", None),
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file of text, line ends as they are, and give its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def usgs_example(folder: Path) -> list[str]:
    """Give a file of the shape of 2026, in its encoding."""
    return [str(write(folder / "MCS2026_Commodities_Data.csv", USGS_2026, "cp1252"))]


def eu_crm_example(folder: Path) -> list[str]:
    """Give the three tables that are read."""
    tables = {
        "fact_GlobalSupplyShares_t": EU_WORLD,
        "fact_EUSupplyShares_t": EU_SOURCING,
        "dimension_CRMsOverTime": EU_SCORES,
    }
    return [str(write(folder / f"{name}.csv", text, "cp1252")) for name, text in tables.items()]


def iea_example(folder: Path) -> list[str]:
    """Give the flat table."""
    return [str(write(folder / "iea_flat.csv", IEA_FLAT))]


def wgi_example(folder: Path) -> list[str]:
    """Give a document."""
    return [str(write(folder / "wgi.json", WGI))]
