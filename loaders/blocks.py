"""Cut a stream of CSV text into blocks of whole records, so that no table has to fit into memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

from chainshock.errors import FileProblem

__all__ = ["LARGEST_RECORD", "Block", "Format", "count_lines", "cut_blocks"]

LARGEST_RECORD = 16 << 20  # bytes
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NO_TEXT = {  # what a file of another kind begins with
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"PK\x03\x04": "a ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip file",
    b"SQLite format 3\0": "an SQLite database",
}
QUOTE, NEWLINE, RETURN = 34, 10, 13

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Format:
    """How a table is written down, and what messages call it."""

    path: str
    encoding: str = "utf-8"
    delimiter: str = ","
    expected: str = "a CSV table in UTF-8 with a header line"


@dataclass(frozen=True)
class Block:
    """Whole records as bytes.

    `line` is the line that the first begins on. `quotes` holds where the quotes stand, if each opens or
    closes a cell or stands in a pair within one; None if only the csv module can tell.
    """

    data: bytes
    line: int
    quotes: Positions | None


def cut_blocks(stream: IO[bytes], form: Format, size: int) -> Iterator[Block]:
    """Read a stream in blocks of about `size` bytes, without its byte-order mark.

    Raises
    ------
    FileProblem
        It is no text, holds a NUL byte, or has a record longer than `LARGEST_RECORD`.
    """
    line, rest, is_first = 1, b"", True
    delimiter = ord(form.delimiter)
    while chunk := stream.read(size):
        data = rest + chunk
        if is_first:
            _check_start(data, form)
            data, is_first = data.removeprefix(BYTE_ORDER_MARK), False
        _check_nul(data, line, form)
        end, quotes = _whole_records(data, delimiter)
        if end:
            block = Block(data[:end], line, quotes)
            yield block
            line += count_lines(block.data)
        elif len(data) > LARGEST_RECORD:
            found = f"a row of more than {LARGEST_RECORD >> 20} MiB at line {line}"
            raise FileProblem(form.path, found, "shorter rows: a quote may be open, or this may be no table")
        rest = data[end:]
    if rest:
        quotes = _quotes(np.frombuffer(rest, dtype=np.uint8), delimiter)
        yield Block(rest, line, None if quotes is not None and len(quotes) % 2 else quotes)


def count_lines(data: bytes) -> int:
    r"""Count the line ends in text: \n, \r\n and lone \r."""
    count = int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == NEWLINE))
    if b"\r" in data:
        count += data.count(b"\r") - data.count(b"\r\n")
    return count


def _check_start(data: bytes, form: Format) -> None:
    for start, kind in NO_TEXT.items():
        if data.startswith(start):
            raise FileProblem(form.path, kind, form.expected)


def _check_nul(data: bytes, line: int, form: Format) -> None:
    at = data.find(b"\0")
    if at >= 0:
        found = f"a NUL byte at line {line + count_lines(data[:at])}"
        raise FileProblem(form.path, found, form.expected)


def _whole_records(data: bytes, delimiter: int) -> tuple[int, Positions | None]:
    """Give where the last whole record ends (0 if none does), and the quotes up to there."""
    end = len(data) - data.endswith(b"\r")  # the \n of it may be still to come
    if b'"' not in data:
        return _last_line_end(data, end), np.empty(0, dtype=np.int64)
    quotes = _quotes(np.frombuffer(data, dtype=np.uint8), delimiter)
    if quotes is None:
        return _end_by_csv(data[:end], chr(delimiter)), None
    while end := _last_line_end(data, end):
        before = int(np.searchsorted(quotes, end))
        if before % 2 == 0:
            return end, quotes[:before]
        end = int(quotes[before - 1])  # within a cell: look before its opening quote
    return 0, quotes[:0]


def _last_line_end(data: bytes, end: int) -> int:
    return max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end)) + 1


def _quotes(data: npt.NDArray[np.uint8], delimiter: int) -> Positions | None:
    """Find the quotes, if odd ones open and even ones close cells, or are halves of a pair within one."""
    quotes = np.flatnonzero(data == QUOTE)
    if not quotes.size:
        return quotes
    may_touch = np.zeros(256, dtype=bool)
    may_touch[[delimiter, NEWLINE, RETURN, QUOTE]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = opening[1:] if opening[0] == 0 else opening
    after = closing[:-1] if closing.size and closing[-1] == data.size - 1 else closing
    fits = may_touch[data[before - 1]].all() and may_touch[data[after + 1]].all()
    return quotes if fits else None


def _end_by_csv(data: bytes, delimiter: str) -> int:
    """Find the end of the last whole record as the csv module sees it."""
    lines = io.StringIO(data.decode("utf-8", errors="surrogateescape"), newline="")
    taken = 0

    def feed() -> Iterator[str]:
        nonlocal taken
        for text in lines:
            if not text.endswith(("\n", "\r")):
                return
            taken += len(text.encode("utf-8", errors="surrogateescape"))
            yield text

    end = 0
    try:
        for _ in csv.reader(feed(), delimiter=delimiter, strict=True):
            end = taken
    except csv.Error as error:
        if "end of data" not in str(error):
            return _last_line_end(data, len(data))  # whoever reads the block meets the error again
    return end
