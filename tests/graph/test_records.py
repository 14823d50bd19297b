"""Rows and records: what is accepted, what is rejected and how it is said."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import InvalidRecord, UnknownName
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.models import fact_from
from chainshock.graph.records import (
    RowReader,
    columns,
    end_columns,
    model_for,
    parse_row,
    required_columns,
    to_row,
)
from chainshock.graph.schema import Property, Value, read_schema

SCHEMA = read_schema()
TABLES = [*SCHEMA.labels, *SCHEMA.relationships]
PROVENANCE = {
    "sources": "usgs-mcs-2025",
    "as_of": "2024-12-31",
    "known_from": "2025-01-31",
    "confidence": "A",
}
FACILITY = {"id": "mtnpass", "name": "Mountain Pass", "stage": "mine", "status": "operating", **PROVENANCE}
EXPORTS = {
    "source": "CHN",
    "target": "USA",
    "code": "850511",
    "period": "2024",
    "tonnes": "7341.5",
    **PROVENANCE,
}


def parse(name: str, row: dict[str, str]) -> Fact:
    return parse_row(name, row, path=f"{name}.csv", line=7, origin="mine")


def test_row_of_a_label_becomes_a_fact_with_typed_values() -> None:
    fact = parse(
        "Facility", {**FACILITY, "capacity": " 1200.5 ", "start_year": "2018", "valid_from": "2018-01-01"}
    )
    assert fact.source == NodeRef("Facility", "mtnpass")
    assert fact.target is None
    assert fact.properties["capacity"] == 1200.5
    assert fact.properties["start_year"] == 2018
    assert fact.provenance.known_from == date(2025, 1, 31)
    assert fact.provenance.valid_from == date(2018, 1, 1)
    assert fact.origin == "mine"


def test_row_of_a_relationship_names_its_ends_by_plain_keys_where_one_label_is_allowed() -> None:
    fact = parse("EXPORTS", EXPORTS)
    assert (fact.source, fact.target) == (NodeRef("Country", "CHN"), NodeRef("Country", "USA"))


def test_row_of_a_relationship_names_label_and_key_where_several_labels_are_allowed() -> None:
    row = {
        "source": "Company:lynas",
        "target": "Commodity:OX_DY",
        "year": "2024",
        "basis": "output",
        **PROVENANCE,
    }
    fact = parse("PRODUCES", row)
    assert (fact.source, fact.target) == (NodeRef("Company", "lynas"), NodeRef("Commodity", "OX_DY"))


def test_blank_optional_cells_and_missing_optional_columns_are_absent() -> None:
    fact = parse("Facility", {**FACILITY, "capacity": "  ", "note": ""})
    assert set(fact.properties) == {"name", "stage", "status"}
    assert fact.provenance.note == ""


BAD_CELLS = [
    ("Facility", "capacity", "1,200", "a number without separators"),
    ("Facility", "capacity", "1 200", "a number without separators"),
    ("Facility", "capacity", "1_200", "a number without separators"),
    ("Facility", "capacity", "1.200,5", "a number"),
    ("Facility", "capacity", "0,5", "a number without separators"),
    ("Facility", "capacity", "nan", "a number"),
    ("Facility", "capacity", "inf", "a number"),
    ("Facility", "capacity", "-inf", "a number"),
    ("Facility", "capacity", "1e999", "a finite number"),
    ("Facility", "capacity", "-1", "a number of at least 0"),
    ("Facility", "capacity", "=1+1", "a number"),
    ("Facility", "capacity", "٣", "a number"),
    ("Facility", "capacity", "12 t", "a number"),
    ("Facility", "latitude", "91", "a number from -90 to 90"),
    ("Facility", "start_year", "2018.0", "a whole number"),
    ("Facility", "start_year", "20180", "a whole number from 1800 to 2100"),
    ("Facility", "status", "Operating", "one of operating, ramping"),
    ("Facility", "stage", "smelter", "one of mine, separation"),
    ("Facility", "id", "", "the key of a Facility"),
    ("Facility", "id", "a\tb", "without control characters"),
    ("Facility", "id", "a;b", "without ':' and ';'"),
    ("Facility", "id", "x" * 201, "at most 200 characters"),
    ("Facility", "name", "", "a value (usual name)"),
    ("Facility", "name", "bell\x07", "plain text"),
    ("Facility", "sources", "a;;b", "none of them blank"),
    ("Facility", "sources", "", "a value"),
    ("Facility", "as_of", "31.12.2024", "a date as YYYY-MM-DD"),
    ("Facility", "as_of", "20241231", "a date as YYYY-MM-DD"),
    ("Facility", "as_of", "2024-02-30", "a date that exists"),
    ("Facility", "as_of", "2024-12-31T00:00", "a date as YYYY-MM-DD"),
    ("Facility", "known_from", "", "a value"),
    ("Facility", "confidence", "D", "one of A, B, C"),
    ("Facility", "confidence", "a", "one of A, B, C"),
    ("EXPORTS", "source", "China", "alpha-3"),
    ("EXPORTS", "target", "us", "alpha-3"),
    ("EXPORTS", "target", "Country:USA", "alpha-3"),
    ("EXPORTS", "import_share", "1.01", "a number from 0 to 1"),
]


@pytest.mark.parametrize(("name", "column", "cell", "expected"), BAD_CELLS)
def test_bad_cell_is_rejected_with_place_found_and_expected(
    name: str, column: str, cell: str, expected: str
) -> None:
    good = {"Facility": FACILITY, "EXPORTS": EXPORTS}[name]
    with pytest.raises(InvalidRecord) as caught:
        parse(name, {**good, column: cell})
    error = caught.value
    assert (error.path, error.row, error.column) == (f"{name}.csv", 7, column)
    assert expected in error.expected
    assert error.others == ()


def test_boolean_cell_is_true_or_false_in_either_case() -> None:
    row = {"id": "x", "name": "X", **PROVENANCE}
    assert parse("Company", {**row, "is_listed": "TRUE"}).properties["is_listed"] is True
    assert parse("Company", {**row, "is_listed": "false"}).properties["is_listed"] is False
    with pytest.raises(InvalidRecord, match="true or false"):
        parse("Company", {**row, "is_listed": "yes"})


def test_row_with_several_problems_reports_all_of_them() -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse("Facility", {**FACILITY, "capacity": "-5", "status": "open", "as_of": "yesterday", "name": ""})
    assert [problem.column for problem in caught.value.all] == ["name", "status", "capacity", "as_of"]
    assert str(caught.value).count("Facility.csv:7") == 4


def test_life_that_ends_before_it_begins_is_rejected() -> None:
    with pytest.raises(InvalidRecord, match="not before valid_from '2025-01-01'"):
        parse("Facility", {**FACILITY, "valid_from": "2025-01-01", "valid_to": "2024-12-31"})


def test_long_bad_cell_is_shortened_in_the_message() -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse("Facility", {**FACILITY, "capacity": "9" * 10_000 + "x"})
    assert len(caught.value.found) < 100


def test_unknown_column_is_an_error() -> None:
    with pytest.raises(InvalidRecord, match="unknown column 'Capacity'"):
        parse("Facility", {**FACILITY, "Capacity": "1"})


def test_missing_required_columns_are_all_named() -> None:
    with pytest.raises(InvalidRecord) as caught:
        RowReader("Facility", ["id", "name", "sources", "as_of", "known_from"], path="f.csv")
    assert [problem.found for problem in caught.value.all] == [
        "no column 'stage'",
        "no column 'status'",
        "no column 'confidence'",
    ]


def test_column_given_twice_is_an_error() -> None:
    with pytest.raises(InvalidRecord, match="column 'name' twice"):
        RowReader("Facility", [*FACILITY, "name"], path="f.csv")


def test_row_with_too_many_cells_is_rejected() -> None:
    reader = RowReader("Facility", list(FACILITY), path="f.csv")
    with pytest.raises(InvalidRecord, match="found 9 cells, expected 8 cells"):
        reader.read([*FACILITY.values(), "more"], 2)


def test_table_that_the_schema_does_not_have_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="label or relationship"):
        columns("Facilities")


@pytest.mark.parametrize("name", TABLES)
def test_model_of_every_table_has_the_columns_of_the_table(name: str) -> None:
    fields = model_for(name).model_fields
    assert list(fields) == columns(name)
    assert [field for field, info in fields.items() if info.is_required()] == required_columns(name)


def test_model_rejects_an_extra_field_and_a_change() -> None:
    model = model_for("Element")
    values = {"symbol": "Dy", "name": "dysprosium", "class": "heavy-rare-earth", **PROVENANCE}
    with pytest.raises(ValueError, match="extra"):
        model.model_validate_json(json.dumps({**values, "sources": ["usgs"], "colour": "silver"}))
    record = model.model_validate_json(json.dumps({**values, "sources": ["usgs"]}))
    with pytest.raises(ValueError, match="frozen"):
        record.name = "terbium"  # type: ignore[attr-defined]


def _values(prop: Property) -> st.SearchStrategy[Value | None]:
    """Values of a property's type, some of which do not fit."""
    some: st.SearchStrategy[Value | None]
    match prop.type:
        case "number":
            some = st.one_of(
                st.floats(0, 1), st.sampled_from([-1.0, 0.0, 1.0, 91.0, 1e300, float("nan"), float("inf")])
            )
        case "integer":
            some = st.sampled_from([-3, 0, 1, 1800, 2024, 2036, 2101, 10**18 - 1, 10**18, 10**30])
        case "boolean":
            some = st.booleans()
        case "date":
            some = st.dates(date(2020, 1, 1), date(2022, 1, 1))
        case "choice":
            some = st.sampled_from([*prop.choices, prop.choices[0].swapcase() + "x"])
        case "list":
            some = st.sampled_from([(), ("a",), ("a", "b c"), ("a", ""), ("bell\x07",), ("é", "ü")])
        case _:
            some = st.one_of(
                st.text(max_size=5), st.sampled_from(["a", "=1", "two\nlines", "\x00", "\x85x", " pad "])
            )
    return some if prop.required else st.one_of(st.none(), some)


