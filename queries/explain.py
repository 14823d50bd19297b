"""Explain an exposure: split each part over the restricted edges it comes from, list the strongest paths.

At the final state each loss sits on one active branch, so it is linear in the restricted edges and one
adjoint pass splits it exactly. Gains are split by who was short, prices by share of z.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.explain_credit import (
    Market,
    crosses_border,
    derived_credit,
    price_credit,
    share_gains,
    share_prices,
    shortage_credit,
)
from chainshock.queries.exposure import PARTS, EntityExposure, Exposures, exposures
from chainshock.queries.paths import Path, PathList, paths
from chainshock.queries.propagation.adjoint import Branch, final_branch, first_branch
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockState

__all__ = [
    "Explanation",
    "Path",
    "PathList",
    "Relief",
    "ResidualError",
    "Source",
    "by_size",
    "check_residual",
    "entity_weights",
    "explain",
    "measure_shares",
    "paths",
]

RESIDUAL = 1e-9  # of a part
ROUNDING = 1e-12  # of the value at stake


class ResidualError(QueryError):
    """The pieces of an explanation do not sum to the exposure: a fault of the program."""


@dataclass(frozen=True)
class Source:
    """What one restricted edge contributes to one part of an exposure.

    `amount` is in the unit of the weights (USD per year, or share of output); `measures` splits it over the
    measures in force on the edge, `weeks` over the weeks in which they stopped it (empty in a static run).
    """

    part: str
    edge: int
    good: str
    origin: str
    destination: str
    amount: float
    measures: dict[str, float]
    weeks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Relief:
    """What softens one part of an exposure over weeks and is no restriction.

    `kind` is "stock" (what firms hold of a good), "catch-up" (deliveries above baseline) or "thrift" (need
    saved); `country` is that of the firms.
    """

    part: str
    kind: str
    good: str
    country: str
    amount: float


@dataclass(frozen=True)
class Explanation:
    """Parts of an exposure, and what they sum from, largest first within each part.

    Sources and, over weeks, reliefs.
    """

    parts: dict[str, float]
    sources: list[Source]
    reliefs: list[Relief] = field(default_factory=list)

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return sum(self.parts.values())


def entity_weights(result: Exposures, entity: EntityExposure) -> dict[int, float]:
    """Give the weight of each node in an entity's exposure: value x share; shares if no value is known."""
    if entity.value is None:
        total = sum(entity.nodes.values()) or 1.0
        return {node: share / total for node, share in entity.nodes.items()}
    values = np.nan_to_num(result.value)
    return {node: share * float(values[node]) for node, share in entity.nodes.items()}


def explain(
    network: ProductionNetwork,
    state: ShockState,
    nodes: Mapping[int, float],
    routes: RouteFactors | None = None,
) -> Explanation:
    """Split the exposure of some nodes over the restricted edges.

    Parameters
    ----------
    nodes
        Weight of each node, as from `entity_weights`.
    routes
        Where given, each source is split over measures in proportion to -log of their factors.

    Raises
    ------
    ResidualError
        If the sources of a part do not sum to it within 1e-9.
    """
    weight = np.zeros(network.n)
    weight[list(nodes)] = list(nodes.values())
    parts = exposures(network, state).relative @ weight
    split = _split(network, state, weight)
    check_residual(parts, split.sum(axis=1), float(np.abs(weight).sum()))
    sources = [
        _source(network, routes, part, int(edge), float(split[index, edge]))
        for index, part in enumerate(PARTS)
        for edge in by_size(split[index])
    ]
    return Explanation(dict(zip(PARTS, parts.tolist(), strict=True)), sources)


