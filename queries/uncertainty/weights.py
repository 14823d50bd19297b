"""Draw the weights of input groups from Dirichlet distributions around those of the network.

The weaker the evidence, the lower the concentration. An edge's draw depends on the sample and on who sells
to whom, not on where the edge stands in the arrays: two scenarios with one seed share it, and so do the civil
and military pools of a country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Evidence, Floats, NodeKind, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.propagation.sweeps import add_up
from chainshock.queries.uncertainty.draws import key_of, keyed_places

__all__ = ["WeightDraws", "concentrations", "edge_places", "redraw_weights"]

NEGLIGIBLE = 1e-12  # of a group: the draw of a supplier with next to no weight can be as small as 1e-300
GRADES = "ABC"
# Best grade that an edge can have: a share of national output or of world surplus is a guess at who sells to
# whom, however good the figures that it is made of.
BEST_GRADE: dict[int, str] = {
    Evidence.CONTRACT: "A",
    Evidence.TRADE: "A",
    Evidence.NATIONAL: "B",
    Evidence.WORLD: "C",
    Evidence.ASSUMED: "C",
    Evidence.NONE: "C",
}


def redraw_weights(
    network: ProductionNetwork, grades: Mapping[str, str], parameters: Parameters, salt: int
) -> ProductionNetwork:
    """Give the network with weights drawn anew; the mean over draws is the weight itself.

    The weights of a group are Dirichlet with parameters alpha w_e, alpha from `concentrations`: independent
    gamma variables of shape alpha w_e over their sum.

    Parameters
    ----------
    network
        Compiled network.
    grades
        Confidence (A, B, C) of each fact by id.
    parameters
        Assumptions; `doubt.concentration.*` count here.
    salt
        Number of the sample.
    """
    return replace(network, weight=WeightDraws(network, grades, parameters).at(salt))


class WeightDraws:
    """Draws of the weights of one network; `at` gives those of a sample."""

    def __init__(self, network: ProductionNetwork, grades: Mapping[str, str], parameters: Parameters) -> None:
        self.network = network
        self._free = _free(network)
        self._group = network.edge_group[self._free]
        alpha = concentrations(network, grades, parameters)
        self._shape = alpha[self._group] * network.weight[self._free]

    def at(self, salt: int) -> Floats:
        """Give the weights of a sample, (k,)."""
        from scipy.special import gammaincinv  # noqa: PLC0415 - costs 0.1 s, needed by samples alone

        weight = self.network.weight.copy()
        if self._free.size:
            drawn: Floats = gammaincinv(self._shape, edge_places(self.network, self._free, salt))
            drawn[drawn < NEGLIGIBLE * self._totals(drawn)] = 0.0
            total = self._totals(drawn)
            weight[self._free] = np.divide(drawn, total, out=weight[self._free], where=total > 0.0)
        return weight

    def _totals(self, drawn: Floats) -> Floats:
        """Give each free edge the sum over its group."""
        return add_up(self._group, drawn, len(self.network.group_node))[self._group]


def concentrations(network: ProductionNetwork, grades: Mapping[str, str], parameters: Parameters) -> Floats:
    """Give alpha of every input group, (m,).

    The variance of a Dirichlet weight is w (1 - w) / (alpha + 1). Where the edges of a group differ in
    confidence, 1 / (alpha + 1) is the mean of theirs, weighted by w.
    """
    spread = np.array([1.0 / (parameters.value(f"doubt.concentration.{grade}") + 1.0) for grade in GRADES])
    each = spread[_edge_grades(network, grades)] * network.weight
    mean = add_up(network.edge_group, each, len(network.group_node))
    inverse: Floats = np.divide(1.0, mean, out=np.full(len(mean), np.inf), where=mean > 0.0)
    return inverse - 1.0


def edge_places(network: ProductionNetwork, edges: npt.NDArray[np.intp], salt: int) -> Floats:
    """Give a number in (0, 1) for each edge that follows from the sample and the edge's ends alone."""
    return keyed_places([key_of(f"{source}>{target}") for source, target in _ends(network, edges)], salt)


def _free(network: ProductionNetwork) -> npt.NDArray[np.intp]:
    """Give the edges of groups with more than one supplier."""
    count = np.bincount(network.edge_group, minlength=len(network.group_node))
    return np.flatnonzero((count[network.edge_group] > 1) & (network.weight > 0.0))


def _edge_grades(network: ProductionNetwork, grades: Mapping[str, str]) -> npt.NDArray[np.intp]:
    """Give each edge's confidence: that of its weakest fact, at most the best of its kind of evidence."""
    facts = network.edge_facts or ((),) * len(network.edge_source)
    worst = (
        max([BEST_GRADE[kind], *(grades.get(fact, "C") for fact in own)])
        for kind, own in zip(network.evidence.tolist(), facts, strict=True)
    )
    return np.fromiter((GRADES.index(grade) for grade in worst), dtype=np.intp, count=len(facts))


def _ends(network: ProductionNetwork, edges: npt.NDArray[np.intp]) -> Iterator[tuple[str, str]]:
    """Name who sells and who buys: of a pool its good and country, whatever the class of its buyers."""
    is_pool = (network.kind == NodeKind.POOL).tolist()
    goods, countries = network.good.tolist(), network.country.tolist()
    sources, targets = network.edge_source[edges].tolist(), network.edge_node[edges].tolist()
    for source, node in zip(sources, targets, strict=True):
        pool = f"pool|{network.goods[goods[node]]}|{network.countries[countries[node]]}"
        yield network.ids[source], pool if is_pool[node] else network.ids[node]
