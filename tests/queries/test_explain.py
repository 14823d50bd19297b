"""Explanations worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.explain import (
    Explanation,
    ResidualError,
    entity_weights,
    explain,
    measure_shares,
    paths,
)
from chainshock.queries.exposure import aggregate, exposures
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.static import ShockOptions, ShockState, solve
from tests.networks import control, join
from tests.queries.propagation.worlds import chain_behind_a_gain, two_buyers_one_pool

OPTIONS = ShockOptions(eta=0.5, price_floor=0.8, price_cap=4.0, pass_through=0.5)


def shocked(
    network: ProductionNetwork, routes: RouteFactors | None = None
) -> tuple[ShockState, RouteFactors]:
    routes = routes or control(network, "MAG", "CHN", 0.25)
    return solve(network, routes.edges(network), routes, OPTIONS), routes


def explained(network: ProductionNetwork, company: str, routes: RouteFactors | None = None) -> Explanation:
    state, routes = shocked(network, routes)
    result = exposures(network, state)
    (entity,) = (e for e in aggregate(network, result, "company") if e.id == company)
    return explain(network, state, entity_weights(result, entity), routes)


def test_one_restricted_route_explains_every_part() -> None:
    network = two_buyers_one_pool()
    for company, part, amount in [
        ("car", "input", -3000.0),
        ("car", "price_bought", -240.0),
        ("mag-jpn", "gain", 100.0),
        ("mag-jpn", "price_sold", 200.0),
        ("mag-chn", "orders_lost", -600.0),
    ]:
        (source,) = (s for s in explained(network, company).sources if s.part == part)
        assert (source.good, source.origin, source.destination) == ("MAG", "CHN", "DEU")
        assert source.amount == pytest.approx(amount)
        assert source.measures == pytest.approx({"CHN-MAG": amount})


def test_two_restricted_routes_share_a_loss_by_what_each_stops() -> None:
    # China stops 0.75 of 80, Japan 0.5 of 20: 60 and 10 of the 70 lost; nobody can substitute.
    network = two_buyers_one_pool()
    routes = join(control(network, "MAG", "CHN", 0.25), control(network, "MAG", "JPN", 0.5))
    found = {s.origin: s.amount for s in explained(network, "car", routes).sources if s.part == "input"}
    assert found == pytest.approx({"CHN": -6000 * 0.6, "JPN": -6000 * 0.1})


def test_derived_order_is_traced_to_the_buyers_who_were_short() -> None:
    network = chain_behind_a_gain()
    explanation = explained(network, "mine-aus")
    (source,) = (s for s in explanation.sources if s.part == "derived_orders")
    assert (source.origin, source.destination) == ("CHN", "DEU")
    assert source.amount == pytest.approx(6.0)  # 0.06 of 100


def test_measures_share_a_route_by_the_logarithm_of_their_factors() -> None:
    # 0.25 = 0.5 squared: two thirds and one third
    network = two_buyers_one_pool()
    routes = join(control(network, "MAG", "CHN", 0.25), control(network, "MAG", "CHN", 0.5, name="quota"))
    edge = int(routes.edges(network).argmin())
    assert measure_shares(network, routes, edge) == pytest.approx({"CHN-MAG": 2 / 3, "quota": 1 / 3})


def test_measures_that_stop_all_share_equally_and_alone() -> None:
    network = two_buyers_one_pool()
    routes = join(
        control(network, "MAG", "CHN", 0.0),
        control(network, "MAG", "CHN", 0.0, name="ban"),
        control(network, "MAG", "CHN", 0.5, name="quota"),
    )
    edge = int(routes.edges(network).argmin())
    assert measure_shares(network, routes, edge) == {"CHN-MAG": 0.5, "ban": 0.5}


def test_state_that_does_not_add_up_is_refused() -> None:
    network = two_buyers_one_pool()
    state, _ = shocked(network)
    with pytest.raises(ResidualError, match="explanation of input"):
        explain(network, replace(state, x=state.x * 0.9), {network.ids.index("car"): 1.0})


def test_paths_lead_from_the_buyer_to_the_restricted_edge() -> None:
    network = two_buyers_one_pool()
    state, _ = shocked(network)
    listed = paths(network, state, {network.ids.index("car"): 6000.0})
    (path,) = listed.paths
    assert [network.ids[node] for node in path.nodes] == ["car", "pool-deu", "pool-chn"]
    assert path.amount == pytest.approx(-3000.0)
    assert listed.other == pytest.approx(0.0, abs=1e-9)


def test_paths_of_lost_orders_lead_to_the_buyer_who_could_not_be_served() -> None:
    network = two_buyers_one_pool()
    state, _ = shocked(network)
    (path,) = paths(network, state, {network.ids.index("mag-chn"): 1000.0}, part="orders_lost").paths
    assert [network.ids[node] for node in path.nodes] == ["mag-chn", "pool-chn", "pool-deu"]
    assert path.amount == pytest.approx(-600.0)


def test_paths_beyond_the_top_are_added_up_as_other() -> None:
    network = two_buyers_one_pool()
    routes = join(control(network, "MAG", "CHN", 0.25), control(network, "MAG", "JPN", 0.5))
    state, _ = shocked(network, routes)
    listed = paths(network, state, {network.ids.index("car"): 6000.0}, top=1)
    assert listed.paths[0].amount == pytest.approx(-3600.0)
    assert listed.other == pytest.approx(-600.0)
