"""Draw the output that entities lose week by week as numbered lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, Drawing, add_foot, figure, to_bytes
from chainshock.plots.labels import Labels
from chainshock.queries.tables import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chainshock.weekly import WeeklyLoss, WeeklyLosses

__all__ = ["MOST_LINES", "draw_weeks"]

MOST_LINES = 10
WIDTH, HEIGHT = 8.0, 4.4
LONGEST_NAME = 34
LOOKS = [  # lines differ by dashes too, and are named where they end
    (colour, dashes)
    for dashes in ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
    for colour in (INK, HARM, GAIN)
]


def draw_weeks(losses: WeeklyLosses, form: Drawing) -> bytes:
    """Draw the first rows that lose output, each by its line.

    Raises
    ------
    QueryError
        No row loses output in any week, or matplotlib is not installed.
    """
    if not losses.rows:
        raise QueryError("found no output lost in any week, expected some to draw")
    drawn = losses.rows[:MOST_LINES]
    with figure(WIDTH, HEIGHT) as (made, plot):
        labels = Labels()
        _lines(drawn, plot, labels)
        weeks = len(drawn[0].by_week)
        plot.locator_params(axis="x", integer=True)
        plot.set_xlim(0, max(weeks - 1, 1))
        plot.set_ylim(0, 108 * max(max(row.by_week) for row in drawn))
        plot.set_xlabel(f"week, counted from {losses.start}")
        plot.set_ylabel("output lost, % of baseline")
        plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
        plot.set_axisbelow(True)
        title = "\n".join(textwrap.wrap(clean(losses.title), 78))
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        made.legend(loc="outside right upper", fontsize=7, frameon=False, handlelength=3.4)
        add_foot(made, _foot(losses))
        labels.settle(made)
        return to_bytes(made, form)


def _lines(rows: tuple[WeeklyLoss, ...], plot: Axes, labels: Labels) -> None:
    """Draw each line with its number at the peak; the key tells what the numbers are."""
    for place, (row, (colour, dashes)) in enumerate(zip(rows, LOOKS, strict=False), start=1):
        values = [100 * share for share in row.by_week]
        number, name = (
            str(row.rank or place),
            textwrap.shorten(clean(row.name), LONGEST_NAME, placeholder="…"),
        )
        key = f"{number}  {name}\n    {100 * row.mean:.2f} % on average"
        plot.plot(range(len(values)), values, color=colour, linestyle=dashes, linewidth=1.6, label=key)
        peak = max(range(len(values)), key=values.__getitem__)
        labels.add(plot, number, (peak, values[peak]), (0, 2), color=colour, fontsize=7.5, fontweight="bold")


def _foot(losses: WeeklyLosses) -> list[str]:
    run = losses.run
    more = len(losses.rows) - MOST_LINES
    left = [f"{more} further rows lose output and are not drawn"] if more > 0 else []
    left += [f"{losses.omitted} rows lose less than 0.05 % in every week"] if losses.omitted else []
    return [
        " · ".join(["for want of input, activities by value where known", *left]),
        f"facts of {run['as_of']} ({run['facts']}) · edition {run['data_edition']} · model, no forecast",
    ]
