"""The shipped data read without a single bad row."""

from __future__ import annotations

from datetime import date

from chainshock.graph.checks import run_checks
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.reference import load_reference, reference_edition, reference_facts


def test_every_row_of_the_reference_data_is_a_fact() -> None:
    facts = reference_facts()
    assert len(facts) > 100
    assert {fact.origin for fact in facts} == {"reference"}


def test_edition_is_the_latest_publication_of_a_fact() -> None:
    edition = date.fromisoformat(reference_edition())
    published = [fact.provenance.known_from for fact in reference_facts() if fact.name != "Source"]
    assert edition == max(published)


def test_reference_data_pass_every_check() -> None:
    errors = [f for f in run_checks(KnowledgeGraph(reference_facts())) if f.severity == "error"]
    assert list(map(str, errors)) == []


def test_reference_data_load_into_a_store_once() -> None:
    store = MemoryStore()
    first = load_reference(store)
    again = load_reference(store)
    assert first.read == first.loaded + first.superseded + first.unchanged
    assert again.unchanged == again.read == first.read
