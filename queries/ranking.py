"""Order, cut and print tables of exposed entities: what a ranking and a comparison have in common."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, Self, TypeVar

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.facts import NodeRef
from chainshock.queries.names import NameIndex
from chainshock.queries.price_rows import Ceiling
from chainshock.queries.tables import clean
from chainshock.queries.tabular import Tabular, TabularRow

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
    def id(self) -> str:
        """Key of the entity."""

    def figure(self, by: By, ceiling: Ceiling | None = None) -> float | None:
        """Give the figure that rows are ordered by, as it is or under other price ceilings; None if none."""

    def ranked(self, rank: int, under: tuple[int, int]) -> Self:
        """Give the row with another rank, and the ranks under half and double the price ceilings."""


R = TypeVar("R", bound=Row)
Key = tuple[bool, float, float, str]


@dataclass(frozen=True)
class RowTable(Tabular[R]):
    """Rows of one kind of entity, most harmed first unless asked otherwise.

    `run` says what was computed and how. `omitted` rows are left out after the first `head`.
    """

    kind: str
    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[R, ...]
    names: NameIndex | None = field(default=None, repr=False, compare=False)
    head: int = 0
    omitted: int = 0

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
            `size`, the largest whatever its sign. Weeks are ordered from the earliest only.
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
        return replace(self, run=run, rows=tuple(rows), head=head, omitted=omitted)

    def _ordered(self, by: By, order: Order, ceiling: Ceiling | None = None) -> list[R]:
        return sorted(self.rows, key=lambda row: _sort_key(row, by, order, ceiling))

    def head_lines(self, title: str, width: int) -> list[str]:
        """Give the lines above the table: scenario, date, severities, rules, denominator."""
        run = self.run
        known = (
            "as published by then" if run["facts"] == "known" else "latest vintage, also later than that date"
        )
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
        ]
        return [*lines, ""]

    def foot_lines(self, width: int) -> list[str]:
        """Give the lines below the table: what was not found, and what the figures are not."""
        run = self.run
        lines: list[str] = []
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
