"""The reference graph in a real Neo4j, for the tests of one file."""

from datetime import date

import pytest

import chainshock
from tests.cypher.facts import Facts
from tests.cypher.runs import CONTROLS, EXPLAINED, TRUCE


@pytest.fixture(scope="session")
def dataset():
    return chainshock.reference()


@pytest.fixture(scope="session")
def facts(dataset):
    """The facts in force at the edition, as plain Python: what answers are worked out from anew."""
    return Facts(dataset, date.fromisoformat(dataset.edition))


@pytest.fixture(scope="module")
def reference_server(neo4j_server, dataset, tmp_path_factory, worker_id):
    """A server that holds the reference data and nothing else; no other worker touches it meanwhile."""
    import neo4j

    from chainshock.graph.stores.neo4j import Neo4jStore
    from chainshock.server.home import exclusive
    from tests.servers import empty

    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    where = neo4j_server.uri, neo4j_server.user, neo4j_server.password
    with exclusive(base / "neo4j-turn.lock"):
        with neo4j.GraphDatabase.driver(where[0], auth=where[1:]) as driver:
            empty(driver)
        with Neo4jStore(*where) as store:
            store.push(dataset.facts)
        yield neo4j_server


@pytest.fixture(scope="module")
def ask(reference_server):
    """A function of a question's name and parameters that gives its rows, as the command does."""
    from chainshock.cypher import ask as put
    from chainshock.queries.cypher_files import find_query

    def answer(name, **values):
        query = find_query(name)
        return list(put(reference_server, query, query.values | values).rows)

    return answer


@pytest.fixture(scope="session")
def tables(dataset):
    """Rankings of two scenarios, static: the run over weeks is slower and no different to store."""
    shocks = {name: dataset.shock(name, horizon=None) for name in (CONTROLS, TRUCE)}
    return {name: (shock, shock.rank("companies", extras=())) for name, shock in shocks.items()}


@pytest.fixture(scope="session")
def results(tables):
    from chainshock.results import make_results

    return {name: make_results(*table, [EXPLAINED]) for name, table in tables.items()}


@pytest.fixture(scope="module")
def where(reference_server):
    return reference_server.uri, reference_server.user, reference_server.password
