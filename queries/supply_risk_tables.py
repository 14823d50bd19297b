"""Hold supply risk by good or element and stage, and write it out with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from chainshock.queries.answer_table import AnswerTable
from chainshock.queries.ranking import percent
from chainshock.queries.tables import Column, draw_table

__all__ = ["SupplyRiskRow", "SupplyRiskTable"]

MOST_ORIGINS = 3  # in text; JSON and CSV have all


@dataclass(frozen=True)
class SupplyRiskRow:
    """Concentration and supply risk of one good or element at one stage, by one edition's table of supply.

    HHI lie on 0 to 1: `hhi_high` is that of unnamed origins being the largest named one, `hhi_t` is weighted
    with the trade-related variable. `hhi_wgi_t` are on 0 to 10 and above, weighted with governance as well.
    `sr_at_most` is the greatest supply risk that the missing factors leave possible; `sr_published` is the
    European Commission's.
    """

    id: str
    name: str
    stage: str
    basis: str
    period: str
    source: str
    origins: Mapping[str, float]
    unknown_share: float
    hhi: float
    hhi_high: float
    hhi_t: float | None
    hhi_wgi_t_low: float | None
    hhi_wgi_t_high: float | None
    eu_period: str | None
    eu_origins: Mapping[str, float]
    eu_hhi: float | None
    eu_hhi_high: float | None
    eu_hhi_t: float | None
    eu_hhi_wgi_t_low: float | None
    eu_hhi_wgi_t_high: float | None
    sr_at_most: float | None
    sr_published: float | None
    sr_year: int | None
    sr_note: str
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**asdict(self), "missing": list(self.missing)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        flat = {"missing": "; ".join(self.missing)}
        for name in ("origins", "eu_origins"):
            flat[name] = "; ".join(f"{c} {s:.6f}" for c, s in getattr(self, name).items())
        return {**asdict(self), **flat}


@dataclass(frozen=True)
class SupplyRiskTable(AnswerTable[SupplyRiskRow]):
    """Supply risk, the most concentrated first."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(SupplyRiskRow)]

    def title_texts(self) -> list[str]:
        """Say what the figures are."""
        return [
            "Supply by country as published, its concentration (Herfindahl-Hirschman index, sum of squared "
            "shares, on 0 to 1), and the EU's supply risk as far as the facts go",
            "SR = [HHI_GS IR/2 + HHI_EU (1 - IR/2)] (1 - EoL-RIR) SI, with HHI weighted by governance (WGI, "
            "0 to 10) and trade (t); what no fact tells is named below, never assumed",
        ]

    def empty_text(self) -> str:
        """Say why there are no rows."""
        return "None: no fact of that date tells shares of countries in its supply (see load --list)."

    def body_lines(self, width: int) -> list[str]:
        """Draw the rows."""
        columns = [
            Column("supply of", None, least=14),
            Column("stage", 11),
            Column("year", 9),
            Column("HHI", 5, "right"),
            Column("to", 5, "right", drop=4),
            Column("with t", 6, "right", drop=3),
            Column("with t, WGI", 11, "right", drop=3),
            Column("EU HHI", 6, "right"),
            Column("SR <=", 5, "right", drop=2),
            Column("SR publ.", 8, "right"),
            Column("largest origins", 19),
            Column("source", 24, drop=1),
        ]
        cells = [
            [
                row.name,
                row.stage,
                row.period,
                f"{row.hhi:.3f}",
                f"{row.hhi_high:.3f}",
                _figure(row.hhi_t),
                _span(row.hhi_wgi_t_low, row.hhi_wgi_t_high),
                _figure(row.eu_hhi),
                _figure(row.sr_at_most, 1),
                "-" if row.sr_published is None else f"{row.sr_published:.1f} {row.sr_year}",
                _origins(row.origins),
                row.source,
            ]
            for row in self.rows
        ]
        return draw_table(columns, cells, width).rstrip("\n").split("\n")

    def foot_texts(self) -> list[str]:
        """Say what the columns leave out, and what is missing."""
        texts = [
            "to: if origins that are not named were all the largest; EU HHI: of what the Union buys and "
            "makes; SR <=: the most that any value of what is missing allows; SR publ.: the Commission's "
            "own, of the stage where it is higher, and its year."
        ]
        named = [row.name for row in self.rows if row.basis.endswith("named")]
        if named:
            texts.append(f"shares of the countries named, for want of a total: {', '.join(named)}")
        texts += dict.fromkeys(f"SR publ.: {row.sr_note}" for row in self.rows if row.sr_note)
        missing = dict.fromkeys(part for row in self.rows for part in row.missing)
        for part in missing:
            count = sum(part in row.missing for row in self.rows)
            texts.append(f"missing: {part}, in {count} of {len(self.rows)} rows")
        return texts


def _figure(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "-"
    return f"{low:.2f}" if high - low < 0.005 else f"{low:.2f}-{high:.2f}"


def _origins(origins: Mapping[str, float]) -> str:
    first = list(origins.items())[:MOST_ORIGINS]
    return ", ".join(f"{country} {percent(share, 0, sign=False)}" for country, share in first)
