"""Tables of text, read by rows and by frames."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders import blocks, frames, records
from chainshock.loaders.delimited import Row, Table, open_table
from chainshock.loaders.inputs import Input

COLUMNS = ["a", "b"]


def table_of(folder: Path, data: bytes | str, **more: object) -> Table:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return open_table(Input(str(path), path.name, path), COLUMNS, **more)  # type: ignore[arg-type]


def by_rows(table: Table) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    good, bad = [], []
    for row in table.rows():
        if isinstance(row, Row):
            good.append((row.line, *(row[name] for name in table.columns)))
        else:
            bad.append((row.row, row.found))
    return good, bad


def by_frames(table: Table) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    good, bad = [], []
    for frame in table.frames():
        good += [(line, *cells) for line, cells in zip(frame.lines.tolist(), frame.data.rows(), strict=True)]
        bad += [(row.row, row.found) for row in frame.problems]
    return good, bad


def outcome(read: object, table: Table) -> object:
    try:
        return read(table)  # type: ignore[operator]
    except FileProblem as error:
        return error.found


def test_rows_hold_the_columns_asked_for_stripped_with_their_lines(tmp_path: Path) -> None:
    table = table_of(tmp_path, "x, a ,b\n1, 2 ,3\n\n4,5,\n")
    assert by_rows(table) == ([(2, "2", "3"), (4, "5", "")], [])


def test_line_counts_line_ends_of_every_kind_and_within_cells(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'a,b\r1,"x\r\ny\nz"\r\n2,3\n\n4,5\r')
    expected = [(2, "1", "x\r\ny\nz"), (5, "2", "3"), (7, "4", "5")], []
    assert by_rows(table) == expected
    assert by_frames(table) == expected


def test_row_of_another_width_is_an_error_with_its_line(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b\n1\n1,2\n1,2,3\n")
    assert [row for row in table.rows() if isinstance(row, InvalidRecord)] == [
        InvalidRecord(table.input.name, 2, None, "1 cells", "2 cells"),
        InvalidRecord(table.input.name, 4, None, "3 cells", "2 cells"),
    ]


def test_line_with_an_old_end_of_file_mark_is_blank(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b\n1,2\n\x1a")
    assert by_rows(table) == by_frames(table) == ([(2, "1", "2")], [])


def test_optional_columns_are_given_where_there_are_any(tmp_path: Path) -> None:
    table = table_of(tmp_path, "b,c,a\n1,2,3\n", optional=("c", "d"))
    assert table.columns == ("a", "b", "c")
    [row] = table.rows()
    assert isinstance(row, Row)
    assert (row["c"], row["d"]) == ("2", "")


def test_frames_give_some_of_the_columns(tmp_path: Path) -> None:
    [frame] = table_of(tmp_path, "a,x,b\n1,2,3\n4,5,6\n").frames(["b"])
    assert frame.data.to_dict(as_series=False) == {"b": ["3", "6"]}


def test_table_in_the_second_encoding_is_read_in_it(tmp_path: Path) -> None:
    text = 'a,b\n"Réunion",—\n'
    table = table_of(tmp_path, text.encode("cp1252"), encodings=("utf-8", "cp1252"))
    assert table.encoding == "cp1252"
    assert by_rows(table) == by_frames(table) == ([(2, "Réunion", "—")], [])


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert by_rows(table_of(tmp_path, "\ufeffa,b\n1,2\n"))[0] == [(2, "1", "2")]


def test_header_without_rows_gives_none(tmp_path: Path) -> None:
    table = table_of(tmp_path, "\n a,b")
    assert by_rows(table) == by_frames(table) == ([], [])


BAD_HEADERS = {
    "empty": (b"", "an empty file"),
    "blank": (b" \n\n", "an empty file"),
    "without names": (b" , ,\n1,2,3\n", "a header without names"),
    "without columns": (b"x,y\n1,2\n", "no column 'a', 'b'"),
    "column twice": (b"a,b, a\n1,2,3\n", "column 'a' twice"),
    "semicolons": (b"a;b\n1;2\n", "columns separated by ';', expected ','"),
    "tabs": (b"a\tb\n1\t2\n", r"columns separated by '\t', expected ','"),
    "bars": (b'"a"|"b"\n1|2\n', "columns separated by '|', expected ','"),
    "ten thousand columns": (b"a,b" + b",x" * 9998 + b"\n", "10,000 columns, expected at most 2,000"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "UTF-16 text"),
    "UTF-16 without mark": ("a,b\n1,2\n".encode("utf-16-le"), "a NUL byte at line 1"),
    "archive": (b"PK\x03\x04\0\0", "a ZIP archive"),
    "latin-1": (b"a,b\nR\xe9union,2\n", "byte 0xe9 at line 2"),
    "long line": (b"x" * (blocks.LARGEST_RECORD + 1), "a row of more than 16 MiB at line 1"),
}


@pytest.mark.parametrize(("data", "found"), BAD_HEADERS.values(), ids=list(BAD_HEADERS))
def test_table_with_a_bad_header_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    with pytest.raises(FileProblem) as caught:
        table_of(tmp_path, data)
    assert found in str(caught.value)


BAD_ROWS = {
    "NUL byte": (b"a,b\n1,2\n\0\n", "a NUL byte at line 3"),
    "quote never closed": (b'a,b\n1,2\n"3,4\n5,6\n', "a quote that is opened at line 3 and never closed"),
    "text after a quote": (b'a,b\n"1"x,2\n', "broken CSV at line 2"),
    "cut short": (b"a,b\n1,2\n3", "1 cells in the last row, at line 3, expected 2 cells"),
    "latin-1": (b"a,b\n1,2\n3,\xe9\n", "byte 0xe9 at line 3"),
    "cell too large": (b"a,b\n1," + b"x" * 200_000 + b"\n", "broken CSV at line 2"),
    "quote over many rows": (b'a,b\n1,"2\n' + b"3,4\n" * 5_000_000, "a row of more than 16 MiB at line 2"),
}


@pytest.mark.parametrize("read", [by_rows, by_frames])
@pytest.mark.parametrize(("data", "found"), BAD_ROWS.values(), ids=list(BAD_ROWS))
def test_table_that_is_broken_below_its_header_is_refused(
    tmp_path: Path, data: bytes, found: str, read: object
) -> None:
    def whole() -> None:
        read(table_of(tmp_path, data))  # type: ignore[operator]

    with pytest.raises(FileProblem) as caught:
        whole()
    assert found in str(caught.value)


CELLS = st.text(st.sampled_from('x1é "\n\r,;\x1f\u2003'), max_size=6)


@st.composite
def csv_texts(draw: st.DrawFn) -> str:
    """Draw CSV as programs write it: quoted where needed, or always, with a few odd lines between."""
    out = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(out, lineterminator=end, quoting=quoting)
    writer.writerow(["a", "b", "c"])
    for cells in draw(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8)):
        writer.writerow(cells)
        out.write(draw(st.sampled_from(["", "", "", end, f"one{end}", f"1,2,3,4{end}", f"  {end}"])))
    return out.getvalue()


def wild_texts() -> st.SearchStrategy[str]:
    """Draw any text at all below a header."""
    return st.text(st.sampled_from('xé",\n\r \x1a'), max_size=40).map("a,b,c\n".__add__)


@settings(max_examples=300, deadline=None)
@given(text=csv_texts() | wild_texts(), size=st.sampled_from([3, 8, 30, 1 << 20]))
@example('a,b,c\n1,2,"x""y"\n"",,\n', 5)
@example('a,b,c\n1,5" disk,3\n"4\n",5,6\n', 7)
def test_frames_give_what_rows_give(tmp_path_factory: pytest.TempPathFactory, text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "BLOCK_BYTES", size)
        table = table_of(tmp_path_factory.mktemp("any"), text)
        found = outcome(by_frames, table)
        patch.setattr(records, "BLOCK_BYTES", 4)
        assert found == outcome(by_rows, table)


@settings(max_examples=300, deadline=None)
@given(text=csv_texts() | wild_texts())
def test_rows_are_those_of_the_csv_module(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        expected = [row for row in reader if not records.is_blank(row)][1:]
    except csv.Error:
        return
    whole = [[cell.strip() for cell in row[:2]] for row in expected if len(row) == 3]
    found = outcome(by_rows, table_of(tmp_path_factory.mktemp("any"), text))
    if isinstance(found, str):
        assert "in the last row" in found
        assert len(expected[-1]) < 3
    else:
        assert [list(cells) for _, *cells in found[0]] == whole  # type: ignore[index]
