"""Files changed by chance, of every source: a report or one message, never a traceback."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.loaders.sources import LOADERS
from tests.cli.worlds import invoke
from tests.faults import content
from tests.loaders.files import EXAMPLES
from tests.loaders.mutation import files_among, mutate

FEW, MANY = 12, 200


@pytest.fixture(scope="session")
def made_store(tmp_path_factory):
    """A store with the reference data and an own table, which each test copies."""
    folder = tmp_path_factory.mktemp("made")
    args = EXAMPLES["tables"](folder)
    result = invoke("load", "tables", *args, "--store", folder / "facts.db", "--origin", "own")
    assert result.exit_code == 0, result.stderr
    return (folder / "facts.db").read_bytes()


@pytest.fixture
def store(made_store, tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "facts.db"
    path.write_bytes(made_store)
    return path


def load_safely(name, args, store, before):
    """Load, check that nothing bad happens, and give the hash of what the store holds then."""
    result = invoke("load", name, *args, "--store", store, "--origin", "fuzz")
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code in (0, 1, 2)
    assert "Traceback" not in result.output
    after = content(store)
    if result.exit_code:
        assert result.stderr.count("Error: ") == 1
        assert after == before
    return after


def mutate_and_load(name, store, folder, count):
    args = EXAMPLES[name](folder)
    files = files_among(args, folder)
    before = content(store)
    for seed in range(count):
        path = random.Random(seed).choice(files)  # noqa: S311 - no secret
        data = path.read_bytes()
        path.write_bytes(mutate(data, seed))
        before = load_safely(name, args, store, before)
        path.write_bytes(data)


def test_every_source_has_an_example():
    assert sorted(EXAMPLES) == sorted(LOADERS)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_example_loads(name, store, tmp_path):
    args = EXAMPLES[name](tmp_path)
    result = invoke("load", name, *args, "--store", store, "--origin", "fuzz", "--format", "json")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_few_mutated_files_give_a_report_or_one_message(name, store, tmp_path):
    mutate_and_load(name, store, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_many_mutated_files_give_a_report_or_one_message(name, store, tmp_path):
    mutate_and_load(name, store, tmp_path, MANY)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), keep=st.floats(0, 1))
def test_any_bytes_after_a_good_beginning_give_a_report_or_one_message(
    name, store, tmp_path_factory, data, keep
):
    folder = tmp_path_factory.mktemp("any")
    args = EXAMPLES[name](folder)
    path = files_among(args, folder)[0]
    good = path.read_bytes()
    path.write_bytes(good[: int(keep * len(good))] + data)
    load_safely(name, args, store, content(store))
