"""Hold where goods come from: concentration of origins, and the smallest cut between an origin and a use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from chainshock.queries.answer_table import AnswerTable
from chainshock.queries.concentration import WORLD
from chainshock.queries.ranking import percent, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["ConcentrationRow", "ConcentrationTable", "CutRow", "CutTable"]

MOST_ORIGINS = 3  # in text; JSON and CSV have all
SMALLEST_SHOWN = 0.001  # share of a country in the sums of a cut
MOST_FACTS = 6  # that a cut rests on, in text


@dataclass(frozen=True)
class ConcentrationRow:
    """Herfindahl-Hirschman index of the origins of one good at one destination, on 0 to 1.

    `hhi` is that of the known origins among themselves (NaN where none is known), `hhi_low` and `hhi_high`
    the index if the unknown share came from very many origins or from the largest. `quantity` is what buyers
    draw a year, for the world what is made, in `unit`.
    """

    good: str
    name: str
    stage: str
    destination: str
    hhi: float
    hhi_low: float
    hhi_high: float
    unknown_share: float
    quantity: float
    unit: str
    origins: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return asdict(self)

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return {**asdict(self), "origins": "; ".join(f"{c} {s:.6f}" for c, s in self.origins.items())}


@dataclass(frozen=True)
class ConcentrationTable(AnswerTable[ConcentrationRow]):
    """Concentration by good and destination; the text shows the world, or the destinations of one good."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(ConcentrationRow)]

    def world(self) -> Self:
        """Give the world's rows alone, the most concentrated first; where no origin is known last."""
        rows = [row for row in self.rows if row.destination == WORLD]
        rows.sort(key=lambda row: (not row.origins, -row.hhi if row.origins else 0.0, row.good))
        return replace(self, rows=tuple(rows))

    def title_texts(self) -> list[str]:
        """Say what the index is."""
        return [
            "Concentration of origins: Herfindahl-Hirschman index, sum of squared shares, on 0 to 1 (1: one "
            "origin); times 10,000 on the scale of competition authorities",
            "origins: countries where the good itself is made, pools followed to producers; world: shares of "
            "output; a country: shares of what its buyers draw",
        ]

    def empty_text(self) -> str:
        """Say why there are no rows."""
        return "None: the facts of that date name nobody who makes or buys such a good."

    def body_lines(self, width: int) -> list[str]:
        """Draw the rows."""
        columns = [
            Column("good", None, least=16),
            Column("at", 5),
            Column("HHI", 5, "right"),
            Column("range", 11, "right", drop=2),
            Column("unknown", 7, "right"),
            Column("stage", 11, drop=1),
            Column("largest origins", 27),
        ]
        cells = [
            [
                row.name,
                row.destination,
                f"{row.hhi:.3f}" if row.origins else "-",
                f"{row.hhi_low:.3f}-{row.hhi_high:.3f}",
                percent(row.unknown_share, 0, sign=False),
                row.stage,
                ", ".join(
                    f"{country} {100 * share:.0f} %"
                    for country, share in list(row.origins.items())[:MOST_ORIGINS]
                ),
            ]
            for row in self.rows
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")

    def foot_texts(self) -> list[str]:
        """Say what the index leaves out, and how to see more."""
        texts = [
            "HHI: of the known origins among themselves; range: if the unknown share came from very many "
            "origins, or all from the largest."
        ]
        if "good" not in self.run:
            texts.append("Destinations of one good: --good NAME; all of them: --format csv or json.")
        return texts


@dataclass(frozen=True)
class CutRow:
    """A member of the cut: a producer or pool (`target` None), or the deliveries between two.

    `good` is what it makes or what is delivered, `country` where that comes from.
    `share` is the share of the users' output that draws on it. `facts` are the ids of the facts it rests on;
    `evidence` says what kind they are: of a delivery the weakest, of a producer the lowest confidence.
    """

    rank: int
    id: str
    name: str
    kind: str
    good: str
    good_name: str
    country: str
    source: str
    target: str | None
    share: float
    evidence: str
    facts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**asdict(self), "facts": list(self.facts)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return {**asdict(self), "facts": "; ".join(self.facts)}


@dataclass(frozen=True)
class CutTable(AnswerTable[CutRow]):
    """The smallest cut, largest share first; `facts` tells the facts that it rests on."""

    facts: Mapping[str, dict[str, Any]] | None = None

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it, what the facts say among it."""
        return {**super().to_payload(), "facts": dict(self.facts or {})}

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(CutRow)]

    def title_texts(self) -> list[str]:
        """Say what is cut, and what that does."""
        run = self.run
        ends = f"{run['from']} and {run['to_name']} made {_place(run)}"
        if not run["members"]:
            return [f"Nothing made in {run['from']} reaches {run['to_name']} made {_place(run)}."]
        return [
            f"Smallest set of producers and deliveries between {ends}: {run['members']:,} members, shares of "
            f"the users' output that sum to {percent(run['share'], 1, sign=False)}",
            "share: of the users' output that draws on it at first order; shares add to over 100 % where one "
            "product needs several",
            f"taken away together they stop {percent(run['loss'], 1, sign=False)} of that output (static, "
            f"substitution {run['substitution']}); all that {run['from']} makes taken away: "
            f"{percent(run['loss_without_origin'], 1, sign=False)}",
        ]

    def empty_text(self) -> str:
        """Say why there are no rows."""
        return "No path of deliveries leads from one to the other, so nothing has to be cut."

    def body_lines(self, width: int) -> list[str]:
        """Sum the members up by stage, and draw them."""
        columns = [
            Column("#", 4, "right"),
            Column("cut", None, least=30),
            Column("share", 8, "right"),
            Column("rests on", 24, drop=1),
        ]
        cells = [
            [str(row.rank), row.name, percent(row.share, 2, sign=False), row.evidence] for row in self.rows
        ]
        by_stage = [line for text in self._stage_texts() for line in wrap(text, width)]
        return [*by_stage, "", *draw_table(columns, cells, width).rstrip("\n").split("\n")]

    def _stage_texts(self) -> Iterator[str]:
        """Sum the members up by good and country, largest first."""
        for name, countries in sorted(self.run["stages"].items(), key=lambda item: -sum(item[1].values())):
            large = {c: share for c, share in countries.items() if share >= SMALLEST_SHOWN}
            parts = [f"{c} {percent(share, 1, sign=False)}" for c, share in large.items()]
            others = len(countries) - len(large)
            yield f"{name}: {', '.join([*parts, f'{others} smaller'] if others else parts)}"

    def foot_lines(self, width: int) -> list[str]:
        """Name the facts that the first rows rest on."""
        keys = list(dict.fromkeys(key for row in self.rows for key in row.facts))
        told = [entry for key in keys[:MOST_FACTS] if (entry := (self.facts or {}).get(key))]
        if not told:
            return []
        lines = ["Facts that the first of these rest on"]
        for entry in told:
            lines += ["  " + line for line in wrap(f"{entry['text']}{_said(entry)}", width - 2)]
        if len(keys) > len(told):
            lines.append(f"  … {len(keys) - len(told)} more (--format json tells all) …")
        return lines


def _place(run: Mapping[str, Any]) -> str:
    return f"in {run['in']}" if run["in"] else f"outside {run['from']}"


def _said(entry: Mapping[str, Any]) -> str:
    """Give date, confidence and sources of a fact; an assumption says them itself."""
    if "as_of" not in entry:
        return ""
    return f" [{entry['as_of']}, {entry['confidence']}: {', '.join(entry['sources'])}]"
