"""BACI: a year of trade in the documented shape; all rows are invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem
from tests.loaders.trade_files import BACI_COUNTRIES as COUNTRIES
from tests.loaders.worlds import goods_store, load_into, trade

YEAR = "BACI_HS17_Y2024_V202601.csv"


def write(folder, *rows, name=YEAR, header="t,i,j,k,v,q", countries=None):
    """Write a year, and the country table beside it if one is given."""
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    if countries is not None:
        (folder / "country_codes_V202601.csv").write_text(countries, encoding="utf-8")
    return path


def loaded(path, **options):
    """Load into a small store; give it with the report."""
    store = goods_store()
    return store, load_into(store, "baci", path, **options)


def test_row_becomes_trade_in_usd_and_tonnes(tmp_path):
    store, report = loaded(write(tmp_path, "2024,156,392,850511,111.111,1.5"))
    assert trade(store) == {
        ("CHN", "JPN", "850511", "2024"): {
            "tonnes": 1.5,
            "value_usd": 111111.0,
            "classification": "HS17",
            "declared_by": "reconciled",
        }
    }
    assert (report.read, report.loaded) == (1, 1)


@pytest.mark.parametrize("blank", ["", "NA", "   NA"])
def test_quantity_that_is_blank_is_unknown_and_not_nothing(tmp_path, blank):
    store, _ = loaded(write(tmp_path, f"2024,156,392,850511,1.0,{blank}"))
    assert "tonnes" not in trade(store)["CHN", "JPN", "850511", "2024"]


def test_goods_are_matched_by_all_digits_that_the_graph_has(tmp_path):
    rows = [
        "2024,156,392,810194,1,1",
        "2024,156,392,850519,1,1",
        "2024,156,392,010121,1,1",
        "2024,156,392,9999AA,1,",
    ]
    store, report = loaded(write(tmp_path, *rows))
    assert list(trade(store)) == [("CHN", "JPN", "810194", "2024")]
    assert report.reasons == {"of goods that the graph does not hold": 3}


def test_trade_with_other_asia_is_left_out_with_its_value_and_makes_no_country(tmp_path):
    rows = ["2024,156,490,850511,10,1", "2024,490,392,850511,5.5,1", "2024,156,697,850511,1,1"]
    store, report = loaded(write(tmp_path, *rows, countries=COUNTRIES))
    assert trade(store) == {}
    assert report.reasons == {
        "with Other Asia, nes (490), an aggregate and no country: USD 15,500 in all": 2,
        "with Europe EFTA, nes (697), an aggregate and no country: USD 1,000 in all": 1,
    }
    assert not store.view().counts().get("Country")


def test_numbers_are_read_by_iso_where_no_country_table_lies_beside(tmp_path):
    store, _ = loaded(write(tmp_path, "2024,251,842,850511,1,1", "2024,579,490,850511,1,1"))
    assert list(trade(store)) == [("FRA", "USA", "850511", "2024")]


@pytest.mark.parametrize("countries", [None, COUNTRIES])
def test_unknown_number_of_a_country_is_set_aside_with_its_line(tmp_path, countries):
    _, report = loaded(
        write(tmp_path, "2024,156,392,850511,1,1", "2024,999,392,850511,1,1", countries=countries)
    )
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.found) == (3, "i", "'999'")


def test_country_of_the_table_that_iso_does_not_know_is_set_aside(tmp_path):
    _, report = loaded(write(tmp_path, "2024,156,998,850511,1,1", countries=COUNTRIES))
    assert [problem.column for problem in report.problems] == ["j"]


def test_edition_comes_from_the_name_of_the_file(tmp_path):
    store, _ = loaded(write(tmp_path, "2024,156,392,850511,1,1"))
    (fact,) = store.view().facts("EXPORTS")
    assert fact.provenance.sources == ("baci-202601",)
    assert (fact.provenance.known_from, fact.provenance.as_of) == (date(2026, 1, 31), date(2024, 12, 31))


def test_stated_publication_outweighs_the_name_of_the_file(tmp_path):
    store, _ = loaded(write(tmp_path, "2024,156,392,850511,1,1"), published=date(2026, 1, 22))
    (fact,) = store.view().facts("EXPORTS")
    assert fact.provenance.known_from == date(2026, 1, 22)


def test_name_without_a_version_needs_the_date_of_publication(tmp_path):
    path = write(tmp_path, "2024,156,392,850511,1,1", name="trade.csv")
    with pytest.raises(FileProblem, match="--published"):
        loaded(path)
    store, _ = loaded(path, published=date(2026, 1, 22))
    assert "classification" not in trade(store)["CHN", "JPN", "850511", "2024"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2024,156,392,50511,1,1", "k"),
        ("2024,156,392,,1,1", "k"),
        ("24,156,392,850511,1,1", "t"),
        ("202402,156,392,850511,1,1", "t"),
        ("2024,156,392,850511,,1", "v"),
        ("2024,156,392,850511,-1,1", "v"),
        ("2024,156,392,850511,nan,1", "v"),
        ("2024,156,392,850511,1,x", "q"),
        ("2024,156,392,850511,1", None),
    ],
)
def test_row_that_does_not_fit_is_set_aside(tmp_path, row, column):
    good = "2024,156,842,850511,1,1"
    _, report = loaded(write(tmp_path, row, good))
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, column)]
    assert report.loaded == 1


def test_folder_is_read_with_its_country_table_and_all_rows_are_accounted_for(tmp_path):
    write(tmp_path, "2024,156,392,850511,1,1", countries=COUNTRIES)
    write(tmp_path, "2023,156,392,850511,2,1", name=YEAR.replace("2024", "2023"))
    (tmp_path / "product_codes_HS17_V202601.csv").write_text('code,description\n850511,"Magnets; of metal"\n')
    store, report = loaded(tmp_path)
    assert {period for *_, period in trade(store)} == {"2023", "2024"}
    assert report.reasons == {"of the tables of countries and products": 8}
    assert report.read == 10


def test_archive_is_read_in_place_with_the_country_table_inside(tmp_path):
    year = write(tmp_path, "2024,156,392,850511,1,1", "2024,998,392,850511,1,1", countries=COUNTRIES)
    with ZipFile(tmp_path / "BACI_HS17_V202601.zip", "w") as archive:
        archive.write(year, YEAR)
        archive.write(tmp_path / "country_codes_V202601.csv", "country_codes_V202601.csv")
    store, report = loaded(tmp_path / "BACI_HS17_V202601.zip")
    assert list(trade(store)) == [("CHN", "JPN", "850511", "2024")]
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, "i")]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_country_table_is_read_in_either_encoding(tmp_path, encoding):
    path = write(tmp_path, "2024,384,392,850511,1,1")
    table = COUNTRIES + "384,Côte d'Ivoire,CI,CIV\n"
    (tmp_path / "country_codes_V202601.csv").write_bytes(table.encode(encoding))
    store, _ = loaded(path)
    assert list(trade(store)) == [("CIV", "JPN", "850511", "2024")]


ROWS = st.tuples(
    st.just("2024"),
    st.sampled_from(["156", "392", "842", "490", "999"]),
    st.sampled_from(["4", "276", "697"]),
    st.sampled_from(["850511", "810194", "850519", "9999AA", "50511"]),
    st.sampled_from(["1.5", "0.001", "", "x"]),
    st.sampled_from(["2", "", "NA", "-1"]),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, max_size=12, unique_by=lambda row: row[1:4]))
def test_every_row_ends_as_trade_or_left_out_or_set_aside(rows):
    with TemporaryDirectory() as folder:
        store, report = loaded(write(Path(folder), *map(",".join, rows)))
    fitting = {
        (i, j, k)
        for _, i, j, k, v, q in rows
        if i not in ("490", "999")
        and j != "697"
        and k in ("850511", "810194")
        and v in ("1.5", "0.001")
        and q != "-1"
    }
    assert report.read == len(rows)
    assert report.loaded == len(trade(store)) == len(fitting)


def test_loading_a_year_twice_changes_nothing(tmp_path):
    path = write(tmp_path, "2024,156,392,850511,1,1")
    store, _ = loaded(path)
    before = store.view().content_hash()
    again = load_into(store, "baci", path)
    assert (again.loaded, again.unchanged) == (0, 1)
    assert store.view().content_hash() == before


def test_tables_without_a_year_are_refused(tmp_path):
    path = tmp_path / "country_codes_V202601.csv"
    path.write_text(COUNTRIES)
    with pytest.raises(FileProblem, match="no year of trade"):
        loaded(path)


def test_table_of_another_shape_is_refused_with_the_columns_it_lacks(tmp_path):
    path = write(tmp_path, "2024,850511,CHN,JPN,1,1", header="year,hs6,exporter_iso3,importer_iso3,value,q")
    with pytest.raises(FileProblem, match="no column 't'"):
        loaded(path)


def test_version_with_a_month_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FileProblem, match="version 202613"):
        loaded(write(tmp_path, "2024,156,392,850511,1,1", name="BACI_HS17_Y2024_V202613.csv"))
