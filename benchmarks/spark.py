"""Time a severe shock on one machine and on Spark, side by side, on synthetic networks of growing size.

PYTHONPATH=. python benchmarks/spark.py [--full]      (--full adds 10,000,000 edges)

Spark runs as a cluster of two executors of one core each, with real shuffles between them; local runs as
`cascade` does. Both read the same Parquet files. Memory is the largest that a process held.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from chainshock.graph.network.bare import NodeLosses, read_network
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade
from chainshock.queries.propagation.cascade.run import Cascade
from chainshock.queries.propagation.spark.job import open_cascade
from chainshock.queries.propagation.spark.session import open_session
from tests.queries.propagation.spark.worlds import write_network, write_shocks

SIZES = (10_000, 100_000)
LARGE = 1_000_000
MEMORY = "1536m"
PARTITIONS = 16


def main() -> None:
    """Print a line per size."""
    sizes = (*SIZES, LARGE) if "--full" in sys.argv else SIZES
    print(
        "edges       sweeps  local: read  a sweep  memory   Spark: lay out  a sweep  memory per executor  "
        "sent in a sweep  largest difference"
    )
    for n in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(n, Path(folder)), flush=True)


def measure(n: int, folder: Path) -> str:
    """Give the line of a network of n nodes and ten times as many edges."""
    network = make_network(n)
    hit = NodeLosses("hit", np.arange(n // 50, dtype=np.int32), np.full(n // 50, 0.8))
    source = write_network(folder / "net", network)
    shocks = write_shocks(folder / "shocks.parquet", [hit], network.ids)
    edges = len(network.weight)
    del network
    start = time.perf_counter()
    arrays = compile_cascade(read_network(source), "generalized-leontief")
    read = time.perf_counter() - start
    engine = Cascade(arrays)
    engine.run(hit)
    start = time.perf_counter()
    local = engine.run(hit).score
    sweep = (time.perf_counter() - start) / local.iterations
    held = arrays.nbytes
    told = on_spark(source, shocks, folder)
    difference = abs(told["score"].esri - local.esri)
    same = "" if told["score"].iterations == local.iterations else "  SWEEPS DIFFER"
    return (
        f"{edges:>10,}  {local.iterations:>6}  {read:>9.2f} s  {sweep:>5.3f} s  {held / 2**20:>5,.0f} MB  "
        f"{told['layout']:>12.1f} s  {told['sweep']:>5.2f} s  {told['memory'] / 2**20:>16,.0f} MB  "
        f"{told['sent']:>10,} rows  {difference:.1e}{same}"
    )


def on_spark(source: str, shocks: str, folder: Path) -> dict:
    """Time layout and sweeps on two executors, and read their largest memory."""
    conf = {"spark.executor.memory": MEMORY, "spark.driver.memory": "2g", "spark.local.dir": str(folder)}
    times: list[float] = []
    memory = 0

    def tick(what: str, sweeps: int, fall: float) -> None:
        nonlocal memory
        times.append(time.perf_counter())
        memory = max(memory, *map(largest_memory, executors()))

    with open_session("local-cluster[2,1,1536]", folder / "log", conf) as spark:
        start = time.perf_counter()
        with open_cascade(spark, source, partitions=PARTITIONS, checkpoints=str(folder / "steps")) as opened:
            layout = time.perf_counter() - start
            (score,) = list(opened.run(shocks, tick=tick))
            routes = (opened.layout.down_routes, opened.layout.up_routes)
            sent = sum(frame.selectExpr("sum(size(homes)) as rows").first()["rows"] for frame in routes)
    sweep = float(np.median(np.diff(times))) if len(times) > 1 else float("nan")
    return {"layout": layout, "sweep": sweep, "memory": memory, "score": score, "sent": sent}


def executors() -> list[int]:
    """Give the pids of Spark's executors."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "cmdline").read_bytes()
            except OSError:
                continue
            if b"CoarseGrainedExecutorBackend" in words:
                found.append(int(place.name))
    return found


def largest_memory(pid: int) -> int:
    """Give the largest resident memory of a process, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
