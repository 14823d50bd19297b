"""The content rule, worked by hand: whose material third countries' goods hold, and what that closes."""

from datetime import date

import networkx as nx
import numpy as np
import pytest

from chainshock.errors import QueryError
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.network.production import NodeKind, ProductionNetwork
from chainshock.queries.content import content, share_in_scope
from chainshock.queries.measures import route_factors
from chainshock.queries.scenario import parse_scenario

ACTIVITY, POOL, UNKNOWN = NodeKind.ACTIVITY, NodeKind.POOL, NodeKind.UNKNOWN

# Chinese oxide reaches Japan, which makes magnets of it; Germany buys magnets from Japan and from its own
# maker, who uses Malaysian oxide. theta is the oxide's share of a magnet's value.
#
#   oxide|CHN ─0.84─> pool OX JPN ─theta 0.10─> magnet|JPN ─1─> pool MAG JPN ─0.7─> pool MAG DEU
#   oxide|MYS ─0.16─>                                           magnet|DEU   ─0.3─>
#   oxide|MYS ─1────> pool OX DEU ─theta 0.10─> magnet|DEU
WORLD = {
    "oxide|CHN": (ACTIVITY, "OX", "CHN", []),
    "oxide|MYS": (ACTIVITY, "OX", "MYS", []),
    "pool OX JPN": (POOL, "OX", "JPN", [("OX", np.nan, {"oxide|CHN": 0.84, "oxide|MYS": 0.16})]),
    "pool OX DEU": (POOL, "OX", "DEU", [("OX", np.nan, {"oxide|MYS": 1.0})]),
    "magnet|JPN": (ACTIVITY, "MAG", "JPN", [("OX", 0.10, {"pool OX JPN": 1.0})]),
    "magnet|DEU": (ACTIVITY, "MAG", "DEU", [("OX", 0.10, {"pool OX DEU": 1.0})]),
    "pool MAG JPN": (POOL, "MAG", "JPN", [("MAG", np.nan, {"magnet|JPN": 1.0})]),
    "pool MAG DEU": (POOL, "MAG", "DEU", [("MAG", np.nan, {"pool MAG JPN": 0.7, "magnet|DEU": 0.3})]),
}


def build(world):
    """Make a network of {id: (kind, good, country, [(good, theta, {supplier: weight})])}."""
    ids = tuple(world)
    goods = tuple(sorted({entry[1] for entry in world.values()}))
    countries = tuple(sorted({entry[2] for entry in world.values()} | {"USA"}))
    groups = [(node, *group) for node, entry in world.items() for group in entry[3]]
    edges = [(g, ids.index(s), w) for g, group in enumerate(groups) for s, w in group[3].items()]
    n, m, k = len(ids), len(groups), len(edges)
    return ProductionNetwork(
        ids=ids,
        goods=goods,
        countries=countries,
        buyer_classes=("civil", "military"),
        kind=np.array([entry[0] for entry in world.values()], dtype=np.int8),
        good=np.array([goods.index(entry[1]) for entry in world.values()], dtype=np.int32),
        country=np.array([countries.index(entry[2]) for entry in world.values()], dtype=np.int32),
        buyer_class=np.zeros(n, dtype=np.int32),
        output=np.ones(n),
        value=np.ones(n),
        spare=np.zeros(n),
        is_project=np.zeros(n, dtype=np.bool_),
        group_node=np.array([ids.index(group[0]) for group in groups], dtype=np.int32),
        group_good=np.array([goods.index(group[1]) for group in groups], dtype=np.int32),
        kappa=np.ones(m),
        cover=np.zeros(m),
        need=np.ones(m),
        cost_share=np.array([group[2] for group in groups], dtype=np.float64),
        edge_group=np.array([edge[0] for edge in edges], dtype=np.int32),
        edge_source=np.array([edge[1] for edge in edges], dtype=np.int32),
        weight=np.array([edge[2] for edge in edges], dtype=np.float64),
        evidence=np.zeros(k, dtype=np.int8),
        transit=np.zeros(k),
    )


def by_id(network, values):
    return dict(zip(network.ids, values, strict=True))


def test_content_follows_material_through_pools_and_cost_shares():
    network = build(WORLD)
    found = by_id(network, content(network, "CHN", {"OX"}))
    assert found["oxide|CHN"] == 1.0
    assert found["oxide|MYS"] == 0.0
    assert found["pool OX JPN"] == pytest.approx(0.84)  # 0.84 x 1 + 0.16 x 0
    assert found["magnet|JPN"] == pytest.approx(0.084)  # 0.10 x 0.84
    assert found["pool MAG JPN"] == pytest.approx(0.084)
    assert found["pool MAG DEU"] == pytest.approx(0.0588)  # 0.7 x 0.084 + 0.3 x 0
    assert found["magnet|DEU"] == 0.0


def test_content_of_a_loop_is_the_sum_of_its_rounds():
    # A magnet maker takes back its own scrap worth 20 % of its value beside 50 % of Chinese oxide:
    # c = 0.5 x 1 + 0.2 c, so c = 0.5 / 0.8 = 0.625
    network = build(
        {
            "oxide|CHN": (ACTIVITY, "OX", "CHN", []),
            "magnet|JPN": (
                ACTIVITY,
                "MAG",
                "JPN",
                [("OX", 0.5, {"oxide|CHN": 1}), ("MAG", 0.2, {"magnet|JPN": 1})],
            ),
        }
    )
    assert by_id(network, content(network, "CHN", {"OX"}))["magnet|JPN"] == pytest.approx(0.625, abs=1e-11)


