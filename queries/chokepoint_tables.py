"""Hold what the rest of a network loses without a chokepoint, and which of them stop an end use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from chainshock.queries.answer_table import AnswerTable
from chainshock.queries.ranking import percent
from chainshock.queries.tables import Column, draw_table

__all__ = ["RemovalRow", "RemovalTable", "SinglePointRow", "SinglePointTable"]

MEANINGS = {
    "stages": "all makers of one good in one country",
    "facilities": "all that one facility makes",
    "companies": "all that one company makes, jointly held plants included",
    "countries": "all that one country makes",
    "nodes": "one producer, one pool of buyers, or one unknown supplier",
    "edges": "one delivery: from a producer or a pool to a pool or a user",
}
LOST = (
    "lost: value of end uses that the rest of the network no longer makes for want of inputs, as a share of "
    "its value before"
)
MOST_STOPS = 4  # of each row, in text; JSON and CSV have all


@dataclass(frozen=True)
class RemovalRow:
    """What the rest loses without one chokepoint; shares from 0 to 1, USD a year.

    `stops` counts end uses in a country that fall below the run's threshold, `below`; `assumed_share` is the
    share of what draws on the chokepoint that rests on an assumption or on nothing.
    """

    rank: int
    id: str
    name: str
    kind: str
    loss: float
    loss_usd: float | None
    company_loss: float
    company_loss_usd: float | None
    worst_end_use: str | None
    worst_name: str
    worst_loss: float
    stops: int
    assumed_share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return asdict(self)

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return asdict(self)


@dataclass(frozen=True)
class RemovalTable(AnswerTable[RemovalRow]):
    """Chokepoints of one kind, the one without which most is lost first."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(RemovalRow)]

    def title_texts(self) -> list[str]:
        """Say what is taken away, and what lost means."""
        run = self.run
        kind = run["kind"]
        return [
            f"{run['removals']:,} {kind} taken away one at a time ({MEANINGS[kind]})",
            _rules(run),
            LOST,
        ]

    def empty_text(self) -> str:
        """Say why there are no rows."""
        return f"None: the facts of that date make a network without {self.run['kind']}."

    def body_lines(self, width: int) -> list[str]:
        """Draw the rows."""
        columns = [
            Column("#", 5, "right"),
            Column("without", None, least=24),
            Column("lost", 7, "right"),
            Column("USD bn", 8, "right", drop=3),
            Column("companies", 9, "right", drop=2),
            Column("worst-hit end use", 24),
            Column("loses", 7, "right"),
            Column("stops", 5, "right", drop=1),
            Column("assumed", 7, "right", drop=4),
        ]
        cells = [
            [
                f"{row.rank:,}",
                row.name,
                percent(row.loss, 1, sign=False),
                "-" if row.loss_usd is None else f"{row.loss_usd / 1e9:,.1f}",
                percent(row.company_loss, 1, sign=False),
                row.worst_name or "-",
                percent(row.worst_loss, 1, sign=False),
                str(row.stops),
                percent(row.assumed_share, 0, sign=False),
            ]
            for row in self.rows
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")

    def foot_texts(self) -> list[str]:
        """Say what the columns mean."""
        return [
            f"stops: end uses in a country left with less than {percent(self.run['below'], 0, sign=False)} "
            "of their output (chokepoints single-points lists them); assumed: share of what draws on it that "
            "rests on an assumption."
        ]


@dataclass(frozen=True)
class SinglePointRow:
    """A chokepoint without which end uses stop: `stopped` lists them, least left first.

    Each entry holds end_use, name, country, left (share of the output before) and lost_usd (a year).
    """

    rank: int
    id: str
    name: str
    kind: str
    stopped: tuple[dict[str, Any], ...]
    stopped_usd: float | None
    assumed_share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**asdict(self), "stopped": list(self.stopped)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV, what it stops in one cell."""
        stopped = "; ".join(f"{s['end_use']} {s['country']} {s['left']:.4f}" for s in self.stopped)
        return {**asdict(self), "stopped": stopped}


@dataclass(frozen=True)
class SinglePointTable(AnswerTable[SinglePointRow]):
    """Single points of failure, the one that takes most end-use value with it first."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(SinglePointRow)]

    def title_texts(self) -> list[str]:
        """Say what counts as a single point of failure."""
        run = self.run
        return [
            f"{run['single_points']:,} of {run['removals']:,} facilities and stages (all makers of one good "
            "in one country) without which an end use in some country is left with less than "
            f"{percent(run['below'], 0, sign=False)} of its output",
            _rules(run),
        ]

    def empty_text(self) -> str:
        """Say why there are no rows."""
        return "None: no end use falls so far. Ask with a higher --below."

    def body_lines(self, width: int) -> list[str]:
        """Draw the rows, the first end uses of each."""
        columns = [
            Column("#", 4, "right"),
            Column("without", 28),
            Column("stops", 5, "right"),
            Column("USD bn", 7, "right", drop=2),
            Column("assumed", 7, "right", drop=1),
            Column("what stops, and what is left", None, least=26),
        ]
        cells = [
            [
                str(row.rank),
                row.name,
                str(len(row.stopped)),
                "-" if row.stopped_usd is None else f"{row.stopped_usd / 1e9:,.1f}",
                percent(row.assumed_share, 0, sign=False),
                _stopped_text(row.stopped),
            ]
            for row in self.rows
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")

    def foot_texts(self) -> list[str]:
        """Say what the columns mean."""
        return [
            "stops: end uses in a country; USD bn: what these lose a year; assumed: share of what draws on "
            "it that rests on an assumption."
        ]


def _rules(run: Mapping[str, Any]) -> str:
    return (
        f"static: no stocks, no end of time · rationing {run['rationing']} · substitution "
        f"{run['substitution']} · stop {run['stop']}"
    )


def _stopped_text(stopped: tuple[dict[str, Any], ...]) -> str:
    """Name the first end uses, with all their countries and the range of what is left."""
    uses: dict[str, list[dict[str, Any]]] = {}
    for entry in stopped:
        uses.setdefault(entry["name"], []).append(entry)
    parts = []
    for name, entries in list(uses.items())[:MOST_STOPS]:
        countries = [entry["country"] for entry in entries[:MOST_STOPS]]
        more = f" and {len(entries) - MOST_STOPS} more" if len(entries) > MOST_STOPS else ""
        low, high = (f"{100 * pick(e['left'] for e in entries):.0f}" for pick in (min, max))
        span = f"{low} %" if low == high else f"{low} to {high} %"
        parts.append(f"{name} in {', '.join(countries)}{more} ({span})")
    others = len(uses) - MOST_STOPS
    return "; ".join(parts) + (f"; and {others} more" if others > 0 else "")
