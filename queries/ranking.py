"""Order, cut and print tables of exposed entities: what a ranking and a comparison have in common."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.facts import NodeRef
from chainshock.queries.names import NameIndex
from chainshock.queries.price_rows import Ceiling
from chainshock.queries.tables import Column, clean
from chainshock.queries.tabular import Tabular, TabularRow
from chainshock.queries.uncertainty.intervals import Interval, SampleTable

__all__ = [
    "DENOMINATORS",
    "IN_WEEKS",
    "WORDS",
    "By",
    "Order",
    "Row",
    "RowTable",
    "percent",
    "severity_text",
    "without_brackets",
    "wrap",
]

By = Literal["loss", "first-week", "survive", "usd"]
Order = Literal["harm", "gain", "size"]
CEILINGS: tuple[Ceiling, Ceiling] = ("half", "double")
KNOWN_TEXT = {
    "known": "as published by then",
    "latest": "latest vintage, also later than that date",
    "policy-known": "latest vintage, also later than that date; measures as they stood on it",
}
IN_WEEKS: tuple[By, ...] = ("first-week", "survive")  # figures that a static run does not have
WORDS = {
    "companies": "company",
    "countries": "country",
    "facilities": "facility",
    "end-uses": "end use",
    "commodities": "commodity",
}
DENOMINATORS = {
    "companies": "the company's whole revenue, segments outside the graph included",
    "countries": "the baseline value in the graph of what the country makes",
    "facilities": "the baseline value in the graph of what the facility makes",
    "end-uses": "the baseline value in the graph of the end use's output",
    "commodities": "the baseline value in the graph of the good's output",
}


class Row(TabularRow, Protocol):
    """What a row must have to be ordered."""

    @property
    def rank(self) -> int:
        """Place in the order."""

    @property
    def id(self) -> str:
        """Key of the entity."""

    @property
    def name(self) -> str:
        """Usual name."""

    def figure(self, by: By, ceiling: Ceiling | None = None) -> float | None:
        """Give the figure that rows are ordered by, as it is or under other price ceilings; None if none."""

    def ranked(self, rank: int, under: tuple[int, int]) -> Self:
        """Give the row with another rank, and the ranks under half and double the price ceilings."""


INTERVAL_COLUMNS = [
    Column("5 to 95 %", 9, "right"),
    Column("median", 10, "right", drop=2),
    Column("ranks", 6, "right"),
]
R = TypeVar("R", bound=Row)
Key = tuple[bool, float, float, str]


@dataclass(frozen=True)
class RowTable(Tabular[R]):
    """Rows of one kind of entity, most harmed first unless asked otherwise.

    `run` says what was computed and how. `omitted` rows are left out after the first `head`. `samples` are
    those of all rows, where some were taken.
    """

    figure_name: ClassVar[str] = "exposure"

    kind: str
    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[R, ...]
    names: NameIndex | None = field(default=None, repr=False, compare=False)
    head: int = 0
    omitted: int = 0
    samples: SampleTable | None = field(default=None, repr=False, compare=False)

    def select(
        self,
        *,
        by: By = "loss",
        order: Order = "harm",
        top: int | None = None,
        only: Sequence[str] | None = None,
    ) -> Self:
        """Order the rows, keep the named ones, keep both tails.

        Parameters
        ----------
        by
            The figure that orders them: `loss`, the exposure as a share; `usd`, the same in USD;
            `first-week`, the time to impact; `survive`, the time to survive. Rows without it come last.
        order
            Which end comes first: `harm`, the most harmed, or the earliest; `gain`, the most favoured;
            `size`, the largest whatever its sign. Weeks are ordered from the earliest only. Ranks of samples
            go by exposure: the most harmed first, or with `gain` the most favoured.
        top
            Rows to keep of each tail; of the beginning where the order is by size or in weeks.
        only
            Names, tickers, LEI or ids to keep; `run["unmatched"]` lists those without a row.

        Raises
        ------
        AmbiguousName
            One of the names means several entities.
        QueryError
            Rows of a static run are to be ordered by weeks, or weeks from the latest.
        """
        if by in IN_WEEKS and self.run.get("horizon") is None:
            raise QueryError(f"found a static run, expected weeks to order by {by}: it has no time")
        if by in IN_WEEKS and order != "harm":
            raise QueryError(f"found order {order!r}, expected 'harm': weeks are ordered from the earliest")
        rows = self._ordered(by, order)
        half, double = (
            {row.id: place for place, row in enumerate(self._ordered(by, order, ceiling), 1)}
            for ceiling in CEILINGS
        )
        rows = [row.ranked(place, (half[row.id], double[row.id])) for place, row in enumerate(rows, 1)]
        run = {**self.run, "by": by, "order": order}
        if only is not None:
            rows, run["unmatched"] = self._pick(rows, only)
        head, omitted = len(rows), 0
        if top is not None:
            tail = 0 if order == "size" or by in IN_WEEKS else top
            if len(rows) > top + tail:
                head, omitted = top, len(rows) - top - tail
                rows = rows[:top] + rows[len(rows) - tail :]
        samples = self.samples.counted_from(order) if self.samples else None
        return replace(self, run=run, rows=tuple(rows), head=head, omitted=omitted, samples=samples)

    def _ordered(self, by: By, order: Order, ceiling: Ceiling | None = None) -> list[R]:
        return sorted(self.rows, key=lambda row: _sort_key(row, by, order, ceiling))

    def with_samples(self, samples: SampleTable, run: Mapping[str, Any]) -> Self:
        """Give the table with samples of its rows; `run` says how they were taken."""
        return replace(self, samples=samples, run={**self.run, **run})

    def with_why(self) -> Self:
        """Give the table with what moves each of its rows most; see `SampleTable.explain` for its errors."""
        if self.samples is None:
            raise QueryError("found no samples, expected some to say what moves a row")
        samples = self.samples.explain([row.id for row in self.rows])
        return self.with_samples(samples, {"why_uncertain": samples.method})

    @property
    def sample_columns(self) -> list[str]:
        """Columns in CSV that tell of samples."""
        return [] if self.samples is None else self.samples.columns(self.figure_name)

    def add_intervals(self, columns: list[Column], rows: list[list[str] | str], after: str) -> None:
        """Put the intervals of samples into a table to be drawn, behind the column of a title."""
        if self.samples is None:
            return
        place = next(i for i, column in enumerate(columns) if column.title == after) + 1
        columns[place:place] = INTERVAL_COLUMNS
        for cells, row in zip(rows, self.rows, strict=True):
            if isinstance(cells, list):
                cells[place:place] = _interval_cells(self.samples.intervals[row.id])

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the rows as JSON has them."""
        samples, name = self.samples, self.figure_name
        told = {row.id: samples.to_dict(row.id, name) for row in self.rows} if samples else {}
        return [row.to_dict() | told.get(row.id, {}) for row in self.rows]

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the rows with nested values flattened to `columns`."""
        samples, name = self.samples, self.figure_name
        told = {row.id: samples.to_flat_dict(row.id, name) for row in self.rows} if samples else {}
        return [row.to_flat_dict() | told.get(row.id, {}) for row in self.rows]

    def head_lines(self, title: str, width: int) -> list[str]:
        """Give the lines above the table: scenario, date, severities, rules, denominator."""
        run = self.run
        known = KNOWN_TEXT[run["facts"]]
        mode = (
            "static: ranks dependence, overstates half a year (without --static: stocks and time)"
            if run["horizon"] is None
            else f"horizon {run['horizon']}"
        )
        rules = (
            f"{mode} · rationing {run['rationing']} · substitution {run['substitution']} · stop {run['stop']}"
        )
        lines = [
            *wrap(title, width),
            *wrap(f"facts of {run['as_of']}, {known} · data edition {run['data_edition']}", width),
            *wrap(rules, width),
            *wrap(f"share of {DENOMINATORS[self.kind]}; below zero harmed, above zero favoured", width),
            *(wrap(_sampling_text(run), width) if self.samples else ()),
        ]
        return [*lines, ""]

    def foot_lines(self, width: int) -> list[str]:
        """Give the lines below the table: what was not found, and what the figures are not."""
        run = self.run
        lines: list[str] = self._why_lines(width)
        if run.get("unmatched"):
            lines += ["", *wrap(f"not matched: {'; '.join(run['unmatched'])}", width)]
        unsized = sum(row.basis == "share of output" for row in self.rows if hasattr(row, "basis"))
        if unsized:
            text = f"{unsized} of these without known revenue or value: a share of their output, USD blank"
            lines += ["", *wrap(text, width)]
        if run.get("too_small"):
            lines += ["", *wrap(f"{run['too_small']} with under USD 1 m of baseline value left out", width)]
        if self.kind == "companies":
            data_to, coverage = run["data_to"], run["coverage"]
            text = "unknown" if coverage is None else f"{100 * coverage:.0f} %"
            note = f"Model exposure, not investment advice; data to {data_to}; coverage {text}."
            lines += ["", *wrap(note, width)]
        return lines

    def _why_lines(self, width: int) -> list[str]:
        """Give the lines that say what moves the rows."""
        if self.samples is None or not self.samples.why:
            return []
        text = (
            "Why uncertain: the share of a row's variance that goes with one input alone, its 5 to 95 % "
            "interval, and its member with the strongest rank correlation"
        )
        lines = ["", *wrap(text, width)]
        for row in self.rows:
            told = self.samples.why[row.id].to_flat_dict().values()
            lines += ["  " + line for line in wrap(f"{row.rank} {row.name}", width - 2)]
            for what, reason in zip((self.figure_name, "rank"), told, strict=True):
                lines += ["    " + line for line in wrap(f"{what}: {reason}", width - 4)]
        return lines

    def _pick(self, rows: list[R], only: Sequence[str]) -> tuple[list[R], list[str]]:
        """Keep the rows that are named; list the names that have none."""
        by_id = {row.id: row for row in rows}
        kept, unmatched = set(), []
        for text in only:
            try:
                node = NodeRef("", text) if self.names is None else self.names.find(text)
            except UnknownName as exc:
                if type(exc) is not UnknownName:
                    raise
                unmatched.append(text)
                continue
            if node.key in by_id:
                kept.add(node.key)
            else:
                unmatched.append(f"{text} (in the graph, without an activity to rank)")
        return [row for row in rows if row.id in kept], unmatched


def severity_text(run: Mapping[str, Any]) -> str:
    """List the mean severity of each measure of a run, by stage of the goods."""
    parts = [
        f"{measure} ({', '.join(f'{what} {value:.2f}' for what, value in means.items())})"
        for measure, means in run["severities"].items()
    ]
    return "; ".join(parts) or "no measure in force"


def without_brackets(name: str) -> str:
    """Leave out what a name says in brackets."""
    return re.sub(r"\s*\([^()]*\)", "", name).strip() or name


def percent(share: float | None, digits: int = 2, sign: bool = True) -> str:
    """Write a share as a percentage with its sign; what rounds to zero has none."""
    if share is None or not math.isfinite(share):
        return "-"
    text = f"{100 * share:+.{digits}f}" if sign else f"{100 * share:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return f"{text} %"


def wrap(text: str, width: int) -> list[str]:
    """Break a line at blanks; continued lines are indented."""
    return textwrap.wrap(clean(text), width, subsequent_indent="  ", break_on_hyphens=False)


def _sort_key(row: Row, by: By, order: Order, ceiling: Ceiling | None) -> Key:
    figure, share = row.figure(by, ceiling), row.figure("loss", ceiling) or 0.0
    if by in IN_WEEKS:
        return (figure is None, figure or 0.0, share, row.id)
    signed = share if figure is None else figure
    return (figure is None, {"harm": signed, "gain": -signed, "size": -abs(signed)}[order], 0.0, row.id)


def _sampling_text(run: Mapping[str, Any]) -> str:
    """Say what the intervals are."""
    varied = run["varied"]
    slices = f"; {varied['slices']} firm archetypes in each" if "slices" in varied else ""
    return (
        f"5 to 95 % of {run['samples']:,} samples, seed {run['seed']}: {varied['parameters']} parameters and "
        f"{varied['severities']} figures of severity in their ranges, weights by confidence, unknown supply "
        f"all from the issuer or none{slices}; rows stand by the central run"
    )


def _interval_cells(interval: Interval) -> list[str]:
    low, high = percent(interval.exposure_low, 1), percent(interval.exposure_high, 1)
    ranks = f"{interval.rank_low} to {interval.rank_high}"
    return [f"{low.removesuffix(' %')} to {high}", percent(interval.exposure_median), ranks]
