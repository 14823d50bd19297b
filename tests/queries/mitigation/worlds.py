"""Entities with a chain behind them: small ones to work out by hand, random ones for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.mitigation.chain import split_off
from chainshock.queries.mitigation.moves import Move, buying, need_of
from chainshock.queries.mitigation.valuing import Engine, Valuer
from chainshock.queries.propagation.state import ShockOptions
from tests.networks import GOODS, Input, Node, build_network, control, layered_networks, pool
from tests.queries.propagation.weeks.worlds import LEAD, WEEKS, stop, week_options

MAG, OTHER = "MAG", "ROTOR"


def two_car_makers(spare: float = 0.0) -> ProductionNetwork:
    """Two car makers whose motors come from one motor maker, which buys magnets from China and Japan."""
    feed = pool(MAG, "USA", 100.0, {"magnets-CHN": 0.8, "magnets-JPN": 0.2})
    return build_network(
        {
            "magnets-CHN": Node(MAG, "CHN", output=80.0),
            "magnets-JPN": Node(MAG, "JPN", output=20.0, spare=spare),
            "pool": feed,
            "motors": Node("MOTOR", "USA", output=100.0, inputs=(Input(MAG, {"pool": 1.0}, need=100.0),)),
            "ours": Node("CAR", "USA", 1.0, 30.0, inputs=(Input("MOTOR", {"motors": 1.0}, need=30.0),)),
            "theirs": Node("CAR", "USA", 1.0, 70.0, inputs=(Input("MOTOR", {"motors": 1.0}, need=70.0),)),
        }
    )


def two_inputs() -> ProductionNetwork:
    """One maker that needs two inputs, both of them from China alone."""
    inputs = tuple(Input(good, {f"{good}-CHN": 1.0}, need=52.0) for good in (MAG, OTHER))
    makers = {f"{good}-CHN": Node(good, "CHN", output=52.0) for good in (MAG, OTHER)}
    return build_network({**makers, "ours": Node("CAR", "USA", 1.0, 52.0, inputs=inputs)})


def valuer_of(
    network: ProductionNetwork,
    nodes: dict[int, float],
    stopped: dict[str, np.ndarray],
    substitution: str = "capacity",
    **rules: object,
) -> Valuer:
    """Set an entity up under a stop of some goods that China exports, by week, (LEAD + T,)."""

    def queues(joined):
        return [stop(joined, good, "CHN", shape, measure=good) for good, shape in stopped.items()]

    def total_stop(joined):
        return [stop(joined, good, "CHN", np.ones_like(shape)) for good, shape in stopped.items()]

    routes = control(network, next(iter(stopped)), "CHN", 0.0)
    engine = Engine(
        queues,
        total_stop,
        routes,
        ShockOptions(substitution=substitution, phi=1.0),
        week_options(network, **rules),
        WEEKS,
        lambda origin, target: 0.0 if origin == target else 1.0,
    )
    if rules.get("spread") == 0.0:  # to work out by hand: every slice is the mean
        engine.rules.is_drawn[:] = False
    everything = np.arange(network.n)[network.kind != NodeKind.UNKNOWN]
    return Valuer(split_off(network, nodes, everything, by_value=False), engine)


def steady(severity: float, weeks: int = WEEKS) -> np.ndarray:
    """A share stopped from week 0 on, for some weeks."""
    shape = np.zeros(LEAD + WEEKS)
    shape[LEAD : LEAD + weeks] = severity
    return shape


def stocks(valuer: Valuer) -> list[Move]:
    """A move of stock for every good that activities of the chain buy."""
    block = valuer.chain.block
    goods = [g for g in sorted(set(block.group_good.tolist())) if buying(block, g).size]
    return [Move("stock", good, "", float(WEEKS), need_of(block, buying(block, good))) for good in goods]


@st.composite
def valuers(draw: st.DrawFn) -> Valuer:
    """A buyer in a random network: some of its producers are the entity's, Chinese exports are cut."""
    network = draw(layered_networks())
    buys = np.isin(np.arange(network.n), network.group_node)
    ours = np.flatnonzero((network.kind == NodeKind.ACTIVITY) & buys)
    assume(ours.size)
    chosen = draw(st.lists(st.sampled_from(ours.tolist()), min_size=1, max_size=3, unique=True))
    stakes = {node: draw(st.sampled_from([0.5, 1.0])) for node in chosen}
    severity = draw(st.sampled_from([0.3, 0.8, 1.0]))
    good = draw(st.sampled_from(GOODS[:3]))
    return valuer_of(
        network,
        stakes,
        {good: steady(severity, draw(st.integers(2, WEEKS)))},
        draw(st.sampled_from(["capacity", "none"])),
    )
