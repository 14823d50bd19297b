"""Run cascades on a Spark session: open a network once, run shocks through it, keep what nodes lost."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from chainshock.errors import FileProblem, QueryError
from chainshock.queries.propagation.cascade.run import CascadeScore, Stop
from chainshock.queries.propagation.spark.files import file_system
from chainshock.queries.propagation.spark.layout import Layout, Tables, lay_out
from chainshock.queries.propagation.spark.session import small_table, with_settings
from chainshock.queries.propagation.spark.steps import Steps
from chainshock.queries.propagation.spark.sweeps import FIXED_POINT, Batch, SparkSweeps
from chainshock.queries.propagation.spark.tables import read_losses, read_tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from chainshock.queries.propagation.cascade.arrays import Model

__all__ = ["AT_ONCE", "LossFiles", "SparkCascade", "open_cascade"]

AT_ONCE = 16  # shocks of one pass: a sweep costs little more than for one, and state grows with each
PER_CORE = 2  # partitions for each core, unless told
Tick = Callable[[str, int, float], None]  # what runs, sweeps done, largest fall


@contextmanager
def open_cascade(
    spark: SparkSession,
    source: str | Tables,
    model: Model = "generalized-leontief",
    *,
    replaceability: bool = True,
    partitions: int | None = None,
    checkpoints: str | None = None,
) -> Iterator[SparkCascade]:
    """Open a network for cascades on a session; its settings are set back and its memory freed afterwards.

    Parameters
    ----------
    source
        A folder or URI, `table:SCHEMA`, or checked tables.
    model, replaceability
        As in `chainshock.queries.propagation.cascade.arrays.compile_cascade`.
    partitions
        P; by default two for each core of the executors.
    checkpoints
        A folder that all executors reach; on a `local` master a temporary one unless told.

    Raises
    ------
    QueryError
        The executors of a cluster have no folder for checkpoints.
    FileProblem, InvalidRecord, InvalidReference
        See `chainshock.queries.propagation.spark.tables.read_tables`.
    """
    with with_settings(spark), _folder(spark, checkpoints) as folder:
        count = partitions or PER_CORE * spark.sparkContext.defaultParallelism
        kept = spark.conf.get("spark.sql.shuffle.partitions")
        spark.conf.set("spark.sql.shuffle.partitions", str(count))
        steps = Steps(spark, folder)
        layout = None
        try:
            tables, sectors = (
                read_tables(spark, source, essentiality=model == "generalized-leontief")
                if isinstance(source, str)
                else (source, _sectors(source))
            )
            layout = lay_out(spark, tables, model, count, sectors, steps)
            yield SparkCascade(
                spark, tables, layout, SparkSweeps(spark, layout, steps, replaceability=replaceability)
            )
        finally:
            if layout is not None:
                layout.release()
            steps.close()
            spark.conf.set("spark.sql.shuffle.partitions", str(kept))


@dataclass(frozen=True, eq=False)
class SparkCascade:
    """A network laid out on Spark; made by `open_cascade`."""

    spark: SparkSession
    tables: Tables
    layout: Layout
    sweeps: SparkSweeps

    def run(
        self,
        shocks: str | DataFrame,
        *,
        stop: Stop = "eps",
        eps: float = 1e-2,
        at_once: int = AT_ONCE,
        losses: LossFiles | None = None,
        tick: Tick | None = None,
    ) -> Iterator[CascadeScore]:
        """Run shocks and give their scores, scenarios in order of their names.

        Parameters
        ----------
        shocks
            A file, URI or `table:NAME` of `scenario, node, loss`, or a checked table of these columns.
        stop, eps
            As in `Cascade.run`; the fixed point is reached by plain sweeps.
        at_once
            Shocks of one pass.
        losses
            Where to keep what every node loses.
        tick
            Called after each sweep with what runs, the sweeps done and the largest fall.

        Raises
        ------
        FileProblem, InvalidRecord, InvalidReference
            See `chainshock.queries.propagation.spark.tables.read_losses`.
        QueryError
            The sweeps do not settle.
        """
        names, table = self._shocks(shocks)
        level = FIXED_POINT if stop == "fixed-point" else eps
        for start in range(0, len(names), at_once):
            chosen = names[start : start + at_once]
            numbered = small_table(
                self.spark, list(zip(chosen, range(len(chosen)), strict=True)), "scenario string, shock int"
            )
            batch = Batch(
                chosen, table.join(F.broadcast(numbered), "scenario").select("shock", "node", "loss")
            )

            def told(sweeps: int, fall: float, start: int = start, count: int = len(chosen)) -> None:
                if tick is not None:
                    tick(f"shocks {start + 1} to {start + count} of {len(names)}", sweeps, fall)

            keep = None if losses is None else losses.keeper(numbered)
            yield from self.sweeps.run(batch, level, told, keep)

    def _shocks(self, shocks: str | DataFrame) -> tuple[tuple[str, ...], DataFrame]:
        if isinstance(shocks, str):
            return read_losses(self.spark, shocks, self.tables.nodes)
        names = sorted(row["scenario"] for row in shocks.select("scenario").distinct().collect())
        return tuple(names), shocks


class LossFiles:
    """What every node loses, written by the executors as Parquet; there whole or not at all.

    Columns: scenario, node, loss_down, loss_up.

    Raises
    ------
    FileProblem
        Something is at that place already.
    """

    def __init__(self, spark: SparkSession, place: str) -> None:
        self.place, self._part = place, f"{place.rstrip('/')}.part-{uuid.uuid4().hex[:8]}"
        self._files, self._path = file_system(spark, place)
        _, self._part_path = file_system(spark, self._part)
        if self._files.exists(self._path):
            raise FileProblem(place, "something there already", "a place that is free")

    def keeper(self, names: DataFrame) -> Callable[[DataFrame], None]:
        """Give a function that adds the state of shocks that stopped; `names` are scenario by shock."""

        def keep(state: DataFrame) -> None:
            frame = state.join(F.broadcast(names), "shock")
            lost = [
                (1.0 - F.col(left)).alias(name) for left, name in (("hd", "loss_down"), ("hu", "loss_up"))
            ]
            frame.select("scenario", "node", *lost).write.mode("append").parquet(self._part)

        return keep

    def finish(self) -> None:
        """Put the files at their place."""
        if not self._files.rename(self._part_path, self._path):
            raise FileProblem(self.place, "no way to put the files there", "a place that can be written")

    def drop(self) -> None:
        """Remove what was written, if it was not finished."""
        self._files.delete(self._part_path, True)


@contextmanager
def _folder(spark: SparkSession, wanted: str | None) -> Iterator[str]:
    """Give a folder for checkpoints."""
    if wanted is not None:
        yield wanted
        return
    master = spark.sparkContext.master or ""
    if not master.startswith("local"):
        raise QueryError(
            f"master {master}: found no folder for checkpoints, expected --checkpoint-dir on a file system "
            "that all executors reach"
        )
    with tempfile.TemporaryDirectory(prefix="chainshock-spark-") as folder:
        yield folder


def _sectors(tables: Tables) -> tuple[str, ...]:
    return tuple(sorted(row["sector"] for row in tables.nodes.select("sector").distinct().collect()))
