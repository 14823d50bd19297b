"""Draw the licence shape against recorded exports and approval rates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from chainshock.plots.dates import mark_dates
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, PAPER, Drawing, add_foot, panels, to_bytes
from chainshock.plots.labels import Labels
from chainshock.queries.signals.evidence import Rate
from chainshock.queries.signals.fit_rows import FitRow
from chainshock.queries.signals.fit_table import FitTable
from chainshock.queries.signals.licence_flow import LicenceNumbers
from chainshock.queries.signals.periods import read_span
from chainshock.queries.signals.table import gap_text
from chainshock.queries.tables import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_fit"]

WIDTH, HEIGHT = 8.0, 6.6
LOW = 0.1  # share below which a label has no room underneath
BAR = "#d9d9d9"
SHAPES = (("shipped", HARM, "-"), ("fitted", INK, (0, (5, 2))), ("exports only", GAIN, (0, (1.5, 1.5))))


def draw_fit(table: FitTable, form: Drawing) -> bytes:
    """Draw months above, approval rates below: recorded as bars and marks, shapes as lines.

    Raises
    ------
    QueryError
        matplotlib is not installed.
    """
    numbers = (table.shipped, table.fitted.numbers, table.exports.numbers)
    start, months, rates = table.evidence.start, table.evidence.months, table.evidence.rates
    recorded = (*months, *table.evidence.later)
    last = max([recorded[-1].span.last, *(start + timedelta(weeks=rate.week) for rate in rates)])
    with panels(WIDTH, HEIGHT, 2) as (made, (above, below)):
        _months([*table.part("month"), *table.part("later")], above)
        labels = Labels()
        _rates(table, numbers, below, labels)
        for plot in (above, below):
            mark_dates(plot, months[0].span.first, last)
            plot.axvline(start.toordinal(), color=INK, linewidth=0.8, linestyle=":")
            plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
            plot.set_axisbelow(True)
        above.annotate(f" {start}: licence in effect", (start.toordinal(), 1.52), fontsize=7, va="top")
        title = "Licence shape against China's magnet exports (HS 85051110)"
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        add_foot(made, _foot(table))
        labels.settle(made)
        return to_bytes(made, form)


def _months(rows: list[FitRow], plot: Axes) -> None:
    for place, row in enumerate(rows):
        span = read_span(row.name)
        if span is None or row.recorded is None:
            continue
        left, width = span.first.toordinal(), span.days
        middle, face = left + width / 2, BAR if row.part == "month" else PAPER
        plot.bar(middle, row.recorded, width * 0.86, color=face, edgecolor=INK, linewidth=0.5)
        plot.annotate(f"{row.recorded:.2f}", (middle, 0.02), fontsize=7, ha="center", va="bottom")
        for (name, colour, dashes), value in zip(SHAPES, (row.shipped, row.fitted, row.exports), strict=True):
            ends = [left + width * 0.02, left + width * 0.98]
            words = name if place == 0 else None
            plot.plot(ends, [value or 0.0] * 2, color=colour, linestyle=dashes, linewidth=2.0, label=words)
    plot.set_ylim(0, 1.55)
    plot.set_ylabel("exports, share of the mean of 2024", fontsize=8)
    plot.legend(loc="upper right", fontsize=7, ncols=3, frameon=False, handlelength=3.2)
    title = "bars: recorded, grey fitted, white later and not fitted; lines: mean of the month by the shape"
    plot.set_title(title, loc="left", fontsize=8)


def _rates(table: FitTable, numbers: tuple[LicenceNumbers, ...], plot: Axes, labels: Labels) -> None:
    start = table.evidence.start
    last = max([44.0, *(rate.week for rate in table.evidence.rates)])
    weeks = np.linspace(0.0, last, 400)
    for (_, colour, dashes), shape in zip(SHAPES, numbers, strict=True):
        days = [start.toordinal() + 7 * week for week in weeks]
        approved = [100 * shape.approved(week) for week in weeks.tolist()]
        plot.plot(days, approved, color=colour, linestyle=dashes, linewidth=1.6)
    for number, rate in enumerate(table.evidence.rates):
        place = (start + timedelta(weeks=rate.week)).toordinal()
        face = INK if rate.is_fitted else PAPER
        plot.plot([place], [100 * rate.share], "o", color=face, markeredgecolor=INK, markersize=6, zorder=5)
        labels.mark(plot, (place, 100 * rate.share))
        above = number % 2 == 1 or rate.share < LOW
        labels.add(plot, _rate_text(rate), (place, 100 * rate.share), (6, 4 if above else -4), ha="left")
    plot.set_ylim(0, 108)
    plot.set_ylabel("buyers or applications approved, %", fontsize=8)
    plot.set_title(
        "filled: fitted (one denominator); open: other denominators, compared", loc="left", fontsize=8
    )


def _rate_text(rate: Rate) -> str:
    """Write a rate with its place and what was counted."""
    counted = clean(rate.label.rpartition("rate; ")[2]) if "rate; " in rate.label else ""
    below = "below " if "(below)" in rate.label else ""
    treated = " treated" if "treated" in rate.label else ""
    return f"{below}{100 * rate.share:.3g} %{treated}, {clean(rate.place)}" + (
        f", {counted}" if counted else ""
    )


def _foot(table: FitTable) -> list[str]:
    run = table.run
    losses, months = run["losses"]["fitted"], run["months"]
    missing = [f"no figure, and none filled in: {gap_text(run['months_missing'])}"]
    return [
        *(missing if run["months_missing"] else []),
        f"1 = {run['baseline_tonnes_a_month']:,.10g} t a month · sum of squares: shipped "
        f"{losses['shipped']:.3f}, fitted {losses['fit']:.3f} · fitted: to months and filled marks",
        f"Chinese customs by press agencies, {months[0]} to {months[-1]} · known on {run['as_of']} "
        f"({run['facts']}) · edition {run['data_edition']}",
    ]
