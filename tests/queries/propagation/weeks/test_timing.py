"""Times read off the weeks of a run."""

from __future__ import annotations

import numpy as np
import pytest

from chainshock.queries.propagation.weeks.timing import first_below, last_release, weeks_to_recover
from tests.networks import Input, Node, build_network, pool


def test_impact_is_the_first_week_below_99_percent() -> None:
    output = np.array([[1.0, 0.99, 0.98, 1.0], [1.0, 1.0, 1.0, 0.995], [0.5, 1.0, 1.0, 1.0]])
    assert first_below(output).tolist() == [2, -1, 0]


@pytest.mark.parametrize(
    ("output", "release", "weeks"),
    [
        ([1, 0.5, 0.5, 0.5, 0.9, 1], 3.0, 2),  # released at the start of week 3, whole again from week 5
        ([1, 0.5, 0.5, 0.5, 0.9, 1], 2.4, 2),  # released in the middle of week 2
        ([1, 0.5, 1, 1, 1, 1], 3.0, 0),  # back before the measures ended
        ([1, 0.5, 1, 1, 0.9, 1], 3.0, 2),  # down once more
        ([1, 0.5, 0.5, 0.5, 0.5, 0.5], 3.0, None),  # not back within the horizon
        ([1, 1, 1, 1, 1, 1], 3.0, None),  # nothing to recover from
        ([1, 0.5, 0.5, 0.5, 1, 1], 6.0, None),  # the measures outlast the horizon
        ([1, 0.5, 0.5, 0.5, 1, 1], np.inf, None),
    ],
)
def test_recovery_counts_from_the_end_of_the_measures(
    output: list[float], release: float, weeks: int | None
) -> None:
    assert weeks_to_recover(np.array(output), release) == weeks


def test_release_is_that_of_the_last_measure_upstream() -> None:
    nodes = {
        "ore": Node("ORE", "CHN", 10.0),
        "oxide": Node("OXIDE", "JPN", 10.0, inputs=(Input("ORE", {"ore": 1.0}),)),
        "magnet": Node("MAGNET", "CHN", 10.0),
        "pool": pool("MAGNET", "DEU", 10.0, {"magnet": 1.0}),
        "car": Node(
            "CAR", "DEU", 10.0, inputs=(Input("MAGNET", {"pool": 1.0}), Input("OXIDE", {"oxide": 1.0}))
        ),
        "bus": Node("BUS", "CHN", 10.0, inputs=(Input("MAGNET", {"magnet": 1.0}),)),
    }
    network = build_network(nodes)
    into = {node: np.flatnonzero(network.edge_node == network.ids.index(node)) for node in ("oxide", "pool")}
    release = last_release(network, [(into["oxide"], np.array([12.0])), (into["pool"], np.array([5.0]))])
    found = dict(zip(network.ids, release.tolist(), strict=True))
    assert found == {
        **{"ore": -np.inf, "magnet": -np.inf, "bus": -np.inf},
        **{"oxide": 12.0, "pool": 5.0, "car": 12.0},
    }
