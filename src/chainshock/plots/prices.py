"""Draw prices outside and inside an issuer: the model's as multiples, recorded ones in their own unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chainshock.plots.dates import mark_dates
from chainshock.plots.figures import AXIS, GAIN, HARM, INK, PAPER, Drawing, add_foot, panels, to_bytes
from chainshock.plots.labels import Labels
from chainshock.queries.price_weeks import PriceRow, PriceWeeks
from chainshock.queries.signals.table import range_text
from chainshock.queries.tables import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_prices"]

WIDTH, HEIGHT_OF_ONE = 8.0, 2.7
LOOKS = {"outside": (HARM, "-", "o"), "inside": (GAIN, (0, (5, 2)), "s"), "everywhere": (INK, "-", "D")}
SHORT_DAYS = 45  # a statement over no more days than this is a mark, over more a line


def draw_prices(table: PriceWeeks, form: Drawing) -> bytes:
    """Draw the model's weeks above with their ranges, and below what is on record, a panel for each unit.

    Recorded prices are not turned into multiples: that would need a recorded price of the baseline.

    Raises
    ------
    QueryError
        matplotlib is not installed.
    """
    recorded = [row for row in table.of("recorded") if row.value is not None]
    units = sorted({row.unit for row in recorded})
    with panels(WIDTH, 0.9 + HEIGHT_OF_ONE * (1 + len(units)), 1 + len(units)) as (made, plots):
        labels = Labels()
        _model(table, plots[0], labels)
        for unit, plot in zip(units, plots[1:], strict=True):
            _recorded([row for row in recorded if row.unit == unit], plot, labels)
            plot.set_ylabel(f"recorded, {clean(unit)}", fontsize=8)
        days = [date.fromisoformat(day) for row in table.rows for day in (row.first_day, row.last_day)]
        for plot in plots:
            mark_dates(plot, min(days), max(days))
            plot.grid(axis="y", color=AXIS, alpha=0.25, linewidth=0.5)
            plot.set_axisbelow(True)
        title = f"{clean(table.name)}: price under {clean(str(table.run['scenario']))}"
        made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        add_foot(made, _foot(table, recorded))
        labels.settle(made)
        return to_bytes(made, form)


def _model(table: PriceWeeks, plot: Axes, labels: Labels) -> None:
    top = 1.0
    for side, (colour, dashes, _) in LOOKS.items():
        rows = [row for row in table.of("model", side) if row.value is not None]
        if not rows:
            continue
        days = [_ordinal(row.first_day) + 3.5 for row in rows]
        values = [row.value or 0.0 for row in rows]
        low, high = [row.low or 0.0 for row in rows], [row.high or 0.0 for row in rows]
        plot.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
        plot.plot(days, values, color=colour, linestyle=dashes, linewidth=1.8)
        peak = max(range(len(rows)), key=lambda place: abs(values[place] - 1.0))
        text = (
            f"{side} {values[peak]:.2f} at most"
            if values[peak] >= 1.0
            else f"{side} {values[peak]:.2f} at least"
        )
        labels.add(plot, text, (days[peak], values[peak]), (0, 6 if values[peak] >= 1.0 else -6), fontsize=8)
        top = max(top, *high)
    plot.axhline(1.0, color=INK, linewidth=0.6)
    plot.set_ylim(0, 1.2 * top)
    plot.set_ylabel("model, 1 = before", fontsize=8)
    plot.set_title("bands: assumptions on prices at the same shortage", loc="left", fontsize=8)


def _recorded(rows: Sequence[PriceRow], plot: Axes, labels: Labels) -> None:
    for place, row in enumerate(rows):
        first, last = _ordinal(row.first_day), _ordinal(row.last_day) + 1
        value, middle = row.value or 0.0, (first + last) / 2
        colour, dashes, sign = LOOKS[row.side]
        if last - first > SHORT_DAYS:
            plot.plot([first, last], [value, value], color=colour, linestyle=dashes, linewidth=1.4)
        else:
            face = PAPER if row.side == "inside" else colour
            sign = "^" if row.high is None else "v" if row.low is None else sign
            plot.plot([middle], [value], sign, color=face, mec=colour, markersize=5, zorder=5)
            labels.mark(plot, (middle, value))
        if row.low is not None and row.high is not None and row.low < row.high:
            plot.plot([middle, middle], [row.low, row.high], color=colour, linewidth=1.0, marker="_")
        above = place % 2 == 0
        edge = (row.high if above else row.low) or value
        labels.add(
            plot,
            f"{range_text(row.low, row.high)}, {clean(row.label)}",
            (middle, edge),
            (0, 5 if above else -5),
        )
    plot.set_ylim(0, 1.25 * max(row.high or row.value or 0.0 for row in rows) or 1.0)


def _foot(table: PriceWeeks, recorded: Sequence[PriceRow]) -> list[str]:
    run = table.run
    sources = len({source for row in recorded for source in row.sources.split(";")})
    record = f"recorded: {len(recorded)} statements, sources {sources}, named by --format json"
    weeks = run["horizon"].removesuffix("w")
    end = date.fromisoformat(table.of("model")[0].first_day) + timedelta(weeks=int(weeks))
    return [
        f"outside and inside the issuers of measures on it, mean of markets by need · {weeks} weeks to {end}",
        (record if recorded else "no price on record in this time")
        + "; orange outside, blue inside, black no place named",
        f"facts of {run['as_of']} ({run['facts']}) · edition {run['data_edition']} · not a price forecast",
    ]


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
