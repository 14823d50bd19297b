"""What can be taken away, and what the rest loses then, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from chainshock.errors import UnknownName
from chainshock.graph.network.production import Evidence, ProductionNetwork
from chainshock.queries.chokepoints import KINDS, Score, Scorer, assumed_shares, chokepoints
from chainshock.queries.propagation.removals import Removal, solve_removals
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from tests.networks import OPEN, Node, control
from tests.queries.chokepoint_worlds import cars_and_toys, use
from tests.queries.propagation.worlds import buys


def scores_of(
    network: ProductionNetwork, kind: str, below: float = 0.0, routes: RouteFactors = OPEN
) -> dict[tuple[str, ...], Score]:
    options, factor = ShockOptions(substitution="none"), routes.edges(network)
    ((_, before),) = solve_removals(network, factor, routes, options, [Removal()])
    scorer, found = Scorer(network, before[:, 0], below), chokepoints(network, kind)
    removals = [entry.removal for entry in found]
    scores: list[Score] = []
    for first, output in solve_removals(network, factor, routes, options, removals, columns=2):
        scores += scorer.scores(output, removals[first : first + 2])
    return {entry.key: score for entry, score in zip(found, scores, strict=True)}


def test_every_kind_lists_its_groups() -> None:
    network = cars_and_toys()
    keys = {kind: [entry.key for entry in chokepoints(network, kind)] for kind in KINDS}
    assert keys["stages"] == [("MAG", "CHN"), ("MAG", "JPN"), ("OXIDE", "CHN")]
    assert keys["facilities"] == [("plant-CHN",), ("plant-JPN",)]
    assert keys["companies"] == [("carco",), ("magco",), ("oxide-chn",), ("toyco",)]
    assert keys["countries"] == [("CHN",), ("DEU",), ("JPN",)]
    assert len(keys["nodes"]) == network.n
    assert len(keys["edges"]) == len(network.edge_source)


def test_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match=r"kind of chokepoint: found 'ports', expected one of stages"):
        chokepoints(cars_and_toys(), "ports")


def test_project_is_no_chokepoint() -> None:
    planned = Node("MAG", "USA", output=50, value=9, is_project=True, entities={"facility": {"new": 1.0}})
    found = chokepoints(cars_and_toys(planned=planned), "facilities")
    assert ("new",) not in [entry.key for entry in found]


def test_loss_is_the_end_use_value_that_is_no_longer_made() -> None:
    # Without Japan's 20 of 100 magnets cars and toys make a fifth less: 0.2 x (6,000 + 400).
    score = scores_of(cars_and_toys(), "stages")["MAG", "JPN"]
    assert score.loss == pytest.approx(0.2)
    assert score.loss_usd == pytest.approx(1280)
    assert (score.worst, score.worst_loss) == ("CAR", pytest.approx(0.2))


def test_what_is_taken_away_does_not_count_as_lost() -> None:
    # toyco makes toys and Japan's magnets: of the rest cars alone are an end use, and lose 0.2 of 6,000.
    # What the rest's companies sell: cars 6,000, China's magnets 1,000, China's oxide 500.
    score = scores_of(cars_and_toys(), "companies")[("toyco",)]
    assert score.loss == pytest.approx(0.2)
    assert score.loss_usd == pytest.approx(1200)
    assert score.company_loss == pytest.approx(1200 / 7500)
    assert score.worst == "CAR"


def test_user_of_everything_is_no_chokepoint_for_others() -> None:
    score = scores_of(cars_and_toys(), "companies")[("carco",)]
    assert (score.loss, score.company_loss, score.worst, score.stops) == (0.0, 0.0, None, ())


def test_stops_are_end_uses_in_a_country_below_the_threshold() -> None:
    scores = scores_of(cars_and_toys(), "stages", below=0.5)
    (car, toy) = scores["MAG", "CHN"].stops
    assert (car.end_use, car.country, car.left, car.usd) == (
        "CAR",
        "DEU",
        pytest.approx(0.2),
        pytest.approx(4800),
    )
    assert (toy.end_use, toy.left) == ("TOY", pytest.approx(0.2))
    assert scores["MAG", "JPN"].stops == ()


def test_end_use_without_value_is_weighed_by_its_makers() -> None:
    network = cars_and_toys(
        toy=Node("TOY", "DEU", inputs=(buys(40, kappa=0.5),), entities=use("TOY", "toyco")),
        top=Node("TOY", "POL", entities=use("TOY", "topco")),
    )
    score = scores_of(network, "stages", below=0.9)["MAG", "CHN"]
    assert score.loss_usd == pytest.approx(4800)  # cars alone have a value
    assert {(s.end_use, s.country): (s.left, s.usd) for s in score.stops} == {
        ("CAR", "DEU"): (pytest.approx(0.2), pytest.approx(4800)),
        ("TOY", "DEU"): (pytest.approx(0.6), None),
    }
    toys = scores_of(network, "edges")
    (key,) = [key for key in toys if key[1:] == ("pool-deu", "toy")]
    assert toys[key].worst_loss == pytest.approx(0.25)  # one of two makers loses half


def test_measures_in_force_are_the_baseline() -> None:
    # A quarter of China's exports passes: 0.4 is left. Without Japan 0.2 is: half of that is lost.
    network = cars_and_toys()
    scores = scores_of(network, "stages", 0.6, control(network, "MAG", "CHN", 0.25))
    score = scores["MAG", "JPN"]
    assert score.loss == pytest.approx(0.5)
    assert score.loss_usd == pytest.approx(0.2 * 6400)
    assert [stop.left for stop in score.stops] == pytest.approx([0.5, 0.5])


def test_assumed_share_weighs_deliveries_by_what_draws_on_them() -> None:
    network = cars_and_toys()
    network.evidence[network.edge_source == network.ids.index("mag-jpn")] = Evidence.ASSUMED
    found = chokepoints(network, "countries")
    shares = dict(zip((entry.key[0] for entry in found), assumed_shares(network, found), strict=True))
    assert shares == {"CHN": 0.0, "DEU": None, "JPN": 1.0}


def test_network_without_end_uses_loses_nothing() -> None:
    network = cars_and_toys(car=Node("CAR", "DEU"), toy=Node("TOY", "DEU"))
    scores = scores_of(network, "nodes").values()
    assert {(score.loss, score.loss_usd, score.worst) for score in scores} == {(0.0, None, None)}
    assert np.isfinite([score.company_loss for score in scores]).all()
