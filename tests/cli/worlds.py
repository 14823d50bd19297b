"""Tiny tables, stores and runs of the command line for the tests of the commands."""

from __future__ import annotations

from click.testing import CliRunner

from chainshock.cli import main

SAID = "usgs,2024-12-31,2025-01-31,A"
PROVENANCE = "sources,as_of,known_from,confidence"

TABLES = {
    "Source.csv": f"id,title,{PROVENANCE}\nusgs,Mineral Commodity Summaries,{SAID}\n",
    "Country.csv": f"iso3,name,{PROVENANCE}\nCHN,China,{SAID}\nUSA,United States,{SAID}\n",
    "Commodity.csv": f"id,name,stage,unit,{PROVENANCE}\nOX_DY,Dysprosium oxide,oxide,t,{SAID}\n",
    "Company.csv": f"id,name,is_listed,{PROVENANCE}\nacme,Acme,true,{SAID}\nbolt,Bolt,false,{SAID}\n",
    "EXPORTS.csv": f"source,target,code,period,tonnes,{PROVENANCE}\nCHN,USA,284690,2024,100,{SAID}\n",
    "OWNS.csv": f"source,target,stake,status,{PROVENANCE}\nacme,Company:bolt,0.6,active,{SAID}\n",
    "PRODUCES.csv": f"source,target,year,basis,share,{PROVENANCE}\n"
    f"Country:CHN,Commodity:OX_DY,2024,share,0.9,{SAID}\n",
}


def invoke(*args, input=None):
    """Run the command line in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], input=input)


def write_tables(folder, **changed):
    """Write the tiny tables, some of them changed (`Country="..."`), and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TABLES.items():
        (folder / name).write_text(changed.get(name[:-4], text), encoding="utf-8")
    return folder


def make_store(folder):
    """Load the tiny tables into a new store without the reference data."""
    path = folder / "facts.db"
    result = invoke("load", write_tables(folder / "good"), "--store", path, "--empty", "--origin", "good")
    assert result.exit_code == 0, result.stderr
    return path
