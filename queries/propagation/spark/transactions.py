"""Add up raw transactions to a supply network, on Spark: invoices in, nodes and edges out.

A transaction says who sold to whom for how much. Those of one pair add up; what a firm sells to itself, what
is worth nothing and what names an unknown firm is left out, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from chainshock.errors import FileProblem
from chainshock.queries.propagation.spark.tables import Check, check, numbers, read_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Tally", "add_up"]


@dataclass(frozen=True)
class Tally:
    """What became of the rows: they add up to `read`. `edges` are pairs, `value` is what they hold."""

    read: int
    used: int
    to_itself: int
    without_value: int
    unknown_firm: int
    edges: int
    value: float

    def __str__(self) -> str:
        return (
            f"{self.read:,} transactions read: {self.used:,} added up to {self.edges:,} edges worth "
            f"{self.value:,.12g}, {self.without_value:,} of no value, {self.to_itself:,} of a firm with "
            f"itself, {self.unknown_firm:,} that name an unknown firm"
        )


def add_up(spark: SparkSession, source: str, place: str) -> Tally:
    """Make a network of a folder of transactions, and write it as Parquet.

    Parameters
    ----------
    source
        A folder, URI or `table:SCHEMA` with `transactions` (supplier, customer, value) and `firms` (id,
        sector, and revenue, cost, weight if known), Parquet or CSV; an `essentiality` table is carried over.
    place
        A folder that is not there yet, for `nodes`, `edges` and `essentiality`.

    Raises
    ------
    FileProblem, InvalidRecord
        A table is missing or empty, lacks a column, or a firm has no id or sector, or an id twice.
    """
    firms = read_table(spark, source, "firms", ("id", "sector"))
    blank = [
        Check(c, F.trim(F.coalesce(F.col(c).cast("string"), F.lit(""))) == "", "a value")
        for c in ("id", "sector")
    ]
    check(f"{source}/firms", firms, blank)
    twice = firms.groupBy("id").count().where("count > 1")
    once = Check("id", F.lit(True), "an id that no other firm has")
    check(f"{source}/firms", twice, [once], may_be_empty=True)
    rows = read_table(spark, source, "transactions", ("supplier", "customer", "value"))
    fates = _fates(rows, firms).persist()
    edges = fates.where("fate = 'used'").groupBy("supplier", "customer").agg(F.sum("value").alias("weight"))
    _write(edges, f"{place}/edges.parquet")
    kept = [name for name in ("revenue", "cost", "weight") if name in firms.columns]
    _write(firms.select("id", "sector", *kept), f"{place}/nodes.parquet")
    try:
        classes = read_table(spark, source, "essentiality", ("supplier_sector", "customer_sector", "class"))
    except FileProblem:
        classes = None
    if classes is not None:
        _write(classes, f"{place}/essentiality.parquet")
    tally = _tally(fates, spark.read.parquet(f"{place}/edges.parquet"))
    fates.unpersist()
    return tally


def _fates(rows: DataFrame, firms: DataFrame) -> DataFrame:
    """Say of each transaction what becomes of it."""
    frame = rows.select("supplier", "customer", numbers("value"))
    for end in ("supplier", "customer"):
        known = firms.select(F.col("id").alias(end), F.lit(True).alias(f"known_{end}"))
        frame = frame.join(known, end, "left")
    value = F.col("value")
    is_amount = value.isNotNull() & ~F.isnan(value) & (value > 0) & (value < float("inf"))
    is_known = F.col("known_supplier").isNotNull() & F.col("known_customer").isNotNull()
    fate = (
        F.when(~is_amount, "without_value")
        .when(~is_known, "unknown_firm")
        .when(F.col("supplier") == F.col("customer"), "to_itself")
        .otherwise("used")
    )
    return frame.select("supplier", "customer", "value", fate.alias("fate"))


def _tally(fates: DataFrame, edges: DataFrame) -> Tally:
    counts = {row["fate"]: row["count"] for row in fates.groupBy("fate").count().collect()}
    row = edges.agg(F.count(F.lit(1)).alias("edges"), F.sum("weight").alias("value")).first()
    names = ("used", "to_itself", "without_value", "unknown_firm")
    held = {name: int(counts.get(name, 0)) for name in names}
    total = (0, 0.0) if row is None else (int(row["edges"]), float(row["value"] or 0.0))
    return Tally(read=sum(held.values()), edges=total[0], value=total[1], **held)


def _write(frame: DataFrame, place: str) -> None:
    frame.write.mode("errorifexists").parquet(place)
