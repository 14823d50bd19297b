"""Loads in child processes that are killed or interrupted at random moments."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.sqlite import SqliteStore
from tests.graph.stores.contract import country, fill, trade

FACTS = 3000
ROUNDS = 7
LOAD = """
import signal
import sys
from datetime import date
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.sqlite import SqliteStore

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
said = Provenance(("usgs",), date(2024, 12, 31), date(2025, 1, 31), "A")
china = NodeRef("Country", "CHN")
with SqliteStore(sys.argv[1], create=True) as store:
    print("begun", flush=True)
    with store.writer() as writer:
        for number in range(int(sys.argv[2])):
            values = {"code": "850511", "period": "2024", "tonnes": float(number)}
            writer.add(Fact("EXPORTS", china, china, values, said))
    print("done", flush=True)
"""


def begin_load(path):
    command = [sys.executable, "-c", LOAD, str(path), str(FACTS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def content(path):
    with SqliteStore(path) as store:
        return store.view().content_hash()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda kind: kind.name)
def test_load_killed_at_any_moment_is_stored_whole_or_not_at_all(tmp_path, kind):
    path = tmp_path / "facts.sqlite"
    start = [country("CHN")]
    full = [*start, *(trade("CHN", "CHN", float(number)) for number in range(FACTS))]
    before, after = (MemoryStore(facts).view().content_hash() for facts in (start, full))
    moments = random.Random(7)  # noqa: S311 - no secret
    duration = 0.0  # of a whole load; none is killed in the first round
    seen = []
    for _ in range(1 + ROUNDS):
        path.unlink(missing_ok=True)
        with SqliteStore(path, create=True) as store:
            fill(store, *start)
        with begin_load(path) as child:
            assert child.stdout.readline() == "begun\n"
            if duration:
                time.sleep(moments.uniform(0, duration))
                child.send_signal(kind)
            else:
                clock = time.perf_counter()
                assert child.stdout.read() == "done\n"
                duration = time.perf_counter() - clock
        seen.append(content(path))
        with begin_load(path) as child:
            assert child.stdout.read() == "begun\ndone\n"
        assert content(path) == after
    assert seen[0] == after
    assert before in seen
    assert set(seen) == {before, after}


@pytest.mark.slow
def test_creation_killed_at_any_moment_leaves_a_whole_store_or_none(tmp_path):
    path = tmp_path / "facts.sqlite"
    moments = random.Random(11)  # noqa: S311 - no secret
    for _ in range(12):
        path.unlink(missing_ok=True)
        with begin_load(path) as child:
            time.sleep(moments.uniform(0.05, 0.3))
            child.kill()
        if path.exists():
            with SqliteStore(path) as store:
                assert set(store.view().counts()) <= {"EXPORTS"}
        with SqliteStore(path, create=True) as store:
            assert fill(store, country("CHN")) == ["new"]
