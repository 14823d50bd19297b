"""Compare two scenarios: who gains and who loses when one takes the place of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from chainshock.errors import QueryError
from chainshock.queries.price_rows import NO_CEILINGS, Ceiling, Ceilings, difference_of
from chainshock.queries.rank import RankRow, RankTable
from chainshock.queries.rank_columns import (
    PARTS,
    ceiling_lines,
    part_lines,
    shown_name,
    shown_share,
    usd_millions,
)
from chainshock.queries.ranking import WORDS, By, RowTable, percent, severity_text, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["CompareRow", "CompareTable", "compare_tables"]


@dataclass(frozen=True)
class CompareRow:
    """One entity under two scenarios.

    `before`, `after` and `difference` (after less before) are shares of the denominator, `difference_usd`
    is USD a year; `parts` are the differences of the parts and sum to `difference`. `first_week` is the time
    to impact under the second scenario; a price is at its ceiling if it is in either.
    """

    rank: int
    id: str
    name: str
    kind: str
    before: float
    after: float
    difference: float
    difference_usd: float | None
    parts: Mapping[str, float]
    first_week: int | None
    basis: str
    unknown_share: float | None
    ceilings: Ceilings
    confidence: str
    reason: str

    def figure(self, by: By, ceiling: Ceiling | None = None) -> float | None:
        """Give the difference, as a share or in USD; a comparison has no weeks."""
        if ceiling is None:
            return {"loss": self.difference, "usd": self.difference_usd}.get(by)
        return {"loss": self.ceilings.exposure(ceiling), "usd": self.ceilings.usd(ceiling)}.get(by)

    def ranked(self, rank: int, under: tuple[int, int]) -> CompareRow:
        """Give the row with another rank, and the ranks under half and double the price ceilings."""
        return replace(self, rank=rank, ceilings=self.ceilings.ranked(under))

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        row: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            row |= value.to_dict() if isinstance(value, Ceilings) else {entry.name: value}
        row["parts"] = {part: self.parts.get(part, 0.0) for part in PARTS}
        return row

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        flat: dict[str, Any] = {}
        for name, value in self.to_dict().items():
            flat |= (
                {f"parts_{part}": share for part, share in value.items()}
                if name == "parts"
                else {name: value}
            )
        return flat


@dataclass(frozen=True)
class CompareTable(RowTable[CompareRow]):
    """Rows ordered by the difference between two scenarios."""

    figure_name = "difference"

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames: those of JSON, nested ones flattened."""
        empty = CompareRow(0, "", "", "", 0.0, 0.0, 0.0, None, {}, None, "", None, NO_CEILINGS, "", "")
        return [*empty.to_flat_dict(), *self.sample_columns]

    def to_text(self, width: int = 100) -> str:
        """Draw the comparison for a terminal of a width in characters."""
        columns = [
            Column("#", 4, "right"),
            Column(WORDS[self.kind], 24),
            Column("before", 9, "right", drop=1),
            Column("after", 9, "right", drop=1),
            Column("difference", 11, "right"),
            Column("USD m", 9, "right", drop=2),
            Column("of which, %", 14, drop=4),
            Column("conf", 4, drop=3),
            Column("reason", None, least=22),
        ]
        rows: list[list[str] | str] = [_cells(row) for row in self.rows]
        self.add_intervals(columns, rows, after="difference")
        if self.omitted:
            rows.insert(self.head, f"   … {self.omitted} more …")
        run = self.run
        lines = self.head_lines(f"from {run['before']['scenario']} to {run['after']['scenario']}", width)
        lines[1:1] = [
            line
            for side in ("before", "after")
            for line in wrap(
                f"{side}: {run[side]['scenario']}, facts of {run[side]['as_of']}: {severity_text(run[side])}",
                width,
            )
        ]
        table = draw_table(columns, rows, width).rstrip("\n")
        return "\n".join([*lines, table, *ceiling_lines(self.rows, width), *self.foot_lines(width)]) + "\n"


def compare_tables(before: RankTable, after: RankTable) -> CompareTable:
    """Take the difference of two rankings of one kind: after less before.

    Entities that only one of them has count as not exposed in the other.

    Raises
    ------
    QueryError
        The rankings are of two kinds.
    """
    if before.kind != after.kind:
        raise QueryError(f"found rankings of {before.kind} and {after.kind}, expected two of one kind")
    first = {row.id: row for row in before.rows}
    second = {row.id: row for row in after.rows}
    rows = [_difference(first.get(key), second.get(key)) for key in {**first, **second}]
    run = {
        **after.run,
        "scenario": f"{before.run['scenario']} -> {after.run['scenario']}",
        "before": dict(before.run),
        "after": dict(after.run),
    }
    return CompareTable(after.kind, run, tuple(rows), after.names).select()


def _difference(before: RankRow | None, after: RankRow | None) -> CompareRow:
    present = [row for row in (before, after) if row is not None]
    shown = max(present, key=lambda row: abs(row.exposure))
    old, new = (0.0 if row is None else row.exposure for row in (before, after))
    amounts = [row.exposure_usd for row in present]
    usd = None
    if all(amount is not None for amount in amounts):
        usd = sum(
            sign * (row.exposure_usd or 0.0) for sign, row in ((-1, before), (1, after)) if row is not None
        )
    ceilings = difference_of(
        None if before is None else before.ceilings, None if after is None else after.ceilings
    )
    parts = {
        part: sum(
            sign * row.parts.get(part, 0.0) for sign, row in ((-1, before), (1, after)) if row is not None
        )
        for part in PARTS
    }
    return CompareRow(
        rank=0,
        id=shown.id,
        name=shown.name,
        kind=shown.kind,
        before=old,
        after=new,
        difference=new - old,
        difference_usd=usd,
        parts=parts,
        first_week=None if after is None else after.timing.first_week,
        basis=shown.basis,
        unknown_share=shown.unknown_share,
        ceilings=ceilings,
        confidence=max(row.confidence for row in present),
        reason=shown.reason,
    )


def _cells(row: CompareRow) -> list[str]:
    return [
        str(row.rank),
        shown_name(row),
        percent(row.before),
        percent(row.after),
        shown_share(row.difference, row.ceilings),
        usd_millions(row.difference_usd),
        "\n".join(part_lines(row.parts)),
        row.confidence,
        row.reason,
    ]
