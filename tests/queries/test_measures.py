"""Measures in force, their scope and their windows, on graphs made by hand."""

from dataclasses import replace
from datetime import date, timedelta

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chainshock
from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.measure_scope import Destinations, affiliates, goods_in_scope
from chainshock.queries.measures import (
    describe,
    measures_in_force,
    named_buyers,
    resolve_measures,
    route_factors,
)
from chainshock.queries.scenario import Step, control_scenario, parse_scenario

PROVENANCE = Provenance(("test",), date(2024, 12, 31), date(2025, 1, 1), "A")
COUNTRIES = ("CHN", "DEU", "IND", "JPN", "USA")
LICENCE_MAGNET = 0.92 * 59 / 5 / 26  # mean of a licence from week 0, worked out in test_severity


class World(nx.MultiDiGraph):
    """A graph of facts that grows by a word."""

    def node(self, label, key, **properties):
        ref = NodeRef(label, key)
        self.add_node(ref, fact=Fact(label, ref, None, properties, PROVENANCE))
        return self

    def edge(self, name, source, target, **properties):
        fact = Fact(name, NodeRef(*source.split(":")), NodeRef(*target.split(":")), properties, PROVENANCE)
        self.add_edge(fact.source, fact.target, key=fact.id, fact=fact)
        return self

    def measure(self, key, kind="licence", goods=("OX_DY", "MAG_S"), collateral=(), **properties):
        given = {"announced": date(2025, 10, 9), "effective": date(2025, 11, 8), "destinations": "all"}
        self.node("Measure", key, title=key, kind=kind, is_modelled=True, **{**given, **properties})
        self.edge("IMPOSED_BY", f"Measure:{key}", "Country:CHN")
        for good in (*goods, *collateral):
            self.edge("RESTRICTS", f"Measure:{key}", f"Commodity:{good}", collateral=good in collateral)
        return self


@pytest.fixture
def world():
    made = World()
    for iso3 in COUNTRIES:
        made.node("Country", iso3, name=iso3)
    for symbol in ("Dy", "Tb", "Nd"):
        made.node("Element", symbol, name=symbol)
    made.node("Commodity", "OX_DY", stage="oxide", elements=("Dy",), hs_codes=("284690",))
    made.node("Commodity", "OX_ND", stage="oxide", elements=("Nd",), hs_codes=("284690",))
    made.node("Commodity", "MAG", stage="magnet", elements=("Nd", "Dy"), hs_codes=("850511",))
    made.node(
        "Commodity", "MAG_S", stage="magnet", elements=("Nd", "Dy"), hs_codes=("850511",), split_of="MAG"
    )
    made.node("Commodity", "MAG_L", stage="magnet", elements=("Nd",), hs_codes=("850511",), split_of="MAG")
    made.node("Commodity", "MOTOR", stage="component", elements=("Nd", "Dy"))
    made.edge("CONTAINS", "Commodity:MAG_S", "Element:Dy", mass_fraction=0.04)
    made.edge("CONTAINS", "Commodity:MAG_L", "Element:Dy", mass_fraction=0.0)
    return made


def scenario(body="", day="2025-11-08", start="in-force"):
    return parse_scenario(
        f'title = "t"\ndate = {day}\nstart = "{start}"\nbaseline_year = 2024\n{body}', "t.toml"
    )


def network(goods=("MAG_L", "MAG_S", "OX_DY"), classes=("civil", "military")):
    def ints():
        return np.zeros(0, dtype=np.int32)

    def floats():
        return np.zeros(0)

    return ProductionNetwork(
        ids=(),
        goods=tuple(goods),
        countries=COUNTRIES,
        buyer_classes=classes,
        kind=np.zeros(0, dtype=np.int8),
        good=ints(),
        country=ints(),
        buyer_class=ints(),
        output=floats(),
        value=floats(),
        spare=floats(),
        is_project=np.zeros(0, dtype=np.bool_),
        group_node=ints(),
        group_good=ints(),
        kappa=floats(),
        cover=floats(),
        need=floats(),
        cost_share=floats(),
        edge_group=ints(),
        edge_source=ints(),
        weight=floats(),
        evidence=np.zeros(0, dtype=np.int8),
        transit=floats(),
    )


