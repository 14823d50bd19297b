from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from chainshock.errors import InvalidRecord, StoreError, StoreUnavailable
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import read_schema
from chainshock.graph.stores import neo4j_sync
from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.neo4j_shape import SAID, columns_of, schema_statements
from tests.graph.stores.contract import CONTRACT, country, fill, said, trade
from tests.strategies import any_text, fact_sets

FACTS = [
    country("CHN", "China"),
    country("CHN", "Middle Kingdom", year=2020),
    country("JPN", "Japan"),
    trade("CHN", "JPN"),
    trade("CHN", "JPN", tonnes=2.0, year=2020),
    trade("JPN", "CHN", origin="mine.csv"),
]


def plant(stage: str, year: int = 2024) -> Fact:
    values = {"name": "Works", "stage": stage, "status": "operating"}
    return Fact("Facility", NodeRef("Facility", "works"), None, values, said(year))


def open_store(connection, graph="chainshock"):
    return Neo4jStore(connection.uri, connection.user, connection.password, graph)


@pytest.fixture
def empty_store(neo4j_alone):
    with open_store(neo4j_alone) as store:
        yield store


@pytest.fixture
def ask(neo4j_driver):
    """Run a statement and give its rows."""

    def run(query, **values):
        return [record.values() for record in neo4j_driver.execute_query(query, values).records]

    return run


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(neo4j_sync, "RELATIONSHIPS_AT_ONCE", 3)
    monkeypatch.setattr(neo4j_sync, "NODES_AT_ONCE", 2)


def held(store):
    return list(store.view().facts())


def everything(ask):
    """Give all nodes and relationships but our own, to compare."""
    where = "WHERE n.graph IS NULL AND NOT n:ChainshockGraph"
    nodes = f"MATCH (n) {where} RETURN labels(n), properties(n) ORDER BY n.mine"
    edges = "MATCH (a)-[r]->(b) WHERE r.graph IS NULL RETURN a.mine, type(r), properties(r), b.mine"
    edges += " ORDER BY r.mine"
    return ask(nodes), ask(edges)


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_neo4j_store_keeps_the_contract(rule, empty_store):
    rule(empty_store)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=fact_sets(text=any_text()))
def test_random_facts_pushed_over_others_come_back_equal(empty_store, facts):
    memory = MemoryStore(facts)
    assert empty_store.push(facts).facts == sum(memory.view().counts().values())
    assert held(empty_store) == list(memory.view().facts())
    assert empty_store.view().content_hash() == memory.view().content_hash()
    assert empty_store.push(facts).written == 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=fact_sets(text=any_text()))
def test_random_facts_added_stand_as_in_memory(neo4j_alone, facts):
    memory = MemoryStore()
    with open_store(neo4j_alone) as store:
        store.push([])
        assert fill(store, *facts) == fill(memory, *facts)
        assert held(store) == list(memory.view().facts())


def test_push_writes_what_is_missing_and_takes_out_what_is_gone(empty_store):
    first = empty_store.push(FACTS)
    assert (first.written, first.removed, first.facts) == (6, 0, 6)
    assert held(empty_store) == held(MemoryStore(FACTS))
    again = empty_store.push(FACTS)
    assert (again.written, again.removed) == (0, 0)
    fewer = [FACTS[0], FACTS[2], FACTS[5]]
    assert empty_store.push(fewer).facts == 3
    assert held(empty_store) == held(MemoryStore(fewer))
    empty_store.push([])
    assert held(empty_store) == []


def test_node_carries_the_winner_and_the_others_are_vintages(empty_store, ask):
    empty_store.push(FACTS)
    assert ask("MATCH (n:Entity:Country {iso3: 'CHN'}) RETURN n.uid, n.name, n.isCurrent, n.asOf") == [
        ["Country:CHN", "China", True, ask("RETURN date('2024-12-31')")[0][0]]
    ]
    assert ask("MATCH (v:Vintage)-[:VINTAGE_OF]->(n:Country) RETURN v.name, v.isCurrent, n.iso3") == [
        ["Middle Kingdom", False, "CHN"]
    ]
    assert ask(
        "MATCH (:Country {iso3: 'CHN'})-[r:EXPORTS]->() RETURN r.tonnes, r.isCurrent ORDER BY r.tonnes"
    ) == [[1.5, True], [2.0, False]]
    ((edition,),) = ask("MATCH (g:ChainshockGraph) RETURN g.edition")
    assert edition.to_native() == date(2025, 1, 31)


def test_later_vintage_takes_the_node_and_turns_the_earlier_relationship_old(empty_store, ask):
    empty_store.push(FACTS)
    empty_store.push([*FACTS, country("CHN", "PRC", year=2025), trade("CHN", "JPN", tonnes=3, year=2025)])
    assert ask("MATCH (n:Country {iso3: 'CHN'}) RETURN n.name") == [["PRC"]]
    assert ask("MATCH (v:Vintage)-->(:Country {iso3: 'CHN'}) RETURN v.name ORDER BY v.name") == [
        ["China"],
        ["Middle Kingdom"],
    ]
    query = "MATCH ({iso3: 'CHN'})-[r:EXPORTS]->() WHERE r.isCurrent RETURN r.tonnes"
    assert ask(query) == [[3.0]]


