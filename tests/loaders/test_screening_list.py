"""The US Consolidated Screening List; all entries are invented."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from chainshock.errors import FileProblem
from chainshock.graph.stores.base import Store
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from tests.loaders.register_files import SCREENING_HEADER
from tests.loaders.resolve.worlds import company, sits_in, store_of

ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
DAY = date(2025, 6, 1)


def entry(name: str, **more: str) -> dict[str, str]:
    about = {"_id": name, "source": ENTITY_LIST, "name": name, "start_date": "2024-12-02"}
    return about | {"addresses": "1 Example Road, City, CN", **more}


def write(folder: Path, *entries: dict[str, str], end: bytes = b"") -> Path:
    path = folder / "consolidated.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, next(csv.reader([SCREENING_HEADER])))
        writer.writeheader()
        writer.writerows(entries)
    path.write_bytes(path.read_bytes() + end)
    return path


def world() -> Store:
    return store_of(
        company("magnet", "Example Magnet", aliases=("Ex Mag",)),
        sits_in("magnet", "CHN"),
        company("nowhere", "Nowhere Metals"),
    )


def load_into(store: Store, path: Path) -> LoadReport:
    return load("screening-list", [path], store, origin="csl", published=DAY)


def targets(store: Store) -> set[tuple[str, str]]:
    return {(f.source.key, f.target.key) for f in store.view().facts("TARGETS") if f.target is not None}


def test_exact_name_with_an_address_at_home_is_listed(tmp_path: Path) -> None:
    store = world()
    report = load_into(store, write(tmp_path, entry("EXAMPLE MAGNET CO., LTD.")))
    assert (report.loaded, targets(store)) == (1, {("US-CSL-EL", "magnet")})
    (fact,) = store.view().facts("TARGETS")
    assert fact.provenance.valid_from == date(2024, 12, 2)
    assert "EXAMPLE MAGNET CO., LTD." in fact.provenance.note


def test_list_becomes_a_measure_of_the_united_states_that_is_not_modelled(tmp_path: Path) -> None:
    store = world()
    load_into(store, write(tmp_path, entry("EXAMPLE MAGNET"), entry("Nobody", start_date="1997-02-03")))
    (measure,) = store.view().facts("Measure")
    assert (measure.properties["kind"], measure.properties["is_modelled"]) == ("entity-list", False)
    assert measure.properties["announced"] == date(1997, 2, 3)
    (issuer,) = store.view().facts("IMPOSED_BY")
    assert issuer.target is not None
    assert issuer.target.key == "USA"


def test_other_name_of_the_entry_is_as_good(tmp_path: Path) -> None:
    store = world()
    load_into(store, write(tmp_path, entry("Something", alt_names="SMTH; Ex Mag Inc.")))
    assert targets(store) == {("US-CSL-EL", "magnet")}


@pytest.mark.parametrize(
    "bad",
    [
        entry("Example Magnet", addresses="1 Road, Town, DE"),
        entry("Example Magnet", addresses=""),
        entry("Example Magnets"),
        entry("Nowhere Metals"),
    ],
)
def test_anything_less_waits_for_a_person(tmp_path: Path, bad: dict[str, str]) -> None:
    store = world()
    report = load_into(store, write(tmp_path, bad))
    assert targets(store) == set()
    assert len(report.waiting) == 1


def test_one_address_at_home_among_several_is_enough(tmp_path: Path) -> None:
    store = world()
    load_into(store, write(tmp_path, entry("Example Magnet", addresses="A, DE; B, City, CN; nowhere")))
    assert targets(store) == {("US-CSL-EL", "magnet")}


def test_persons_vessels_and_aircraft_are_left_out(tmp_path: Path) -> None:
    kinds = ("Individual", "Vessel", "Aircraft")
    report = load_into(world(), write(tmp_path, *(entry("Example Magnet", type=k, _id=k) for k in kinds)))
    assert report.reasons == {"person, vessel or aircraft": 3}


def test_company_on_two_lists_is_on_both_and_a_second_entry_is_left_out(tmp_path: Path) -> None:
    sdn = "Specially Designated Nationals (SDN) - Treasury Department"
    store = world()
    report = load_into(
        store,
        write(
            tmp_path,
            entry("Example Magnet"),
            entry("Example Magnet", _id="2", source=sdn),
            entry("Ex Mag", _id="3"),
        ),
    )
    assert targets(store) == {("US-CSL-EL", "magnet"), ("US-CSL-SDN", "magnet")}
    assert (report.loaded, report.left_out) == (2, 1)


def test_stray_end_mark_of_the_file_is_no_row(tmp_path: Path) -> None:
    report = load_into(world(), write(tmp_path, entry("Example Magnet"), end=b"\x1a"))
    assert (report.read, report.loaded) == (1, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("start_date", "soon"),
        ("end_date", "2024-13-01"),
        ("end_date", "2020-01-01"),
        ("name", ""),
        ("source", ""),
    ],
)
def test_entry_that_does_not_fit_is_quarantined(tmp_path: Path, column: str, value: str) -> None:
    bad = entry("Bad", _id="bad") | {column: value}
    report = load_into(world(), write(tmp_path, entry("Example Magnet"), bad))
    assert [(p.line, p.column) for p in report.problems] == [(3, column)]


def test_entry_that_has_ended_does_not_hide_one_that_holds(tmp_path: Path) -> None:
    ended = entry("Example Magnet", start_date="2019-01-01", end_date="2021-01-01")
    store = world()
    report = load_into(store, write(tmp_path, ended, entry("Ex Mag", _id="2"), ended | {"_id": "3"}))
    (fact,) = store.view().facts("TARGETS")
    assert (fact.provenance.valid_from, fact.provenance.valid_to) == (date(2024, 12, 2), None)
    assert (report.loaded, report.left_out) == (1, 2)


def test_entry_that_stands_twice_is_quarantined(tmp_path: Path) -> None:
    report = load_into(world(), write(tmp_path, entry("Example Magnet"), entry("Example Magnet")))
    assert (report.loaded, report.quarantined) == (1, 1)


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store, path = world(), write(tmp_path, entry("Example Magnet"), entry("Example Magnets"))
    load_into(store, path)
    before = store.view().content_hash()
    assert load_into(store, path).unchanged == 1
    assert store.view().content_hash() == before


def test_list_needs_the_day_on_which_it_was_published(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="--published"):
        load("screening-list", [write(tmp_path, entry("x"))], world(), origin="csl")
