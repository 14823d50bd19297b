"""Runs live in Neo4j beside the facts: what questions mix of both, and how runs come and go."""

import json
from dataclasses import replace

import neo4j
import pytest

from chainshock.errors import StoreError, UnknownName
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.neo4j_results import ResultStore
from chainshock.results import make_results
from tests.cypher.facts import uids
from tests.cypher.runs import CONTROLS, EXPLAINED, TRUCE


@pytest.fixture
def stored(where, results):
    """The ids of both runs, stored afresh."""
    with ResultStore(*where) as store:
        for entry in results.values():
            store.push(entry)
    return {name: entry.run["id"] for name, entry in results.items()}


def count(where, pattern):
    with neo4j.GraphDatabase.driver(where[0], auth=where[1:]) as driver:
        return driver.execute_query(f"MATCH {pattern} RETURN count(*) AS n").records[0]["n"]


def test_stored_runs_are_listed_with_what_they_ran_on(ask, stored, tables, dataset):
    rows = {row["run"]: row for row in ask("runs")}
    assert set(rows) == set(stored.values())
    row = rows[stored[CONTROLS]]
    assert row["results"] == len(tables[CONTROLS][1].rows)
    assert (row["dataEdition"], row["rationing"], row["horizon"]) == (dataset.edition, "proportional", None)


def test_exposed_companies_are_the_harmed_rows_of_the_ranking(ask, stored, tables):
    harmed = [row for row in tables[CONTROLS][1].rows if row.exposure < 0][:50]
    expected = [
        (row.rank, row.name, round(row.exposure, 4), round((row.exposure_usd or 0) / 1e6, 1), row.reason)
        for row in harmed
    ]
    for run in (CONTROLS, stored[CONTROLS]):
        rows = ask("exposed-companies", run=run)
        found = [(r["rank"], r["company"], r["exposure"], r["millionUsd"] or 0, r["reason"]) for r in rows]
        assert [row[:2] for row in found] == [row[:2] for row in expected]
        assert [row[-1] for row in found] == [row[-1] for row in expected]
        assert [row[2] for row in found] == pytest.approx([row[2] for row in expected], abs=1e-4)
        assert [row[3] for row in found] == pytest.approx([row[3] for row in expected], abs=0.11)


def test_winners_are_the_favoured_rows_with_what_they_make(ask, stored, tables, facts):
    rows = [row for row in tables[CONTROLS][1].rows if row.exposure > 0]
    expected = {row.name: row.exposure for row in sorted(rows, key=lambda r: (-r.exposure, r.name))[:50]}
    found = ask("winners")
    assert {r["company"]: r["exposure"] for r in found} == pytest.approx(expected, abs=1e-4)
    makes = {(facts.name(s), facts.name(t)) for s, t, _ in facts.rel("PRODUCES") if s.label == "Company"}
    assert all((r["company"], good) in makes for r in found for good in r["makes"])
    assert any(r["makes"] for r in found)


def test_exposed_by_end_use_joins_results_with_where_firms_produce(ask, stored, tables, facts):
    exposure = {row.id: row.exposure for row in tables[CONTROLS][1].rows if row.exposure < 0}
    expected = {}
    for (company, use), entries in facts.serves().items():
        for country in {entry["country"] for entry in entries}:
            if company in exposure:
                key = (facts.node("EndUse", use)["name"], facts.node("Country", country)["name"])
                expected.setdefault(key, {})[company] = exposure[company]
    rows = ask("exposed-by-end-use")
    found = {(r["endUse"], r["country"]): (r["companies"], r["worst"]) for r in rows}
    assert len(rows) == len(found) == min(200, len(expected))
    assert {key: n for key, (n, _) in found.items()} == {key: len(expected[key]) for key in found}
    worst = {key: min(expected[key].values()) for key in found}
    assert {key: value for key, (_, value) in found.items()} == pytest.approx(worst, abs=1e-4)


def test_compared_runs_differ_by_what_their_rankings_differ(ask, stored, tables):
    before, after = ({row.name: row for row in tables[name][1].rows} for name in (CONTROLS, TRUCE))
    rows = ask("compare-runs")
    assert len(rows) == 100
    for row in rows:
        name = row["company"]
        assert row["difference"] == pytest.approx(after[name].exposure - before[name].exposure, abs=1e-4)
        assert (row["rankBefore"], row["rankAfter"]) == (before[name].rank, after[name].rank)
    assert [abs(r["difference"]) for r in rows] == sorted((abs(r["difference"]) for r in rows), reverse=True)


def test_paths_of_a_run_are_those_of_the_explanation(ask, stored, tables):
    told = tables[CONTROLS][0].explain(f"Company:{EXPLAINED}").paths
    rows = ask("why-exposed", company=EXPLAINED, paths=5)
    assert [row["exposure"] for row in rows] == pytest.approx([path["exposure"] for path in told])
    assert [row["route"] for row in rows] == [path["route"] for path in told]
    for row, path in zip(rows, told, strict=True):
        steps = [link["properties"] for link in row["p"]["relationships"]]
        assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
        assert uids(row["p"])[0] == f"Country:{path['route'].split(' -> ')[0]}"
        assert uids(row["p"])[-1] == f"Company:{EXPLAINED}"
        known = {key for step in path["steps"] for key in step["facts"]}
        assert {key for step in steps for key in step["facts"]} <= known
    assert any(row["measures"] for row in rows)


