"""Measure the cascade kernels against walking a graph, against scipy and against the machine's own memory.

    python benchmarks/cascade.py            sizes up to 100,000 nodes
    python benchmarks/cascade.py --full     1,000,000 nodes too, and every closure of 10,000

Every ratio is the median of pairs measured one after the other in this run, on one core. Layout and compiling
are not in the times. The severe shock closes the first hundredth of the nodes.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np

from chainshock.api import open_dataset
from chainshock.graph.network.bare import BareNetwork, NodeLosses, from_graph, read_network
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import CascadeArrays, compile_cascade
from chainshock.queries.propagation.cascade.columns import ColumnSweeps
from chainshock.queries.propagation.cascade.fixed_point import find_fixed_point
from chainshock.queries.propagation.cascade.frontier import FrontierSweeps
from chainshock.queries.propagation.cascade.packed import PackedSweeps
from chainshock.queries.propagation.cascade.redraw import RedrawnSweeps
from chainshock.queries.propagation.cascade.reference import ReferenceSweeps
from chainshock.queries.propagation.static import solve
from tools.make_network import main as write_tables

EPS, MOST, REPEATS = 1e-2, 100_000, 5
READ = np.ones(50_000_000)


def main() -> None:
    """Print all tables."""
    full = "--full" in sys.argv[1:]
    sizes = (10_000, 100_000, 1_000_000) if full else (10_000, 100_000)
    closures(1_000)
    if full:
        closures(10_000)
    for n in sizes:
        severe(n)
    for n in sizes[1:]:
        what_if(n)
    walking(10_000)
    for n in sizes[: 2 if full else 1]:
        fixed_point(n)
    monte_carlo()
    compiling(100_000)
    reference_data()


def closures(n: int) -> None:
    """Close every node in turn, sixteen columns at a time."""
    kernel = ColumnSweeps(_arrays(n))
    one = np.ones(1)
    shocks = [NodeLosses(str(i), np.array([i], dtype=np.int32), one) for i in range(n)]
    kernel.run(shocks[:32], EPS, MOST)
    seconds, (_, sweeps, _) = _median(lambda: kernel.run(shocks, EPS, MOST), 5 if n <= 1000 else 1)
    print(f"every closure, n = {n:,}: {seconds:.3f} s, mean sweeps {sweeps.mean():.2f}")


def severe(n: int) -> None:
    """Run a severe shock: packed rows against scipy with reduceat, and against memory bandwidth."""
    arrays = _arrays(n)
    packed, reference = PackedSweeps(arrays), ReferenceSweeps(arrays)
    loss = _severe(n)
    ours, theirs, reads = [], [], []
    packed.run(loss, EPS, MOST)
    for _ in range(REPEATS):
        ours.append(_time(lambda: packed.run(loss, EPS, MOST)))
        theirs.append(_time(lambda: reference.run(loss, EPS, MOST)))
        reads.append(READ.nbytes / _time(READ.sum))
    sweeps = packed.run(loss, EPS, MOST)[2]
    moved = sweeps * (12 * arrays.edges + 24 * n)
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    share = statistics.median(moved / a / r for a, r in zip(ours, reads, strict=True))
    size = arrays.nbytes + packed.up_rows.nbytes + packed.down_rows.nbytes
    print(
        f"severe shock, n = {n:,}, {arrays.edges:,} edges: {sweeps} sweeps, "
        f"{statistics.median(ours) * 1e3:.1f} ms, "
        f"{ratio:.2f} x scipy, {share:.2f} of {statistics.median(reads) / 1e9:.1f} GB/s, "
        f"{size / arrays.edges:.1f} bytes per edge"
    )


def what_if(n: int) -> None:
    """Close one node: the frontier against whole sweeps over packed rows."""
    kernel = FrontierSweeps(_arrays(n))
    ratios, times = [], []
    for node in np.random.default_rng(1).integers(0, n, 20):
        loss = np.zeros(n)
        loss[node] = 1.0
        kernel.run(loss, EPS, MOST)
        whole = _time(lambda loss=loss: PackedSweeps.run(kernel, loss, EPS, MOST))
        times.append(_time(lambda loss=loss: kernel.run(loss, EPS, MOST)))
        ratios.append(whole / times[-1])
    median, low, high = (float(np.quantile(ratios, q)) for q in (0.5, 0.1, 0.9))
    print(
        f"what-if, n = {n:,}: {statistics.median(times) * 1e3:.2f} ms, {median:.1f} x whole sweeps "
        f"(10 to 90 %: {low:.1f} to {high:.1f})"
    )


def walking(n: int) -> None:
    """Sweep once by walking a networkx graph, against packed rows."""
    network = make_network(n)
    graph = _graph(network)
    loss = _severe(n)
    packed = PackedSweeps(_arrays(n))
    start = time.perf_counter()
    hd, hu = _walk(graph, network, loss)
    walked = time.perf_counter() - start
    ours, found = _median(lambda: packed.run(loss, EPS, 1), 25)
    difference = max(np.abs(found[0] - hd).max(), np.abs(found[1] - hu).max())
    print(
        f"one sweep, n = {n:,}: networkx {walked:.2f} s, packed {ours * 1e3:.3f} ms, {walked / ours:,.0f} x; "
        f"largest difference {difference:.0e}"
    )


def fixed_point(n: int) -> None:
    """Find the fixed point of one closure, against plain packed sweeps to the last bit."""
    arrays = _arrays(n)
    packed = PackedSweeps(arrays)
    loss = np.zeros(n)
    loss[7] = 1.0
    plain, (hd, hu, sweeps, _) = _median(lambda: packed.run(loss, 1e-15, MOST), 1)
    seconds, found = _median(lambda: find_fixed_point(arrays, loss), 3)
    difference = max(np.abs(found.hd - hd).max(), np.abs(found.hu - hu).max())
    print(
        f"fixed point, n = {n:,}: {found.sweeps} sweeps and {found.solves} solves, {seconds:.2f} s; "
        f"plain {sweeps:,} sweeps, {plain:.2f} s; largest difference {difference:.0e}"
    )


def monte_carlo() -> None:
    """Run the severe shock on networks of 1,000 nodes whose flows are drawn anew."""
    network = make_network(1000)
    drawn = RedrawnSweeps(network, compile_cascade(network, "generalized-leontief"))
    shock = NodeLosses("severe", np.arange(10, dtype=np.int32), np.ones(10))
    drawn.run(shock, 10, 7, 0.2)
    seconds, found = _median(lambda: drawn.run(shock, 1000, 7, 0.2), REPEATS)
    print(
        f"Monte Carlo, n = 1,000, flows redrawn: {1000 / seconds:,.0f} shocks per second, mean sweeps "
        f"{found.sweeps.mean():.1f}"
    )


def compiling(n: int) -> None:
    """Read and compile tables, and a MultiDiGraph."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(n, Path(folder))
        from_tables, _ = _median(
            lambda: compile_cascade(read_network(folder), "generalized-leontief"), REPEATS
        )
    network = make_network(n)
    graph = _graph(network)
    from_networkx, _ = _median(
        lambda: compile_cascade(
            from_graph(graph, network.essentiality, network.sectors), "generalized-leontief"
        ),
        3,
    )
    edges = graph.number_of_edges()
    print(f"compile {edges:,} edges: Parquet {from_tables:.2f} s, MultiDiGraph {from_networkx:.2f} s")


