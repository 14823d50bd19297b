"""Weigh scenarios by their probabilities: the scarcity premium, and what a headline re-prices.

Premium = Σ_k p_k × exposure under scenario k, over scenarios of which one will come true. A headline that
changes p to p' re-prices it by Σ_k (p'_k - p_k) × exposure_k. It is an exposure, signed, and no forecast of
any price.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chainshock.errors import AmbiguousName, QueryError
from chainshock.queries.price_rows import Ceiling
from chainshock.queries.rank import RankRow, RankTable
from chainshock.queries.rank_columns import shown_name, usd_millions
from chainshock.queries.ranking import WORDS, By, RowTable, percent, severity_text, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["PremiumRow", "PremiumTable", "full_name", "full_names", "premium_table", "read_weights"]

SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class PremiumRow:
    """One entity under several scenarios.

    `exposures` are shares of the denominator by scenario; `premium` is their mean by probability, `repriced`
    the same after the headline and `difference` what that changes (both None without one). USD a year.
    """

    rank: int
    id: str
    name: str
    kind: str
    exposures: Mapping[str, float]
    premium: float
    premium_usd: float | None
    repriced: float | None
    difference: float | None
    difference_usd: float | None
    basis: str
    confidence: str
    reason: str

    def figure(self, by: By, ceiling: Ceiling | None = None) -> float | None:
        """Give what orders rows: the re-pricing where there is a headline, else the premium."""
        del ceiling  # premiums are not told under other ceilings
        if self.difference is not None:
            return {"loss": self.difference, "usd": self.difference_usd}.get(by)
        return {"loss": self.premium, "usd": self.premium_usd}.get(by)

    def ranked(self, rank: int, under: tuple[int, int]) -> PremiumRow:
        """Give the row with another rank."""
        del under
        return replace(self, rank=rank)

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**self.__dict__, "exposures": dict(self.exposures)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        flat = self.to_dict()
        exposures: Mapping[str, float] = flat.pop("exposures")
        return flat | {f"exposure_{name}": value for name, value in exposures.items()}


@dataclass(frozen=True)
class PremiumTable(RowTable[PremiumRow]):
    """Rows ordered by what a headline re-prices, or by the premium."""

    figure_name = "premium"

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        plain = [name for name in PremiumRow.__dataclass_fields__ if name != "exposures"]
        return [*plain, *(f"exposure_{name}" for name in self.run["weights"])]

    def to_text(self, width: int = 100) -> str:
        """Draw the premiums for a terminal of a width in characters."""
        weights, then = self.run["weights"], self.run["then"]
        columns = [Column("#", 4, "right"), Column(WORDS[self.kind], 24)]
        columns += [Column(name, 9, "right", drop=2) for name in weights]
        columns.append(Column("premium", 9, "right"))
        if then:
            columns += [Column("then", 9, "right"), Column("re-pricing", 10, "right")]
        columns += [Column("USD m", 9, "right", drop=1), Column("reason", None, least=20)]
        rows: list[list[str] | str] = [self._cells(row) for row in self.rows]
        if self.omitted:
            rows.insert(self.head, f"   … {self.omitted} more …")
        lines = self.head_lines("Premium: " + _weights_text(weights), width)
        if then:
            lines[1:1] = wrap("then: " + _weights_text(then), width)
        lines[1:1] = [
            line
            for name, run in self.run["scenarios"].items()
            for line in wrap(
                f"{name} is {run['scenario']}, facts of {run['as_of']}: {severity_text(run)}", width
            )
        ]
        table = draw_table(columns, rows, width).rstrip("\n")
        note = wrap("exposure weighed by probability, not a forecast of any price", width)
        return "\n".join([*lines, table, *note, *self.foot_lines(width)]) + "\n"

    def _cells(self, row: PremiumRow) -> list[str]:
        cells = [
            str(row.rank),
            shown_name(row),
            *(percent(row.exposures[name]) for name in self.run["weights"]),
        ]
        cells.append(percent(row.premium))
        usd = row.premium_usd
        if self.run["then"]:
            cells += [percent(row.repriced), percent(row.difference)]
            usd = row.difference_usd
        return [*cells, usd_millions(usd), row.reason]


def premium_table(
    tables: Mapping[str, RankTable], weights: Mapping[str, float], then: Mapping[str, float] | None = None
) -> PremiumTable:
    """Weigh rankings of one kind, by name of their scenarios.

    Parameters
    ----------
    tables
        A ranking for each scenario, all of one kind; an entity that one lacks is not exposed in it.
    weights
        Probability of each; they sum to 1.
    then
        Probabilities after a headline.

    Raises
    ------
    QueryError
        Probabilities do not sum to 1, or the two sets name different scenarios.
    """
    _check(weights, "--weights")
    if then is not None:
        _check(then, "--then")
        if set(then) != set(weights):
            found = ", ".join(sorted(set(then) ^ set(weights)))
            raise QueryError(
                f"found {found} in only one of --weights and --then, expected the same scenarios"
            )
    by_id = {name: {row.id: row for row in table.rows} for name, table in tables.items()}
    rows = [
        _row([found.get(key) for found in by_id.values()], list(by_id), weights, then)
        for key in {key: None for found in by_id.values() for key in found}
    ]
    first = next(iter(tables.values()))
    run = {
        **first.run,
        "scenario": "; ".join(f"{name}={weight:g}" for name, weight in weights.items()),
        "weights": dict(weights),
        "then": None if then is None else {name: then[name] for name in weights},
        "scenarios": {name: dict(table.run) for name, table in tables.items()},
    }
    return PremiumTable(first.kind, run, tuple(rows), first.names).select()


def read_weights(text: str, option: str) -> dict[str, float]:
    """Read `controls=.35,truce=.6`: probabilities by name as written; see `full_name`.

    Raises
    ------
    QueryError
        It reads otherwise, a name stands twice, or a probability is not from 0 to 1.

    Examples
    --------
    >>> read_weights("controls=.4,truce=.6", "--weights")
    {'controls': 0.4, 'truce': 0.6}
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, weight = part.strip().rpartition("=")
        try:
            value = float(weight)
        except ValueError:
            value = math.nan
        if not equals or not name or not 0.0 <= value <= 1.0:
            raise QueryError(f"{option}: found {part.strip()!r}, expected NAME=PROBABILITY from 0 to 1")
        if name.strip() in found:
            raise QueryError(f"{option}: found {name.strip()} twice, expected each scenario once")
        found[name.strip()] = value
    _check(found, option)
    return found


