"""Write a network and what shocks do to it as files for `neo4j-admin database import full`, on Spark.

Firms, deliveries, scenarios and who is exposed to them: CSV parts written by the executors, beside headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from chainshock.queries.propagation.spark.files import file_system

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from chainshock.queries.propagation.spark.layout import Tables

__all__ = ["write_import_files"]

HEADERS = {
    "firms": "id:ID(Firm),sector,revenue:double,cost:double,weight:double",
    "supplies": ":START_ID(Firm),:END_ID(Firm),weight:double",
    "scenarios": "id:ID(Scenario)",
    "exposes": ":START_ID(Scenario),:END_ID(Firm),lossDown:double,lossUp:double",
}
KINDS = {
    "firms": ("nodes", "Firm"),
    "supplies": ("relationships", "SUPPLIES"),
    "scenarios": ("nodes", "Scenario"),
    "exposes": ("relationships", "EXPOSES"),
}


def write_import_files(spark: SparkSession, tables: Tables, place: str, losses: str | None) -> str:
    """Write the files, and give the command that imports them.

    Parameters
    ----------
    place
        A folder or URI that is not there yet.
    losses
        Where `LossFiles` put what nodes lose; without it, no scenarios are written.
    """
    none = F.lit(None).cast("double")
    extra = [F.col(c) if c in tables.nodes.columns else none.alias(c) for c in ("revenue", "cost", "weight")]
    found = {
        "firms": tables.nodes.select("id", "sector", *extra),
        "supplies": tables.edges.where("weight > 0").groupBy("supplier", "customer").agg(F.sum("weight")),
    }
    if losses is not None:
        lost = spark.read.parquet(losses)
        found["scenarios"] = lost.select("scenario").distinct()
        hit = lost.where("loss_down <> 0 or loss_up <> 0")
        found["exposes"] = hit.select("scenario", "node", "loss_down", "loss_up")
    for name, frame in found.items():
        _write(spark, frame, HEADERS[name], f"{place.rstrip('/')}/{name}")
    parts = [
        f"--{KINDS[name][0]}={KINDS[name][1]}={place}/{name}/header,{place}/{name}/part-.*" for name in found
    ]
    return "neo4j-admin database import full --overwrite-destination " + " ".join(parts) + " neo4j"


def _write(spark: SparkSession, frame: DataFrame, header: str, place: str) -> None:
    """Write parts without headers, doubled quotes as the import tool reads them, and the header in a file."""
    frame.write.mode("errorifexists").option("escape", '"').option("emptyValue", "").csv(place)
    files, path = file_system(spark, f"{place}/header")
    stream = files.create(path)
    stream.write(bytearray(f"{header}\n".encode()))
    stream.close()
