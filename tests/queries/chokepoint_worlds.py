"""Networks with chokepoints that can be worked out by hand."""

from __future__ import annotations

from chainshock.graph.network.production import ProductionNetwork
from tests.networks import Input, Node
from tests.queries.propagation.worlds import buys, two_buyers_one_pool


def cars_and_toys(**changes: Node) -> ProductionNetwork:
    """`two_buyers_one_pool` with owners: toys and Japan's magnets belong to one company, cars to another.

    Germany's pool draws 80 of its 100 magnets on China and 20 on Japan. Cars are worth 6,000, toys 400.
    """
    nodes = {
        "car": Node("CAR", "DEU", output=10, value=6000, inputs=(buys(60),), entities=use("CAR", "carco")),
        "toy": Node("TOY", "DEU", output=10, value=400, inputs=(buys(40),), entities=use("TOY", "toyco")),
        "mag-jpn": Node("MAG", "JPN", output=20, value=200, spare=0.5, entities=plant("JPN", "toyco")),
        "mag-chn": Node("MAG", "CHN", output=100, value=1000, spare=0.2, entities=plant("CHN", "magco")),
        **changes,
    }
    return two_buyers_one_pool(**nodes)


def magnets_from_chinese_oxide() -> ProductionNetwork:
    """Japan's magnets need oxide, half each from two Chinese makers; all else comes from America."""
    oxide = (Input("OXIDE", {"ox-1": 0.5, "ox-2": 0.5}, need=20),)
    return cars_and_toys(
        **{
            "mag-jpn": Node("MAG", "JPN", output=20, value=200, inputs=oxide, entities=plant("JPN", "toyco")),
            "mag-chn": Node("MAG", "USA", output=100, value=1000, entities=plant("USA", "magco")),
            "ox-1": Node("OXIDE", "CHN", output=10, value=50),
            "ox-2": Node("OXIDE", "CHN", output=10, value=50),
        }
    )


def use(name: str, company: str) -> dict[str, dict[str, float]]:
    """Owners of an end use in Germany."""
    return {"end-use": {name: 1.0}, "company": {company: 1.0}, "country": {"DEU": 1.0}}


def plant(country: str, company: str) -> dict[str, dict[str, float]]:
    """Owners of a magnet plant."""
    owners = {"commodity": {"MAG": 1.0}, "facility": {f"plant-{country}": 1.0}}
    return {**owners, "company": {company: 1.0}, "country": {country: 1.0}}
