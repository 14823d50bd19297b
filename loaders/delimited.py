"""Read published tables of text, row by row or as frames, and say exactly where one is broken.

Columns are found by name; columns that are not asked for are passed over.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.blocks import Format, cut_blocks
from chainshock.loaders.frames import Frame, Layout, read_frames
from chainshock.loaders.inputs import Input
from chainshock.loaders.records import parse, read_records

__all__ = ["Frame", "Row", "Table", "choose_columns", "open_table"]

MOST_COLUMNS = 2000
HEADER_BYTES = 1 << 16  # read at a time to find the header
DELIMITERS = ",;\t|"


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
    first_line: int = 2  # the line below the header

    def rows(self) -> Iterator[Row | InvalidRecord]:
        """Iterate over the rows below the header; a row of another width comes as its error.

        Blank lines are passed over.

        Raises
        ------
        FileProblem
            The file is damaged, cut short, or holds a NUL byte or a line longer than is allowed.
        """
        place = [(column, self.header.index(column)) for column in self.columns]
        width = len(self.header)
        with self.input.open() as stream:
            records = read_records(stream, self._form)
            next(records)
            for line, cells in records:
                if len(cells) == width:
                    yield Row(line, {column: cells[index].strip() for column, index in place})
                else:
                    yield InvalidRecord(self.input.name, line, None, f"{len(cells)} cells", f"{width} cells")

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[Frame]:
        """Iterate over the same rows in frames of many; see `rows`.

        A frame holds the rows of about 16 MiB: their lines, their cells as columns of text, stripped, blank
        ones "", and the rows of another width as errors.

        Parameters
        ----------
        columns
            Some of the columns asked for, to read no more than these. [all]

        Raises
        ------
        FileProblem
            As `rows`.
        """
        wanted = self.columns if columns is None else columns
        places = tuple((self.header.index(column), column) for column in wanted)
        layout = Layout(places, len(self.header), self.first_line)
        with self.input.open() as stream:
            yield from read_frames(stream, self._form, layout)

    @property
    def _form(self) -> Format:
        return _form(self.input, self.encoding, self.delimiter)


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
        Encodings to try in turn; the first that fits the whole file is used. Each must write ASCII as ASCII
        does. A byte-order mark is passed over.
    delimiter
        Character between cells.

    Raises
    ------
    FileProblem
        The file is empty, in another encoding, has another delimiter, lacks a column or has one twice.
    """
    encoding = _choose_encoding(source, encodings)
    form = _form(source, encoding, delimiter)
    wanted = (*required, *optional)
    try:
        header, first_line = _read_header(source, form)
    except FileProblem:
        _check_delimiter(source, wanted, form)
        raise
    if not any(column in header for column in wanted):
        _check_delimiter(source, wanted, form)
    columns = choose_columns(source.name, header, required, optional)
    return Table(source, header, columns, encoding, delimiter, first_line)


def choose_columns(
    path: str, header: Sequence[str], required: Sequence[str], optional: Sequence[str]
) -> tuple[str, ...]:
    """Give those of the columns asked for that a header has.

    Raises
    ------
    FileProblem
        The header has no names, too many, one of those asked for twice, or not all that are required.
    """
    if not any(header):
        raise FileProblem(path, "a header without names", f"columns {', '.join(required)}")
    if len(header) > MOST_COLUMNS:
        raise FileProblem(path, f"{len(header):,} columns", f"at most {MOST_COLUMNS:,}")
    missing = [column for column in required if column not in header]
    if missing:
        found = f"no column {', '.join(map(repr, missing))}"
        raise FileProblem(path, found, f"columns {', '.join(required)}")
    columns = tuple(dict.fromkeys(column for column in (*required, *optional) if column in header))
    twice = [column for column in columns if header.count(column) > 1]
    if twice:
        raise FileProblem(path, f"column {twice[0]!r} twice", "each column once")
    return columns


def _form(source: Input, encoding: str, delimiter: str) -> Format:
    expected = f"a table of text in {encoding.upper()}"
    return Format(source.name, encoding, delimiter, expected)


def _choose_encoding(source: Input, encodings: Sequence[str]) -> str:
    """Give the first encoding that fits the whole file; the last is not tried, but checked while reading."""
    *others, last = (encoding.lower().removesuffix("-sig") for encoding in encodings)
    for encoding in others:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with source.open() as stream:
                while data := stream.read(1 << 20):
                    decoder.decode(data)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    return last


def _read_header(source: Input, form: Format) -> tuple[tuple[str, ...], int]:
    """Read the names in the header, and on which line it ends."""
    with source.open() as stream:
        for block in cut_blocks(stream, form, HEADER_BYTES):
            for _, cells, after in parse(block, form):
                return tuple(name.strip() for name in cells), after
    raise FileProblem(source.name, "an empty file", form.expected)


def _check_delimiter(source: Input, wanted: Sequence[str], form: Format) -> None:
    """Refuse a table whose names are separated by another character."""
    for other in DELIMITERS.replace(form.delimiter, ""):
        try:
            header, _ = _read_header(source, replace(form, delimiter=other))
        except FileProblem:
            continue
        if len(header) > 1 and any(column in header for column in wanted):
            raise FileProblem(form.path, f"columns separated by {other!r}", repr(form.delimiter))