ENDS = [
    "CHN",
    "chn",
    "",
    "a:b",
    "a;b",
    "a\x07b",
    "x" * 201,
    *(f"{label}:{'CHN' if label == 'Country' else 'k'}" for label in SCHEMA.labels),
    "Nope:k",
    "Company:",
]


@st.composite
def _rows(draw: st.DrawFn) -> tuple[str, dict[str, Value | None]]:
    name = draw(st.sampled_from(TABLES))
    row: dict[str, Value | None] = {}
    for column, labels in end_columns(SCHEMA, name).items():
        good = "CHN" if labels == ("Country",) else "k" if len(labels) == 1 else f"{labels[-1]}:k"
        good = good.replace("Country:k", "Country:CHN")
        row[column] = draw(st.one_of(st.just(good), st.sampled_from(ENDS)))
    broken = draw(st.sets(st.sampled_from(columns(name)), max_size=2))
    for prop in {**SCHEMA.properties(name), **SCHEMA.provenance}.values():
        value = draw(_values(prop))
        if prop.name not in broken and not _fits(prop, value):
            value = _good(prop) if prop.required else None
        row[prop.name] = value
    return name, row


def _fits(prop: Property, value: Value | None) -> bool:
    if value is None or isinstance(value, bool | date):
        return value is not None or not prop.required
    if isinstance(value, int | float):
        return (prop.minimum or 0) <= value <= (1 if prop.maximum is None else prop.maximum)
    if isinstance(value, str):
        return value.isprintable() and bool(value.strip()) and (not prop.choices or value in prop.choices)
    return all(item.isprintable() and item for item in value) and bool(value)


