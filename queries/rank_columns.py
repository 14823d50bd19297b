"""Write the rows of a ranking as cells: which columns a terminal gets, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chainshock.queries.price_rows import NO_PRICES, Ceilings, GoodPrice
from chainshock.queries.ranking import WORDS, By, percent, without_brackets, wrap
from chainshock.queries.tables import Column

if TYPE_CHECKING:
    from chainshock.queries.rank import RankRow

__all__ = [
    "PARTS",
    "Named",
    "ceiling_lines",
    "part_lines",
    "rank_columns",
    "shown_name",
    "shown_share",
    "usd_millions",
]

PARTS = ("input", "orders_lost", "gain", "derived_orders", "price_sold", "price_bought")
PART_WORDS = {
    "input": "input",
    "orders_lost": "orders",
    "gain": "gain",
    "derived_orders": "derived",
    "price_sold": "sold",
    "price_bought": "bought",
}
AT_CEILING = "*"
TIMES = frozenset({"week", "stop", "lost", "survive", "recover"})
# columns by the figure that orders the rows, most wanted first: a narrow table goes without the last
SHOWN: dict[By, tuple[str, ...]] = {
    "loss": (
        *("exposure", "outside", "inside", "week", "usd", "recover", "ceiling"),
        *("parts", "unknown", "lost", "stop"),
    ),
    "usd": (
        *("usd", "exposure", "outside", "inside", "week", "recover", "ceiling"),
        *("parts", "unknown", "lost", "stop"),
    ),
    "first-week": ("week", "exposure", "stop", "lost", "recover", "usd", "parts", "unknown"),
    "survive": ("survive", "exposure", "week", "stop", "lost", "recover", "usd", "parts", "unknown"),
}
SMALLEST_PART = 0.00005  # share; a smaller part is not worth a line

Cell = tuple[Column, "Callable[[RankRow], str]"]


class Ceiled(Protocol):
    """A row that may rest on price ceilings."""

    @property
    def ceilings(self) -> Ceilings:
        """Exposure under other ceilings."""


class Named(Protocol):
    """A row that has a name to show."""

    @property
    def name(self) -> str:
        """Usual name."""

    @property
    def kind(self) -> str:
        """Kind of entity."""

    @property
    def basis(self) -> str:
        """What the exposure is a share of."""


def rank_columns(kind: str, run: Mapping[str, Any], rows: Sequence[RankRow]) -> list[Cell]:
    """Give the columns of a ranking and what to write in them, the figure that orders the rows first.

    Parameters
    ----------
    kind
        Kind of ranking.
    run
        What was computed: `horizon`, and `by` once rows have been ordered.
    rows
        Rows to be shown; a column that all of them leave blank is left out.
    """
    figures = _figures((run["horizon"] or "").removesuffix("w"))
    blank = {
        "outside": kind != "commodities",
        "inside": kind != "commodities",
        "recover": all(row.timing.time_to_recover is None for row in rows),
        "ceiling": not any(row.ceilings.matters for row in rows),
    }
    by = run.get("by", "loss")
    chosen = [name for name in SHOWN[by] if not blank.get(name, False)]
    if run["horizon"] is None:
        chosen = [name for name in chosen if name not in TIMES]
    return [
        (Column("#", 4, "right"), lambda row: str(row.rank)),
        (Column(WORDS[kind], 24), shown_name),
        *(
            (replace(column, drop=place), write)
            for place, name in enumerate(chosen)
            for column, write in [figures[name]]
        ),
        (Column("conf", 4), lambda row: row.confidence),
        (Column("reason", None, least=24), lambda row: row.reason),
    ]


def _figures(weeks: str) -> dict[str, Cell]:
    """Give the columns of figures by name; `weeks` is the horizon."""
    return {
        "exposure": (Column("exposure", 11, "right"), lambda row: shown_share(row.exposure, row.ceilings)),
        "outside": (Column("P out", 10, "right"), lambda row: _price(row.prices, "outside")),
        "inside": (Column("P in", 10, "right"), lambda row: _price(row.prices, "inside")),
        "ceiling": (Column("ceiling ½, 2x", 13, "right"), _ceiling_ranks),
        "week": (Column("week", 4, "right"), lambda row: _week(row.timing.first_week)),
        "usd": (Column("USD m", 9, "right"), lambda row: usd_millions(row.exposure_usd)),
        "survive": (
            Column("survive", 7, "right"),
            lambda row: _week(row.timing.time_to_survive, f"{weeks}+"),
        ),
        "recover": (Column("recover", 7, "right"), lambda row: _week(row.timing.time_to_recover)),
        "parts": (Column("of which, %", 14), lambda row: "\n".join(part_lines(row.parts))),
        "unknown": (
            Column("unknown", 7, "right"),
            lambda row: percent(row.unknown_share, 0, sign=False),
        ),
        "lost": (
            Column("output lost", 11, "right"),
            lambda row: percent(row.timing.output_lost, 1, sign=False),
        ),
        "stop": (Column("stops", 5, "right"), lambda row: _week(row.timing.first_stop)),
    }


def _price(prices: GoodPrice | None, where: Literal["outside", "inside"]) -> str:
    """Write a price ratio and, below it, its range."""
    known = asdict(prices or NO_PRICES)
    price, low, high = (known[f"price_{where}{end}"] for end in ("", "_low", "_high"))
    if price is None:
        return "-"
    return f"{price:.2f} x" if low == high else f"{price:.2f} x\n{low:.1f}–{high:.1f}"


def _ceiling_ranks(row: RankRow) -> str:
    ranks = row.ceilings
    return f"{ranks.rank_half_ceiling}, {ranks.rank_double_ceiling}" if ranks.matters else ""


def _week(week: int | None, none: str = "-") -> str:
    return none if week is None else str(week)


def shown_share(share: float, ceilings: Ceilings) -> str:
    """Write an exposure, marked where a price that it rests on is at its ceiling."""
    return f"{AT_CEILING} {percent(share)}" if ceilings.at_ceiling else percent(share)


def ceiling_lines(rows: Sequence[Ceiled], width: int) -> list[str]:
    """Say under a table what the mark means, where a row has it."""
    if not any(row.ceilings.at_ceiling for row in rows):
        return []
    text = (
        f"{AT_CEILING} rests on a price at its assumed ceiling (price-cap in the list of parameters); the "
        "rank if every ceiling were half or double stands in a wide ranking, in JSON and in CSV"
    )
    return ["", *wrap(text, width)]


def shown_name(row: Named) -> str:
    """Give the name for a table: without what stands in brackets, projects marked."""
    name = without_brackets(row.name) if row.kind == "commodity" else row.name
    if row.basis == "project":
        return f"{name} [project]"
    return f"{name} [part project]" if "project" in row.basis else name


def part_lines(parts: Mapping[str, float], most: int = 2) -> list[str]:
    """Name the largest parts, one a line, in percent."""
    large = sorted(
        (name for name in PARTS if abs(parts.get(name, 0.0)) >= SMALLEST_PART), key=lambda n: -abs(parts[n])
    )
    return [f"{PART_WORDS[name]} {100 * parts[name]:+.2f}" for name in large[:most]]


def usd_millions(usd: float | None) -> str:
    """Write an amount in millions of USD with its sign."""
    if usd is None:
        return "-"
    text = f"{usd / 1e6:+,.0f}"
    return "0" if text in {"+0", "-0"} else text
