"""What the questions of measures and firms answer is what the facts say when read without Cypher."""

from collections import Counter
from datetime import date

import pytest

from chainshock.queries.timeline import lives
from tests.cypher.facts import uids, upward


def in_scope(facts, measure):
    return {t.key: p for s, t, p in facts.rel("RESTRICTS") if s.key == measure}


def test_scope_of_a_measure_is_all_that_it_is_joined_to(ask, facts):
    expected = {
        str(t) for s, t, _ in facts.rel("IMPOSED_BY", "RESTRICTS", "TARGETS") if s.key == "CN-2025-18"
    }
    assert {uids(row["p"])[1] for row in ask("measure-scope")} == expected
    assert {"Country:CHN", "Commodity:OX_DY"} <= expected


@pytest.mark.parametrize("company", ["ford-motor", "lockheed-martin"])
def test_paths_from_a_measure_to_a_company_are_all_there(ask, facts, company):
    scope = in_scope(facts, "CN-2025-18")
    expected = {
        upward(who, use, way, "Measure:CN-2025-18"): bool(scope[good].get("collateral"))
        for who, use, good, way, _ in facts.ways_to(scope.__contains__)
        if who == company
    }
    rows = ask("measure-to-company", company=company)
    assert {uids(r["p"]): r["heldUpWithoutBeingInScope"] for r in rows} == expected
    assert len(rows) == len(expected) > 3


def test_a_company_that_is_not_listed_is_no_end_of_a_path(ask, facts):
    (unlisted, *_) = (c for (c, _) in facts.serves() if not facts.is_listed(c))
    assert ask("measure-to-company", company=unlisted) == []


def test_companies_under_a_measure_have_goods_steps_and_revenue(ask, facts):
    scope = in_scope(facts, "CN-2025-18")
    goods, steps, shares = {}, {}, {}
    for company, use, good, way, entries in facts.ways_to(scope.__contains__):
        name = facts.node("Company", company)["name"]
        goods.setdefault(name, set()).add(good)
        steps[name] = min(steps.get(name, 99), len(way))
        best = shares.setdefault(name, {})
        best[use] = max(best.get(use, 0.0), *(entry["revenue_share"] for entry in entries))
    rows = ask("companies-under-a-measure")
    assert {r["company"]: set(r["goods"]) for r in rows} == goods
    assert {r["company"]: r["fewestSteps"] for r in rows} == steps
    totals = {name: sum(best.values()) for name, best in shares.items()}
    assert {r["company"]: r["revenueShare"] for r in rows} == pytest.approx(totals)


@pytest.mark.parametrize("day", ["2010-10-01", "2025-10-27", "2025-11-20", "2026-11-10", "2026-12-01"])
def test_measures_in_force_are_those_of_the_timeline(ask, facts, day):
    at = date.fromisoformat(day)
    expected = {
        life.id: life.state(at) == "resumed"
        for life in lives(facts.dataset.knowledge, facts.edition, "latest")
        if life.acts(at)
    }
    found = {row["measure"]: row["resumed"] for row in ask("measures-in-force", day=at)}
    assert found == expected
    assert expected


def test_measures_in_force_of_one_issuer_leave_others_out(ask, facts):
    issuers = {s.key: t.key for s, t, _ in facts.rel("IMPOSED_BY")}
    every = {row["measure"] for row in ask("measures-in-force")}
    found = {row["measure"] for row in ask("measures-in-force", issuer="USA")}
    assert found == {m for m in every if issuers.get(m) == "USA"}
    assert found < every


def test_measure_events_are_the_days_that_facts_name(ask, facts):
    words = {
        "announced": "announced",
        "effective": "takes effect",
        "suspended_from": "suspended",
        "suspended_to": "last day of suspension",
        "ended": "ended",
    }
    expected = Counter(
        (str(p[key]), measure, words[key])
        for measure, p in facts.nodes("Measure").items()
        for key in words
        if key in p and date(2025, 10, 1) < p[key] <= date(2025, 11, 30)
    )
    assert Counter((r["day"], r["measure"], r["what"]) for r in ask("measure-events")) == expected
    assert expected["2025-11-08", "CN-2025-57", "takes effect"] == 1


def test_licence_events_are_all_that_are_recorded(ask, facts):
    expected = Counter(
        (p["date"], facts.name(t), p["event"], p.get("value"))
        for s, t, p in facts.rel("LICENSES")
        if s.key == "CN-2025-18"
    )
    rows = ask("licence-events")
    assert Counter((r["date"], r["who"], r["event"], r["value"]) for r in rows) == expected


def test_military_paths_end_at_companies_that_serve_the_forces(ask, facts):
    scope = in_scope(facts, "CN-2025-18")
    military = {key for key, p in facts.nodes("EndUse").items() if p["buyer_class"] == "military"}
    expected = {
        upward(company, use, way, "Measure:CN-2025-18")
        for company, use, _, way, _ in facts.ways_to(scope.__contains__)
        if use in military
    }
    assert {uids(row["p"]) for row in ask("military-paths")} == expected
    assert "Company:lockheed-martin" in {path[-1] for path in expected}


def chains(facts, stake):
    """All chains of stakes at or above one, as tuples of nodes."""
    held = [(s, t) for s, t, p in facts.rel("OWNS") if p["status"] == "active" and p.get("stake", 0) >= stake]
    found = list(held)
    for _ in range(3):
        found += [(*path, t) for path in found for s, t in held if path[-1] == s and (*path, t) not in found]
    return found


@pytest.mark.parametrize("stake", [0.5, 0.2])
def test_majority_chains_start_or_end_at_a_listed_company(ask, facts, stake):
    def is_listed(ref):
        return ref.label == "Company" and facts.is_listed(ref.key)

    expected = {
        tuple(map(str, path)) for path in chains(facts, stake) if is_listed(path[0]) or is_listed(path[-1])
    }
    found = {uids(row["p"]) for row in ask("majority-ownership", stake=stake)}
    assert found == expected
    assert max(map(len, found)) > 2


@pytest.mark.parametrize("stake", [0.5, 0.05])
def test_affiliates_hang_on_buyers_that_measures_name_or_refuse(ask, facts, stake):
    named = {
        (s, t)
        for s, t, p in [*facts.rel("TARGETS"), *facts.rel("LICENSES")]
        if t.label == "Company" and p.get("event", "refusal") in {"refusal", "restriction"}
    }
    expected = {(str(m), str(b)) for m, b in named}
    expected |= {(str(m), *map(str, path)) for m, b in named for path in chains(facts, stake) if path[0] == b}
    assert {uids(row["p"]) for row in ask("affiliates-of-listed-buyers", stake=stake)} == expected


def test_statements_of_companies_are_told_with_their_sources(ask, facts):
    expected = Counter(
        (facts.name(s), p["date"], p["status"])
        for s, t, p in facts.rel("STATES")
        if str(t) == "Measure:CN-2025-18"
    )
    rows = ask("what-companies-say")
    assert Counter((r["company"], r["date"], r["status"]) for r in rows) == expected
    assert all(row["sources"] for row in rows)
