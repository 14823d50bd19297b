"""Lay a supply network out on Spark so that a sweep moves no edge.

Every node has a home, one of P partitions. Edges rest at the home of the node that reads them: the customer
downstream, the supplier upstream. What moves in a sweep is what a node has lost, once to each home where
somebody reads it (a vertex cut: Gonzalez et al. 2012, PowerGraph). A supplier with a million customers is
sent at most P times, and no partition holds more of its edges than its customers bring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from chainshock.errors import InvalidRecord, QueryError
from chainshock.queries.propagation.cascade.arrays import ESSENTIAL, PARTIAL
from chainshock.queries.propagation.spark.session import small_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

    from chainshock.queries.propagation.cascade.arrays import Model
    from chainshock.queries.propagation.spark.steps import Steps

    Settle = Callable[[DataFrame, str], DataFrame]

__all__ = ["Layout", "Tables", "home_keys", "lay_out"]

OF_PARTIAL = -1  # group of non-essential inputs, which add up over sectors
CANDIDATES = 40  # keys tried for each partition before none is found


@dataclass(frozen=True, eq=False)
class Tables:
    """A network as checked tables.

    `nodes`: id, sector, and revenue, cost, weight where given; `edges`: supplier, customer, weight;
    `classes`: supplier_sector, customer_sector, class, or None.
    """

    nodes: DataFrame
    edges: DataFrame
    classes: DataFrame | None


@dataclass(frozen=True, eq=False)
class Layout:
    """A network ready for sweeps; all tables rest in P partitions by `home`, cached.

    Attributes
    ----------
    nodes
        home, node, sector, strength (s), scale (d / cost, or 1), node_weight (a).
    down
        home (of the customer), supplier, customer, group, share: w / W_jk of an essential group, which is the
        supplier's sector; w / d_j times scale of non-essential inputs, whose group is -1.
    up
        home (of the supplier), customer, supplier, share: w / s_i, or w / revenue_i.
    down_routes, up_routes
        home, node, homes: where what a supplier (a customer) loses is read.
    """

    partitions: int
    nodes: DataFrame
    down: DataFrame
    up: DataFrame
    down_routes: DataFrame
    up_routes: DataFrame
    node_count: int
    edge_count: int
    sectors: tuple[str, ...]

    def release(self) -> None:
        """Give the memory of the tables back."""
        for table in (self.nodes, self.down, self.up, self.down_routes, self.up_routes):
            table.unpersist()


def home_keys(spark: SparkSession, partitions: int) -> list[int]:
    """Find for each partition a number that Spark's hash partitioning puts there, (P,).

    Numbers 0 to P - 1 would collide: a third of the partitions would stay empty.
    """
    numbers = spark.range(CANDIDATES * partitions + 200).select(F.col("id").cast("int").alias("key"))
    rows = numbers.select("key", F.expr(f"pmod(hash(key), {partitions})").alias("place"))
    found = {
        row["place"]: row["key"] for row in rows.groupBy("place").agg(F.min("key").alias("key")).collect()
    }
    if len(found) < partitions:
        raise QueryError(f"found keys for {len(found)} of {partitions} partitions, expected fewer partitions")
    return [found[place] for place in range(partitions)]


def lay_out(
    spark: SparkSession, tables: Tables, model: Model, partitions: int, sectors: tuple[str, ...], steps: Steps
) -> Layout:
    """Lay a network out.

    Parameters
    ----------
    tables
        Checked tables; edges of weight 0 carry nothing and are dropped, repeated edges add up.
    model
        How inputs combine, as in `chainshock.queries.propagation.cascade.arrays.compile_cascade`.
    sectors
        All sectors, in order.
    steps
        Where tables are checkpointed.
    """
    keys = F.array(*map(F.lit, home_keys(spark, partitions)))

    def home(column: str) -> Column:
        return F.element_at(keys, F.expr(f"pmod(hash({column}), {partitions})") + 1)

    def settle(frame: DataFrame, column: str) -> DataFrame:
        return frame.withColumn("home", home(column)).repartition(partitions, "home")

    flows = (
        tables.edges.where("weight > 0").groupBy("supplier", "customer").agg(F.sum("weight").alias("weight"))
    )
    flows = flows.persist()
    nodes = steps.cut(_nodes(settle(_known(tables.nodes, sectors), "node"), flows, settle)).persist()
    up = steps.cut(_up(settle(flows, "supplier"), nodes)).persist()
    grouped = _with_group(flows, tables, nodes, model, sectors)
    down = steps.cut(_down(settle(grouped, "customer"), nodes)).persist()
    flows.unpersist()
    down_routes = steps.cut(settle(_routes(down, "supplier"), "node")).persist()
    up_routes = steps.cut(settle(_routes(up, "customer"), "node")).persist()
    return Layout(partitions, nodes, down, up, down_routes, up_routes, nodes.count(), up.count(), sectors)


def _known(nodes: DataFrame, sectors: tuple[str, ...]) -> DataFrame:
    """Give each sector its place."""
    spark = nodes.sparkSession
    rows = list(zip(sectors, range(len(sectors)), strict=True))
    numbered = small_table(spark, rows, "sector string, at int")
    frame = nodes.join(F.broadcast(numbered), "sector")
    extra = [name for name in ("revenue", "cost", "weight") if name in nodes.columns]
    return frame.select(F.col("id").alias("node"), F.col("at").alias("sector"), *extra)


def _nodes(nodes: DataFrame, flows: DataFrame, settle: Settle) -> DataFrame:
    """Add what nodes sell and buy, and the weights that follow."""
    sold = settle(
        flows.groupBy(F.col("supplier").alias("node")).agg(F.sum("weight").alias("strength")), "node"
    )
    bought = settle(
        flows.groupBy(F.col("customer").alias("node")).agg(F.sum("weight").alias("bought")), "node"
    )
    frame = nodes.join(sold, ["home", "node"], "left").join(bought, ["home", "node"], "left")
    frame = frame.fillna(0.0, ["strength", "bought"])
    has = set(nodes.columns)
    scale = _ratio("bought", "cost") if "cost" in has else F.lit(1.0)
    return frame.select(
        "home",
        "node",
        "sector",
        "strength",
        "bought",
        (F.col("revenue") if "revenue" in has else F.col("strength")).alias("sold"),
        scale.alias("scale"),
        (F.col("weight") if "weight" in has else F.col("strength")).alias("node_weight"),
    )


def _with_group(
    flows: DataFrame, tables: Tables, nodes: DataFrame, model: Model, sectors: tuple[str, ...]
) -> DataFrame:
    """Add to flows the supplier's sector and how the customer's sector needs it."""
    sector = nodes.select(F.col("node").alias("supplier"), F.col("sector").alias("group"))
    frame = flows.join(sector, "supplier")
    if model != "generalized-leontief":
        return frame.withColumn("class", F.lit(PARTIAL if model == "linear" else ESSENTIAL))
    if tables.classes is None:
        raise QueryError("generalized-leontief: found no essentiality table, expected one")
    own = nodes.select(F.col("node").alias("customer"), F.col("sector").alias("reader"))
    frame = frame.join(own, "customer")
    pairs = frame.select("group", "reader").distinct()
    lacking = (
        pairs.join(F.broadcast(tables.classes), ["group", "reader"], "left_anti")
        .sort("group", "reader")
        .first()
    )
    if lacking is not None:
        names = ", ".join(sectors[lacking[end]] for end in ("group", "reader"))
        raise InvalidRecord(
            "essentiality", None, None, f"no class for {names}", "a row for sectors that trade"
        )
    return frame.join(F.broadcast(tables.classes), ["group", "reader"]).drop("reader")


def _down(flows: DataFrame, nodes: DataFrame) -> DataFrame:
    """Turn flows into shares of a group, or of all that a customer buys; they rest by customer."""
    frame = flows.where(F.col("class") > 0)
    window = Window.partitionBy("home", "customer", "group")
    essential = F.col("weight") / F.sum("weight").over(window)
    buyer = nodes.select("home", F.col("node").alias("customer"), "bought", "scale")
    frame = frame.join(buyer, ["home", "customer"])
    is_partial = F.col("class") == PARTIAL
    return frame.select(
        "home",
        "supplier",
        "customer",
        F.when(is_partial, OF_PARTIAL).otherwise(F.col("group")).alias("group"),
        F.when(is_partial, _ratio("weight", "bought") * F.col("scale")).otherwise(essential).alias("share"),
    )


def _up(flows: DataFrame, nodes: DataFrame) -> DataFrame:
    """Turn flows into shares of what a supplier sells; they rest by supplier."""
    seller = nodes.select("home", F.col("node").alias("supplier"), "sold")
    frame = flows.join(seller, ["home", "supplier"])
    return frame.select("home", "customer", "supplier", _ratio("weight", "sold").alias("share"))


def _routes(edges: DataFrame, sender: str) -> DataFrame:
    """List the homes where what a node loses is read."""
    pairs = edges.select(F.col(sender).alias("node"), F.col("home").alias("at"))
    return pairs.groupBy("node").agg(F.collect_set("at").alias("homes"))


def _ratio(top: str, bottom: str) -> Column:
    """Divide, with 0 where the divisor is 0."""
    return F.when(F.col(bottom) > 0, F.col(top) / F.col(bottom)).otherwise(F.lit(0.0))
