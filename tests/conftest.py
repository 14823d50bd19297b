"""Draw the same examples on every run of continuous integration, new ones anywhere else; give a Neo4j."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory, worker_id):
    """A Neo4j server, started when first wanted; all tests of the run share it. Missing Java is a failure."""
    from tests.servers import one_server

    base = tmp_path_factory.getbasetemp()
    with one_server(base if worker_id == "master" else base.parent) as connection:
        yield connection


@pytest.fixture
def neo4j_alone(neo4j_server, tmp_path_factory, worker_id):
    """The server with an empty database that no other worker touches meanwhile, as a Connection."""
    import neo4j

    from chainshock.server.home import exclusive
    from tests.servers import empty

    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    auth = neo4j_server.user, neo4j_server.password
    with (
        exclusive(base / "neo4j-turn.lock"),
        neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver,
    ):
        empty(driver)
        yield neo4j_server


@pytest.fixture
def neo4j_driver(neo4j_alone):
    """A driver on the empty database."""
    import neo4j

    with neo4j.GraphDatabase.driver(neo4j_alone.uri, auth=(neo4j_alone.user, neo4j_alone.password)) as driver:
        yield driver
