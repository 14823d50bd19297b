"""The cascade on Spark equals the local one: published cases, random networks, a killed executor."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainshock.graph.network.bare import NodeLosses
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade
from chainshock.queries.propagation.cascade.run import Cascade
from chainshock.queries.propagation.spark.job import LossFiles, open_cascade
from chainshock.queries.propagation.spark.sweeps import Batch
from tests.queries.propagation.cascade.worlds import GOLDEN, golden, losses, network_of, networks, shock
from tests.queries.propagation.spark.worlds import side_by_side, write_network, write_shocks

pytestmark = pytest.mark.slow
CASES = sorted(path.stem for path in GOLDEN.glob("esri_*.json"))
TOLERANCE = {"abs": 1e-12, "rel": 0}


@pytest.mark.parametrize("name", CASES)
def test_spark_equals_published_scores_and_sweeps(spark, tmp_path, name):
    case = golden(name)
    given, expected = case["inputs"], case["expected"]
    network = network_of(given)
    columns = given["shock_columns_psi_is_LOSS"]
    named = [shock(*column, name=f"{place:03}") for place, column in enumerate(columns)]
    source = write_network(tmp_path / "net", network)
    shocks = write_shocks(tmp_path / "shocks.parquet", named, network.ids)
    with open_cascade(spark, source, replaceability=given["substitution_p_market"], partitions=2) as opened:
        found = list(opened.run(shocks, eps=given["eps"], at_once=60))
    held = [int(score.scenario) for score in found]
    for score, wanted in (("esri", "ESRI"), ("esri_down", "ESRI_down"), ("esri_up", "ESRI_up")):
        published = [expected[wanted][place] for place in held]
        assert [getattr(each, score) for each in found] == pytest.approx(published, **TOLERANCE)
    assert [each.iterations for each in found] == [expected["iterations"][place] for place in held]


FEW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
WORLDS = st.lists(
    networks().flatmap(lambda made: st.tuples(st.just(made), losses(len(made.ids)))), min_size=12, max_size=12
)


@pytest.mark.parametrize("replaceability", [True, False])
@pytest.mark.parametrize("model", ["linear", "leontief", "generalized-leontief"])
@given(worlds=WORLDS, eps=st.sampled_from([1e-2, 1e-6]))
@FEW
def test_spark_equals_the_readable_kernel_on_random_networks(
    spark, tmp_path_factory, model, replaceability, worlds, eps
):
    folder = tmp_path_factory.mktemp("random")
    whole, starts = side_by_side([network for network, _ in worlds])
    shocks = [
        NodeLosses(f"{place:03}", hit.node + start, hit.loss)
        for place, ((_, hit), start) in enumerate(zip(worlds, starts, strict=True))
    ]
    source = write_network(folder / "net", whole)
    file = write_shocks(folder / "shocks.parquet", shocks, whole.ids)
    kept = str(folder / "losses")
    with open_cascade(spark, source, model, replaceability=replaceability, partitions=2) as opened:
        files = LossFiles(spark, kept)
        found = {score.scenario: score for score in opened.run(file, eps=eps, losses=files)}
        files.finish()
    engine = Cascade(compile_cascade(whole, model, replaceability=replaceability))
    lost = pl.read_parquet(f"{kept}/*.parquet")
    for hit in shocks:
        local = engine.run(hit, eps=eps, kernel="reference")
        score = found[hit.name]
        assert score.iterations == local.score.iterations
        for name in ("esri", "esri_down", "esri_up"):
            assert getattr(score, name) == pytest.approx(getattr(local.score, name), **TOLERANCE)
        own = (
            lost.filter(scenario=hit.name)
            .with_columns(place=pl.col("node").str.slice(1).cast(pl.Int64))
            .sort("place")
        )
        assert own["loss_down"].to_numpy() == pytest.approx(1.0 - local.hd, **TOLERANCE)
        assert own["loss_up"].to_numpy() == pytest.approx(1.0 - local.hu, **TOLERANCE)


def test_fixed_point_by_plain_sweeps_is_the_local_one(spark, tmp_path):
    case = golden("esri_jl_mixed6_revcost")["inputs"]
    network = network_of(case)
    named = [shock(*column, name=f"{p}") for p, column in enumerate(case["shock_columns_psi_is_LOSS"])]
    source = write_network(tmp_path / "net", network)
    shocks = write_shocks(tmp_path / "shocks.parquet", named, network.ids)
    with open_cascade(spark, source, replaceability=False, partitions=4) as opened:
        found = list(opened.run(shocks, stop="fixed-point"))
    engine = Cascade(compile_cascade(network, "generalized-leontief", replaceability=False))
    for score, hit in zip(found, named, strict=True):
        assert score.esri == pytest.approx(engine.run(hit, stop="fixed-point").score.esri, abs=1e-12)
        assert score.stop.startswith("fixed point: ")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A scale-free network with one supplier that sells to everybody, and a shock to it and to others."""
    folder = tmp_path_factory.mktemp("large")
    made = make_network(20_000)
    n = len(made.ids)
    hub = replace(
        made,
        supplier=np.concatenate([made.supplier, np.zeros(n - 1, dtype=np.int32)]),
        customer=np.concatenate([made.customer, np.arange(1, n, dtype=np.int32)]),
        weight=np.concatenate([made.weight, np.full(n - 1, 2.0)]),
    )
    hits = [
        NodeLosses("hub", np.array([0], dtype=np.int32), np.array([1.0])),
        NodeLosses("some", np.arange(50, 90, dtype=np.int32), np.full(40, 0.5)),
    ]
    shocks = write_shocks(folder / "shocks.parquet", hits, hub.ids)
    engine = Cascade(compile_cascade(hub, "generalized-leontief"))
    return write_network(folder / "net", hub), shocks, {hit.name: engine.run(hit).score for hit in hits}


