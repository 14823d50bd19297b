from __future__ import annotations

import pytest

from chainshock.graph.stores.neo4j import Neo4jStore
from tests.graph.stores.contract import CONTRACT


@pytest.fixture
def empty_store(neo4j_alone):
    with Neo4jStore(neo4j_alone.uri, neo4j_alone.user, neo4j_alone.password) as store:
        yield store


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_neo4j_store_keeps_the_contract(rule, empty_store):
    rule(empty_store)
