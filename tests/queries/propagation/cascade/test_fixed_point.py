"""The fixed point of a cascade against plain sweeps, a textbook inverse and hand arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.graph.network.bare import BareNetwork
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade
from chainshock.queries.propagation.cascade.fixed_point import find_fixed_point
from chainshock.queries.propagation.cascade.reference import ReferenceSweeps
from chainshock.queries.propagation.cascade.run import Cascade
from tests.queries.propagation.cascade.worlds import golden, losses, networks, shock


@settings(max_examples=150, deadline=None)
@given(st.data(), networks(), st.sampled_from(["linear", "leontief", "generalized-leontief"]), st.booleans())
def test_fixed_point_is_where_plain_sweeps_go(data, network, model, replaceability):
    arrays = compile_cascade(network, model, replaceability=replaceability)
    loss = data.draw(losses(arrays.n)).dense(arrays.n)
    hd, hu, _, moved = ReferenceSweeps(arrays).run(loss, 1e-15, 20_000)
    found = find_fixed_point(arrays, loss)
    near = 1e-10 if moved <= 1e-15 else np.inf  # a slow ring: sweeps are still on their way down
    for sweeps, point in ((hd, found.hd), (hu, found.hu)):
        assert (point <= sweeps + 1e-10).all()
        assert (sweeps - point <= near).all()
    assert found.change <= 1e-14


@pytest.mark.parametrize("replaceability", [True, False])
def test_thousands_of_sweeps_become_a_few(replaceability):
    arrays = compile_cascade(make_network(1000), "generalized-leontief", replaceability=replaceability)
    loss = np.zeros(1000)
    loss[7] = 1.0
    hd, hu, sweeps, _ = ReferenceSweeps(arrays).run(loss, 1e-15, 50_000)
    found = find_fixed_point(arrays, loss)
    assert sweeps > 1000 > 20 * found.sweeps
    assert found.hd == pytest.approx(hd, abs=1e-10, rel=0)
    assert found.hu == pytest.approx(hu, abs=1e-10, rel=0)


def test_upstream_losses_follow_the_textbook_inverse():
    # Miller and Blair, two sectors: with sector k closed, the other loses L_ik / L_kk x_k / x_i of output,
    # as its output falls by A_ik x_k / (1 - A_ii) and L is the inverse of 1 - A
    case = golden("miller_blair_2sector")
    flows, output = np.array(case["inputs"]["Z"]), np.array(case["inputs"]["x"])
    exact, printed = np.array(case["expected"]["L"]), np.array(case["expected"]["L_published"])
    seller, buyer = np.indices((2, 2), dtype=np.int32).reshape(2, 4)
    sectors = np.arange(2, dtype=np.int32)
    names = ("1", "2")
    network = BareNetwork(names, names, sectors, seller, buyer, flows.ravel(), revenue=output)
    engine = Cascade(compile_cascade(network, "linear", replaceability=False))
    for closed, other in ((0, 1), (1, 0)):
        result = engine.run(shock(*(sectors == closed)), stop="fixed-point")
        share = output[closed] / output[other]
        lost = 1.0 - result.hu[other]
        assert lost == pytest.approx(exact[other, closed] / exact[closed, closed] * share, abs=1e-12)
        assert lost == pytest.approx(printed[other, closed] / printed[closed, closed] * share, abs=2e-4)


def test_ring_of_essential_suppliers_falls_to_its_weakest():
    # a supplies b, b supplies c, c supplies a, nobody else: any loss goes all the way round, and no further
    ends = np.arange(3, dtype=np.int32)
    network = BareNetwork(("a", "b", "c"), ("1", "2", "3"), ends, ends, np.roll(ends, -1), np.ones(3))
    engine = Cascade(compile_cascade(network, "leontief", replaceability=False))
    result = engine.run(shock(0.0, 0.3, 0.0), stop="fixed-point")
    assert result.hd == pytest.approx([0.7, 0.7, 0.7])
    assert result.score.stop.startswith("fixed point")


def test_dead_sector_with_a_small_supplier_ends_where_plain_sweeps_end():
    # the sector of a and b dies; the guard counts it as 1, so b (sells 0.5) is replaceable by half
    network = BareNetwork(
        ("a", "b", "c"), ("1", "2"), np.array([0, 0, 1], dtype=np.int32),
        np.array([0, 1], dtype=np.int32), np.array([2, 2], dtype=np.int32), np.array([2.0, 0.5]),
    )  # fmt: skip
    arrays = compile_cascade(network, "leontief")
    loss = np.array([1.0, 1.0, 0.0])
    hd, _, _, _ = ReferenceSweeps(arrays).run(loss, 1e-15, 1000)
    found = find_fixed_point(arrays, loss)
    assert found.hd == pytest.approx(hd, abs=1e-12)
    assert found.hd[2] == pytest.approx(1.0 - (2.0 / 2.5 + 0.5 / 2.5 * 0.5))


def test_a_node_that_loses_all_passes_on_no_more_than_all():
    # b falls slowly to nothing, as its inputs are 1.01 times its cost: uncapped it would lose 2. x loses half
    # of what b does; d and e, essential to each other, would keep anything too much for ever
    classes = np.ones((5, 5), dtype=np.uint8)
    classes[2, 3] = classes[4, 3] = classes[3, 4] = 2
    network = BareNetwork(
        tuple("cbxde"), tuple("12345"), np.arange(5, dtype=np.int32),
        np.array([1, 0, 1, 2, 4, 3], dtype=np.int32), np.array([1, 1, 2, 3, 3, 4], dtype=np.int32),
        np.array([0.99, 0.02, 0.5, 1.0, 1.0, 1.0]), classes, cost=np.array([1.0, 1.0, 1.0, 2.0, 1.0]),
    )  # fmt: skip
    arrays = compile_cascade(network, "generalized-leontief", replaceability=False)
    found = find_fixed_point(arrays, np.array([1.0, 0.0, 0.0, 0.0, 0.0]))
    assert found.hd == pytest.approx([0.0, 0.0, 0.5, 0.5, 0.5], abs=1e-12)


def test_a_long_chain_ends_although_each_solve_gains_one_tier():
    n = 1200
    ends = np.arange(n - 1, dtype=np.int32)
    names = tuple(map(str, range(n)))
    network = BareNetwork(names, names, np.arange(n, dtype=np.int32), ends, ends + 1, np.ones(n - 1))
    loss = np.zeros(n)
    loss[[0, n - 1]] = 0.3
    found = find_fixed_point(compile_cascade(network, "leontief"), loss)
    assert found.hd == pytest.approx(np.full(n, 0.7))
    assert found.hu == pytest.approx(np.full(n, 0.7))