def test_facility_has_the_label_of_its_stage_alone(empty_store, ask):
    empty_store.push([plant("mine")])
    assert set(ask("MATCH (n:Facility) RETURN labels(n)")[0][0]) == {"Entity", "Facility", "Mine"}
    empty_store.push([plant("recycling", year=2025)])
    assert set(ask("MATCH (n:Facility) RETURN labels(n)")[0][0]) == {"Entity", "Facility", "Recycler"}
    empty_store.push([plant("refinery", year=2026)])
    assert set(ask("MATCH (n:Facility) RETURN labels(n)")[0][0]) == {"Entity", "Facility"}


def test_property_that_the_new_fact_does_not_state_goes(empty_store, ask):
    stated = country("CHN")
    empty_store.push([replace(stated, properties={"name": "China", "iso2": "CN"})])
    empty_store.push([stated])
    assert ask("MATCH (n:Country) RETURN n.iso2") == [[None]]


# ------------------------------------------------------------ what belongs to others

FOREIGN = """
CREATE (a:Person {mine: 1, name: 'Ann'})-[:KNOWS {mine: 1}]->(b:Country {mine: 2, iso3: 'CHN'}),
       (:Entity {mine: 3, name: 'no uid'}), (:Vintage {mine: 4}), (:Entity {mine: 5, uid: 'Country:FRA'}),
       (a)-[:EXPORTS {mine: 2, code: '1'}]->(b)
"""


def test_foreign_nodes_and_relationships_stay_as_they_are(empty_store, ask, small_batches):
    ask(FOREIGN)
    before = everything(ask)
    for facts in (FACTS, FACTS[:3], [country("DEU")], FACTS, []):
        empty_store.push(facts)
        assert everything(ask) == before
        assert held(empty_store) == held(MemoryStore(facts))


def test_foreign_relationships_properties_and_labels_on_our_nodes_stay(empty_store, ask):
    empty_store.push(FACTS)
    ask("""
        MATCH (c:Country {iso3: 'CHN'}), (j:Country {iso3: 'JPN'}), (v:Vintage)
        SET c.colour = 'red', c:Watched
        CREATE (:Note {mine: 1})-[:ABOUT {mine: 1}]->(c)-[:EXPORTS {mine: 2}]->(j), (c)<-[:OF {mine: 3}]-(v)
    """)
    before = ask(
        "MATCH (a)-[r]->(b) WHERE r.mine > 0 RETURN r.mine, type(r), labels(b), b.uid ORDER BY r.mine"
    )
    assert len(before) == 3
    empty_store.push([replace(FACTS[0], properties={"name": "PRC"}), FACTS[2]])
    assert held(empty_store) == [replace(FACTS[0], properties={"name": "PRC"}), FACTS[2]]
    empty_store.push([])
    assert held(empty_store) == []
    after = ask(
        "MATCH (a)-[r]->(b) WHERE r.mine > 0 RETURN r.mine, type(r), labels(b), b.uid ORDER BY r.mine"
    )
    assert after == before
    assert ask("MATCH (c:Watched) RETURN c.colour, c.uid, c.name, c.factId, c.graph") == [
        ["red", "Country:CHN", None, None, "chainshock"]
    ]
    ask("MATCH ()-[r]->() WHERE r.mine > 0 DELETE r")
    empty_store.push([])
    assert ask("MATCH (n:Entity) RETURN n") == []


def test_uid_that_somebody_else_has_is_refused_and_left_alone(empty_store, ask):
    ask(FOREIGN)
    before = everything(ask)
    with pytest.raises(StoreError, match=r"1 nodes Entity with a uid such as Country:.* does not own"):
        empty_store.push([country("FRA")])
    assert everything(ask) == before
    ask("MATCH (n:Entity {uid: 'Country:FRA'}) DELETE n")
    empty_store.push([country("FRA")])
    assert held(empty_store) == [country("FRA")]


def test_two_graphs_live_side_by_side(neo4j_alone, empty_store):
    other = [country("DEU"), trade("DEU", "DEU")]
    with open_store(neo4j_alone, "other") as second:
        empty_store.push(FACTS)
        second.push(other)
        assert (held(empty_store), held(second)) == (held(MemoryStore(FACTS)), held(MemoryStore(other)))
        with pytest.raises(StoreError, match="graph 'other' does not own"):
            second.push([country("CHN")])
        second.push([])
        assert held(empty_store) == held(MemoryStore(FACTS))


# ------------------------------------------------------------ pushes that are cut off


class Cut(Exception):
    """The end of a client."""


def cut_after(rows):
    def tick(done, total):
        if done >= rows:
            raise Cut

    return tick


