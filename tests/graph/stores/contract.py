"""What every engine must do: functions that take an empty store.

An engine's test module runs them all::

    @pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
    def test_my_store_keeps_the_contract(rule, empty_store):
        rule(empty_store)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from chainshock.errors import InvalidRecord, InvalidReference, StoreError, StoreUnavailable, UnknownName
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.schema import Value
from chainshock.graph.stores.base import Store

CONTRACT: list[Callable[[Store], None]] = []


def rule(function: Callable[[Store], None]) -> Callable[[Store], None]:
    CONTRACT.append(function)
    return function


def said(year: int = 2024, **changes: object) -> Provenance:
    """Give the provenance of a yearly figure, published a month after the year."""
    plain = Provenance(("usgs",), date(year, 12, 31), date(year + 1, 1, 31), "A")
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's own fields


def country(key: str, name: str = "somewhere", year: int = 2024, origin: str = "reference") -> Fact:
    return Fact("Country", NodeRef("Country", key), None, {"name": name}, said(year), origin)


def trade(source: str, target: str, tonnes: float = 1.5, year: int = 2024, origin: str = "reference") -> Fact:
    values: dict[str, Value] = {"code": "850511", "period": "2024", "tonnes": tonnes}
    ends = NodeRef("Country", source), NodeRef("Country", target)
    return Fact("EXPORTS", *ends, values, said(year), origin)


def fill(store: Store, *facts: Fact, origin: str | None = None) -> list[str]:
    with store.writer(origin) as writer:
        return [writer.add(fact) for fact in facts]


class Interruption(Exception):
    """Any trouble of the caller's."""


def add_and_fail(store: Store, *facts: Fact, error: type[BaseException], remove: str | None = None) -> None:
    with store.writer() as writer:
        for fact in facts:
            writer.add(fact)
        if remove is not None:
            writer.remove_origin(remove)
        raise error


@rule
def new_store_holds_nothing(store: Store) -> None:
    view = store.view()
    assert list(view.facts()) == []
    assert (view.counts(), view.origins(), view.nodes()) == ({}, {}, frozenset())


@rule
def facts_come_back_equal_with_origin_and_id(store: Store) -> None:
    rich = Fact(
        "Measure",
        NodeRef("Measure", "m\n\x00'\"é"),
        None,
        {
            "title": 'a "title"; with {braces}, [brackets] and \u2028',
            "kind": "ban",
            "announced": date(2025, 4, 4),
            "elements": ("Dy", "Tb"),
            "minimum_content": 0.1 + 0.2,
            "destinations": "all",
            "is_modelled": False,
        },
        said(sources=("b", "a"), valid_from=date(2025, 4, 4), valid_to=date(2026, 4, 4), note="x;y"),
        "mine.csv",
    )
    fill(store, rich)
    (back,) = store.view().facts()
    assert back == rich
    assert back.id == rich.id
    assert [type(value) for value in back.properties.values()] == [
        type(rich.properties[name]) for name in back.properties
    ]


@rule
def first_fact_on_a_subject_is_new(store: Store) -> None:
    assert fill(store, country("CHN"), country("JPN")) == ["new", "new"]


@rule
def same_fact_again_is_unchanged_within_a_load_and_after(store: Store) -> None:
    assert fill(store, country("CHN"), country("CHN")) == ["new", "unchanged"]
    before = store.view().content_hash()
    assert fill(store, country("CHN")) == ["unchanged"]
    assert store.view().counts() == {"Country": 1}
    assert store.view().content_hash() == before


@rule
def later_publication_is_newer_and_the_earlier_stays(store: Store) -> None:
    assert fill(store, country("CHN", year=2023), country("CHN", year=2024)) == ["new", "newer"]
    assert store.view().counts() == {"Country": 2}


@rule
def earlier_publication_is_older_and_is_kept(store: Store) -> None:
    assert fill(store, country("CHN", year=2024), country("CHN", year=2023)) == ["new", "older"]
    assert store.view().counts() == {"Country": 2}


@rule
def word_of_the_user_is_newer_than_a_later_reference_fact(store: Store) -> None:
    mine = country("CHN", year=2020, origin="mine.csv")
    assert fill(store, country("CHN"), mine, country("CHN", year=2025)) == ["new", "newer", "older"]


@rule
def a_thousand_vintages_of_one_subject_stand_in_order(store: Store) -> None:
    names = [str(number) for number in range(1000)]
    facts = sorted((country("CHN", name) for name in names), key=lambda fact: fact.id)
    assert fill(store, *facts) == ["new", *["newer"] * 999]
    assert set(fill(store, *facts)) == {"unchanged"}


