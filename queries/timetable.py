"""Tell week by week what measures stop on each edge: whole buyers, or an equal part of each flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.measure_scope import buyer_classes_reached, stages_of
from chainshock.queries.measures import measures_in_force, reach_of
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.resolution import MeasureInForce
from chainshock.queries.scenario import Scenario
from chainshock.queries.severity import Curve

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["LEAD", "EdgeSeries", "edge_series"]

LEAD = 4  # weeks before week 0 that a run looks back on: licensed goods are under way no longer


@dataclass(frozen=True, eq=False)
class EdgeSeries:
    """What one measure stops on the edges it reaches.

    Attributes
    ----------
    measure
        Id of the measure.
    edges
        Edges reached, (r,).
    severity
        Mean share stopped by week, (r, LEAD + weeks): the first LEAD columns are weeks before week 0.
    start
        Week in which the measure begins to stop the edge, (r,); negative where it was in force before.
    before
        Share stopped of a buyer who has no licence, (r,): by week t the share 1 - severity / before of buyers
        is approved. 0 where the measure stops an equal part of every flow.
    end
        Week from which it stops the edge no longer, (r,); inf where it outlasts what is known.
    scope
        Share of the flow that is restricted, (r,): 0 where goods out of scope are held up alongside.
    """

    measure: str
    edges: Indices
    severity: Floats
    before: Floats
    start: Floats
    end: Floats
    scope: Floats


def edge_series(
    network: ProductionNetwork,
    graph: nx.MultiDiGraph[Any],
    scenario: Scenario,
    weeks: int,
    *,
    unknown_from_issuer: bool = False,
) -> list[EdgeSeries]:
    """Give what each measure in force stops on each edge, week by week.

    Parameters
    ----------
    network
        Compiled network.
    graph
        Facts valid at the scenario's date.
    scenario
        Scenario.
    weeks
        Weeks of the run.
    unknown_from_issuer
        Treat what unknown suppliers deliver as coming from each measure's origin: the bound of the unknown
        share. Untouched otherwise.

    Raises
    ------
    InvalidRecord, QueryError
        As `route_factors`.
    """
    stages = stages_of(graph)
    series = [
        _series(network, measure, stages, weeks, unknown_from_issuer)
        for measure in measures_in_force(graph, scenario, weeks=weeks)
    ]
    return [entry for entry in series if entry.edges.size]


def _series(
    network: ProductionNetwork,
    measure: MeasureInForce,
    stages: dict[str, str],
    weeks: int,
    unknown_from_issuer: bool,
) -> EdgeSeries:
    edges, share = _reached(network, measure, unknown_from_issuer)
    classes = buyer_classes_reached(measure.buyers, measure.kind, measure.issuer, network.buyer_classes)
    curves: dict[tuple[int, int, int], tuple[Floats, float]] = {}
    found: list[tuple[int, Floats, float]] = []
    for place, edge in enumerate(edges.tolist()):
        good, customer = int(network.good[network.edge_source[edge]]), int(network.edge_node[edge])
        key = (good, int(network.country[customer]), int(network.buyer_class[customer]))
        if key not in curves:
            whose = (network.countries[key[1]], classes[key[2]])
            curves[key] = _weekly(measure, network.goods[good], stages, whose, weeks)
        severity, before = curves[key]
        if severity.any():
            found.append((place, severity, before))
    held = np.array([entry[0] for entry in found], dtype=np.intp)
    part, severities = share[held], [entry[1] for entry in found]
    by_content = measure.content_rule is not None
    in_scope = np.array([by_content or good in measure.goods for good in network.goods], dtype=np.bool_)
    start = min((max(first, clock) for first, last, clock in measure.windows if last > 0), default=0.0)
    end = max((last for _, last, _ in measure.windows), default=0.0)
    return EdgeSeries(
        measure.id,
        edges[held],
        np.stack(severities) * part[:, None] if found else np.zeros((0, LEAD + weeks)),
        np.array([entry[2] for entry in found]) * part,
        np.full(len(held), start),
        np.full(len(held), end),
        part * in_scope[network.good[network.edge_source[edges[held]]]],
    )


def _reached(
    network: ProductionNetwork, measure: MeasureInForce, unknown_from_issuer: bool
) -> tuple[Indices, Floats]:
    """Give the edges that a measure reaches, and the share of what moves on each that it can stop."""
    source, target = network.edge_source, network.edge_node
    origins = network.country[source]
    unknown = network.kind[source] == NodeKind.UNKNOWN
    if unknown_from_issuer and measure.origin in network.countries:
        origins = np.where(unknown, network.countries.index(measure.origin), origins)
        unknown = np.zeros_like(unknown)
    share = np.zeros((len(network.goods), len(network.countries)))
    for good, by_origin in reach_of(network, measure).items():
        share[good, list(by_origin)] = list(by_origin.values())
    spared = [c == measure.issuer or c not in measure.destinations for c in network.countries]
    classes = buyer_classes_reached(measure.buyers, measure.kind, measure.issuer, network.buyer_classes)
    abroad = (origins != network.country[target]) & ~np.array(spared, dtype=np.bool_)[network.country[target]]
    share_of = np.where(abroad & ~unknown, share[network.good[source], origins], 0.0)
    edges = np.flatnonzero((share_of > 0.0) & np.isin(network.buyer_class[target], list(classes)))
    return edges, share_of[edges]


def _weekly(
    measure: MeasureInForce, good: str, stages: dict[str, str], buyer: tuple[str, str], weeks: int
) -> tuple[Floats, float]:
    """Give the severity of each week, and the share stopped before approval where buyers are approved."""
    is_collateral = good in measure.collateral and good not in measure.goods
    curve = measure.shape.curve(stages.get(good, ""), *buyer, collateral=is_collateral)
    severity = np.array([measure.mean_between(curve, t, t + 1.0) for t in range(-LEAD, weeks)])
    return severity, 0.0 if is_collateral else _before_approval(curve)


def _before_approval(curve: Curve) -> float:
    """Give the share stopped before approval, of a curve that falls with approvals; 0 for a constant one."""
    if not curve.pieces:
        return 0.0
    return max(max(first, final) for _, _, first, final in curve.pieces)
