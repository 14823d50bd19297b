"""Say which share of an in-scope flow a measure stops in week t, and on average over a static run.

A shape is data (`shapes.toml`): per group of goods and class of buyer a curve s(t) in [0, 1], t in weeks from
the day on which the measure's weeks begin to count. Curves are made of straight pieces and are integrated
exactly, so a mean is arithmetic and not a sum over sampled weeks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from chainshock.errors import InvalidRecord, UnknownName

__all__ = [
    "STATIC_WEEKS",
    "Curve",
    "Shape",
    "ShapeNumber",
    "Shapes",
    "constant_shape",
    "is_refused_class",
    "mean_severity",
    "read_shapes",
]

STATIC_WEEKS = 26  # a static run uses the mean of s(t) over this many weeks


@dataclass(frozen=True)
class ShapeNumber:
    """A figure that shapes are made of: value, range and what it rests on."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    basis: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Curve:
    """s(t) in straight pieces.

    `pieces` holds (start week, end week, s at the start, s at the end) in order; s is `last` after the final
    piece and 0 before week 0.
    """

    pieces: tuple[tuple[float, float, float, float], ...]
    last: float

    def at(self, week: float) -> float:
        """Give s at a week; 0 before week 0."""
        if week < 0:
            return 0.0
        for start, end, first, final in self.pieces:
            if start <= week < end:
                return first + (final - first) * (week - start) / (end - start)
        return self.last

    def integral(self, start: float, end: float) -> float:
        """Integrate s from one week to another, in weeks."""
        start = max(start, 0.0)
        total, covered = 0.0, 0.0
        for left, right, first, final in self.pieces:
            covered = right
            a, b = max(left, start), min(right, end)
            if b > a:
                slope = (final - first) / (right - left)
                total += (b - a) * (first + slope * ((a + b) / 2 - left))
        return total + self.last * max(0.0, end - max(start, covered))


@dataclass(frozen=True)
class Shape:
    """How severity runs for every group of goods, class of buyer and destination.

    `delayed` holds the curves of destinations that are served later, by ISO alpha-3.
    """

    name: str
    doc: str
    made_to_order: Curve
    fungible: Curve
    refused: Curve
    collateral: Curve
    delayed: Mapping[str, tuple[Curve, Curve]] = field(default_factory=dict)
    order_stages: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()

    def curve(
        self, stage: str = "", destination: str = "", buyer_class: str = "civil", *, collateral: bool = False
    ) -> Curve:
        """Give the curve for a good's stage, a destination and a class of buyer."""
        if collateral:
            return self.collateral
        if is_refused_class(buyer_class):
            return self.refused
        pair = self.delayed.get(destination, (self.made_to_order, self.fungible))
        return pair[0] if stage in self.order_stages else pair[1]

    def severity(
        self, week: float, stage: str = "", destination: str = "", buyer_class: str = "civil"
    ) -> float:
        """Give s(t) in a week, counted from the day the measure takes effect."""
        return self.curve(stage, destination, buyer_class).at(week)


@dataclass(frozen=True)
class Shapes:
    """All shapes, the default of each kind of measure, and the numbers with their basis."""

    shapes: Mapping[str, Shape]
    regimes: Mapping[str, str]
    numbers: Mapping[str, ShapeNumber]

    def named(self, name: str) -> Shape:
        """Give the shape of a name.

        Raises
        ------
        UnknownName
            No shape has that name.
        """
        if name not in self.shapes:
            raise UnknownName("severity shape", name, tuple(self.shapes))
        return self.shapes[name]

    def for_kind(self, kind: str) -> Shape | None:
        """Give the default shape of a kind of measure; None where the kind has none."""
        name = self.regimes.get(kind)
        return None if name is None else self.shapes[name]


def is_refused_class(buyer_class: str) -> bool:
    """Tell whether a class of buyer is refused under a licence: military users and listed companies."""
    return buyer_class == "military" or buyer_class.split(":", maxsplit=1)[0] == "listed"


