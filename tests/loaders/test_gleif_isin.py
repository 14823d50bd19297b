"""GLEIF's map of LEI and ISIN."""

from __future__ import annotations

from pathlib import Path

from chainshock.graph.stores.base import Store
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from tests.loaders.gleif_files import ISIN_NAME, lei, write_csv
from tests.loaders.resolve.worlds import company, identifies, store_of

FORD = "US3453708600"


def world() -> Store:
    return store_of(company("ford", "Ford Motor", lei=lei(9)), identifies(f"LEI-{lei(1)}", "ford"))


def load_pairs(store: Store, folder: Path, *pairs: tuple[str, str]) -> LoadReport:
    path = write_csv(folder / ISIN_NAME, *({"LEI": left, "ISIN": right} for left, right in pairs))
    return load("gleif-isin", [path], store, origin="isin")


def isins(store: Store) -> dict[str, str]:
    facts = store.view().facts("IDENTIFIES")
    return {f.source.key: f.target.key for f in facts if f.target is not None and f.origin == "isin"}


def test_isin_of_a_known_lei_is_its_company_s(tmp_path: Path) -> None:
    store = world()
    load_pairs(store, tmp_path, (lei(1), FORD))
    assert isins(store) == {f"ISIN-{FORD}": "ford"}


def test_recalled_lei_of_a_company_row_is_no_known_lei(tmp_path: Path) -> None:
    report = load_pairs(world(), tmp_path, (lei(9), FORD))
    assert report.reasons == {"company that the graph does not hold": 1}


def test_isin_with_a_wrong_check_digit_is_quarantined(tmp_path: Path) -> None:
    report = load_pairs(world(), tmp_path, (lei(1), "US3453708601"), ("X", FORD), (lei(1), FORD))
    assert (report.loaded, report.quarantined) == (1, 2)
    assert {(problem.line, problem.column) for problem in report.problems} == {(2, "ISIN"), (3, "LEI")}


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store = world()
    load_pairs(store, tmp_path, (lei(1), FORD))
    before = store.view().content_hash()
    assert load_pairs(store, tmp_path, (lei(1), FORD)).unchanged == 1
    assert store.view().content_hash() == before