def measure_shares(network: ProductionNetwork, routes: RouteFactors, edge: int) -> dict[str, float]:
    """Split an edge's restriction over measures by -log of their factors; full stops share equally."""
    source, target = network.edge_source[edge], network.group_node[network.edge_group[edge]]
    good, destination = int(network.good[source]), int(network.country[target])
    factors = {}
    for measure, goods in routes.by_measure.items():
        origin = int(network.country[source])
        if network.kind[source] == NodeKind.UNKNOWN:
            origin = routes.issuers.get(measure, origin)
        if good in goods and origin != destination:
            factors[measure] = float(goods[good][network.buyer_class[target], origin, destination])
    stops = [measure for measure, factor in factors.items() if factor <= 0.0]
    if stops:
        return {measure: 1.0 / len(stops) for measure in stops}
    logs = {measure: -np.log(factor) for measure, factor in factors.items() if factor != 1.0}
    total = sum(logs.values())
    return {measure: float(log / total) for measure, log in logs.items()} if total != 0.0 else {}


def _split(network: ProductionNetwork, state: ShockState, weight: Floats) -> Floats:
    """Split all parts over edges, (6, k)."""
    result = np.zeros((len(PARTS), len(network.edge_source)))
    final, first = final_branch(network, state), first_branch(network, state)
    works = np.where((network.kind == NodeKind.ACTIVITY) & ~network.is_project, weight, 0.0)
    nothing = np.zeros(network.n)
    result[0] = final.split(np.concatenate([-works, nothing]))
    limited = np.where(state.hu < state.x, works, 0.0)
    result[1] = final.split(np.concatenate([limited, -limited]))
    result[2] = _split_gains(first, state, works * state.gain)
    result[3] = _split_gains(first, state, derived_credit(final.frame, state.filled, works) * state.gain)
    unsold = np.where(
        crosses_border(final.frame), final.frame.flow * np.maximum(1.0 - state.factor, 0.0), 0.0
    )
    kept = network.need * (1.0 - state.rho)
    short = np.maximum(1.0 - state.first_available, 0.0)
    for part, credit in zip((4, 5), price_credit(state.terms, works, weight), strict=True):
        market = Market(state.segment, state.tightness, kept * short, state.shortage, unsold)
        found = share_prices(final.frame, market, credit * (state.price - 1.0))
        seeds = np.where(short > 0.0, kept * found.groups, 0.0)
        gained = shortage_credit(final.frame, state.filled, found.shortage) * state.gain
        result[part] = found.edges + first.split(np.zeros(2 * network.n), seeds)
        result[part] += _split_gains(first, state, gained)
    return result


def _split_gains(first: Branch, state: ShockState, credit: Floats) -> Floats:
    """Split a credit on nodes' gains over what made the served markets short, (k,)."""
    seeds = share_gains(first.frame, state.served, credit, np.maximum(1.0 - state.first_available, 0.0))
    if not np.any(seeds):
        return np.zeros(len(first.stopped))
    return first.split(np.zeros(2 * first.frame.network.n), seeds)


def check_residual(parts: Floats, summed: Floats, at_stake: float) -> None:
    """Raise if what was split does not sum to the parts, both (6,).

    Raises
    ------
    ResidualError
        A part is missed by more than 1e-9 of it, and by more than rounding of the value at stake.
    """
    for part, whole, pieces in zip(PARTS, parts, summed, strict=True):
        if abs(whole - pieces) > RESIDUAL * abs(whole) + ROUNDING * at_stake:
            raise ResidualError(
                f"explanation of {part}: found pieces that sum to {pieces!r}, expected {whole!r}"
            )


def by_size(split: Floats) -> list[int]:
    """Give the places of what is not 0, largest first."""
    hit = np.flatnonzero(split)
    order: list[int] = hit[np.lexsort((hit, -np.abs(split[hit])))].tolist()
    return order


def _source(
    network: ProductionNetwork, routes: RouteFactors | None, part: str, edge: int, amount: float
) -> Source:
    """Name one source."""
    source, target = network.edge_source[edge], network.group_node[network.edge_group[edge]]
    shares = {} if routes is None else measure_shares(network, routes, edge)
    return Source(
        part=part,
        edge=edge,
        good=network.goods[network.good[source]],
        origin=network.countries[network.country[source]],
        destination=network.countries[network.country[target]],
        amount=amount,
        measures={measure: amount * share for measure, share in shares.items()},
    )
