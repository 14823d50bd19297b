"""Samples of whole shocks on the shipped data."""

from dataclasses import replace

import numpy as np
import pytest

import chainshock
from chainshock.errors import QueryError
from chainshock.graph.parameters import read_parameters
from chainshock.queries.uncertainty.draws import Doubt, all_doubt, draw
from chainshock.queries.uncertainty.sensitivity import Inputs
from chainshock.sampling import Sampling, redrawn, run_samples

FEW = 20


@pytest.fixture(scope="module")
def shock():
    return chainshock.reference().shock("october-2025-controls", horizon=None)


@pytest.fixture(scope="module")
def table(shock):
    return shock.rank("companies", samples=FEW, seed=7)


def companies(shocks):
    return np.array([value for _, value in sorted(shocks[-1].relative("companies").items())])


@pytest.mark.parametrize("horizon", [None, 8])
def test_without_doubt_every_sample_is_the_central_run(horizon, monkeypatch):
    monkeypatch.setattr("chainshock.sampling.all_doubt", lambda parameters: Doubt())
    table = chainshock.reference().shock("april-2025", horizon=horizon).rank("companies", samples=2, seed=3)
    for row in table.rows:
        found = table.samples.intervals[row.id]
        assert found.exposure_low == pytest.approx(row.exposure, abs=1e-15)
        assert found.exposure_high == pytest.approx(row.exposure, abs=1e-15)
        assert (found.rank_low, found.rank_high) == (row.rank, row.rank)


def test_fewer_archetypes_shift_the_central_run_by_little():
    run = chainshock.reference().shock("april-2025", horizon=26).rank("companies", samples=2).run
    assert run["varied"]["slices"] < 100
    assert 0 < run["varied"]["slices_largest_shift"] < 0.02


def test_static_sample_without_doubt_is_the_central_run_to_the_byte(shock):
    found = run_samples([shock], companies, Sampling(2, seed=3), Doubt())
    assert np.array_equal(found, np.stack([companies([shock])] * 2))


def test_more_samples_begin_with_the_same_ones(shock, table):
    again = shock.rank("companies", samples=5, seed=7)
    assert np.array_equal(again.samples.values, table.samples.values[:5])


def test_processes_change_nothing(shock, table):
    assert shock.rank("companies", samples=FEW, seed=7, jobs=2).to_dicts() == table.to_dicts()


def test_another_seed_gives_other_samples(shock, table):
    other = shock.rank("companies", samples=2, seed=8)
    assert not np.array_equal(other.samples.values, table.samples.values[:2])


def test_intervals_bracket_their_median_and_central_figures_stay(shock, table):
    central = {row.id: row.exposure for row in shock.rank("companies").rows}
    for row in table.rows:
        found = table.samples.intervals[row.id]
        assert found.exposure_low <= found.exposure_median <= found.exposure_high
        assert 1 <= found.rank_low <= found.rank_median <= found.rank_high <= len(table.rows)
        assert row.exposure == central[row.id]


def test_rows_really_move(table):
    exposed = [table.samples.intervals[row.id] for row in table.rows if abs(row.exposure) > 0.01]
    assert exposed
    assert all(found.exposure_low < found.exposure_high for found in exposed)


def test_run_says_what_was_varied(table):
    run = table.run
    assert (run["samples"], run["seed"]) == (FEW, 7)
    assert run["varied"]["parameters"] == len(all_doubt(read_parameters()).parameters)
    assert run["varied"]["held"] == []


def test_calm_is_certain():
    table = chainshock.reference().shock("no-measures", horizon=None).rank("end-uses", samples=3)
    assert np.all(table.samples.values == 0)


def test_comparison_shares_the_draws_of_both_shocks(shock):
    same = shock.compare(shock, samples=3, seed=1)
    assert np.all(same.samples.values == 0)


def test_interval_of_a_comparison_is_that_of_the_difference(shock, table):
    calm = shock.dataset.shock("no-measures", horizon=None)
    back = calm.compare(shock, samples=3, seed=7)
    assert np.array_equal(back.samples.values, table.samples.values[:3])
    assert "difference_median" in back.to_dicts()[0]


def test_assumption_of_the_scenario_is_held(shock, tmp_path):
    path = tmp_path / "held.toml"
    path.write_text(
        'title = "t"\ndate = 2025-11-08\nstart = "october-2025-controls"\n[assumptions]\nphi = 0.25\n'
    )
    held = shock.dataset.shock(path, horizon=None)
    made = redrawn(held, draw(all_doubt(read_parameters()).without(["phi"]), 7, 0))
    assert made.parameters["phi"].default == 0.25
    assert made.parameters["r-max"].default != held.parameters["r-max"].default
    assert held.rank("end-uses", samples=2).run["varied"]["held"] == ["phi"]


def test_unknown_supply_is_all_from_the_issuer_or_none(shock):
    doubt = Doubt(unknown=True)
    coins = [redrawn(shock, draw(doubt, 7, k)) for k in range(6)]
    assert {made.choices.unknown_from_issuer for made in coins} == {True, False}
    all_of_it = next(made for made in coins if made.choices.unknown_from_issuer)
    assert np.array_equal(all_of_it.exposures.relative, shock.exposures_if_unknown_is_issuer.relative)


@pytest.mark.parametrize("width", [80, 160])
def test_table_shows_intervals_within_the_width(table, width):
    text = table.select(top=5).to_text(width)
    assert "5 to 95 %" in text
    assert f"{FEW} samples, seed 7" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines()) <= width


def test_rows_in_json_csv_and_data_frames_carry_intervals(table):
    shown = table.select(top=3)
    assert set(shown.columns) == set(shown.to_flat_dicts()[0])
    for rows in (shown.to_dicts(), shown.to_polars().to_dicts()):
        found = table.samples.intervals[rows[0]["id"]]
        assert rows[0]["exposure_low"] == found.exposure_low
        assert rows[0]["rank_high"] == found.rank_high


def test_most_favoured_first_counts_ranks_from_that_end(table):
    turned = table.select(order="gain").samples.intervals
    for row in table.rows:
        found = table.samples.intervals[row.id]
        if abs(found.exposure_low) > 0.01 and abs(found.exposure_high) > 0.01:
            assert turned[row.id].rank_high == pytest.approx(len(table.rows) + 1 - found.rank_low, abs=3)


@pytest.fixture
def explained(table):
    """The most harmed row moves with one input, all others stand still."""
    place = np.random.default_rng(1).random((200, 1))
    values = np.tile([row.exposure for row in sorted(table.rows, key=lambda r: r.id)], (200, 1))
    values[:, table.samples.ids.index(table.rows[0].id)] *= 1 + place[:, 0]
    inputs = Inputs({"stocks": ("cover",)}, {"stocks": place})
    samples = replace(table.samples, values=values, inputs=inputs)
    return replace(table, samples=samples).select(top=2).with_why()


def test_why_is_told_below_the_table_and_in_csv(explained):
    text = explained.to_text(100)
    assert "Why uncertain" in text
    assert "exposure: stocks 0.9" in text or "exposure: stocks 1.0" in text
    assert "exposure: cannot tell" in text
    assert explained.to_flat_dicts()[0]["why_exposure"].startswith("stocks ")
    assert set(explained.columns) == set(explained.to_flat_dicts()[0])


def test_reasons_without_inputs_are_refused(table):
    with pytest.raises(QueryError, match="why_uncertain=True"):
        table.with_why()
