"""Turn the parameters into the assumptions of the dynamic: one value per good where goods differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.propagation.weeks.solve import WeekOptions

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["DEFAULT_SLICES", "week_options"]

DEFAULT_SLICES = 100
MADE_TO_DRAWING = ("magnet", "component")  # stages of single-sourced goods; each routes anew


def week_options(
    network: ProductionNetwork,
    graph: nx.MultiDiGraph[NodeRef],
    parameters: Parameters,
    slices: int = DEFAULT_SLICES,
) -> WeekOptions:
    """Give the assumptions of a run over weeks; a good's own parameter comes before that of its stage.

    Raises
    ------
    UnknownName
        A general parameter is missing from the list of parameters.
    """
    stages = [_stage(graph, good) for good in network.goods]

    def per_good(name: str) -> Floats:
        found = (
            parameters.find(f"{name}.{good}", f"{name}.{stage}")
            for good, stage in zip(network.goods, stages, strict=True)
        )
        return np.array([0.0 if entry is None else entry.default for entry in found])

    saved = (parameters.get(f"thrift.{good}") for good in network.goods)
    tiers = [MADE_TO_DRAWING.index(stage) if stage in MADE_TO_DRAWING else 0 for stage in stages]
    return WeekOptions(
        slices=slices,
        spread=parameters.value("stock.spread"),
        tau=parameters.value("refill.weeks"),
        expedited=parameters.value("transit.expedited"),
        is_drawn=np.array([stage in MADE_TO_DRAWING for stage in stages], dtype=np.bool_),
        tier=np.array(tiers, dtype=np.intp),
        ramp_start=per_good("qualification.start"),
        ramp=per_good("qualification.ramp"),
        thrift=np.array([0.0 if entry is None else entry.default for entry in saved]),
        thrift_start=parameters.value("thrift.start"),
    )


def _stage(graph: nx.MultiDiGraph[NodeRef], good: str) -> str:
    """Give the stage of a good; blank for an end use."""
    fact = graph.nodes.get(NodeRef("Commodity", good), {}).get("fact")
    return "" if fact is None else str(fact.properties["stage"])
