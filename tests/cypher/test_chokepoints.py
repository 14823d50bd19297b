"""What the questions of chokepoints answer is what the facts say when read without Cypher."""

from collections import defaultdict

import pytest

from chainshock.graph.facts import NodeRef
from tests.cypher.facts import uids

ACTIVE = {"active", "conditional"}


def test_concentration_squares_the_shares_of_the_latest_year(ask, facts):
    by_year = defaultdict(dict)
    for maker, good, p in facts.rel("PRODUCES"):
        if (maker.label, good.label) != ("Country", "Commodity") or maker.key in {"WLD", "EUU"}:
            continue
        if "share" in p and not p.get("is_projection"):
            shares = by_year[good.key, p["year"]]
            shares[maker.key] = max(shares.get(maker.key, 0.0), p["share"])
    latest = {}
    for (good, year), shares in by_year.items():
        if sum(shares.values()) >= 0.5:
            latest[good] = max(
                latest.get(good, (0,)), (year, sum(v * v for v in shares.values()), len(shares))
            )
    expected = {facts.node("Commodity", good)["name"]: values for good, values in latest.items()}
    rows = {r["good"]: (r["year"], r["hhi"], r["makers"]) for r in ask("concentration")}
    assert rows.keys() == expected.keys()
    assert all(rows[good] == pytest.approx(values) for good, values in expected.items())
    assert all(0 < row["hhi"] <= 1.01 for row in ask("concentration"))


def test_single_points_of_failure_count_what_stands_behind_a_good(ask, facts):
    varieties = defaultdict(set)
    for key, p in facts.nodes("Commodity").items():
        varieties[key].add(key)
        if "split_of" in p:
            varieties[p["split_of"]].add(key)
    uses = {use: {way[-1][0].key for way in facts.recipes(use)} for use in facts.nodes("EndUse")}
    expected = {}
    for (maker, good), (_, share) in facts.shares().items():
        behind = {use for use, goods in uses.items() if goods & varieties[good]}
        if share >= 0.8 and behind and maker not in {"WLD", "EUU"}:
            firms = {c for c, use in facts.serves() if use in behind and facts.is_listed(c)}
            name = facts.node("Commodity", good)["name"]
            expected[name, facts.node("Country", maker)["name"]] = (len(behind), len(firms))
    rows = ask("single-points-of-failure")
    assert {(r["good"], r["maker"]): (r["endUses"], r["listedCompanies"]) for r in rows} == expected
    assert ("Dysprosium oxide", "China") in expected


def test_a_company_that_loses_one_supplier_has_one_in_the_issuers_country(ask, facts):
    goods = {t.key for s, t, _ in facts.rel("RESTRICTS") if s.key == "CN-2025-18"}
    goods |= {p["split_of"] for g, p in facts.nodes("Commodity").items() if g in goods and "split_of" in p}
    suppliers = defaultdict(dict)
    for seller, buyer, p in facts.rel("SUPPLIES"):
        if p["status"] in ACTIVE and p["commodity"] in goods and facts.seat(buyer) != "CHN":
            told = suppliers[buyer].setdefault(seller, set())
            told |= {p["country"]} if "country" in p else set()
    expected = {}
    for buyer, sellers in suppliers.items():
        lost = {s for s, told in sellers.items() if "CHN" in (told or {facts.seat(s)})}
        if len(lost) == 1:
            kept = sorted(facts.name(s) for s in sellers if s not in lost)
            expected[facts.name(buyer)] = (facts.name(lost.pop()), kept)
    rows = ask("lose-one-supplier")
    assert {r["buyer"]: (r["lostSupplier"], sorted(r["keptSuppliers"])) for r in rows} == expected
    assert any(kept for _, kept in expected.values())
    assert any(not kept for _, kept in expected.values())


@pytest.mark.parametrize("facility", ["lamp", "jlmag"])
def test_outage_touches_operator_deliveries_goods_and_end_uses(ask, facts, facility):
    plant = NodeRef("Facility", facility)
    expected = {(str(plant), str(s)) for s, t, _ in facts.rel("OPERATES") if t == plant}
    sold = [(s, t) for s, t, p in facts.rel("SUPPLIES") if p["status"] in ACTIVE]
    paths = [(s, t) for s, t in sold if s == plant]
    for _ in range(2):
        paths += [(*path, t) for path in paths for s, t in sold if s == path[-1] and (*path, t) not in paths]
    expected |= {tuple(map(str, path)) for path in paths}
    goods = {t for s, t, p in facts.rel("PRODUCES") if s == plant and not p.get("is_projection")}
    expected |= {(str(plant), str(good)) for good in goods}
    keys = {good.key for good in goods}
    keys |= {g for g, p in facts.nodes("Commodity").items() if p.get("split_of") in keys}
    for use in facts.nodes("EndUse"):
        for way in facts.recipes(use):
            if way[-1][0].key in keys:
                expected.add((*(str(node) for node, _ in reversed(way)), f"EndUse:{use}"))
    assert {uids(row["p"]) for row in ask("facility-outage", facility=facility)} == expected
    assert len(expected) > 5


@pytest.mark.parametrize(
    ("good", "country"), [("MAG_NDFEB_S", "CHN"), ("OX_NDPR", "CHN"), ("OX_NDPR", "MYS")]
)
def test_alternatives_lie_outside_the_country(ask, facts, good, country):
    goods = {good, facts.node("Commodity", good).get("split_of")}
    expected = {
        (s.key, t.key)
        for s, t, _ in facts.rel("PRODUCES")
        if s.label == "Facility"
        and t.key in goods
        and facts.seat(s) not in {country, None}
        and facts.node(*s)["status"] not in {"cancelled", "suspended"}
    }
    rows = ask("alternatives", good=good, country=country)
    found = {(uids(row["p"])[1].partition(":")[2], uids(row["p"])[2].partition(":")[2]) for row in rows}
    assert found == expected
    assert expected
