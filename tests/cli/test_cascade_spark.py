"""`cascade --engine spark` as a person uses it."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cli.worlds import invoke
from tests.queries.propagation.cascade.worlds import golden, network_of, shock
from tests.queries.propagation.spark.worlds import write_network, write_shocks


@pytest.fixture
def world(tmp_path):
    given = golden("esri_fig1_GL_subst")["inputs"]
    network = network_of(given)
    named = [shock(*column, name=f"{p:02}") for p, column in enumerate(given["shock_columns_psi_is_LOSS"])]
    return write_network(tmp_path / "net", network), write_shocks(tmp_path / "s.parquet", named, network.ids)


@pytest.mark.slow
def test_both_engines_print_the_same(world):
    source, shocks = world
    run = ("cascade", source, "--shocks", shocks, "--format", "csv")
    local, spark = (invoke(*run, "--engine", engine) for engine in ("local", "spark"))
    assert spark.exit_code == 0, spark.stderr
    assert spark.stderr == ""
    tables = [list(csv.DictReader(io.StringIO(found.stdout))) for found in (local, spark)]
    assert len(tables[0]) == len(tables[1]) == 11
    for one, other in zip(*tables, strict=True):
        assert float(one["esri"]) == pytest.approx(float(other["esri"]), abs=1e-12)
        assert one["iterations"] == other["iterations"]


@pytest.mark.slow
def test_missing_network_is_told_without_java(tmp_path):
    result = invoke("cascade", str(tmp_path), "--engine", "spark", "--shocks", "none.parquet")
    assert result.exit_code == 1
    assert "found no nodes.parquet or nodes.csv" in result.stderr
    assert "java" not in result.stderr.lower()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--master", "local[2]"), "--master: found --engine local, expected --engine spark"),
        (("--engine", "spark", "--each-node"), "--each-node: found --engine spark"),
        (("--engine", "spark", "--shocks", "s", "--kernel", "packed"), "which has one of its own"),
        (("--engine", "spark", "--shocks", "s", "--transactions"), "--network-out together"),
        (("--engine", "spark", "--shocks", "s", "--conf", "memory"), "expected spark.KEY=VALUE"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(args, words):
    given = args if "--each-node" in args or "--shocks" in args else (*args, "--shocks", "s")
    result = invoke("cascade", "net", *given)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("master", "words"), [("nomaster", "expected local[N]"), ("spark://127.0.0.1:1", "nobody")]
)
def test_bad_master_is_one_line(master, words):
    result = invoke("cascade", "net", "--engine", "spark", "--master", master, "--shocks", "s")
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
