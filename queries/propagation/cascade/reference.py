"""Run the ESRI cascade in plain numpy and scipy: the readable kernel that others are held to.

Sweeps are rounds of the computation, not weeks. docs/explanation/cascade.md has the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from chainshock.errors import QueryError
from chainshock.graph.network.bare import BareNetwork, Floats, Ints

__all__ = ["Cascade", "CascadeResult", "Model", "compile_cascade", "run_cascade"]

Model = Literal["linear", "leontief", "generalized-leontief"]
DEAD_SECTOR = 1e-10  # sector output at or below it counts as 1
MOST_SWEEPS = 100_000


@dataclass(frozen=True)
class Cascade:
    """A network made ready for sweeps: g groups (customer, supplier sector) over n nodes."""

    sector: Ints
    strength: Floats
    node_weight: Floats
    down: sp.csr_array
    essential: Ints
    essential_customer: Ints
    essential_scale: Floats
    spread: sp.csr_array
    up: sp.csr_array
    replaceable: bool

    def sweep_down(self, hd: Floats, psi: Floats) -> Floats:
        """Give hd after one more sweep, (n,)."""
        lost = 1.0 - hd
        if self.replaceable:
            market = np.bincount(self.sector, self.strength * hd)
            market[market <= DEAD_SECTOR] = 1.0
            lost = lost * np.minimum(1.0, self.strength / market[self.sector])
        group_loss = self.down @ lost
        worst = np.zeros(psi.size)
        essential_loss = group_loss[self.essential] * self.essential_scale
        np.maximum.at(worst, self.essential_customer, essential_loss)
        result = np.minimum(1.0 - worst, 1.0 - self.spread @ group_loss)
        left: Floats = np.maximum(0.0, np.minimum(psi, result))
        return left

    def sweep_up(self, hu: Floats, psi: Floats) -> Floats:
        """Give hu after one more sweep, (n,)."""
        left: Floats = np.maximum(0.0, np.minimum(psi, 1.0 - self.up @ (1.0 - hu)))
        return left


@dataclass(frozen=True)
class CascadeResult:
    """Scores of one shock, remaining output of every node (n,), sweeps done, and why they stopped."""

    esri: float
    esri_down: float
    esri_up: float
    iterations: int
    stop: str
    hd: Floats
    hu: Floats


def compile_cascade(network: BareNetwork, model: Model, *, replaceability: bool = True) -> Cascade:
    """Turn a bare network into the matrices that a sweep needs.

    Raises
    ------
    QueryError
        The generalized form is asked for and the network has no essentiality table.
    """
    n, m = len(network.ids), len(network.sectors)
    kept = network.weight > 0
    i, j, w = network.supplier[kept], network.customer[kept], network.weight[kept]
    strength: Floats = np.bincount(i, w, minlength=n).astype(np.float64)
    bought: Floats = np.bincount(j, w, minlength=n).astype(np.float64)
    keys, group = np.unique(j * m + network.sector[i], return_inverse=True)
    customer, kind = keys // m, keys % m
    total = np.bincount(group, w, minlength=keys.size)
    classes = _classes(network, model)[kind, network.sector[customer]]
    scale = np.ones(n) if network.cost is None else _ratio(bought, network.cost)
    essential = np.flatnonzero(classes == 2)
    partial = np.flatnonzero(classes == 1)
    share = total / bought[customer] * scale[customer]
    sold = strength if network.revenue is None else network.revenue
    weight = strength if network.node_weight is None else network.node_weight
    down = sp.csr_array((w / total[group], (group, i)), shape=(keys.size, n))
    spread = sp.csr_array((share[partial], (customer[partial], partial)), shape=(n, keys.size))
    up = sp.csr_array((_ratio(w, sold[i]), (i, j)), shape=(n, n))
    return Cascade(
        network.sector, strength, weight, down, essential, customer[essential], scale[customer[essential]],
        spread, up, replaceability,
    )  # fmt: skip


def run_cascade(cascade: Cascade, loss: Floats, *, eps: float = 1e-2) -> CascadeResult:
    """Sweep from a loss of output per node, (n,), until no node falls by more than eps.

    Raises
    ------
    QueryError
        The sweeps do not settle.
    """
    psi = 1.0 - loss
    hd, hu = psi.copy(), psi.copy()
    for sweep in range(1, MOST_SWEEPS + 1):
        new_hd, new_hu = cascade.sweep_down(hd, psi), cascade.sweep_up(hu, psi)
        moved = max(float(np.max(hd - new_hd)), float(np.max(hu - new_hu)))
        hd, hu = new_hd, new_hu
        if moved <= eps:
            return score(cascade, hd, hu, sweep, f"eps={eps:g}")
    raise QueryError(f"the cascade does not settle: found {MOST_SWEEPS} sweeps, expected fewer; raise --eps")


def score(cascade: Cascade, hd: Floats, hu: Floats, iterations: int, stop: str) -> CascadeResult:
    """Weigh what nodes have left into the three scores."""
    a = cascade.node_weight
    total = float(a.sum()) or 1.0
    both, down, up = (float(a @ (1.0 - h)) / total for h in (np.minimum(hd, hu), hd, hu))
    return CascadeResult(both, down, up, iterations, stop, hd, hu)


def _classes(network: BareNetwork, model: Model) -> NDArray[np.uint8]:
    m = len(network.sectors)
    if model == "generalized-leontief":
        if network.essentiality is None:
            raise QueryError("generalized-leontief: found no essentiality table, expected one")
        return network.essentiality
    return np.full((m, m), 1 if model == "linear" else 2, dtype=np.uint8)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, with 0 where the divisor is 0."""
    return np.divide(top, bottom, out=np.zeros(top.size), where=bottom > 0)