def only(world, *args, **kwargs):
    (measure,) = measures_in_force(world, scenario(*args, **kwargs))
    return measure


def reason(world, *args, **kwargs):
    (entry,) = resolve_measures(world, scenario(*args, **kwargs)).left_out
    return entry.reason


# ---------------------------------------------------------------- when


def test_measure_that_takes_effect_on_week_zero_counts_from_there(world):
    assert only(world.measure("M")).mean("magnet", "DEU") == pytest.approx(LICENCE_MAGNET)


def test_measure_that_takes_effect_later_in_the_run_counts_from_that_week(world):
    world.measure("M", "ban", effective=date(2025, 12, 6))  # four weeks after week 0: 22 weeks of 26
    assert only(world).mean("magnet", "DEU") == pytest.approx(0.95 * 22 / 26)


def test_measure_in_force_for_ten_weeks_is_in_its_tenth_week(world):
    world.measure("M", effective=date(2025, 8, 30), announced=date(2025, 8, 1))  # 70 days before week 0
    assert only(world).mean("magnet", "DEU") == pytest.approx(0.92 * (1 + 3.5 + 8) / 5 / 26)


def test_clock_of_an_override_counts_the_weeks_anew(world):
    world.measure("M", effective=date(2025, 4, 4), announced=date(2025, 4, 4))
    anew = '[[override]]\nmeasure = "M"\nclock = 2025-11-08\nreason = "licences ran out"'
    assert only(world).mean("magnet", "DEU") == 0.0  # week 31: all approved
    assert only(world, anew).mean("magnet", "DEU") == pytest.approx(LICENCE_MAGNET)


@pytest.mark.parametrize(
    ("day", "weeks_in_force"),
    [
        ("2026-11-10", 26 - 1 / 7),  # the last day of the suspension; it resumes the next
        ("2026-11-11", 26),
        ("2026-11-09", 26 - 2 / 7),
        ("2026-05-13", 1 / 7 - 1 / 7),  # 182 days before it resumes: just after the run
        ("2026-05-14", 1 / 7),
    ],
)
def test_suspension_lasts_through_its_last_day(world, day, weeks_in_force):
    world.measure("M", "ban", suspended_from=date(2025, 11, 7), suspended_to=date(2026, 11, 10))
    found = measures_in_force(world, scenario(day=day))
    assert sum(m.mean("magnet", "DEU") for m in found) == pytest.approx(0.95 * weeks_in_force / 26)


def test_measure_that_resumes_after_a_suspension_asks_for_licences_anew(world):
    world.measure("M", suspended_from=date(2025, 11, 7), suspended_to=date(2026, 11, 10))
    assert only(world, day="2026-11-11").mean("magnet", "DEU") == pytest.approx(LICENCE_MAGNET)


def test_suspension_in_the_middle_of_the_run_takes_its_weeks_out(world):
    world.measure("M", "ban", suspended_from=date(2025, 12, 6), suspended_to=date(2026, 1, 2))  # weeks 4 to 8
    assert only(world).mean("magnet", "DEU") == pytest.approx(0.95 * 22 / 26)


def test_suspended_measure_is_left_out_with_its_last_day(world):
    world.measure("M", suspended_from=date(2025, 11, 7), suspended_to=date(2026, 11, 10))
    assert reason(world) == "suspended to 2026-11-10"


def test_override_of_a_suspension_puts_the_measure_in_force(world):
    world.measure("M", suspended_from=date(2025, 11, 7), suspended_to=date(2026, 11, 10))
    lifted = '[[override]]\nmeasure = "M"\nsuspended = false\nreason = "never suspended"'
    assert only(world, lifted).mean("magnet", "DEU") == pytest.approx(LICENCE_MAGNET)


def test_measure_that_ends_in_the_run_counts_to_the_day_before(world):
    world.measure("M", "ban", ended=date(2025, 12, 6))
    assert only(world).mean("magnet", "DEU") == pytest.approx(0.95 * 4 / 26)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"ended": date(2025, 11, 8)}, "ended on 2025-11-08"),
        ({"announced": date(2025, 11, 9)}, "announced later, on 2025-11-09"),
        ({"effective": date(2026, 5, 9)}, "takes effect after the run, on 2026-05-09"),  # 26 weeks later
    ],
)
def test_measure_not_in_force_says_why(world, properties, expected):
    assert reason(world.measure("M", **properties)) == expected


