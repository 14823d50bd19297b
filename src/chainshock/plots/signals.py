"""Draw series of recorded facts over time, each statement over the days it speaks of."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.plots.dates import mark_dates
from chainshock.plots.figures import AXIS, HARM, INK, PAPER, Drawing, add_foot, panels, to_bytes
from chainshock.plots.labels import Labels
from chainshock.queries.signals.periods import Span
from chainshock.queries.signals.series import Point, Series, by_time
from chainshock.queries.signals.table import SignalTable, figure_text, gap_text
from chainshock.queries.tables import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MOST_PANELS", "draw_signals"]

MOST_PANELS = 12
WIDTH, INCHES_PER_PANEL, INCHES_AROUND = 8.0, 1.9, 0.9
LONGEST_LABEL = 26
CROWDED = 6  # statements of a panel beyond which it is twice as high
LABELS_UP_TO = 24  # statements of a panel that carry their figure
SHORT_DAYS = 45  # a statement over no more days than this is a mark, over more a line


def draw_signals(table: SignalTable, form: Drawing) -> bytes:
    """Draw each series in a panel of its own; stocks of one good share one.

    A statement on a month or a day is a mark; on a longer time a line over it, for exports at its monthly
    mean. Months in a row are joined, across a gap nothing is. Where another source says another figure
    on the same subject, it is an open mark.

    Raises
    ------
    QueryError
        No series has a figure to draw, there are too many of them, or matplotlib is not installed.
    """
    drawn = [s for s in _panels(table.series) if any(_height(s, p) is not None for p in s.points)]
    if not drawn:
        raise QueryError("found no figure with its days, expected some to draw")
    if len(drawn) > MOST_PANELS:
        found = f"found {len(drawn)} series to draw, expected at most {MOST_PANELS}"
        raise QueryError(f"{found}: name a kind, --good or --country")
    crowded = any(s.kind == "stocks" and len(s.points) > CROWDED for s in drawn)
    height = INCHES_AROUND + (2 if crowded else 1) * INCHES_PER_PANEL * len(drawn)
    with panels(WIDTH, height, len(drawn)) as (made, plots):
        spans = [p.span for series in drawn for p in series.points if p.span is not None]
        first, last = min(span.first for span in spans), max(span.last for span in spans)
        labels = Labels()
        for series, plot in zip(drawn, plots, strict=True):
            _panel(series, plot, labels)
            mark_dates(plot, first, last)
        title = "Recorded: " + ", ".join(dict.fromkeys(series.kind for series in drawn))
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        add_foot(made, _foot(table, drawn))
        labels.settle(made)
        return to_bytes(made, form)


def _panels(series: Sequence[Series]) -> list[Series]:
    """Put the stocks of one good into one panel, whoever holds them; the rest as it is."""
    found: dict[tuple[str, ...], Series] = {}
    for one in series:
        is_stock = one.kind == "stocks"
        key = ("stocks", one.good, one.unit) if is_stock else (one.id,)
        points = (*found[key].points, *one.points) if key in found else one.points
        name = f"{one.good}, by holder" if is_stock and key in found else one.name
        found[key] = replace(one, points=tuple(sorted(points, key=by_time)), name=name)
    return list(found.values())


def _height(series: Series, point: Point) -> float | None:
    """Give where a statement stands: a flow by its monthly mean; None where it has no place."""
    if point.span is None:
        return None
    return point.monthly if series.is_flow else point.value


def _panel(series: Series, plot: Axes, labels: Labels) -> None:
    points = [p for p in series.points if _height(series, p) is not None]
    _join_months(series, plot)
    top, said = 0.0, ""
    for place, point in enumerate(points):
        span, height = point.span, _height(series, point)
        if span is None or height is None:
            continue
        middle = (span.first.toordinal() + span.last.toordinal() + 1) / 2
        _draw(series, point, span, (middle, height), plot)
        is_long = span.days > SHORT_DAYS
        if not is_long:
            labels.mark(plot, (middle, height))
        if len(points) <= LABELS_UP_TO:
            text = _text(series, point, span, said)
            above = not is_long and point.is_held if series.is_flow else place % 2 == 0
            at, side = (span.first.toordinal(), "left") if is_long and series.is_flow else (middle, "center")
            edge = height if series.is_flow else (point.high if above else point.low) or height
            labels.add(plot, text, (at, edge), (0, 5 if above else -5), ha=side)
        top, said = max(top, height, 0.0 if series.is_flow else point.high or 0.0), point.label
    plot.set_title(_name(series), loc="left", fontsize=8)
    plot.set_ylabel(f"{series.unit} a month" if series.is_flow else series.unit, fontsize=7)
    plot.tick_params(axis="y", labelsize=7)
    plot.set_ylim(0, 1.3 * top or 1.0)
    plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
    plot.set_axisbelow(True)


def _draw(series: Series, point: Point, span: Span, at: tuple[float, float], plot: Axes) -> None:
    """Draw one statement: a mark or a line, and its range."""
    middle, height = at
    if span.days > SHORT_DAYS:
        ends = [span.first.toordinal(), span.last.toordinal() + 1]
        plot.plot(ends, [height, height], color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
    else:
        face, edge = (HARM, INK) if point.is_held else (PAPER, HARM)
        plot.plot([middle], [height], _mark(point), color=face, mec=edge, markersize=5, zorder=5)
    if not series.is_flow and point.low is not None and point.high is not None and point.low < point.high:
        plot.plot([middle, middle], [point.low, point.high], color=INK, linewidth=1.0, marker="_")


def _join_months(series: Series, plot: Axes) -> None:
    """Join months that follow one another; leave gaps open."""
    months = [
        (p.span.first, p.span.last, height)
        for p in series.points
        if p.is_held and p.span is not None and p.span.months == 1
        if (height := _height(series, p)) is not None and series.is_flow
    ]
    for (first, last, height), (after, end, other) in pairwise(months):
        if (after - last).days == 1:
            middles = [(a.toordinal() + b.toordinal() + 1) / 2 for a, b in ((first, last), (after, end))]
            plot.plot(middles, [height, other], color=INK, linewidth=0.8)


def _mark(point: Point) -> str:
    """Point up where only a least figure is known, and down where only a greatest."""
    if point.low is None or point.high is None:
        return "^" if point.high is None else "v"
    return "o"


def _text(series: Series, point: Point, span: Span, said: str) -> str:
    """Write the figure, and what tells it from the statement before it."""
    text = figure_text(point)
    if series.is_flow and span.days > SHORT_DAYS:
        text += f" in {point.period}"
    if point.label and point.label != said:
        text += f" ({textwrap.shorten(clean(point.label), LONGEST_LABEL, placeholder='…')})"
    return text


def _name(series: Series) -> str:
    return textwrap.shorten(clean(series.name), 90, placeholder="…")


def _foot(table: SignalTable, drawn: Sequence[Series]) -> list[str]:
    run = table.run
    gaps = [f"{s.name}: {gap_text(s.gaps)}" for s in drawn if s.gaps]
    unseen = sum(_height(s, p) is None for s in table.series for p in s.points)
    is_long = any(p.span and p.span.days > SHORT_DAYS for s in drawn for p in s.points)
    dashed = "dashed: over the time shown" + (", at the monthly mean" if drawn[0].is_flow else "")
    marks = [dashed] if is_long else []
    marks += ["open: another source on the same subject"] if any(s.disputed for s in drawn) else []
    marks += [f"not drawn, for want of a figure or of its days: {unseen}"] if unseen else []
    sources = len({source for s in drawn for p in s.points for source in p.fact.provenance.sources})
    told = f"sources: {sources}, named by --format json · known on {run['as_of']} ({run['facts']})"
    lines = [" · ".join([*marks, told, f"edition {run['data_edition']}"])]
    return [f"no figure, and none filled in: {'; '.join(gaps)}", *lines] if gaps else lines
