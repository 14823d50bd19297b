"""Sweep a cascade on Spark: the published ESRI family, several shocks in one pass.

The formulas are those of docs/explanation/cascade.md. A sweep is two messages (what suppliers lost to their
customers, what customers lost to their suppliers), each one shuffle, and one small aggregate that tells how
far every shock still fell and what each sector has left. Nodes and edges never reach the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from chainshock.errors import QueryError
from chainshock.queries.propagation.cascade.fixed_point import TOLERANCE
from chainshock.queries.propagation.cascade.reference import DEAD_SECTOR
from chainshock.queries.propagation.cascade.run import MOST_SWEEPS, CascadeScore
from chainshock.queries.propagation.spark.layout import OF_PARTIAL, Layout
from chainshock.queries.propagation.spark.session import small_table
from chainshock.queries.propagation.spark.steps import Steps

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["FIXED_POINT", "Batch", "SparkSweeps"]

FIXED_POINT = TOLERANCE  # a sweep in which nothing falls by more proves the fixed point
FIXED = ["home", "node", "sector", "strength", "scale", "node_weight", "shock", "psi"]
STATE = [*FIXED, "hd", "hu"]

Tick = Callable[[int, float], None]


@dataclass(frozen=True)
class Batch:
    """Shocks that run in one pass: names in order, and losses as `shock` (place of the name), node, loss."""

    names: tuple[str, ...]
    losses: DataFrame


@dataclass(frozen=True)
class _Told:
    """What one aggregate tells of each shock: largest fall, scores, and what each sector has left."""

    fall: dict[int, float]
    scores: dict[int, tuple[float, float, float]]
    market: list[tuple[int, int, float]]


class SparkSweeps:
    """Runs batches of shocks on one layout.

    Parameters
    ----------
    steps
        Where states are checkpointed.
    replaceability
        Whether others of a sector stand in for a supplier, by market share.
    """

    def __init__(
        self, spark: SparkSession, layout: Layout, steps: Steps, *, replaceability: bool = True
    ) -> None:
        self.spark, self.layout, self.steps, self.replaceability = spark, layout, steps, replaceability
        row = layout.nodes.agg(F.sum("node_weight").alias("total")).first()
        self.total_weight: float = (row["total"] if row is not None else 0.0) or 1.0

    def run(
        self,
        batch: Batch,
        eps: float,
        tick: Tick | None = None,
        keep: Callable[[DataFrame], None] | None = None,
    ) -> list[CascadeScore]:
        """Sweep each shock until nothing falls by more than eps, and give scores in the order of the names.

        Parameters
        ----------
        eps
            Where sweeps stop; `FIXED_POINT` goes to the end.
        tick
            Called after each sweep with the sweeps done and the largest fall.
        keep
            Given what nodes have left of each shock that stopped (home, node, shock, psi, hd, hu), once.

        Raises
        ------
        QueryError
            The sweeps do not settle.
        """
        state = self.start(batch)
        told = self._tell(state)
        done: dict[int, CascadeScore] = {}
        sweeps = 0
        while len(done) < len(batch.names):
            state = self.steps.cut(self.sweep(state, told.market), keep=2)
            sweeps += 1
            told = self._tell(state)
            stopped = [shock for shock, fall in told.fall.items() if fall <= eps]
            for shock in stopped:
                done[shock] = self._score(batch.names[shock], told.scores[shock], sweeps, eps)
            if stopped and keep is not None:
                keep(state.where(F.col("shock").isin(stopped)).select(*STATE))
            if stopped:
                state = state.where(~F.col("shock").isin(stopped))
                told.market[:] = [entry for entry in told.market if entry[0] not in stopped]
            if tick is not None:
                tick(sweeps, max(told.fall.values(), default=0.0))
            if sweeps >= MOST_SWEEPS:
                raise QueryError(
                    f"found falls above {eps:g} after {sweeps:,} sweeps, expected none; raise --eps"
                )
        return [done[place] for place in range(len(batch.names))]

    def start(self, batch: Batch) -> DataFrame:
        """Give the state before the first sweep: every node under every shock, psi of it left."""
        shocks = self.spark.range(len(batch.names)).select(F.col("id").cast("int").alias("shock"))
        nodes = self.layout.nodes.select(*FIXED[:-2])
        losses = batch.losses.join(nodes.select("home", "node"), "node")
        losses = losses.repartition(self.layout.partitions, "home")
        frame = nodes.join(F.broadcast(shocks), how="cross").join(losses, ["home", "node", "shock"], "left")
        psi = 1.0 - F.coalesce(F.col("loss"), F.lit(0.0))
        frame = frame.withColumn("psi", psi).withColumn("hd", F.col("psi")).withColumn("hu", F.col("psi"))
        return self.steps.cut(frame.select(*STATE, F.lit(1.0).alias("fall")), keep=2)

    def sweep(self, state: DataFrame, market: Sequence[tuple[int, int, float]]) -> DataFrame:
        """Give the state after one more sweep; `fall` is the larger fall of hd and hu."""
        layout = self.layout
        down = self._read(self._lost_supply(state, market), layout.down_routes, layout.down, "supplier")
        worst = down.groupBy("home", "customer", "shock", "group").agg(_weighted().alias("lost"))
        essential = F.when(F.col("group") != OF_PARTIAL, F.col("lost"))
        partial = F.when(F.col("group") == OF_PARTIAL, F.col("lost"))
        worst = worst.groupBy("home", F.col("customer").alias("node"), "shock").agg(
            F.max(essential).alias("essential"), F.max(partial).alias("partial")
        )
        orders = self._read(_lost(state, "hu"), layout.up_routes, layout.up, "customer")
        orders = orders.groupBy("home", F.col("supplier").alias("node"), "shock").agg(
            _weighted().alias("orders")
        )
        on = ["home", "node", "shock"]
        frame = state.join(worst.hint("shuffle_hash"), on, "left").join(
            orders.hint("shuffle_hash"), on, "left"
        )
        frame = frame.fillna(0.0, ["essential", "partial", "orders"])
        lost = F.greatest(F.col("essential") * F.col("scale"), F.col("partial"))
        hd, hu = _left(lost), _left(F.col("orders"))
        fall = F.greatest(F.col("hd") - hd, F.col("hu") - hu)
        return frame.select(*FIXED, hd.alias("hd"), hu.alias("hu"), fall.alias("fall"))

    def _lost_supply(self, state: DataFrame, market: Sequence[tuple[int, int, float]]) -> DataFrame:
        """Give what each supplier lost and nobody of its sector stands in for: sigma (1 - hd)."""
        if not self.replaceability:
            return _lost(state, "hd")
        size = small_table(self.spark, market, "shock int, sector int, market double")
        frame = state.where("hd < 1").join(F.broadcast(size), ["shock", "sector"])
        sigma = F.least(F.lit(1.0), F.col("strength") / F.col("market"))
        return frame.select("home", "node", "shock", (sigma * (1.0 - F.col("hd"))).alias("lost"))

    def _read(self, lost: DataFrame, routes: DataFrame, edges: DataFrame, sender: str) -> DataFrame:
        """Send losses to the homes that read them, and put them beside the edges there: the one shuffle."""
        sent = lost.where("lost <> 0").join(routes, ["home", "node"])
        sent = sent.select(F.explode("homes").alias("home"), F.col("node").alias(sender), "shock", "lost")
        sent = sent.repartition(self.layout.partitions, "home")
        return edges.join(sent.hint("shuffle_hash"), ["home", sender])

    def _tell(self, state: DataFrame) -> _Told:
        """Aggregate by shock and sector: the one result of a sweep that reaches the driver."""
        a = F.col("node_weight")
        rows = (
            state.groupBy("shock", "sector")
            .agg(
                F.max("fall").alias("fall"),
                F.sum(F.col("strength") * F.col("hd")).alias("market"),
                F.sum(a * (1.0 - F.least("hd", "hu"))).alias("both"),
                F.sum(a * (1.0 - F.col("hd"))).alias("down"),
                F.sum(a * (1.0 - F.col("hu"))).alias("up"),
            )
            .collect()
        )
        fall: dict[int, float] = {}
        scores: dict[int, tuple[float, float, float]] = {}
        for row in sorted(rows, key=lambda row: (row["shock"], row["sector"])):
            shock = row["shock"]
            fall[shock] = max(fall.get(shock, 0.0), row["fall"])
            both, down, up = scores.get(shock, (0.0, 0.0, 0.0))
            scores[shock] = (both + row["both"], down + row["down"], up + row["up"])
        market = [(row["shock"], row["sector"], _guarded(row["market"])) for row in rows]
        return _Told(fall, scores, market)

    def _score(self, name: str, sums: tuple[float, float, float], sweeps: int, eps: float) -> CascadeScore:
        stop = f"eps={eps:.12g}" if eps != FIXED_POINT else f"fixed point: {sweeps} plain sweeps"
        both, down, up = (value / self.total_weight for value in sums)
        return CascadeScore(name, both, down, up, sweeps, stop)


def _lost(state: DataFrame, left: str) -> DataFrame:
    return state.select("home", "node", "shock", (1.0 - F.col(left)).alias("lost"))


def _weighted() -> Column:
    return F.sum(F.col("share") * F.col("lost"))


def _left(lost: Column) -> Column:
    return F.greatest(F.lit(0.0), F.least(F.col("psi"), 1.0 - lost))


def _guarded(market: float) -> float:
    """Count the output of a dead sector as 1."""
    return 1.0 if market <= DEAD_SECTOR else market