def same(found, local):
    for score in found:
        wanted = local[score.scenario]
        assert score.iterations == wanted.iterations
        assert score.esri == pytest.approx(wanted.esri, **TOLERANCE)
    return len(found) == len(local)


def test_supplier_with_every_customer_is_sent_once_to_each_partition(spark, large):
    source, shocks, local = large
    with open_cascade(spark, source, partitions=8) as opened:
        homes = opened.layout.down_routes.selectExpr("max(size(homes)) as most").first()["most"]
        sizes = [row["count"] for row in opened.layout.down.groupBy("home").count().collect()]
        assert same(list(opened.run(shocks)), local)
    assert homes == 8
    assert len(sizes) == 8
    assert max(sizes) < 1.5 * sum(sizes) / 8


def test_a_sweep_shuffles_once_in_each_direction_and_never_the_edges(spark, large):
    source, _, _ = large
    with open_cascade(spark, source, partitions=8) as opened:
        hits = spark.sql("select 0 as shock, '0' as node, 1.0D as loss")
        state = opened.sweeps.start(Batch(("hub",), hits))
        market = opened.sweeps._tell(state).market
        plan = opened.sweeps.sweep(state, market)._jdf.queryExecution().executedPlan().toString()
    shuffles = re.findall(r"Exchange hashpartitioning\((\w+)#\d+, 8\)", plan)
    assert shuffles == ["home", "home"]
    assert plan.count("Exchange") == 3  # the third spreads what each sector has left, a row a sector
    assert plan.count("InMemoryTableScan") == 4  # edges and routes, from memory, in both directions
    assert len(plan) < 20_000


def test_killed_executor_changes_no_answer(spark, large):
    source, shocks, local = large
    killed = []

    def kill(what, sweeps, fall):
        if sweeps == 2 and not killed:
            killed.append(executors(spark)[0])
            os.kill(killed[0], signal.SIGKILL)

    with open_cascade(spark, source, partitions=8) as opened:
        before = executors(spark)
        assert same(list(opened.run(shocks, tick=kill)), local)
    assert len(before) == 2
    assert killed
    assert killed[0] not in executors(spark)


def executors(spark):
    """Pids of the executors of this application."""
    own = spark.sparkContext.applicationId.encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and own in words:
                found.append(int(folder.name))
    return sorted(found)
