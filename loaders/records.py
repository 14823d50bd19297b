"""Read the records of a table of text one by one, with the line that each begins on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from chainshock.errors import FileProblem
from chainshock.loaders.blocks import Block, Format, count_lines, cut_blocks

__all__ = ["check_end", "decode", "is_blank", "parse", "read_records"]

BLOCK_BYTES = 1 << 20
_BLANKS = " \t\x1a"  # the last ends files of old systems


def read_records(
    stream: IO[bytes], form: Format, *, is_strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the records that are not blank, header first.

    Parameters
    ----------
    is_strict
        Take a last record with too few cells for a file that is cut short even if a line end follows.

    Raises
    ------
    FileProblem
        The file is no text of the encoding, no CSV, or is cut short: a quote never closed, or a last record
        with too few cells.
    """
    width = 0
    for block in cut_blocks(stream, form, BLOCK_BYTES):
        for record in parse(block, form):
            line, cells, _ = record
            width = width or len(cells)
            yield line, cells
    if width:
        check_end(block, record, width, form, is_strict=is_strict)


def parse(block: Block, form: Format) -> Iterator[tuple[int, list[str], int]]:
    """Iterate over the records of a block: the line each begins on, its cells, the line after it.

    Raises
    ------
    FileProblem
        The bytes are no text of the encoding, or the text is no CSV.
    """
    text = io.StringIO(decode(block, form), newline="")
    reader = csv.reader(text, delimiter=form.delimiter, strict=True)
    line = block.line
    try:
        for cells in reader:
            after = block.line + reader.line_num
            if not is_blank(cells):
                yield line, cells, after
            line = after
    except csv.Error as error:
        found = f"broken CSV at line {line} ({error})"
        if "end of data" in str(error):
            found = f"a quote that is opened at line {line} and never closed"
        raise FileProblem(form.path, found, "a complete CSV table") from error


def decode(block: Block, form: Format) -> str:
    """Decode a block.

    Raises
    ------
    FileProblem
        A byte does not fit the encoding; it is named with its line.
    """
    try:
        return block.data.decode(form.encoding)
    except UnicodeDecodeError as error:
        line = block.line + count_lines(block.data[: error.start])
        found = f"byte 0x{block.data[error.start]:02x} at line {line}"
        raise FileProblem(form.path, found, form.expected) from error


def is_blank(cells: list[str]) -> bool:
    """Tell whether a record is a blank line."""
    return not cells or (len(cells) == 1 and not cells[0].strip(_BLANKS))


def check_end(
    block: Block, last: tuple[int, list[str], int], width: int, form: Format, *, is_strict: bool = False
) -> None:
    """Refuse a table whose last block ends with a record of too few cells.

    Raises
    ------
    FileProblem
        The record, as `parse` gave it, has too few cells, and no line end follows.
    """
    line, cells, after = last
    is_cut = after > block.line + count_lines(block.data)
    if len(cells) < width and (is_strict or is_cut):
        found = f"{len(cells)} cells in the last row, at line {line}"
        raise FileProblem(form.path, found, f"{width} cells: the file seems cut short")
