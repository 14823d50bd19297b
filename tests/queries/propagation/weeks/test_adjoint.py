"""The recorded march, forwards along its branches and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.propagation.weeks.adjoint import Credit, Replay, Split
from chainshock.queries.propagation.weeks.march import Filler, Limit, March, Rules
from chainshock.queries.propagation.weeks.slices import make_slices
from chainshock.queries.propagation.weeks.solve import WeekState
from chainshock.queries.propagation.weeks.tape import Tape
from tests.networks import Input, Node, build_network, pool
from tests.queries.propagation.weeks.worlds import recorded_runs

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def replay_of(state: WeekState) -> Replay:
    assert state.record is not None
    record = state.record
    return Replay(record.march, record.tape, record.run.history.rho)


def worth(replay: Replay, credit: Credit, keep: np.ndarray) -> float:
    losses, lost = replay.forward(keep=keep)
    return float((credit.nodes * losses.mean(axis=2)).sum() + (credit.groups * lost).sum())


def total(split: Split) -> float:
    whole = sum(float(amount.sum()) for amount in split.edges)
    return whole + float((split.stock + split.catch_up + split.thrift).sum())


@FEW
@given(recorded_runs())
def test_replay_along_the_recorded_branches_is_the_march(run: tuple[ProductionNetwork, WeekState]) -> None:
    _, state = run
    replay = replay_of(state)
    losses, lost = replay.forward()
    np.testing.assert_allclose(losses.mean(axis=2), 1.0 - state.record.run.history.x, atol=1e-11)
    np.testing.assert_allclose(lost, state.record.run.history.short, atol=1e-11)


@FEW
@given(recorded_runs(), st.integers(0, 2**32 - 1))
def test_split_sums_to_any_credit_on_losses_and_lost_deliveries(
    run: tuple[ProductionNetwork, WeekState], seed: int
) -> None:
    _, state = run
    random = np.random.default_rng(seed)
    history = state.record.run.history
    credit = Credit(random.random(history.x.shape), random.random(history.short.shape))
    whole = float((credit.nodes * (1.0 - history.x)).sum() + (credit.groups * history.short).sum())
    assert total(replay_of(state).split(credit)) == pytest.approx(whole, rel=1e-9, abs=1e-9)


@FEW
@given(recorded_runs(), st.integers(0, 2**32 - 1))
def test_removing_one_source_with_branches_frozen_changes_the_loss_by_its_part(
    run: tuple[ProductionNetwork, WeekState], seed: int
) -> None:
    _, state = run
    random = np.random.default_rng(seed)
    replay, history = replay_of(state), state.record.run.history
    credit = Credit(random.random(history.x.shape), random.random(history.short.shape))
    parts = np.zeros((len(replay.run.weight), state.weeks))
    for limit, amount in zip(replay.run.rules.limits, replay.split(credit).edges, strict=True):
        parts[limit.edges] += amount
    sources = np.argwhere(parts)
    if not len(sources):
        return
    edge, week = sources[random.integers(len(sources))]
    keep = np.ones_like(parts)
    keep[edge, week] = 0.0
    before, after = (worth(replay, credit, k) for k in (np.ones_like(parts), keep))
    assert before - after == pytest.approx(parts[edge, week], rel=1e-7, abs=1e-9)


def two_tiers() -> ProductionNetwork:
    """Motors from Chinese magnets, two weeks under way, three weeks in stock; cars hold a week of motors."""
    motors = (Input("MAG", {"pool": 1.0}, need=10.0, cover=3.0),)
    feed = Input("MAG", {"mag-chn": 0.9, "mag-jpn": 0.1}, need=10.0, transit=2.0)
    return build_network(
        {
            "mag-chn": Node("MAG", "CHN", 100.0),
            "mag-jpn": Node("MAG", "JPN", 30.0),
            "pool": Node("MAG", "USA", kind=pool("MAG", "USA", 10.0, {}).kind, inputs=(feed,)),
            "motors": Node("MOTOR", "USA", 10.0, inputs=motors),
            "cars": Node(
                "CAR", "USA", 1.0, 100.0, inputs=(Input("MOTOR", {"motors": 1.0}, kappa=0.8, cover=1.0),)
            ),
        }
    )


def marched(severity: np.ndarray, slices: int = 5) -> tuple[March, np.ndarray]:
    """March the two tiers under a measure on Chinese magnets; give the run and the losses of cars."""
    network = two_tiers()
    weeks = len(severity)
    edge = np.flatnonzero(network.edge_source == network.ids.index("mag-chn"))
    limit = Limit(edge, severity[None, :], np.zeros(1), np.ones((1, weeks)), np.full(1, -9.0), "ban")
    rules = Rules(
        weeks=weeks,
        factor=np.ones((len(network.edge_source), weeks)),
        limits=[limit],
        is_drawn=np.zeros(len(network.goods), dtype=bool),
        tier=np.zeros(len(network.goods), dtype=np.intp),
        r_max=1.25,
        tau=6.0,
        expedited=0.0,
        thrift=np.full((len(network.group_node), weeks), 0.01),
    )
    tape = Tape(weeks, len(network.group_node), len(network.edge_source), slices)
    run = March(network, make_slices(slices, 0.4), rules, Filler(), tape)
    history = run.run()
    return run, 1.0 - history.x[network.ids.index("cars")]


def test_split_is_the_derivative_of_the_march_itself() -> None:
    # The pool's suppliers lose nothing, so a delivery's loss is its severity and no product of two.
    random = np.random.default_rng(3)
    severity = np.where(np.arange(16) < 10, 0.7 + 0.3 * random.random(16), 0.1)
    run, loss = marched(severity)
    weight = random.random(16)
    nodes = np.zeros((run.network.n, 16))
    nodes[run.network.ids.index("cars")] = weight
    nobody = np.zeros((len(run.network.group_node), 16))
    split = Replay(run, run.tape, nobody).split(Credit(nodes, nobody))
    assert loss.max() > 0.2
    for week in range(16):
        nudged = severity.copy()
        nudged[week] += 1e-7
        _, moved = marched(nudged)
        slope = float(weight @ (moved - loss)) / 1e-7
        assert split.edges[0][0, week] == pytest.approx(slope * severity[week], abs=1e-6)


def test_stock_of_four_weeks_gives_back_four_weeks_of_a_ban_of_eight() -> None:
    feed = {"maker": 1.0}
    network = build_network(
        {
            "maker": Node("MAG", "CHN", 100.0),
            "pool": pool("MAG", "USA", 100.0, feed),
            "cars": Node("CAR", "USA", 1.0, 100.0, inputs=(Input("MAG", {"pool": 1.0}, cover=4.0),)),
        }
    )
    limit = Limit(np.zeros(1, dtype=np.intp), np.ones((1, 8)), np.zeros(1), np.ones((1, 8)), np.full(1, -9.0))
    goods = len(network.goods)
    rules = Rules(
        8,
        np.ones((2, 8)),
        [limit],
        np.zeros(goods, bool),
        np.zeros(goods, np.intp),
        1.25,
        6.0,
        0.0,
        np.zeros((2, 8)),
    )
    tape = Tape(8, 2, 2, 1)
    run = March(network, make_slices(1, 0.0), rules, Filler(), tape)
    run.run()
    nodes = np.zeros((3, 8))
    nodes[network.ids.index("cars")] = 1.0 / 8
    split = Replay(run, tape, np.zeros((2, 8))).split(Credit(nodes, np.zeros((2, 8))))
    # every week's ban costs a week of output in the end; four weeks of stock give back half of it
    assert split.edges[0][0] == pytest.approx(np.full(8, 1 / 8))
    assert split.stock.sum() == pytest.approx(-4 / 8)
    assert total(split) == pytest.approx(4 / 8)
