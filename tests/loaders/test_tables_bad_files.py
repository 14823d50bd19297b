"""Files that cannot be loaded as a whole: one sentence says why, and the store is as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import ChainshockError, FileProblem, InvalidRecord
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.ingest import load

HEADER = b"iso3,name,sources,as_of,known_from,confidence\n"
CHINA = b"CHN,China,usgs,2024-12-31,2025-01-31,A\n"


def _file(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "Country.csv")
    return folder / "Country.csv"


def _loop(folder: Path) -> Path:
    (folder / "Country.csv").symlink_to(folder / "Country.csv")
    return folder / "Country.csv"


BAD_FILES: dict[str, tuple[Callable[[Path], Path], type[ChainshockError], str]] = {
    "missing": (lambda f: f / "Country.csv", FileProblem, "no such file"),
    "empty folder": (lambda f: f, FileProblem, "a folder without CSV files"),
    "fifo": (_fifo, FileProblem, "neither a file nor a folder"),
    "link to itself": (_loop, FileProblem, "Country.csv"),
    "path with NUL": (lambda f: f / "Coun\0try.csv", FileProblem, "a CSV table or a folder"),
    "path too long": (
        lambda f: f / ("Country_" + "x" * 300 + ".csv"),
        FileProblem,
        "a CSV table or a folder",
    ),
    "empty": (_file("Country.csv", b""), FileProblem, "an empty file"),
    "blank lines only": (_file("Country.csv", b"\n\n\n"), FileProblem, "an empty file"),
    "mark only": (_file("Country.csv", b"\xef\xbb\xbf"), FileProblem, "an empty file"),
    "unknown table": (_file("Countries.csv", HEADER + CHINA), FileProblem, "a table named 'Countries'"),
    "unknown column": (
        _file("Country.csv", HEADER.replace(b"name", b"Name") + CHINA),
        InvalidRecord,
        "unknown column 'Name'",
    ),
    "missing column": (_file("Country.csv", b"iso3,name\nCHN,China\n"), InvalidRecord, "no column 'sources'"),
    "no header": (_file("Country.csv", CHINA), InvalidRecord, "unknown column 'CHN'"),
    "semicolons": (
        _file("Country.csv", (HEADER + CHINA).replace(b",", b";")),
        InvalidRecord,
        "unknown column 'iso3;name",
    ),
    "latin-1": (
        _file("Country.csv", HEADER + CHINA + CHINA.replace(b"China", b"R\xe9union")),
        FileProblem,
        "byte 0xe9 at line 3",
    ),
    "latin-1 after a mark": (
        _file("Country.csv", b"\xef\xbb\xbf" + HEADER + b"\xe9"),
        FileProblem,
        "byte 0xe9 at line 2",
    ),
    "utf-16": (_file("Country.csv", (HEADER + CHINA).decode().encode("utf-16")), FileProblem, "UTF-16 text"),
    "NUL bytes": (_file("Country.csv", HEADER + CHINA + b"\0\0\0"), FileProblem, "a NUL byte at line 3"),
    "unclosed quote": (
        _file("Country.csv", HEADER + b'CHN,"China,usgs,2024-12-31,2025-01-31,A\n'),
        FileProblem,
        "a quote that is opened at line 2 and never closed",
    ),
    "last row cut": (
        _file("Country.csv", HEADER + CHINA + b"USA,Uni"),
        FileProblem,
        "2 cells in the last row",
    ),
    "cell too large": (
        _file("Country.csv", HEADER + b"x" * 200_000),
        FileProblem,
        "broken CSV at line 2",
    ),
    "picture": (
        _file("Country.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256))),
        FileProblem,
        "byte 0x89 at line 1",
    ),
    "spreadsheet": (_file("Country.xlsx", b"PK\x03\x04 \0"), FileProblem, "a table named 'Country.xlsx'"),
}


@pytest.mark.parametrize(("make", "error", "text"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_bad_file_is_refused_with_a_reason_before_anything_is_written(
    tmp_path: Path, make: Callable[[Path], Path], error: type[ChainshockError], text: str
) -> None:
    path = make(tmp_path)
    good = tmp_path.with_name(f"{tmp_path.name}-good")
    good.mkdir()
    (good / "Country.csv").write_bytes(HEADER + CHINA)
    store = MemoryStore()
    with pytest.raises(error) as caught:
        load("tables", [good, path], store, origin="mine")
    assert text in str(caught.value)
    assert list(store.view().facts()) == []


def test_row_with_too_few_cells_before_the_last_is_quarantined(tmp_path: Path) -> None:
    path = _file("Country.csv", HEADER + b"USA,Uni\n" + CHINA)(tmp_path)
    report = load("tables", [path], MemoryStore(), origin="mine")
    assert [problem.found for problem in report.problems] == ["2 cells"]
    assert report.loaded == 1


@given(st.binary(max_size=200), st.sampled_from([b"", HEADER, HEADER + CHINA, HEADER + b'CHN,"']))
@settings(max_examples=150, deadline=None)
def test_no_bytes_whatever_give_anything_but_a_report_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    path = _file("Country.csv", start + data)(tmp_path_factory.mktemp("any"))
    store = MemoryStore()
    try:
        report = load("tables", [path], store, origin="mine")
    except ChainshockError:
        assert list(store.view().facts()) == []
    else:
        assert report.read == report.loaded + report.unchanged + report.superseded + report.quarantined


def test_table_with_bare_carriage_returns_loads(tmp_path: Path) -> None:
    path = _file("Country.csv", (HEADER + CHINA).replace(b"\n", b"\r"))(tmp_path)
    assert load("tables", [path], MemoryStore(), origin="mine").loaded == 1


def test_header_without_rows_loads_nothing(tmp_path: Path) -> None:
    path = _file("Country.csv", HEADER)(tmp_path)
    assert load("tables", [path], MemoryStore(), origin="mine").read == 0
