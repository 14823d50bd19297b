"""Eurostat Comext: declarations in the documented shapes; all rows are invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem
from tests.loaders.trade_files import COMEXT_HEADER as HEADER
from tests.loaders.trade_files import comext_row as row
from tests.loaders.worlds import goods_store, load_into, trade

PUBLISHED = date(2025, 6, 30)
OLDER = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,"
    "QUANTITY_IN_KG,SUP_QUANTITY"
)
KEY = ("CHN", "DEU", "85051110", "2024-02")


def older(regime, eur, kg=100):
    """Write one row of the older layout."""
    return f"4,DE,720,CN,E,85051110,1,{regime},202402,{eur},{kg},0"


def loaded(folder, *rows, header=HEADER, **options):
    """Write a file and load it into a small store; give it with the report."""
    path = folder / "full_v2_202402.dat"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    store = goods_store()
    return store, load_into(store, "comext", path, **({"published": PUBLISHED} | options))


def test_import_becomes_trade_into_the_member_in_eur_and_tonnes(tmp_path):
    store, _ = loaded(tmp_path, row())
    assert trade(store) == {
        KEY: {"tonnes": 0.1, "value_eur": 5000.0, "classification": "CN2024", "declared_by": "importer"}
    }


def test_export_becomes_trade_out_of_the_member(tmp_path):
    store, _ = loaded(tmp_path, row(flow=2, partner="XS"))
    assert trade(store)["DEU", "SRB", "85051110", "2024-02"]["declared_by"] == "exporter"


def test_rows_of_one_trade_under_several_procedures_are_added_up(tmp_path):
    store, report = loaded(
        tmp_path, row(eur=5000, kg=100), row(procedure=2, eur=300, kg=5), row(partner="JP")
    )
    assert (trade(store)[KEY]["value_eur"], trade(store)[KEY]["tonnes"]) == (5300.0, 0.105)
    assert (report.read, report.loaded, report.left_out) == (3, 2, 1)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.sampled_from(["CN", "JP", "GB", "XI"]), st.integers(0, 10**9), st.integers(0, 10**6)),
        max_size=12,
    )
)
def test_value_and_weight_of_all_rows_are_found_again_in_the_trade(parts):
    rows = [row(partner=partner, eur=eur, kg=kg) for partner, eur, kg in parts]
    with TemporaryDirectory() as folder:
        store, report = loaded(Path(folder), *rows)
    found = trade(store).values()
    assert sum(entry["value_eur"] for entry in found) == sum(eur for _, eur, _ in parts)
    assert sum(entry.get("tonnes", 0) for entry in found) == pytest.approx(sum(kg for *_, kg in parts) / 1000)
    assert report.read == len(rows)


def test_northern_ireland_is_added_to_the_united_kingdom(tmp_path):
    store, _ = loaded(tmp_path, row(partner="GB", eur=10), row(partner="XI", eur=5))
    assert trade(store)["GBR", "DEU", "85051110", "2024-02"]["value_eur"] == 15.0


def test_older_layout_is_told_by_its_header(tmp_path):
    store, _ = loaded(tmp_path, older(1, 10), older(2, 20), header=OLDER)
    assert trade(store)[KEY]["value_eur"] == 30.0


def test_sum_of_all_procedures_in_the_older_layout_is_not_counted_twice(tmp_path):
    store, report = loaded(tmp_path, older(1, 10), older(2, 20), older(4, 30), header=OLDER)
    assert trade(store)[KEY]["value_eur"] == 30.0
    assert report.reasons == {"a split of a total that is read itself": 2}


def test_month_52_is_the_year(tmp_path):
    store, _ = loaded(tmp_path, row(period=202452))
    (fact,) = store.view().facts("EXPORTS")
    assert (fact.properties["period"], fact.provenance.as_of) == ("2024", date(2024, 12, 31))


@pytest.mark.parametrize("kg", ["0", ""])
def test_weight_of_nothing_is_unknown(tmp_path, kg):
    store, _ = loaded(tmp_path, row(kg=kg))
    assert "tonnes" not in trade(store)[KEY]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "01012100"}, "of goods that the graph does not hold"),
        ({"code": "99RRR100"}, "of goods that are masked to keep a secret"),
        ({"code": "8505"}, "a total of goods that are listed by eight digits"),
        ({"code": "850511"}, "a total of goods that are listed by eight digits"),
        ({"partner": "QP"}, "with QP, an aggregate and no country"),
        ({"partner": "EU27_2020_EXTRA"}, "with EU27_2020_EXTRA, an aggregate and no country"),
        ({"reporter": "EU27_2020"}, "with EU27_2020, an aggregate and no country"),
        ({"partner": "DE"}, "of a country with itself: goods that come back"),
    ],
)
def test_row_that_does_not_concern_the_graph_is_left_out_with_its_reason(tmp_path, changed, reason):
    store, report = loaded(tmp_path, row(**changed))
    assert report.reasons == {reason: 1}
    assert trade(store) == {}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"code": "8505111"}, "PRODUCT_NC"),
        ({"flow": 3}, "FLOW"),
        ({"period": 202413}, "PERIOD"),
        ({"period": 202507}, "PERIOD"),
        ({"partner": "ZZ"}, "PARTNER"),
        ({"reporter": ""}, "REPORTER"),
        ({"eur": "x"}, "VALUE_EUR"),
        ({"kg": "-5"}, "QUANTITY_KG"),
    ],
)
def test_row_that_does_not_fit_is_set_aside_with_its_line(tmp_path, changed, column):
    _, report = loaded(tmp_path, row(), row(**changed))
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, column)]
    assert report.loaded == 1


def test_table_of_another_shape_is_refused_with_the_columns_it_lacks(tmp_path):
    with pytest.raises(FileProblem, match="no column 'REPORTER'"):
        loaded(tmp_path, "2024,85051110,CHN,1", header="year,cn8,origin_iso3,value_eur")


def test_date_of_publication_is_asked_for(tmp_path):
    with pytest.raises(FileProblem, match="--published"):
        loaded(tmp_path, row(), published=None)
