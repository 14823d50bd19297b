"""Turn quantities of the user's units into those of the graph; every factor is stated, none is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KNOWN_UNITS", "PERIODS", "Unit", "base_of", "find_unit"]

# unit: (unit of the graph, factor)
KNOWN_UNITS = {
    "t": ("t", 1.0),
    "kg": ("t", 1e-3),
    "g": ("t", 1e-6),
    "mg": ("t", 1e-9),
    "lb": ("t", 0.00045359237),
    "unit": ("unit", 1.0),
    "MW": ("MW", 1.0),
    "kW": ("MW", 1e-3),
    "USD": ("USD", 1.0),
}
PERIODS = {"y": 1.0, "year": 1.0, "a": 1.0, "month": 12.0, "week": 52.0}  # times a year
GOOD_UNITS = {"kg": ("t", 1e-3)}  # units of goods that are counted in another


@dataclass(frozen=True)
class Unit:
    """A unit of the user's: so many of a unit of the graph."""

    base: str
    factor: float


def find_unit(text: str, own: Mapping[str, Unit], *, a_year: bool = False) -> Unit | None:
    """Give a unit by its name, in the mapping or in the list; with `a_year` it may end in `/month` or so.

    Examples
    --------
    >>> find_unit("kg/month", {}, a_year=True)
    Unit(base='t', factor=0.012)
    >>> find_unit("kg/month", {}) is None, find_unit("Stk", {"Stk": Unit("t", 0.5)})
    (True, Unit(base='t', factor=0.5))
    """
    name = text.strip()
    if name in own:
        return own[name]
    if name in KNOWN_UNITS:
        return Unit(*KNOWN_UNITS[name])
    quantity, slash, period = name.rpartition("/")
    times = PERIODS.get(period.strip())
    unit = find_unit(quantity, own) if a_year and slash and times else None
    return None if unit is None or times is None else Unit(unit.base, unit.factor * times)


def base_of(unit: str) -> Unit:
    """Give the unit of the graph in which a good's quantities are kept."""
    return Unit(*GOOD_UNITS.get(unit, (unit, 1.0)))
