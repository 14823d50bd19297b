"""Make a multi-regional input-output table from a seed: what both programs run on."""

from __future__ import annotations

import numpy as np

REGIONS, SECTORS, SEED = 10, 20, 7
WEEKS, COVER, LOST = 26, 8.0, 0.5
INPUT_SHARE = 0.6  # most that inputs may cost, as a share of output: value added stays positive


def make_table(regions: int, sectors: int) -> tuple[np.ndarray, np.ndarray]:
    """Give flows between industries (n, n) and to the final demand of regions (n, regions), USD per year."""
    stream = np.random.default_rng(SEED)
    n = regions * sectors
    flows = stream.pareto(1.5, (n, n)) + 0.1
    final = (stream.pareto(1.5, (n, regions)) + 0.1) * n / regions
    output = flows.sum(axis=1) + final.sum(axis=1)
    return flows * np.minimum(1.0, INPUT_SHARE * output / flows.sum(axis=0)), final
