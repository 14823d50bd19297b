"""FollowTheMoney entities; all of them invented."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from chainshock.errors import FileProblem
from chainshock.graph.exports import exporter
from chainshock.graph.facts import Fact
from chainshock.graph.stores.base import Store
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from chainshock.loaders.reference import load_reference
from tests.loaders.resolve.worlds import company, identifies, sits_in, store_of

DAY = date(2025, 6, 1)
LEI = "529900T8BM49AURSDO55"


def entity(key: str, schema: str, **properties: str) -> dict[str, object]:
    return {"id": key, "schema": schema, "properties": {name: [text] for name, text in properties.items()}}


def write(folder: Path, *entities: object) -> Path:
    path = folder / "entities.ftm.json"
    path.write_text("".join(json.dumps(each) + "\n" for each in entities), encoding="utf-8")
    return path


def world() -> Store:
    return store_of(
        company("alder", "Alder Motion"), sits_in("alder", "DEU"), company("birch", "Birch Metals")
    )


def load_into(store: Store, path: Path) -> LoadReport:
    return load("ftm", [path], store, origin="ftm", published=DAY)


def said(store: Store, name: str) -> list[Fact]:
    return [fact for fact in store.view().facts(name) if fact.origin == "ftm"]


def edges(store: Store, name: str) -> set[tuple[str, str]]:
    return {(f.source.key, f.target.key) for f in said(store, name) if f.target is not None}


ALDER = entity("a", "Company", name="ALDER MOTION GmbH", country="de", leiCode=LEI)


def test_company_of_the_graph_gets_its_identifiers(tmp_path: Path) -> None:
    store = world()
    report = load_into(store, write(tmp_path, ALDER, entity("x", "Company", name="Nobody")))
    assert edges(store, "IDENTIFIES") == {(f"LEI-{LEI}", "alder"), ("OTHER-a", "alder")}
    assert (report.loaded, report.left_out) == (1, 1)


def test_verified_identifier_recognises_an_entity_of_any_name(tmp_path: Path) -> None:
    store = store_of(company("alder", "Alder Motion"), identifies(f"LEI-{LEI}", "alder"))
    load_into(store, write(tmp_path, entity("a", "LegalEntity", name="Whatever", leiCode=LEI)))
    assert ("OTHER-a", "alder") in edges(store, "IDENTIFIES")


def test_two_entities_of_one_name_both_wait(tmp_path: Path) -> None:
    other = entity("b", "Company", name="Alder Motion", country="de")
    report = load_into(world(), write(tmp_path, ALDER, other))
    assert [pair.identifier for pair in report.waiting] == ["a", "b"]


def test_owner_of_a_company_of_the_graph_is_made(tmp_path: Path) -> None:
    store = world()
    path = write(
        tmp_path,
        entity("t", "Ownership", owner="own", asset="a", percentage="51.5%", startDate="2020-03"),
        ALDER,
        entity("own", "Organization", name="Oak Holding", country="us"),
        entity("far", "Company", name="Far Away"),
    )
    report = load_into(store, path)
    (fact,) = said(store, "OWNS")
    assert edges(store, "OWNS") == {("ftm-own", "alder")}
    assert fact.properties == {"stake": 0.515, "status": "active"}
    assert fact.provenance.valid_from == date(2020, 3, 1)
    assert [f.properties["name"] for f in said(store, "Company")] == ["Oak Holding"]
    assert edges(store, "HEADQUARTERED_IN") == {("ftm-own", "USA")}
    assert (report.read, report.loaded, report.left_out) == (4, 3, 1)


def test_share_in_words_is_kept_as_a_note(tmp_path: Path) -> None:
    store = world()
    tie = entity("t", "Ownership", owner="b", asset="a", percentage="25-50", ownershipType="direct")
    load_into(store, write(tmp_path, tie, ALDER, entity("b", "Company", name="Birch Metals")))
    (fact,) = said(store, "OWNS")
    assert fact.properties == {"status": "active", "relation": "direct"}
    assert fact.provenance.note == "share as published: 25-50"


def test_ownership_that_is_over_has_ended(tmp_path: Path) -> None:
    store = world()
    tie = entity("t", "Ownership", owner="b", asset="a", percentage="10", endDate="2024")
    load_into(store, write(tmp_path, tie, ALDER, entity("b", "Company", name="Birch Metals")))
    (fact,) = said(store, "OWNS")
    assert (fact.properties["status"], fact.provenance.valid_to) == ("ended", date(2024, 12, 31))


def test_ownership_by_a_person_or_far_away_is_left_out(tmp_path: Path) -> None:
    person = entity("p", "Person", name="A. Person")
    ties = (
        entity("t", "Ownership", owner="p", asset="a"),
        entity("u", "Ownership", owner="far", asset="away"),
    )
    report = load_into(world(), write(tmp_path, ALDER, person, *ties))
    assert report.reasons == {
        "entity of another kind (persons, sanctions, addresses ...)": 1,
        "ownership among companies that the graph does not hold": 1,
        "ownership of or by what is no company in the file": 1,
    }


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (entity("t", "Ownership", owner="b", asset="a", percentage="120"), "percentage"),
        (entity("t", "Ownership", owner="b", asset="a", startDate="soon"), "startDate"),
        (entity("t", "Ownership", owner="b", asset="a", startDate="2020", endDate="2019"), "endDate"),
        (entity("t", "Ownership", owner="b"), "properties"),
        (entity("t", "Company"), "properties.name"),
        ({"id": "t", "schema": "Company", "properties": {"name": "text"}}, "properties.name"),
        ({"id": "t", "schema": "Company", "properties": []}, "properties"),
        ({"id": "", "schema": "Company", "properties": {}}, "id"),
        ({"id": "t", "properties": {}}, "schema"),
        (["t"], None),
        (entity("b", "Company", name="Birch Metals", leiCode="X"), "leiCode"),
        (entity("t", "Company", name="half a sign \ud800"), None),
        (entity("b:c", "Company", name="Birch Metals"), "id"),
        (ALDER, "id"),
    ],
)
def test_entity_that_does_not_fit_is_quarantined(tmp_path: Path, bad: object, column: str | None) -> None:
    others = [ALDER] if bad is ALDER else [ALDER, entity("b", "Company", name="Birch Metals")]
    if isinstance(bad, dict) and bad["id"].startswith("b"):
        others.pop()
    report = load_into(world(), write(tmp_path, *others, bad))
    assert [(problem.line, problem.column) for problem in report.problems] == [(len(others) + 1, column)]


def test_line_that_is_no_json_is_quarantined(tmp_path: Path) -> None:
    path = write(tmp_path, ALDER)
    path.write_bytes(path.read_bytes() + b'{"id": \n\n\xff\n' + b"[" * 99_999 + b"\n")
    assert [problem.line for problem in load_into(world(), path).problems] == [2, 4, 5]


@pytest.mark.parametrize(("content", "found"), [(b"", "empty"), (b'[{"id": "a"}]', "a JSON array")])
def test_file_that_is_no_json_lines_is_refused(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "entities.json"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=found):
        load_into(world(), path)


def test_line_longer_than_allowed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "entities.json"
    path.write_bytes(b'{"id": "' + b"a" * (17 << 20))
    with pytest.raises(FileProblem, match="line 1 of more than"):
        load_into(world(), path)


def test_decision_that_a_person_wrote_by_hand_counts_whatever_the_name(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(
        "source,identifier,name,country,candidate,candidate_name,score,decision\n"
        "ftm,x,Elder,,alder,Alder Motion,0,yes\n",
        encoding="utf-8",
    )
    store, path = world(), write(tmp_path, entity("x", "Company", name="Elder"))
    load("ftm", [path], store, origin="ftm", published=DAY, decisions=decisions)
    assert edges(store, "IDENTIFIES") == {("OTHER-x", "alder")}


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store = world()
    tie = entity("t", "Ownership", owner="own", asset="a", percentage="51")
    path = write(tmp_path, tie, ALDER, entity("own", "Company", name="Oak Holding", country="us"))
    load_into(store, path)
    before = store.view().content_hash()
    assert load_into(store, path).unchanged == 3
    assert store.view().content_hash() == before


def test_what_was_exported_is_recognised_to_the_last_company(tmp_path: Path) -> None:
    store = store_of(
        company("abb", "ABB"),
        company("a b/c", "Twin"),
        company("twin", "Twin"),
        identifies(f"LEI-{LEI}", "abb"),
    )
    path = tmp_path / "out.json"
    exporter("ftm").write(store.view(), path)
    report = load_into(store, path)
    assert report.waiting == ()
    assert set(report.reasons) <= {"company of the graph of which the file says nothing further"}
    assert edges(store, "IDENTIFIES") == {(f"LEI-{LEI}", "abb")}


def test_shipped_data_comes_back_as_the_same_companies(tmp_path: Path) -> None:
    store = MemoryStore()
    load_reference(store)
    path = tmp_path / "out.json"
    exporter("ftm").write(store.view(), path)
    report = load_into(store, path)
    assert (report.waiting, report.quarantined) == ((), 0)
    assert said(store, "Company") == []
    owned = {
        (f.source.key, f.target.key)
        for f in store.view().facts("OWNS")
        if f.origin == "reference" and f.target is not None and f.target.label == "Company"
    }
    assert edges(store, "OWNS") <= owned
    assert len(edges(store, "OWNS")) > 10
