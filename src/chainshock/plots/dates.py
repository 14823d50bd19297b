"""Mark days on a horizontal axis: months where they fit, else years."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["mark_dates"]

MOST_MARKS = 9
STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between marks
MARGIN = 0.03  # share of the time shown that stays free on either side


def mark_dates(plot: Axes, first: date, last: date) -> None:
    """Set the limits of the horizontal axis, in ordinal days, and mark beginnings of months or years."""
    room = max(3.0, MARGIN * (last.toordinal() - first.toordinal()))
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    step = next((step for step in STEPS if months / step <= MOST_MARKS), STEPS[-1])
    start = 12 * first.year + first.month - 1
    places = [month for month in range(start, start + months + 1) if month % step == 0]
    days = [date(month // 12, month % 12 + 1, 1) for month in places]
    left, right = first.toordinal() - room, last.toordinal() + 1 + room
    days = [day for day in days if left <= day.toordinal() <= right]
    texts = [f"{day.year}" if step >= STEPS[4] else f"{day.year}-{day.month:02d}" for day in days]
    plot.set_xticks([day.toordinal() for day in days], texts, fontsize=7)
    plot.set_xlim(left, right)
