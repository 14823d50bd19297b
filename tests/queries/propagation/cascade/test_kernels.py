"""Every cascade kernel against published answers, hand arithmetic and the readable kernel."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.network.bare import BareNetwork, NodeLosses
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade
from chainshock.queries.propagation.cascade.run import Cascade
from tests.queries.propagation.cascade.worlds import (
    GOLDEN,
    KERNELS,
    golden,
    losses,
    network_of,
    networks,
    shock,
)

CASES = sorted(path.stem for path in GOLDEN.glob("esri_*.json"))
MODELS = st.sampled_from(["linear", "leontief", "generalized-leontief"])


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", CASES)
def test_kernels_equal_published_scores_and_sweeps(name, kernel):
    case = golden(name)
    given, expected = case["inputs"], case["expected"]
    network = network_of(given)
    arrays = compile_cascade(network, "generalized-leontief", replaceability=given["substitution_p_market"])
    shocks = [shock(*column) for column in given["shock_columns_psi_is_LOSS"]]
    found = list(Cascade(arrays).run_many(shocks, eps=given["eps"], kernel=kernel))
    for score, wanted in (("esri", "ESRI"), ("esri_down", "ESRI_down"), ("esri_up", "ESRI_up")):
        assert [getattr(each, score) for each in found] == pytest.approx(expected[wanted], abs=1e-12, rel=0)
    assert [each.iterations for each in found] == expected["iterations"]


@pytest.mark.parametrize("kernel", ["reference", "packed", "frontier"])
@pytest.mark.parametrize("name", [name for name in CASES if "loss_down_hd" in golden(name)["expected"]])
def test_losses_of_nodes_equal_published_ones(name, kernel):
    case = golden(name)
    given, expected = case["inputs"], case["expected"]
    arrays = compile_cascade(
        network_of(given), "generalized-leontief", replaceability=given["substitution_p_market"]
    )
    engine = Cascade(arrays)
    for loss, down, up in zip(
        given["shock_columns_psi_is_LOSS"], expected["loss_down_hd"], expected["loss_up_hu"], strict=True
    ):
        found = engine.run(shock(*loss), eps=given["eps"], kernel=kernel)
        assert 1.0 - found.hd == pytest.approx(down, abs=1e-12, rel=0)
        assert 1.0 - found.hu == pytest.approx(up, abs=1e-12, rel=0)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("setting", ["subst_eps1e-2", "nosubst_eps1e-2", "subst_eps1e-10"])
def test_kernels_equal_published_closures_of_a_network_of_1000_firms(setting, kernel):
    case = golden("bench_net_1000")
    network = make_network(1000)
    digest = hashlib.sha256()
    for array in (network.supplier, network.customer, network.weight, network.sector, network.essentiality):
        digest.update(array.tobytes())
    assert digest.hexdigest() == case["inputs"]["sha256_src_dst_w_sector_ess"]
    expected = case["expected"][setting]
    arrays = compile_cascade(network, "generalized-leontief", replaceability=expected["substitution"])
    engine = Cascade(arrays)
    few = slice(0, 1000 if kernel == "columns" else 20)
    firms = [firm - 1 for firm in expected["firm_1based"][few]]
    shocks = [NodeLosses(str(firm), np.array([firm], dtype=np.int32), np.ones(1)) for firm in firms]
    found = list(engine.run_many(shocks, eps=expected["eps"], kernel=kernel))
    for name, wanted in (("esri", "ESRI"), ("esri_down", "ESRI_down"), ("esri_up", "ESRI_up")):
        assert [getattr(score, name) for score in found] == pytest.approx(
            expected[wanted][few], abs=1e-12, rel=0
        )
    assert [score.iterations for score in found] == expected["iterations"][few]


@settings(max_examples=60, deadline=None)
@given(st.data(), networks(guarded=False), MODELS, st.booleans(), st.sampled_from([1e-1, 1e-2, 1e-6]))
def test_every_kernel_gives_what_the_readable_one_gives(data, network, model, replaceability, eps):
    engine = Cascade(compile_cascade(network, model, replaceability=replaceability))
    hit = data.draw(losses(len(network.ids)))
    expected = engine.run(hit, eps=eps, kernel="reference")
    for kernel in ("packed", "frontier"):
        found = engine.run(hit, eps=eps, kernel=kernel)
        assert found.hd == pytest.approx(expected.hd, abs=1e-12, rel=0)
        assert found.hu == pytest.approx(expected.hu, abs=1e-12, rel=0)
        assert found.score.iterations == expected.score.iterations
    (score,) = engine.run_many([hit], eps=eps, kernel="columns")
    assert score.esri == pytest.approx(expected.score.esri, abs=1e-12, rel=0)
    assert score.iterations == expected.score.iterations


@settings(max_examples=20, deadline=None)
@given(networks(most=40), st.booleans())
def test_columns_stop_each_on_its_own_and_keep_their_order(network, replaceability):
    engine = Cascade(compile_cascade(network, "generalized-leontief", replaceability=replaceability))
    together = list(engine.run_many(engine.each_node(network.ids), kernel="columns"))
    assert [score.scenario for score in together] == list(network.ids)
    for score, hit in zip(together, engine.each_node(network.ids), strict=True):
        alone = engine.run(hit, kernel="reference").score
        assert (score.iterations, score.stop) == (alone.iterations, alone.stop)
        assert score.esri == pytest.approx(alone.esri, abs=1e-12, rel=0)


@settings(max_examples=30, deadline=None)
@given(st.data(), networks(), MODELS, st.booleans())
def test_a_larger_loss_never_leaves_more(data, network, model, replaceability):
    engine = Cascade(compile_cascade(network, model, replaceability=replaceability))
    hit = data.draw(losses(len(network.ids)))
    less = NodeLosses(hit.name, hit.node, hit.loss / 2)
    more_left, left = (engine.run(each, eps=1e-9, kernel="reference") for each in (less, hit))
    assert (left.hd <= more_left.hd + 1e-7).all()
    assert (left.hu <= more_left.hu + 1e-7).all()


@settings(max_examples=30, deadline=None)
@given(st.data(), networks())
def test_splitting_an_edge_in_two_changes_nothing(data, network):
    place = data.draw(st.integers(0, len(network.weight) - 1))
    halves = network.weight.copy()
    halves[place] /= 2
    split = BareNetwork(
        network.ids, network.sectors, network.sector,
        np.append(network.supplier, network.supplier[place]),
        np.append(network.customer, network.customer[place]),
        np.append(halves, halves[place]),
        network.essentiality, network.revenue, network.cost, network.node_weight,
    )  # fmt: skip
    hit = data.draw(losses(len(network.ids)))
    first, second = (
        Cascade(compile_cascade(each, "generalized-leontief")).run(hit) for each in (network, split)
    )
    assert first.hd == pytest.approx(second.hd, abs=1e-12)
    assert first.hu == pytest.approx(second.hu, abs=1e-12)


def test_chain_of_three_firms_loses_what_the_arithmetic_says():
    # a sells 1 to b, b sells 2 to c; a loses half. Sector of each its own, all inputs essential.
    # down: hd = (.5, .5, .5); up: nobody's customer lost: hu = (.5, 1, 1); weights s = (1, 2, 0)
    # esri = esri_down = (1 * .5 + 2 * .5) / 3 = .5; esri_up = 1 * .5 / 3 = 1/6; sweeps 2 and one that rests
    ends = np.array([0, 1], dtype=np.int32)
    network = BareNetwork(
        ("a", "b", "c"), ("1", "2", "3"), np.arange(3, dtype=np.int32), ends, ends + 1, np.array([1.0, 2.0])
    )
    engine = Cascade(compile_cascade(network, "leontief", replaceability=False))
    for kernel in ("reference", "packed", "frontier"):
        score = engine.run(shock(0.5, 0.0, 0.0), kernel=kernel).score
        assert (score.esri, score.esri_down, score.iterations) == (0.5, 0.5, 3)
        assert score.esri_up == pytest.approx(1 / 6)
        assert engine.run(shock(0.0, 0.0, 0.0), kernel=kernel).score.esri == 0


@pytest.mark.parametrize(
    ("weight", "revenue", "found"), [(1e308, None, "add up"), (1.0, 1e-310, "revenue or cost too small")]
)
def test_numbers_that_overflow_are_refused(weight, revenue, found):
    ends = np.array([0, 1, 2], dtype=np.int32)
    names = ("a", "b", "c")
    sold = None if revenue is None else np.full(3, revenue)
    flow = np.full(3, weight)
    network = BareNetwork(names, names, ends, ends, np.roll(ends, 1), flow, revenue=sold)
    with pytest.raises(QueryError, match=found):
        compile_cascade(network, "linear")


def test_only_the_kernel_that_runs_is_laid_out():
    engine = Cascade(compile_cascade(make_network(100), "generalized-leontief"))
    engine.run(next(engine.each_node(range(100))), kernel="packed")
    assert {*vars(engine)} == {"arrays", "_packed"}


def test_classes_that_do_not_cover_the_sectors_are_refused():
    network = replace(make_network(200), essentiality=np.ones((3, 3), dtype=np.uint8))
    with pytest.raises(QueryError, match=r"found classes of shape \(3, 3\), expected \(100, 100\)"):
        compile_cascade(network, "generalized-leontief")


def test_kernels_that_do_not_fit_are_refused(monkeypatch):
    engine = Cascade(compile_cascade(make_network(100), "generalized-leontief"))
    hit = next(engine.each_node(range(100)))
    with pytest.raises(UnknownName, match="kernel"):
        engine.run(hit, kernel="magic")
    with pytest.raises(QueryError, match="columns"):
        engine.run(hit, kernel="columns")
    monkeypatch.setattr("chainshock.queries.propagation.cascade.run.find_spec", lambda name: None)
    assert engine.run(hit).kernel == "reference"
    with pytest.raises(QueryError, match=r"chainshock\[fast\]"):
        engine.run(hit, kernel="packed")


def test_a_compiled_network_takes_at_most_64_bytes_an_edge():
    from chainshock.queries.propagation.cascade.frontier import FrontierSweeps

    arrays = compile_cascade(make_network(20_000), "generalized-leontief")
    laid_out = FrontierSweeps(arrays)
    rows = laid_out.up_rows.nbytes + laid_out.down_rows.nbytes
    beside = sum(array.nbytes for array in (*laid_out.buyers, *laid_out.sellers))
    assert (arrays.nbytes + rows + beside) / arrays.edges <= 64
