"""Read a budget: weeks of stock, tonnes a year, months, or money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from chainshock.errors import QueryError
from chainshock.queries.mitigation.moves import KINDS, Kind

__all__ = ["FORMS", "Budget", "read_budget"]

FORMS = '"12 weeks of stock", "500 t a year", "18 months", or with --costs "USD 5 m"'
WEEKS_A_MONTH = 52 / 12
MOST = {"weeks": 520.0, "months": 120.0}
NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
WEEKS = re.compile(rf"{NUMBER}\s*(?:w|weeks?)(?:\s+of\s+stock)?", re.IGNORECASE)
TONNES = re.compile(rf"{NUMBER}\s*(?P<unit>k?t|tonnes?)\s*(?:/|a\s|per\s)\s*(?:a|y|yr|year)", re.IGNORECASE)
MONTHS = re.compile(rf"{NUMBER}\s*(?:months?|mo)", re.IGNORECASE)
FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9, "million": 1e6, "billion": 1e9}
SCALE = r"(?P<scale>k|m|bn|million|billion)?"
MONEY = (
    re.compile(rf"(?P<currency>[A-Z]{{3}})\s*{NUMBER}\s*{SCALE}"),
    re.compile(rf"{NUMBER}\s*{SCALE}\s*(?P<currency>[A-Z]{{3}})"),
)


@dataclass(frozen=True)
class Budget:
    """What may be spent: an amount of weeks, tonnes a year, months or money (`currency`), and as written."""

    kind: Literal["weeks", "tonnes", "months", "money"]
    amount: float
    text: str
    currency: str = ""

    @property
    def buys(self) -> tuple[Kind, ...]:
        """Kinds of move that it can buy."""
        if self.kind == "weeks":
            return ("stock",)
        if self.kind == "tonnes":
            return ("second-source", "plant", "recycling")
        if self.kind == "months":
            return tuple(kind for kind in KINDS if kind != "stock")
        return tuple(KINDS)

    @property
    def unit(self) -> str:
        """Unit that costs are counted in."""
        return {"weeks": "weeks", "tonnes": "t a year", "months": "months"}.get(self.kind, self.currency)

    @property
    def weeks(self) -> float:
        """Weeks that a budget of months stands for."""
        return self.amount * WEEKS_A_MONTH


def read_budget(text: str) -> Budget:
    """Read a budget as a person writes it.

    Raises
    ------
    QueryError
        It has none of the forms, or more than anyone could mean.

    Examples
    --------
    >>> read_budget("12 weeks of stock").amount
    12.0
    >>> read_budget("1,500 t a year").kind
    'tonnes'
    >>> read_budget("USD 5 m").amount
    5000000.0
    """
    plain = " ".join(text.split())
    if found := WEEKS.fullmatch(plain):
        return _bounded(Budget("weeks", _number(found), plain))
    if found := TONNES.fullmatch(plain):
        return Budget("tonnes", _number(found) * (1e3 if found["unit"].lower() == "kt" else 1.0), plain)
    if found := MONTHS.fullmatch(plain):
        return _bounded(Budget("months", _number(found), plain))
    for pattern in MONEY:
        if found := pattern.fullmatch(plain):
            return Budget("money", _number(found) * FACTORS[found["scale"] or ""], plain, found["currency"])
    raise QueryError(f"budget: found {text!r}, expected {FORMS}")


def _number(found: re.Match[str]) -> float:
    return float(found["number"].replace(",", ""))


def _bounded(budget: Budget) -> Budget:
    most = MOST[budget.kind]
    if budget.amount > most:
        raise QueryError(f"budget: found {budget.text!r}, expected at most {most:g} {budget.kind}")
    return budget
