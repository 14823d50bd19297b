from __future__ import annotations

import pytest

from chainshock.errors import InvalidReference
from chainshock.graph.stores.base import Store
from chainshock.graph.stores.memory import MemoryStore
from tests.graph.stores.contract import CONTRACT, country, trade


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_memory_store_keeps_the_contract(rule):
    rule(MemoryStore())


def test_memory_store_begins_with_the_facts_given():
    assert MemoryStore([country("CHN"), trade("CHN", "CHN")]).view().counts() == {"Country": 1, "EXPORTS": 1}


def test_memory_store_refuses_to_begin_with_a_dangling_relationship():
    with pytest.raises(InvalidReference, match="Country:JPN"):
        MemoryStore([country("CHN"), trade("CHN", "JPN")])


def test_store_is_a_context_manager_that_closes_it():
    store: Store
    with MemoryStore() as store:
        pass
    with pytest.raises(Exception, match="closed"):
        store.view()