def test_facts_behind_an_exposure_are_facts_of_its_paths(ask, stored, tables):
    explanation = tables[CONTROLS][0].explain(f"Company:{EXPLAINED}")
    known = {
        key: fact
        for path in explanation.paths
        for step in path["steps"]
        for key in step["facts"]
        if (fact := explanation.facts[key]) and not key.startswith("parameter:")
    }
    rows = ask("weak-facts-behind", company=EXPLAINED)
    assert 0 < len(rows) <= len(known)
    assert {row["confidence"] for row in rows} <= {fact["confidence"] for fact in known.values()}
    assert [row["confidence"] for row in rows] == sorted((r["confidence"] for r in rows), reverse=True)


def test_a_run_stored_again_takes_its_own_place(where, stored, results):
    relationships = "()-[r:EXPOSES|CARRIES|APPLIES|COMPUTES]->()"
    before = count(where, relationships), count(where, "(r:Run)"), count(where, "(s:Scenario)")
    with ResultStore(*where) as store:
        store.push(results[CONTROLS])
    assert (count(where, relationships), count(where, "(r:Run)"), count(where, "(s:Scenario)")) == before


def test_kinds_of_ranking_share_a_run_and_do_not_replace_each_other(where, stored, tables):
    shock, companies = tables[CONTROLS]
    countries = make_results(shock, shock.rank("countries", extras=()))
    assert countries.run["id"] == stored[CONTROLS]
    with ResultStore(*where) as store:
        store.push(countries)
    of_run = f"(:Run {{id: '{stored[CONTROLS]}'}})-[:EXPOSES]->"
    assert count(where, f"{of_run}(:Company)") == len(companies.rows)
    assert count(where, f"{of_run}(:Country)") == len(countries.exposes)


@pytest.mark.parametrize("change", ["rationing", "scenario", "facts"])
def test_another_input_makes_another_run(dataset, results, change):
    from chainshock.api import Dataset

    data = dataset
    options = {"horizon": None}
    if change == "rationing":
        options["rationing"] = "value"
    if change == "facts":
        data = Dataset([f for f in dataset.facts if f.name != "PRICED_IN"])
    shock = data.shock("april-2025" if change == "scenario" else CONTROLS, **options)
    assert make_results(shock, shock.rank(extras=())).run["id"] != results[CONTROLS].run["id"]


def test_run_keeps_its_parameters_as_json(results):
    run = results[CONTROLS].run
    told = json.loads(run["parameters"])
    assert told["rationing"] == "proportional"
    assert told["severities"]["CN-2025-18"]
    assert run["factsHash"] == told["facts_hash"]


def test_removed_run_takes_all_it_brought_and_nothing_else(where, stored):
    facts = count(where, "()-[r]->() WHERE r.factId IS NOT NULL")
    with ResultStore(*where) as store:
        for run in stored.values():
            store.remove(run)
        assert store.runs() == []
    assert count(where, "()-[r]->() WHERE r.graph = 'results'") == 0
    assert count(where, "(n) WHERE n.graph = 'results'") == 0
    assert count(where, "()-[r]->() WHERE r.factId IS NOT NULL") == facts


def test_push_and_pull_of_facts_leave_runs_alone(where, stored, dataset):
    before = count(where, "()-[r]->() WHERE r.graph = 'results'")
    with Neo4jStore(*where) as store:
        store.push(dataset.facts)
        assert store.view().content_hash() == dataset.view().content_hash()
    assert count(where, "()-[r]->() WHERE r.graph = 'results'") == before > 0


def test_node_that_only_a_run_holds_goes_with_the_run(where, stored, dataset, results):
    gone = {str(fact.source) for fact in dataset.facts if fact.source.key == EXPLAINED}
    left = [f for f in dataset.facts if EXPLAINED not in {f.source.key, f.target and f.target.key}]
    with Neo4jStore(*where) as store, ResultStore(*where) as runs:
        store.push(left)
        assert count(where, f"(n {{uid: 'Company:{EXPLAINED}'}})") == 1
        for run in stored.values():
            runs.remove(run)
        assert count(where, f"(n {{uid: 'Company:{EXPLAINED}'}})") == 0
        with pytest.raises(StoreError, match=r"no Company:huntington-ingalls.*neo4j push"):
            runs.push(results[CONTROLS])
        assert runs.runs() == []
        store.push(dataset.facts)
    assert gone


def test_unknown_run_is_refused_with_those_that_are_there(where, stored):
    with ResultStore(*where) as store, pytest.raises(UnknownName, match=stored[TRUCE]):
        store.remove("nothing")


def test_foreign_run_nodes_are_neither_listed_nor_removed(where, stored):
    with neo4j.GraphDatabase.driver(where[0], auth=where[1:]) as driver:
        driver.execute_query("CREATE (:Run {id: 'marathon', scenario: 'berlin'})")
        with ResultStore(*where) as store:
            assert "marathon" not in {entry["run"] for entry in store.runs()}
            with pytest.raises(UnknownName):
                store.remove("marathon")
        driver.execute_query("MATCH (n {id: 'marathon'}) DELETE n")


def test_results_with_nothing_explained_have_no_steps(tables, results):
    shock, table = tables[CONTROLS]
    made = make_results(shock, table)
    assert made.steps == []
    assert replace(made, steps=results[CONTROLS].steps).run == results[CONTROLS].run
