"""The fit of the licence shape: it finds what made the data, and says what the data leave open."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import chainshock
from chainshock.errors import QueryError
from chainshock.queries.scenario import read_scenario
from chainshock.queries.severity import read_shapes
from chainshock.queries.signals.evidence import read_evidence, shipped_numbers
from chainshock.queries.signals.fit import fit_shape
from chainshock.queries.signals.licence_flow import Flow
from chainshock.queries.signals.search import FREE, Search, differences, with_free

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "explanation" / "licence-fit.md"
LATE = date(2030, 1, 1)
RECORDED = {  # Chinese customs by press agencies, t
    "2025-03": 5323,
    "2025-04": 2626,
    "2025-05": 1238,
    "2025-06": 3188,
    "2025-07": 5577,
    "2025-08": 6146,
    "2025-09": 5774,
}


@pytest.fixture(scope="module")
def dataset():
    return chainshock.reference()


@pytest.fixture(scope="module")
def table(dataset):
    return dataset.fit_licence()


@pytest.fixture(scope="module")
def evidence(dataset):
    return read_evidence(dataset.knowledge, LATE, "latest")


@pytest.fixture(scope="module")
def shipped(dataset):
    return shipped_numbers(dataset.knowledge, dataset.parameters, read_shapes())


def made_by(numbers, evidence):
    """Put the months and rates in the place of the record that some figures give."""
    shares = Flow(numbers, evidence.start).over([m.span for m in evidence.months]).tolist()
    months = tuple(replace(m, share=share) for m, share in zip(evidence.months, shares, strict=True))
    rates = tuple(replace(rate, share=numbers.approved(rate.week)) for rate in evidence.rates)
    return replace(evidence, months=months, rates=rates)


def test_months_fitted_are_those_on_record_relative_to_the_mean_of_2024(table):
    months = {row.name: row for row in table.part("month")}
    assert {name: row.tonnes for name, row in months.items()} == RECORDED
    assert months["2025-05"].recorded == pytest.approx(1238 / 4842)
    assert all(row.sources for row in (*table.part("month"), *table.part("approval")))


def test_rates_of_one_denominator_are_fitted_and_the_others_only_compared(table):
    fitted = {row.name for row in table.part("approval") if row.note.startswith("fitted")}
    assert fitted == {"2025-06-04 EUU", "2025-06-28 EUU"}
    assert {row.name: row.recorded for row in table.part("approval")}["2025-09-24 EUU"] == pytest.approx(
        0.135
    )


def test_fit_finds_the_figures_that_made_the_data(shipped, evidence):
    truth = {"week-50": 12.5, "spread": 8.0, "collateral-peak": 0.35}
    made = made_by(with_free(shipped, truth), evidence)
    fit = fit_shape(shipped, made, rates=True)
    assert fit.loss == pytest.approx(0.0, abs=1e-8)
    assert fit.free == pytest.approx(truth, rel=0.02)


def test_no_figures_near_the_fitted_ones_fit_better(table, evidence):
    fit = table.fitted
    for name, (low, high) in FREE.items():
        for step in (-0.02, 0.02):
            value = min(max(fit.free[name] + step * (high - low), low), high)
            other = with_free(table.shipped, {**fit.free, name: value})
            assert (
                np.sum(differences(other, evidence, evidence.months, evidence.fitted_rates) ** 2)
                >= fit.loss - 1e-9
            )


def test_loss_at_the_ends_of_an_interval_is_what_is_allowed(table, shipped, evidence):
    fit = table.fitted
    search = Search(shipped, evidence, evidence.months, evidence.fitted_rates)
    for name in ("week-50", "collateral-peak"):
        for end in (fit.intervals[name].low, fit.intervals[name].high):
            assert search.best({name: end}, fit.free)[1] == pytest.approx(fit.allowed, rel=0.02)


def test_rows_say_what_the_shapes_give(table):
    spans = [month.span for month in table.evidence.months]
    for column, numbers in (("shipped", table.shipped), ("fitted", table.fitted.numbers)):
        expected = Flow(numbers, table.evidence.start).over(spans).tolist()
        assert [getattr(row, column) for row in table.part("month")] == pytest.approx(expected)
    squares = sum((row.shipped - row.recorded) ** 2 for row in table.part("month"))
    assert table.run["losses"]["exports"]["shipped"] == pytest.approx(squares)


def test_shipped_shape_fits_as_well_as_the_fitted_one_at_90_percent(table):
    told = table.run["losses"]["fitted"]
    assert told["fit"] <= told["shipped"] <= told["allowed"]
    for row in table.part("figure"):
        if row.fitted_high is not None:
            assert (row.fitted_low or 0.0) <= row.shipped <= row.fitted_high


def test_later_months_are_shown_and_do_not_move_the_fit(dataset, table):
    assert [row.name for row in table.part("later")][:3] == ["2025-10", "2025-11", "2025-12"]
    longer = dataset.fit_licence(months=(date(2025, 3, 1), date(2025, 10, 31)))
    assert longer.run["points"]["exports"] == table.run["points"]["exports"] + 1


def test_month_that_is_missing_is_told_and_not_filled_in(dataset):
    found = read_evidence(dataset.knowledge, LATE, "latest", first=date(2024, 12, 1), last=date(2025, 4, 30))
    assert found.missing == ("2024-12",)
    assert [m.period for m in found.months] == ["2025-01", "2025-02", "2025-03", "2025-04"]


def test_page_on_the_fit_has_the_figures_of_the_command(table):
    page = " ".join(PAGE.read_text("utf-8").split())
    for row in table.part("month"):
        assert f"| {row.name} | {row.recorded:.3f} | {row.shipped:.3f} | {row.fitted:.3f} |" in page
    for row in table.part("held"):
        losses_told = f"{row.loss_low:.3f}, {row.loss_high:.3f}"
        assert (
            f"| `{row.name}` | {row.range_low:g} to {row.range_high:g} | {losses_told} | {row.note} |" in page
        )
    half, spread, peak = table.part("figure")[:3]
    assert f"11 | {half.fitted:.1f} ({half.fitted_low:.1f} to {half.fitted_high:.1f}) |" in page
    assert f"11 | {spread.fitted:.1f} (up to {spread.fitted_high:.1f}) |" in page
    assert f"0.50 | {peak.fitted:.2f} ({peak.fitted_low:.2f} to {peak.fitted_high:.2f}) |" in page
    told, onset = table.run["losses"]["fitted"], table.run["onset"]
    assert f"falls from {told['shipped']:.3f} to {told['fit']:.3f}; up to {told['allowed']:.3f}" in page
    assert f"for {onset['week']:.1f} weeks" in page
    assert f"falls to {onset['loss']:.3f} (F test p = {onset['p_value']:.2g}" in page
    assert f"{half.exports:.1f} weeks ({half.exports_low:.1f} to {half.exports_high:.1f})" in page
    assert f"{spread.exports:.1f} weeks, up to {spread.exports_high:.1f}" in page
    later = [row.recorded for row in table.part("later")]
    assert f"run {min(later):.2f} to {max(later):.2f}" in page


@pytest.mark.slow
def test_fitted_shape_meets_the_aims_of_the_calibration_as_the_shipped_one_does(table, dataset, tmp_path):
    text = table.to_text(100)
    path = tmp_path / "fitted.toml"
    path.write_text(text[text.index('title = "') :], "utf-8")
    page = " ".join(PAGE.read_text("utf-8").split())
    lost = {}
    for name, scenario in (("shipped", "april-2025"), ("fitted", path)):
        calibration = runpy.run_path(str(ROOT / "benchmarks" / "calibration.py"))
        figures = calibration["Figures"]()([dataset.shock(scenario, horizon=26)])
        assert all(calibration["_aims"](figures).values()), name
        lost[name] = 100 * figures[0]
    assert f"{lost['fitted']:.2f} % in place of {lost['shipped']:.2f} %" in page


def test_too_few_months_are_refused(dataset):
    with pytest.raises(QueryError, match="found 2 recorded points, expected more than the 3"):
        dataset.fit_licence(months=(date(2025, 3, 1), date(2025, 4, 30)))
    with pytest.raises(QueryError, match="expected some months"):
        dataset.fit_licence(months=(date(2000, 3, 1), date(2000, 4, 30)))


def test_fitted_figures_are_a_scenario_that_can_be_read(table, tmp_path):
    text = table.to_text(100)
    path = tmp_path / "fitted.toml"
    path.write_text(text[text.index('title = "') :], "utf-8")
    assumed = read_scenario(path).severity_assumptions
    assert assumed == table.run["assumptions"]


def test_fit_is_the_same_on_every_run_and_keeps_to_the_width(dataset, table):
    assert dataset.fit_licence().to_payload() == table.to_payload()
    for width in (60, 78, 100, 160):
        assert max(map(len, table.to_text(width).split("\n"))) <= width
