"""Rows of suppliers: what becomes a fact, what is left out, what is set aside."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.ingest import load
from tests.loaders.tabular_worlds import MAPS, facts, load_table, small_store, write

HEADER = "Who,What,Where,Share\n"


def one_problem(report):
    assert report.quarantined == 1, report.problems
    return report.problems[0]


def supplies(store):
    return {(f.source.key, f.properties.get("country")): f for f in facts(store, "SUPPLIES")}


def test_row_becomes_a_contract_with_its_provenance(tmp_path):
    store, report = load_table(tmp_path, "suppliers", HEADER + "Lindenau AG,MAG_S,Germany,0.6\n")
    (fact,) = facts(store, "SUPPLIES")
    assert (fact.source.key, fact.target.key) == ("lindenau-ag", "alder-motion-gmbh")
    assert fact.properties == {"commodity": "MAG_S", "country": "DEU", "share": 0.6, "status": "active"}
    assert fact.provenance.known_from == date(2025, 9, 30)
    assert fact.provenance.sources == ("alder-motion-gmbh-suppliers-2025-09-30",)
    assert (report.read, report.loaded) == (1, 1)


def test_unknown_supplier_becomes_a_company(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", HEADER + "Lindenau AG,MAG_S,Germany,0.6\n")
    names = {f.source.key: f.properties["name"] for f in facts(store, "Company")}
    assert names == {"alder-motion-gmbh": "Alder Motion GmbH", "lindenau-ag": "Lindenau AG"}


def test_known_supplier_is_recognised_by_its_name_without_legal_form(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", HEADER + "KIRIN MAGNETICS K.K.,MAG_S,Japan,0.6\n")
    assert list(supplies(store)) == [("kirin", "JPN")]
    assert [f.source.key for f in facts(store, "Company")] == ["alder-motion-gmbh"]


def test_supplier_is_recognised_by_ticker_and_market(tmp_path):
    mapping = MAPS["suppliers"] + 'ticker = "T"\nmic = "M"\n'
    table = "Who,What,Where,Share,T,M\nKirin of Osaka,MAG_S,Japan,0.6,KIRN,XTKS\n"
    store, _ = load_table(tmp_path, "suppliers", table, mapping)
    assert list(supplies(store)) == [("kirin", "JPN")]


def test_likely_namesake_is_no_match_and_waits_for_a_person(tmp_path):
    decisions = tmp_path / "decisions.csv"
    table = HEADER + "Kirin Magnetic,MAG_S,Japan,0.6\n"
    store, report = load_table(tmp_path, "suppliers", table, decisions=decisions)
    assert list(supplies(store)) == [("kirin-magnetic", "JPN")]
    assert "kirin" in decisions.read_text("utf-8")
    text = decisions.read_text("utf-8")
    decisions.write_text("\n".join(line + "yes" if ",kirin," in line else line for line in text.splitlines()))
    store, report = load_table(tmp_path, "suppliers", table, decisions=decisions)
    assert list(supplies(store)) == [("kirin", "JPN")]
    assert report.quarantined == 0


@pytest.mark.parametrize("name", ["various", "Others", "n/a"])
def test_supplier_that_is_no_single_company_is_left_out(tmp_path, name):
    _, report = load_table(tmp_path, "suppliers", HEADER + f"{name},MAG_S,Germany,0.6\n")
    assert report.reasons == {"suppliers that are no single company": 1}


def test_delivery_of_a_company_to_itself_is_left_out(tmp_path):
    _, report = load_table(tmp_path, "suppliers", HEADER + "Alder Motion GmbH,MAG_S,Germany,0.6\n")
    assert report.reasons == {"deliveries of a company to itself": 1}


def test_row_that_repeats_another_is_left_out(tmp_path):
    _, report = load_table(tmp_path, "suppliers", HEADER + "Lindenau,MAG_S,Germany,0.3\n" * 2)
    assert (report.loaded, report.reasons) == (1, {"rows that repeat an earlier one": 1})


def test_second_row_for_the_same_delivery_is_set_aside(tmp_path):
    table = HEADER + "Lindenau,MAG_S,Germany,0.3\nLindenau,MAG_S,Germany,0.2\n"
    problem = one_problem(load_table(tmp_path, "suppliers", table)[1])
    assert (problem.line, problem.column) == (3, "Who")
    assert "line 2" in problem.found


def test_deliveries_from_two_countries_are_two_contracts(tmp_path):
    table = HEADER + "Lindenau,MAG_S,Germany,0.3\nLindenau,MAG_S,China,0.2\n"
    store, _ = load_table(tmp_path, "suppliers", table)
    assert sorted(supplies(store)) == [("lindenau", "CHN"), ("lindenau", "DEU")]


def test_row_that_brings_shares_above_one_is_set_aside(tmp_path):
    table = HEADER + "A-Works,MAG_S,Germany,0.7\nB-Works,MAG_S,China,0.4\nC-Works,MAG_L,China,0.4\n"
    problem = one_problem(load_table(tmp_path, "suppliers", table)[1])
    assert (problem.line, problem.column) == (3, "Share")
    assert "1.1" in problem.found


def test_shares_of_past_contracts_do_not_count_against_those_of_today(tmp_path):
    mapping = MAPS["suppliers"] + 'valid_to = "Until"\n'
    table = (
        HEADER.replace("\n", ",Until\n") + "A-Works,MAG_S,Germany,0.7,2023-12-31\nB-Works,MAG_S,China,0.7,\n"
    )
    store, report = load_table(tmp_path, "suppliers", table, mapping)
    assert report.loaded == 2
    assert supplies(store)["a-works", "DEU"].provenance.valid_to == date(2023, 12, 31)


def test_contracts_of_one_supplier_may_follow_each_other(tmp_path):
    mapping = MAPS["suppliers"] + 'valid_from = "From"\nvalid_to = "Until"\n'
    rows = "A-Works,MAG_S,Germany,0.7,2023-01-01,2023-12-31\nA-Works,MAG_S,Germany,0.5,2024-01-01,\n"
    _, report = load_table(tmp_path, "suppliers", HEADER.replace("\n", ",From,Until\n") + rows, mapping)
    assert report.loaded == 2


def test_shares_follow_from_volumes_where_none_is_stated(tmp_path):
    mapping = MAPS["suppliers"].replace('share = "Share"', 'volume = "Share"\nunit = "Unit"')
    table = "Who,What,Where,Share,Unit\nA-Works,MAG_S,Germany,9,t\nB-Works,MAG_S,China,250,kg/month\n"
    store, _ = load_table(tmp_path, "suppliers", table, mapping)
    a, b = supplies(store)["a-works", "DEU"], supplies(store)["b-works", "CHN"]
    assert (a.properties["share"], b.properties["share"]) == (0.75, 0.25)
    assert (b.properties["volume"], b.properties["volume_unit"]) == (3.0, "t/y")
    assert "volumes" in a.provenance.note


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=6))
def test_shares_that_follow_from_volumes_sum_to_one(tmp_path_factory, volumes):
    mapping = MAPS["suppliers"].replace('share = "Share"', 'volume = "Share"\nunit = "Unit"')
    rows = "".join(f"Works {i},MAG_S,Germany,{volume:f},kg\n" for i, volume in enumerate(volumes))
    folder = tmp_path_factory.mktemp("any")
    store, _ = load_table(folder, "suppliers", "Who,What,Where,Share,Unit\n" + rows, mapping)
    assert sum(f.properties["share"] for f in facts(store, "SUPPLIES")) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ("A-Works,MAG_X,Germany,0.3", "What", "nearest: MAG_S (Strong magnet)"),
        ("A-Works,850511,Germany,0.3", "What", "one good"),
        ("A-Works,MAG_S,Atlantis,0.3", "Where", "[values.country]"),
        ("A-Works,MAG_S,,0.3", "Where", "where the good is made"),
        ("A-Works,MAG_S,Germany,30", "Share", "percent"),
        ("A-Works,MAG_S,Germany,-0.1", "Share", "a share"),
        ('A-Works,MAG_S,Germany,"0,3"', "Share", "decimal"),
        ("A-Works,MAG_S,Germany,=1+1", "Share", "a number"),
        ("A-Works,MAG_S,Germany,nan", "Share", "a number"),
        (",MAG_S,Germany,0.3", "Who", "company"),
        ("A-Works,,Germany,0.3", "What", "what is supplied"),
        ("A\x07Works,MAG_S,Germany,0.3", "Who", "plain text"),
    ],
)
def test_cell_that_does_not_fit_is_set_aside_with_a_hint(tmp_path, cells, column, expected):
    problem = one_problem(load_table(tmp_path, "suppliers", HEADER + cells + "\n")[1])
    assert (problem.line, problem.column) == (2, column)
    assert expected in problem.expected


def test_formula_in_a_name_is_text(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", HEADER + '"=HYPERLINK(1)",MAG_S,Germany,0.6\n')
    assert "=HYPERLINK(1)" in {f.properties["name"] for f in facts(store, "Company")}


def test_percent_sign_is_understood(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", HEADER + "A-Works,MAG_S,Germany,30 %\n")
    assert supplies(store)["a-works", "DEU"].properties["share"] == 0.3


@pytest.mark.parametrize(("cell", "form"), [(45, "General"), (0.45, "0 %")])
def test_percent_of_the_mapping_holds_for_a_spreadsheet(tmp_path, cell, form):
    book = openpyxl.Workbook()
    book.active.append(["Who", "What", "Where", "Share"])
    book.active.append(["A-Works", "MAG_S", "Germany", cell])
    book.active.append(["B-Works", "MAG_S", "Germany", 0.5 if form == "General" else 0.005])
    for row in (2, 3):
        book.active.cell(row, 4).number_format = form
    book.save(tmp_path / "t.xlsx")
    _, mapping = write(tmp_path, "suppliers", "", MAPS["suppliers"] + '[table]\nshares = "percent"\n')
    store = small_store()
    load("tabular", [tmp_path / "t.xlsx"], store, origin="t", mapping=mapping)
    shares = {key: fact.properties["share"] for (key, _), fact in supplies(store).items()}
    assert shares == {"a-works": 0.45, "b-works": 0.005}


def test_words_of_the_table_mean_what_the_mapping_says(tmp_path):
    mapping = MAPS["suppliers"] + '[values.country]\n"BRD" = "Germany"\n[goods]\n"N38SH" = "Strong magnet"\n'
    store, _ = load_table(tmp_path, "suppliers", HEADER + "A-Works,N38SH,BRD,0.3\n", mapping)
    assert supplies(store)["a-works", "DEU"].properties["commodity"] == "MAG_S"


def test_supplier_in_capitals_is_the_same_supplier(tmp_path):
    rows = "A-Works GmbH,MAG_S,Germany,0.3\nA-WORKS GMBH,MAG_L,Germany,0.4\n"
    store, _ = load_table(tmp_path, "suppliers", HEADER + rows)
    suppliers = [f.properties["name"] for f in facts(store, "Company") if f.source.key == "a-works-gmbh"]
    assert suppliers == ["A-Works GmbH"]
    assert {f.source.key for f in facts(store, "SUPPLIES")} == {"a-works-gmbh"}


def test_plant_of_the_store_is_the_seller(tmp_path):
    mapping = MAPS["suppliers"] + 'plant = "Plant"\n'
    table = HEADER.replace("\n", ",Plant\n") + "Kirin Magnetics,MAG_S,,0.3,osaka works\n"
    store, _ = load_table(tmp_path, "suppliers", table, mapping)
    assert str(facts(store, "SUPPLIES")[0].source) == "Facility:kirin-osaka"


def test_row_of_another_width_and_blank_row_are_accounted_for(tmp_path):
    table = HEADER + "A-Works,MAG_S,Germany\n,,,\nB-Works,MAG_S,Germany,0.2\n"
    _, report = load_table(tmp_path, "suppliers", table)
    assert (report.read, report.loaded, report.quarantined, report.left_out) == (3, 1, 1, 1)


def test_quarantine_file_never_overwrites_the_mapping(tmp_path):
    table = HEADER + "A-Works,MAG_S,Germany,0.3\n"
    with pytest.raises(FileProblem, match="a file that is being loaded"):
        load_table(tmp_path, "suppliers", table, quarantine=tmp_path / "suppliers.toml")
    assert (tmp_path / "suppliers.toml").read_text(encoding="utf-8") == MAPS["suppliers"]


def test_loading_twice_changes_nothing(tmp_path):
    table = HEADER + "Lindenau AG,MAG_S,Germany,0.6\nKirin Magnetics,MAG_S,Japan,0.4\n"
    store, _ = load_table(tmp_path, "suppliers", table)
    before = store.view().content_hash()
    _, report = load_table(tmp_path, "suppliers", table, store=store)
    assert (report.loaded, report.unchanged) == (0, 2)
    assert store.view().content_hash() == before


def test_replacing_a_load_leaves_what_a_first_load_would(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", HEADER + "Lindenau AG,MAG_S,Germany,0.6\n")
    table = HEADER + "Lindenau AG,MAG_S,China,0.5\n"
    load_table(tmp_path, "suppliers", table, store=store, replace_origin=True)
    fresh, _ = load_table(tmp_path, "suppliers", table)
    assert store.view().content_hash() == fresh.view().content_hash()


def test_company_under_study_may_be_one_of_the_store(tmp_path):
    mapping = MAPS["suppliers"].replace('name = "Alder Motion GmbH"', 'id = "kirin"')
    store, _ = load_table(tmp_path, "suppliers", HEADER + "Lindenau AG,OX_DY,Germany,0.6\n", mapping)
    assert facts(store, "SUPPLIES")[0].target.key == "kirin"
    assert [f.source.key for f in facts(store, "Company")] == ["lindenau-ag"]


def sheet(folder, *rows, name="Sheet"):
    """Write a workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    path = folder / "suppliers.xlsx"
    book.save(path)
    return path


