"""Time the weekly march beside BoARIO, in turn, on the same table: run_weeks.py PYTHON_OF_BOARIO.

The two do not compute the same model: in BoARIO the hit industries make half as much, adjust orders and
overproduce; in the march they ship half as much, and slices of firms carry stocks of their own. Sizes, weeks
and stocks are the same. BoARIO has no slices: the line with one slice compares like with like.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.peers.table import COVER, LOST, WEEKS, make_table
from chainshock.graph.network.production import Evidence, ProductionNetwork
from chainshock.queries.propagation.weeks.march import Filler, Limit, Rules, march
from chainshock.queries.propagation.weeks.slices import make_slices

SIZES = ((10, 20), (20, 20))
SLICES = (1, 100)
REPEATS = 3


def main(python: str) -> None:
    """Print a line per size and number of slices."""
    for regions, sectors in SIZES:
        network = make_network(regions, sectors)
        theirs, ours = [], {count: [] for count in SLICES}
        for _ in range(REPEATS):
            seconds, their_loss = _boario(python, regions, sectors)
            theirs.append(seconds)
            for count in SLICES:
                start = time.perf_counter()
                made = run(network, count, sectors)
                ours[count].append(time.perf_counter() - start)
        for count in SLICES:
            ratio = statistics.median(b / a for a, b in zip(ours[count], theirs, strict=True))
            print(
                f"{regions * sectors} industries, {len(network.weight):,} flows, {WEEKS} weeks, "
                f"{count} slices: {statistics.median(ours[count]):.3f} s; BoARIO "
                f"{statistics.median(theirs):.3f} s, {ratio:.2f} x as fast, {ratio * count:.1f} x per slice; "
                f"lost {1 - made:.3f} by inputs alone, BoARIO {their_loss:.3f} with the shock itself"
            )


def make_network(regions: int, sectors: int) -> ProductionNetwork:
    """Turn the table into a production network: an input group per industry and input sector."""
    flows, final = make_table(regions, sectors)
    n = regions * sectors
    sector = np.tile(np.arange(sectors, dtype=np.int32), regions)
    region = np.repeat(np.arange(regions, dtype=np.int32), sectors)
    output = flows.sum(axis=1) + final.sum(axis=1)
    bought = np.zeros((n, sectors))
    np.add.at(bought, (np.arange(n)[:, None], sector[None, :]), flows.T)
    node, good = (index.ravel().astype(np.int32) for index in np.indices((n, sectors)))
    groups = n * sectors
    source = (np.arange(regions)[None, :] * sectors + good[:, None]).astype(np.int32)
    weight = flows[source, node[:, None]] / bought.ravel()[:, None]
    return ProductionNetwork(
        ids=tuple(map(str, range(n))),
        goods=tuple(f"s{i}" for i in range(sectors)),
        countries=tuple(f"r{i}" for i in range(regions)),
        buyer_classes=("civil",),
        kind=np.zeros(n, dtype=np.int8),
        good=sector,
        country=region,
        buyer_class=np.zeros(n, dtype=np.int32),
        output=output,
        value=output,
        spare=np.full(n, 0.25),
        is_project=np.zeros(n, dtype=bool),
        group_node=node,
        group_good=good,
        kappa=np.ones(groups),
        cover=np.full(groups, COVER),
        need=bought.ravel(),
        cost_share=bought.ravel() / output[node],
        edge_group=np.repeat(np.arange(groups, dtype=np.int32), regions),
        edge_source=source.ravel(),
        weight=weight.ravel(),
        evidence=np.full(groups * regions, Evidence.TRADE, dtype=np.int8),
        transit=np.ones(groups * regions),
    )


def run(network: ProductionNetwork, count: int, sectors: int) -> float:
    """March the weeks; give the share of output made when the first region ships half as much."""
    hit = np.flatnonzero(network.edge_source < sectors)
    factor = np.ones((len(network.weight), WEEKS))
    factor[hit] = 1.0 - LOST
    shape = (len(hit), WEEKS)
    none = np.zeros(len(hit))
    rules = Rules(
        weeks=WEEKS,
        factor=factor,
        limits=[Limit(hit, np.full(shape, LOST), none, np.zeros(shape), none)],
        is_drawn=np.zeros(sectors, dtype=bool),
        tier=np.zeros(sectors, dtype=np.intp),
        r_max=1.25,
        tau=4.0,
        expedited=1.0,
        thrift=np.zeros((len(network.group_node), WEEKS)),
    )
    history = march(network, make_slices(count, 0.0), rules, Filler())
    return float(history.x.mean(axis=1) @ network.value / network.value.sum())


def _boario(python: str, regions: int, sectors: int) -> tuple[float, float]:
    script = Path(__file__).with_name("run_boario.py")
    command = [python, str(script), str(regions), str(sectors)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, lost = map(float, printed.splitlines()[-1].split())
    return seconds, lost


if __name__ == "__main__":
    main(sys.argv[1])
