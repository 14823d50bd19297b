"""Read a table of text block by block into data frames, for files of millions of rows.

What comes out is what `Table.rows` gives, row for row. A block whose quotes are regular is taken apart with
numpy and read by polars; any other is read with the csv module.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from chainshock.errors import InvalidRecord
from chainshock.loaders.blocks import NEWLINE, QUOTE, RETURN, Block, Format, cut_blocks
from chainshock.loaders.records import check_end, decode, is_blank, parse

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Frame", "Layout", "read_frames"]

BLOCK_BYTES = 16 << 20
_BLANKS = (b" ", b"\t", b"\v", b"\f")
_ODD_BLANKS = (b"\x1c", b"\x1d", b"\x1e", b"\x1f")  # Python strips them, polars does not

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """Some rows of a table: the line each begins on, its cells as text (blank ones ""), and those unfit."""

    lines: Numbers
    data: pl.DataFrame
    problems: list[InvalidRecord]


@dataclass(frozen=True)
class Layout:
    """What is read of a table: the columns with their places, of `width`; rows begin on `first_line`."""

    columns: Sequence[tuple[int, str]]
    width: int
    first_line: int


@dataclass(frozen=True)
class _Records:
    """Where the records of a block stand, and how many cells each has."""

    starts: Numbers
    ends: Numbers  # of the line end
    lines: Numbers
    cells: Numbers


def read_frames(stream: IO[bytes], form: Format, layout: Layout) -> Iterator[Frame]:
    """Iterate over the rows below the header as frames.

    Raises
    ------
    FileProblem
        As `chainshock.loaders.records.read_records`.
    """
    for block in cut_blocks(stream, form, BLOCK_BYTES):
        body = _below(block, layout.first_line)
        if body is not None:
            yield _fast(body, form, layout) or _slow(body, form, layout)
    if body is not None:
        _check_last(body, form, layout.width)


def _below(block: Block, first_line: int) -> Block | None:
    """Drop what stands above a line."""
    at = 0
    for _ in range(first_line - block.line):
        ends = [end for end in (block.data.find(b"\n", at), block.data.find(b"\r", at)) if end >= 0]
        if not ends:
            return None
        at = min(ends) + (2 if block.data.startswith(b"\r\n", min(ends)) else 1)
    if at == len(block.data):
        return None
    if not at:
        return block
    quotes = None if block.quotes is None else block.quotes[block.quotes >= at] - at
    return Block(block.data[at:], first_line, quotes)


def _slow(block: Block, form: Format, layout: Layout) -> Frame:
    """Read a block with the csv module."""
    lines: list[int] = []
    kept: list[list[str]] = []
    problems: list[InvalidRecord] = []
    for line, cells, _ in parse(block, form):
        if len(cells) == layout.width:
            lines.append(line)
            kept.append([cells[index].strip() for index, _ in layout.columns])
        else:
            problems.append(_misfit(line, len(cells), form, layout))
    import polars as pl  # noqa: PLC0415 - slow to import

    schema = {name: pl.String for _, name in layout.columns}
    data = pl.DataFrame(kept, schema=schema, orient="row")
    return Frame(np.array(lines, dtype=np.int64), data, problems)


def _fast(block: Block, form: Format, layout: Layout) -> Frame | None:
    """Read a block with numpy and polars; None where the csv module must."""
    quotes = block.quotes
    if quotes is None or layout.width == 1 or any(odd in block.data for odd in _ODD_BLANKS):
        return None
    returns = block.data.count(b"\r") if b"\r" in block.data else 0
    if returns and returns != block.data.count(b"\r\n"):
        return None
    if not block.data.endswith(b"\n"):
        block = replace(block, data=block.data + b"\n")
    raw: Bytes = np.frombuffer(block.data, dtype=np.uint8)
    outside = _outside(raw) if quotes.size else None
    records = _find_records(raw, outside, ord(form.delimiter), block.line, layout.width)
    if int((records.ends - records.starts).max()) > csv.field_size_limit():
        return None
    fits = records.cells == layout.width
    problems = _misfits(np.flatnonzero(~fits), records, block, form, layout)
    text = _plain_text(raw, outside, records, fits, has_returns=returns > 0)
    if not text.isascii() or form.encoding != "utf-8":
        decoded = decode(block, form)  # checks the whole block, bad rows too
        if form.encoding != "utf-8":
            text = (decoded if fits.all() and not returns else text.decode(form.encoding)).encode()
    may_be_padded = quotes.size > 0 or not text.isascii() or any(blank in text for blank in _BLANKS)
    data = _read_csv(text, form.delimiter, layout, strips=may_be_padded)
    lines = records.lines[fits]
    return Frame(lines, data, problems) if data.height == lines.size else None


def _outside(raw: Bytes) -> Flags:
    """Mark the bytes outside quoted cells."""
    inside: Flags = np.logical_xor.accumulate(raw == QUOTE)
    return ~inside


def _find_records(raw: Bytes, outside: Flags | None, delimiter: int, line: int, width: int) -> _Records:
    """Find where records begin and end."""
    separates = (raw == delimiter) | (raw == NEWLINE)
    if outside is not None:
        separates &= outside
    separators = np.flatnonzero(separates)
    ends_row = raw[separators] == NEWLINE
    grid = ends_row.reshape(-1, width) if separators.size % width == 0 else None
    if grid is not None and grid[:, -1].all() and not grid[:, :-1].any():
        ends = separators[width - 1 :: width]
        cells = np.full(ends.size, width)
    else:
        places = np.flatnonzero(ends_row)
        ends = separators[places]
        cells = np.diff(places, prepend=-1)
    starts = np.concatenate(([0], ends[:-1] + 1))
    newlines = ends if outside is None else np.flatnonzero(raw == NEWLINE)
    before = np.arange(ends.size) if newlines.size == ends.size else np.searchsorted(newlines, starts)
    return _Records(starts, ends, line + before, cells)


def _misfits(
    places: Numbers, records: _Records, block: Block, form: Format, layout: Layout
) -> list[InvalidRecord]:
    """Give the records of another width, blank lines apart."""
    problems = []
    for place in places.tolist():
        count = int(records.cells[place])
        if count == 1:
            text = block.data[int(records.starts[place]) : int(records.ends[place])]
            cells = next(csv.reader([text.decode(form.encoding, errors="replace")], strict=True), [])
            if is_blank(cells):
                continue
        problems.append(_misfit(int(records.lines[place]), count, form, layout))
    return problems


def _misfit(line: int, count: int, form: Format, layout: Layout) -> InvalidRecord:
    return InvalidRecord(form.path, line, None, f"{count} cells", f"{layout.width} cells")


def _plain_text(
    raw: Bytes,
    outside: Flags | None,
    records: _Records,
    fits: Flags,
    *,
    has_returns: bool,
) -> bytes:
    r"""Give the records that fit, with \n for \r\n at their ends."""
    keep = np.ones(raw.size, dtype=bool)
    if has_returns:
        keep = raw != RETURN if outside is None else (raw != RETURN) | ~outside
    if not fits.all():
        for place in np.flatnonzero(~fits).tolist():
            keep[int(records.starts[place]) : int(records.ends[place]) + 1] = False
    elif not has_returns:
        return raw.tobytes()
    return raw[keep].tobytes()


def _read_csv(text: bytes, delimiter: str, layout: Layout, *, strips: bool) -> pl.DataFrame:
    """Read regular CSV text with polars."""
    import polars as pl  # noqa: PLC0415 - slow to import

    if not text:
        return pl.DataFrame(schema={name: pl.String for _, name in layout.columns})
    data = pl.read_csv(
        text,
        has_header=False,
        columns=sorted({index for index, _ in layout.columns}),
        separator=delimiter,
        infer_schema=False,
    )
    cells = {name: pl.col(f"column_{index + 1}") for index, name in layout.columns}
    if strips:
        cells = {name: cell.str.strip_chars() for name, cell in cells.items()}
    return data.select(cell.fill_null("").alias(name) for name, cell in cells.items())


def _check_last(block: Block, form: Format, width: int) -> None:
    """Refuse a file that ends within a row."""
    if block.data.endswith((b"\n", b"\r")):
        return
    records = list(parse(block, form))
    if records:
        check_end(block, records[-1], width, form)
