"""Draw the lives of measures as bars over the years."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.plots.figures import AXIS, HARM, INK, PAPER, QUIET, Drawing, figure, leave_room, to_bytes
from chainshock.queries.tables import clean

if TYPE_CHECKING:
    from chainshock.queries.timeline import Life, State
    from chainshock.queries.timeline_table import TimelineTable

__all__ = ["draw_timeline"]

INCHES_PER_ROW, INCHES_AROUND, WIDTH = 0.22, 1.6, 10.0
LONGEST_TITLE = 46
LOOKS: dict[State, tuple[str, str, str]] = {  # colour, hatch, words: signs differ in grey too
    "announced": (PAPER, "", "announced"),
    "in force": (HARM, "", "in force"),
    "resumed": (HARM, "", "in force"),
    "suspended": (QUIET, "////", "suspended"),
}


def draw_timeline(table: TimelineTable, form: Drawing) -> bytes:
    """Draw measures, one line each, with their state over time and the run's day.

    Raises
    ------
    QueryError
        There are no measures between the days, or matplotlib is not installed.
    """
    if not table.lives:
        raise QueryError(f"found no measures from {table.first} to {table.last}, expected some to draw")
    count = len(table.lives)
    with figure(WIDTH, INCHES_AROUND + INCHES_PER_ROW * count) as (made, plot):
        for row, life in enumerate(table.lives):
            for state, start, end in _spans(life, table.first, table.last):
                colour, hatch, _ = LOOKS[state]
                plot.barh(
                    count - row,
                    end - start,
                    left=start,
                    height=0.7,
                    color=colour,
                    hatch=hatch,
                    edgecolor=INK,
                    linewidth=0.4,
                )
        day = date.fromisoformat(table.run["as_of"])
        if table.first <= day <= table.last:
            plot.axvline(day.toordinal(), color=INK, linewidth=0.8, linestyle="--")
            plot.annotate(f"{day} ", (day.toordinal(), 0.2), fontsize=7, va="bottom", ha="right")
        plot.set_yticks(range(count, 0, -1), [_name(life) for life in table.lives], fontsize=7)
        plot.tick_params(axis="y", length=0)
        plot.set_ylim(0.2, count + 0.8)
        years = _years(table.first, table.last)
        plot.set_xticks([date(year, 1, 1).toordinal() for year in years], [str(year) for year in years])
        plot.set_xlim(table.first.toordinal(), table.last.toordinal() + 1)
        plot.grid(axis="x", color=AXIS, alpha=0.25, linewidth=0.5)
        plot.set_axisbelow(True)
        _legend(plot)
        made.suptitle("Measures and their lives", x=0.01, ha="left", fontsize=11, fontweight="bold")
        run = table.run
        foot = f"as known on {run['as_of']} ({run['facts']}) · data edition {run['data_edition']}"
        made.text(0.01, 0.0, foot, fontsize=7, color=AXIS, va="bottom")
        leave_room(made, 0.2)
        return to_bytes(made, form)


def _spans(life: Life, first: date, last: date) -> list[tuple[State, int, int]]:
    """Cut the days between two into spans of one state, those drawn; ends are the days after."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    spans: list[tuple[State, int, int]] = []
    for state, group in groupby(days, key=life.state):
        run = list(group)
        if state in LOOKS:
            spans.append((state, run[0].toordinal(), run[-1].toordinal() + 1))
    return spans


def _years(first: date, last: date) -> list[int]:
    return [year for year in range(first.year, last.year + 1) if first <= date(year, 1, 1) <= last]


def _name(life: Life) -> str:
    title = clean(life.title)
    return f"{title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + '…'}  {life.id}"


def _legend(plot: object) -> None:
    from matplotlib.axes import Axes  # noqa: PLC0415 - slow to import, and an extra
    from matplotlib.patches import Patch  # noqa: PLC0415

    if isinstance(plot, Axes):
        handles = {
            words: Patch(facecolor=colour, hatch=hatch, edgecolor=INK, linewidth=0.4, label=words)
            for colour, hatch, words in LOOKS.values()
        }
        plot.legend(handles=list(handles.values()), loc="lower left", fontsize=7, frameon=True)
