"""Lay out rows as plain text for a terminal: columns, wrapping, and what to drop when it is narrow."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["NO_BREAK", "Column", "clean", "draw_table", "text_width"]

GAP = "  "
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `width` is the greatest width in characters; None makes the column take what is left, at least `least`.
    Columns with a `drop` number above 0 go, highest number first, when the table would not fit.
    """

    title: str
    width: int | None
    align: Literal["left", "right"] = "left"
    drop: int = 0
    least: int = 20


def clean(text: str) -> str:
    """Make control characters visible, so that data cannot steer a terminal."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf"} else "?" for c in text)


def text_width(text: str) -> int:
    """Count the terminal cells of a line."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def draw_table(columns: Sequence[Column], rows: Sequence[Sequence[str] | str], width: int) -> str:
    """Draw a table.

    Parameters
    ----------
    columns
        One of them at most without a width.
    rows
        Cells in the order of the columns, or a text that takes a whole line (a separator).
    width
        Width of the terminal in characters.

    Returns
    -------
    str
        Lines, each ended by a line feed and without trailing blanks.
    """
    cells = [row for row in rows if not isinstance(row, str)]
    widths = [_natural(column, [row[i] for row in cells]) for i, column in enumerate(columns)]
    shown = _fit(columns, widths, width)
    lines = [_join([(columns[i], columns[i].title, widths[i]) for i in shown])]
    lines.append(GAP.join("-" * widths[i] for i in shown))
    for row in rows:
        if isinstance(row, str):
            lines.append(clean(row))
            continue
        wrapped = [_wrap(row[i], widths[i]) for i in shown]
        for k in range(max(len(part) for part in wrapped)):
            texts = [part[k] if k < len(part) else "" for part in wrapped]
            lines.append(_join([(columns[i], t, widths[i]) for i, t in zip(shown, texts, strict=True)]))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _natural(column: Column, cells: Sequence[str]) -> int:
    """Give the width a column would like: of its longest cell, within its limit."""
    longest = max(
        (text_width(clean(line)) for cell in [column.title, *cells] for line in cell.split("\n")), default=1
    )
    return max(longest if column.width is None else min(longest, max(column.width, len(column.title))), 1)


def _fit(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    """Choose the columns that fit and give the one without a width what is left; change `widths`."""
    shown = list(range(len(columns)))
    while True:
        spare = width - sum(widths[i] for i in shown) - len(GAP) * (len(shown) - 1)
        open_ended = [i for i in shown if columns[i].width is None]
        if spare >= 0:
            return shown
        if open_ended and widths[open_ended[0]] + spare >= columns[open_ended[0]].least:
            widths[open_ended[0]] += spare
            return shown
        droppable = [i for i in shown if columns[i].drop]
        if not droppable:
            if open_ended:
                widths[open_ended[0]] = max(widths[open_ended[0]] + spare, 10)
            return shown
        shown.remove(max(droppable, key=lambda i: columns[i].drop))


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in clean(text).split("\n"):
        # "75 %" and "EUR 5" stay together: blanks before a sign are kept by a no-break space while wrapping
        bound = line.replace(" %", NO_BREAK + "%")
        at_hyphens = any(len(word) > width for word in bound.split(" "))  # rather than inside a word
        lines.extend(textwrap.wrap(bound, width, break_on_hyphens=at_hyphens) or [""])
    return [line.replace(NO_BREAK, " ") for line in lines]


def _join(parts: Sequence[tuple[Column, str, int]]) -> str:
    return GAP.join(
        (" " * (width - text_width(text)) + text)
        if column.align == "right"
        else text + " " * (width - text_width(text))
        for column, text, width in parts
    )
