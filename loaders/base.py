"""Say what a loader is and what it reports.

A loader turns files of one kind into facts in a store, in one transaction. Rows that do not fit are set
aside (quarantined) with what was found and what was expected; the rest loads.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from chainshock.errors import FileProblem, InvalidRecord, UnknownName

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store

__all__ = [
    "LOADERS",
    "LoadReport",
    "Loader",
    "Problem",
    "Progress",
    "get_loader",
    "safe_cell",
    "write_quarantine",
]

Progress = Callable[[int, int], None]  # rows written so far, rows in all

LOADERS = {"tables": "chainshock.loaders.tables:load_tables"}  # name: module and function

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
    that the store holds, and are kept beside them; `unchanged` rows were there already. The four counts with
    `quarantined` add up to `read`.
    """

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    quarantined: int = 0
    problems: tuple[Problem, ...] = field(default=())

    def __post_init__(self) -> None:
        parts = self.loaded + self.unchanged + self.superseded + self.quarantined
        if self.read != parts:
            raise ValueError(f"read {self.read} rows, accounted for {parts}")

    def __str__(self) -> str:
        text = (
            f"{self.read} rows read: {self.loaded} loaded, {self.unchanged} unchanged, "
            f"{self.superseded} superseded, {self.quarantined} quarantined"
        )
        return f"{text}; nothing changed" if not self.loaded and not self.superseded else text


class Loader(Protocol):
    """Load files of one kind into a store, in one transaction."""

    def __call__(
        self,
        paths: Sequence[str | Path],
        store: Store,
        *,
        origin: str,
        strict: bool = False,
        dry_run: bool = False,
        quarantine: str | Path | None = None,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load the files; see `chainshock.loaders.tables.load_tables` for the options."""


def get_loader(name: str) -> Loader:
    """Give a loader by name.

    Raises
    ------
    UnknownName
        No loader has that name.
    """
    if name not in LOADERS:
        raise UnknownName("loader", name, tuple(sorted(LOADERS)))
    module, _, function = LOADERS[name].partition(":")
    return cast(Loader, getattr(import_module(module), function))


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
