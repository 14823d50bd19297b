"""Sheets of Excel workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.inputs import Input, find_inputs
from chainshock.loaders.spreadsheets import Sheet, open_sheet


def workbook_of(folder: Path, *rows: list[object], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "first"
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.create_sheet("second").append(["a", "b"])
    path = folder / "t.xlsx"
    book.save(path)
    return path


def opened(path: Path, sheet: str | None = None) -> Sheet:
    return open_sheet(Input(str(path), path.name, path), ["a", "b"], ["c"], sheet=sheet)


def cells(path: Path) -> list[tuple[object, ...]]:
    table = opened(path)
    return [
        (row.row, row.found) if isinstance(row, InvalidRecord) else (row.line, *row.cells.values())
        for row in table.rows()
    ]


def test_values_become_plain_text_under_the_number_of_their_row(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path,
        [],
        ["a", "b", "c"],
        [1, 2.5, 1e21],
        [],
        [True, date(2024, 5, 1), datetime(2024, 5, 1, 12, 30)],
        [" x ", 1e-7, None],
    )
    assert cells(path) == [
        (3, "1", "2.5", "1000000000000000000000"),
        (5, "true", "2024-05-01", "2024-05-01 12:30:00"),
        (6, "x", "0.0000001", ""),
    ]


def test_formula_is_its_own_text(tmp_path: Path) -> None:
    path = workbook_of(tmp_path, ["a", "b"], ["=1+1", '=HYPERLINK("http://x","y")'])
    assert cells(path) == [(2, "=1+1", '=HYPERLINK("http://x","y")')]


def test_merged_cells_hold_their_value_once(tmp_path: Path) -> None:
    assert cells(workbook_of(tmp_path, ["a", "b", "c"], [1, 2, 3], merge="A2:B2")) == [(2, "1", "", "3")]


def test_row_with_cells_beyond_the_header_is_an_error_with_its_number(tmp_path: Path) -> None:
    assert cells(workbook_of(tmp_path, ["a", "b"], [1, 2, 3], [4, 5])) == [(2, "3 cells"), (3, "4", "5")]


def test_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    assert opened(workbook_of(tmp_path, ["x"]), "second").header == ("a", "b")


def test_workbook_within_an_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(workbook_of(tmp_path, ["a", "b"], [1, 2]), "in.xlsx")
    [item] = find_inputs([tmp_path / "t.zip"], [".xlsx"])
    assert len(list(open_sheet(item, ["a"]).rows())) == 1


def _written(data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "t.xlsx").write_bytes(data)
        return folder / "t.xlsx"

    return make


def _bomb(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(10 << 20))
    return folder / "t.xlsx"


def _cut(folder: Path) -> Path:
    path = workbook_of(folder, ["a", "b"])
    path.write_bytes(path.read_bytes()[:-100])
    return path


def _other(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "t.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return folder / "t.xlsx"


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "old or locked": (
        _written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        "an old workbook (.xls), or",
    ),
    "text": (_written(b"a,b\n1,2\n"), "a file that is no workbook"),
    "empty": (_written(b""), "a file that is no workbook"),
    "cut short": (_cut, "a damaged workbook"),
    "of another program": (_other, "a damaged workbook"),
    "bomb": (_bomb, "more than 200 times its size"),
    "empty sheet": (lambda f: workbook_of(f, []), "an empty sheet"),
    "no column": (lambda f: workbook_of(f, ["a", "x"]), "no column 'b'"),
    "column twice": (lambda f: workbook_of(f, ["a", "b", "a"]), "column 'a' twice"),
    "too many columns": (lambda f: workbook_of(f, list(range(2001))), "2,001 columns"),
}


@pytest.mark.parametrize(("make", "found"), BAD.values(), ids=list(BAD))
def test_workbook_that_cannot_be_read_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], found: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(FileProblem) as caught:
        opened(path)
    assert found in str(caught.value)


def test_sheet_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no sheet 'third', expected one of 'first', 'second'"):
        opened(workbook_of(tmp_path, ["a"]), "third")


def test_number_in_per_cent_keeps_its_sign(tmp_path: Path) -> None:
    path = workbook_of(tmp_path, ["a", "b"], [0.07, 45])
    book = openpyxl.load_workbook(path)
    sheet = book["first"]
    sheet["A2"].number_format = "0.0%"
    book.save(path)
    assert cells(path) == [(2, "7%", "45")]
