"""UN Comtrade: declarations in the documented shape, CSV and JSON; all rows are invented."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.errors import FileProblem
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.loaders import comtrade_json
from tests.loaders.trade_files import COMTRADE_EXPORT as EXPORT
from tests.loaders.trade_files import write_comtrade_csv as write_csv
from tests.loaders.trade_files import write_comtrade_json as write_json
from tests.loaders.worlds import goods_store, load_into, trade

PUBLISHED = date(2025, 6, 30)
IMPORT = EXPORT | {
    "flowCode": "M",
    "reporterCode": 392,
    "reporterISO": "JPN",
    "reporterDesc": "Japan",
    "partnerCode": 156,
    "partnerISO": "CHN",
    "partnerDesc": "China",
    "cifvalue": 13000.0,
    "fobvalue": None,
    "primaryValue": 13000.0,
}
KEY = ("CHN", "JPN", "850511", "2024")


def loaded(path, **options):
    """Load into a small store; give it with the report."""
    store = goods_store()
    return store, load_into(store, "comtrade", path, **({"published": PUBLISHED} | options))


def test_export_becomes_trade_by_its_fob_value(tmp_path):
    store, _ = loaded(write_json(tmp_path, EXPORT))
    assert trade(store) == {
        KEY: {
            "tonnes": 1.5,
            "value_usd": 12345.0,
            "classification": "HS22",
            "declared_by": "exporter",
            "quantity_estimated": False,
        }
    }


def test_import_becomes_trade_from_the_partner_by_its_cif_value(tmp_path):
    store, _ = loaded(write_json(tmp_path, IMPORT | {"primaryValue": 1.0}))
    found = trade(store)[KEY]
    assert (found["value_usd"], found["declared_by"]) == (13000.0, "importer")


def test_import_valued_fob_alone_goes_by_the_primary_value(tmp_path):
    store, _ = loaded(write_json(tmp_path, IMPORT | {"cifvalue": None, "primaryValue": 11.0}))
    assert trade(store)[KEY]["value_usd"] == 11.0


@pytest.mark.parametrize("records", [(EXPORT, IMPORT), (IMPORT, EXPORT)])
def test_of_two_reports_of_one_trade_the_importers_wins(tmp_path, records):
    store, report = loaded(write_json(tmp_path, *records))
    assert report.loaded + report.superseded == 2
    (best,) = [fact for *_, fact in KnowledgeGraph(store.view().facts()).at(PUBLISHED).edges(data="fact")]
    assert best.properties["declared_by"] == "importer"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_csv_and_json_say_the_same(tmp_path, encoding):
    record = IMPORT | {"partnerDesc": "China", "cmdDesc": "Aimants métalliques"}
    from_json, _ = loaded(write_json(tmp_path, record))
    from_csv, report = loaded(write_csv(tmp_path, record, encoding=encoding))
    assert trade(from_csv) == trade(from_json)
    assert report.quarantined == 0


def test_rows_that_end_in_one_comma_more_than_the_header_are_read(tmp_path):
    store, report = loaded(write_csv(tmp_path, EXPORT, IMPORT, end=","))
    assert len(list(store.view().facts("EXPORTS"))) == 2
    assert report.quarantined == 0


def test_row_with_a_cell_too_many_is_set_aside(tmp_path):
    _, report = loaded(write_csv(tmp_path, EXPORT, end=",x"))
    assert [(p.line, p.found, p.expected) for p in report.problems] == [(2, "48 cells", "47 cells")]


@pytest.mark.parametrize(
    ("changed", "tonnes", "estimated"),
    [
        ({"netWgt": 0, "qtyUnitCode": -1}, None, None),
        ({"netWgt": None, "qty": None}, None, None),
        ({"netWgt": 0, "isNetWgtEstimated": True}, 2.0, False),
        ({"netWgt": 0, "isQtyEstimated": True}, 2.0, True),
        ({"isNetWgtEstimated": True}, 1.5, True),
    ],
)
def test_weight_of_nothing_is_unknown_and_kilograms_stand_in(tmp_path, changed, tonnes, estimated):
    store, _ = loaded(write_json(tmp_path, EXPORT | changed))
    found = trade(store)[KEY]
    assert (found.get("tonnes"), found.get("quantity_estimated")) == (tonnes, estimated)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"cmdCode": "010121"}, "of goods that the graph does not hold"),
        ({"cmdCode": "TOTAL"}, "of goods that the graph does not hold"),
        ({"partner2Code": 344}, "a split of a total that is read itself"),
        ({"customsCode": "C01"}, "a split of a total that is read itself"),
        ({"motCode": 1000}, "a split of a total that is read itself"),
        ({"flowCode": "RX"}, "re-exports, counted among the exports as well"),
        ({"flowCode": "RM"}, "re-imports, counted among the imports as well"),
        (
            {"partnerCode": 0, "partnerISO": "W00", "partnerDesc": "World"},
            "with World, an aggregate and no country",
        ),
        (
            {"partnerCode": 490, "partnerISO": "S19", "partnerDesc": "Other Asia, nes"},
            "with Other Asia, nes, an aggregate and no country",
        ),
        (
            {"partnerCode": 490, "partnerISO": None, "partnerDesc": None},
            "with Other Asia, nes, an aggregate and no country",
        ),
        (
            {"partnerCode": 156, "partnerISO": "CHN", "partnerDesc": "China"},
            "of a country with itself: goods that come back",
        ),
    ],
)
def test_row_that_does_not_concern_the_graph_is_left_out_with_its_reason(tmp_path, changed, reason):
    store, report = loaded(write_json(tmp_path, EXPORT | changed))
    assert report.reasons == {reason: 1}
    assert trade(store) == {}


def test_country_is_found_by_the_publishers_number_where_no_letters_are_given(tmp_path):
    record = EXPORT | {"partnerCode": 842, "partnerISO": None, "partnerDesc": None}
    store, _ = loaded(write_json(tmp_path, record))
    assert list(trade(store)) == [("CHN", "USA", "850511", "2024")]


def test_month_is_told_apart_from_a_year(tmp_path):
    store, _ = loaded(write_json(tmp_path, EXPORT | {"period": 202407}))
    (fact,) = store.view().facts("EXPORTS")
    assert (fact.properties["period"], fact.provenance.as_of) == ("2024-07", date(2024, 7, 31))


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"period": "202452"}, "period"),
        ({"period": "2026"}, "period"),
        ({"flowCode": "Z"}, "flowCode"),
        ({"partnerCode": 999, "partnerISO": None, "partnerDesc": "Atlantis"}, "partnerCode"),
        ({"reporterCode": 999, "reporterISO": None, "reporterDesc": None}, "reporterCode"),
        ({"fobvalue": -1}, "fobvalue"),
        ({"fobvalue": None, "primaryValue": None}, "primaryValue"),
        ({"netWgt": "many"}, "netWgt"),
        ({"isNetWgtEstimated": "perhaps"}, "isNetWgtEstimated"),
        ({"partner2Code": None}, "partner2Code"),
    ],
)
def test_record_that_does_not_fit_is_set_aside_with_its_number(tmp_path, changed, column):
    _, report = loaded(write_json(tmp_path, EXPORT, EXPORT | changed))
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, column)]


def test_record_without_a_field_is_set_aside(tmp_path):
    _, report = loaded(write_json(tmp_path, {k: v for k, v in EXPORT.items() if k != "motCode"}, 7))
    assert [(problem.line, problem.column) for problem in report.problems] == [(1, "motCode"), (2, None)]


@pytest.mark.parametrize(
    ("wrapping", "message"),
    [
        ({"error": "Too many requests"}, "Too many requests"),
        ({"count": 0, "data": []}, "an empty result"),
        ({"count": 0, "data": None}, "an empty result"),
        ({"count": 2}, "1 records where count says 2"),
        ({"data": "none"}, "data that are no list"),
    ],
)
def test_result_that_is_none_is_refused_with_what_the_api_says(tmp_path, wrapping, message):
    with pytest.raises(FileProblem, match=message):
        loaded(write_json(tmp_path, EXPORT, **wrapping))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"data": 1' + b"0" * 5000 + b"}"]
)
def test_file_that_is_no_json_of_the_api_is_refused(tmp_path, content):
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match="expected"):
        loaded(path)


def test_result_too_large_to_be_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(comtrade_json, "MOST_BYTES", 1 << 20)
    path = tmp_path / "result.json"
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(FileProblem, match="more than 1 MiB of JSON"):
        loaded(path)


def test_download_without_rows_is_refused(tmp_path):
    with pytest.raises(FileProblem, match="no rows"):
        loaded(write_csv(tmp_path))


def test_date_of_publication_is_asked_for(tmp_path):
    with pytest.raises(FileProblem, match="--published"):
        loaded(write_json(tmp_path, EXPORT), published=None)
