"""Write the lives of measures as a table with a bar of years, and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from chainshock.queries.ranking import wrap
from chainshock.queries.tables import NO_BREAK, Column, draw_table
from chainshock.queries.tabular import Tabular
from chainshock.queries.timeline import Life, State

__all__ = ["SIGNS", "TimelineRow", "TimelineTable", "timeline_rows"]

SIGNS: Mapping[State, str] = {
    "unannounced": " ",
    "announced": "·",
    "in force": "█",
    "resumed": "█",
    "suspended": "░",
    "ended": " ",
    "undated": "?",
}
LONGEST_BAR, SHORTEST_BAR = 72, 18
STEP_DAYS = 7


@dataclass(frozen=True)
class TimelineRow:
    """One measure: its life, and its state at the run's date. Days are ISO, blank where there is none."""

    measure: str
    title: str
    kind: str
    issuer: str
    announced: str
    effective: str
    suspensions: str
    ended: str
    state: str
    doubt: str
    not_modelled: str
    scope: str
    sources: str
    events: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**asdict(self), "events": list(self.events)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV, its events in one cell."""
        events = "; ".join(
            f"{e['day']} {e['what']}" + (f" to {e['until']}" if e["until"] else "") for e in self.events
        )
        return {**asdict(self), "events": events}


@dataclass(frozen=True)
class TimelineTable(Tabular[TimelineRow]):
    """Measures by date of announcement, between two days."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[TimelineRow, ...]
    lives: tuple[Life, ...]
    first: date
    last: date

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return list(TimelineRow.__dataclass_fields__)

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {"run": dict(self.run), "rows": self.to_dicts()}

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        run = self.run
        acting = [life for life in self.lives if life.acts(date.fromisoformat(run["as_of"]))]
        modelled = [life.id for life in acting if not life.not_modelled]
        lines = wrap(
            f"Measures of {self.first} to {self.last}, as known on {run['as_of']} ({run['facts']}) · data "
            f"edition {run['data_edition']}",
            width,
        )
        lines += ["", *self._lines(width), ""]
        lines += wrap(
            f"in force on {run['as_of']} and modelled ({len(modelled)}): {', '.join(modelled) or 'none'}",
            width,
        )
        others = [f"{life.id} ({life.not_modelled})" for life in acting if life.not_modelled]
        lines += wrap(f"in force and not modelled ({len(others)}): {'; '.join(others) or 'none'}", width)
        for row in self.rows:
            if row.doubt:
                lines += wrap(f"{row.measure}: {row.doubt}", width)
        lines += wrap("bar: · announced, █ in force, ░ suspended, ? no date of effect", width)
        return "\n".join(lines) + "\n"

    def _lines(self, width: int) -> list[str]:
        bar = max(SHORTEST_BAR, min(LONGEST_BAR, width - 58))
        columns = [
            Column("measure", 14),
            Column("issuer", 6, drop=4),
            Column("kind", 12, drop=3),
            Column("effective", 10),
            Column("state", 10),
            Column(_scale(self.first, self.last, bar), bar, drop=1),
        ]
        cells = [
            [
                row.measure,
                row.issuer,
                row.kind,
                row.effective or "-",
                row.state + ("*" if row.doubt else ""),
                _bar(life, self.first, self.last, bar),
            ]
            for row, life in zip(self.rows, self.lives, strict=True)
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")


def timeline_rows(lives: Sequence[Life], day: date) -> tuple[TimelineRow, ...]:
    """Give the rows of lives, with their state on a day."""
    return tuple(
        TimelineRow(
            measure=life.id,
            title=life.title,
            kind=life.kind,
            issuer=";".join(life.issuers),
            announced=life.announced.isoformat(),
            effective=_iso(life.effective),
            suspensions="; ".join(f"{first} to {last or 'open'}" for first, last in life.suspensions),
            ended=_iso(life.ended),
            state=life.state(day),
            doubt=life.doubt(day),
            not_modelled=life.not_modelled,
            scope=life.scope,
            sources=";".join(life.sources),
            events=tuple(
                {
                    "day": event.day.isoformat(),
                    "what": event.what,
                    "until": _iso(event.until),
                    "known_from": event.known_from.isoformat(),
                    "sources": list(event.sources),
                }
                for event in life.events
            ),
        )
        for life in lives
    )


def _bar(life: Life, first: date, last: date, size: int) -> str:
    """Draw a life as one sign for each slice of time: its state in the middle, else any state it has."""
    days = (last - first).days + 1
    edges = [first.toordinal() + round(place * days / size) for place in range(size + 1)]
    text = ""
    for start, end in pairwise(edges):
        middle = life.state(date.fromordinal((start + end) // 2))
        others = (life.state(date.fromordinal(day)) for day in range(start, max(end, start + 1), STEP_DAYS))
        text += next((sign for sign in map(SIGNS.__getitem__, (middle, *others)) if sign != " "), " ")
    return text.replace(" ", NO_BREAK).rstrip(NO_BREAK) or "-"


def _scale(first: date, last: date, size: int) -> str:
    """Name years along a bar, each at its place, as many as do not touch."""
    days = (last - first).days + 1
    text = [" "] * size
    free = 0
    for year in range(first.year, last.year + 1):
        place = round((date(year, 1, 1) - first).days / days * size)
        if place >= free and 0 <= place <= size - 4:
            text[place : place + 4] = str(year)
            free = place + 6
    return "".join(text).rstrip().replace(" ", NO_BREAK)


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
