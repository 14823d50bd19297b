"""Write results: JSON and CSV that are the same on every run, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import math
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from chainshock.graph.exports.base import open_whole

__all__ = [
    "csv_lines",
    "load_progress",
    "progress",
    "row_progress",
    "status_line",
    "terminal_width",
    "to_csv",
    "to_json",
    "write_bytes",
    "write_text",
]

DIGITS = 12
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
PROGRESS_AFTER_SECONDS = 1.0
PROGRESS_EVERY_SECONDS = 0.2
BAR_WIDTH = 30


def to_json(payload: Mapping[str, object]) -> str:
    """Give JSON text: floats to 12 significant digits, what is not a number as null."""
    return json.dumps(_plain(payload), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_csv(
    columns: Sequence[str], rows: Iterable[Mapping[str, object]], header: Mapping[str, object] | None = None
) -> str:
    """Give CSV text in which no cell of text can start a formula; see `csv_lines`."""
    return "".join(csv_lines(columns, rows, header))


def csv_lines(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    header: Mapping[str, object] | None = None,
    *,
    heading: bool = True,
) -> Iterator[str]:
    """Give CSV line by line, as rows come.

    Parameters
    ----------
    columns
        Names of the columns, in order.
    rows
        Values by column; absent and None become blank.
    header
        Written first as lines `# key: value`.
    heading
        Whether a line of column names comes first.
    """
    text = io.StringIO()
    for key, value in (header or {}).items():
        plain = value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)
        yield f"# {key}: {' '.join(plain.split())}\n"
    writer = csv.writer(text, lineterminator="\n")
    cells = ([_cell(row.get(column)) for column in columns] for row in rows)
    heads: list[list[object]] = [list(columns)] if heading else []
    for line in itertools.chain(heads, cells):
        writer.writerow(line)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def write_text(text: str, target: str) -> None:
    """Write text as UTF-8 to a file, or to stdout where the target is `-`."""
    write_bytes(text.encode("utf-8", errors="replace"), target)


def write_bytes(data: bytes, target: str) -> None:
    """Write bytes to stdout (`-`) or to a file that is replaced in one step.

    Raises
    ------
    FileProblem
        The file cannot be written; what it held before is unchanged.
    """
    with open_whole(target) as file:
        file.write(data)


def terminal_width() -> int:
    """Give the width to lay tables out for; 100 where stdout is no terminal and COLUMNS says nothing."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


@contextlib.contextmanager
def progress(label: str) -> Iterator[None]:
    """Say on stderr what is going on once it takes over a second; only on a terminal, gone afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    shown = threading.Event()
    done = threading.Event()

    def tick() -> None:
        seconds = int(PROGRESS_AFTER_SECONDS)
        while not done.wait(1.0):
            shown.set()
            sys.stderr.write(f"\r{label} … {seconds} s")
            sys.stderr.flush()
            seconds += 1

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if shown.is_set():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@contextlib.contextmanager
def row_progress(label: str, what: str = "rows") -> Iterator[Callable[[int, int], None] | None]:
    """Give a function of rows (or `what`) done and in all that draws a bar once it takes over a second."""
    if not sys.stderr.isatty():
        yield None
        return
    start = time.monotonic()
    shown = False

    def tick(done: int, total: int) -> None:
        nonlocal shown
        if time.monotonic() - start < PROGRESS_AFTER_SECONDS:
            return
        shown = True
        filled = round(BAR_WIDTH * done / max(total, 1))
        sys.stderr.write(f"\r{label} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done:,}/{total:,} {what}")
        sys.stderr.flush()

    try:
        yield tick
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@contextlib.contextmanager
def load_progress(label: str) -> Iterator[Callable[[int, int, int], None] | None]:
    """Give a function of rows, bytes read and bytes in all that draws a bar once it takes over a second."""
    with status_line() as say:
        if not sys.stderr.isatty():
            yield None
            return
        start = last = time.monotonic()

        def tick(rows: int, done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - start < PROGRESS_AFTER_SECONDS or now - last < PROGRESS_EVERY_SECONDS:
                return
            last = now
            filled = BAR_WIDTH * done // max(total, 1)
            bar = "#" * filled + "." * (BAR_WIDTH - filled)
            share = 100 * done // max(total, 1)
            say(f"{label} [{bar}] {share} %, {rows:,} rows, {now - start:.0f} s")

        yield tick


@contextlib.contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """Give a function that shows one line of text on stderr, each in place of the last; gone afterwards.

    Nothing is shown where stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return

    def say(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text[: terminal_width() - 1]}")
        sys.stderr.flush()

    try:
        yield say
    finally:
        say("")


def _plain(value: object) -> object:
    """Turn a value into what JSON holds, floats rounded to 12 significant digits."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):  # numpy's float64 is one
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, int | str):
        return value
    return str(value)


def _cell(value: object) -> object:
    """Give a CSV cell: numbers stay numbers, text never starts a formula."""
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return "'" + plain if plain.startswith(FORMULA_STARTS) else plain
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list | dict):
        return json.dumps(plain, ensure_ascii=False)
    return plain
