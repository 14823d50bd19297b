"""Read published tables of text, row by row or as frames, and say exactly where one is broken.

Columns are found by name; columns that are not asked for are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.inputs import Input

__all__ = ["Row", "Table", "open_table"]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells asked for, stripped, by column; `line` is the line that the row begins on."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """A table whose header has been read and found to fit."""

    input: Input
    header: tuple[str, ...]
    columns: tuple[str, ...]  # those asked for that the table has
    encoding: str
    delimiter: str

    def rows(self) -> Iterator[Row | InvalidRecord]:
        """Iterate over the rows below the header; a row of another width comes as its error.

        Raises
        ------
        FileProblem
            The file is damaged, cut short, or holds a NUL byte or a line longer than is allowed.
        """
        with self.input.open() as file:
            text = io.TextIOWrapper(file, encoding=self.encoding, newline="")
            reader = csv.reader(text, delimiter=self.delimiter)
            next(reader)
            place = [(column, self.header.index(column)) for column in self.columns]
            line = reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != len(self.header):
                    yield InvalidRecord(
                        self.input.name, line, None, f"{len(cells)} cells", f"{len(self.header)} cells"
                    )
                elif cells:
                    yield Row(line, {column: cells[index].strip() for column, index in place})
                line = reader.line_num + 1


def open_table(
    source: Input,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    encodings: Sequence[str] = ("utf-8-sig",),
    delimiter: str = ",",
) -> Table:
    """Read the header of a table and check that the columns are there.

    Parameters
    ----------
    required, optional
        Columns asked for, as the publisher spells them, outer blanks apart.
    encodings
        Encodings to try in turn; the first that fits the whole file is used.
    delimiter
        Character between cells.

    Raises
    ------
    FileProblem
        The file is empty, in another encoding, has another delimiter, lacks a column or has one twice.
    """
    for encoding in encodings:
        try:
            with source.open() as file:
                header = next(
                    csv.reader(io.TextIOWrapper(file, encoding=encoding, newline=""), delimiter=delimiter)
                )
        except (UnicodeDecodeError, StopIteration):
            continue
        names = tuple(name.strip() for name in header)
        missing = [column for column in required if column not in names]
        if missing:
            raise FileProblem(source.name, f"no column {missing[0]!r}", f"columns {', '.join(required)}")
        columns = tuple(column for column in (*required, *optional) if column in names)
        return Table(source, names, columns, encoding, delimiter)
    raise FileProblem(source.name, "bytes that are not text", f"text in {' or '.join(encodings)}")
