"""GLEIF level 2: who owns whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.stores.base import Store
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from tests.loaders.gleif_files import RR_NAME, lei, tie, write_csv
from tests.loaders.resolve.worlds import company, identifies, said, store_of

CHILD, PARENT, OTHER = 1, 2, 3
STAKE = Fact(
    "OWNS",
    NodeRef("Company", "parent"),
    NodeRef("Company", "child"),
    {"stake": 0.6, "status": "active"},
    said(),
)


def world(*more: Fact) -> Store:
    return store_of(
        company("child", "Child"),
        identifies(f"LEI-{lei(CHILD)}", "child"),
        company("parent", "Parent"),
        identifies(f"LEI-{lei(PARENT)}", "parent"),
        *more,
    )


def load_ties(store: Store, folder: Path, *ties: dict[str, str]) -> LoadReport:
    return load("gleif-rr", [write_csv(folder / RR_NAME, *ties)], store, origin="rr")


def owns(store: Store) -> list[Fact]:
    return [fact for fact in store.view().facts("OWNS") if fact.origin == "rr"]


def test_start_node_is_the_child_and_end_node_owns_it(tmp_path: Path) -> None:
    store = world()
    load_ties(store, tmp_path, tie(CHILD, PARENT))
    (fact,) = owns(store)
    assert (fact.source.key, fact.target and fact.target.key) == ("parent", "child")
    assert fact.properties == {"relation": "direct consolidation", "status": "active"}
    assert fact.provenance.valid_from == date(2019, 1, 1)


def test_direct_and_ultimate_record_of_one_pair_make_one_fact(tmp_path: Path) -> None:
    store = world()
    report = load_ties(store, tmp_path, tie(CHILD, PARENT), tie(CHILD, PARENT, "IS_ULTIMATELY"))
    assert [fact.properties["relation"] for fact in owns(store)] == [
        "direct consolidation and ultimate consolidation"
    ]
    assert (report.read, report.loaded, report.left_out) == (2, 1, 1)


def test_stake_that_the_graph_knows_is_not_written_over(tmp_path: Path) -> None:
    store = world(STAKE)
    report = load_ties(store, tmp_path, tie(CHILD, PARENT))
    assert owns(store) == []
    assert report.reasons == {"owner whose stake the graph knows already": 1}


def test_record_that_is_not_active_or_of_another_kind_is_left_out(tmp_path: Path) -> None:
    store = world()
    branch = tie(CHILD, PARENT) | {"Relationship.RelationshipType": "IS_INTERNATIONAL_BRANCH_OF"}
    report = load_ties(store, tmp_path, tie(CHILD, PARENT, status="INACTIVE"), branch)
    assert owns(store) == []
    assert report.left_out == 2


def test_record_of_an_unknown_company_is_left_out(tmp_path: Path) -> None:
    report = load_ties(world(), tmp_path, tie(CHILD, OTHER), tie(OTHER, PARENT))
    assert report.reasons == {"relationship of a company that the graph does not hold": 2}


def test_two_identifiers_of_one_company_own_nothing(tmp_path: Path) -> None:
    store = world(*identifies(f"LEI-{lei(OTHER)}", "parent"))
    report = load_ties(store, tmp_path, tie(OTHER, PARENT))
    assert report.reasons == {"both ends are one company of the graph": 1}


def test_circle_of_owners_is_quarantined(tmp_path: Path) -> None:
    store = world()
    report = load_ties(store, tmp_path, tie(CHILD, PARENT), tie(PARENT, CHILD))
    assert (report.loaded, report.quarantined) == (1, 1)


def test_record_that_does_not_fit_is_quarantined(tmp_path: Path) -> None:
    bad_day = tie(CHILD, PARENT) | {"Relationship.Period.1.startDate": "soon"}
    bad_lei = tie(CHILD, PARENT) | {"Relationship.EndNode.NodeID": "X"}
    report = load_ties(world(), tmp_path, bad_day, bad_lei)
    assert sorted(problem.column or "" for problem in report.problems) == [
        "Relationship.EndNode.NodeID",
        "Relationship.Period.1.startDate",
    ]


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store = world()
    load_ties(store, tmp_path, tie(CHILD, PARENT))
    before = store.view().content_hash()
    assert load_ties(store, tmp_path, tie(CHILD, PARENT)).unchanged == 1
    assert store.view().content_hash() == before