def test_measure_in_effect_through_the_baseline_year_takes_nothing_more(world):
    world.measure("M", effective=date(2024, 1, 1), announced=date(2023, 12, 1))
    assert only(world).in_baseline
    assert only(world).mean("oxide", "DEU") == 0.0


def test_measure_of_later_in_the_baseline_year_is_not_in_the_baseline(world):
    world.measure("M", effective=date(2024, 1, 2), announced=date(2023, 12, 1))
    assert only(world).mean("oxide", "DEU") == pytest.approx(0.65)


DAYS = st.dates(date(2025, 9, 1), date(2026, 8, 1))


@settings(max_examples=60, deadline=None)
@given(
    effective=DAYS,
    ended=st.none() | DAYS,
    spans=st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=3),
)
def test_mean_of_a_ban_is_the_share_of_days_on_which_it_is_in_force(effective, ended, spans):
    made = World().node("Country", "CHN", name="China").node("Commodity", "OX_DY", stage="oxide")
    made.measure("M", "ban", goods=("OX_DY",), effective=effective, announced=date(2025, 1, 1))
    steps = (Step("suspend", "M", {"from": first, "to": last}, "t", 1) for first, last in spans)
    sound = [step for step in steps if step.values["to"] is None or step.values["from"] <= step.values["to"]]
    ending = [] if ended is None else [Step("extend", "M", {"ended": ended}, "t", 1)]
    days = [date(2025, 11, 8) + timedelta(days=i) for i in range(182)]

    def acts(day):
        stopped = any(
            step.values["from"] <= day and (step.values["to"] is None or day <= step.values["to"])
            for step in sound
        )
        return effective <= day and (ended is None or day < ended) and not stopped

    found = measures_in_force(made, replace(scenario(), steps=(*ending, *sound)))
    mean = sum(measure.mean("oxide", "USA") for measure in found)
    assert mean == pytest.approx(0.95 * sum(map(acts, days)) / 182)


# ---------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("body", "mean"),
    [
        ('[[lift]]\nmeasure = "M"', 0.0),
        ('[[lift]]\nmeasure = "M"\nfrom = 2025-12-06', 0.95 * 4 / 26),
        ('[[suspend]]\nmeasure = "M"', 0.0),
        ('[[suspend]]\nmeasure = "M"\nfrom = 2025-12-06', 0.95 * 4 / 26),
        ('[[suspend]]\nmeasure = "M"\nto = 2025-12-05', 0.95 * 22 / 26),
        ('[[extend]]\nmeasure = "M"\nended = 2025-12-06', 0.95 * 4 / 26),
        ('[[override]]\nmeasure = "M"\nseverity = 0.5\nreason = "r"', 0.5),
        ('[[override]]\nmeasure = "M"\nshape = "general-licence"\nreason = "r"', 0.05),
        ('[assumptions]\n"ban.level" = 0.9', 0.9),
    ],
)
def test_step_changes_the_measure(world, body, mean):
    found = measures_in_force(world.measure("M", "ban"), scenario(body))
    assert sum(m.mean("magnet", "DEU") for m in found) == pytest.approx(mean)


def test_extended_suspension_keeps_the_measure_away(world):
    world.measure("M", suspended_from=date(2025, 11, 7), suspended_to=date(2026, 11, 10))
    extended = '[[extend]]\nmeasure = "M"\nsuspended_to = 2027-11-10'
    assert reason(world, extended, day="2026-11-11") == "suspended to 2027-11-10"


def test_added_measure_reaches_what_it_names(world):
    added = scenario(
        '[[add]]\nid = "X"\nissuer = "CHN"\nkind = "ban"\nelements = ["Dy"]\n'
        'destinations = "USA"\nseverity = 0.8',
        start="none",
    )
    (measure,) = measures_in_force(world, added)
    assert measure.goods == ("MAG_S", "OX_DY")
    assert measure.mean("magnet", "USA", "military") == pytest.approx(0.8)


