"""Read sheets of Excel workbooks (.xlsx) as tables of text; needs openpyxl, the extra `excel`.

Cells are read as values: numbers as plain text, with their sign if in per cent, dates as ISO text. A formula
is the text of the formula; it is never worked out. Links to other files are not followed.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import IO, TYPE_CHECKING

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.archives import check_size
from chainshock.loaders.delimited import Row, choose_columns
from chainshock.loaders.inputs import Input

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

__all__ = ["Sheet", "cell_text", "open_sheet"]

LARGEST_WORKBOOK = 1 << 30  # bytes unpacked: its texts are held in memory
ROWS_AT_ONCE = 1000
EXPECTED = "a workbook as Excel writes it (.xlsx)"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # what both old workbooks and those with a password begin with


@dataclass(frozen=True)
class Sheet:
    """A sheet whose header has been read and found to fit; the counterpart of `delimited.Table`."""

    input: Input
    name: str
    header: tuple[str, ...]
    columns: tuple[str, ...]  # those asked for that the sheet has
    first_line: int  # the row below the header

    def rows(self) -> Iterator[Row | InvalidRecord]:
        """Iterate over the rows below the header; a row with cells beyond it comes as its error.

        Blank rows are passed over. `line` is the number of the row in the sheet.

        Raises
        ------
        FileProblem
            The workbook is damaged.
        """
        place = [(column, self.header.index(column)) for column in self.columns]
        width = len(self.header)
        with _open(self.input) as workbook:
            for line, cells in _rows(_find_sheet(workbook, self.name, self.input.name), self.input.name):
                if line < self.first_line:
                    continue
                if len(cells) > width:
                    found, expected = f"{len(cells)} cells", f"{width} cells"
                    yield InvalidRecord(self.input.name, line, None, found, expected)
                else:
                    full = [*cells, *[""] * (width - len(cells))]
                    yield Row(line, {column: full[index] for column, index in place})


def open_sheet(
    source: Input, required: Sequence[str], optional: Sequence[str] = (), *, sheet: str | None = None
) -> Sheet:
    """Read the header of a sheet, its first row that is not blank, and check that the columns are there.

    Parameters
    ----------
    required, optional
        Columns asked for.
    sheet
        Name of the sheet; by default the first.

    Raises
    ------
    FileProblem
        The file is no workbook, an old or a locked one, is damaged, or lacks the sheet or a column.
    """
    with _open(source) as workbook:
        found = _find_sheet(workbook, sheet, source.name)
        for line, header in _rows(found, source.name):
            columns = choose_columns(source.name, header, required, optional)
            return Sheet(source, found.title, tuple(header), columns, line + 1)
    raise FileProblem(source.name, "an empty sheet", "a header and rows")


def cell_text(value: object) -> str:
    """Write the value of a cell as text.

    Examples
    --------
    >>> [cell_text(value) for value in (1e21, 0.1, 3.0, True, datetime(2024, 5, 1), None)]
    ['1000000000000000000000', '0.1', '3', 'true', '2024-05-01', '']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(getattr(value, "text", value)).strip()  # a formula over several cells holds its text


@contextmanager
def _open(source: Input) -> Iterator[Workbook]:
    """Open a workbook for reading, once it is known to be one, and of a size that can be."""
    try:
        import openpyxl  # noqa: PLC0415 - optional
    except ImportError as error:
        found, expected = "a workbook, and no openpyxl to read it", "pip install 'chainshock[excel]'"
        raise FileProblem(source.name, found, expected) from error
    with source.open() as stream:
        file = stream if stream.seekable() else io.BytesIO(stream.read(LARGEST_WORKBOOK))
        _check(file, source.name)
        with _translated(source.name):
            workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            yield workbook
        finally:
            workbook.close()


def _check(file: IO[bytes], name: str) -> None:
    """Refuse what is no workbook, or unpacks to too much."""
    start = file.read(4)
    if start == OLD_OR_LOCKED:
        raise FileProblem(name, "an old workbook (.xls), or one locked with a password", EXPECTED)
    if start != b"PK\x03\x04":
        raise FileProblem(name, "a file that is no workbook", EXPECTED)
    with _translated(name):
        packed = file.seek(0, io.SEEK_END)
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        file.seek(0)
    check_size(unpacked, packed, name)
    if unpacked > LARGEST_WORKBOOK:
        found = f"a workbook that unpacks to more than {LARGEST_WORKBOOK >> 30} GiB"
        raise FileProblem(name, found, "a smaller one, or a table of text (.csv)")


def _find_sheet(workbook: Workbook, name: str | None, path: str) -> ReadOnlyWorksheet:
    """Give a sheet by name, or the first."""
    sheets: dict[str, ReadOnlyWorksheet] = {sheet.title: sheet for sheet in workbook.worksheets}
    if not sheets:
        raise FileProblem(path, "a workbook without sheets", EXPECTED)
    if name is None:
        return next(iter(sheets.values()))
    if name not in sheets:
        raise FileProblem(path, f"no sheet {name!r}", f"one of {', '.join(map(repr, sheets))}")
    return sheets[name]


def _rows(sheet: ReadOnlyWorksheet, path: str) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the rows that are not blank, with their numbers, without blank cells at the end."""
    with _translated(path):
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        rows = enumerate(sheet.iter_rows(), 1)  # type: ignore[misc]  # the stub takes it for writable
    while True:
        with _translated(path):
            some = [(line, [_shown(cell) for cell in cells]) for line, cells in islice(rows, ROWS_AT_ONCE)]
        if not some:
            return
        for line, cells in some:
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells


def _shown(cell: Cell | MergedCell) -> str:
    """Write a cell as text; a number that the sheet shows in per cent with its sign, 0.45 as 45%."""
    value = cell.value
    if isinstance(value, int | float) and "%" in cell.number_format and isfinite(value):
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    return cell_text(value)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Say in our own words what is wrong; on damaged bytes openpyxl raises errors of any kind."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that it does not know
            yield
    except FileProblem:
        raise
    except Exception as error:
        found = f"a damaged workbook ({type(error).__name__}: {error})"
        raise FileProblem(name, found[:200], EXPECTED) from error
