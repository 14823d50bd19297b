"""Lay out what the samples drew as grouped inputs: places in ranges, origins, the unknown supply."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.propagation.sweeps import add_up
from chainshock.queries.uncertainty.draws import UNKNOWN, Doubt, draw, quantiles
from chainshock.queries.uncertainty.groups import UNKNOWN_SUPPLY, WEEKS_ONLY, grouped, weights_title
from chainshock.queries.uncertainty.sensitivity import Inputs
from chainshock.queries.uncertainty.weights import WeightDraws

__all__ = ["sample_inputs"]


def sample_inputs(
    doubt: Doubt,
    seed: int,
    samples: int,
    *,
    network: ProductionNetwork,
    grades: Mapping[str, str],
    parameters: Parameters,
    factor: Floats,
    stages: Mapping[str, str],
    weeks: bool,
) -> Inputs:
    """Give the grouped inputs of samples.

    Parameters
    ----------
    doubt, seed, samples
        What was drawn.
    network, grades, parameters
        Central network, confidence of its facts, central assumptions.
    factor
        What measures let through of each edge, (k,): of origins it counts how much of them is stopped.
    stages
        Stage of each good by id.
    weeks
        Whether the run was over weeks; otherwise what only those know is left out.
    """
    names = [name for name in doubt.names if weeks or not name.startswith(WEEKS_ONLY)]
    place = dict(zip(names, quantiles(names, seed, samples).T, strict=True))
    members = {title: tuple(group) for title, group in grouped(names).items()}
    values = {title: np.column_stack([place[name] for name in group]) for title, group in members.items()}
    draws = [draw(doubt, seed, sample) for sample in range(samples)]
    if doubt.unknown:
        chance = parameters.value(UNKNOWN)
        coin = [float(d.coin < d.parameters.get(UNKNOWN, chance)) for d in draws]
        members[UNKNOWN_SUPPLY], values[UNKNOWN_SUPPLY] = ("all from the issuer",), np.array(coin)[:, None]
    if doubt.weights:
        salts = [d.salt for d in draws if d.salt is not None]
        origins = _origins(WeightDraws(network, grades, parameters), salts, factor, stages)
        members |= origins.members
        values |= origins.values
    return Inputs(members, values)


def _origins(draws: WeightDraws, salts: list[int], factor: Floats, stages: Mapping[str, str]) -> Inputs:
    """Give the share that measures stop of what each pool draws, pools grouped by stage."""
    network = draws.network
    size = len(network.group_node)
    cut = 1.0 - factor
    mean = add_up(network.edge_group, network.weight * cut, size)
    spread = add_up(network.edge_group, network.weight * cut**2, size) - mean**2
    pools = network.kind[network.group_node] == NodeKind.POOL
    groups = np.flatnonzero(pools & (spread > 1e-12))
    seen: dict[str, list[int]] = {}
    named: dict[str, list[str]] = {}
    told: set[str] = set()
    for group in groups.tolist():
        node = network.group_node[group]
        good, country = network.goods[network.good[node]], network.countries[network.country[node]]
        name = f"{good} to {country}"
        if name not in told:  # pools of one country draw alike, whatever the class of their buyers
            told.add(name)
            title = weights_title(stages.get(good, ""))
            seen.setdefault(title, []).append(group)
            named.setdefault(title, []).append(name)
    stopped = np.empty((len(salts), size))
    for row, salt in enumerate(salts):
        stopped[row] = add_up(network.edge_group, draws.at(salt) * cut, size)
    return Inputs(
        {title: tuple(names) for title, names in named.items()},
        {title: stopped[:, index] for title, index in seen.items()},
    )
