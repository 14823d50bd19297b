"""The pack of questions as a whole: what every file must be, and how fast each is."""

import re
import time

import neo4j
import pytest

from chainshock.queries.cypher_files import query_pack
from chainshock.queries.cypher_values import literal, read_literal

PACK = query_pack()
SECONDS = 1.0
WRITES = re.compile(r"\b(CREATE|MERGE|DELETE|SET|REMOVE|DROP|LOAD|FOREACH|INSERT)\b")


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_question_says_what_it_answers_and_what_its_parameters_mean(query):
    assert query.title
    assert query.folder
    assert query.answers.endswith(".")
    assert all(entry.meaning for entry in query.parameters.values())
    assert all(read_literal(literal(e.default)) == e.default for e in query.parameters.values())


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_question_reads_only_and_needs_no_plugin(query):
    assert not WRITES.search(query.cypher)
    assert not re.search(r"\b(apoc|gds)\.|CYPHER 25|CALL db\.", query.cypher)


@pytest.mark.parametrize("query", [q for q in PACK if q.returns_paths], ids=lambda q: q.name)
def test_question_that_draws_has_a_limit_that_a_browser_can_draw(query):
    limits = [int(n) for n in re.findall(r"\bLIMIT (\d+)", query.cypher)]
    assert limits
    assert max(limits) <= 300


def test_pack_has_at_least_thirty_questions():
    assert len(PACK) >= 30


@pytest.fixture(scope="module")
def session(reference_server):
    auth = reference_server.user, reference_server.password
    with (
        neo4j.GraphDatabase.driver(reference_server.uri, auth=auth) as driver,
        driver.session(default_access_mode=neo4j.READ_ACCESS) as session,
    ):
        yield session


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_question_is_answered_within_a_second(session, query, record_property):
    def seconds():
        start = time.perf_counter()
        session.run(query.cypher, query.values).consume()
        return time.perf_counter() - start

    best = min(seconds() for _ in range(3))
    record_property("seconds", round(best, 4))
    assert best < SECONDS


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_statement_with_its_defaults_written_in_answers_the_same(session, query):
    with_values = [record.data() for record in session.run(query.cypher, query.values)]
    assert [record.data() for record in session.run(query.ready)] == with_values


@pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)
def test_server_has_nothing_to_say_against_a_question(session, query):
    """No deprecated syntax and no product of unrelated patterns; names of results may not be there yet."""
    notes = session.run("EXPLAIN " + query.cypher, query.values).consume().gql_status_objects
    told = [
        n for n in notes if n.is_notification and n.raw_classification not in {"UNRECOGNIZED", "PERFORMANCE"}
    ]
    assert [n.status_description for n in told] == []
