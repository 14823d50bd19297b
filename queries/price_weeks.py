"""Give what a good costs outside and inside its issuers week by week, beside what is on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.price_rows import is_inside, market_needs, price_tables
from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.ranking import wrap
from chainshock.queries.signals.series import Series
from chainshock.queries.signals.table import range_text
from chainshock.queries.tables import Column, draw_table
from chainshock.queries.tabular import Tabular

__all__ = ["PriceRow", "PriceWeeks", "Side", "modelled_prices", "recorded_prices"]

Side = Literal["outside", "inside", "everywhere"]
EVERY = 2  # weeks between the lines of a table


@dataclass(frozen=True)
class PriceRow:
    """A price of a week by the model, or a statement on record.

    Attributes
    ----------
    part
        `model` (a multiple of the baseline, mean of markets by need) or `recorded` (in its own unit).
    side
        `inside` the issuers of the measures on the good or `outside` them; `everywhere` where the model has
        no measure on the good, or a statement names no place.
    week
        Week of the run; None for a statement.
    value, low, high
        The figure; for the model the range that the assumptions on prices leave open at the same shortage.
    """

    part: Literal["model", "recorded"]
    side: Side
    week: int | None
    first_day: str
    last_day: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    label: str
    known_from: str
    sources: str

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""
        return {**asdict(self), "sources": self.sources.split(";") if self.sources else []}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return asdict(self)


@dataclass(frozen=True)
class PriceWeeks(Tabular[PriceRow]):
    """Prices of one good under a scenario, and on record around it."""

    run: Mapping[str, Any]  # Any: what JSON holds
    good: str
    name: str
    rows: tuple[PriceRow, ...]

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return list(PriceRow.__dataclass_fields__)

    def of(self, part: str, side: str | None = None) -> list[PriceRow]:
        """Give the rows of a part, and of a side where one is named."""
        return [row for row in self.rows if row.part == part and side in {None, row.side}]

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {"run": {**self.run, "good": self.good}, "rows": self.to_dicts()}

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters; every other week."""
        run = self.run
        lines = wrap(f"{self.name} ({self.good}): price under {run['scenario']}", width)
        lines += wrap(
            f"1 = before · ranges: assumptions on prices at the same shortage · facts of {run['as_of']} "
            f"({run['facts']}) · data edition {run['data_edition']}",
            width,
        )
        lines += ["", *self._model(width), "", *self._recorded(width)]
        return "\n".join(lines) + "\n"

    def _model(self, width: int) -> list[str]:
        sides = list(dict.fromkeys(row.side for row in self.of("model")))
        columns = [Column("week", 4, "right"), Column("from", 10), *(Column(side, 24) for side in sides)]
        weeks = zip(*(self.of("model", side) for side in sides), strict=True)
        cells = [
            [str(rows[0].week), rows[0].first_day, *map(_ratio, rows)]
            for rows in weeks
            if (rows[0].week or 0) % EVERY == 0
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")

    def _recorded(self, width: int) -> list[str]:
        rows = self.of("recorded")
        if not rows:
            return ["no price on record in this time"]
        columns = [
            Column("recorded", 24),
            Column("side", 10),
            Column("figure", 16, "right"),
            Column("unit", 10, drop=1),
            Column("market", None, drop=2),
        ]
        cells = [[_days(r), r.side, range_text(r.low, r.high), r.unit, r.label] for r in rows]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")


def modelled_prices(
    network: ProductionNetwork,
    terms: PriceTerms,
    routes: RouteFactors,
    soft: ShockOptions,
    sharp: ShockOptions,
    good: str,
    start: date,
) -> tuple[PriceRow, ...]:
    """Give the prices of a good by week, outside and then inside.

    Raises
    ------
    UnknownName
        The network has no such good.
    QueryError
        The good has no price rule, or nobody needs it.
    """
    if good not in network.goods:
        raise UnknownName("good of the network", good, tuple(sorted(network.goods)))
    place = network.goods.index(good)
    if not np.isfinite(terms.options.per_good("eta", network)[place]):
        raise QueryError(f"found no price rule for {good}, expected a good with one")
    tables = [table[place] for table in price_tables(terms, soft, sharp)]
    need, inside = market_needs(network)[place], is_inside(network, routes, place)
    rows: list[PriceRow] = []
    sides: list[tuple[Side, Floats]] = [("outside", need * ~inside), ("inside", need * inside)]
    if not inside.any():
        sides = [("everywhere", need)]
    for side, weight in sides:
        if weight.sum() > 0.0:
            means = [weight @ table / weight.sum() for table in tables]
            rows.extend(_weeks(side, means, start))
    if not rows:
        raise QueryError(f"found no market that needs {good}, expected one")
    return tuple(rows)


def recorded_prices(
    series: Sequence[Series], good: str, issuers: frozenset[str], first: date, last: date
) -> tuple[PriceRow, ...]:
    """Give the statements on a good's price that speak of any day between two, by side and time."""
    rows = [
        PriceRow(
            part="recorded",
            side="inside" if s.country in issuers else "everywhere" if s.country == "WLD" else "outside",
            week=None,
            first_day=point.span.first.isoformat(),
            last_day=point.span.last.isoformat(),
            value=point.value,
            low=point.low,
            high=point.high,
            unit=s.unit,
            label=point.label,
            known_from=point.fact.provenance.known_from.isoformat(),
            sources=";".join(point.fact.provenance.sources),
        )
        for s in series
        if s.kind == "prices" and s.good == good
        for point in s.points
        if point.span is not None and point.span.last >= first and point.span.first <= last
    ]
    return tuple(sorted(rows, key=lambda row: (row.side, row.last_day, row.first_day, row.label)))


def _weeks(side: Side, means: Sequence[Floats], start: date) -> Iterator[PriceRow]:
    for week, (value, low, high) in enumerate(zip(*(m.tolist() for m in means), strict=True)):
        day = start + timedelta(weeks=week)
        yield PriceRow(
            part="model",
            side=side,
            week=week,
            first_day=day.isoformat(),
            last_day=(day + timedelta(days=6)).isoformat(),
            value=value,
            low=low,
            high=high,
            unit="x baseline",
            label="",
            known_from="",
            sources="",
        )


def _ratio(row: PriceRow) -> str:
    return f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})"


def _days(row: PriceRow) -> str:
    return row.first_day if row.first_day == row.last_day else f"{row.first_day} to {row.last_day}"
