"""What the questions of evidence answer is what the facts say when read without Cypher."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest


@pytest.fixture(scope="module")
def in_force(facts):
    """Kind and fact of all facts in force, and of nodes whose fact no longer holds, as Neo4j shows them."""
    found = [(fact.name, fact) for entries in facts.by_type.values() for _, _, _, fact in entries]
    knowledge = facts.dataset.knowledge
    for label in {fact.name for fact in facts.dataset.facts if not fact.is_edge}:
        best = {}
        for fact in knowledge.all(label):
            best.setdefault(fact.source, fact)
        for ref, fact in best.items():
            shown = facts.graph.nodes[ref].get("fact", fact) if ref in facts.graph else fact
            found.append((label, shown))
    return found


def test_facts_with_one_source_are_counted_by_kind(ask, in_force):
    expected = defaultdict(lambda: [0, 0, 0])
    for kind, fact in in_force:
        alone = len(fact.provenance.sources) == 1
        expected[kind][0] += 1
        expected[kind][1] += alone
        expected[kind][2] += alone and fact.provenance.confidence == "C"
    found = {r["kind"]: [r["facts"], r["oneSource"], r["oneWeakSource"]] for r in ask("one-source-facts")}
    assert found == expected
    assert any(0 < weak < alone < every for every, alone, weak in found.values())


@pytest.mark.parametrize("days", [365, 3000])
def test_old_facts_are_counted_from_the_day_that_they_describe(ask, in_force, days):
    limit = date(2026, 11, 23) - timedelta(days=days)
    expected = defaultdict(lambda: [0, 0])
    for kind, fact in in_force:
        expected[kind][0] += 1
        expected[kind][1] += fact.provenance.as_of < limit
    found = {r["kind"]: [r["facts"], r["old"]] for r in ask("old-facts", days=days)}
    assert found == expected


def relationships(facts):
    """Vintages of each subject of a relationship."""
    groups = defaultdict(list)
    for fact in facts.dataset.facts:
        if fact.is_edge:
            groups[fact.subject].append(fact)
    return groups


def test_conflicting_vintages_differ_in_a_value_that_both_give(ask, facts):
    winners = {fact.id for entries in facts.by_type.values() for _, _, _, fact in entries}
    expected = Counter()
    for vintages in relationships(facts).values():
        for best in vintages:
            for other in vintages:
                if best.id in winners and other.id not in winners:
                    expected.update(
                        (str(best.source), best.name, str(best.target), _camel(name))
                        for name, value in other.properties.items()
                        if best.properties.get(name, value) != value
                    )
    rows = ask("conflicting-vintages")
    assert Counter((r["source"], r["relationship"], r["target"], r["property"]) for r in rows) == expected
    assert expected


def _camel(name):
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@pytest.mark.parametrize("label", ["Measure", "Company"])
def test_restated_nodes_show_what_an_older_statement_said(ask, facts, in_force, label):
    expected = Counter()
    for kind, fact in in_force:
        for old in facts.dataset.knowledge.vintages(fact.subject):
            if kind == label and old.id != fact.id:
                keys = {*old.properties, *fact.properties}
                expected.update(
                    (str(fact.source), _camel(key))
                    for key in keys
                    if old.properties.get(key) != fact.properties.get(key)
                )
    assert Counter((r["node"], r["property"]) for r in ask("restated-nodes", label=label)) == expected
    assert expected


def test_publications_between_two_dates_are_counted_and_what_they_replace(ask, facts):
    after, until = date(2025, 10, 9), date(2025, 11, 30)
    groups = defaultdict(list)
    for fact in facts.dataset.facts:
        groups[fact.subject].append(fact)
    expected = defaultdict(lambda: [0, 0])
    for vintages in groups.values():
        for fact in vintages:
            if after < fact.provenance.known_from <= until:
                older = any(f.provenance.known_from < fact.provenance.known_from for f in vintages)
                expected[fact.name][0] += 1
                expected[fact.name][1] += older
    found = {r["kind"]: [r["facts"], r["replacements"]] for r in ask("published-between")}
    assert found == expected
    assert sum(replaced for _, replaced in found.values()) > 0


def test_leaned_on_sources_are_those_that_most_facts_name(ask, facts):
    named, alone = Counter(), Counter()
    for entries in facts.by_type.values():
        for _, _, _, fact in entries:
            named.update(fact.provenance.sources)
            alone.update(fact.provenance.sources if len(fact.provenance.sources) == 1 else ())
    titles = {key: p["title"] for key, p in facts.nodes("Source").items()}
    rows = ask("leaned-on-sources")
    assert [r["facts"] for r in rows] == [count for _, count in named.most_common(50)]
    top = named.most_common(1)[0][0]
    assert (rows[0]["source"], rows[0]["alone"]) == (titles[top], alone[top])
