"""Write series of recorded facts as a table for a terminal, and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from chainshock.errors import QueryError, UnknownName
from chainshock.queries.ranking import wrap
from chainshock.queries.signals.series import Point, Series
from chainshock.queries.tables import Column, draw_table
from chainshock.queries.tabular import Tabular

__all__ = [
    "SignalRow",
    "SignalTable",
    "choose",
    "figure_text",
    "gap_text",
    "range_text",
    "select_signals",
    "signal_rows",
]


@dataclass(frozen=True)
class SignalRow:
    """One statement of a series. Days are ISO, blank where the period does not say them."""

    series: str
    kind: str
    name: str
    good: str
    country: str
    unit: str
    period: str
    first_day: str
    last_day: str
    low: float | None
    high: float | None
    monthly: float | None
    label: str
    held: bool
    confidence: str
    as_of: str
    known_from: str
    sources: str
    origin: str
    note: str

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        return {**asdict(self), "sources": self.sources.split(";")}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return asdict(self)


@dataclass(frozen=True)
class SignalTable(Tabular[SignalRow]):
    """Statements by series and time; `brief` shows one line a series on a terminal."""

    run: Mapping[str, Any]  # Any: what JSON holds
    series: tuple[Series, ...]
    rows: tuple[SignalRow, ...]
    brief: bool = False

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return list(SignalRow.__dataclass_fields__)

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it: the series with their gaps and disputed periods, then the rows."""
        series = [
            {"id": s.id, "name": s.name, "unit": s.unit, "gaps": list(s.gaps), "disputed": list(s.disputed)}
            for s in self.series
        ]
        return {"run": dict(self.run), "series": series, "rows": self.to_dicts()}

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        run = self.run
        lines = wrap(
            f"{len(self.series)} series, {len(self.rows)} statements, as known on {run['as_of']} "
            f"({run['facts']}) · data edition {run['data_edition']}",
            width,
        )
        lines += ["", *(self._overview(width) if self.brief else self._points(width))]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _overview(self, width: int) -> list[str]:
        columns = [
            Column("series", 48),
            Column("unit", 18, drop=2),
            Column("statements", 10, "right", drop=1),
            Column("from", 10),
            Column("to", 10),
            Column("last figure", 16, "right"),
        ]
        cells = [
            [s.id, s.unit, str(len(s.points)), s.points[0].period, s.points[-1].period, _last(s)]
            for s in self.series
        ]
        kinds = "a kind (exports, prices, stocks, licences), --good or --country"
        foot = wrap(f"{kinds} shows the statements of fewer series; JSON and CSV hold them all", width)
        return [*draw_table(columns, cells, width).rstrip("\n").split("\n"), "", *foot]

    def _points(self, width: int) -> list[str]:
        columns = [
            Column("period", 17),
            Column("figure", 16, "right"),
            Column("what", None, least=14),
            Column("conf.", 5, drop=1),
            Column("public", 10, drop=2),
            Column("source", 34, drop=3),
        ]
        lines: list[str] = []
        for series in self.series:
            lines += wrap(f"{series.name} ({series.unit})  [{series.id}]", width)
            cells = [_cells(point) for point in series.points]
            lines += draw_table(columns, cells, width).rstrip("\n").split("\n")
            if series.gaps:
                lines += wrap(f"no figure for {gap_text(series.gaps)}; none is filled in", width)
            if series.disputed:
                lines += wrap(f"sources differ on {', '.join(series.disputed)}: both are shown", width)
            lines.append("")
        return lines


def select_signals(table: SignalTable, series: Sequence[Series], *, brief: bool = False) -> SignalTable:
    """Give a table of some series."""
    return SignalTable(table.run, tuple(series), signal_rows(series), brief)


def signal_rows(series: Sequence[Series]) -> tuple[SignalRow, ...]:
    """Give the rows of series."""
    return tuple(_row(s, point) for s in series for point in s.points)


def choose(
    series: Sequence[Series],
    *,
    good: str | None = None,
    country: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> tuple[Series, ...]:
    """Choose series by good (or HS code, or measure) and country, and their statements by time.

    A statement is within the days if any day of its period is; one whose period says no days only stays where
    no days are asked for.

    Raises
    ------
    UnknownName
        No series has the good or the country.
    QueryError
        None is left.
    """
    found = tuple(series)
    for what, wanted, attribute in (("good", good, "good"), ("country", country, "country")):
        if wanted is None:
            continue
        known = sorted({getattr(s, attribute) for s in found})
        found = tuple(s for s in found if getattr(s, attribute).casefold() == wanted.casefold())
        if not found:
            raise UnknownName(f"{what} of a series", wanted, tuple(known))
    kept = [_within(s, first or date.min, last or date.max) if first or last else s for s in found]
    found = tuple(s for s in kept if s.points)
    if not found:
        where = "within those days" if first or last else "of that kind among the facts"
        raise QueryError(f"found no statement {where}, expected some")
    return found


def figure_text(point: Point) -> str:
    """Write the figure of a statement."""
    return range_text(point.low, point.high)


def range_text(low: float | None, high: float | None) -> str:
    """Write one number, a range, or what is known of one."""
    if low is None and high is None:
        return "-"
    if low is None or high is None:
        return f"{low:,.10g} or more" if low is not None else f"{high:,.10g} or less"
    return f"{low:,.10g}" if low == high else f"{low:,.10g} to {high:,.10g}"


def gap_text(gaps: Sequence[str]) -> str:
    """Write months as spans of months that follow one another."""
    spans: list[list[str]] = []
    for month in gaps:
        year, number = int(month[:4]), int(month[5:])
        before = f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
        if spans and spans[-1][-1] == before:
            spans[-1].append(month)
        else:
            spans.append([month])
    return ", ".join(s[0] if len(s) == 1 else f"{s[0]} to {s[-1]}" for s in spans)


def _within(series: Series, first: date, last: date) -> Series:
    points = tuple(p for p in series.points if p.span and p.span.last >= first and p.span.first <= last)
    return replace(series, points=points)


def _last(series: Series) -> str:
    return next((figure_text(p) for p in reversed(series.points) if p.value is not None), "-")


def _cells(point: Point) -> list[str]:
    said = point.fact.provenance
    words = [point.label] if point.label else []
    if not point.is_held:
        words.append("another statement")
    if point.fact.origin != "reference":
        words.append("yours")
    if point.span is None:
        words.append("its days are not told")
    sources = ", ".join(said.sources)
    return [
        point.period,
        figure_text(point),
        "; ".join(words),
        said.confidence,
        said.known_from.isoformat(),
        sources,
    ]


def _row(series: Series, point: Point) -> SignalRow:
    said, span = point.fact.provenance, point.span
    return SignalRow(
        series=series.id,
        kind=series.kind,
        name=series.name,
        good=series.good,
        country=series.country,
        unit=series.unit,
        period=point.period,
        first_day="" if span is None else span.first.isoformat(),
        last_day="" if span is None else span.last.isoformat(),
        low=point.low,
        high=point.high,
        monthly=point.monthly if series.is_flow else None,
        label=point.label,
        held=point.is_held,
        confidence=said.confidence,
        as_of=said.as_of.isoformat(),
        known_from=said.known_from.isoformat(),
        sources=";".join(said.sources),
        origin=point.fact.origin,
        note=said.note,
    )
