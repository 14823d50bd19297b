"""Loads of the real command, killed or interrupted at any moment: the next one makes it good."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.worlds import PROVENANCE, SAID, invoke, make_store, write_tables
from tests.faults import content

ROWS = 12_000
EXPORTS = f"source,target,code,period,tonnes,{PROVENANCE}\n" + "".join(
    f"CHN,{'USA' if n % 100 else 'XYZ'},{280000 + n},2024,{n},{SAID}\n" for n in range(ROWS)
)


def begin(folder, store, *options):
    command = [sys.executable, "-m", "chainshock", "load", folder, "--store", store, "--empty", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def world(tmp_path):
    """Tables, a store to load them into, its hash before and after a load in peace, what that set aside."""
    folder = write_tables(tmp_path / "tables", EXPORTS=EXPORTS)
    store = make_store(tmp_path)
    loaded = tmp_path / "loaded.db"
    shutil.copy(store, loaded)
    whole = tmp_path / "quarantine.csv"
    assert invoke("load", folder, "--store", loaded, "--quarantine", whole).exit_code == 0
    return folder, store, content(store), content(loaded), whole.read_bytes()


def seconds_of_a_load(folder, store, tmp_path):
    trial = tmp_path / "trial.db"
    shutil.copy(store, trial)
    clock = time.perf_counter()
    with begin(folder, trial) as child:
        child.communicate()
    return time.perf_counter() - clock


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "rounds"), [(signal.SIGKILL, 50), (signal.SIGINT, 10)], ids=["kill", "int"])
def test_load_stopped_at_any_moment_is_there_whole_or_not_at_all_and_can_be_repeated(
    world, tmp_path, kind, rounds
):
    folder, start, before, after, problems = world
    duration = seconds_of_a_load(folder, start, tmp_path)
    moments = random.Random(5)  # noqa: S311 - no secret
    seen = set()
    for number in range(rounds):
        store = tmp_path / f"facts{number}.db"
        shutil.copy(start, store)
        quarantine = tmp_path / f"q{number}.csv"
        with begin(folder, store, "--quarantine", quarantine) as child:
            time.sleep(moments.uniform(0, duration))
            child.send_signal(kind)
            child.communicate()
        seen.add(content(store))
        if quarantine.exists():
            assert quarantine.read_bytes() == problems
        assert invoke("load", folder, "--store", store).exit_code == 0
        assert content(store) == after
    assert before in seen
    assert seen <= {before, after}


@pytest.mark.slow
def test_new_store_whose_making_is_killed_appears_whole_or_not_at_all(world, tmp_path):
    folder = world[0]
    assert invoke("load", folder, "--store", tmp_path / "new.db", "--empty").exit_code == 0
    after = content(tmp_path / "new.db")
    duration = seconds_of_a_load(folder, tmp_path / "new.db", tmp_path)
    moments = random.Random(6)  # noqa: S311 - no secret
    for number in range(8):
        store = tmp_path / f"new{number}.db"
        with begin(folder, store) as child:
            time.sleep(moments.uniform(0, duration))
            child.kill()
            child.communicate()
        if store.exists():
            assert content(store) == after
        assert invoke("load", folder, "--store", store, "--empty").exit_code == 0
        assert content(store) == after
