"""Cut the lineage of Spark tables, and clear away what a step left behind.

A checkpoint is written to files that all executors reach: when an executor dies, what it held is read back
instead of worked out from the start, and the plan of the thousandth sweep is as short as that of the first.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from pyspark import StorageLevel
from pyspark.sql import functions as F

from chainshock.queries.propagation.spark.files import file_system

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Steps"]


class Steps:
    """Checkpoints under one folder, removed when left.

    Parameters
    ----------
    spark
        The session.
    folder
        A folder, as a path or URI, that all executors reach.
    """

    def __init__(self, spark: SparkSession, folder: str) -> None:
        self._spark = spark
        self.folder = f"{folder.rstrip('/')}/chainshock-{uuid.uuid4().hex}"
        self._count = 0
        self._kept: list[str] = []

    def cut(self, frame: DataFrame, *, keep: int | None = None) -> DataFrame:
        """Work a table out, once, and give it as read from its checkpoint, in the same partitions.

        With `keep`, of the tables cut with it only the last `keep` stay.
        """
        self._count += 1
        place = f"{self.folder}/{self._count}"
        self._spark.sparkContext.setCheckpointDir(place)
        # columns with ids of their own: tables that share some are renewed in a plan, and their caches missed
        own = frame.select(*[F.col(name).alias(name) for name in frame.columns])
        held = own.persist(StorageLevel.MEMORY_AND_DISK)
        made = held.checkpoint(eager=True)
        held.unpersist()
        if keep is not None:
            self._kept.append(place)
            while len(self._kept) > keep:
                self._remove(self._kept.pop(0))
        return made

    def close(self) -> None:
        """Remove all checkpoints."""
        self._remove(self.folder)

    def _remove(self, place: str) -> None:
        files, path = file_system(self._spark, place)
        files.delete(path, True)
