"""Turn the state after a shock into exposures: signed parts that sum, per node and per entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.propagation.sweeps import Frame

__all__ = ["PARTS", "EntityExposure", "Exposures", "Outcome", "aggregate", "exposures", "unknown_share"]

PARTS = ("input", "orders_lost", "gain", "derived_orders", "price_sold", "price_bought")
MAX_SWEEPS = 2000

Kind = Literal["company", "facility", "country", "end-use", "commodity"]
Basis = Literal["value", "project", "value and project", "share of output"]


class Outcome(Protocol):
    """What a shock leaves behind at nodes (n,) and on markets (G, C): a static state, or means over weeks."""

    @property
    def x(self) -> Floats:
        """Output that inputs allow, share of baseline."""

    @property
    def hu(self) -> Floats:
        """Output that orders allow, share of baseline."""

    @property
    def gain(self) -> Floats:
        """Extra output that fills lost deliveries, share of baseline."""

    @property
    def derived(self) -> Floats:
        """Extra output that fills orders derived from gains, share of baseline."""

    @property
    def price_sold(self) -> Floats:
        """Price effect on sales, share of baseline value."""

    @property
    def price_bought(self) -> Floats:
        """Price effect on purchases, share of baseline value; a cost."""

    @property
    def price(self) -> Floats:
        """Price ratio to baseline, (G, C)."""


@dataclass(frozen=True, eq=False)
class Exposures:
    """Exposure of every node.

    Attributes
    ----------
    relative
        The six `PARTS` per unit of the node's value, shape (6, n); 0 for pools and unknown suppliers.
    usd
        The same times the value, USD per year, shape (6, n); 0 where the value is not known.
    value
        Baseline value, USD per year, shape (n,); NaN where not known.
    is_project
        True for nodes without baseline output: the exposure is a price effect on nameplate value.
    """

    relative: Floats
    usd: Floats
    value: Floats
    is_project: npt.NDArray[np.bool_]

    @property
    def total(self) -> Floats:
        """Sum of the parts, USD per year, (n,)."""
        result: Floats = self.usd.sum(axis=0)
        return result


@dataclass(frozen=True)
class EntityExposure:
    """Exposure of one entity.

    Attributes
    ----------
    id
        Id of the company, facility, country, end use or commodity.
    parts
        USD per year by part.
    usd
        Sum of the parts.
    value
        What `relative` is a share of, USD per year: the summed value of its nodes, or the denominator
        given; None where no value is known.
    relative
        Exposure as a share of `value`; where no value is known, the plain mean over its nodes.
    relative_parts
        The same by part.
    basis
        "value", "project" (no baseline output), "value and project" (both), or "share of output"
        (no value known).
    nodes
        Node index to share (stake).
    """

    id: str
    parts: dict[str, float]
    usd: float
    value: float | None
    relative: float
    relative_parts: dict[str, float]
    basis: Basis
    nodes: dict[int, float]


def exposures(network: ProductionNetwork, state: Outcome) -> Exposures:
    """Compute the exposure of every node.

    input = v (x - 1); orders_lost = v (min(x, hu) - x); gain = v g; derived_orders = v o; price_sold and
    price_bought as in the state, the second negative when inputs are dearer. For a project all parts are 0
    but price_sold = v (P - 1) with the price ratio P of its own country.
    """
    activity = (network.kind == NodeKind.ACTIVITY) & ~network.is_project
    relative = np.zeros((len(PARTS), network.n))
    relative[0] = state.x - 1.0
    relative[1] = np.minimum(state.x, state.hu) - state.x
    relative[2] = state.gain
    relative[3] = state.derived
    relative[4] = state.price_sold
    relative[5] = -state.price_bought
    relative[:, ~activity] = 0.0
    project = np.flatnonzero(network.is_project)
    relative[4, project] = state.price[network.good[project], network.country[project]] - 1.0
    usd = relative * np.nan_to_num(network.value)
    return Exposures(relative, usd, network.value, network.is_project)


def aggregate(
    network: ProductionNetwork,
    result: Exposures,
    kind: Kind,
    denominators: Mapping[str, float] | None = None,
) -> list[EntityExposure]:
    """Add node exposures up to entities, by share, in order of id.

    Parameters
    ----------
    kind
        Kind of entity, a key of `network.entities[i]`.
    denominators
        What to relate an entity's exposure to, USD per year (a company's whole revenue, for example); the
        summed value of its nodes where absent.
    """
    members: dict[str, dict[int, float]] = {}
    for index, kinds in enumerate(network.entities):
        for entity, share in kinds.get(kind, {}).items():
            members.setdefault(entity, {})[index] = share
    known = denominators or {}
    return [_entity(entity, members[entity], result, known.get(entity)) for entity in sorted(members)]


def _entity(
    entity: str, nodes: dict[int, float], result: Exposures, denominator: float | None
) -> EntityExposure:
    """Add up one entity."""
    index = np.fromiter(nodes, dtype=np.intp, count=len(nodes))
    share = np.fromiter(nodes.values(), dtype=np.float64, count=len(nodes))
    usd = result.usd[:, index] @ share
    values = np.nan_to_num(result.value[index]) * share
    value = float(values.sum()) if denominator is None else denominator
    project = result.is_project[index]
    basis: Basis = "project" if project.all() else "value and project" if project.any() else "value"
    has_value = bool(np.isfinite(result.value[index]).any())
    if has_value and value > 0.0:
        relative = usd / value
    else:
        weight = share.sum()
        relative = result.relative[:, index] @ share / weight if weight > 0.0 else np.zeros(len(PARTS))
        basis = "project" if project.all() else "share of output"
    return EntityExposure(
        id=entity,
        parts=dict(zip(PARTS, usd.tolist(), strict=True)),
        usd=float(usd.sum()),
        value=value if has_value and value > 0.0 else None,
        relative=float(relative.sum()),
        relative_parts=dict(zip(PARTS, relative.tolist(), strict=True)),
        basis=basis,
        nodes=nodes,
    )


def unknown_share(network: ProductionNetwork) -> Floats:
    """Give the share of each node's supply that comes from unknown suppliers in the end, (n,).

    u = 1 for an unknown supplier; else the largest over input groups of kappa sum_e w_e u_source. Least
    fixed point, swept up from 0.
    """
    frame = Frame(network, np.ones(len(network.edge_source)))
    unknown = network.kind == NodeKind.UNKNOWN
    share: Floats = unknown.astype(np.float64)
    for _ in range(MAX_SWEEPS):
        through = frame.worst(network.kappa * frame.by_group(network.weight * share[frame.source]))
        new = np.where(unknown, 1.0, np.clip(through, 0.0, 1.0)).astype(np.float64)
        change = np.max(np.abs(new - share), initial=0.0)
        share = new
        if change <= 1e-12:
            break
    return share
