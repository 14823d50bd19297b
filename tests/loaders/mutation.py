"""Change the bytes of good files a little, as time, people and programs do; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

LARGE = 20_000  # bytes of a cell made large
ODD = [
    "",
    "-",
    "—",
    "NA",
    "W",
    "1e999",
    "nan",
    "-1",
    "99999999999999999999",
    "=1+1",
    "2024-13-45",
    "\x1a",
    "ß",
]


def flip(data: bytearray, at: int, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def cut(data: bytearray, at: int, dice: random.Random) -> bytes:
    return bytes(data[:at])


def drop(data: bytearray, at: int, dice: random.Random) -> bytes:
    return bytes(data[:at] + data[at + dice.randint(1, 40) :])


def repeat(data: bytearray, at: int, dice: random.Random) -> bytes:
    return bytes(data[:at] + data[at : at + dice.randint(1, 200)] * dice.randint(2, 5) + data[at:])


def insert(data: bytearray, at: int, dice: random.Random) -> bytes:
    piece = dice.choice(
        [b'"', b"\0", b"\n", b"\r", b",", b";", b"\xff\xfe", b"{", b"]", b"<", b"\xe9", b"''"]
    )
    return bytes(data[:at] + piece * dice.randint(1, 3) + data[at:])


def swell(data: bytearray, at: int, dice: random.Random) -> bytes:
    return bytes(data[:at] + bytes([dice.choice(b"x9\xe9 ")]) * LARGE + data[at:])


def recode(data: bytearray, at: int, dice: random.Random) -> bytes:
    text = bytes(data).decode("latin-1")
    return text.encode(dice.choice(["utf-16", "utf-8-sig", "utf-8", "utf-32-le", "utf-7"]))


def replace_cell(data: bytearray, at: int, dice: random.Random) -> bytes:
    """Put something odd in place of what stands between two separators."""
    start = max(data.rfind(b",", 0, at), data.rfind(b"\n", 0, at), data.rfind(b":", 0, at)) + 1
    ends = [end for mark in (b",", b"\n", b"}") if (end := data.find(mark, start)) >= 0]
    return bytes(data[:start] + dice.choice(ODD).encode() + data[min(ends, default=len(data)) :])


def swap_marks(data: bytearray, at: int, dice: random.Random) -> bytes:
    old, new = dice.choice([(b",", b";"), (b",", b"\t"), (b"\n", b"\r"), (b"\n", b"\r\n"), (b'"', b"'")])
    return bytes(data).replace(old, new)


def shuffle_lines(data: bytearray, at: int, dice: random.Random) -> bytes:
    lines = bytes(data).splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


CHANGES: list[Callable[[bytearray, int, random.Random], bytes]] = [
    *(flip, cut, drop, repeat, insert, insert, swell, recode, replace_cell, replace_cell, replace_cell),
    *(swap_marks, shuffle_lines),
]


def mutate(data: bytes, seed: int) -> bytes:
    """Change data in one to three ways."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(dice.randint(1, 3)):
        if data:
            data = dice.choice(CHANGES)(bytearray(data), dice.randrange(len(data)), dice)
    return data


def files_among(args: list[str], folder: Path) -> list[Path]:
    """Give the files that arguments of a load name, those in folders too."""
    found: list[Path] = []
    for path in (Path(arg) for arg in args if arg.startswith(str(folder))):
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found
