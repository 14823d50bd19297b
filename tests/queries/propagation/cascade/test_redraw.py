"""Shocks on networks whose flows are drawn anew."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import QueryError
from chainshock.graph.network.bare import NodeLosses
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade, merged_edges
from chainshock.queries.propagation.cascade.redraw import RedrawnSweeps
from chainshock.queries.propagation.cascade.run import Cascade
from tests.queries.propagation.cascade.worlds import losses, networks


@settings(max_examples=25, deadline=None)
@given(st.data(), networks(guarded=False), st.booleans())
def test_a_drawn_network_gives_what_it_gives_when_compiled(data, network, replaceability):
    arrays = compile_cascade(network, "generalized-leontief", replaceability=replaceability)
    hit = data.draw(losses(arrays.n))
    found = RedrawnSweeps(network, arrays).run(hit, 3, 7, 0.3)
    stream = np.random.Generator(np.random.PCG64(7))
    supplier, customer, flow = merged_edges(network)
    for score, sweeps in zip(found.scores, found.sweeps, strict=True):
        drawn = flow * np.exp(0.3 * stream.standard_normal(flow.size) - 0.3**2 / 2)
        other = replace(network, supplier=supplier, customer=customer, weight=drawn)
        alone = Cascade(compile_cascade(other, "generalized-leontief", replaceability=replaceability))
        expected = alone.run(hit, kernel="reference").score
        assert score == pytest.approx([expected.esri, expected.esri_down, expected.esri_up], abs=1e-12)
        assert sweeps == expected.iterations


@settings(max_examples=10, deadline=None)
@given(st.data(), networks())
def test_no_spread_gives_the_network_itself_and_a_seed_gives_one_answer(data, network):
    arrays = compile_cascade(network, "generalized-leontief")
    hit = data.draw(losses(arrays.n))
    drawn = RedrawnSweeps(network, arrays)
    plain = Cascade(arrays).run(hit, kernel="reference").score
    assert drawn.run(hit, 2, 1, 0.0).scores[:, 0] == pytest.approx([plain.esri] * 2, abs=1e-12)
    assert (drawn.run(hit, 5, 1, 0.4).scores[:3] == drawn.run(hit, 3, 1, 0.4).scores).all()


@pytest.mark.parametrize(("samples", "spread"), [(0, 0.2), (5, -0.1), (5, float("nan")), (5, 50.0)])
def test_samples_and_spreads_that_make_no_sense_are_refused(samples, spread):
    network = make_network(200)
    drawn = RedrawnSweeps(network, compile_cascade(network, "linear"))
    with pytest.raises(QueryError, match="samples of spread"):
        drawn.run(NodeLosses("x", np.zeros(1, dtype=np.int32), np.ones(1)), samples, 7, spread)