def mean_severity(
    shape: Shape,
    stage: str = "",
    destination: str = "",
    buyer_class: str = "civil",
    *,
    weeks: float = STATIC_WEEKS,
    week0: float = 0,
    collateral: bool = False,
) -> float:
    """Average s(t) over the weeks of a static run.

    Parameters
    ----------
    shape
        Severity shape.
    stage, destination, buyer_class
        Stage of the good, ISO alpha-3 of the buyer's country, class of buyer.
    weeks
        Length of the run.
    week0
        The measure's own week at the start of the run: 0 where it takes effect that day, positive where it
        has been in effect for some weeks, negative where it takes effect later (weeks before that count 0).
    collateral
        Whether the good is outside the scope but held up under the same customs code.

    Returns
    -------
    float
        (1 / weeks) times the integral of s from `week0` to `week0 + weeks`, in [0, 1].

    Examples
    --------
    >>> licence = read_shapes().named("licence")
    >>> round(mean_severity(licence, "magnet", "DEU"), 4)  # 0.92 x (7 + 9.5 + 11 + 13.5 + 18) / 5 / 26
    0.4175
    """
    curve = shape.curve(stage, destination, buyer_class, collateral=collateral)
    return min(1.0, max(0.0, curve.integral(week0, week0 + weeks) / weeks))


def constant_shape(severity: float) -> Shape:
    """Make a shape with one severity for all goods, destinations and buyers in scope."""
    curve = Curve((), severity)
    return Shape(
        name=f"constant {severity:g}",
        doc="The same share stopped every week.",
        made_to_order=curve,
        fungible=curve,
        refused=curve,
        collateral=Curve((), 0.0),
    )


def read_shapes(assumptions: Mapping[str, float] | None = None) -> Shapes:
    """Read `queries/shapes.toml`, with some of its numbers replaced.

    Raises
    ------
    UnknownName
        An assumption names no number of the file.
    InvalidRecord
        An assumption lies outside the number's range.
    """
    return _read(tuple(sorted((assumptions or {}).items())))


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("shapes.toml").read_text("utf-8"))


@lru_cache(maxsize=32)  # samples ask for other values each time
def _read(assumptions: tuple[tuple[str, float], ...]) -> Shapes:
    raw = _raw()
    numbers = {name: ShapeNumber(name=name, **entry) for name, entry in raw["number"].items()}
    values = {name: float(number.default) for name, number in numbers.items()}
    for name, value in assumptions:
        if name not in numbers:
            raise UnknownName("severity number", name, tuple(numbers))
        number = numbers[name]
        if not number.low <= value <= number.high:
            expected = f"a number from {number.low:g} to {number.high:g} ({number.unit})"
            raise InvalidRecord("assumptions", None, name, f"{value:g}", expected)
        values[name] = float(value)
    stages = frozenset(raw["goods"]["made_to_order"])
    shapes = {name: _shape(name, entry, values, stages) for name, entry in raw["shape"].items()}
    return Shapes(shapes, raw["regime"], numbers)


def _shape(name: str, raw: dict[str, Any], values: Mapping[str, float], stages: frozenset[str]) -> Shape:
    order, fungible = raw["made_to_order"], raw["fungible"]
    delayed = {
        country: (_curve(order, values, values[number]), _curve(fungible, values, values[number]))
        for country, number in raw.get("delay", {}).items()
    }
    parts = [order, fungible, raw["refused"], raw.get("collateral", {})]
    return Shape(
        name=name,
        doc=raw["doc"],
        made_to_order=_curve(order, values),
        fungible=_curve(fungible, values),
        refused=_curve(raw["refused"], values),
        collateral=_curve(raw["collateral"], values) if "collateral" in raw else Curve((), 0.0),
        delayed=delayed,
        order_stages=stages,
        numbers=tuple(
            dict.fromkeys([n for part in parts for n in _names(part)] + [*raw.get("delay", {}).values()])
        ),
    )


def _names(raw: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for key, value in raw.items():
        if key != "kind":
            found.extend(value if isinstance(value, list) else [value])
    return found


def _curve(raw: dict[str, Any], values: Mapping[str, float], delay: float = 0.0) -> Curve:
    """Make a curve of the kinds that the head of shapes.toml describes."""
    kind = raw["kind"]
    if kind == "constant":
        return Curve((), values[raw["level"]])
    if kind == "fade":
        until = values[raw["until"]]
        return Curve(((0.0, until, values[raw["peak"]], 0.0),), 0.0)
    before = values[raw["before"]]
    if kind == "review":
        return Curve(((0.0, values[raw["until"]] + delay, before, before),), values[raw["plateau"]])
    steps = sorted(values[number] + delay for number in raw["weeks"])
    edges = [0.0, *steps]
    levels = [before * (1 - i / len(steps)) for i in range(len(steps))]
    pieces = tuple(
        (left, right, level, level)
        for left, right, level in zip(edges, edges[1:], levels, strict=False)
        if right > left
    )
    return Curve(pieces, 0.0)
