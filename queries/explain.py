"""Explain an exposure: split each part over the restricted edges it comes from, list the strongest paths.

At the final state each loss sits on one active branch, so it is linear in the restricted edges and one
adjoint pass splits it exactly. Gains are split by who was short, prices by share of z.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.exposure import PARTS, EntityExposure, Exposures, exposures
from chainshock.queries.paths import Path, PathList, paths
from chainshock.queries.propagation.adjoint import Branch, credit_gains, final_branch, first_branch
from chainshock.queries.propagation.prices import paid_markup, price_weights
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockState
from chainshock.queries.propagation.sweeps import Frame, add_up

__all__ = [
    "Explanation",
    "Path",
    "PathList",
    "ResidualError",
    "Source",
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
    measures in force on the edge.
    """

    part: str
    edge: int
    good: str
    origin: str
    destination: str
    amount: float
    measures: dict[str, float]


@dataclass(frozen=True)
class Explanation:
    """Parts of an exposure, and the sources that they sum from, largest first within each part."""

    parts: dict[str, float]
    sources: list[Source]

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
    _check(parts, split, float(np.abs(weight).sum()))
    sources = [
        _source(network, routes, part, int(edge), float(split[index, edge]))
        for index, part in enumerate(PARTS)
        for edge in _by_size(split[index])
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
    result[3] = _split_derived(first, state, works)
    sold, bought = _price_credit(final.frame, state, works, weight)
    result[4] = _split_prices(first, state, sold)
    result[5] = _split_prices(first, state, bought)
    return result


def _split_gains(first: Branch, state: ShockState, credit: Floats) -> Floats:
    """Split a credit on nodes' gains over what made the served markets short, (k,)."""
    network, served = first.frame.network, state.served
    if not np.any(credit) or not len(served.good):
        return np.zeros(len(first.stopped))
    countries = len(network.countries)
    size = len(network.goods) * countries
    seller = served.good.astype(np.intp) * countries + served.seller_country
    by_seller = add_up(network.good.astype(np.intp) * countries + network.country, credit, size)
    total = add_up(seller, served.quantity, size)
    row_credit = by_seller[seller] * served.quantity / total[seller]
    classes = len(network.buyer_classes)
    market = (served.good.astype(np.intp) * classes + served.buyer_class) * countries + served.country
    by_market = add_up(market, row_credit, size * classes)
    node = first.frame.node
    group = (network.group_good.astype(np.intp) * classes + network.buyer_class[node]) * countries
    group = group + network.country[node]
    short = np.where(
        network.kind[node] == NodeKind.ACTIVITY, np.maximum(1.0 - state.first_available, 0.0), 0.0
    )
    lost = add_up(group, network.need * short, size * classes)
    per_unit = np.divide(by_market, lost, out=np.zeros(len(lost)), where=lost > 0.0)
    seeds = np.where(short > 0.0, network.need * per_unit[group], 0.0)
    return first.split(np.zeros(2 * network.n), seeds)


def _split_derived(first: Branch, state: ShockState, works: Floats) -> Floats:
    """Split the filled derived orders over the gains that cause them, and on, (k,)."""
    network = first.frame.network
    if not np.any(works * state.derived):
        return np.zeros(len(first.stopped))
    worth = np.divide(works, network.output, out=np.zeros(network.n), where=network.output > 0.0)
    nothing = np.zeros((len(network.goods), len(network.countries)))
    credit = credit_gains(first.frame, state, worth, nothing)
    return _split_gains(first, state, credit * state.gain * network.output)


def _price_credit(frame: Frame, state: ShockState, works: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Give what each good's price in each country brings on sales and on purchases, two of (G, C)."""
    network, change = frame.network, state.price - 1.0
    sold = price_weights(frame, state.options, works * state.y)
    project = np.where(network.is_project, weight, 0.0)
    np.add.at(sold, (network.good, network.country), project)
    short = np.clip((1.0 - state.rho) * (1.0 - state.available), 0.0, 1.0)
    undelivered = state.passed * (1.0 - state.x)[frame.source]
    filled = state.rho * np.maximum(1.0 - state.available, 0.0)
    markup = paid_markup(frame, state.options, undelivered, filled)
    used = np.minimum(state.y[frame.node], 1.0 - short)
    cost = works[frame.node] * np.nan_to_num(network.cost_share) * used * markup
    bought = np.zeros_like(sold)
    np.add.at(bought, (network.group_good, network.country[frame.node]), -cost)
    return sold * change, bought * change


def _split_prices(first: Branch, state: ShockState, credit: Floats) -> Floats:
    """Split a credit on price changes (G, C) over what made the segment short or left goods unsold, (k,)."""
    frame, network = first.frame, first.frame.network
    result: Floats = np.zeros(len(frame.source))
    if not np.any(credit):
        return result
    width = len(network.countries)
    row = np.arange(len(network.goods))[:, None] * (width + 1)
    code = np.where(state.segment >= 0, state.segment, width) + row

    size = len(network.goods) * (width + 1)
    by_segment = add_up(code.ravel(), credit.ravel(), size)
    buys = network.kind[frame.node] == NodeKind.ACTIVITY
    kept = np.where(buys, network.need * (1.0 - state.rho), 0.0)
    short = np.maximum(1.0 - state.first_available, 0.0)
    group = code[network.group_good, network.country[frame.node]]
    total = add_up(group, kept * short, size) + add_up(code.ravel(), state.shortage.ravel(), size)
    is_tight = np.zeros(size, dtype=bool)
    is_tight[code[state.tightness > 0.0]] = True
    per_unit = np.divide(by_segment, total, out=np.zeros(size), where=is_tight & (total > 0.0))
    seeds = np.where(short > 0.0, kept * per_unit[group], 0.0)
    result += first.split(np.zeros(2 * network.n), seeds)
    if np.any(state.shortage):
        caused = credit_gains(frame, state, np.zeros(network.n), per_unit[code])
        result += _split_gains(first, state, caused * state.gain * network.output)
    crosses = network.country[frame.source] != network.country[frame.target]
    held = crosses & (network.kind[frame.source] != NodeKind.UNKNOWN)
    unsold = np.where(held, frame.flow * np.maximum(1.0 - frame.factor, 0.0), 0.0)
    origin = code[network.good[frame.source], network.country[frame.source]]
    whole = add_up(origin, unsold, size)
    loose = np.divide(by_segment, whole, out=np.zeros(size), where=~is_tight & (whole > 0.0))
    result += unsold * loose[origin]
    return result


def _check(parts: Floats, split: Floats, at_stake: float) -> None:
    """Raise if what was split does not sum to the parts."""
    for part, whole, pieces in zip(PARTS, parts, split.sum(axis=1), strict=True):
        if abs(whole - pieces) > RESIDUAL * abs(whole) + ROUNDING * at_stake:
            raise ResidualError(
                f"explanation of {part}: found pieces that sum to {pieces!r}, expected {whole!r}"
            )


def _by_size(split: Floats) -> list[int]:
    """Give the edges that contribute, largest first."""
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
