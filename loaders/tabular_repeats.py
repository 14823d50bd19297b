"""Notice rows of a user's table that say the same as an earlier one, or say it differently."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from chainshock.errors import InvalidRecord
from chainshock.loaders.sources import LeftOut
from chainshock.loaders.tabular_cells import Cells

__all__ = ["Repeats"]

REPEATED = "rows that repeat an earlier one"
Span = tuple[date | None, date | None]


class Repeats:
    """Rows seen so far.

    `name` is the field that a second statement is told with, `about` what no two rows may share.
    """

    def __init__(self, name: str, about: str) -> None:
        self._name, self._about = name, about
        self._rows: dict[tuple[object, ...], int] = {}
        self._spans: dict[object, list[tuple[date, date, str]]] = defaultdict(list)

    def check(self, cells: Cells, key: object, span: Span = (None, None)) -> LeftOut | InvalidRecord | None:
        """Give None for a row that is news; rows of one key may follow each other in time.

        Parameters
        ----------
        key
            What the row is about.
        span
            First and last day of what it says.
        """
        content = (cells.path, *sorted(cells.row.cells.items()))
        if content in self._rows:
            return LeftOut(REPEATED)
        self._rows[content] = cells.line
        starts, ends = span[0] or date.min, span[1] or date.max
        for first, last, place in self._spans[key]:
            if starts <= last and first <= ends:
                found = f"a second row for the same, after {place}, that says something else"
                cells.problem(self._name, found, f"one row for each {self._about}")
                return cells.error()
        self._spans[key].append((starts, ends, f"line {cells.line} of {cells.path}"))
        return None