def test_pools_that_only_feed_each_other_gain_nothing():
    network = build(
        {
            "pool a": (POOL, "OX", "JPN", [("OX", 1.0, {"pool b": 1.0})]),
            "pool b": (POOL, "OX", "DEU", [("OX", 1.0, {"pool a": 1.0})]),
        }
    )
    assert content(network, "CHN", {"OX"}).tolist() == [0.0, 0.0]


def test_unknown_suppliers_and_unknown_costs_count_as_nothing():
    network = build(
        {
            "unknown": (UNKNOWN, "OX", "CHN", []),
            "oxide|CHN": (ACTIVITY, "OX", "CHN", []),
            "pool": (POOL, "OX", "JPN", [("OX", 1.0, {"unknown": 0.4, "oxide|CHN": 0.6})]),
            "magnet": (ACTIVITY, "MAG", "JPN", [("OX", np.nan, {"pool": 1.0})]),
        }
    )
    found = by_id(network, content(network, "CHN", {"OX"}))
    assert found["pool"] == pytest.approx(0.6)
    assert found["magnet"] == 0.0


def test_cost_shares_over_one_are_refused_with_the_node_and_the_sum():
    network = build(
        {
            "oxide|CHN": (ACTIVITY, "OX", "CHN", []),
            "magnet|JPN": (
                ACTIVITY,
                "MAG",
                "JPN",
                [("OX", 0.7, {"oxide|CHN": 1}), ("OX", 0.6, {"oxide|CHN": 1})],
            ),
        }
    )
    with pytest.raises(QueryError, match=r"found 1\.3 at magnet\|JPN, expected shares that sum to at most 1"):
        content(network, "CHN", {"OX"})


def test_cost_shares_a_little_over_one_are_scaled_to_one():
    # 0.8 and 0.25 make 1.05: the Chinese part is 0.8 / 1.05
    network = build(
        {
            "oxide|CHN": (ACTIVITY, "OX", "CHN", []),
            "oxide|MYS": (ACTIVITY, "OX", "MYS", []),
            "magnet|JPN": (
                ACTIVITY,
                "MAG",
                "JPN",
                [("OX", 0.8, {"oxide|CHN": 1}), ("OX", 0.25, {"oxide|MYS": 1})],
            ),
        }
    )
    assert by_id(network, content(network, "CHN", {"OX"}))["magnet|JPN"] == pytest.approx(0.8 / 1.05)


def test_origin_outside_the_network_gives_no_content():
    network = build(WORLD)
    assert not content(network, "MNG", {"OX"}).any()


def test_share_in_scope_counts_goods_not_averages():
    network = build(WORLD)
    goods = {"OX", "MAG"}
    found = share_in_scope(network, content(network, "CHN", goods), "CHN", goods, 0.05)
    germany, japan = network.countries.index("DEU"), network.countries.index("JPN")
    magnet, oxide = network.goods.index("MAG"), network.goods.index("OX")
    assert found[magnet, germany] == pytest.approx(0.7)  # the Japanese part; the German maker uses none
    assert found[oxide, japan] == pytest.approx(0.84)
    assert found[oxide, network.countries.index("MYS")] == 0.0  # a maker without a pool


def content_rule_scenario(least):
    return parse_scenario(
        f"""
title = "content rule"
date = 2025-12-01
start = "none"
[[add]]
id = "RULE"
issuer = "CHN"
kind = "content-rule"
commodities = ["OX", "MAG"]
content_rule = {least}
severity = 0.8
""",
        "test",
    )


def graph():
    provenance = Provenance(("test",), date(2024, 12, 31), date(2025, 1, 1), "A")
    made = nx.MultiDiGraph()
    for label, key, properties in [
        *(("Country", iso3, {"name": iso3}) for iso3 in ("CHN", "JPN", "DEU", "MYS", "USA")),
        ("Commodity", "OX", {"name": "oxide", "stage": "oxide", "unit": "t"}),
        ("Commodity", "MAG", {"name": "magnet", "stage": "magnet", "unit": "t"}),
    ]:
        node = NodeRef(label, key)
        made.add_node(node, fact=Fact(label, node, None, properties, provenance))
    return made


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (0.001, {("MAG", "JPN"), ("MAG", "DEU"), ("OX", "JPN")}),  # a Japanese magnet holds 0.084
        (0.084, {("MAG", "JPN"), ("MAG", "DEU"), ("OX", "JPN")}),  # at least: the share itself is in scope
        (0.2, {("OX", "JPN")}),  # Chinese oxide resold holds 1
        (1.0, {("OX", "JPN")}),
    ],
)
def test_content_rule_reaches_exports_of_third_countries_that_hold_enough(least, expected):
    network = build(WORLD)
    routes = route_factors(network, graph(), content_rule_scenario(least))
    place = network.countries.index
    closed = {
        (network.goods[good], country)
        for good, table in routes.by_measure.get("RULE", {}).items()
        for country in network.countries
        if table[0, place(country), place("USA")] < 1
    }
    assert closed == expected


def test_content_rule_leaves_the_issuer_and_home_markets_alone():
    network = build(WORLD)
    table = route_factors(network, graph(), content_rule_scenario(0.001)).by_measure["RULE"][
        network.goods.index("MAG")
    ]
    china, japan, usa = (network.countries.index(c) for c in ("CHN", "JPN", "USA"))
    assert table[0, japan, usa] == pytest.approx(0.2)
    assert table[0, network.countries.index("DEU"), usa] == pytest.approx(1 - 0.7 * 0.8)  # 70 % are Japanese
    assert table[0, japan, japan] == 1.0  # at home
    assert table[0, japan, china] == 1.0  # back to the issuer
    assert (table[:, china, :] == 1.0).all()  # the issuer's own exports are another measure's business
