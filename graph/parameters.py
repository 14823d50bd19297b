"""Read the parameters that nobody has measured: default, range, and what each rests on.

They stand in `graph/parameters.csv` and nowhere else. A dotted name is looked up from the special to the
general: `spare.MAG.JPN`, then `spare.MAG`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from chainshock.errors import InvalidRecord, UnknownName

__all__ = ["Parameter", "Parameters", "read_parameters"]


@dataclass(frozen=True)
class Parameter:
    """A number with its range, unit, basis and the source of that."""

    name: str
    scope: str
    default: float
    low: float
    high: float
    unit: str
    basis: str
    source: str
    confidence: str


class Parameters(Mapping[str, Parameter]):
    """All parameters by name; `value` looks a dotted name up from the special to the general."""

    def __init__(self, entries: Mapping[str, Parameter]) -> None:
        self._entries = dict(entries)
        self._found: dict[tuple[str, ...], Parameter | None] = {}

    def __getitem__(self, name: str) -> Parameter:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def value(self, *names: str) -> float:
        """Give the default of the first name that exists, shortening each by its last part.

        Raises
        ------
        UnknownName
            None of the names, nor a shortened form, is a parameter.
        """
        found = self.find(*names)
        if found is None:
            raise UnknownName("parameter", names[0])
        return found.default

    def find(self, *names: str) -> Parameter | None:
        """Give the first parameter that answers to one of the names, or None."""
        if names not in self._found:
            self._found[names] = self._find(names)
        return self._found[names]

    def _find(self, names: tuple[str, ...]) -> Parameter | None:
        for name in names:
            parts = name.split(".")
            while len(parts) > 1 or parts == [name]:
                entry = self._entries.get(".".join(parts))
                if entry is not None:
                    return entry
                if len(parts) == 1:
                    break
                parts.pop()
        return None

    def with_values(self, values: Mapping[str, float]) -> Parameters:
        """Give a copy with other defaults.

        Raises
        ------
        UnknownName
            A name is not a parameter.
        InvalidRecord
            A value lies outside the parameter's range.
        """
        entries = dict(self._entries)
        for name, value in values.items():
            if name not in entries:
                raise UnknownName("parameter", name)
            old = entries[name]
            if not old.low <= value <= old.high:
                expected = f"a number from {old.low:g} to {old.high:g} ({old.unit})"
                raise InvalidRecord("assumptions", None, name, f"{value:g}", expected)
            entries[name] = replace(old, default=float(value))
        return Parameters(entries)


@cache
def read_parameters() -> Parameters:
    """Read `graph/parameters.csv`, once per process."""
    text = resources.files(__package__).joinpath("parameters.csv").read_text("utf-8")
    entries = {}
    for row in csv.DictReader(text.splitlines()):
        numbers = {column: float(row[column]) for column in ("default", "low", "high")}
        entries[row["name"]] = Parameter(**{**row, **numbers})  # type: ignore[arg-type]  # columns are the fields
    return Parameters(entries)