def _good(prop: Property) -> Value:
    if prop.choices:
        return prop.choices[0]
    return {"list": ("a",), "integer": 2024, "number": 0.5, "text": "a"}[prop.type]  # type: ignore[return-value]


def _verdict(read: object) -> Fact | str:
    try:
        return read()  # type: ignore[operator, no-any-return]
    except InvalidRecord:
        return "rejected"


@given(_rows())
@settings(max_examples=400, deadline=None)
def test_table_reader_and_model_give_the_same_verdict_and_the_same_fact(
    case: tuple[str, dict[str, Value | None]],
) -> None:
    from chainshock.graph.cells import write_value

    name, row = case
    text = {column: write_value(value) for column, value in row.items()}
    by_reader = _verdict(lambda: parse(name, text))
    by_model = _verdict(lambda: fact_from(name, row, origin="mine"))
    assert by_reader == by_model


@given(_rows())
@settings(max_examples=200, deadline=None)
def test_fact_written_as_a_row_is_read_back_as_the_same_fact(
    case: tuple[str, dict[str, Value | None]],
) -> None:
    name, row = case
    fact = _verdict(lambda: fact_from(name, row, origin="mine"))
    if isinstance(fact, Fact):
        again = parse(name, to_row(fact))
        assert again == fact
        assert again.id == fact.id
