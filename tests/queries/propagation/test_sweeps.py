"""Fixed points: how they are reached does not change what they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from chainshock.queries.propagation import sweeps
from chainshock.queries.propagation.static import ShockOptions, solve
from tests.networks import Input, Node, build_network, control, pool
from tests.queries.propagation.worlds import ring_of_pools


def test_ring_of_pools_settles_at_its_closed_form() -> None:
    # loss_deu = 0.5 loss_nld + 0.5 x 0.6; loss_nld = 0.5 loss_deu: loss_deu = 0.3 / 0.75 = 0.4
    network = ring_of_pools(0.5)
    routes = control(network, "ORE", "CHN", 0.4)
    state = solve(network, routes.edges(network), routes)
    assert state.x[network.ids.index("pool-deu")] == pytest.approx(0.6, abs=1e-12)
    assert state.x[network.ids.index("pool-nld")] == pytest.approx(0.8, abs=1e-12)


def test_slow_ring_is_solved_on_its_active_branch() -> None:
    # loss_deu = t loss_nld + (1 - t) 0.6, loss_nld = t loss_deu; plain sweeps would need tens of thousands.
    network, t = ring_of_pools(0.9995), 0.9995
    routes = control(network, "ORE", "CHN", 0.4)
    state = solve(network, routes.edges(network), routes)
    expected = (1 - t) * 0.6 / (1 - t * t)
    assert 1.0 - state.x[network.ids.index("pool-deu")] == pytest.approx(expected, abs=1e-10)
    assert "solves of the active branch" in state.stop
    assert state.sweeps < 2000


def test_solving_the_branch_agrees_with_plain_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    network = ring_of_pools(0.95)
    routes = control(network, "ORE", "CHN", 0.1)
    plain = solve(network, routes.edges(network), routes, ShockOptions(max_sweeps=100_000))
    monkeypatch.setattr(sweeps, "PLAIN_SWEEPS", 3)
    jumped = solve(network, routes.edges(network), routes)
    np.testing.assert_allclose(jumped.x, plain.x, atol=1e-10)
    np.testing.assert_allclose(jumped.hu, plain.hu, atol=1e-10)


def test_closed_ring_without_a_source_stays_at_baseline() -> None:
    # The greatest fixed point: two pools that only feed each other lose nothing.
    network = build_network(
        {
            "one": pool("ORE", "DEU", 1, {"two": 1.0}),
            "two": pool("ORE", "NLD", 1, {"one": 1.0}),
            "mine": Node("ORE", "CHN", output=1, value=1),
            "user": Node("CAR", "NLD", output=1, value=1, inputs=(Input("ORE", {"mine": 1.0}),)),
        }
    )
    routes = control(network, "ORE", "CHN", 0.0)
    state = solve(network, routes.edges(network), routes)
    assert state.x.tolist() == [1.0, 1.0, 1.0, 0.0]


def test_sweeps_that_run_into_their_cap_say_so() -> None:
    network = ring_of_pools(0.9)
    routes = control(network, "ORE", "CHN", 0.1)
    state = solve(network, routes.edges(network), routes, ShockOptions(max_sweeps=5))
    assert "cap of 5 sweeps" in state.stop


def test_engine_does_not_import_scipy_for_an_ordinary_network() -> None:
    code = (
        "import sys; from chainshock.queries.propagation.static import solve;"
        "from tests.networks import control;"
        "from tests.queries.propagation.worlds import two_buyers_one_pool;"
        "n = two_buyers_one_pool(); r = control(n, 'MAG', 'CHN', 0.5); solve(n, r.edges(n), r);"
        "sys.exit('scipy' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=root).returncode == 0
