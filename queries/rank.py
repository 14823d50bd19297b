"""Hold a ranking: who is harmed and who is favoured, how strongly, and why.

Exposure is against no measures, signed, and a share: of a company's whole revenue, of the baseline value in
the graph for anything else. The parts sum to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from chainshock.queries.price_rows import NO_CEILINGS, NO_PRICES, Ceiling, Ceilings, GoodPrice
from chainshock.queries.rank_columns import PARTS, ceiling_lines, rank_columns
from chainshock.queries.ranking import By, RowTable, severity_text, wrap
from chainshock.queries.tables import draw_table
from chainshock.queries.timing import NO_TIMING, Timing

__all__ = ["RankRow", "RankTable"]


@dataclass(frozen=True)
class RankRow:
    """One entity: its exposure, what it is made of and what it rests on.

    `exposure`, the `parts` and `bounds` are shares of the denominator; `exposure_usd` is USD a year.
    `bounds` are the exposures if all supply of unknown origin came from the issuer, and if none of it did.
    `prices` are those of a commodity, None for other kinds.
    """

    rank: int
    id: str
    name: str
    kind: str
    exposure: float
    exposure_usd: float | None
    parts: Mapping[str, float]
    timing: Timing
    basis: str
    unknown_share: float | None
    bounds: tuple[float, float] | None
    ceilings: Ceilings
    prices: GoodPrice | None
    confidence: str
    reason: str

    def figure(self, by: By, ceiling: Ceiling | None = None) -> float | None:
        """Give the figure that orders rows: exposure as a share or in USD, or weeks."""
        return {
            "loss": self.exposure if ceiling is None else self.ceilings.exposure(ceiling),
            "usd": self.exposure_usd if ceiling is None else self.ceilings.usd(ceiling),
            "first-week": self.timing.first_week,
            "survive": self.timing.time_to_survive,
        }[by]

    def ranked(self, rank: int, under: tuple[int, int]) -> RankRow:
        """Give the row with another rank, and the ranks under half and double the price ceilings."""
        return replace(self, rank=rank, ceilings=self.ceilings.ranked(under))

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        row: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, Ceilings):
                row |= value.to_dict()
            elif entry.name == "prices":
                row |= asdict(value or NO_PRICES) if self.kind == "commodity" else {}
            else:
                row |= asdict(value) if isinstance(value, Timing) else {entry.name: value}
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
        kind = "commodity" if self.kind == "commodities" else ""
        empty = RankRow(0, "", "", kind, 0.0, None, {}, NO_TIMING, "", None, None, NO_CEILINGS, None, "", "")
        return [*empty.to_flat_dict(), *self.sample_columns]

    def to_text(self, width: int = 100) -> str:
        """Draw the ranking for a terminal of a width in characters."""
        shown = rank_columns(self.kind, self.run, self.rows)
        rows: list[list[str] | str] = [[write(row) for _, write in shown] for row in self.rows]
        columns = [column for column, _ in shown]
        self.add_intervals(columns, rows, after="exposure")
        if self.omitted:
            rows.insert(self.head, f"   … {self.omitted} more …")
        title = f"{self.run['scenario']}: {self.run['title']}"
        weeks = (self.run["horizon"] or "26w").removesuffix("w")
        severities = f"mean severity over {weeks} weeks: {severity_text(self.run)}"
        lines = [*wrap(title, width), *self.head_lines(severities, width)]
        table = draw_table(columns, rows, width).rstrip("\n")
        return "\n".join([*lines, table, *ceiling_lines(self.rows, width), *self.foot_lines(width)]) + "\n"
