"""Draw ranked rows as bars to both sides of zero, with 5 to 95 % intervals where samples were taken."""

from __future__ import annotations

import textwrap
from typing import Any, Protocol, TypeVar

from chainshock.errors import QueryError
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, Drawing, figure, leave_room, to_bytes
from chainshock.queries.rank_columns import Named, shown_name
from chainshock.queries.ranking import DENOMINATORS, Row, RowTable
from chainshock.queries.tables import clean
from chainshock.queries.uncertainty.intervals import Interval

__all__ = ["draw_bars"]


class Bar(Row, Named, Protocol):
    """A row that can be drawn: it has a figure and a name to show."""


R = TypeVar("R", bound=Bar)
INCHES_PER_ROW, INCHES_AROUND, WIDTH = 0.28, 1.9, 8.0
LONGEST_NAME = 34


def draw_bars(table: RowTable[R], form: Drawing) -> bytes:
    """Draw the rows of a ranking, comparison or premium.

    Raises
    ------
    QueryError
        There are no rows to draw, they are ordered by weeks, or matplotlib is not installed.
    """
    by = str(table.run.get("by", "loss"))
    if by not in {"loss", "usd"}:
        raise QueryError(f"found rows ordered by {by}, expected loss or usd to draw")
    rows = [
        (row, value)
        for row in table.rows
        if (value := row.figure("usd" if by == "usd" else "loss")) is not None
    ]
    if not rows:
        raise QueryError("found no rows, expected some to draw")
    scale, unit = (1e-6, "USD m a year") if by == "usd" else (100.0, "%")
    values = [value * scale for _, value in rows]
    places = list(range(len(rows), 0, -1))
    with figure(WIDTH, INCHES_AROUND + INCHES_PER_ROW * len(rows)) as (made, plot):
        colours = [HARM if value < 0 else GAIN for value in values]
        plot.barh(places, values, height=0.72, color=colours, edgecolor=INK, linewidth=0.4)
        spans = [(value, value) for value in values]
        if by == "loss" and table.samples is not None:
            spans = [_interval(table.samples.intervals[row.id]) for row, _ in rows]
            for place, span in zip(places, spans, strict=True):
                plot.plot(span, [place, place], color=INK, linewidth=1.1, marker="|", markersize=6)
        plot.axvline(0.0, color=INK, linewidth=0.8)
        plot.set_yticks(places, [f"{_short(shown_name(row))}  {row.rank}" for row, _ in rows])
        plot.tick_params(axis="y", length=0)
        plot.set_ylim(0.3, len(rows) + 0.7)
        plot.grid(axis="x", color=AXIS, alpha=0.25, linewidth=0.5)
        plot.set_axisbelow(True)
        plot.set_xlabel(
            f"{'re-pricing' if table.run.get('then') else table.figure_name}, {unit}"
            + (f" of {DENOMINATORS[table.kind]}" if by == "loss" else "")
        )
        for place, value, span in zip(places, values, spans, strict=True):
            _label(plot, place, value, span, by)
        plot.margins(x=0.14)
        made.suptitle(_title(table), x=0.01, ha="left", fontsize=11, fontweight="bold")
        made.text(0.01, 0.0, _foot(table), fontsize=7, color=AXIS, va="bottom")
        leave_room(made, 0.35)
        return to_bytes(made, form)


def _interval(interval: Interval) -> tuple[float, float]:
    return 100.0 * interval.exposure_low, 100.0 * interval.exposure_high


def _label(plot: Any, place: int, value: float, span: tuple[float, float], by: str) -> None:
    """Write a figure beyond the end of its bar, and of the interval over it."""
    text = f"{value:+,.0f}" if by == "usd" else f"{value:+.2f}"
    end, shift, side = (min(value, *span), -4, "right") if value < 0 else (max(value, *span), 4, "left")
    plot.annotate(
        text, (end, place), (shift, 0), textcoords="offset points", ha=side, va="center", fontsize=7
    )


def _title(table: RowTable[R]) -> str:
    what = clean(str(table.run["scenario"]))
    if table.run.get("then"):
        what += " -> " + "; ".join(f"{name}={weight:g}" for name, weight in table.run["then"].items())
    return "\n".join(textwrap.wrap(f"{table.kind}: {what}", 78))


def _foot(table: RowTable[R]) -> str:
    run = table.run
    weeks = "static" if run["horizon"] is None else f"{run['horizon'].removesuffix('w')} weeks"
    omitted = f" · {table.omitted} rows between not shown" if table.omitted else ""
    facts = f"facts of {run['as_of']} · edition {run['data_edition']}"
    lines = "" if table.samples is None else "; lines are 5 to 95 % of samples"
    first = f"below zero harmed, above zero favoured · {weeks} · {facts}{omitted}"
    return f"{first}\nmodel exposure, not investment advice{lines}"


def _short(name: str) -> str:
    return textwrap.shorten(clean(name), LONGEST_NAME, placeholder="…")
