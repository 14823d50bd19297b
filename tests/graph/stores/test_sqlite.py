from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from chainshock.graph.stores.memory import MemoryStore
from chainshock.graph.stores.sqlite import SqliteStore
from tests.graph.stores.contract import CONTRACT, country, fill, trade
from tests.strategies import any_text, fact_sets


@pytest.fixture
def empty_store(tmp_path):
    with SqliteStore(tmp_path / "facts.sqlite", create=True) as store:
        yield store


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_sqlite_store_keeps_the_contract(rule, empty_store):
    rule(empty_store)


def test_closed_and_reopened_store_holds_the_same(tmp_path):
    path = tmp_path / "facts.sqlite"
    facts = [country("CHN"), country("JPN"), trade("CHN", "JPN", tonnes=0.1)]
    with SqliteStore(path, create=True) as store:
        fill(store, *facts)
    assert [file.name for file in tmp_path.iterdir()] == ["facts.sqlite"]
    with SqliteStore(path) as store:
        assert list(store.view().facts()) == facts


def test_create_leaves_an_existing_store_alone(tmp_path):
    path = tmp_path / "facts.sqlite"
    with SqliteStore(path, create=True) as store:
        fill(store, country("CHN"))
    with SqliteStore(path, create=True) as store:
        assert store.view().counts() == {"Country": 1}


def test_path_with_odd_characters_works(tmp_path):
    folder = tmp_path / "100% ?#é folder"
    folder.mkdir()
    with SqliteStore(folder / "a#b?c=%20.sqlite", create=True) as store:
        assert fill(store, country("CHN")) == ["new"]
    assert [file.name for file in folder.iterdir()] == ["a#b?c=%20.sqlite"]


def test_second_store_on_the_same_file_sees_what_the_first_commits(tmp_path):
    path = tmp_path / "facts.sqlite"
    with SqliteStore(path, create=True) as first, SqliteStore(path) as second:
        view = second.view()
        assert view.counts() == {}
        fill(first, country("CHN"))
        assert view.counts() == {"Country": 1}
        assert fill(second, country("CHN")) == ["unchanged"]


@settings(max_examples=60, deadline=None)
@given(facts=fact_sets(text=any_text()))
def test_random_facts_give_the_same_answers_as_in_memory(tmp_path_factory, facts):
    memory = MemoryStore()
    with SqliteStore(tmp_path_factory.mktemp("store") / "facts.sqlite", create=True) as store:
        assert fill(store, *facts) == fill(memory, *facts)
        mine, theirs = store.view(), memory.view()
        assert list(mine.facts()) == list(theirs.facts())
        assert {(f.id, f.origin): f for f in mine.facts()} == {(f.id, f.origin): f for f in facts}
        assert mine.counts() == theirs.counts()
        assert mine.origins() == theirs.origins()
        assert mine.nodes() == theirs.nodes()
        assert mine.content_hash() == theirs.content_hash()
        for name in mine.counts():
            assert list(mine.facts(name)) == list(theirs.facts(name))


@settings(max_examples=20, deadline=None)
@given(facts=fact_sets())
def test_random_facts_removed_by_origin_leave_the_same_as_in_memory(tmp_path_factory, facts):
    base = [fact for fact in facts if not fact.is_edge and fact.origin == "reference"]
    memory = MemoryStore(base)
    with SqliteStore(tmp_path_factory.mktemp("store") / "facts.sqlite", create=True) as store:
        fill(store, *base)
        for each in (store, memory):
            with each.writer("mine.csv") as writer:
                for fact in facts:
                    writer.add(fact)
            with each.writer() as writer:
                assert writer.remove_origin("mine.csv") == len({fact.id for fact in facts})
        assert store.view().content_hash() == memory.view().content_hash()
        assert store.view().nodes() == memory.view().nodes() == {fact.source for fact in base}


def test_ten_thousand_facts_are_read_in_less_than_a_third_of_a_second(empty_store):
    fill(empty_store, country("CHN"), *(trade("CHN", "CHN", float(i)) for i in range(9_999)))
    seconds = []
    for _ in range(5):
        start = time.process_time()
        assert sum(1 for _ in empty_store.view().facts()) == 10_000
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.3
