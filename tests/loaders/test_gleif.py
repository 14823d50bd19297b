"""GLEIF level 1: legal entities, recognised among the companies of the graph."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chainshock.errors import FileProblem
from chainshock.graph.stores.base import Store
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from tests.loaders.gleif_files import L1_NAME, entity, lei, write_csv
from tests.loaders.resolve.worlds import company, identifies, sits_in, store_of

NAME, OTHER = "Entity__LegalName", "Entity__OtherEntityNames__OtherEntityName__1"


def world() -> Store:
    return store_of(company("ford", "Ford Motor"), sits_in("ford", "USA"), company("alder", "Alder Motion"))


def load_rows(store: Store, folder: Path, *rows: dict[str, str]) -> LoadReport:
    return load("gleif", [write_csv(folder / L1_NAME, *rows)], store, origin="gleif")


def identified(store: Store) -> dict[str, tuple[str, object]]:
    facts = store.view().facts("IDENTIFIES")
    return {f.source.key: (f.target.key, f.properties["method"]) for f in facts if f.target is not None}


def test_entity_of_exact_name_in_the_same_country_gets_its_lei(tmp_path: Path) -> None:
    store = world()
    report = load_rows(store, tmp_path, entity(1, "FORD MOTOR COMPANY"), entity(2, "Nobody Ltd"))
    assert identified(store) == {f"LEI-{lei(1)}": ("ford", "name")}
    assert (report.read, report.loaded, report.reasons) == (
        2,
        1,
        {"company that the graph does not hold": 1},
    )


def test_fact_keeps_registered_name_jurisdiction_and_status(tmp_path: Path) -> None:
    store = world()
    load_rows(store, tmp_path, entity(1, "FORD MOTOR COMPANY", Entity__LegalJurisdiction="US-DE"))
    (fact,) = store.view().facts("IDENTIFIES")
    assert fact.properties == {
        "method": "name",
        "registered_name": "FORD MOTOR COMPANY",
        "jurisdiction": "US-DE",
        "status": "ISSUED",
    }
    assert fact.provenance.known_from == date(2026, 1, 1)


def test_entity_of_the_name_in_another_country_waits_for_a_person(tmp_path: Path) -> None:
    report = load_rows(world(), tmp_path, entity(1, "Ford Motor GmbH", "DE"))
    assert [(pair.candidate, pair.score, pair.country) for pair in report.waiting] == [("ford", 90.0, "DEU")]


def test_head_office_counts_before_the_legal_address(tmp_path: Path) -> None:
    store = world()
    load_rows(store, tmp_path, entity(1, "Ford Motor", "KY", Entity__HeadquartersAddress__Country="US"))
    assert identified(store) == {f"LEI-{lei(1)}": ("ford", "name")}


def test_two_entities_of_one_name_both_wait(tmp_path: Path) -> None:
    store = world()
    report = load_rows(store, tmp_path, entity(1, "Ford Motor Inc"), entity(2, "Ford Motor LLC"))
    assert identified(store) == {}
    assert len(report.waiting) == 2


def test_legal_name_in_another_language_is_a_name_too(tmp_path: Path) -> None:
    more = {OTHER: "Alder Motion GmbH", f"{OTHER}__type": "ALTERNATIVE_LANGUAGE_LEGAL_NAME"}
    store = world()
    load_rows(store, tmp_path, entity(1, "奥尔德有限公司", "CN", **more))
    assert identified(store) == {f"LEI-{lei(1)}": ("alder", "name")}


def test_previous_name_is_none(tmp_path: Path) -> None:
    more = {OTHER: "Alder Motion GmbH", f"{OTHER}__type": "PREVIOUS_LEGAL_NAME"}
    report = load_rows(world(), tmp_path, entity(1, "Something Else", **more))
    assert report.reasons == {"company that the graph does not hold": 1}


def test_lei_that_another_data_set_knows_is_recognised_whatever_the_name(tmp_path: Path) -> None:
    store = store_of(company("ford", "Ford Motor"), identifies(f"LEI-{lei(7)}", "ford"))
    load_rows(store, tmp_path, entity(7, "Some Holding"), entity(8, "Ford Motor"))
    assert identified(store)[f"LEI-{lei(7)}"] == ("ford", "identifier")
    assert f"LEI-{lei(8)}" not in identified(store)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Entity__EntityCategory", "FUND", "fund, branch or person"),
        ("Entity__EntityCategory", "BRANCH", "fund, branch or person"),
        ("Entity__EntityStatus", "INACTIVE", "entity that is no longer active"),
        ("Registration__RegistrationStatus", "DUPLICATE", "record that does not stand"),
    ],
)
def test_what_is_no_living_firm_is_left_out(tmp_path: Path, column: str, value: str, reason: str) -> None:
    report = load_rows(world(), tmp_path, entity(1, "Ford Motor", **{column: value}))
    assert [text.startswith(reason) for text in report.reasons] == [True]


def test_lei_with_a_wrong_check_digit_is_quarantined_with_its_line(tmp_path: Path) -> None:
    bad = entity(1, "Ford Motor") | {"LEI": "INVENTED000000000100"}
    report = load_rows(world(), tmp_path, entity(2, "Nobody"), bad)
    (problem,) = report.problems
    assert (problem.line, problem.column) == (4, "LEI")  # cells of the row before hold a line break


def test_lei_that_stands_twice_is_quarantined_the_second_time(tmp_path: Path) -> None:
    store = world()
    report = load_rows(store, tmp_path, entity(1, "Ford Motor"), entity(1, "Ford Motor"))
    assert (report.loaded, report.quarantined) == (1, 1)


def test_decision_that_a_person_wrote_by_hand_counts_whatever_the_name(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(
        "source,identifier,name,country,candidate,candidate_name,score,decision\n"
        f"gleif,LEI-{lei(1)},Blue Oval,USA,ford,Ford Motor,0,yes\n",
        encoding="utf-8",
    )
    store, path = world(), write_csv(tmp_path / L1_NAME, entity(1, "Blue Oval"), entity(2, "Ford Motor"))
    load("gleif", [path], store, origin="gleif", decisions=decisions)
    assert identified(store) == {f"LEI-{lei(1)}": ("ford", "decision")}  # and the other is a candidate only


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store = world()
    rows = (entity(1, "Ford Motor"), entity(2, "Alder Motion", "DE"), entity(3, "Alder Motions", "DE"))
    load_rows(store, tmp_path, *rows)
    before = store.view().content_hash()
    report = load_rows(store, tmp_path, *rows)
    assert (report.loaded, report.unchanged) == (0, 2)
    assert store.view().content_hash() == before


def test_file_without_a_day_in_its_name_needs_one(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "lei.csv", entity(1, "Ford Motor"))
    with pytest.raises(FileProblem, match="--published"):
        load("gleif", [path], world(), origin="gleif")
    store = world()
    load("gleif", [path], store, origin="gleif", published=date(2026, 3, 1))
    (fact,) = store.view().facts("IDENTIFIES")
    assert fact.provenance.known_from == date(2026, 3, 1)


def test_table_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / L1_NAME, {"LEI": lei(1), "name": "x"})
    with pytest.raises(FileProblem, match=r"no column .*Entity\.LegalName"):
        load("gleif", [path], world(), origin="gleif")


def test_table_with_the_smallest_set_of_columns_is_read(tmp_path: Path) -> None:
    needed = {
        name: value
        for name, value in entity(1, "Ford Motor").items()
        if "Other" not in name and "Headquarters" not in name and "Category" not in name
    }
    store = world()
    load_rows(store, tmp_path, needed)
    assert identified(store) == {f"LEI-{lei(1)}": ("ford", "name")}
