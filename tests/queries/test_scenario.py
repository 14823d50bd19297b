"""Scenario files: what they say, and how a wrong one is told."""

from datetime import date
from pathlib import Path

import pytest

from chainshock.errors import ChainshockError, FileProblem, InvalidRecord, UnknownName
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.parameters import read_parameters
from chainshock.loaders.reference import reference_facts
from chainshock.queries.measures import measures_in_force, resolve_measures
from chainshock.queries.scenario import (
    DEFAULT_SCENARIO,
    check_scenario,
    control_scenario,
    list_scenarios,
    parse_scenario,
    read_scenario,
    scenario_text,
)

HEAD = 'title = "t"\ndate = 2025-11-08\n'  # two lines: what follows stands on line 3
ADD = '[[add]]\nid = "X"\nissuer = "CHN"\nkind = "ban"\nelements = ["Dy"]\n'
OVERRIDE = '[[override]]\nmeasure = "M"\n'


def test_scenario_file_is_read_with_its_defaults(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + ADD)
    found = read_scenario(path)
    assert (found.name, found.date, found.start, found.facts) == (
        "mine",
        date(2025, 11, 8),
        "in-force",
        "known",
    )
    assert (found.horizon_weeks, found.probability, found.baseline_year, found.baseline) == (
        26,
        None,
        None,
        2024,
    )
    (step,) = found.steps
    assert (step.action, step.measure, step.line) == ("add", "X", 3)
    assert step.values["elements"] == ("Dy",)


def test_scenario_that_starts_from_another_adds_to_it(tmp_path):
    (tmp_path / "base.toml").write_text(HEAD + 'facts = "latest"\n' + ADD + '[assumptions]\n"phi" = 0.3\n')
    child = tmp_path / "child.toml"
    child.write_text(
        'title = "c"\nstart = "base.toml"\n[[suspend]]\nmeasure = "X"\n[assumptions]\nphi = 0.4\n'
    )
    found = read_scenario(child)
    assert [step.action for step in found.steps] == ["add", "suspend"]
    assert (found.date, found.facts, found.bases) == (date(2025, 11, 8), "latest", ("base",))
    assert found.assumptions == {"phi": 0.4}


def test_scenario_may_start_from_a_shipped_one():
    found = parse_scenario('title = "t"\nstart = "october-2025-truce"', "t")
    assert found.baseline_year == 2024
    assert found.steps == read_scenario("october-2025-truce").steps


def test_assumptions_go_to_parameters_or_to_severities_by_name():
    dotted = next(entry for name, entry in read_parameters().items() if "." in name and '"' not in name)
    found = parse_scenario(
        HEAD + f"[assumptions]\n{dotted.name} = {dotted.high}\nlicence.before = 0.9\n", "t"
    )
    assert found.assumptions == {dotted.name: dotted.high}
    assert found.severity_assumptions == {"licence.before": 0.9}


