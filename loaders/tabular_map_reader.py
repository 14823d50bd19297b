"""Take values out of a mapping file one by one, and note what is wrong with each, with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any  # what a TOML file holds

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import CellError, quote, read_text
from chainshock.loaders.resolve.countries import find_country
from chainshock.loaders.toml_lines import key_lines

__all__ = ["MapReader"]

Where = tuple[str, ...]


class MapReader:
    """Reads values by their path in the file; problems are collected and raised together by `refuse`.

    A value that is absent or does not fit comes as blank or None.
    """

    def __init__(self, path: str, text: str, raw: Mapping[str, Any]) -> None:
        self.path, self.raw = path, raw
        self.lines = key_lines(text)
        self.problems: list[InvalidRecord] = []

    def add(self, where: Where, found: str, expected: str) -> None:
        """Note a problem."""
        line, place = 1, where
        while place:
            if place in self.lines:
                line = self.lines[place]
                break
            place = place[:-1]
        problem = InvalidRecord(self.path, line, ".".join(where) or None, found, expected)
        if problem not in self.problems:
            self.problems.append(problem)

    def refuse(self) -> None:
        """Raise what was noted, if anything was."""
        if self.problems:
            first, *others = self.problems
            first.others = tuple(others)
            raise first

    def get(self, where: Where) -> Any:
        """Give what stands at a path, None where nothing does."""
        found: Any = self.raw
        for name in where:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def table(self, *where: str) -> Mapping[str, Any]:
        """Give a table; an empty one where there is none."""
        found = self.get(where)
        if found is not None and not isinstance(found, Mapping):
            self.add(where, quote(found), f"a table headed [{'.'.join(where)}]")
        return found if isinstance(found, Mapping) else {}

    def forbid(self, where: Where, known: Sequence[str]) -> None:
        """Note the keys of a table that are not known."""
        for name in self.table(*where) if where else self.raw:
            if name not in known:
                self.add((*where, name), f"unknown key {name!r}", f"one of {', '.join(known)}")

    def text(self, where: Where, *, required: bool = False) -> str:
        """Read text on one line."""
        found = self.get(where)
        if found is None and not required:
            return ""
        if not isinstance(found, str) or not found.strip():
            self.add(where, "nothing" if found in (None, "") else quote(found), "text")
            return ""
        return self._clean(where, found)

    def word(self, where: Where) -> str:
        """Read text, a number or a date as the text of a cell."""
        found = self.get(where)
        if isinstance(found, bool) or not isinstance(found, str | int | float | date):
            self.add(where, quote(found), "text, a number or a date")
            return ""
        return self._clean(where, found.isoformat() if isinstance(found, date) else str(found))

    def number(self, where: Where, *, least: float = 0.0, most: float = float("inf")) -> float | None:
        """Read a number above `least` and not above `most`."""
        found = self.get(where)
        if found is None:
            return None
        fits = isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)
        if not fits or not least < found <= most:
            upper = "" if most == float("inf") else f", at most {most:g}"
            self.add(where, quote(found), f"a number above {least:g}{upper}")
            return None
        return float(found)

    def day(self, where: Where) -> date | None:
        """Read a date, as TOML writes it or as text."""
        found = self.get(where)
        if isinstance(found, str):
            try:
                return date.fromisoformat(found.strip())
            except ValueError:
                pass
        elif isinstance(found, date) and not isinstance(found, datetime):
            return found
        if found is not None:
            self.add(where, quote(found), "a date as YYYY-MM-DD")
        return None

    def choice(self, where: Where, choices: Sequence[str], *, required: bool = False) -> str:
        """Read one of several words."""
        found = self.get(where)
        if found is None and not required:
            return ""
        if found not in choices:
            self.add(where, "nothing" if found is None else quote(found), f"one of {', '.join(choices)}")
            return ""
        return str(found)

    def country(self, where: Where) -> str:
        """Read a country by name or code."""
        found = self.text(where)
        code = find_country(found) if found else ""
        if code is None:
            self.add(where, quote(found), "a country, by English name or ISO 3166 code")
        return code or ""

    def _clean(self, where: Where, text: str) -> str:
        try:
            return " ".join(read_text(text).split()) if text.strip() else text
        except CellError as error:
            self.add(where, error.found, error.expected)
            return ""
