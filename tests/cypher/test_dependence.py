"""What the questions of dependence answer is what the facts say when read without Cypher."""

from collections import Counter, defaultdict

import pytest

from tests.cypher.facts import uids, upward


def test_graph_shape_counts_what_the_facts_hold(ask, facts):
    expected = Counter((s.label, f.name, t.label) for s, t, f in _all(facts))
    found = {(r["from"], r["relationship"], r["to"]): r["facts"] for r in ask("graph-shape")}
    assert found == expected
    assert sum(expected.values()) > 10_000


def _all(facts):
    return [(s, t, f) for entries in facts.by_type.values() for s, t, _, f in entries]


@pytest.mark.parametrize("use", ["wind_turbine_pm", "ev_traction_motor"])
def test_supply_chain_goes_down_the_whole_recipe_and_names_its_makers(ask, facts, use):
    shares = facts.shares()
    expected = set()
    for way in facts.recipes(use):
        path = (f"EndUse:{use}", *(str(node) for node, _ in way))
        makers = [m for (m, g), (_, share) in shares.items() if g == way[-1][0].key and share >= 0.05]
        expected |= {(path, maker) for maker in makers or [None]}
    rows = ask("supply-chain", use=use)
    assert {(uids(r["p"]), r["output"] and uids(r["output"])[0].partition(":")[2]) for r in rows} == expected


def test_firms_of_a_country_are_those_seated_there(ask, facts):
    seated = [s for s, c, _ in facts.rel("LOCATED_IN", "HEADQUARTERED_IN") if c.key == "JPN"]
    expected = Counter(
        ("Country:JPN", str(s), str(t))
        for s, t, _ in facts.rel("PRODUCES", "SERVES")
        for f in seated
        if f == s
    )
    assert Counter(uids(row["p"]) for row in ask("companies-of-a-country")) == expected


@pytest.mark.parametrize(("element", "steps"), [("Dy", 3), ("Ge", 1)])
def test_dependence_on_an_element_follows_the_recipe_to_companies(ask, facts, element, steps):
    made = {good for (maker, good), (_, share) in facts.shares().items() if maker == "CHN" and share > 0}
    made = {good for good in made if element in facts.node("Commodity", good).get("elements", ())}
    expected = {}
    for company, use, _, way, entries in facts.ways_to(made.__contains__, listed=False):
        if len(way) <= steps:
            path = ("Country:CHN", *upward(company, use, way, "")[1:])
            expected[path] = max(entry["revenue_share"] for entry in entries)
    rows = ask("chinese-dysprosium", element=element, steps=steps)
    found = {uids(row["p"]): row["shareOfRevenue"] for row in rows}
    assert len(rows) == len(found) == min(120, len(expected))
    assert found == {path: expected[path] for path in found}
    assert min(found.values()) >= max((v for path, v in expected.items() if path not in found), default=0)


@pytest.mark.parametrize("element", ["Dy", "Sb"])
def test_revenue_that_needs_an_element_adds_up_over_end_uses(ask, facts, element):
    wanted = {g for g, p in facts.nodes("Commodity").items() if element in p.get("elements", ())}
    best = defaultdict(float)
    for company, use, _, _, entries in facts.ways_to(wanted.__contains__):
        best[company, use] = max(best[company, use], *(entry["revenue_share"] for entry in entries))
    expected = defaultdict(float)
    for (company, _), share in best.items():
        expected[facts.node("Company", company)["name"]] += share
    found = {row["company"]: row["revenueShare"] for row in ask("dependent-companies", element=element)}
    assert found == pytest.approx(dict(expected))
    assert all(row["highest"] <= 1 for row in ask("dependent-companies", element=element))


@pytest.mark.parametrize("company", ["ford-motor", "lockheed-martin"])
def test_strongest_path_multiplies_world_share_and_revenue_share(ask, facts, company):
    shares = {g: share for (m, g), (_, share) in facts.shares().items() if m == "CHN" and share > 0}
    expected = sorted(
        (
            shares[good] * max(e["revenue_share"] for e in entries)
            for who, _, good, _, entries in facts.ways_to(shares.__contains__)
            if who == company
        ),
        reverse=True,
    )[:10]
    rows = ask("strongest-path", company=company)
    assert [row["strength"] for row in rows] == pytest.approx(expected)
    assert all(uids(row["p"])[0] == "Country:CHN" for row in rows)


@pytest.mark.parametrize("code", ["850511", "811010"])
def test_import_dependence_keeps_codes_apart_and_leaves_totals_out(ask, facts, code):
    expected = {
        t.key: p["import_share"]
        for s, t, p in facts.rel("EXPORTS")
        if s.key == "CHN" and p["code"] == code and p["period"] == "2024" and "import_share" in p
        if t.key != "WLD"
    }
    assert {r["iso3"]: r["share"] for r in ask("import-dependence", code=code)} == expected
    assert len(expected) > 3


def test_indirect_imports_multiply_shares_over_one_country_between(ask, facts):
    share = {
        (s.key, t.key): p["import_share"]
        for s, t, p in facts.rel("EXPORTS")
        if p["code"] == "850511" and p["period"] == "2024" and "import_share" in p
        if not {s.key, t.key} & {"WLD", "EUU"}
    }
    expected = {("CHN", "DEU"): share["CHN", "DEU"]}
    for (first, middle), part in share.items():
        if first == "CHN" and middle != "DEU" and (middle, "DEU") in share:
            expected["CHN", middle, "DEU"] = part * share[middle, "DEU"]
    rows = ask("indirect-imports")
    found = {tuple(u.removeprefix("Country:") for u in uids(r["p"])): r["share"] for r in rows}
    assert found == pytest.approx(expected)
    assert 1 < len(found) <= 50


def test_suppliers_of_a_company_stand_tier_by_tier(ask, facts):
    sold = [(str(s), str(t)) for s, t, p in facts.rel("SUPPLIES") if p["status"] in {"active", "conditional"}]
    tiers = [[("Company:general-motors",)]]
    for _ in range(3):
        tiers.append([(s, *path) for path in tiers[-1] for s, t in sold if t == path[0]])
    expected = Counter(path for tier in tiers[1:] for path in tier)
    assert Counter(uids(row["p"]) for row in ask("suppliers-of-a-company")) == expected
    assert expected


def test_stocks_are_all_that_are_known(ask, facts):
    expected = Counter(
        (facts.name(s), facts.name(t), p.get("weeks_low"), p.get("weeks_high"))
        for s, t, p in facts.rel("HOLDS_STOCK")
    )
    rows = ask("who-holds-stock")
    assert expected == Counter((r["firm"], r["good"], r["weeksLow"], r["weeksHigh"]) for r in rows)


def test_price_gaps_compare_one_unit_in_one_year(ask, facts):
    prices = [(g, c.key, p) for g, c, p in facts.rel("PRICED_IN")]

    def middle(p):
        low, high = p.get("price_low"), p.get("price_high")
        return ((high if low is None else low) + (low if high is None else high)) / 2

    expected = Counter(
        (facts.name(g), p["period"], q["period"], round(middle(q) / middle(p), 9))
        for g, home, p in prices
        for h, away, q in prices
        if g == h and home == "CHN" != away and p["unit"] == q["unit"] and p["period"][:4] == q["period"][:4]
    )
    rows = ask("price-gaps")
    assert Counter((r["good"], r["period"], r["otherPeriod"], round(r["ratio"], 9)) for r in rows) == expected
    assert max(row["ratio"] for row in rows) > 3  # yttrium and dysprosium in Europe, 2025