def test_push_cut_off_at_any_batch_goes_on_where_it_stopped(empty_store, small_batches):
    many = [*FACTS, *(trade("JPN", "CHN", float(number), year=2024) for number in range(10))]
    whole = held(MemoryStore(many))
    for rows in range(1, 16, 2):
        empty_store.push([])
        with pytest.raises(Cut):
            empty_store.push(many, progress=cut_after(rows))
        with pytest.raises(StoreUnavailable, match=r"pushed in part.*push again"):
            held(empty_store)
        with pytest.raises(StoreUnavailable, match="pushed in part"):
            empty_store.size()
        rest = empty_store.push(many)
        assert rest.written <= len(many) - rows
        assert held(empty_store) == whole


def test_removal_cut_off_goes_on_where_it_stopped(empty_store, small_batches):
    many = [*FACTS, *(trade("JPN", "CHN", float(number), year=2024) for number in range(10))]
    empty_store.push(many)
    with pytest.raises(Cut):
        empty_store.push(FACTS[:3], progress=cut_after(5))
    empty_store.push(FACTS[:3])
    assert held(empty_store) == held(MemoryStore(FACTS[:3]))


def test_later_of_two_pushes_takes_over_and_the_earlier_ends(neo4j_alone, empty_store, small_batches):
    def intrude(done, total):
        with open_store(neo4j_alone) as other:
            other.push([country("DEU")])

    with pytest.raises(StoreUnavailable, match="another writer that took over"):
        empty_store.push(FACTS, progress=intrude)
    assert held(empty_store) == [country("DEU")]


def test_graph_written_to_while_it_is_read_says_so(neo4j_alone, empty_store, monkeypatch):
    empty_store.push(FACTS)
    listing = empty_store.stream()
    next(listing)
    with open_store(neo4j_alone) as other:
        other.push([country("DEU")])
    with pytest.raises(StoreUnavailable, match="written to while it was read"):
        list(listing)


# ------------------------------------------------------------ facts that somebody changed


@pytest.mark.parametrize(
    "change",
    [
        "MATCH (n:Country {iso3: 'JPN'}) SET n.name = 'Nippon'",
        "MATCH (n:Country {iso3: 'JPN'}) SET n.asOf = 'soon'",
        "MATCH (n:Country {iso3: 'JPN'}) REMOVE n.sources",
        "MATCH ()-[r:EXPORTS]->() SET r.tonnes = 9.0",
    ],
)
def test_fact_that_somebody_changed_is_named_and_a_rewrite_mends_it(empty_store, ask, change):
    facts = [FACTS[0], FACTS[2], FACTS[3]]
    empty_store.push(facts)
    ask(change)
    with pytest.raises(StoreError, match=r"changed by someone.*--rewrite"):
        held(empty_store)
    empty_store.push(facts, rewrite=True)
    assert held(empty_store) == held(MemoryStore(facts))


def test_relationship_that_somebody_deleted_is_written_again(empty_store, ask):
    empty_store.push(FACTS)
    ask("MATCH (n:Country {iso3: 'JPN'}) DETACH DELETE n")
    empty_store.push(FACTS)
    assert held(empty_store) == held(MemoryStore(FACTS))


# ------------------------------------------------------------ what Neo4j cannot hold


def test_property_that_is_not_in_the_schema_is_refused(empty_store):
    odd = replace(country("CHN"), properties={"name": "China", "mood": "fair"})
    with pytest.raises(InvalidRecord, match="found mood on Country, expected a property of the schema"):
        empty_store.push([odd])


def test_integer_beyond_64_bits_is_refused(empty_store):
    odd = replace(trade("CHN", "CHN"), properties={"code": "1", "period": "2024", "tonnes": 2**63})
    with pytest.raises(InvalidRecord, match="an integer of 64 bits"):
        empty_store.push([country("CHN"), odd])


def test_graph_of_another_form_is_refused(empty_store, ask):
    empty_store.push(FACTS)
    ask("MATCH (g:ChainshockGraph) SET g.format = 99")
    for action in (empty_store.size, lambda: held(empty_store), lambda: empty_store.push(FACTS)):
        with pytest.raises(StoreUnavailable, match="in form 99, expected form 1"):
            action()


# ------------------------------------------------------------ the schema


def test_names_in_neo4j_do_not_clash():
    schema = read_schema()
    for name in (*schema.labels, *schema.relationships):
        own = list(columns_of(name).values())
        key = [schema.labels[name].key] if name in schema.labels else []
        names = [*own, *key, *SAID, "uid", "factId", "isCurrent"]
        assert len(set(names)) == len(names), name


def test_every_label_and_relationship_has_its_constraints_and_indexes(empty_store, ask):
    empty_store.push([])
    there = {
        name for (name,) in ask("SHOW INDEXES YIELD name WHERE name STARTS WITH 'chainshock' RETURN name")
    }
    assert len(there) == len(list(schema_statements()))
    assert {f"chainshock_{name.lower()}_key" for name in read_schema().labels} < there
    assert {f"chainshock_{name.lower()}_unique" for name in read_schema().relationships} < there
