"""Draw the licence shape against recorded exports and approval rates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from chainshock.plots.dates import mark_dates
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, PAPER, Drawing, leave_room, panels, to_bytes
from chainshock.queries.signals.fit_table import FitRow, FitTable
from chainshock.queries.signals.licence_flow import LicenceNumbers
from chainshock.queries.signals.periods import Span, read_span

__all__ = ["draw_fit"]

WIDTH, HEIGHT = 8.0, 6.6
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
    last = max([months[-1].span.last, *(start + timedelta(weeks=rate.week) for rate in rates)])
    with panels(WIDTH, HEIGHT, 2) as (made, (above, below)):
        _months(table.part("month"), above)
        _rates(table, numbers, below)
        for plot in (above, below):
            mark_dates(plot, months[0].span.first, last)
            plot.axvline(start.toordinal(), color=INK, linewidth=0.8, linestyle=":")
            plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
            plot.set_axisbelow(True)
        above.annotate(f" {start}: licence in effect", (start.toordinal(), 1.42), fontsize=7, va="top")
        title = "Licence shape against China's magnet exports (HS 85051110)"
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        made.text(0.01, 0.0, _foot(table), fontsize=7, color=AXIS, va="bottom")
        leave_room(made, 0.45)
        return to_bytes(made, form)


def _months(rows: list[FitRow], plot: Any) -> None:  # Any: an Axes, of a package that is an extra
    for place, row in enumerate(rows):
        span = read_span(row.name)
        if span is None or row.recorded is None:
            continue
        left, width = span.first.toordinal(), span.days
        plot.bar(left + width / 2, row.recorded, width * 0.86, color="#d9d9d9", edgecolor=INK, linewidth=0.5)
        plot.annotate(f"{row.recorded:.2f}", (left + width / 2, 0.02), fontsize=7, ha="center", va="bottom")
        for (name, colour, dashes), value in zip(SHAPES, (row.shipped, row.fitted, row.exports), strict=True):
            label = name if place == 0 else None
            ends = [left + width * 0.02, left + width * 0.98]
            plot.plot(ends, [value, value], color=colour, linestyle=dashes, linewidth=2.0, label=label)
    plot.set_ylim(0, 1.45)
    plot.set_ylabel("exports, share of the mean of 2024", fontsize=8)
    plot.legend(loc="upper right", fontsize=7, ncols=3, frameon=False, handlelength=3.2)
    plot.set_title("grey: recorded by month; lines: mean of the month by the shape", loc="left", fontsize=8)


def _rates(table: FitTable, numbers: tuple[LicenceNumbers, ...], plot: Any) -> None:  # Any: as above
    start = table.evidence.start
    last = max([44.0, *(rate.week for rate in table.evidence.rates)])
    weeks = np.linspace(0.0, last, 400)
    for (_, colour, dashes), shape in zip(SHAPES, numbers, strict=True):
        days = [start.toordinal() + 7 * week for week in weeks]
        approved = [100 * shape.approved(week) for week in weeks.tolist()]
        plot.plot(days, approved, color=colour, linestyle=dashes, linewidth=1.6)
    for rate in table.evidence.rates:
        place = (start + timedelta(weeks=rate.week)).toordinal()
        face = INK if rate.is_fitted else PAPER
        plot.plot([place], [100 * rate.share], "o", color=face, markeredgecolor=INK, markersize=6)
        text = f" {100 * rate.share:.3g} % {rate.place}"
        plot.annotate(
            text, (place, 100 * rate.share), (5, 0), textcoords="offset points", fontsize=7, va="center"
        )
    plot.set_ylim(0, 108)
    plot.set_ylabel("buyers or applications approved, %", fontsize=8)
    plot.set_title(
        "filled: fitted (one denominator); open: other denominators, compared", loc="left", fontsize=8
    )


def _foot(table: FitTable) -> str:
    run = table.run
    losses = run["losses"]["fitted"]
    span = Span(table.evidence.months[0].span.first, table.evidence.months[-1].span.last)
    missing = f" · no figure for {', '.join(run['months_missing'])}" if run["months_missing"] else ""
    return (
        f"1 = {run['baseline_tonnes_a_month']:,.10g} t a month · sum of squares: shipped "
        f"{losses['shipped']:.3f}, fitted {losses['fit']:.3f}{missing}\n"
        f"Chinese customs by press agencies, {span.first} to {span.last} · known on {run['as_of']} "
        f"({run['facts']}) · edition {run['data_edition']}"
    )
