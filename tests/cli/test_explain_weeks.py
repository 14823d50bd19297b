"""`explain` over weeks as a person uses it, on the reference data."""

from __future__ import annotations

import csv
import json
from functools import cache

import numpy as np
import pytest

import chainshock
from chainshock.queries.explain import entity_weights
from chainshock.queries.explain_weeks import WeekSplitter
from tests.cli.worlds import invoke

ENTITIES = ["F", "mp-materials", "DEU", "wind_turbine_pm"]


@cache
def told(*args: str) -> dict:
    result = invoke("explain", *args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module", params=ENTITIES)
def found(request):
    return told(request.param)


def test_flows_sum_to_the_parts_and_the_parts_to_the_exposure(found):
    assert found["run"]["horizon"] == "26w"
    assert found["residual"] < 1e-9
    whole = found["entity"]["exposure"]
    assert sum(row["exposure"] for row in found["rows"]) == pytest.approx(whole, rel=1e-9)
    for part, kinds in found["made_of"].items():
        assert sum(kinds.values()) == pytest.approx(found["entity"]["parts"][part], rel=1e-9, abs=1e-12)


def test_weeks_sum_to_what_measures_stop(found):
    for part, weeks in found["by_week"].items():
        assert len(weeks) == 26
        assert sum(weeks) == pytest.approx(found["made_of"][part]["restriction"], rel=1e-9, abs=1e-15)
    detailed = [row for row in found["rows"] if "by_week" in row]
    assert detailed
    for row in detailed:
        assert sum(row["by_week"]) == pytest.approx(row["exposure"], rel=1e-4)


def test_paths_and_all_others_sum_to_what_measures_stop(found):
    assert found["paths"]
    for part, other in found["other_paths"].items():
        listed = sum(path["exposure"] for path in found["paths"] if path["part"] == part)
        assert listed + other == pytest.approx(found["made_of"][part]["restriction"], rel=1e-9)


def test_path_is_felt_after_the_cut_by_transit_and_stocks(found):
    for path in found["paths"]:
        assert path["first_week"] >= path["cut_week"] + path["transit_weeks"]
        assert path["stock_weeks"] == path["first_week"] - path["cut_week"] - path["transit_weeks"]
        assert path["route"]


def test_every_flow_across_a_border_names_its_measure_and_known_facts(found):
    for row in found["rows"]:
        assert bool(row["measure"]) == (row["kind"] == "restriction")
        assert set(row["facts"]) <= set(found["facts"])


@pytest.mark.parametrize("width", [80, 160])
def test_text_fits_and_names_the_run_what_softens_it_and_the_rest(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    text = invoke("explain", "F", "--horizon", "13w").stdout
    for words in (
        "13 weeks, 100 firm archetypes",
        "what stocks give back",
        "What softens it",
        "Strongest paths",
        "from week",
        "all other paths",
    ):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_csv_has_one_line_for_each_flow():
    args = ("explain", "F", "--horizon", "26w", "--format", "csv")
    rows = list(csv.DictReader(invoke(*args).stdout.splitlines()))
    assert {row["kind"] for row in rows} >= {"restriction", "stock"}
    assert sum(float(row["exposure"]) for row in rows) == pytest.approx(
        told("F")["entity"]["exposure"], rel=1e-6
    )


def test_same_bytes_twice():
    args = ("explain", "F", "--horizon", "13", "--format", "json")
    assert invoke(*args).stdout == invoke(*args).stdout


@pytest.mark.parametrize("rationing", ["value", "priority"])
def test_rationing_by_rank_is_split_exactly_too(rationing):
    found = told("F", "--horizon", "13w", "--rationing", rationing)
    assert found["run"]["rationing"] == rationing
    assert found["residual"] < 1e-9
    assert found["paths"]


def test_weeks_and_static_exclude_one_another():
    result = invoke("explain", "F", "--static", "--horizon", "13w")
    assert result.exit_code == 2
    assert "expected one of them" in result.stderr


def test_calm_explains_nothing_over_weeks_too():
    found = told("F", "--scenario", "no-measures")
    assert found["rows"] == []
    assert found["entity"]["exposure"] == 0


@pytest.mark.parametrize(
    ("kind", "entity"),
    [
        ("companies", "ford-motor"),
        ("companies", "mp-materials"),
        ("countries", "DEU"),
        ("end-uses", "wind_turbine_pm"),
    ],
)
def test_removing_the_largest_source_with_branches_frozen_changes_the_exposure_by_its_part(kind, entity):
    shock = chainshock.reference().shock("april-2025", horizon=26)
    splitter = WeekSplitter(shock.record)
    (exposed,) = (e for e in shock.aggregate(kind, shock.exposures) if e.id == entity)
    weight = np.zeros(shock.network.n)
    for node, share in entity_weights(shock.exposures, exposed).items():
        weight[node] = share
    largest = max(exposed.parts, key=lambda part: abs(exposed.parts[part]))
    claim = dict(splitter.claims(weight))[largest]
    split = dict(splitter.parts(weight))[largest]
    sizes = np.zeros(len(splitter.frame.source))
    for limit, amount in zip(splitter.limits, split.edges, strict=True):
        np.add.at(sizes, limit.edges, amount.sum(axis=1))
    edge = int(np.abs(sizes).argmax())
    keep = np.ones_like(claim.direct)
    keep[edge] = 0.0

    def worth(kept: np.ndarray) -> float:
        losses, lost = splitter.replay.forward(keep=kept)
        frozen = (claim.credit.nodes * losses.mean(axis=2)).sum() + (claim.credit.groups * lost).sum()
        return float(frozen + (claim.direct * kept).sum())

    whole = worth(np.ones_like(keep))
    assert whole == pytest.approx(exposed.parts[largest], rel=1e-9)
    assert whole - worth(keep) == pytest.approx(float(sizes[edge]), rel=1e-9)
