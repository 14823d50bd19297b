"""Draw series of recorded facts over time, each statement over the days it speaks of."""

from __future__ import annotations

import textwrap
from typing import Any

from chainshock.errors import QueryError
from chainshock.plots.dates import mark_dates
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, PAPER, Drawing, leave_room, panels, to_bytes
from chainshock.queries.signals.series import Point, Series
from chainshock.queries.signals.table import SignalTable, figure_text, gap_text
from chainshock.queries.tables import clean

__all__ = ["MOST_PANELS", "draw_signals"]

MOST_PANELS = 8
WIDTH, INCHES_PER_PANEL, INCHES_AROUND = 8.0, 1.9, 0.9
LABELS_UP_TO = 14  # statements of a panel that carry their figure
SHORT_DAYS = 45  # a statement over no more days than this is a mark, over more a line


def draw_signals(table: SignalTable, form: Drawing) -> bytes:
    """Draw each series in a panel of its own.

    A statement on a month or a day is a mark; on a longer time a line over that time, for exports at its
    monthly mean. Months in a row are joined, across a gap nothing is. Where another source says another figure
    on the same subject, it is an open mark.

    Raises
    ------
    QueryError
        No series has a figure to draw, there are too many of them, or matplotlib is not installed.
    """
    drawn = [series for series in table.series if any(_height(series, p) is not None for p in series.points)]
    if not drawn:
        raise QueryError("found no figure with its days, expected some to draw")
    if len(drawn) > MOST_PANELS:
        found = f"found {len(drawn)} series to draw, expected at most {MOST_PANELS}"
        raise QueryError(f"{found}: name a kind, --good or --country")
    with panels(WIDTH, INCHES_AROUND + INCHES_PER_PANEL * len(drawn), len(drawn)) as (made, plots):
        spans = [p.span for series in drawn for p in series.points if p.span is not None]
        first, last = min(span.first for span in spans), max(span.last for span in spans)
        for series, plot in zip(drawn, plots, strict=True):
            _panel(series, plot)
            mark_dates(plot, first, last)
        title = "Recorded: " + ", ".join(dict.fromkeys(series.kind for series in drawn))
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        made.text(0.01, 0.0, _foot(table, drawn), fontsize=7, color=AXIS, va="bottom")
        leave_room(made, 0.45)
        return to_bytes(made, form)


def _height(series: Series, point: Point) -> float | None:
    """Give where a statement stands: a flow by its monthly mean; None where it has no place."""
    if point.span is None:
        return None
    return point.monthly if series.is_flow else point.value


def _panel(series: Series, plot: Any) -> None:  # Any: an Axes, of a package that is an extra
    points = [p for p in series.points if _height(series, p) is not None]
    _join_months(series, plot)
    labelled = len(points) <= LABELS_UP_TO
    for place, point in enumerate(points):
        span, height = point.span, _height(series, point)
        if span is None or height is None:
            continue
        colour = HARM if point.is_held else GAIN
        start, end = span.first.toordinal(), span.last.toordinal() + 1
        middle = (start + end) / 2
        if span.days > SHORT_DAYS:
            plot.plot([start, end], [height, height], color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
        else:
            face = colour if point.is_held else PAPER
            edge = INK if point.is_held else HARM
            plot.plot([middle], [height], marker=_mark(point), color=face, markeredgecolor=edge, markersize=5)
        if not series.is_flow and point.low is not None and point.high is not None and point.low < point.high:
            plot.plot([middle, middle], [point.low, point.high], color=INK, linewidth=1.0, marker="_")
        if labelled:
            _label(plot, series, point, (middle, height), place)
    plot.set_title(_name(series), loc="left", fontsize=8)
    plot.set_ylabel(f"{series.unit} a month" if series.is_flow else series.unit, fontsize=7)
    plot.tick_params(axis="y", labelsize=7)
    plot.margins(y=0.28)
    plot.set_ylim(bottom=0)
    plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
    plot.set_axisbelow(True)


def _join_months(series: Series, plot: Any) -> None:  # Any: as above
    """Join months that follow one another; leave gaps open."""
    months = [
        (p.span.first, p.span.last, height)
        for p in series.points
        if p.is_held and p.span is not None and p.span.months == 1
        if (height := _height(series, p)) is not None and series.is_flow
    ]
    for (first, last, height), (after, end, other) in zip(months, months[1:], strict=False):
        if (after - last).days == 1:
            middles = [(a.toordinal() + b.toordinal() + 1) / 2 for a, b in ((first, last), (after, end))]
            plot.plot(middles, [height, other], color=INK, linewidth=0.8)


def _mark(point: Point) -> str:
    """Point up where only a least figure is known, and down where only a greatest."""
    if point.low is None or point.high is None:
        return "^" if point.high is None else "v"
    return "o"


def _label(plot: Any, series: Series, point: Point, at: tuple[float, float], place: int) -> None:
    text = figure_text(point)
    span = point.span
    if series.is_flow and span is not None and span.days > SHORT_DAYS:
        text += f" in {point.period}"
    if point.label:
        text += f" ({textwrap.shorten(clean(point.label), 26, placeholder='…')})"
    above = place % 2 == 0
    plot.annotate(
        text,
        at,
        (0, 5 if above else -5),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=6,
    )


def _name(series: Series) -> str:
    return textwrap.shorten(clean(series.name), 90, placeholder="…")


def _foot(table: SignalTable, drawn: list[Series]) -> str:
    run = table.run
    gaps = [f"{s.name}: {gap_text(s.gaps)}" for s in drawn if s.gaps]
    empty = textwrap.shorten("no figure for " + "; ".join(gaps), 150, placeholder=" …") if gaps else ""
    disputed = any(s.disputed for s in drawn)
    marks = "dashed: a mean over the time shown" + ("; open: another source" if disputed else "")
    sources = len({source for s in drawn for p in s.points for source in p.fact.provenance.sources})
    second = (
        f"{marks} · {sources} sources, listed by --format json · known on {run['as_of']} ({run['facts']})"
    )
    return "\n".join(line for line in (empty, f"{second} · edition {run['data_edition']}") if line)
