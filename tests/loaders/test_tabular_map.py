"""Mapping files: what is wrong with one is told by line, with what was found and expected."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import ChainshockError, FileProblem, InvalidRecord
from chainshock.loaders.ingest import load
from chainshock.loaders.tabular import table_template, template
from chainshock.loaders.tabular_cells import read_number
from chainshock.loaders.tabular_fields import KINDS, kinds
from chainshock.loaders.tabular_map import read_map
from chainshock.loaders.toml_lines import key_lines
from tests.loaders.tabular_worlds import MAPS, facts, load_table, small_store, write

TABLE = "Who,What,Where,Share\nLindenau AG,MAG_S,Germany,0.6\n"
NEW = '[goods.new.{}]\nname = "x"\nstage = "{}"\nunit = "t"\n[columns]'


def refused(folder, mapping, kind="suppliers"):
    """Load under a mapping that does not fit; give its problems."""
    with pytest.raises(InvalidRecord) as caught:
        load_table(folder, kind, TABLE, mapping)
    return caught.value.all


def changed(old, new, kind="suppliers"):
    assert old in MAPS[kind]
    return MAPS[kind].replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        ('kind = "suppliers"', 'kind = "vendors"', "kind", "suppliers, bill-of-materials"),
        ('supplier = "Who"', 'vendor = "Who"', "columns.vendor", "one of supplier"),
        ('supplier = "Who"', "", "columns", "a column or a constant for supplier"),
        ('supplier = "Who"', "supplier = 3", "columns.supplier", "text"),
        ('country = "Where"', 'country = "Who"', "columns.country", "a column for each field"),
        ('country = "Where"', 'country = "Wher"', "columns.country", "Who, What, Where, Share"),
        ('country = "DEU"', 'country = "Atlantis"', "company.country", "a country"),
        ('country = "DEU"', "revenue = 3", "company.revenue", "`currency` and `fiscal_year`"),
        ('country = "DEU"', 'currency = "XXX"', "company.currency", "EUR"),
        ('country = "DEU"', "revenue = -3", "company.revenue", "a number above 0"),
        ('name = "Alder Motion GmbH"', 'id = "nobody"', "company.id", "a company in the store"),
        ('name = "Alder Motion GmbH"', 'id = "a:b"', "company.id", "without ':'"),
        ('name = "Alder Motion GmbH"', "", "company", "`name`"),
        ("published = 2025-09-30", 'published = "soon"', "source.published", "YYYY-MM-DD"),
        ("published = 2025-09-30", 'confidence = "D"', "source.confidence", "A, B, C"),
        ("[columns]", '[table]\ndecimal = ";"\n[columns]', "table.decimal", "one of"),
        ("[columns]", '[table]\nthousands = "."\n[columns]', "table.thousands", "another sign"),
        ("[columns]", '[table]\ndates = "D/M/Y"\n[columns]', "table.dates", "DD.MM.YYYY"),
        ("[columns]", '[table]\nencoding = "utf-16"\n[columns]', "table.encoding", "cp1252"),
        ("[columns]", '[goods]\n"N38" = "MAG_X"\n[columns]', "goods.N38", "nearest"),
        ("[columns]", NEW.format("MAG_S", "oxide"), "goods.new.MAG_S", "free"),
        ("[columns]", NEW.format("X", "odd"), "goods.new.X.stage", "oxide"),
        ("[columns]", '[units]\n"Stk" = "piece"\n[columns]', "units.Stk", "kg"),
        ("[columns]", '[units]\n"Stk" = { unit = "kg" }\n[columns]', "units.Stk", "factor"),
        ("[columns]", '[constants]\nshare = 0.5\n[columns]', "constants.share", "one of the two"),
        ("[columns]", '[values.colour]\n"a" = "b"\n[columns]', "values.colour", "one of supplier"),
        ("[columns]", '[products.Drive]\nunit = "unit"\n[columns]', "products", "bill-of-materials only"),
    ],
)  # fmt: skip
def test_mapping_that_does_not_fit_is_refused_with_its_line(tmp_path, old, new, column, expected):
    mapping = changed(old, new)
    (problem,) = (p for p in refused(tmp_path, mapping) if p.column == column)
    assert expected in problem.expected
    key = column.split(".")[-1]
    assert key in mapping.splitlines()[problem.row - 1] or problem.row == 1 or key == "company"


def test_mapping_tells_all_its_problems_at_once(tmp_path):
    mapping = changed('supplier = "Who"', 'vendor = "Who"').replace("2025-09-30", '"soon"')
    assert {p.column for p in refused(tmp_path, mapping)} == {"columns.vendor", "columns", "source.published"}


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("revenue_share = 0.5", "revenue_share = 1.5", "products.Drive.revenue_share"),
        ("revenue_share = 0.5", "", "products.Drive"),
        ("unit_value = 1000", "", "products.Drive"),
        ('currency = "EUR"', "", "products.Drive.unit_value"),
        ('country = "DEU"', "", "products.Drive"),
        (
            "revenue_share = 0.5",
            "revenue_share = 0.5\ncountries = { DEU = 0.5 }",
            "products.Drive.countries",
        ),
        ('sector = "industrial"', 'sector = "drives"', "products.Drive.sector"),
    ],
)
def test_product_that_does_not_fit_is_refused(tmp_path, old, new, column):
    mapping = changed(old, new, "bill-of-materials")
    assert column in {p.column for p in refused(tmp_path, mapping, "bill-of-materials")}


def test_revenue_shares_beyond_all_are_refused(tmp_path):
    more = '\n[products.Fan]\nsector="industrial"\nunit="unit"\nunit_value=9\nrevenue_share=0.6\n[columns]'
    mapping = changed("\n[columns]", more, "bill-of-materials")
    (problem,) = refused(tmp_path, mapping, "bill-of-materials")
    assert "1.1" in problem.found


@pytest.mark.parametrize(("text", "line"), [("kind = \n", 1), ('kind = "a"\nkind = "b"\n', 2), ("[a\n", 1)])
def test_text_that_is_no_toml_is_refused_with_its_line(tmp_path, text, line):
    (problem,) = refused(tmp_path, text)
    assert problem.row == line


def test_table_without_mapping_is_refused_with_the_way_to_one(tmp_path):
    path, _ = write(tmp_path, "suppliers", TABLE)
    with pytest.raises(FileProblem, match="--template"):
        load("tabular", [path], small_store(), origin="mine")


def test_mapping_that_is_not_there_is_refused(tmp_path):
    path, _ = write(tmp_path, "suppliers", TABLE)
    with pytest.raises(FileProblem):
        load("tabular", [path], small_store(), origin="mine", mapping=tmp_path / "none.toml")


def test_table_without_date_needs_one_from_the_user(tmp_path):
    mapping = changed("published = 2025-09-30", "")
    with pytest.raises(FileProblem, match="--published"):
        load_table(tmp_path, "suppliers", TABLE, mapping)


def test_column_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(ChainshockError, match="Who"):
        load_table(tmp_path, "suppliers", TABLE.replace("What", "Who"))


def test_constant_stands_for_a_column(tmp_path):
    mapping = changed('good = "What"\n', "") + '[constants]\ngood = "MAG_L"\n'
    store, _ = load_table(tmp_path, "suppliers", TABLE, mapping)
    assert facts(store, "SUPPLIES")[0].properties["commodity"] == "MAG_L"


def test_tables_in_another_encoding_and_with_semicolons_are_read(tmp_path):
    mapping = changed("[columns]", '[table]\nencoding = "cp1252"\ndelimiter = ";"\n[columns]')
    path, map_path = write(tmp_path, "suppliers", "", mapping)
    path.write_bytes("Who;What;Where;Share\nMüller;MAG_S;Germany;0.6\n".encode("cp1252"))
    store = small_store()
    load("tabular", [path], store, origin="mine", mapping=map_path)
    assert {f.properties["name"] for f in facts(store, "Company")} == {"Alder Motion GmbH", "Müller"}


FILLED = {
    "suppliers": {"supplier": "Lindenau AG", "good": "MAG_S", "country": "DEU", "share": "0.6"},
    "bill-of-materials": {"product": "Drive", "input": "MAG_S", "amount": "0.35", "unit": "kg"},
    "facilities": {"facility": "Ulm", "country": "DEU", "stage": "component", "status": "operating"},
    "stocks": {"good": "MAG_S", "weeks": "7"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_filled_templates_load_without_further_change(tmp_path, kind):
    mapping = (
        template(kind).replace('name = ""', 'name = "Alder Motion GmbH"').replace('title = ""', 'title = "x"')
    )
    mapping = mapping.replace('country = ""', 'country = "DEU"').replace("# currency", "currency")
    for line in ("[products.", "sector", "unit ", "unit_value", "revenue_share"):
        mapping = mapping.replace(f"# {line}", line, 1) if kind == "bill-of-materials" else mapping
    mapping = mapping.replace('"Axis drive"', '"Drive"')
    out = io.StringIO()
    writer = csv.DictWriter(out, table_template(kind).strip().split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerow(FILLED[kind])
    _, report = load_table(tmp_path, kind, out.getvalue(), mapping, published=date(2025, 9, 30))
    assert (report.loaded, report.quarantined) == (1, 0), report.problems


@pytest.mark.parametrize("kind", KINDS)
def test_template_names_every_field_and_every_required_one_is_there(kind):
    text = template(kind)
    assert all(f'\n{name} = "{name}"' in text for name in kinds()[kind])


def test_empty_template_is_refused_for_what_must_be_filled_in(tmp_path):
    path = tmp_path / "suppliers.toml"
    path.write_text(template("suppliers"), encoding="utf-8")
    with pytest.raises(InvalidRecord) as caught:
        read_map(path)
    assert {p.column for p in caught.value.all} >= {"source.title"}


def test_lines_of_keys_are_found_through_tables_and_dotted_keys():
    text = 'a.b = 1\n[values."x y"]\n"1 2" = """\n[no]\n"""\nz = 3\n[[q]]\nr = [1,\n 2]\n'
    lines = key_lines(text)
    assert (lines["a", "b"], lines["values", "x y"], lines["values", "x y", "z"], lines["q", "r"]) == (
        1,
        2,
        6,
        8,
    )


@given(st.floats(0, 1e12, allow_nan=False), st.sampled_from([(".", ""), (",", "."), (",", " "), (".", ",")]))
def test_number_written_with_declared_signs_is_read_back(number, signs):
    decimal, thousands = signs
    text = f"{number:,.6f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert read_number(text, decimal, thousands) == pytest.approx(number, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=4, max_size=4), max_size=5))
def test_every_row_of_any_table_is_accounted_for(tmp_path_factory, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [["Who", "What", "Where", "Share"], *rows]
    )
    folder = tmp_path_factory.mktemp("any")
    try:
        _, report = load_table(folder, "suppliers", out.getvalue().encode("utf-8", "replace").decode())
    except ChainshockError:
        return
    assert report.read == len(rows)


def test_data_set_names_the_mapping_beside_the_table(tmp_path):
    store, _ = load_table(tmp_path, "suppliers", TABLE)
    (dataset,) = facts(store, "Dataset")
    names = [name.split(" sha256-")[0] for name in dataset.properties["files"]]
    assert names == ["suppliers.csv", "suppliers.toml"]


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000, "[0, [1" + "0" * 40 + "]]"])
def test_integer_of_thousands_of_digits_is_refused(tmp_path, number):
    mapping = changed('country = "DEU"', f"revenue = {number}")
    with pytest.raises(FileProblem, match="64 bits"):
        load_table(tmp_path, "suppliers", TABLE, mapping)


def test_date_on_the_command_line_wins_over_that_of_the_mapping(tmp_path):
    table = "Who,What,Where,Share\nLindenau AG,MAG_S,Germany,0.6\n"
    store, _ = load_table(tmp_path, "suppliers", table, published=date(2026, 1, 31))
    (fact,) = facts(store, "SUPPLIES")
    assert fact.provenance.known_from == date(2026, 1, 31)
