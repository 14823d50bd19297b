"""Write the fit of the licence shape for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainshock.queries.ranking import wrap
from chainshock.queries.signals.table import gap_text
from chainshock.queries.tables import Column, draw_table

if TYPE_CHECKING:
    from chainshock.queries.signals.fit_rows import FitRow
    from chainshock.queries.signals.fit_table import FitTable

__all__ = ["fit_text"]

SHAPES = {"shipped": 0, "exports only": 2, "fitted": 0}  # column: when it goes on a narrow terminal


def fit_text(table: FitTable, width: int) -> str:
    """Write months, approval rates, figures and what is held, in lines of a width at most."""
    run = table.run
    own = run["mean_of_2024_by_the_facts"]
    mean = "" if own is None else f" (the mean of 2024 by these facts: {own:,.0f})"
    lines = wrap(
        f"Licence shape against China's magnet exports (HS 85051110, all destinations), 1 = "
        f"{run['baseline_tonnes_a_month']:,.10g} t a month{mean}; week 0 is {run['start']} · as known on "
        f"{run['as_of']} ({run['facts']}) · data edition {run['data_edition']}",
        width,
    )
    if run["months_missing"]:
        lines += wrap(f"no figure for {gap_text(run['months_missing'])}: not fitted, not filled in", width)
    lines += ["", *_months(table, width), "", *_rates(table, width), "", *_figures(table, width)]
    lines += ["", *_held(table, width), "", *_onset(table, width), "", *_scenario(table)]
    return "\n".join(lines) + "\n"


def _months(table: FitTable, width: int) -> list[str]:
    rows = (*table.part("month"), *table.part("later"))
    columns = [
        Column("month", 8),
        Column("tonnes", 8, "right", drop=3),
        Column("recorded", 8, "right"),
        *(Column(f"{shape}, diff.", 18, "right", drop=drop) for shape, drop in SHAPES.items()),
        *([Column("note", None, least=10)] if any(row.note for row in rows) else []),
    ]
    cells: list[list[str] | str] = [
        [
            row.name,
            f"{row.tonnes:,.0f}",
            _share(row.recorded),
            *(_beside(shape, row) for shape in (row.shipped, row.exports, row.fitted)),
            *([row.note] if len(columns) > len(SHAPES) + 3 else []),
        ]
        for row in rows
    ]
    if table.part("later"):
        cells.insert(len(table.part("month")), "later months, not fitted")
    losses, points = table.run["losses"], table.run["points"]
    alone, both = losses["exports"], losses["fitted"]
    foot = (
        f"sum of squares over the {points['exports']} months: shipped {alone['shipped']:.3f}, fit to them "
        f"alone {alone['fit']:.3f}; over all {points['fitted']} points: shipped {both['shipped']:.3f}, "
        f"fitted {both['fit']:.3f} (up to {both['allowed']:.3f} fits as well at 90 %)"
    )
    return _table(columns, cells, width) + wrap(foot, width)


def _rates(table: FitTable, width: int) -> list[str]:
    columns = [
        Column("approved by", 26),
        Column("recorded", 8, "right"),
        Column("shipped", 8, "right", drop=1),
        Column("exports only", 12, "right", drop=2),
        Column("fitted", 8, "right"),
        Column("counted", None, least=12),
    ]
    cells = [
        [row.name, *map(_share, (row.recorded, row.shipped, row.exports, row.fitted)), row.note]
        for row in table.part("approval")
    ]
    return _table(columns, cells, width)


def _figures(table: FitTable, width: int) -> list[str]:
    columns = [
        Column("figure", 24),
        Column("shipped", 7, "right"),
        Column("exports only (90 %)", 24, "right", drop=2),
        Column("fitted (90 %)", 24, "right"),
        Column("range", 10, "right", drop=1),
        Column("note", None, drop=3),
    ]
    cells = [
        [
            row.name,
            _figure(row.shipped),
            _with_interval(row.exports, row.exports_low, row.exports_high),
            _with_interval(row.fitted, row.fitted_low, row.fitted_high),
            "" if row.range_low is None else f"{row.range_low:g} to {row.range_high:g}",
            row.note,
        ]
        for row in table.part("figure")
    ]
    return _table(columns, cells, width)


def _held(table: FitTable, width: int) -> list[str]:
    columns = [
        Column("held", 24),
        Column("at", 6, "right"),
        Column("range", 12, "right", drop=1),
        Column("loss at ends", 16, "right", drop=2),
        Column("by these points", None),
    ]
    cells = [
        [
            row.name,
            _figure(row.shipped),
            f"{row.range_low:g} to {row.range_high:g}",
            f"{row.loss_low:.3f}, {row.loss_high:.3f}",
            row.note,
        ]
        for row in table.part("held")
    ]
    return _table(columns, cells, width)


def _onset(table: FitTable, width: int) -> list[str]:
    onset = table.run["onset"]
    chance = f"F test p = {onset['p_value']:.2g}" if onset["p_value"] is not None else "no test: few points"
    return wrap(
        f"A form that the shape does not have: stopping begins in week {onset['week']:.1f}, as goods cleared "
        f"before go on leaving, and {100 * onset['collateral-peak']:.0f} % of goods out of scope are held up "
        f"then: sum of squares {onset['loss']:.3f} ({chance}; thought of after the misfit was seen).",
        width,
    )


def _scenario(table: FitTable) -> list[str]:
    """Give a scenario file that runs the episode with the fitted figures, each within its range."""
    head = [
        "the fitted figures as a scenario file:",
        "",
        'title = "April 2025 with the fitted licence shape"',
    ]
    lines = [f'"{name}" = {value:g}' for name, value in table.run["assumptions"].items()]
    return [*head, 'start = "april-2025"', "", "[assumptions]", *lines]


def _table(columns: Sequence[Column], cells: Sequence[Sequence[str] | str], width: int) -> list[str]:
    return draw_table(columns, cells, width).rstrip("\n").split("\n")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _beside(shape: float | None, row: FitRow) -> str:
    if shape is None or row.recorded is None:
        return "-"
    return f"{shape:.3f} {shape - row.recorded:+.3f}"


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return _figure(value)
    ends = ["under" if low is None else f"{low:.3g}", "over" if high is None else f"{high:.3g}"]
    if low is None:
        return f"{_figure(value)} (up to {ends[1]})"
    if high is None:
        return f"{_figure(value)} (from {ends[0]})"
    return f"{_figure(value)} ({ends[0]} to {ends[1]})"
