"""Turn the parameters into the options of a shock: one value per good where goods differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from chainshock.errors import UnknownName
from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.measure_scope import edges_from
from chainshock.queries.names import fact_of
from chainshock.queries.propagation.state import ShockOptions

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Rationing", "Substitution", "price_extremes", "shock_options"]

Rationing = Literal["proportional", "value", "priority"]
Substitution = Literal["capacity", "none"]

MADE_TO_DRAWING = frozenset({"magnet", "component"})  # stages traded under contract, not on a market
UNPRICED = frozenset({"component", "technology", "product"})  # stages without a price rule


def shock_options(
    network: ProductionNetwork,
    graph: nx.MultiDiGraph[NodeRef],
    parameters: Parameters,
    *,
    rationing: Rationing = "proportional",
    substitution: Substitution = "capacity",
) -> ShockOptions:
    """Give the options of a static shock.

    A good's own parameter (`eta.OX_DY`) comes before that of the good whose price it follows, before that
    of its only input (dysprosium metal follows the oxide), before the general one. Where no eta is stated
    it is the sum of the supply and demand elasticities. Components and end uses have no price rule.
    Priority rationing puts the end uses of military buyers first, all alike.

    Raises
    ------
    UnknownName
        A choice is none of those that there are.
    """
    for kind, value, known in (
        ("rationing", rationing, get_args(Rationing)),
        ("substitution", substitution, get_args(Substitution)),
    ):
        if value not in known:
            raise UnknownName(kind, value, known)
    stages = [_stage(graph, good) for good in network.goods]
    general_eta = parameters.value("elasticity.supply") + parameters.value("elasticity.demand")
    eta = [
        np.nan if stage is None or stage in UNPRICED else _own(graph, parameters, "eta", good, general_eta)
        for good, stage in zip(network.goods, stages, strict=True)
    ]
    cap = [
        _own(graph, parameters, "price-cap", good, parameters.value("price-cap")) for good in network.goods
    ]
    drawing = [stage in MADE_TO_DRAWING for stage in stages]
    return ShockOptions(
        substitution=substitution,
        rationing=rationing,
        priority=(_military(graph),),
        phi=parameters.value("phi"),
        r_max=parameters.value("r-max"),
        eta=np.array(eta),
        price_cap=np.array(cap),
        price_floor=parameters.value("price-floor"),
        pass_through=_by_form(parameters, "pass-through", drawing, "oxide"),
        diversion=_by_form(parameters, "diversion", drawing, "material"),
    )


def price_extremes(parameters: Parameters) -> tuple[dict[str, float], dict[str, float]]:
    """Give the values of what prices rest on that keep them nearest to baseline, and furthest from it.

    Elasticities at the high end of their ranges, ceilings at the low and floors at the high end move prices
    least; the other ends most.
    """
    soft, sharp = {}, {}
    for name, entry in parameters.items():
        ends = (entry.low, entry.high)
        if name.startswith("price-cap"):
            soft[name], sharp[name] = ends
        elif name.startswith(("eta.", "elasticity.", "price-floor")):
            sharp[name], soft[name] = ends
    return soft, sharp


def _military(graph: nx.MultiDiGraph[NodeRef]) -> tuple[str, ...]:
    """Give the ids of the end uses that military buyers take."""
    uses = (fact_of(graph, node) for node in graph if node.label == "EndUse")
    return tuple(
        sorted(str(use.source.key) for use in uses if use and use.properties["buyer_class"] == "military")
    )


def _by_form(parameters: Parameters, name: str, drawing: list[bool], other: str) -> Floats:
    made, traded = parameters.value(f"{name}.magnet"), parameters.value(f"{name}.{other}")
    return np.array([made if is_drawn else traded for is_drawn in drawing])


def _stage(graph: nx.MultiDiGraph[NodeRef], good: str) -> str | None:
    """Give the stage of a good; None for an end use."""
    fact = fact_of(graph, NodeRef("Commodity", good))
    return None if fact is None else str(fact.properties["stage"])


def _own(
    graph: nx.MultiDiGraph[NodeRef], parameters: Parameters, name: str, good: str, general: float
) -> float:
    """Give a good's own value of a parameter, else that of the good it follows, else the general one."""
    for candidate in (good, _price_code(graph, good), _only_input(graph, good)):
        entry = parameters.get(f"{name}.{candidate}")
        if entry is not None:
            return entry.default
    return general


def _price_code(graph: nx.MultiDiGraph[NodeRef], good: str) -> str:
    fact = fact_of(graph, NodeRef("Commodity", good))
    return "" if fact is None else str(fact.properties.get("price_code", ""))


def _only_input(graph: nx.MultiDiGraph[NodeRef], good: str) -> str:
    node = NodeRef("Commodity", good)
    inputs = {fact.target.key for fact in edges_from(graph, node, "REQUIRES") if fact.target}
    return inputs.pop() if len(inputs) == 1 else ""
