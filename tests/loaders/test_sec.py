"""The SEC's list of companies with tickers; entries of firms that nobody knows are invented."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import NodeRef
from chainshock.graph.stores.base import Store
from chainshock.loaders.base import LoadReport
from chainshock.loaders.ingest import load
from tests.loaders.resolve.worlds import company, identifies, store_of

FORD = company("ford", "Ford Motor", ticker="F", mic="XNYS")
DAY = date(2025, 2, 1)


def entry(cik: object, ticker: object, title: object) -> dict[str, object]:
    return {"cik_str": cik, "ticker": ticker, "title": title}


def write(folder: Path, *entries: object) -> Path:
    path = folder / "company_tickers.json"
    path.write_text(json.dumps({str(i): each for i, each in enumerate(entries)}), encoding="utf-8")
    return path


def load_into(store: Store, path: Path) -> LoadReport:
    return load("sec", [path], store, origin="sec", published=DAY)


def identified(store: Store) -> dict[str, tuple[str, object]]:
    facts = store.view().facts("IDENTIFIES")
    return {f.source.key: (f.target.key, f.properties["method"]) for f in facts if f.target is not None}


def test_ticker_at_a_us_market_with_an_agreeing_name_gives_the_company_its_cik(tmp_path: Path) -> None:
    store = store_of(FORD)
    report = load_into(store, write(tmp_path, entry(37996, "F", "FORD MOTOR CO")))
    assert (report.read, report.loaded) == (1, 1)
    assert identified(store) == {"CIK-0000037996": ("ford", "identifier")}


def test_same_ticker_with_another_name_waits_for_a_person(tmp_path: Path) -> None:
    store = store_of(FORD)
    report = load_into(store, write(tmp_path, entry(1, "F", "Invented Foods Corp")))
    assert identified(store) == {}
    assert [(pair.candidate, pair.score < 80) for pair in report.waiting] == [("ford", True)]


def test_ticker_at_a_market_abroad_does_not_count(tmp_path: Path) -> None:
    store = store_of(company("a", "Alder Motion", ticker="F", mic="XETR"))
    report = load_into(store, write(tmp_path, entry(1, "F", "Ford Motor")))
    assert (report.left_out, report.waiting) == (1, ())


def test_exact_name_of_a_listed_company_is_enough(tmp_path: Path) -> None:
    store = store_of(company("b", "Birch Metals", ticker="BIR", mic="XTSE"))
    load_into(store, write(tmp_path, entry(2, "BIRMF", "BIRCH METALS LTD /FI")))
    assert identified(store) == {"CIK-0000000002": ("b", "name")}


def test_exact_name_of_a_company_that_is_not_listed_waits_for_a_person(tmp_path: Path) -> None:
    report = load_into(store_of(company("b", "Birch Metals")), write(tmp_path, entry(2, "B", "Birch Metals")))
    assert [pair.candidate for pair in report.waiting] == ["b"]


def test_two_filers_of_one_name_both_wait(tmp_path: Path) -> None:
    store = store_of(company("b", "Birch Metals", ticker="BIR", mic="XTSE"))
    report = load_into(
        store, write(tmp_path, entry(2, "B", "Birch Metals"), entry(3, "C", "Birch Metals Inc"))
    )
    assert identified(store) == {}
    assert sorted(pair.identifier for pair in report.waiting) == ["CIK-0000000002", "CIK-0000000003"]


def test_filer_known_by_cik_keeps_another_of_its_name_out(tmp_path: Path) -> None:
    store = store_of(
        company("b", "Birch Metals", ticker="BIR", mic="XTSE"), identifies("CIK-0000000003", "b")
    )
    report = load_into(store, write(tmp_path, entry(2, "B", "Birch Metals")))
    assert [pair.identifier for pair in report.waiting] == ["CIK-0000000002"]


def test_further_tickers_of_a_filer_are_left_out_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, entry(37996, "F", "FORD MOTOR CO"), entry(37996, "F-PB", "FORD MOTOR CO"))
    report = load_into(store_of(FORD), path)
    assert (report.read, report.loaded, report.left_out) == (2, 1, 1)


def test_unknown_company_is_left_out_with_the_reason(tmp_path: Path) -> None:
    report = load_into(store_of(FORD), write(tmp_path, entry(5, "XYZ", "Nobody Knows Inc")))
    assert report.reasons == {"company that the graph does not hold": 1}


def test_loading_the_list_twice_changes_nothing(tmp_path: Path) -> None:
    store = store_of(FORD, company("b", "Birch Metals", ticker="BIR", mic="XTSE"))
    path = write(tmp_path, entry(37996, "F", "FORD MOTOR CO"), entry(2, "B", "Birch Metals"))
    load_into(store, path)
    before = store.view().content_hash()
    report = load_into(store, path)
    assert (report.loaded, report.unchanged) == (0, 2)
    assert store.view().content_hash() == before


def test_load_says_which_edition_it_rests_on(tmp_path: Path) -> None:
    store = store_of(FORD)
    load_into(store, write(tmp_path, entry(37996, "F", "FORD MOTOR CO")))
    sources = {f.source for f in store.view().facts("Source")}
    assert sources == {NodeRef("Source", "sec-company-tickers-2025-02-01")}


@pytest.mark.parametrize(
    "bad",
    [
        entry("x1", "A", "A"),
        entry(0, "A", "A"),
        entry(12345678901, "A", "A"),
        entry(True, "A", "A"),
        entry(1.5, "A", "A"),
        entry(1, "", "A"),
        entry(1, "A", None),
        {"ticker": "A"},
        ["a", "row"],
        entry("²", "A", "A"),
        entry(1, "A", "half a sign \ud800"),
    ],
)
def test_entry_that_does_not_fit_is_quarantined_and_the_rest_loads(tmp_path: Path, bad: object) -> None:
    report = load_into(store_of(FORD), write(tmp_path, bad, entry(37996, "F", "FORD MOTOR CO")))
    assert (report.loaded, report.quarantined) == (1, 1)
    assert (report.problems[0].column or "").startswith("entry 0")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no sound JSON"),
        (b"[]", "an array"),
        (b"{}", "no entries"),
        (b'{"0": {}}\n{"1": {}}', "several JSON values"),
        (b'{"fields": ["cik"], "data": []}', "in columns"),
        (b'{"0": {}, "0": {}}', "twice"),
        (b'{"0": \xff}', "not UTF-8"),
        (b"[" * 100_000, "recursion"),
        (b'{"0": {"cik_str": ' + b"1" * 5000 + b"}}", "digits"),
    ],
)
def test_file_that_is_no_such_list_is_refused(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "company_tickers.json"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=found):
        load_into(store_of(FORD), path)


def test_list_without_a_date_of_publication_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, entry(37996, "F", "FORD MOTOR CO"))
    with pytest.raises(FileProblem, match="--published"):
        load("sec", [path], store_of(FORD), origin="sec")


def test_decisions_make_and_unmake_a_match(tmp_path: Path) -> None:
    path = write(tmp_path, entry(1, "F", "Invented Foods Corp"))
    decisions = tmp_path / "decisions.csv"
    store, refused = store_of(FORD), store_of(FORD)
    options = {"origin": "sec", "published": DAY, "decisions": decisions}
    load("sec", [path], store, **options)  # type: ignore[arg-type]
    asked = decisions.read_text("utf-8")
    decisions.write_text(asked.rstrip("\n") + "yes\n", encoding="utf-8")
    load("sec", [path], store, **options)  # type: ignore[arg-type]
    assert identified(store) == {"CIK-0000000001": ("ford", "decision")}
    decisions.write_text(asked.rstrip("\n") + "no\n", encoding="utf-8")
    report = load("sec", [path], store, replace_origin=True, **options)  # type: ignore[arg-type]
    assert identified(store) == {}
    assert report.waiting == ()
    load("sec", [path], refused, **options)  # type: ignore[arg-type]
    assert store.view().content_hash() == refused.view().content_hash()


def test_decisions_that_do_not_fit_stop_the_load(tmp_path: Path) -> None:
    path = write(tmp_path, entry(1, "F", "Invented Foods Corp"))
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(
        "source,identifier,name,country,candidate,candidate_name,score,decision\n"
        "sec,CIK-0000000001,Invented Foods Corp,,nobody,Nobody,50,yes\n",
        encoding="utf-8",
    )
    store = store_of(FORD)
    with pytest.raises(InvalidRecord, match=r"decisions\.csv:2: column candidate"):
        load("sec", [path], store, origin="sec", published=DAY, decisions=decisions)
    assert identified(store) == {}
