"""Find the lines on which the keys of a TOML file stand, so that a problem can be told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any  # what a TOML file holds

from chainshock.errors import FileProblem, InvalidRecord

__all__ = ["key_lines", "read_toml"]

MOST_BYTES = 1 << 20
LONGEST_INTEGER = 64  # bits
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Read a TOML file; give what it holds, and its text.

    Raises
    ------
    FileProblem
        It cannot be read, is too large or is not UTF-8.
    InvalidRecord
        It is not TOML; with the line.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise FileProblem(str(path), found, "a mapping file that can be read") from error
    if len(data) > MOST_BYTES:
        raise FileProblem(str(path), f"{len(data):,} bytes", f"a mapping file of at most {MOST_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
        raw = _checked(tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise FileProblem(str(path), f"byte 0x{data[error.start]:02x}", "a TOML file in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        found = _PLACE.sub("", str(error)).strip()
        raise InvalidRecord(
            str(path), line, None, found, "TOML, as in `chainshock load --template`"
        ) from error
    except ValueError as error:  # an integer of thousands of digits is none to Python
        raise FileProblem(
            str(path), "an integer of more than 64 bits", "numbers of a sensible size"
        ) from error
    except RecursionError as error:
        raise FileProblem(str(path), "tables nested too deep", "a mapping file") from error
    return raw, text


def _checked(raw: dict[str, Any]) -> dict[str, Any]:
    if _has_long_integer(raw):
        raise ValueError("an integer of more than 64 bits")
    return raw


def _has_long_integer(found: object) -> bool:
    if isinstance(found, Mapping):
        return any(map(_has_long_integer, found.values()))
    if isinstance(found, list):
        return any(map(_has_long_integer, found))
    return isinstance(found, int) and found.bit_length() > LONGEST_INTEGER


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    r"""Give the line of each table and key, by its path.

    Examples
    --------
    >>> key_lines('kind = "stocks"\n[values.country]\n"Far East" = "JPN"')[("values", "country", "Far East")]
    3
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        quotes = line.count('"""') + line.count("'''")
        if inside:
            inside = quotes % 2 == 0
            continue
        inside = quotes % 2 == 1
        if line.lstrip().startswith("["):
            table = _path(line.split("#")[0] if '"' not in line else line) or table
            lines.setdefault(table, number)
        elif (key := _path(f"{line.partition('=')[0]} = 0")) and "=" in line:
            for depth in range(1, len(key) + 1):
                lines.setdefault((*table, *key[:depth]), number)
    return lines


def _path(line: str) -> tuple[str, ...]:
    """Read one header or key as its path; empty where it is none."""
    try:
        found: object = tomllib.loads(line)
    except (ValueError, RecursionError):
        return ()
    path: list[str] = []
    while isinstance(found, Mapping) and len(found) == 1:
        ((name, found),) = found.items()
        path.append(str(name))
        if isinstance(found, list) and found:
            found = found[0]
    return tuple(path)
