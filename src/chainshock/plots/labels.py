"""Write small labels beside points so that they cover neither each other nor the points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainshock.plots.figures import PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

__all__ = ["Labels"]

Box = tuple[float, float, float, float]
STEP, MOST_STEPS = 4, 24  # points that a label moves at a time, and how often
MARK = 5  # pixels that a point takes to each side
OVER = 8  # pixels by which a label may stand out above its plot
EDGE = 3  # pixels kept free at the edge of the figure
BEHIND = {"boxstyle": "square,pad=0.05", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.75}


class Labels:
    """Labels of a figure; `settle` moves those that would cover something, in the order they came in."""

    def __init__(self) -> None:
        self._texts: list[tuple[Axes, Annotation]] = []
        self._marks: list[tuple[Axes, tuple[float, float]]] = []

    def mark(self, plot: Axes, at: tuple[float, float]) -> None:
        """Keep a point free of labels."""
        self._marks.append((plot, at))

    def add(
        self, plot: Axes, text: str, at: tuple[float, float], shift: tuple[float, float], **look: Any
    ) -> None:  # Any: what a text of matplotlib looks like
        """Write a label some points from a place; it moves further the way it was shifted."""
        words: dict[str, Any] = {"fontsize": 6.5, "ha": "center", "va": "bottom" if shift[1] >= 0 else "top"}
        note = plot.annotate(text, at, shift, textcoords="offset points", bbox=BEHIND, **{**words, **look})
        note.set_in_layout(False)
        self._texts.append((plot, note))

    def settle(self, made: Figure) -> None:
        """Move labels apart, once everything else of the figure stands."""
        made.draw_without_rendering()
        taken: list[Box] = []
        for plot, at in self._marks:
            x, y = plot.transData.transform(at)
            taken.append((x - MARK, y - MARK, x + MARK, y + MARK))
        for plot, note in self._texts:
            self._inside(made, plot, note)
            self._apart(plot, note, taken)
            taken.append(_box(note))

    def _apart(self, plot: Axes, note: Annotation, taken: list[Box]) -> None:
        """Move a label up or down to the nearest place that is free, its own side first."""
        across, away = note.xyann
        side = 1 if away >= 0 else -1
        for step in range(MOST_STEPS):
            for way in (side, -side):
                note.xyann = (across, way * (abs(away) + STEP * step))
                note.set_verticalalignment("bottom" if way > 0 else "top")
                box = _box(note)
                is_over = box[1] < plot.bbox.y0 or box[3] > plot.bbox.y1 + OVER
                if not is_over and not any(_meet(box, other) for other in taken):
                    return
        note.xyann = (across, away)
        note.set_verticalalignment("bottom" if side > 0 else "top")

    def _inside(self, made: Figure, plot: Axes, note: Annotation) -> None:
        left, _, right, _ = _box(note)
        over = max(0.0, plot.bbox.x0 + EDGE - left) - max(0.0, right + EDGE - made.bbox.width)
        note.xyann = (note.xyann[0] + 72 * over / made.dpi, note.xyann[1])


def _box(note: Annotation) -> Box:
    extent = note.get_window_extent()
    return extent.x0, extent.y0, extent.x1, extent.y1


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
