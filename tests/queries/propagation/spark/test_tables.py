"""Bad networks, shocks and masters for Spark: each told in a line, what was found and what was expected."""

from __future__ import annotations

import socket

import polars as pl
import pytest

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference, QueryError
from chainshock.queries.propagation.spark.job import LossFiles, open_cascade
from chainshock.queries.propagation.spark.session import clear_errors, open_session, with_settings
from chainshock.queries.propagation.spark.tables import read_losses, read_table, read_tables

pytestmark = pytest.mark.slow
NODES = {"id": ["a", "b", "c"], "sector": ["ore", "magnet", "car"]}
EDGES = {"supplier": ["a", "b"], "customer": ["b", "c"], "weight": [3.0, 2.0]}
CLASSES = {"supplier_sector": ["ore", "magnet"], "customer_sector": ["magnet", "car"], "class": [2, 1]}


@pytest.fixture
def network(tmp_path):
    """Write a small right network, with tables of another content where asked for."""

    def write(nodes=NODES, edges=EDGES, essentiality=CLASSES):
        for name, table in (("nodes", nodes), ("edges", edges), ("essentiality", essentiality)):
            if table is not None:
                pl.DataFrame(table).write_parquet(tmp_path / f"{name}.parquet")
        return str(tmp_path)

    return write


def test_right_network_is_read(spark, network):
    with with_settings(spark):
        tables, sectors = read_tables(spark, network(), essentiality=True)
        assert sectors == ("car", "magnet", "ore")
        assert sorted((row["group"], row["reader"], row["class"]) for row in tables.classes.collect()) == [
            (1, 0, 1),
            (2, 1, 2),
        ]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"edges": None}, FileProblem, "no edges.parquet or edges.csv"),
        ({"nodes": {"id": ["a"], "branch": ["ore"]}}, FileProblem, "expected a column sector"),
        ({"nodes": {"id": ["a"], "sector": [["ore"]]}}, FileProblem, "column sector of type array"),
        ({"nodes": {"id": [], "sector": []}}, FileProblem, "no rows"),
        ({"nodes": {**NODES, "id": ["a", None, "c"]}}, InvalidRecord, "column id: found nothing"),
        ({"nodes": {**NODES, "sector": ["ore", " ", "car"]}}, InvalidRecord, "column sector: found ' '"),
        ({"nodes": {**NODES, "id": ["a", "a", "c"]}}, InvalidRecord, "expected an id that no other node has"),
        (
            {"nodes": {**NODES, "revenue": [1.0, -2.0, 3.0]}},
            InvalidRecord,
            "column revenue: found '-2.0' (id 'b')",
        ),
        ({"edges": {**EDGES, "weight": [3.0, None]}}, InvalidRecord, "(supplier 'b', customer 'c')"),
        ({"edges": {**EDGES, "weight": [float("nan"), 2.0]}}, InvalidRecord, "column weight: found 'NaN'"),
        (
            {"edges": {**EDGES, "weight": [-1.0, -2.0]}},
            InvalidRecord,
            "and 1 more, expected a number of at least 0",
        ),
        ({"edges": {**EDGES, "weight": ["much", "2"]}}, InvalidRecord, "no number"),
        ({"edges": {**EDGES, "weight": [0.0, 0.0]}}, InvalidRecord, "weights that are all 0"),
        ({"edges": {**EDGES, "customer": ["b", "zzz"]}}, InvalidReference, "column customer: found 'zzz'"),
        (
            {"essentiality": {**CLASSES, "class": [2, 7]}},
            InvalidRecord,
            "'7' for magnet, car, expected 0, 1 or 2",
        ),
    ],
)
def test_wrong_network_is_told(spark, network, tmp_path, change, error, words):
    source = network(**change)
    with with_settings(spark), pytest.raises(error) as told:
        read_tables(spark, source, essentiality=True)
    assert words in str(told.value)
    assert "\n\tat " not in str(told.value)


def test_sectors_that_trade_without_a_class_are_told(spark, network):
    source = network(essentiality={"supplier_sector": ["ore"], "customer_sector": ["magnet"], "class": [2]})
    with (
        pytest.raises(InvalidRecord, match=r"no class for magnet, car"),
        open_cascade(spark, source, partitions=2),
    ):
        pass


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [("s", "a", 1.2)],
            "column loss: found '1.2' (scenario 's', node 'a'), expected a number from 0 to 1",
        ),
        ([("s", "a", None)], "column loss: found nothing"),
        ([("", "a", 0.5)], "column scenario"),
        ([("s", "q", 0.5)], "column node: found 'q'"),
        ([("s", "a", 0.5), ("s", "a", 0.2)], "expected a scenario that names each node once"),
    ],
)
def test_wrong_shocks_are_told(spark, network, tmp_path, rows, words):
    tables, _ = read_tables(spark, network(), essentiality=False)
    path = tmp_path / "shocks.parquet"
    pl.DataFrame(
        rows, schema={"scenario": pl.String, "node": pl.String, "loss": pl.Float64}, orient="row"
    ).write_parquet(path)
    with pytest.raises(InvalidRecord) as told:
        read_losses(spark, str(path), tables.nodes)
    assert words in str(told.value)


def test_tables_of_the_catalog_are_read_by_name(spark, network):
    source = network()
    spark.sql("create database if not exists firms")
    for name in ("nodes", "edges", "essentiality"):
        spark.read.parquet(f"{source}/{name}.parquet").write.mode("overwrite").saveAsTable(f"firms.{name}")
    _, sectors = read_tables(spark, "table:firms", essentiality=True)
    assert sectors == ("car", "magnet", "ore")
    with pytest.raises(FileProblem, match=r"table:firms\.shocks: found no such table"):
        read_table(spark, "table:firms", "shocks", ("scenario",))


def test_losses_are_not_written_over_what_is_there(spark, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(FileProblem, match="something there already"):
        LossFiles(spark, str(tmp_path / "there"))


def test_error_of_java_is_told_in_a_line_and_kept_in_the_log(spark, tmp_path):
    log = tmp_path / "spark.log"
    with pytest.raises(QueryError) as told, clear_errors(log, "Spark"):
        spark.range(3).selectExpr("assert_true(id < 2, 'too large')").collect()
    assert "too large" in str(told.value)
    assert str(log) in str(told.value)
    assert "\n" not in str(told.value)
    assert "org.apache.spark" in log.read_text(encoding="utf-8")


def test_settings_of_a_session_are_set_back(spark):
    before = dict(spark.sparkContext.getConf().getAll())
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    with with_settings(spark):
        assert spark.conf.get("spark.sql.adaptive.enabled") == "false"
    assert spark.conf.get("spark.sql.adaptive.enabled") == "true"
    assert dict(spark.sparkContext.getConf().getAll()) == before


def test_master_that_is_none_or_that_nobody_answers_is_told_at_once(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for master, words in (
        ("mesos", "found 'mesos', expected local[N]"),
        (f"spark://127.0.0.1:{port}", "nobody who answers"),
        ("spark://nowhere", "nobody who answers"),
    ):
        with (
            pytest.raises(QueryError, match=words.replace("[", r"\[")),
            open_session(master, tmp_path / "log"),
        ):
            pass
