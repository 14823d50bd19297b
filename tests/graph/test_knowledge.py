from datetime import date

from hypothesis import given

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph

AUS, ORE = NodeRef("Country", "AUS"), NodeRef("Commodity", "RE_ORE")


def output(tonnes, known_from, *, origin="reference", confidence="A", **life):
    provenance = Provenance(("usgs",), date(2024, 12, 31), date.fromisoformat(known_from), confidence, **life)
    properties = {"year": 2024, "basis": "output", "output": float(tonnes)}
    return Fact("PRODUCES", AUS, ORE, properties, provenance, origin)


EARLY, LATE = output(13000, "2025-01-31"), output(29000, "2026-02-28")


def outputs(graph):
    return [fact.properties["output"] for *_, fact in graph.edges(data="fact")]


def test_date_before_a_revision_sees_the_older_figure():
    assert outputs(KnowledgeGraph([EARLY, LATE]).at(date(2025, 11, 8))) == [13000]


def test_date_after_a_revision_sees_the_newer_figure():
    assert outputs(KnowledgeGraph([EARLY, LATE]).at(date(2026, 3, 1))) == [29000]


def test_latest_sees_what_was_published_after_the_date():
    assert outputs(KnowledgeGraph([EARLY, LATE]).at(date(2025, 11, 8), known="latest")) == [29000]


def test_older_vintage_stays_visible():
    assert KnowledgeGraph([EARLY, LATE]).vintages(EARLY.subject) == [LATE, EARLY]


def test_users_own_fact_wins_over_a_later_reference_fact():
    mine = output(20000, "2024-06-30", origin="mine.csv", confidence="C")
    assert outputs(KnowledgeGraph([LATE, mine]).at(date(2026, 3, 1))) == [20000]


def test_fact_with_a_life_holds_from_its_first_to_its_last_day():
    fact = output(1, "2024-01-01", valid_from=date(2024, 6, 1), valid_to=date(2024, 6, 30))
    knowledge = KnowledgeGraph([fact])
    days = [date(2024, 5, 31), date(2024, 6, 1), date(2024, 6, 30), date(2024, 7, 1)]
    assert [len(outputs(knowledge.at(day))) for day in days] == [0, 1, 1, 0]


def test_fact_before_its_publication_is_not_known():
    assert not outputs(KnowledgeGraph([EARLY]).at(date(2025, 1, 30)))


@given(...)
def test_order_of_loading_never_decides(swap: bool):
    facts = [EARLY, LATE, output(5, "2026-02-28", confidence="B")]
    knowledge = KnowledgeGraph(facts[::-1] if swap else facts)
    assert outputs(knowledge.at(date(2026, 3, 1))) == [29000]


def test_newer_vintage_that_ended_closes_the_claim():
    was = output(1, "2024-01-01", valid_from=date(2020, 1, 1))
    ended = output(2, "2025-01-01", valid_from=date(2020, 1, 1), valid_to=date(2024, 12, 31))
    knowledge = KnowledgeGraph([was, ended])
    assert outputs(knowledge.at(date(2024, 6, 30))) == [1]
    assert outputs(knowledge.at(date(2025, 6, 30))) == []
    assert outputs(knowledge.at(date(2024, 6, 30), known="latest")) == [2]


def test_newer_vintage_that_has_not_begun_leaves_the_date_to_the_older():
    now = output(1, "2024-01-01")
    later = output(2, "2024-06-01", valid_from=date(2025, 1, 1))
    knowledge = KnowledgeGraph([now, later])
    assert outputs(knowledge.at(date(2024, 12, 31))) == [1]
    assert outputs(knowledge.at(date(2025, 1, 1))) == [2]


def test_life_that_begins_after_a_newer_vintage_ended_counts():
    late = output(1, "2024-01-01", valid_from=date(2023, 1, 1))
    early = output(2, "2024-06-01", valid_from=date(2010, 1, 1), valid_to=date(2012, 12, 31))
    assert outputs(KnowledgeGraph([late, early]).at(date(2024, 12, 31))) == [1]


def test_node_that_only_relationships_mention_has_no_fact():
    graph = KnowledgeGraph([EARLY]).at(date(2025, 6, 30))
    assert sorted(graph) == [ORE, AUS]
    assert not any("fact" in data for _, data in graph.nodes(data=True))
    assert [key for *_, key in graph.edges(keys=True)] == [EARLY.id]


def act(known_from, **properties):
    provenance = Provenance(("gazette",), date(2010, 9, 21), date.fromisoformat(known_from), "B")
    return Fact("Measure", NodeRef("Measure", "STOP"), None, properties, provenance)


ANNOUNCED, ENDED = act("2010-09-22", kind="ban"), act("2010-11-24", kind="ban", ended=date(2010, 11, 24))


def ends(day, known):
    graph = KnowledgeGraph([ANNOUNCED, ENDED, EARLY, LATE]).at(day, known)
    fact = graph.nodes[NodeRef("Measure", "STOP")].get("fact")
    return fact and fact.properties.get("ended"), outputs(graph)


def test_policy_known_foresees_no_end_but_takes_later_figures():
    day = date(2010, 10, 18)
    assert ends(day, "latest") == (date(2010, 11, 24), [29000])
    assert ends(day, "policy-known") == (None, [29000])
    assert ends(date(2010, 11, 24), "policy-known") == (date(2010, 11, 24), [29000])


def test_policy_known_before_the_first_word_of_an_act_takes_its_first_wording():
    assert ends(date(2010, 9, 21), "policy-known") == (None, [29000])
