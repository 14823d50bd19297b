"""Read a supply network into Spark, and say what does not fit before anything is computed.

A network is a folder or URI with `nodes`, `edges` and `essentiality`, each Parquet or CSV, or `table:SCHEMA`
with tables of those names. Rows of a distributed table have no lines: errors name values and count rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference
from chainshock.queries.propagation.spark.files import file_system
from chainshock.queries.propagation.spark.layout import Tables
from chainshock.queries.propagation.spark.session import small_table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["TABLE", "Check", "check", "check_ends", "numbers", "read_losses", "read_table", "read_tables"]

TABLE = "table:"
EXTRA = ("revenue", "cost", "weight")
CLASSES = {"0": 0, "1": 1, "2": 2, "0.0": 0, "1.0": 1, "2.0": 2}
AMOUNT = "a number of at least 0"


@dataclass(frozen=True, eq=False)
class Check:
    """A rule of a column: which rows break it, what was expected, and columns that tell which row it is."""

    column: str
    wrong: Column
    expected: str
    shown: tuple[str, ...] = ()


def read_tables(spark: SparkSession, source: str, *, essentiality: bool) -> tuple[Tables, tuple[str, ...]]:
    """Read and check a network; give its tables and its sectors in order.

    Raises
    ------
    FileProblem
        A table is missing, unreadable or empty, or lacks a column.
    InvalidRecord, InvalidReference
        Values do not fit; says which, and in how many rows.
    """
    nodes = read_table(spark, source, "nodes", ("id", "sector"))
    extra = [name for name in EXTRA if name in nodes.columns]
    nodes = nodes.select("id", F.col("sector").cast("string"), *[numbers(name) for name in extra])
    edges = read_table(spark, source, "edges", ("supplier", "customer", "weight"))
    edges = edges.select("supplier", "customer", numbers("weight"))
    where = f"{source}/nodes"
    check(where, nodes, [_filled("id"), _filled("sector"), *[_amount(name, ("id",)) for name in extra]])
    twice = nodes.groupBy("id").count().where("count > 1")
    check(where, twice, [Check("id", F.lit(True), "an id that no other node has")], may_be_empty=True)
    check(
        f"{source}/edges",
        edges,
        [_filled("supplier"), _filled("customer"), _amount("weight", ("supplier", "customer"))],
    )
    check_ends(f"{source}/edges", edges, nodes.select("id"), ("supplier", "customer"))
    if not edges.where("weight > 0").head(1):
        raise InvalidRecord(f"{source}/edges", None, "weight", "weights that are all 0", "one above 0")
    sectors = tuple(sorted(row["sector"] for row in nodes.select("sector").distinct().collect()))
    classes = _read_classes(spark, source, sectors) if essentiality else None
    return Tables(nodes, edges, classes), sectors


def read_losses(spark: SparkSession, path: str, nodes: DataFrame) -> tuple[tuple[str, ...], DataFrame]:
    """Read shocks (`scenario, node, loss`): scenarios in order of their names, and their losses.

    Raises
    ------
    FileProblem, InvalidRecord, InvalidReference
        As `read_tables`; a loss is from 0 to 1, and a scenario names a node once.
    """
    columns = ("scenario", "node", "loss")
    losses = _read(spark, path, columns).select(F.col("scenario").cast("string"), "node", numbers("loss"))
    share = Check(
        "loss", _no_amount("loss") | (F.col("loss") > 1), "a number from 0 to 1", ("scenario", "node")
    )
    check(path, losses, [_filled("scenario"), _filled("node"), share])
    twice = losses.groupBy("scenario", "node").count().where("count > 1")
    once = Check("node", F.lit(True), "a scenario that names each node once", ("scenario",))
    check(path, twice, [once], may_be_empty=True)
    check_ends(path, losses, nodes.select("id"), ("node",))
    names = tuple(sorted(row["scenario"] for row in losses.select("scenario").distinct().collect()))
    return names, losses


def read_table(spark: SparkSession, source: str, name: str, columns: Sequence[str]) -> DataFrame:
    """Read one table of a network."""
    if source.startswith(TABLE):
        return _read(spark, f"{source}.{name}", columns)
    for kind in ("parquet", "csv"):
        path = f"{source.rstrip('/')}/{name}.{kind}"
        if _exists(spark, path):
            return _read(spark, path, columns)
    raise FileProblem(source, f"no {name}.parquet or {name}.csv", "a folder that holds one")


def _read(spark: SparkSession, path: str, columns: Sequence[str]) -> DataFrame:
    """Read a table that has these columns."""
    if path.startswith(TABLE):
        name = path.removeprefix(TABLE)
        if not spark.catalog.tableExists(name):
            raise FileProblem(path, "no such table", "a table of the catalog")
        frame = spark.table(name)
    elif not _exists(spark, path):
        raise FileProblem(path, "no such file", "a Parquet or CSV file, or table:NAME")
    elif path.rstrip("/").endswith(".csv"):
        frame = spark.read.csv(path, header=True, mode="FAILFAST", escape='"', multiLine=True)
    else:
        frame = spark.read.parquet(path)
    for column in columns:
        if column not in frame.columns:
            raise FileProblem(path, f"columns {', '.join(frame.columns)}", f"a column {column}")
        kind = dict(frame.dtypes)[column]
        if kind.startswith(("array", "map", "struct", "binary", "void")):
            raise FileProblem(path, f"column {column} of type {kind}", "text or numbers")
    return frame


def numbers(column: str) -> Column:
    """Read a column as numbers; what is none becomes null."""
    return F.expr(f"try_cast(trim(cast(`{column}` as string)) as double)").alias(column)


def check(where: str, frame: DataFrame, rules: Sequence[Check], *, may_be_empty: bool = False) -> None:
    """Run all rules of a table in one pass.

    Raises
    ------
    FileProblem
        The table has no rows.
    InvalidRecord
        Rows break a rule; the first rule broken comes first, the others with it.
    """
    told = [F.count(F.lit(1)).alias("rows")]
    for place, rule in enumerate(rules):
        shown = F.struct(
            F.col(rule.column).cast("string").alias("value"),
            *[F.col(name).cast("string").alias(name) for name in rule.shown],
        )
        told += [
            F.sum(F.when(rule.wrong, 1).otherwise(0)).alias(f"wrong{place}"),
            F.first(F.when(rule.wrong, shown), ignorenulls=True).alias(f"first{place}"),
        ]
    row = frame.agg(*told).first()
    if row is None or not row["rows"]:
        if may_be_empty:
            return
        raise FileProblem(where, "no rows", "at least one row")
    problems = [
        InvalidRecord(
            where, None, rule.column, _found(rule, row[f"first{place}"], row[f"wrong{place}"]), rule.expected
        )
        for place, rule in enumerate(rules)
        if row[f"wrong{place}"]
    ]
    if problems:
        problems[0].others = tuple(problems[1:])
        raise problems[0]


def check_ends(where: str, frame: DataFrame, ids: DataFrame, columns: Sequence[str]) -> None:
    """Check that what columns name is an id.

    Raises
    ------
    InvalidReference
        Something is not; says what, and in how many rows.
    """
    for column in columns:
        lost = frame.join(ids.select(F.col("id").alias(column)), column, "left_anti")
        row = lost.agg(
            F.count(F.lit(1)).alias("rows"), F.min(F.col(column).cast("string")).alias("value")
        ).first()
        if row is not None and row["rows"]:
            found = f"{row['value']!r} in {row['rows']:,} rows" if row["rows"] > 1 else repr(row["value"])
            raise InvalidReference(where, None, column, found, "the id of a node")


def _read_classes(spark: SparkSession, source: str, sectors: tuple[str, ...]) -> DataFrame:
    """Read the table of classes, sectors by their place."""
    columns = ("supplier_sector", "customer_sector", "class")
    where = f"{source}/essentiality"
    rows = (
        read_table(spark, source, "essentiality", columns)
        .select(*[F.col(c).cast("string") for c in columns])
        .collect()
    )
    place = {name: number for number, name in enumerate(sectors)}
    classes: dict[tuple[str, str], int] = {}
    for row in rows:
        supplier, customer, kind = (row[column] for column in columns)
        if kind not in CLASSES:
            raise InvalidRecord(where, None, "class", f"{kind!r} for {supplier}, {customer}", "0, 1 or 2")
        if (supplier, customer) in classes:
            raise InvalidRecord(
                where, None, None, f"{supplier}, {customer} twice", "each pair of sectors once"
            )
        classes[supplier, customer] = CLASSES[kind]
    known = [(place[s], place[c], kind) for (s, c), kind in classes.items() if s in place and c in place]
    return small_table(spark, known, "group int, reader int, class int")


def _filled(column: str) -> Check:
    text = F.col(column).cast("string")
    return Check(column, text.isNull() | (F.trim(text) == ""), "a value")


def _amount(column: str, shown: tuple[str, ...]) -> Check:
    return Check(column, _no_amount(column), AMOUNT, shown)


def _no_amount(column: str) -> Column:
    value = F.col(column)
    return value.isNull() | F.isnan(value) | (value < 0) | (value == float("inf"))


def _found(rule: Check, row: object, count: int) -> str:
    values = row.asDict()  # type: ignore[attr-defined]  # a Row of the columns shown
    value = values.pop("value")
    shown = "nothing, or no number" if value is None else repr(value)
    which = ", ".join(f"{name} {text!r}" for name, text in values.items())
    more = f" and {count - 1:,} more" if count > 1 else ""
    return f"{shown}{f' ({which})' if which else ''}{more}"


def _exists(spark: SparkSession, path: str) -> bool:
    files, place = file_system(spark, path)
    return bool(files.exists(place))