BAN = '[[add]]\nid = "X"\nissuer = "CHN"\nkind = "ban"\n'  # lines 5 to 8


@pytest.mark.parametrize(
    ("body", "line", "found", "expected"),
    [
        ('[[suspend]]\nmeasure = "CN-9"', 6, "suspend.measure: found 'CN-9'", "expected one of M"),
        (BAN.replace("X", "M") + 'elements = ["Dy"]', 6, "found 'M'", "an id that no measure has"),
        (BAN.replace("CHN", "XXX") + 'elements = ["Dy"]', 7, "add.issuer: found 'XXX'", "one of CHN"),
        (BAN + 'elements = ["Dy"]\ndestinations = "ZZZ"', 10, "add.destinations: found 'ZZZ'", "one of CHN"),
        (BAN + 'elements = ["Xx"]', 9, "add.elements: found 'Xx'", "one of Dy"),
        (BAN + 'commodities = ["OX_XX"]', 9, "add.commodities: found 'OX_XX'", "one of MAG"),
        (BAN + 'elements = ["Dy"]\ncompanies = ["acme"]', 10, "add.companies: found 'acme'", "it holds none"),
        ('[[extend]]\nmeasure = "M"\nsuspended_to = 2027-01-01', 7, "without a suspension", "suspended_from"),
        ('[[suspend]]\nmeasure = "M"\nto = 2025-11-07', 7, "'2025-11-07'", "a date not before 2025-11-08"),
    ],
)
def test_step_that_the_graph_does_not_know_says_where_and_what_is_known(world, body, line, found, expected):
    with pytest.raises(InvalidRecord) as caught:
        measures_in_force(world.measure("M"), scenario(body))
    assert str(caught.value).startswith(f"t.toml:{line}: ")
    assert found in str(caught.value)
    assert expected in str(caught.value)


def test_step_on_a_measure_in_a_scenario_without_any_says_so(world):
    with pytest.raises(InvalidRecord, match="expected a measure that the scenario adds: it starts from none"):
        measures_in_force(world.measure("M"), scenario('[[lift]]\nmeasure = "M"', start="none"))


def test_unknown_name_among_many_is_told_with_the_nearest(world):
    for number in range(20):
        world.measure(f"CN-{number}")
    with pytest.raises(InvalidRecord, match="expected one of the 20 known, such as CN-1"):
        measures_in_force(world, scenario('[[lift]]\nmeasure = "CN-1x"'))


def test_all_steps_that_the_graph_does_not_know_are_told_at_once(world):
    body = '[[suspend]]\nmeasure = "CN-8"\n[[lift]]\nmeasure = "CN-9"'
    with pytest.raises(InvalidRecord) as caught:
        measures_in_force(world.measure("M"), scenario(body))
    assert [(problem.row, problem.found) for problem in caught.value.all] == [(8, "'CN-9'"), (6, "'CN-8'")]


# ---------------------------------------------------------------- scope


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("all", {"USA", "JPN"}, set()),
        ("USA;JPN", {"USA", "JPN"}, {"DEU"}),
        ("USA", {"USA"}, {"JPN", "DEU"}),
        ("all-but:USA;JPN", {"DEU"}, {"USA", "JPN"}),
    ],
)
def test_destinations_hold_those_they_name(text, inside, outside):
    destinations = Destinations.parse(text)
    assert all(code in destinations for code in inside)
    assert not any(code in destinations for code in outside)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"elements": ["Dy"]}, ("MAG_S", "OX_DY")),  # not MAG_L (0 %), MAG (stands aside), MOTOR (component)
        (
            {"elements": ["Dy"], "minimum_content": 0.05},
            ("OX_DY",),
        ),  # 4 % is too little
        ({"elements": ["Nd"]}, ("MAG_L", "MAG_S", "OX_ND")),
        ({"elements": ["Dy"], "forms": ["magnet"]}, ("MAG_S",)),
        ({"hs_codes": ["8505"]}, ("MAG_L", "MAG_S")),
        ({"hs_codes": ["85051110"]}, ("MAG_L", "MAG_S")),
        ({"elements": ["Dy"], "hs_codes": ["2846"]}, ("OX_DY",)),
        ({}, ()),
    ],
)
def test_goods_are_found_by_element_and_code(world, scope, expected):
    assert goods_in_scope(world, **scope) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"kind": "tariff"}, "a tariff stops no flow; its price effect is not modelled"),
        ({"kind": "quota"}, "the size of the quota is not stated; an override can give its severity"),
        ({"goods": ("BATTERY",)}, "none of its goods is in the graph"),
        ({"is_modelled": False, "not_modelled_reason": "equipment"}, "equipment"),
    ],
)
def test_measure_without_a_place_in_the_model_is_listed_with_its_reason(world, properties, expected):
    given = dict(properties)
    world.measure("M", given.pop("kind", "licence"), goods=given.pop("goods", ("OX_DY",)))
    fact = world.nodes[NodeRef("Measure", "M")]["fact"]
    world.node("Measure", "M", **{**fact.properties, **given})
    (entry,) = resolve_measures(world, scenario()).not_modelled
    assert entry.reason == expected


