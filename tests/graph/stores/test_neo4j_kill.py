"""Pushes of child processes that are killed at random moments."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.neo4j import Neo4jStore
from tests.graph.stores.contract import country, trade

TRADES = 2_000
AT_ONCE = 50
ROUNDS = 20
PUSH = """
import json
import os
import sys
from chainshock.graph.stores import neo4j_sync
from chainshock.graph.stores.neo4j import Neo4jStore
from tests.graph.stores.test_neo4j_kill import AT_ONCE, world

neo4j_sync.RELATIONSHIPS_AT_ONCE = AT_ONCE
uri, user, password = json.loads(sys.stdin.readline())
with Neo4jStore(uri, user, password) as store:
    print("begun", flush=True)
    store.push(world(), progress=lambda done, total: print(done, flush=True))
    print("done", flush=True)
"""


def world():
    return [country("CHN"), country("JPN"), *(trade("CHN", "JPN", float(n)) for n in range(TRADES))]


def begin_push(connection):
    child = subprocess.Popen(
        [sys.executable, "-c", PUSH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109 - as the child sees it
    )
    child.stdin.write(json.dumps([connection.uri, connection.user, connection.password]) + "\n")
    child.stdin.flush()
    return child


@pytest.mark.slow
def test_push_killed_at_any_moment_is_made_whole_by_the_next(neo4j_alone):
    facts = world()
    want = MemoryStore(facts).view().content_hash()
    moments = random.Random(5)  # noqa: S311 - no secret
    with Neo4jStore(neo4j_alone.uri, neo4j_alone.user, neo4j_alone.password) as store:
        for _ in range(ROUNDS):
            store.push([])
            with begin_push(neo4j_alone) as child:
                assert child.stdout.readline() == "begun\n"
                for _ in range(moments.randrange(TRADES // AT_ONCE)):
                    child.stdout.readline()
                child.kill()  # in the midst of the next batch
                assert "done" not in child.stdout.read()
            done = store.push(facts)
            assert 0 < done.written <= len(facts)
            found = [(fact.id, fact.origin) for fact in store.view().facts()]
            assert len(found) == len(set(found)) == len(facts)
            assert store.view().content_hash() == want