def full_name(name: str, known: Sequence[str]) -> str:
    """Give the shipped scenario that a name, or a part of a name, means; other names stay as they are.

    Raises
    ------
    AmbiguousName
        The part fits several.

    Examples
    --------
    >>> full_name("truce", ["october-2025-controls", "october-2025-truce"])
    'october-2025-truce'
    """
    fitting = [shipped for shipped in known if name in shipped]
    if name in known or not fitting:
        return name  # a file or a day, or for the reader of scenarios to refuse
    if len(fitting) > 1:
        raise AmbiguousName("scenario", name, tuple(fitting))
    return fitting[0]


def full_names(names: Iterable[str], known: Sequence[str]) -> dict[str, str]:
    """Give the scenario that each name means, as `full_name` does.

    Raises
    ------
    AmbiguousName
        As `full_name`.
    QueryError
        Two names mean one scenario, whose probability would be told twice.

    Examples
    --------
    >>> full_names(["truce", "mine.toml"], ["october-2025-truce"])
    {'truce': 'october-2025-truce', 'mine.toml': 'mine.toml'}
    """
    found: dict[str, str] = {}
    for name in names:
        meant = full_name(name, known)
        if meant in found.values():
            other = next(key for key, value in found.items() if value == meant)
            raise QueryError(f"found {other} and {name}, both {meant}, expected each scenario once")
        found[name] = meant
    return found


def _check(weights: Mapping[str, float], option: str) -> None:
    total = sum(weights.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise QueryError(f"{option}: found probabilities that sum to {total:g}, expected 1")


def _row(
    rows: Sequence[RankRow | None],
    names: Sequence[str],
    weights: Mapping[str, float],
    then: Mapping[str, float] | None,
) -> PremiumRow:
    present = [row for row in rows if row is not None]
    shown = max(present, key=lambda row: abs(row.exposure))
    exposures = {n: 0.0 if row is None else row.exposure for n, row in zip(names, rows, strict=True)}
    is_valued = all(row.exposure_usd is not None for row in present)
    usd = {n: 0.0 if row is None else row.exposure_usd or 0.0 for n, row in zip(names, rows, strict=True)}
    premium = sum(weights[name] * value for name, value in exposures.items())
    premium_usd = sum(weights[name] * value for name, value in usd.items())
    repriced = difference = difference_usd = None
    if then is not None:
        repriced = sum(then[name] * value for name, value in exposures.items())
        difference = sum((then[name] - weights[name]) * value for name, value in exposures.items())
        difference_usd = sum((then[name] - weights[name]) * value for name, value in usd.items())
    return PremiumRow(
        rank=0,
        id=shown.id,
        name=shown.name,
        kind=shown.kind,
        exposures=exposures,
        premium=premium,
        premium_usd=premium_usd if is_valued else None,
        repriced=repriced,
        difference=difference,
        difference_usd=difference_usd if is_valued else None,
        basis=shown.basis,
        confidence=max(row.confidence for row in present),
        reason=shown.reason,
    )


def _weights_text(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * weight:g} %" for name, weight in weights.items())