def test_quota_with_a_severity_of_the_scenario_is_modelled(world):
    world.measure("M", "quota")
    stated = '[[override]]\nmeasure = "M"\nseverity = 0.4\nreason = "cut by 40 %"'
    assert only(world, stated).mean("oxide", "JPN") == pytest.approx(0.4)


# ---------------------------------------------------------------- routes


def lookup(routes, net, measure, good):
    table = routes.by_measure[measure][net.goods.index(good)]
    return lambda cls, origin, to: table[cls, COUNTRIES.index(origin), COUNTRIES.index(to)]


def test_routes_of_a_licence_differ_by_good_class_and_destination(world):
    world.measure("M", collateral=("MAG_L",))
    net = network()
    routes = route_factors(net, world, scenario())
    magnet = lookup(routes, net, "M", "MAG_S")
    assert magnet(0, "CHN", "DEU") == pytest.approx(1 - LICENCE_MAGNET)
    assert magnet(0, "CHN", "IND") == pytest.approx(1 - 0.92 * 115 / 5 / 26)
    assert magnet(1, "CHN", "DEU") == 0.0
    assert magnet(0, "CHN", "CHN") == 1.0
    assert magnet(0, "JPN", "DEU") == 1.0
    assert lookup(routes, net, "M", "OX_DY")(0, "CHN", "DEU") == pytest.approx(
        1 - (9 * 0.92 + 17 * 0.65) / 26
    )
    assert lookup(routes, net, "M", "MAG_L")(1, "CHN", "DEU") == pytest.approx(1 - 0.125)
    assert routes.issuers == {"M": 0}


def test_routes_of_a_ban_on_a_destination_for_military_buyers_leave_others_open(world):
    world.measure("M", "ban", destinations="USA", buyers=("military",))
    net = network()
    oxide = lookup(route_factors(net, world, scenario()), net, "M", "OX_DY")
    assert oxide(1, "CHN", "USA") == 0.0
    assert oxide(0, "CHN", "USA") == 1.0
    assert oxide(1, "CHN", "JPN") == 1.0


def test_routes_of_two_measures_multiply(world):
    world.measure("A", "ban", destinations="USA").measure("B", "ban", destinations="all-but:JPN")
    net = network()
    product = route_factors(net, world, scenario()).by_good[net.goods.index("OX_DY")]
    assert product[0, 0, COUNTRIES.index("USA")] == pytest.approx(0.05**2)
    assert product[0, 0, COUNTRIES.index("DEU")] == pytest.approx(0.05)
    assert product[0, 0, COUNTRIES.index("JPN")] == 1.0


def test_control_of_the_command_line_closes_its_routes_by_its_severity(world):
    net = network()
    routes = route_factors(net, world, control_scenario("CHN:Dy,Tb:USA", 0.8))
    assert lookup(routes, net, "what-if", "MAG_S")(0, "CHN", "USA") == pytest.approx(0.2)
    assert net.goods.index("MAG_L") not in routes.by_measure["what-if"]


