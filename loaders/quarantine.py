"""Set rows aside that do not fit: count them, keep the first problems, and write all of them to a file.

The file is written under a temporary name while the load runs and gets its own name at the end, so that it
holds all problems of a load or is not there.
"""

from __future__ import annotations

import csv
import io
import os
import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.exports.base import open_whole
from chainshock.loaders.base import Problem

__all__ = ["Quarantine", "safe_cell"]

MOST_KEPT = 10_000  # problems in memory
MOST_RAISED = 20  # problems in the error of a strict load
LINES_AT_ONCE = 1000

_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Quarantine:
    """Takes the errors of rows; a context manager, which drops the file unless `finish` was called.

    Parameters
    ----------
    path
        File to write the problems to, as CSV; None for no file.

    Raises
    ------
    FileProblem
        On entering, or later: the file cannot be written.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.rows = 0
        self.count = 0
        self.problems: list[Problem] = []
        self._first: list[InvalidRecord] = []
        self._path = path
        self._stack = ExitStack()
        self._file: BinaryIO | None = None
        self._text = io.StringIO(newline="")
        # all quoted: csv leaves a lone carriage return bare otherwise, which splits the row
        self._writer = csv.writer(self._text, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = self._stack.enter_context(open_whole(os.fspath(self._path)))
            except FileProblem as error:
                raise FileProblem(error.path, error.found, "a file that can be written") from error
            self._writer.writerow(["source", "line", "column", "found", "expected"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(GeneratorExit, GeneratorExit(), None)  # no error of the file's own

    def add(self, error: InvalidRecord) -> None:
        """Set one row aside."""
        self.rows += 1
        for part in error.all:
            self.count += 1
            if len(self._first) < MOST_RAISED:
                self._first.append(replace(part, others=()))
            problem = Problem.from_error(part)
            if len(self.problems) < MOST_KEPT:
                self.problems.append(problem)
            if self._file is not None:
                cells = (problem.source, problem.line, problem.column, problem.found, problem.expected)
                self._writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in cells])
                if self.count % LINES_AT_ONCE == 0:
                    self._flush()

    def finish(self) -> None:
        """Give the file, whole, its name."""
        self._flush()
        self._file = None
        try:
            self._stack.close()
        except FileProblem as error:
            raise FileProblem(error.path, error.found, "a file that can be written") from error

    def refuse(self) -> None:
        """Raise the first problems as one error, if there are any."""
        if self._first:
            first, *others = self._first
            first.others, first.more = tuple(others), self.count - len(self._first)
            raise first

    def _flush(self) -> None:
        if self._file is None:
            return
        try:
            self._file.write(self._text.getvalue().encode("utf-8", errors="backslashreplace"))
        except OSError as error:
            found = str(error.strerror or error)
            raise FileProblem(str(self._path), found, "a file that can be written") from error
        self._text.seek(0)
        self._text.truncate()


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
