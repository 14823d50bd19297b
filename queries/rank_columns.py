"""Write the rows of a ranking as cells: which columns a terminal gets, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chainshock.queries.price_rows import NO_PRICES, Ceilings, GoodPrice
from chainshock.queries.ranking import WORDS, percent, without_brackets, wrap
from chainshock.queries.tables import Column

if TYPE_CHECKING:
    from chainshock.queries.rank import RankRow

__all__ = [
    "PARTS",
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
    by = run.get("by", "loss")
    figures = _figures(run)
    prices = ("outside", "inside") if kind == "commodities" else ()
    leading = {
        "loss": ("exposure", *prices, "week", "usd"),
        "usd": ("usd", "exposure", *prices, "week"),
        "first-week": ("week", "stop", "lost", "exposure", "usd"),
        "survive": ("survive", "week", "exposure", "usd"),
    }[by]
    chosen = [*leading, *(name for name in figures if name not in leading)]
    if run["horizon"] is None:
        chosen = [name for name in chosen if name not in {"week", "stop", "lost", "survive", "recover"}]
    if by != "survive":  # it takes one more run
        chosen = [name for name in chosen if name != "survive"]
    if kind != "commodities":
        chosen = [name for name in chosen if name not in {"outside", "inside"}]
    if not any(row.ceilings.matters for row in rows):
        chosen.remove("ceiling")
    if all(row.timing.time_to_recover is None for row in rows):
        chosen = [name for name in chosen if name != "recover"]
    return [
        (Column("#", 4, "right"), lambda row: str(row.rank)),
        (Column(WORDS[kind], 24), shown_name),
        *(figures[name] for name in chosen),
        (Column("conf", 4), lambda row: row.confidence),
        (Column("reason", None, least=24), lambda row: row.reason),
    ]


def _figures(run: Mapping[str, Any]) -> dict[str, Cell]:
    """Give the columns of figures by name; those with the highest number go first from a narrow table."""
    by = run.get("by", "loss")
    weeks = (run["horizon"] or "").removesuffix("w")
    return {
        "exposure": (Column("exposure", 11, "right"), lambda row: shown_share(row.exposure, row.ceilings)),
        "outside": (Column("P out", 10, "right"), lambda row: _price(row.prices, "outside")),
        "inside": (Column("P in", 10, "right", drop=3), lambda row: _price(row.prices, "inside")),
        "ceiling": (Column("ceiling ½, 2x", 13, "right", drop=4), _ceiling_ranks),
        "week": (Column("week", 4, "right", drop=1), lambda row: _week(row.timing.first_week)),
        "usd": (
            Column("USD m", 9, "right", drop=0 if by == "usd" else 2),
            lambda row: usd_millions(row.exposure_usd),
        ),
        "survive": (
            Column("survive", 7, "right"),
            lambda row: _week(row.timing.time_to_survive, f"{weeks}+"),
        ),
        "recover": (Column("recover", 7, "right", drop=3), lambda row: _week(row.timing.time_to_recover)),
        "parts": (Column("of which, %", 14, drop=4), lambda row: "\n".join(part_lines(row.parts))),
        "unknown": (
            Column("unknown", 7, "right", drop=5),
            lambda row: percent(row.unknown_share, 0, sign=False),
        ),
        "lost": (
            Column("output lost", 11, "right", drop=6),
            lambda row: percent(row.timing.output_lost, 1, sign=False),
        ),
        "stop": (Column("stops", 5, "right", drop=7), lambda row: _week(row.timing.first_stop)),
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
