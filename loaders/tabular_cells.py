"""Read the cells of one row of a user's table, as its mapping says, and note each that does not fit."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import CellError, quote, read_text
from chainshock.loaders.delimited import Row
from chainshock.loaders.resolve.countries import find_country
from chainshock.loaders.tabular_fields import kinds
from chainshock.loaders.tabular_units import KNOWN_UNITS, PERIODS, Unit, find_unit

if TYPE_CHECKING:
    from chainshock.loaders.resolve.goods import GoodIndex
    from chainshock.loaders.tabular_map import TableMap

__all__ = ["Cells", "read_number"]

LONGEST_NAME = 200  # characters
LONGEST_NUMBER = 40  # characters
YEARS = (1800, 2100)


def read_number(text: str, decimal: str = ".", thousands: str = "") -> float | None:
    """Read a number written with the given signs; None where it is none.

    Examples
    --------
    >>> read_number("1.234,5", ",", "."), read_number("1,5"), read_number("=1+1")
    (1234.5, None, None)
    """
    if len(text) > LONGEST_NUMBER or not _pattern(decimal, thousands).fullmatch(text):
        return None
    plain = text.replace(thousands, "") if thousands else text
    number = float(plain.replace(decimal, "."))
    return number if isfinite(number) else None


@cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    group = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    return re.compile(rf"[+-]?(?:{group}[0-9]+)(?:{re.escape(decimal)}[0-9]+)?(?:[eE][+-]?[0-9]{{1,3}})?")


class Cells:
    """One row: its cells by field. What does not fit is noted in `problems`, and comes as blank or None."""

    def __init__(self, path: str, row: Row, mapping: TableMap, goods: GoodIndex, *, is_sheet: bool) -> None:
        self.path, self.line, self.row, self.mapping = path, row.line, row, mapping
        self.problems: list[InvalidRecord] = []
        self._goods, self._is_sheet = goods, is_sheet
        self._fields = kinds()[mapping.kind]

    def __bool__(self) -> bool:
        """Tell whether all that was read so far fits."""
        return not self.problems

    def problem(self, name: str, found: str, expected: str) -> None:
        """Note a problem with a field; it is told by the name of its column."""
        column = self.mapping.columns.get(name, name)
        self.problems.append(InvalidRecord(self.path, self.line, column, found, expected))

    def error(self) -> InvalidRecord:
        """Give all problems as one."""
        first, *others = self.problems
        first.others = tuple(others)
        return first

    def is_plain(self, name: str) -> bool:
        """Tell whether numbers and dates of a field have one form: in a spreadsheet, and in the mapping."""
        return self._is_sheet or self._is_of_mapping(name)

    def raw(self, name: str) -> str:
        """Give a field's text as it stands in the table, or as the mapping puts it."""
        column = self.mapping.columns.get(name)
        text = self.mapping.constants.get(name, "") if column is None else self.row[column]
        return self.mapping.values.get(name, {}).get(text, text).strip()

    def text(self, name: str) -> str:
        """Read a name or other text; inner blanks and line ends become one blank."""
        raw = self.raw(name)
        if not raw:
            if self._fields[name].required:
                self.problem(name, "a blank cell", self._fields[name].doc)
            return ""
        try:
            text = " ".join(read_text(raw).split())
        except CellError as error:
            self.problem(name, error.found, error.expected)
            return ""
        if len(text) > LONGEST_NAME and name != "note":
            self.problem(name, f"{len(text)} characters", f"at most {LONGEST_NAME}")
            return ""
        return text

    def choice(self, name: str, default: str = "") -> str:
        """Read one of the field's words."""
        text = self.text(name) or default
        choices = self._fields[name].choices
        if text and text not in choices:
            words = f"one of {', '.join(choices)}, or a line for it in [values.{name}] of the mapping"
            self.problem(name, quote(text), words)
        return text

    def number(self, name: str, *, above_zero: bool = True) -> float | None:
        """Read a number above 0, or from 0 on."""
        text = self.text(name)
        if not text:
            return None
        number = self._number(name, text)
        if number is not None and (number < 0 or (above_zero and number == 0)):
            self.problem(name, quote(text), "a number above 0" if above_zero else "a number not below 0")
            return None
        return number

    def share(self, name: str) -> float | None:
        """Read a share from 0 to 1; with a per cent sign, or where the mapping says so, from 0 to 100.

        What the mapping says holds for a spreadsheet too: its cells of the form 45 % come with their sign.
        """
        text = self.text(name)
        if not text:
            return None
        in_percent = self.mapping.table.shares == "percent" and not self._is_of_mapping(name)
        is_percent = text.endswith("%") or in_percent
        number = self._number(name, text.removesuffix("%").strip())
        if number is None:
            return None
        share = number / 100 if is_percent else number
        if not 0 <= share <= 1:
            hint = "from 0 to 100" if is_percent else "from 0 to 1"
            if not is_percent and share > 1:
                in_text = ', or `shares = "percent"` in [table] of the mapping'
                hint += "; in a spreadsheet, 40 % is the number 0.4" if self._is_sheet else in_text
            self.problem(name, quote(text), f"a share, {hint}")
            return None
        return share

    def year(self, name: str) -> int | None:
        """Read a year."""
        text = self.text(name)
        number = read_number(text) if text else None
        if text and (number is None or not number.is_integer() or not YEARS[0] <= number <= YEARS[1]):
            self.problem(name, quote(text), f"a year from {YEARS[0]} to {YEARS[1]}")
            return None
        return None if number is None else int(number)

    def day(self, name: str) -> date | None:
        """Read a date in the form that the mapping says; in a spreadsheet, as YYYY-MM-DD."""
        text = self.text(name)
        form = "YYYY-MM-DD" if self.is_plain(name) else self.mapping.table.dates
        if not text:
            return None
        pattern = re.escape(form)
        for part, digits in (("YYYY", 4), ("MM", 2), ("DD", 2)):
            pattern = pattern.replace(part, rf"(?P<{part}>[0-9]{{{digits}}})")
        found = re.fullmatch(pattern, text)
        try:
            if found is not None:
                return date(*(int(found[part]) for part in ("YYYY", "MM", "DD")))
        except ValueError:
            pass
        self.problem(
            name, quote(text), f"a date as {form}" + ("" if self.is_plain(name) else " (`dates` in [table])")
        )
        return None

    def country(self, name: str) -> str:
        """Read a country by name or code."""
        text = self.text(name)
        code = find_country(text) if text else ""
        if code is None:
            expected = "a country, by English name or ISO 3166 code"
            self.problem(name, quote(text), f"{expected}, or a line for it in [values.{name}] of the mapping")
        return code or ""

    def good(self, name: str) -> str:
        """Read a good: as the mapping's [goods] says, else by id, exact name or HS code."""
        text = self.text(name)
        meant = self.mapping.goods.get(text, text)
        found = self._goods.find(meant) if meant else ""
        if isinstance(found, tuple):
            self.problem(name, quote(text), self._goods.expected(meant))
            return ""
        return found

    def unit(self, name: str, *, a_year: bool = False) -> Unit | None:
        """Read a unit."""
        text = self.text(name)
        if not text:
            return None
        unit = find_unit(text, self.mapping.units, a_year=a_year)
        if unit is None:
            periods = f", with /{', /'.join(PERIODS)} behind it" if a_year else ""
            known = f"one of {', '.join(KNOWN_UNITS)}{periods}"
            self.problem(name, quote(text), f"{known}, or a line for it in [units] of the mapping")
        return unit

    def _is_of_mapping(self, name: str) -> bool:
        """Tell whether a field's text was written by whoever wrote the mapping."""
        column = self.mapping.columns.get(name)
        return column is None or self.row[column] in self.mapping.values.get(name, {})

    def _number(self, name: str, text: str) -> float | None:
        form = self.mapping.table
        signs = (".", "") if self.is_plain(name) else (form.decimal, form.thousands)
        number = read_number(text, *signs)
        if number is None:
            other = read_number(text, *((",", "."), (".", ","))[signs[0] == ","])
            hint = ""
            if text.startswith("="):
                hint = "; a formula is not worked out: put its value there"
            elif other is not None:
                is_plain = self._is_sheet
                hint = (
                    "; make the cell a number" if is_plain else "; say `decimal` and `thousands` in [table]"
                )
            self.problem(name, quote(text), f"a number like 1{signs[0]}5{hint}")
        return number