@rule
def facts_added_at_once_stand_as_those_added_one_by_one(store: Store) -> None:
    fill(store, country("CHN", year=2023), country("JPN"))
    many = [
        *(country("CHN", year=year) for year in (2022, 2023, 2025, 2024, 2025)),
        trade("CHN", "JPN"),
        country("CHN", year=2021, origin="mine.csv"),
        country("CHN", year=2026),
        trade("CHN", "JPN", tonnes=2, year=2025),
    ]
    with store.writer() as writer:
        assert writer.add_many(many) == [
            *("older", "unchanged", "newer", "older", "unchanged"),
            *("new", "newer", "older", "newer"),
        ]
        assert writer.add_many([]) == []
    assert store.view().counts() == {"Country": 7, "EXPORTS": 2}


@rule
def same_claim_of_two_origins_is_kept_for_each(store: Store) -> None:
    fill(store, country("CHN"))
    assert fill(store, country("CHN", origin="mine.csv")) == ["newer"]
    assert store.view().origins() == {"mine.csv": 1, "reference": 1}


@rule
def writer_with_origin_puts_facts_under_it(store: Store) -> None:
    with store.writer("mine.csv") as writer:
        writer.add(country("CHN"))
    assert store.view().origins() == {"mine.csv": 1}


@rule
def different_trade_periods_are_different_subjects(store: Store) -> None:
    other = trade("CHN", "CHN")
    other = replace(other, properties={**other.properties, "period": "2023"})
    assert fill(store, country("CHN"), trade("CHN", "CHN"), other) == ["new", "new", "new"]


@rule
def relationship_may_come_before_its_ends_in_one_load(store: Store) -> None:
    fill(store, trade("CHN", "JPN"), country("JPN"), country("CHN"))
    assert store.view().counts() == {"Country": 2, "EXPORTS": 1}


@rule
def relationship_without_an_end_is_refused_by_name(store: Store) -> None:
    fill(store, country("CHN"))
    before = store.view().content_hash()
    with pytest.raises(InvalidReference) as refusal:
        fill(store, country("DEU"), trade("CHN", "JPN"), origin="mine.csv")
    assert "Country:JPN" in refusal.value.found
    assert (refusal.value.path, refusal.value.column) == ("mine.csv", "target")
    assert store.view().content_hash() == before


@rule
def refusal_counts_the_other_missing_nodes(store: Store) -> None:
    with pytest.raises(InvalidReference) as refusal:
        fill(store, trade("CHN", "JPN"), trade("CHN", "DEU"), trade("DEU", "JPN"))
    assert "Country:CHN" in refusal.value.found
    assert "2 more such nodes" in refusal.value.found


@rule
def store_takes_the_next_load_after_a_refusal(store: Store) -> None:
    with pytest.raises(InvalidReference):
        fill(store, trade("CHN", "JPN"))
    assert fill(store, country("CHN")) == ["new"]


@rule
def removing_an_origin_takes_its_facts_and_no_others(store: Store) -> None:
    fill(store, country("CHN"), country("CHN", "Middle Kingdom", origin="mine.csv"), trade("CHN", "CHN"))
    with store.writer() as writer:
        assert writer.remove_origin("mine.csv") == 1
        assert writer.remove_origin("mine.csv") == 0
    assert store.view().origins() == {"reference": 2}


@rule
def removing_a_node_that_others_point_to_is_refused(store: Store) -> None:
    fill(store, country("CHN", origin="mine.csv"), trade("CHN", "CHN"))
    with pytest.raises(InvalidReference, match="Country:CHN"), store.writer() as writer:
        writer.remove_origin("mine.csv")
    assert store.view().origins() == {"mine.csv": 1, "reference": 1}


@rule
def origin_can_be_replaced_in_one_transaction(store: Store) -> None:
    fill(store, country("CHN", origin="mine.csv"), trade("CHN", "CHN"))
    with store.writer("mine.csv") as writer:
        writer.remove_origin("mine.csv")
        assert writer.add(country("CHN", "China")) == "new"
    assert [fact.properties["name"] for fact in store.view().facts("Country")] == ["China"]


@rule
def exception_leaves_the_store_as_before(store: Store) -> None:
    fill(store, country("CHN"))
    before = store.view().content_hash()
    with pytest.raises(Interruption):
        add_and_fail(store, country("JPN"), error=Interruption, remove="reference")
    assert store.view().content_hash() == before


