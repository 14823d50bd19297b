"""Make figures, and turn them into bytes that are the same on every run."""

from __future__ import annotations

import io
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

from chainshock.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "AXIS",
    "GAIN",
    "HARM",
    "INK",
    "PAPER",
    "QUIET",
    "Drawing",
    "add_foot",
    "figure",
    "is_drawing",
    "leave_room",
    "panels",
    "to_bytes",
]

Drawing = Literal["png", "svg"]

# dark and light, so that signs differ in grey too; blue and orange, which colour-blind readers tell apart
HARM, GAIN, QUIET, INK, PAPER, AXIS = "#b2430a", "#5aa0d8", "#c8c8c8", "#222222", "#ffffff", "#777777"
DOTS_PER_INCH = 150
CHARACTERS_PER_INCH, INCHES_PER_LINE = 15.5, 0.14  # of a foot


@contextmanager
def figure(width: float, height: float) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure of a size in inches and its one plot, in the house style.

    Raises
    ------
    QueryError
        matplotlib is not installed.
    """
    with panels(width, height, 1) as (made, plots):
        yield made, plots[0]


@contextmanager
def panels(width: float, height: float, count: int) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure of a size in inches and its plots, one below the other with the same horizontal axis.

    Raises
    ------
    QueryError
        matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415 - slow to import, and an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        found = "found no matplotlib, expected the extra `plots` (pip install 'chainshock[plots]')"
        raise QueryError(found) from error
    style: Any = {  # Any: the keys are matplotlib's
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "text.color": INK,
        "axes.edgecolor": AXIS,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "chainshock",
        "svg.fonttype": "none",
        "text.parse_math": False,
    }
    with mpl.rc_context(style):
        made = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
        plots = made.subplots(count, 1, sharex=True, squeeze=False)
        yield made, [row[0] for row in plots]


def is_drawing(form: str) -> TypeGuard[Drawing]:
    """Tell whether a form of output is a drawing."""
    return form in {"png", "svg"}


def add_foot(made: Figure, lines: Sequence[str]) -> None:
    """Write lines at the bottom, broken to the width of the figure, and leave room for them."""
    width = int(CHARACTERS_PER_INCH * made.get_figwidth())
    broken = [part for line in lines for part in textwrap.wrap(line, width)]
    made.text(0.01, 0.0, "\n".join(broken), fontsize=7, color=AXIS, va="bottom")
    leave_room(made, 0.1 + INCHES_PER_LINE * len(broken))


def leave_room(made: Figure, below: float) -> None:
    """Keep inches at the bottom free for a foot."""
    engine: Any = made.get_layout_engine()  # Any: the constrained one, whose `rect` the base does not know
    share = below / made.get_figheight()
    engine.set(rect=(0, share, 1, 1 - share))


def to_bytes(made: Figure, form: Drawing) -> bytes:
    """Write a figure as PNG or SVG, without the date and the program's version in it."""
    out = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    made.savefig(out, format=form, dpi=DOTS_PER_INCH, metadata=metadata)
    return out.getvalue()
