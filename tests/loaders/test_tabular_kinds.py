"""Bills of materials, plants and stocks of an invented firm: what becomes a fact, what is set aside."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.errors import InvalidRecord
from tests.loaders.tabular_worlds import MAPS, facts, load_table, node, small_store

MATERIALS = "Product,Part,Amount,Unit\n"
PLANTS = "Plant,Where,Stage,Status,Makes,Output,Unit\n"
STOCKS = "What,Weeks\n"


def one_problem(report):
    assert report.quarantined == 1, report.problems
    return report.problems[0]


# ---------------------------------------------------------------- bill of materials


def test_part_of_a_product_becomes_a_requirement_of_an_end_use(tmp_path):
    store, report = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,350,g\n")
    (fact,) = facts(store, "REQUIRES")
    assert (str(fact.source), fact.target.key) == ("EndUse:alder-motion-gmbh-drive", "MAG_S")
    assert fact.properties == {"amount": pytest.approx(0.35), "unit": "kg/unit"}
    assert report.loaded == 1


def test_product_is_described_with_its_value_in_usd_and_the_revenue_from_it(tmp_path):
    store, _ = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,350,g\n")
    (use,), (serves,) = facts(store, "EndUse"), facts(store, "SERVES")
    assert use.properties["unit_value"] == pytest.approx(1082.0)
    assert use.provenance.note == "1000 EUR at fx.EUR"
    assert serves.properties == {
        "revenue_share": 0.5,
        "country": "DEU",
        "country_share": 1.0,
        "magnet_use": "yes",
    }


def test_product_without_magnets_says_so(tmp_path):
    store, _ = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,OX_DY,350,g\n")
    assert facts(store, "SERVES")[0].properties["magnet_use"] == "no"


def test_product_may_be_made_in_several_countries(tmp_path):
    mapping = MAPS["bill-of-materials"].replace(
        "revenue_share = 0.5", "revenue_share = 0.5\ncountries = { Germany = 0.7, CZE = 0.3 }"
    )
    store, _ = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,350,g\n", mapping)
    shares = {f.properties["country"]: f.properties["country_share"] for f in facts(store, "SERVES")}
    assert shares == {"DEU": 0.7, "CZE": 0.3}


def test_part_of_ones_own_has_parts_in_turn(tmp_path):
    store, _ = load_table(
        tmp_path, "bill-of-materials", MATERIALS + "Drive,ROTOR,1,unit\nRotor,MAG_S,1.2,kg\n"
    )
    ends = {(str(f.source), f.target.key): f.properties["unit"] for f in facts(store, "REQUIRES")}
    assert ends == {
        ("EndUse:alder-motion-gmbh-drive", "ROTOR"): "unit/unit",
        ("Commodity:ROTOR", "MAG_S"): "kg/unit",
    }


def test_parts_that_are_made_of_each_other_are_set_aside(tmp_path):
    table = MATERIALS + "ROTOR,SHAFT,1,unit\nSHAFT,ROTOR,1,unit\n"
    problem = one_problem(load_table(tmp_path, "bill-of-materials", table)[1])
    assert (problem.line, problem.found) == (3, "SHAFT needs ROTOR needs SHAFT")


def test_part_that_is_made_of_itself_is_set_aside(tmp_path):
    problem = one_problem(load_table(tmp_path, "bill-of-materials", MATERIALS + "ROTOR,ROTOR,1,unit\n")[1])
    assert problem.found == "ROTOR needs ROTOR"


def lines(rows):
    """A bill of materials with variants, and its mapping."""
    mapping = MAPS["bill-of-materials"].replace(
        'unit = "Unit"\n',
        'unit = "Unit"\nline = "Variant"\nline_share = "Of output"\ncriticality = "Critical"\n',
    )
    return "Product,Part,Amount,Unit,Variant,Of output,Critical\n" + rows, mapping


def test_variant_keeps_its_share_and_criticality(tmp_path):
    store, _ = load_table(tmp_path, "bill-of-materials", *lines("Drive,MAG_S,1,kg,Servo XL,0.4,0.5\n"))
    properties = facts(store, "REQUIRES")[0].properties
    assert (properties["line"], properties["line_share"], properties["kappa"]) == (
        "variant/servo-xl",
        0.4,
        0.5,
    )


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("Drive,MAG_S,1,kg,a,0.7,\nDrive,MAG_L,1,kg,b,0.7,\n", "1.4"),
        ("Drive,MAG_S,1,kg,a,0.7,\nDrive,MAG_L,1,kg,a,0.6,\n", "0.6 for line 'a'"),
        ("Drive,MAG_S,1,kg,A,0.5,\nDrive,MAG_S,2,kg,a,0.3,\n", "a second row for the same"),
        ("Drive,MAG_S,1,kg,a,,\n", "without its share"),
        ("Drive,MAG_S,1,kg,,0.3,\n", "without its share"),
    ],
)
def test_shares_of_variants_that_do_not_fit_are_set_aside(tmp_path, rows, found):
    problem = one_problem(load_table(tmp_path, "bill-of-materials", *lines(rows))[1])
    assert found in problem.found


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ("Wheel,MAG_S,1,kg", "Product", "Drive, ROTOR, SHAFT"),
        ("Drive,PLATE,1,kg", "Part", "[goods] of the mapping"),
        ("Drive,MAG,1,kg", "Part", "one of MAG_L, MAG_S"),
        ("Drive,MAG_S,0,kg", "Amount", "above 0"),
        ("Drive,MAG_S,-1,kg", "Amount", "above 0"),
        ("Drive,MAG_S,,kg", "Amount", "for one unit"),
        ("Drive,MAG_S,1,pound", "Unit", "[units] of the mapping"),
        ("Drive,MAG_S,1,unit", "Unit", "a unit of t"),
        ("Drive,MAG_S,1,kg/month", "Unit", "[units] of the mapping"),
        ("Drive,ROTOR,1,kg", "Unit", "a unit of unit"),
        ('Drive,MAG_S,"1,5",kg', "Amount", "`decimal`"),
    ],
)
def test_cell_of_a_bill_that_does_not_fit_is_set_aside(tmp_path, cells, column, expected):
    problem = one_problem(load_table(tmp_path, "bill-of-materials", MATERIALS + cells + "\n")[1])
    assert (problem.line, problem.column) == (2, column)
    assert expected in problem.expected


def test_unit_of_ones_own_is_converted(tmp_path):
    mapping = MAPS["bill-of-materials"] + '[units]\n"Stk" = { unit = "g", factor = 150 }\n'
    store, _ = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,2,Stk\n", mapping)
    assert facts(store, "REQUIRES")[0].properties["amount"] == pytest.approx(0.3)


# ---------------------------------------------------------------- plants


def test_plant_becomes_a_facility_with_place_operator_and_output(tmp_path):
    table = PLANTS + "Ulm,Germany,component,operating,MAG_S,12,t/month\n"
    store, _ = load_table(tmp_path, "facilities", table)
    (made,), (place,), (runs,) = (facts(store, name) for name in ("PRODUCES", "LOCATED_IN", "OPERATES"))
    assert made.source.key == "alder-motion-gmbh-ulm"
    assert made.properties == {"year": 2025, "basis": "output", "output": 144.0}
    assert (place.target.key, runs.source.key) == ("DEU", "alder-motion-gmbh")


def test_plant_of_the_store_keeps_its_own_description(tmp_path):
    mapping = MAPS["facilities"] + 'company = "Who"\n'
    table = PLANTS.replace("\n", ",Who\n") + "Osaka works,Japan,magnet,operating,MAG_S,12,t,Kirin Magnetics\n"
    store, _ = load_table(tmp_path, "facilities", table, mapping)
    assert facts(store, "Facility") == []
    assert facts(store, "OPERATES")[0].source.key == "kirin"


def test_plant_may_make_a_product_of_the_firm(tmp_path):
    store, _ = load_table(tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,350,g\n")
    table = PLANTS + "Ulm,Germany,component,operating,Drive,5000,unit\n"
    load_table(tmp_path, "facilities", table, store=store)
    assert str(facts(store, "PRODUCES")[0].target) == "EndUse:alder-motion-gmbh-drive"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("Ulm,Germany,assembly,operating,MAG_S,12,t", "Stage"),
        ("Ulm,Germany,component,open,MAG_S,12,t", "Status"),
        ("Ulm,Germany,component,operating,,12,t", "Makes"),
        ("Ulm,Germany,component,operating,MAG_S,12,", "Unit"),
        (",Germany,component,operating,MAG_S,12,t", "Plant"),
        ("Ulm,,component,operating,MAG_S,12,t", "Where"),
    ],
)
def test_cell_of_a_plant_that_does_not_fit_is_set_aside(tmp_path, cells, column):
    problem = one_problem(load_table(tmp_path, "facilities", PLANTS + cells + "\n")[1])
    assert (problem.line, problem.column) == (2, column)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("Ulm,China,component,operating,MAG_L,5,t", "Where"),
        ("Ulm,Germany,magnet,operating,MAG_L,5,t", "Stage"),
        ("Ulm,Germany,component,planned,MAG_L,5,t", "Status"),
        ("ULM.,Germany,component,operating,MAG_L,5,t", "Plant"),
    ],
)
def test_second_row_of_a_plant_that_contradicts_the_first_is_set_aside(tmp_path, cells, column):
    table = PLANTS + f"Ulm,Germany,component,operating,MAG_S,12,t\n{cells}\n"
    store, report = load_table(tmp_path, "facilities", table)
    problem = one_problem(report)
    assert (problem.line, problem.column) == (3, column)
    assert "as in an earlier row of this plant" in problem.expected
    assert [fact.target.key for fact in facts(store, "LOCATED_IN")] == ["DEU"]


def test_plant_that_makes_several_goods_has_a_row_for_each(tmp_path):
    table = PLANTS + "".join(f"Ulm,Germany,component,operating,{good},12,t\n" for good in ("MAG_S", "MAG_L"))
    store, report = load_table(tmp_path, "facilities", table)
    assert (report.loaded, len(facts(store, "Facility")), len(facts(store, "PRODUCES"))) == (2, 1, 2)


# ---------------------------------------------------------------- stocks


def test_stock_in_weeks_becomes_the_holders_own_figure(tmp_path):
    store, _ = load_table(tmp_path, "stocks", STOCKS + "MAG_S,7\n")
    (fact,) = facts(store, "HOLDS_STOCK")
    assert (str(fact.source), fact.properties) == ("Company:alder-motion-gmbh", {"weeks": 7.0})


def test_empty_stock_is_a_stock(tmp_path):
    store, _ = load_table(tmp_path, "stocks", STOCKS + "MAG_S,0\n")
    assert facts(store, "HOLDS_STOCK")[0].properties == {"weeks": 0.0}


def amounts(rows, more=""):
    mapping = MAPS["stocks"] + 'amount = "Amount"\nunit = "Unit"\nholder = "Who"\ndate = "Counted"\n' + more
    return "What,Weeks,Amount,Unit,Who,Counted\n" + rows, mapping


def test_stock_as_an_amount_is_kept_in_the_goods_unit_with_its_day(tmp_path):
    store, _ = load_table(tmp_path, "stocks", *amounts("MAG_S,,500,kg,Kirin Magnetics,2025-09-01\n"))
    (fact,) = facts(store, "HOLDS_STOCK")
    assert (fact.source.key, fact.properties) == ("kirin", {"amount": 0.5, "unit": "t"})
    assert fact.provenance.as_of == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("MAG_S,,,,,", "Weeks"),
        ("MAG_S,3,500,kg,,", "Weeks"),
        ("MAG_S,,500,,,", "Unit"),
        ("MAG,,500,kg,,", "What"),
        ("MAG_S,3,,,,2025-12-01", "Counted"),
        ("MAG_S,3,,,,1.9.2025", "Counted"),
        ("MAG_S,-3,,,,", "Weeks"),
    ],
)
def test_stock_that_does_not_fit_is_set_aside(tmp_path, row, column):
    problem = one_problem(load_table(tmp_path, "stocks", *amounts(row + "\n"))[1])
    assert (problem.line, problem.column) == (2, column)


def test_two_counts_of_one_day_are_one_too_many(tmp_path):
    problem = one_problem(load_table(tmp_path, "stocks", STOCKS + "MAG_S,7\nMAG_S,8\n")[1])
    assert problem.line == 3


def test_holders_that_are_nobody_in_particular_are_left_out(tmp_path):
    _, report = load_table(tmp_path, "stocks", *amounts("MAG_S,3,,,others,\n"))
    assert report.left_out == 1


def test_dates_and_numbers_follow_the_form_that_the_mapping_declares(tmp_path):
    table, mapping = amounts('MAG_S,,"1.500,5",kg,,01.09.2025\n')
    mapping = mapping.replace(
        "[columns]", '[table]\ndecimal = ","\nthousands = "."\ndates = "DD.MM.YYYY"\n[columns]'
    )
    store, _ = load_table(tmp_path, "stocks", table, mapping, store=small_store())
    (fact,) = facts(store, "HOLDS_STOCK")
    assert fact.properties["amount"] == pytest.approx(1.5005)
    assert fact.provenance.as_of == date(2025, 9, 1)


def shared(**more):
    """A mapping whose only product stands for an end use of the store."""
    keys = {"end_use": "drives", "revenue_share": 0.4, "magnet_use": "partial", **more}
    lines = "\n".join(f"{key} = {value!r}" for key, value in keys.items())
    text = MAPS["bill-of-materials"]
    start, end = text.index("[products"), text.index("[columns]")
    return f"{text[:start]}[products.Drive]\n{lines}\n{text[end:]}"


def store_with_end_use():
    store = small_store()
    said = {"name": "Drives", "sector": "industrial", "buyer_class": "civil", "unit": "USD"}
    with store.writer("reference") as writer:
        writer.add(node("EndUse", "drives", **said))
    return store


def test_product_may_stand_for_an_end_use_of_the_graph_without_any_row(tmp_path):
    store, report = load_table(tmp_path, "bill-of-materials", MATERIALS, shared(), store=store_with_end_use())
    (serves,) = facts(store, "SERVES")
    assert serves.target.key == "drives"
    assert (serves.properties["revenue_share"], serves.properties["magnet_use"]) == (0.4, "partial")
    assert (report.loaded, facts(store, "EndUse")) == (1, [])


def test_end_use_of_the_graph_keeps_its_own_inputs(tmp_path):
    store, report = load_table(
        tmp_path, "bill-of-materials", MATERIALS + "Drive,MAG_S,1,kg\n", shared(), store=store_with_end_use()
    )
    assert "those of the graph" in one_problem(report).expected
    assert facts(store, "REQUIRES") == []


@pytest.mark.parametrize("more", [{"end_use": "drive"}, {"unit": "unit"}, {"magnet_use": "maybe"}])
def test_product_for_an_end_use_that_does_not_fit_is_refused(tmp_path, more):
    with pytest.raises(InvalidRecord):
        load_table(tmp_path, "bill-of-materials", MATERIALS, shared(**more), store=store_with_end_use())


def test_figure_of_an_unknown_good_is_told_once_as_an_unknown_good(tmp_path):
    row = "Werk Nord,Germany,magnet,operating,Unobtainium,50,t\n"
    _, report = load_table(tmp_path, "facilities", PLANTS + row)
    assert [problem.found for problem in report.problems] == ["'Unobtainium'"]