BAD = {
    "unknown key": (
        HEAD + "colour = 3",
        3,
        "found unknown key 'colour'",
        "expected one of title, description",
    ),
    "unknown table": (HEAD + "[[shocks]]\nid = 1", 3, "found unknown key 'shocks'", "add, suspend, lift"),
    "unknown key of a table": (
        HEAD + ADD + "country = 1",
        8,
        "found unknown key 'country'",
        "one of id, title",
    ),
    "no title": ("date = 2025-11-08", 1, "found no title", "expected the key title"),
    "no date": ('title = "t"', 1, "found no date", "expected the key date"),
    "wrong date": ('title = "t"\ndate = "2025-13-01"', 2, "found '2025-13-01'", "a date (YYYY-MM-DD)"),
    "date in words": ('title = "t"\ndate = "8 November"', 2, "found '8 November'", "a date (YYYY-MM-DD)"),
    "date with time": ('title = "t"\ndate = 2025-11-08T10:00:00', 2, "found 2025-11-08T10:00", "a date"),
    "title not text": ("title = 3\ndate = 2025-11-08", 1, "title: found 3", "expected text"),
    "unknown start": (
        HEAD + 'start = "octobr"',
        3,
        "start: found 'octobr'",
        "in-force, none, a file, or one of",
    ),
    "missing start file": (
        HEAD + 'start = "gone.toml"',
        3,
        "no such file",
        "a scenario's name or a scenario file",
    ),
    "wrong facts": (HEAD + 'facts = "all"', 3, "facts: found 'all'", "one of known, latest"),
    "horizon": (HEAD + "horizon_weeks = 2.5", 3, "horizon_weeks: found 2.5", "a whole number from 1 to 520"),
    "probability": (HEAD + "probability = 35", 3, "probability: found 35", "a number from 0 to 1"),
    "baseline": (HEAD + "baseline_year = 2026", 3, "found 2026", "a year up to 2025"),
    "severity over 1": (HEAD + ADD + "severity = 1.5", 8, "add.severity: found 1.5", "a number from 0 to 1"),
    "severity is truth": (HEAD + ADD + "severity = true", 8, "found True", "a number from 0 to 1"),
    "severity and shape": (
        HEAD + ADD + 'severity = 1\nshape = "ban"',
        8,
        "severity and shape",
        "one of the two",
    ),
    "unknown shape": (HEAD + OVERRIDE + 'reason = "r"\nshape = "hard"', 6, "found 'hard'", "one of licence"),
    "missing reason": (HEAD + OVERRIDE + "severity = 0.5", 3, "found no reason", "expected the key reason"),
    "nothing overridden": (
        HEAD + OVERRIDE + 'reason = "r"',
        3,
        "nothing to override",
        "one of severity, shape",
    ),
    "overridden twice": (
        HEAD + (OVERRIDE + 'severity = 0\nreason = "r"\n') * 2,
        7,
        "found 'M' a second time",
        "one [[override]] for each measure",
    ),
    "no goods": (
        HEAD + ADD.replace('elements = ["Dy"]', ""),
        3,
        "found no goods",
        "elements, commodities or hs_codes",
    ),
    "no issuer": (HEAD + ADD.replace('issuer = "CHN"', ""), 3, "found no issuer", "expected the key issuer"),
    "issuer in words": (HEAD + ADD.replace("CHN", "China"), 5, "found 'China'", "an ISO alpha-3 code"),
    "wrong kind": (HEAD + ADD.replace("ban", "embargo"), 6, "found 'embargo'", "one of ban, licence"),
    "wrong element": (HEAD + ADD.replace("Dy", "dysprosium"), 7, "found 'dysprosium'", "an element symbol"),
    "destinations": (HEAD + ADD + 'destinations = "all but USA"', 8, "found 'all but USA'", "all-but:"),
    "buyers": (HEAD + ADD + 'buyers = ["army"]', 8, "found 'army'", "one of all, civil, military, listed"),
    "quota without size": (
        HEAD + ADD.replace("ban", "quota"),
        3,
        "a quota without severity",
        "1 - quota / baseline",
    ),
    "content rule": (HEAD + ADD.replace("ban", "content-rule"), 3, "no content_rule", "least share"),
    "dates in disorder": (
        HEAD + '[[suspend]]\nmeasure = "M"\nfrom = 2026-01-01\nto = 2025-01-01',
        6,
        "found 2025-01-01 before 2026-01-01",
        "a date not before `from`",
    ),
    "nothing extended": (HEAD + '[[extend]]\nmeasure = "M"', 3, "found no date", "effective, suspended_from"),
    "not an array": (HEAD + '[add]\nid = "X"', 3, "not an array of tables", "tables headed [[add]]"),
    "assumption over its range": (
        HEAD + "[assumptions]\nphi = 7",
        4,
        "phi: found 7",
        "a number from 0.2 to 0.8",
    ),
    "assumption of no parameter": (
        HEAD + "[assumptions]\nfie = 7",
        4,
        "unknown parameter 'fie'",
        "parameters.csv",
    ),
    "assumption in words": (HEAD + '[assumptions]\nphi = "much"', 4, "found 'much'", "a number (share)"),
    "not TOML": (HEAD + "start = = 3", 3, "found Invalid value", "expected TOML"),
    "cut short": (HEAD + 'start = "no', 3, "found ", "expected TOML"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_file_says_where_what_was_found_and_what_was_expected(case, tmp_path):
    text, line, found, expected = BAD[case]
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InvalidRecord) as caught:
        read_scenario(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: ")
    assert found in message
    assert expected in message


def test_all_problems_of_a_file_are_listed(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('title = "t"\ndate = "soon"\nprobability = 2\n' + ADD + "severity = 1.5")
    assert [problem.row for problem in check_scenario(path)] == [2, 3, 9]


def test_sound_file_has_no_problems(tmp_path):
    path = tmp_path / "good.toml"
    path.write_text(HEAD + ADD)
    assert check_scenario(path) == []


def test_circle_of_starts_is_told_with_its_links(tmp_path):
    (tmp_path / "a.toml").write_text('title = "a"\nstart = "b.toml"\n')
    (tmp_path / "b.toml").write_text('title = "b"\nstart = "a.toml"\n')
    with pytest.raises(
        InvalidRecord, match=r"b\.toml:2: .* a circle: a -> b -> a, expected a scenario that does"
    ):
        read_scenario(tmp_path / "a.toml")


def test_directory_for_a_file_is_told(tmp_path):
    with pytest.raises(FileProblem, match="found a directory, expected a scenario file"):
        read_scenario(tmp_path)


def test_missing_file_is_told_with_the_shipped_names(tmp_path):
    with pytest.raises(
        FileProblem, match="found no such file, expected a scenario file or one of october-2025-controls"
    ):
        read_scenario(tmp_path / "gone.toml")


def test_latin_1_bytes_are_told_with_their_line(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes(b'date = 2025-11-08\ntitle = "D\xfcsseldorf"\n')
    with pytest.raises(
        FileProblem, match=r"latin\.toml:2: found byte 0xfc, not UTF-8, expected a scenario file in UTF-8"
    ):
        read_scenario(path)


@pytest.mark.parametrize("name", ["october", "", "x" * 5000, "a\0b"])
def test_unknown_scenario_lists_the_known_ones(name):
    with pytest.raises(ChainshockError, match=r"october-2025-controls|scenario file"):
        read_scenario(name)


def test_unknown_name_carries_the_known_ones():
    with pytest.raises(UnknownName) as caught:
        read_scenario("october-2026")
    assert caught.value.known == list_scenarios()


# ---------------------------------------------------------------- what-ifs of the command line


def test_control_becomes_a_scenario_whose_text_reads_back_the_same():
    made = control_scenario("CHN:Dy,Tb:USA", 0.8, as_of=date(2025, 4, 4))
    (step,) = made.steps
    assert step.values["elements"] == ("Dy", "Tb")
    assert (step.values["destinations"], step.values["severity"]) == ("USA", 0.8)
    assert (made.start, made.date) == ("none", date(2025, 4, 4))
    again = parse_scenario(scenario_text(made), made.name)
    assert again == made


def test_control_without_a_date_takes_that_of_the_default_scenario():
    made, default = control_scenario("CHN:GA:all-but:JPN,KOR"), read_scenario(DEFAULT_SCENARIO)
    assert (made.date, made.facts, made.baseline_year) == (default.date, default.facts, default.baseline_year)
    assert made.steps[0].values["commodities"] == ("GA",)
    assert made.steps[0].values["destinations"] == "all-but:JPN;KOR"


@pytest.mark.parametrize(
    ("control", "severity", "expected"),
    [
        ("CHN:Dy", 1.0, "expected ISSUER:GOODS:DESTINATIONS"),
        ("::", 1.0, "expected ISSUER:GOODS:DESTINATIONS"),
        ("China:Dy:USA", 1.0, "found 'China', expected an ISO alpha-3 code"),
        ("CHN:Dy:Germany", 1.0, "found 'Germany', expected all, ISO alpha-3 codes"),
        ("CHN:Dy:USA", 1.5, "found 1.5, expected a number from 0 to 1"),
        ("CHN:Dy:USA", float("nan"), "found nan, expected a number from 0 to 1"),
        ("CHN:Dy,8505:USA", 1.0, "expected elements or HS codes, not both"),
        ('CHN:"\n[[add]]:USA', 1.0, "expected an id of letters"),
    ],
)
def test_wrong_control_says_what_was_expected(control, severity, expected):
    with pytest.raises(InvalidRecord) as caught:
        control_scenario(control, severity)
    assert expected in str(caught.value)


# ---------------------------------------------------------------- shipped scenarios


@pytest.fixture(scope="module")
def knowledge():
    return KnowledgeGraph(reference_facts())


# Measures that must act under a scenario, and some that must not.
ACTING = {
    "no-measures": (set(), {"CN-2025-18", "CN-2025-61"}),
    "october-2025-controls": (
        {"CN-2025-18", "CN-2025-57", "CN-2025-61", "CN-2024-46-1", "CN-2024-46-2"},
        set(),
    ),
    "october-2025-truce": ({"CN-2025-18", "CN-2024-46-1"}, {"CN-2025-57", "CN-2025-58", "CN-2025-61"}),
    "april-2025": ({"CN-2025-18", "CN-2024-46-2"}, {"CN-2025-57", "CN-2025-61", "CN-2010-JPN"}),
    "snap-back-2026": ({"CN-2025-18", "CN-2025-57", "CN-2025-61", "CN-2024-46-2", "CN-2026-1"}, set()),
    "japan-2010": ({"CN-2010-JPN", "CN-2010-QUOTA"}, {"CN-2023-23", "CN-2025-18"}),
    "gallium-germanium-2023": ({"CN-2023-23"}, {"CN-2023-39", "CN-2024-33", "CN-2010-QUOTA"}),
}


@pytest.mark.parametrize("name", ACTING)
def test_shipped_scenario_resolves_on_the_reference_data(name, knowledge):
    found = read_scenario(name)
    resolution = resolve_measures(knowledge.at(found.date, found.facts), found)
    acting = {measure.id for measure in resolution.in_force}
    wanted, unwanted = ACTING[name]
    assert wanted <= acting
    assert not unwanted & acting
    assert all(entry.reason for entry in resolution.left_out)


def test_truce_relieves_civil_buyers_of_magnets_and_not_military_ones(knowledge):
    means = {}
    for name in ("october-2025-controls", "october-2025-truce"):
        found = read_scenario(name)
        measures = measures_in_force(knowledge.at(found.date, found.facts), found)
        licence = next(measure for measure in measures if measure.id == "CN-2025-18")
        means[name] = (licence.mean("magnet", "DEU"), licence.mean("magnet", "DEU", "military"))
    assert means["october-2025-controls"] == pytest.approx(
        (0.92 * 59 / 5 / 26, 1.0)
    )  # queues anew from week 0
    assert means["october-2025-truce"] == pytest.approx((0.05, 1.0))


def test_content_rule_of_december_starts_in_week_three(knowledge):
    found = read_scenario("october-2025-controls")
    rule = next(
        m for m in measures_in_force(knowledge.at(found.date, found.facts), found) if m.id == "CN-2025-61"
    )
    assert rule.content_rule == 0.001
    assert rule.windows[0][0] == pytest.approx(23 / 7)  # 8 November to 1 December


def test_default_scenario_comes_first():
    assert list_scenarios()[0] == DEFAULT_SCENARIO


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_scenario_is_sound_and_described(name):
    found = read_scenario(name)
    assert check_scenario(name) == []
    assert found.description
    assert found.facts == "latest"


def test_shipped_scenarios_are_those_promised():
    assert set(list_scenarios()) == {
        "april-2025",
        "gallium-germanium-2023",
        "japan-2010",
        "no-measures",
        "october-2025-controls",
        "october-2025-truce",
        "snap-back-2026",
    }


def test_example_of_the_how_to_page_is_sound(knowledge):
    page = (Path(__file__).parents[2] / "docs/how-to/write-a-scenario.md").read_text("utf-8")
    found = parse_scenario(page.split("```toml\n")[1].split("```")[0], "dy-japan")
    measures = {m.id: m for m in measures_in_force(knowledge.at(found.date, found.facts), found)}
    # 91 of 182 days at 0.8
    assert measures["dy-japan"].mean("oxide", "JPN") == pytest.approx(0.4)
    assert measures["CN-2025-18"].shape.name == "general-licence"