@rule
def keyboard_interrupt_after_any_add_leaves_the_store_as_before(store: Store) -> None:
    fill(store, country("CHN"))
    before = store.view().content_hash()
    load = [trade("JPN", "CHN"), country("CHN", year=2025), country("JPN"), trade("CHN", "JPN")]
    for stop in range(len(load) + 1):
        with pytest.raises(KeyboardInterrupt):
            add_and_fail(store, *load[:stop], error=KeyboardInterrupt)
        assert store.view().content_hash() == before
    assert fill(store, *load) == ["new", "newer", "new", "new"]


@rule
def view_does_not_see_a_transaction_under_way(store: Store) -> None:
    with store.writer() as writer:
        writer.add(country("CHN"))
        assert store.view().counts() == {}
    assert store.view().counts() == {"Country": 1}


@rule
def listing_under_way_is_not_disturbed_by_a_commit(store: Store) -> None:
    fill(store, country("CHN"), country("JPN"))
    listing = store.view().facts()
    first = next(listing)
    with store.writer() as writer:
        writer.remove_origin("reference")
    assert [first.source.key, *(fact.source.key for fact in listing)] == ["CHN", "JPN"]


@rule
def facts_come_in_one_order_and_by_name(store: Store) -> None:
    facts = [country("JPN"), trade("JPN", "CHN"), country("CHN"), trade("CHN", "JPN")]
    fill(store, *facts)
    assert list(store.view().facts()) == [facts[2], facts[0], facts[3], facts[1]]
    assert list(store.view().facts("EXPORTS")) == [facts[3], facts[1]]
    assert list(store.view().facts("OWNS")) == []


@rule
def content_hash_depends_on_content_and_not_on_order(store: Store) -> None:
    facts = [country("JPN"), country("CHN"), country("CHN", year=2020)]
    fill(store, *facts)
    first = store.view().content_hash()
    with store.writer() as writer:
        writer.remove_origin("reference")
    assert store.view().content_hash() != first
    fill(store, *reversed(facts))
    assert store.view().content_hash() == first


@rule
def content_hash_tells_origins_apart(store: Store) -> None:
    fill(store, country("CHN"))
    first = store.view().content_hash()
    with store.writer("mine.csv") as writer:
        writer.remove_origin("reference")
        writer.add(country("CHN"))
    assert store.view().content_hash() != first


@rule
def content_hash_is_the_same_on_every_engine(store: Store) -> None:
    fill(store, country("CHN"), country("JPN", origin="mine.csv"), trade("CHN", "JPN"))
    assert store.view().content_hash() == "d4148e818c90d551f9351667ec37810d"


@rule
def nodes_are_those_with_a_node_fact(store: Store) -> None:
    fill(store, country("CHN"), country("JPN"), trade("CHN", "JPN"), country("CHN", year=2025))
    assert store.view().nodes() == {NodeRef("Country", "CHN"), NodeRef("Country", "JPN")}


@rule
def unknown_name_is_refused_and_the_load_may_go_on(store: Store) -> None:
    with store.writer() as writer:
        with pytest.raises(UnknownName):
            writer.add(replace(country("CHN"), name="Galaxy"))
        assert writer.add(country("CHN")) == "new"
    assert store.view().counts() == {"Country": 1}


@rule
def number_that_is_not_finite_is_refused(store: Store) -> None:
    with store.writer() as writer:
        writer.add(country("CHN"))
        for value in (math.nan, math.inf, -math.inf):
            with pytest.raises(InvalidRecord, match="finite"):
                writer.add(trade("CHN", "CHN", tonnes=value))
    assert store.view().counts() == {"Country": 1}


@rule
def text_that_is_not_unicode_is_refused(store: Store) -> None:
    with store.writer() as writer:
        for fact in (country("CHN", "\udc80"), country("\udc80"), country("CHN", origin="\udc80")):
            with pytest.raises(InvalidRecord, match="surrogates"):
                writer.add(fact)
    assert store.view().counts() == {}


@rule
def second_writer_is_refused_while_one_is_at_work(store: Store) -> None:
    with store.writer() as writer:
        with pytest.raises(StoreUnavailable, match="another writer"), store.writer():
            pass
        writer.add(country("CHN"))
    assert store.view().counts() == {"Country": 1}


@rule
def writer_that_is_over_refuses_work(store: Store) -> None:
    with store.writer() as writer:
        pass
    with pytest.raises(StoreError, match="over"):
        writer.add(country("CHN"))
    with pytest.raises(StoreError, match="over"):
        writer.remove_origin("reference")


@rule
def closed_store_refuses_work_and_can_be_closed_again(store: Store) -> None:
    view = store.view()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.view()
    with pytest.raises(StoreError, match="closed"):
        list(view.facts())
    with pytest.raises(StoreError, match="closed"), store.writer():
        pass
