"""Recorded runs over weeks: small ones to work out by hand, random ones for property tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.weeks.solve import LicenceQueue, WeekOptions, WeekState, solve_weeks
from tests.networks import GOODS, control, join, layered_networks

WEEKS = 10
LEAD = 2


def week_options(network: ProductionNetwork, **more: object) -> WeekOptions:
    """Assumptions of the dynamic: magnets are made to drawing, new suppliers ramp in over four weeks."""
    goods = len(network.goods)
    defaults = {
        "slices": 10,
        "spread": 0.7,
        "tau": 4.0,
        "expedited": 0.0,
        "is_drawn": np.array([good in ("MAG", "MAGNET") for good in network.goods]),
        "tier": np.zeros(goods, dtype=np.intp),
        "ramp_start": np.zeros(goods),
        "ramp": np.full(goods, 4.0),
        "thrift": np.zeros(goods),
        "thrift_start": 3.0,
    }
    return WeekOptions(**{**defaults, **more})


def stop(
    network: ProductionNetwork,
    good: str,
    origin: str,
    severity: np.ndarray,
    *,
    before: float = 0.0,
    start: float = 0.0,
    measure: str = "a",
) -> LicenceQueue:
    """What a measure of a country stops of a good abroad: a share by week, (LEAD + T,)."""
    source, target = network.edge_source, network.edge_node
    here = (network.good[source] == network.goods.index(good)) & (network.kind[source] != NodeKind.UNKNOWN)
    here &= network.country[source] == network.countries.index(origin)
    edges = np.flatnonzero(here & (network.country[source] != network.country[target]))
    each = np.repeat(severity[None, :], len(edges), axis=0)
    return LicenceQueue(
        edges,
        each,
        np.full(len(edges), before),
        np.full(len(edges), start),
        np.full(len(edges), np.inf),
        measure,
    )


@st.composite
def recorded_runs(draw: st.DrawFn, *, substitution: str | None = None) -> tuple[ProductionNetwork, WeekState]:
    """Draw a network with stocks, transit, thrift and two measures, and run it with a tape."""
    network = draw(layered_networks())
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    abroad = network.country[network.edge_source] != network.country[network.edge_node]
    network = replace(
        network,
        cover=random.choice([0.0, 0.0, 1.0, 2.7], len(network.group_node)),
        transit=np.where(abroad, random.choice([1.0, 1.5, 2.0], len(abroad)), 0.0),
    )
    goods = [draw(st.sampled_from(GOODS[:3])) for _ in range(2)]
    shapes = [np.where(random.random(LEAD + WEEKS) < 0.3, 0.0, random.random(LEAD + WEEKS)) for _ in range(2)]
    licensed = draw(st.booleans())
    queues = [
        {"good": goods[0], "origin": "CHN", "severity": shapes[0], "before": 1.0 if licensed else 0.0},
        {"good": goods[1], "origin": "CHN", "severity": shapes[1], "start": 2.0, "measure": "b"},
    ]
    routes: RouteFactors = join(
        *(
            control(network, q["good"], "CHN", 1.0 - float(q["severity"].mean()), name=q.get("measure", "a"))
            for q in queues
        )
    )
    options = ShockOptions(
        substitution=substitution or draw(st.sampled_from(["capacity", "none"])),
        eta=0.5,
        price_cap=draw(st.sampled_from([1.5, 4.0])),
        price_floor=0.5,
        pass_through=0.2,
        phi=draw(st.sampled_from([0.5, 1.0])),
    )
    rules = week_options(
        network, thrift=np.where(random.random(len(network.goods)) < 0.5, 0.0, 0.2), expedited=1.0
    )
    state = solve_weeks(
        network, lambda small: [stop(small, **q) for q in queues], routes, options, rules, WEEKS, record=True
    )
    return network, state
