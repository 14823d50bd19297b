"""Say what a load reports, and write down the rows that it set aside."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chainshock.errors import FileProblem, InvalidRecord

__all__ = [
    "LoadReport",
    "Problem",
    "Progress",
    "safe_cell",
    "write_quarantine",
]

Progress = Callable[[int, int], None]  # rows written so far, rows in all

_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Problem:
    """Why a row was set aside: where it stands, what was found, what was expected."""

    source: str
    line: int | None
    column: str | None
    found: str
    expected: str

    @classmethod
    def from_error(cls, error: InvalidRecord) -> Problem:
        """Take the fields of one problem of an error."""
        return cls(error.path, error.row, error.column, error.found, error.expected)


@dataclass(frozen=True)
class LoadReport:
    """What became of the rows that were read.

    `loaded` rows are new or newer than what the store held; `superseded` rows are older vintages of facts
    that the store holds, and are kept beside them; `unchanged` rows were there already; `left_out` rows fit
    and do not concern the graph, `reasons` says why. With `quarantined` the counts add up to `read`.
    """

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    left_out: int = 0
    quarantined: int = 0
    problems: tuple[Problem, ...] = field(default=())
    reasons: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = self.loaded + self.unchanged + self.superseded + self.left_out + self.quarantined
        if self.read != parts:
            raise ValueError(f"read {self.read} rows, accounted for {parts}")

    def __str__(self) -> str:
        text = (
            f"{self.read} rows read: {self.loaded} loaded, {self.unchanged} unchanged, "
            f"{self.superseded} superseded, "
            + (f"{self.left_out} left out, " if self.left_out else "")
            + f"{self.quarantined} quarantined"
        )
        return f"{text}; nothing changed" if not self.loaded and not self.superseded else text


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula.

    A cell that begins like a formula and is not a plain number gets an apostrophe in front.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-3.5")
    ("'=1+1", '-3.5')
    """
    if text.startswith(_FORMULA_STARTS) and _PLAIN_NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text


def write_quarantine(path: str | Path, problems: Iterable[Problem]) -> None:
    """Write problems as a CSV file with columns source, line, column, found, expected.

    Raises
    ------
    FileProblem
        The file cannot be written.
    """
    out = io.StringIO(newline="")
    # all quoted: csv leaves a lone carriage return bare otherwise, which splits the row
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["source", "line", "column", "found", "expected"])
    for problem in problems:
        cells = (problem.source, problem.line, problem.column, problem.found, problem.expected)
        writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in cells])
    try:
        Path(path).write_text(out.getvalue(), encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise FileProblem(str(path), str(error.strerror or error), "a file that can be written") from error
