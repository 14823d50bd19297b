"""Worlds small enough to work out by hand."""

from __future__ import annotations

from chainshock.graph.network.production import ProductionNetwork
from tests.networks import Input, Node, build_network, pool, unknown


def two_buyers_one_pool(**changes: Node) -> ProductionNetwork:
    """A German pool of 100 magnets, 80 from China and 20 from Japan; cars need 60 and toys 40.

    China makes 100: 80 go to Germany, 20 to buyers at home that nobody names. Japan can add 10.
    A car is worth 6,000 / 60 = 100 per magnet, a toy 400 / 40 = 10.
    """
    nodes = {
        "mag-chn": Node("MAG", "CHN", output=100, value=1000, spare=0.2),
        "mag-jpn": Node("MAG", "JPN", output=20, value=200, spare=0.5),
        "pool-chn": pool("MAG", "CHN", 100, {"mag-chn": 1.0}),
        "pool-deu": pool("MAG", "DEU", 100, {"pool-chn": 0.8, "mag-jpn": 0.2}),
        "car": Node("CAR", "DEU", output=10, value=6000, inputs=(buys(60, cost_share=0.1),)),
        "toy": Node("TOY", "DEU", output=10, value=400, inputs=(buys(40, cost_share=0.5),)),
        "oxide-chn": Node("OXIDE", "CHN", output=100, value=500),
        **changes,
    }
    return build_network(nodes)


def buys(need: float, *, cost_share: float = 0.0, kappa: float = 1.0) -> Input:
    """Magnets from the German pool."""
    return Input("MAG", {"pool-deu": 1.0}, need=need, cost_share=cost_share, kappa=kappa)


def chain_behind_a_gain() -> ProductionNetwork:
    """Behind Japan's magnets: 10 oxide through a pool from Malaysia (30, can add 3), Australian ore (50)."""
    return two_buyers_one_pool(
        **{
            "mag-jpn": Node(
                "MAG",
                "JPN",
                output=20,
                value=200,
                spare=0.5,
                inputs=(Input("OXIDE", {"pool-ox": 1.0}, need=10),),
            ),
            "pool-ox": pool("OXIDE", "JPN", 10, {"sep-mys": 1.0}),
            "sep-mys": Node(
                "OXIDE",
                "MYS",
                output=30,
                value=600,
                spare=0.1,
                inputs=(Input("ORE", {"mine-aus": 1.0}, need=30),),
            ),
            "mine-aus": Node("ORE", "AUS", output=50, value=100, spare=1.0),
        }
    )


def ring_of_pools(through: float) -> ProductionNetwork:
    """Two pools that draw `through` of their supply from each other, the rest from China and unknown."""
    return build_network(
        {
            "mine-chn": Node("ORE", "CHN", output=100, value=1),
            "pool-deu": pool("ORE", "DEU", 100, {"pool-nld": through, "mine-chn": 1.0 - through}),
            "pool-nld": pool("ORE", "NLD", 100, {"pool-deu": through, "unknown-nld": 1.0 - through}),
            "unknown-nld": unknown("ORE", "NLD"),
            "user": Node("CAR", "DEU", output=1, value=1, inputs=(Input("ORE", {"pool-deu": 1.0}, need=10),)),
        }
    )
