"""Transactions are added up to a network, and files for Neo4j are made of it."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.queries.propagation.spark.import_files import write_import_files
from chainshock.queries.propagation.spark.job import LossFiles, open_cascade
from chainshock.queries.propagation.spark.tables import read_tables
from chainshock.queries.propagation.spark.transactions import add_up

pytestmark = pytest.mark.slow
FIRMS = {"id": ["a", "b", 'c "quoted", é'], "sector": ["ore", "magnet", "car"]}
SALES = [
    ("a", "b", 3.0),
    ("a", "b", 2.0),
    ("b", 'c "quoted", é', 4.0),
    ("a", "a", 9.0),
    ("a", "b", -1.0),
    ("a", "b", None),
    ("a", "nobody", 1.0),
]


@pytest.fixture
def invoices(tmp_path):
    pl.DataFrame(FIRMS).write_parquet(tmp_path / "firms.parquet")
    columns = {"supplier": pl.String, "customer": pl.String, "value": pl.Float64}
    pl.DataFrame(SALES, schema=columns, orient="row").write_parquet(tmp_path / "transactions.parquet")
    return tmp_path


def test_transactions_of_a_pair_add_up_and_every_row_is_accounted_for(spark, invoices):
    tally = add_up(spark, str(invoices), str(invoices / "net"))
    assert (tally.read, tally.used, tally.edges, tally.value) == (7, 3, 2, 9.0)
    assert (tally.to_itself, tally.without_value, tally.unknown_firm) == (1, 2, 1)
    assert "7 transactions read: 3 added up to 2 edges worth 9" in str(tally)
    edges = pl.read_parquet(f"{invoices}/net/edges.parquet/*.parquet").sort("supplier")
    assert edges.rows() == [("a", "b", 5.0), ("b", 'c "quoted", é', 4.0)]
    _, sectors = read_tables(spark, str(invoices / "net"), essentiality=False)
    assert sectors == ("car", "magnet", "ore")


def test_firm_that_occurs_twice_is_told(spark, invoices):
    pl.DataFrame({"id": ["a", "a"], "sector": ["ore", "ore"]}).write_parquet(invoices / "firms.parquet")
    with pytest.raises(InvalidRecord, match="an id that no other firm has"):
        add_up(spark, str(invoices), str(invoices / "net"))


def test_folder_without_transactions_is_told(spark, invoices):
    (invoices / "transactions.parquet").unlink()
    with pytest.raises(FileProblem, match=r"no transactions\.parquet"):
        add_up(spark, str(invoices), str(invoices / "net"))


def rows_of(folder):
    rows = []
    for part in sorted(folder.glob("part-*")):
        with part.open(encoding="utf-8", newline="") as file:
            rows += csv.reader(file)
    return (folder / "header").read_text(encoding="utf-8").strip(), rows


def test_files_for_neo4j_hold_firms_deliveries_scenarios_and_exposures(spark, invoices):
    add_up(spark, str(invoices), str(invoices / "net"))
    shocks = invoices / "shocks.parquet"
    pl.DataFrame({"scenario": ["stop"], "node": ["a"], "loss": [1.0]}).write_parquet(shocks)
    lost = str(invoices / "lost")
    with open_cascade(spark, str(invoices / "net"), "leontief", partitions=2) as opened:
        files = LossFiles(spark, lost)
        scores = list(opened.run(str(shocks), losses=files))
        files.finish()
        command = write_import_files(spark, opened.tables, str(invoices / "import"), lost)
    assert scores[0].esri_down == 1.0
    header, firms = rows_of(invoices / "import" / "firms")
    assert header == "id:ID(Firm),sector,revenue:double,cost:double,weight:double"
    assert sorted(row[:2] for row in firms) == [["a", "ore"], ["b", "magnet"], ['c "quoted", é', "car"]]
    _, sold = rows_of(invoices / "import" / "supplies")
    assert sorted(sold) == [["a", "b", "5.0"], ["b", 'c "quoted", é', "4.0"]]
    _, hit = rows_of(invoices / "import" / "exposes")
    assert sorted((row[1], float(row[2])) for row in hit) == [("a", 1.0), ("b", 1.0), ('c "quoted", é', 1.0)]
    assert command.startswith("neo4j-admin database import full")
