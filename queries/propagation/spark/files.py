"""Reach the file systems that Spark reaches, by path or URI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["file_system"]


def file_system(spark: SparkSession, place: str) -> tuple[Any, Any]:  # Any: objects of Java
    """Give the file system of Hadoop that a place is on, and the place as its path."""
    context = spark.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(place)  # type: ignore[union-attr]  # there while it runs
    return path.getFileSystem(context._jsc.hadoopConfiguration()), path
