"""Hold a ranking: who is harmed and who is favoured, how strongly, and why.

Exposure is against no measures, signed, and a share: of a company's whole revenue, of the baseline value in
the graph for anything else. The parts sum to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

from chainshock.queries.ranking import WORDS, RowTable, percent, severity_text, without_brackets, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["PARTS", "RankRow", "RankTable", "part_lines", "shown_name", "usd_millions"]

PARTS = ("input", "orders_lost", "gain", "derived_orders", "price_sold", "price_bought")
PART_WORDS = {
    "input": "input",
    "orders_lost": "orders",
    "gain": "gain",
    "derived_orders": "derived",
    "price_sold": "sold",
    "price_bought": "bought",
}
SMALLEST_PART = 0.00005  # share; a smaller part is not worth a line


class Named(Protocol):
    """A row that has a name to show."""

    @property
    def name(self) -> str:
        """Usual name."""

    @property
    def kind(self) -> str:
        """Kind of entity."""

    @property
    def basis(self) -> str:
        """What the exposure is a share of."""


@dataclass(frozen=True)
class RankRow:
    """One entity: its exposure, what it is made of and what it rests on.

    `exposure`, the `parts` and `bounds` are shares of the denominator; `exposure_usd` is USD a year.
    `bounds` are the exposures if all supply of unknown origin came from the issuer, and if none of it did.
    """

    rank: int
    id: str
    name: str
    kind: str
    exposure: float
    exposure_usd: float | None
    parts: Mapping[str, float]
    first_week: int | None
    basis: str
    unknown_share: float | None
    bounds: tuple[float, float] | None
    confidence: str
    reason: str

    @property
    def share(self) -> float:
        """Exposure, by which rows are ordered."""
        return self.exposure

    @property
    def usd(self) -> float | None:
        """Exposure in USD a year, where known."""
        return self.exposure_usd

    def ranked(self, rank: int) -> RankRow:
        """Give the row with another rank."""
        return replace(self, rank=rank)

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        row = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        row["parts"] = {part: self.parts.get(part, 0.0) for part in PARTS}
        row["bounds"] = None if self.bounds is None else list(self.bounds)
        return row

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        flat: dict[str, Any] = {}
        for name, value in self.to_dict().items():
            if name == "parts":
                flat |= {f"parts_{part}": share for part, share in value.items()}
            elif name == "bounds":
                flat |= dict(zip(("bounds_all", "bounds_none"), value or (None, None), strict=True))
            else:
                flat[name] = value
        return flat


@dataclass(frozen=True)
class RankTable(RowTable[RankRow]):
    """A ranking by exposure to one scenario."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames: those of JSON, nested ones flattened."""
        empty = RankRow(0, "", "", "", 0.0, None, {}, None, "", None, None, "", "")
        return list(empty.to_flat_dict())

    def to_text(self, width: int = 100) -> str:
        """Draw the ranking for a terminal of a width in characters."""
        columns = [
            Column("#", 4, "right"),
            Column(WORDS[self.kind], 24),
            Column("exposure", 10, "right"),
            Column("USD m", 9, "right", drop=2),
            Column("of which, %", 14, drop=3),
            Column("unknown", 7, "right", drop=4),
            Column("conf", 4),
            Column("reason", None, least=24),
        ]
        rows: list[list[str] | str] = [_cells(row) for row in self.rows]
        if self.run["horizon"] is not None:
            columns.insert(3, Column("week", 4, "right", drop=1))
            for cells, row in zip(rows, self.rows, strict=True):
                cells.insert(3, "-" if row.first_week is None else str(row.first_week))  # type: ignore[union-attr]  # no text row yet
        if self.omitted:
            rows.insert(self.head, f"   … {self.omitted} more …")
        title = f"{self.run['scenario']}: {self.run['title']}"
        weeks = (self.run["horizon"] or "26w").removesuffix("w")
        severities = f"mean severity over {weeks} weeks: {severity_text(self.run)}"
        lines = [*wrap(title, width), *self.head_lines(severities, width)]
        return (
            "\n".join([*lines, draw_table(columns, rows, width).rstrip("\n"), *self.foot_lines(width)]) + "\n"
        )


def _cells(row: RankRow) -> list[str]:
    return [
        str(row.rank),
        shown_name(row),
        percent(row.exposure),
        usd_millions(row.exposure_usd),
        "\n".join(part_lines(row.parts)),
        percent(row.unknown_share, 0, sign=False),
        row.confidence,
        row.reason,
    ]


def shown_name(row: Named) -> str:
    """Give the name for a table: without what stands in brackets, projects marked."""
    name = without_brackets(row.name) if row.kind == "commodity" else row.name
    if row.basis == "project":
        return f"{name} [project]"
    return f"{name} [part project]" if "project" in row.basis else name


def part_lines(parts: Mapping[str, float], most: int = 2) -> list[str]:
    """Name the largest parts, one a line, in percent."""
    large = sorted(
        (name for name in PARTS if abs(parts.get(name, 0.0)) >= SMALLEST_PART), key=lambda n: -abs(parts[n])
    )
    return [f"{PART_WORDS[name]} {100 * parts[name]:+.2f}" for name in large[:most]]


def usd_millions(usd: float | None) -> str:
    """Write an amount in millions of USD with its sign."""
    if usd is None:
        return "-"
    text = f"{usd / 1e6:+,.0f}"
    return "0" if text in {"+0", "-0"} else text
