"""Medians and intervals of samples."""

import numpy as np
import pytest

from chainshock.queries.uncertainty.intervals import SampleTable


@pytest.fixture
def hundred():
    """a falls from 0 to -1 over the samples, b stands at -0.495."""
    steps = -np.arange(101) / 100
    return SampleTable(("a", "b"), np.column_stack([steps, np.full(101, -0.495)]))


def test_interval_holds_nine_tenths_of_the_samples(hundred):
    found = hundred.intervals["a"]
    assert (found.exposure_low, found.exposure_median, found.exposure_high) == pytest.approx(
        (-0.95, -0.5, -0.05)
    )


def test_ranks_count_the_most_harmed_first(hundred):
    assert hundred.ranks[0].tolist() == [2, 1]
    assert hundred.ranks[-1].tolist() == [1, 2]
    assert (hundred.intervals["b"].rank_low, hundred.intervals["b"].rank_high) == (1, 2)


def test_equals_rank_by_id():
    assert SampleTable(("a", "b"), np.zeros((3, 2))).ranks.tolist() == [[1, 2]] * 3


def test_counting_from_the_most_favoured_turns_ranks_round():
    table = SampleTable(("a", "b", "c"), np.tile([-0.5, 0.0, 0.5], (4, 1)))
    found = table.counted_from("gain").intervals["a"]
    assert (found.rank_low, found.rank_median, found.rank_high) == (3, 3, 3)
    assert found.exposure_low == -0.5
    assert table.counted_from("harm").intervals["a"].rank_low == 1


def test_keys_are_named_after_the_figure(hundred):
    assert set(hundred.to_dict("a", "difference")) == set(hundred.columns("difference"))
    assert "difference_low" in hundred.columns("difference")
