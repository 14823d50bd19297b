"""Compare two scenarios: who gains and who loses when one takes the place of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from chainshock.errors import QueryError
from chainshock.queries.changes import FlowChange, change_lines
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
    is USD a year; `parts` are the differences of the parts and sum to `difference`. `rank_before` and
    `rank_after` count from the most harmed under each. `first_week` is the time to impact under the second
    scenario; a price is at its ceiling if it is in either.
    """

    rank: int
    id: str
    name: str
    kind: str
    before: float
    after: float
    difference: float
    difference_usd: float | None
    rank_before: int | None
    rank_after: int | None
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
    """Rows ordered by the difference between two scenarios.

    `changes` are the flows that each difference sums from, by id, where they were asked for; text shows the
    `most_changes` largest of each row.
    """

    figure_name = "difference"

    changes: Mapping[str, tuple[FlowChange, ...]] | None = field(default=None, repr=False)
    most_changes: int = 0

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames: those of JSON, nested ones flattened."""
        empty = CompareRow(
            0, "", "", "", 0.0, 0.0, 0.0, None, None, None, {}, None, "", None, NO_CEILINGS, "", ""
        )
        told = [] if self.changes is None else ["changes"]
        return [*empty.to_flat_dict(), *self.sample_columns, *told]

    def with_changes(self, changes: Mapping[str, tuple[FlowChange, ...]], most: int) -> CompareTable:
        """Give the table with the flows that its differences sum from, of which text shows the largest."""
        return replace(self, changes=changes, most_changes=most)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the rows as JSON has them; `changes` of a row sum to its difference."""
        rows = super().to_dicts()
        if self.changes is None:
            return rows
        return [row | {"changes": [change.to_dict() for change in self.changes[row["id"]]]} for row in rows]

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the rows flattened; the largest changes of each as text."""
        rows = super().to_flat_dicts()
        if self.changes is None:
            return rows
        told = {
            key: " | ".join(change.to_text() for change in found[: self.most_changes])
            for key, found in self.changes.items()
        }
        return [row | {"changes": told[row["id"]]} for row in rows]

    def to_text(self, width: int = 100) -> str:
        """Draw the comparison for a terminal of a width in characters."""
        columns = [
            Column("#", 4, "right"),
            Column(WORDS[self.kind], 24),
            Column("before", 9, "right", drop=1),
            Column("after", 9, "right", drop=1),
            Column("rank", 9, "right", drop=3),
            Column("difference", 11, "right"),
            Column("USD m", 9, "right", drop=2),
            Column("of which, %", 14, drop=5),
            Column("conf", 4, drop=4),
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
        changed = [*self._change_lines(width), *ceiling_lines(self.rows, width)]
        return "\n".join([*lines, table, *changed, *self.foot_lines(width)]) + "\n"

    def _change_lines(self, width: int) -> list[str]:
        """Give the lines that say what changed in each row."""
        if self.changes is None:
            return []
        text = (
            "What changed: each difference split over the flows that are stopped and what softens that, "
            "largest first; before -> after, the strongest path through the flow, and what stops it"
        )
        lines = ["", *wrap(text, width)]
        for row in self.rows:
            head = f"{row.rank} {row.name}: {percent(row.before)} -> {percent(row.after)}"
            lines += ["  " + line for line in wrap(head, width - 2)]
            lines += change_lines(self.changes[row.id], self.most_changes, width)
        return lines


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
        rank_before=None if before is None else before.rank,
        rank_after=None if after is None else after.rank,
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
        f"{_place(row.rank_before)} > {_place(row.rank_after)}",
        shown_share(row.difference, row.ceilings),
        usd_millions(row.difference_usd),
        "\n".join(part_lines(row.parts)),
        row.confidence,
        row.reason,
    ]


def _place(rank: int | None) -> str:
    return "-" if rank is None else str(rank)
