"""What moves a result most, on functions whose indices are known."""

import sys

import numpy as np
import pytest

from chainshock.errors import QueryError
from chainshock.queries.uncertainty.sensitivity import Inputs, check_ready, influences

SAMPLES = 1000


def inputs(**columns):
    return Inputs(
        {title: tuple(f"{title}{i}" for i in range(values.shape[1])) for title, values in columns.items()},
        columns,
    )


@pytest.fixture
def draws():
    return np.random.default_rng(7).random((SAMPLES, 12))


def ishigami(u):
    """Ishigami and Homma (1990) with a = 7, b = 0.1: first-order indices 0.314, 0.442 and 0."""
    x = (2 * u - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami_function_is_ranked_as_published(draws):
    given = inputs(a=draws[:, :1], b=draws[:, 1:2], c=draws[:, 2:3], idle=draws[:, 3:])
    found = influences(given, ishigami(draws))
    assert [entry.input for entry in found] == ["b", "a"]
    for entry, published in zip(found, (0.442, 0.314), strict=True):
        assert entry.low <= published <= entry.high
        assert entry.high - entry.low < 0.2


def test_member_that_moves_a_group_is_named_with_its_direction(draws):
    given = inputs(many=draws[:, :10], other=draws[:, 10:])
    result = -3 * draws[:, 4] + 0.2 * draws[:, 7]
    (first, *rest) = influences(given, result)
    assert (first.input, first.member) == ("many", "many4")
    assert first.correlation < -0.9
    assert first.share > 0.8
    assert not rest


def test_additive_groups_share_out_the_variance(draws):
    given = inputs(one=draws[:, :3], two=draws[:, 3:6], idle=draws[:, 6:])
    found = {e.input: e.share for e in influences(given, draws[:, :3].sum(axis=1) * 2 + draws[:, 3])}
    assert found["one"] == pytest.approx(12 / 13, abs=0.06)
    assert found["two"] == pytest.approx(1 / 13, abs=0.06)


def test_noise_cannot_be_told():
    noise = np.random.default_rng(3)
    told = 0
    for _ in range(20):
        given = inputs(**{f"g{i}": noise.random((300, 1 + i % 5)) for i in range(15)})
        told += bool(influences(given, noise.standard_normal(300)))
    assert told <= 1


def test_result_that_never_moves_is_moved_by_nothing(draws):
    assert influences(inputs(a=draws[:, :1]), np.full(SAMPLES, 4.0)) == []


def test_result_that_moves_in_one_sample_alone_cannot_be_told(draws):
    result = np.zeros(SAMPLES)
    result[np.argmax(draws[:, 0])] = 1.0
    assert influences(inputs(a=draws[:, :1], many=draws[:, 1:]), result) == []


def test_same_samples_give_the_same_answer(draws):
    given = inputs(a=draws[:, :1], b=draws[:, 1:4])
    assert influences(given, ishigami(draws)) == influences(given, ishigami(draws))


def test_too_few_samples_are_refused(draws):
    with pytest.raises(QueryError, match="expected 100 or more"):
        influences(inputs(a=draws[:20, :1]), draws[:20, 0])


def test_missing_library_is_named_with_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(QueryError, match=r"pip install 'chainshock\[uncertainty\]'"):
        check_ready(1000)