def test_no_measures_leave_every_route_open(world):
    assert not route_factors(network(), world.measure("M"), scenario(start="none")).by_measure


# ---------------------------------------------------------------- named buyers


def owns(world, holder, held, stake, status="active"):
    return world.edge("OWNS", f"Company:{holder}", f"Company:{held}", stake=stake, status=status)


@pytest.fixture
def holdings(world):
    # a and b are named. sub is held 30 % + 20 % = 50 % by the two together, which is enough; grand is held
    # 60 % by sub; near is held 49 % by a and 51 % by an outsider; once was held.
    owns(world, "a", "sub", 0.3)
    owns(world, "b", "sub", 0.2)
    owns(world, "sub", "grand", 0.6)
    owns(world, "a", "near", 0.49)
    owns(world, "outsider", "near", 0.51)
    owns(world, "a", "once", 0.9, status="ended")
    return world


def test_ownership_rule_adds_up_holders_and_runs_through_chains(holdings):
    found = affiliates(holdings, frozenset({"a", "b"}), 0.5)
    assert found == {
        "a": "named",
        "b": "named",
        "sub": "held: a 30% + b 20%",
        "grand": "held: sub 60%",
    }


def test_ownership_rule_needs_both_holders_on_the_list(holdings):
    assert set(affiliates(holdings, frozenset({"a"}), 0.5)) == {"a"}


def test_ownership_in_a_circle_ends(holdings):
    owns(holdings, "grand", "sub", 0.5)
    assert set(affiliates(holdings, frozenset({"a"}), 0.5)) == {"a"}
    assert set(affiliates(holdings, frozenset({"grand"}), 0.5)) == {"grand", "sub"}


def test_without_an_ownership_rule_only_those_named_are_reached(holdings):
    assert set(affiliates(holdings, frozenset({"a", "b"}), None)) == {"a", "b"}


def test_named_buyers_form_a_class_of_the_issuer_that_its_measures_refuse(holdings):
    holdings.measure("LIST", "entity-list", ownership_rule=0.5).measure("M")
    for company in ("a", "b"):
        holdings.node("Company", company, name=company).edge("TARGETS", "Measure:LIST", f"Company:{company}")
    classes = named_buyers(holdings, scenario())
    assert classes == dict.fromkeys(["a", "b", "grand", "sub"], "listed:CHN")
    net = network(classes=("civil", "military", "listed:CHN", "listed:USA"))
    routes = route_factors(net, holdings, scenario())
    assert lookup(routes, net, "LIST", "OX_DY")(2, "CHN", "USA") == 0.0
    assert lookup(routes, net, "LIST", "OX_DY")(0, "CHN", "USA") == 1.0
    assert lookup(routes, net, "M", "MAG_S")(2, "CHN", "USA") == 0.0  # a listed buyer gets no licence
    assert lookup(routes, net, "M", "MAG_S")(3, "CHN", "USA") == pytest.approx(1 - LICENCE_MAGNET)


# ---------------------------------------------------------------- show


def test_describe_gives_severities_and_reasons(world):
    world.measure("M", collateral=("MAG_L",)).measure("T", "tariff").measure("Z", ended=date(2025, 11, 1))
    rows = {row["measure"]: row for row in describe(scenario(), world)}
    assert rows["M"]["severity"] == (
        "civil magnet 0.418, civil magnet to IND 0.814, civil oxide 0.743, civil oxide to IND 0.868, "
        "held up with them 0.125, military 1.000, listed 1.000"
    )
    assert rows["M"]["since"] == "2025-11-08"
    assert [rows[key]["status"] for key in ("M", "T", "Z")] == ["in force", "not modelled", "not in force"]
    assert rows["Z"]["note"] == "ended on 2025-11-01"
    assert list(rows) == ["M", "T", "Z"]


def test_ban_beside_an_older_licence_does_not_make_germanium_dearer_inside_the_issuer():
    shock = chainshock.reference().shock("october-2025-controls")
    germanium = shock.network.goods.index("GE")
    prices = dict(zip(shock.network.countries, shock.state.price[germanium], strict=True))
    assert prices["USA"] > 1
    assert prices["CHN"] <= 1
