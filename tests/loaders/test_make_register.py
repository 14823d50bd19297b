"""The invented register of the benchmark has the shape of GLEIF's."""

from __future__ import annotations

from pathlib import Path

from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.ingest import load
from chainshock.loaders.reference import load_reference
from chainshock.loaders.resolve.check_digits import is_lei
from tools.make_register import HEADER, company_names, lei_of, rows, write


def test_invented_register_loads_without_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "20260101-0800-gleif-goldencopy-lei2-golden-copy.csv"
    write(path, 3000, company_names())
    store = MemoryStore()
    load_reference(store)
    report = load("gleif", [path], store, origin="gleif")
    assert (report.read, report.quarantined) == (3000, 0)
    assert len(report.waiting) + report.loaded >= 3


def test_invented_lei_have_right_check_digits() -> None:
    assert all(is_lei(lei_of(number)) for number in (0, 1, 12345, 10**9))


def test_invented_rows_are_the_same_every_time_and_as_wide_as_the_header() -> None:
    one, other = (list(rows(50, ["Ford Motor"])) for _ in range(2))
    assert one == other
    assert {len(row) for row in one} == {len(HEADER)}
    assert len(HEADER) >= 40