def reference_data() -> None:
    """Run one what-if on the shipped data, warm."""
    shock = open_dataset(None).shock("october-2025-controls", horizon=None)
    factor = shock.routes.edges(shock.network)
    kernels = ("reference", "compiled")
    times = []
    for kernel in kernels:
        options = replace(shock.options, kernel=kernel)
        given = (shock.network, factor, shock.routes, options)
        solve(*given)
        times.append(_median(lambda given=given: solve(*given), 25)[0])
    found = ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in zip(kernels, times, strict=True))
    print(f"reference data, {shock.network.n:,} nodes, one static what-if: {found}")


def _arrays(n: int) -> CascadeArrays:
    return compile_cascade(make_network(n), "generalized-leontief")


def _severe(n: int) -> np.ndarray:
    loss = np.zeros(n)
    loss[: n // 100] = 1.0
    return loss


def _graph(network: BareNetwork) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(
        (i, {"sector": q}) for i, q in zip(network.ids, network.sector.tolist(), strict=True)
    )
    ends = zip(network.supplier.tolist(), network.customer.tolist(), network.weight.tolist(), strict=True)
    graph.add_weighted_edges_from(ends)
    return graph


def _walk(graph: nx.MultiDiGraph, network: BareNetwork, loss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Do the first sweep of the generalized form node by node, as one would on a graph."""
    sector, classes = network.sector.tolist(), network.essentiality.tolist()
    sold = {i: sum(w for _, _, w in graph.out_edges(i, data="weight")) for i in graph}
    market: dict[int, float] = {}
    for i in graph:
        market[sector[i]] = market.get(sector[i], 0.0) + sold[i] * (1 - loss[i])
    hd, hu = np.empty(len(sold)), np.empty(len(sold))
    for j in graph:
        total: dict[int, float] = {}
        lost: dict[int, float] = {}
        for i, _, w in graph.in_edges(j, data="weight"):
            q = sector[i]
            share = min(1.0, sold[i] / (market[q] if market[q] > 1e-10 else 1.0))
            total[q] = total.get(q, 0.0) + w
            lost[q] = lost.get(q, 0.0) + w * share * loss[i]
        bought = sum(total.values())
        kinds = {q: classes[q][sector[j]] for q in total}
        worst = max((lost[q] / total[q] for q in total if kinds[q] == 2), default=0.0)
        part = sum(lost[q] for q in total if kinds[q] == 1) / bought if bought else 0.0
        hd[j] = max(0.0, min(1 - loss[j], 1 - worst, 1 - part))
        gone = sum(w * loss[k] for _, k, w in graph.out_edges(j, data="weight"))
        hu[j] = max(0.0, min(1 - loss[j], 1 - (gone / sold[j] if sold[j] else 0.0)))
    return hd, hu


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Give the median time, and what the last call gave."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), found


if __name__ == "__main__":
    main()
