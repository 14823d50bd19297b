"""Read the tables of a bare network, CSV or Parquet, and say where a value that does not fit stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Table", "find_table", "read_table"]


OPTIONAL = ("revenue", "cost", "weight")
LONGEST_CELL = 2**31 - 1  # as polars has no limit; the csv module's own is 128 KB


@dataclass(frozen=True, eq=False)
class Table:
    """A table and the file it came from."""

    path: Path
    frame: pl.DataFrame

    def __contains__(self, column: str) -> bool:
        return column in self.frame.columns

    def problem(self, row: int, column: str | None, expected: str, found: str | None = None) -> InvalidRecord:
        """Describe a value that does not fit, by its line in the file."""
        value = self.frame[column][row] if column and found is None else None
        shown = found or ("nothing" if value is None else repr(value))
        return InvalidRecord(str(self.path), self.line(row), column, shown, expected)

    def line(self, row: int) -> int:
        """Give the line of a row in a CSV file, the number of the row (from 1) in a Parquet file."""
        if self.path.suffix == ".parquet":
            return row + 1
        with self.path.open(encoding="utf-8-sig", newline="") as file, _cells_of_any_length():
            reader = csv.reader(file)
            filled = (reader.line_num for cells in reader if any(cells))
            return next(islice(filled, row + 1, None), row + 2)

    def texts(self, column: str) -> pl.Series:
        """Give a column as text."""
        import polars as pl  # noqa: PLC0415 - heavy

        return self.frame[column].cast(pl.String)

    def numbers(self, column: str, most: float = np.inf) -> npt.NDArray[np.float64]:
        """Give a column of numbers of at least 0.

        Raises
        ------
        InvalidRecord
            A value is missing, no number, not finite, negative or above `most`.
        """
        import polars as pl  # noqa: PLC0415 - heavy

        series = self.frame[column]
        if series.dtype == pl.String:
            series = series.str.strip_chars()
        values = series.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        bad = ~(np.isfinite(values) & (values >= 0) & (values <= most))
        if bad.any():
            expected = "a number of at least 0" if most == np.inf else f"a number from 0 to {most:g}"
            raise self.problem(int(bad.argmax()), column, expected)
        return np.array(values, dtype=np.float64)

    def places(self, column: str, names: pl.Series, what: str) -> npt.NDArray[np.int32]:
        """Give for each row the place of its value among distinct names.

        Raises
        ------
        InvalidReference
            A value is not among them.
        """
        import polars as pl  # noqa: PLC0415 - heavy

        own = self.frame[column]
        if own.dtype != names.dtype:
            own, names = own.cast(pl.String), names.cast(pl.String)
        index = pl.DataFrame({"name": names, "place": np.arange(len(names), dtype=np.int32)})
        found = own.to_frame("name").join(index, on="name", how="left", maintain_order="left")["place"]
        if found.null_count():
            wrong = self.problem(int(found.is_null().arg_max() or 0), column, what)
            raise InvalidReference(wrong.path, wrong.row, column, wrong.found, what)
        return found.to_numpy().astype(np.int32, copy=False)


def find_table(folder: str | Path, name: str, columns: tuple[str, ...]) -> Table:
    """Read `name`.csv or `name`.parquet of a folder.

    Raises
    ------
    FileProblem
        There is none, or as `read_table`.
    """
    for path in (Path(folder) / f"{name}.csv", Path(folder) / f"{name}.parquet"):
        if path.is_file():
            return read_table(path, columns)
    raise FileProblem(str(folder), f"no {name}.csv or {name}.parquet", "a folder that holds one")


def read_table(path: Path, columns: tuple[str, ...]) -> Table:
    """Read a table that has these columns and at least one row.

    Raises
    ------
    FileProblem
        The file is missing or unreadable, lacks a column or rows, or a column holds no text or numbers.
    InvalidRecord
        A line of a CSV file has more or fewer cells than its header.
    """
    import polars as pl  # noqa: PLC0415 - heavy

    if not path.is_file():
        raise FileProblem(str(path), "no such file", "a CSV or Parquet file")
    try:
        is_parquet = path.suffix == ".parquet"
        frame = pl.read_parquet(path) if is_parquet else _read_csv(path)
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError) as exc:
        _check_lines(path)
        found = str(exc).splitlines()[0].removeprefix("found ") if str(exc) else type(exc).__name__
        raise FileProblem(str(path), found, "a CSV or Parquet file") from exc
    for column in columns:
        if column not in frame.columns:
            raise FileProblem(str(path), f"columns {', '.join(frame.columns)}", f"a column {column}")
    for column in {*columns, *OPTIONAL} & {*frame.columns}:
        kind = frame.schema[column]
        if kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Null):
            raise FileProblem(str(path), f"column {column} of type {kind}", "text or numbers")
    if not frame.height:
        raise FileProblem(str(path), "no rows", "at least one row")
    return Table(path, frame)


def _read_csv(path: Path) -> pl.DataFrame:
    """Read all cells as text; blank lines do not count."""
    import polars as pl  # noqa: PLC0415 - heavy

    frame = pl.read_csv(path, infer_schema=False)
    return frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame


def _check_lines(path: Path) -> None:
    """Raise for the first line of a CSV file that is not text or has another number of cells."""
    if path.suffix == ".parquet":
        return
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise InvalidRecord(str(path), line, None, f"byte {data[exc.start]:#04x}", "text in UTF-8") from exc
    with _cells_of_any_length():
        reader = csv.reader(text.splitlines(keepends=True))
        width = len(next(reader, []))
        for cells in reader:
            if cells and len(cells) != width:
                expected = f"{width} cells"
                raise InvalidRecord(str(path), reader.line_num, None, f"{len(cells)} cells", expected)


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Lift the csv module's limit on cells, which holds for the whole process, for a while."""
    usual = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(usual)