def test_workbook_is_read_like_a_table_of_text(tmp_path):
    mapping = MAPS["suppliers"] + 'valid_from = "From"\n[table]\nsheet = "Buy"\ndecimal = ","\n'
    _, map_path = write(tmp_path, "suppliers", "", mapping)
    path = sheet(
        tmp_path,
        ["Who", "What", "Where", "Share", "From"],
        ["Lindenau", "MAG_S", "Germany", 0.25, datetime(2024, 1, 1)],
        ["Formula Works", "MAG_S", "Germany", "=0.1+0.1", None],
        ["Comma Works", "MAG_S", "Germany", "0,5", None],
        name="Buy",
    )
    store = small_store()
    report = load("tabular", [path], store, origin="mine", mapping=map_path)
    (fact,) = facts(store, "SUPPLIES")
    assert (fact.properties["share"], fact.provenance.valid_from) == (0.25, date(2024, 1, 1))
    assert [p.line for p in report.problems] == [3, 4]
    assert "make the cell a number" in report.problems[1].expected


def test_workbook_without_the_sheet_is_refused(tmp_path):
    _, map_path = write(tmp_path, "suppliers", "", MAPS["suppliers"] + '[table]\nsheet = "Buy"\n')
    path = sheet(tmp_path, ["Who", "What", "Where", "Share"])
    with pytest.raises(FileProblem, match="Buy"):
        load("tabular", [path], small_store(), origin="mine", mapping=map_path)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("=1-D2", "a formula is not worked out"),
        ("40", 'or `shares = "percent"`'),
    ],
)
def test_share_that_does_not_fit_is_told_with_the_way_out(tmp_path, share, expected):
    _, report = load_table(tmp_path, "suppliers", HEADER + f"Lindenau AG,MAG_S,Germany,{share}\n")
    assert expected in one_problem(report).expected


def test_share_below_zero_is_no_matter_of_per_cent(tmp_path):
    _, report = load_table(tmp_path, "suppliers", HEADER + "Lindenau AG,MAG_S,Germany,-5\n")
    assert one_problem(report).expected == "a share, from 0 to 1"


def test_second_row_that_says_something_else_is_told_with_what_may_not_repeat(tmp_path):
    rows = "Lindenau AG,MAG_S,Germany,0.5\nLindenau AG,MAG_S,Germany,0.6\n"
    _, report = load_table(tmp_path, "suppliers", HEADER + rows)
    assert "supplier, customer, good and country" in one_problem(report).expected


def test_columns_of_a_table_are_told_once(tmp_path):
    with pytest.raises(InvalidRecord) as caught:
        load_table(tmp_path, "suppliers", "Alpha,Beta\nx,y\n")
    assert str(caught.value).count("Alpha, Beta") == 1
    assert len(caught.value.all) == 4
