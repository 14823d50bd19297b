"""Read the project's own tables from CSV files, and say exactly what is wrong with a file that is not one."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from chainshock.errors import FileProblem
from chainshock.graph.schema import read_schema

__all__ = ["decode", "read_cells", "read_file", "table_name"]

EXPECTED_FILE = "a CSV table in UTF-8 with a header line"


def table_name(path: Path) -> str:
    """Give the label or relationship of a table file: `EXPORTS_2024.csv` holds EXPORTS.

    Raises
    ------
    FileProblem
        The file's name begins with no label and no relationship.
    """
    schema = read_schema()
    known = (*schema.labels, *schema.relationships)
    stem = path.name[:-4] if path.name.lower().endswith(".csv") else path.name
    fitting = [name for name in known if stem == name or stem.startswith(f"{name}_")]
    if not fitting:
        raise FileProblem(
            str(path),
            f"a table named {stem!r}",
            f"a file named after one of {', '.join(known)}, as in Company.csv",
        )
    return max(fitting, key=len)


def read_file(path: Path) -> str:
    """Read a file's text; see `decode`.

    Raises
    ------
    FileProblem
        The file cannot be read, or is not text.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise FileProblem(str(path), "a folder", "a file") from error
    except OSError as error:
        raise FileProblem(str(path), str(error.strerror or error), "a file that can be read") from error
    return decode(data, str(path))


def decode(data: bytes, path: str) -> str:
    """Decode UTF-8, with or without a byte-order mark.

    Raises
    ------
    FileProblem
        The data are empty, hold NUL bytes or are not UTF-8; it names the first bad byte and its line.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise FileProblem(path, "an empty file", EXPECTED_FILE)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileProblem(path, "UTF-16 text", EXPECTED_FILE)
    nul = data.find(b"\0")
    if nul >= 0:
        raise FileProblem(path, f"a NUL byte at line {_line(data, nul)}", EXPECTED_FILE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at line {_line(data, error.start)}"
        raise FileProblem(path, found, EXPECTED_FILE) from error


def read_cells(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the rows of a table that are not blank, header first, with the line each begins on.

    Raises
    ------
    FileProblem
        The text is not CSV, or is cut short: a quote never closed, or a last row with too few cells.
    """
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, width = 1, 0
    last: tuple[int, list[str]] | None = None
    try:
        for cells in rows:
            if last is not None:
                yield last
            if cells:
                width = width or len(cells)
                last = line, cells
            else:
                last = None
            line = rows.line_num + 1
    except csv.Error as error:
        found = f"broken CSV at line {line} ({error})"
        if "end of data" in str(error):
            found = f"a quote that is opened at line {line} and never closed"
        raise FileProblem(path, found, "a complete CSV table") from error
    if last is None:
        return
    if len(last[1]) < width:
        found = f"{len(last[1])} cells in the last row, at line {last[0]}"
        raise FileProblem(path, found, f"{width} cells: the file seems cut short")
    yield last


def _line(data: bytes, place: int) -> int:
    """Give the line that a byte stands on, the first being 1."""
    return data.count(b"\n", 0, place) + 1
