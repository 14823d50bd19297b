"""Concentration of origins: worked out by hand, and what holds on any network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.concentration import WORLD, Concentration, concentrations, herfindahl, origin_shares
from tests.networks import Input, Node, build_network, layered_networks, pool, unknown
from tests.queries.propagation.worlds import ring_of_pools, two_buyers_one_pool


def row(network: ProductionNetwork, good: str, destination: str) -> Concentration:
    (found,) = [r for r in concentrations(network) if (r.good, r.destination) == (good, destination)]
    return found


def magnets(german_pool: dict[str, float]) -> ProductionNetwork:
    return build_network(
        {
            "chn": Node("MAG", "CHN", output=60),
            "jpn-1": Node("MAG", "JPN", output=30),
            "jpn-2": Node("MAG", "JPN", output=10),
            "pool-nld": pool("MAG", "NLD", 20, {"chn": 0.5, "jpn-1": 0.5}),
            "pool-deu": pool("MAG", "DEU", 50, german_pool),
            "nobody": unknown("MAG", "DEU"),
            "car": Node("CAR", "DEU", output=1, inputs=(Input("MAG", {"pool-deu": 1.0}, need=50),)),
        }
    )


@pytest.mark.parametrize(
    ("shares", "index"),
    # The example of the Antitrust Division (United States): 30, 30, 20 and 20 % give 2,600 of 10,000.
    [([0.3, 0.3, 0.2, 0.2], 0.26), ([1.0], 1.0), ([5.0, 5.0], 0.5)],
)
def test_herfindahl_of_known_shares(shares: list[float], index: float) -> None:
    assert herfindahl(np.array(shares)) == pytest.approx(index)


def test_herfindahl_of_nothing_is_not_a_number() -> None:
    assert math.isnan(herfindahl(np.zeros(3)))


def test_origin_is_where_a_good_is_made_not_who_passes_it_on() -> None:
    # Half from the Dutch pool, of which half is Chinese; half straight from China: 0.75 and 0.25.
    found = row(magnets({"pool-nld": 0.5, "chn": 0.5}), "MAG", "DEU")
    assert found.origins == {"CHN": pytest.approx(0.75), "JPN": pytest.approx(0.25)}
    assert found.hhi == pytest.approx(0.75**2 + 0.25**2)
    assert found.low == pytest.approx(found.high)
    assert found.need == pytest.approx(50)


def test_unknown_share_stands_apart_and_gives_bounds() -> None:
    # China 0.3, Japan 0.2, unknown 0.5.
    found = row(magnets({"chn": 0.3, "jpn-1": 0.2, "nobody": 0.5}), "MAG", "DEU")
    assert found.unknown == pytest.approx(0.5)
    assert found.hhi == pytest.approx(0.6**2 + 0.4**2)
    assert found.low == pytest.approx(0.3**2 + 0.2**2)
    assert found.high == pytest.approx(0.8**2 + 0.2**2)


def test_nothing_known_has_no_index() -> None:
    found = row(magnets({"nobody": 1.0}), "MAG", "DEU")
    assert math.isnan(found.hhi)
    assert (found.low, found.high, found.unknown, found.origins) == (0.0, 1.0, 1.0, {})


def test_world_counts_what_is_made_by_country() -> None:
    found = row(magnets({"chn": 1.0}), "MAG", WORLD)
    assert found.origins == {"CHN": pytest.approx(0.6), "JPN": pytest.approx(0.4)}
    assert found.hhi == pytest.approx(0.52)
    assert found.need == pytest.approx(100)


def test_contract_past_the_pool_counts() -> None:
    network = two_buyers_one_pool(
        car=Node("CAR", "DEU", output=1, inputs=(Input("MAG", {"mag-jpn": 0.5, "pool-deu": 0.5}, need=40),)),
    )
    # Cars: 20 from Japan and 20 from the pool (16 Chinese); toys: 40 from the pool (32 Chinese).
    found = row(network, "MAG", "DEU")
    assert found.origins == {"CHN": pytest.approx(48 / 80), "JPN": pytest.approx(32 / 80)}


def test_ring_of_pools_is_followed_to_its_end() -> None:
    # The German pool: 0.5 China + 0.5 of the Dutch pool, that is 0.5 unknown + 0.5 of the German one.
    found = row(ring_of_pools(0.5), "ORE", "DEU")
    assert found.origins == {"CHN": pytest.approx(2 / 3)}
    assert found.unknown == pytest.approx(1 / 3)


@settings(max_examples=60, deadline=None)
@given(network=layered_networks())
def test_shares_and_bounds_hold_on_any_network(network: ProductionNetwork) -> None:
    assert origin_shares(network).sum(axis=1) == pytest.approx(np.ones(network.n))
    for found in concentrations(network):
        assert sum(found.origins.values()) + found.unknown == pytest.approx(1.0, abs=1e-5)
        assert 0.0 <= found.low <= found.high <= 1.0 + 1e-9
        if found.origins:
            assert found.low - 1e-9 <= found.hhi <= found.high + 1e-9
            assert 1 / len(found.origins) - 1e-9 <= found.hhi <= 1.0 + 1e-9
