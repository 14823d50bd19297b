"""The shipped data read without a single bad row."""

from __future__ import annotations

from datetime import date

from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.reference import load_reference, reference_edition, reference_facts


def test_every_row_of_the_reference_data_is_a_fact() -> None:
    facts = reference_facts()
    assert len(facts) > 100
    assert {fact.origin for fact in facts} == {"reference"}


def test_edition_is_a_date_not_before_any_publication() -> None:
    edition = date.fromisoformat(reference_edition())
    assert edition >= max(fact.provenance.known_from for fact in reference_facts())


def test_reference_data_load_into_a_store_once() -> None:
    store = MemoryStore()
    first = load_reference(store)
    again = load_reference(store)
    assert first.read == first.loaded + first.superseded + first.unchanged
    assert again.unchanged == again.read == first.read
