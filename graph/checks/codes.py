"""Check identifiers that carry their own proof: check digits, lengths, levels of one nomenclature."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

from chainshock.graph.checks.base import (
    Finding,
    Severity,
    describe,
    describe_all,
    finding,
    listed,
    text,
    winners,
)
from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph

__all__ = ["check_cas", "check_check_digits", "check_hs_codes", "check_hs_levels"]

HS_LENGTHS = (2, 4, 6, 8, 10)  # chapter, heading, subheading, and two national levels
_CAS = re.compile(r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]")


def check_check_digits(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find ISIN and LEI of companies whose check digits are wrong."""
    from stdnum import isin, lei  # noqa: PLC0415 - wanted only here

    tests: dict[str, Callable[[str], bool]] = {"isin": isin.is_valid, "lei": lei.is_valid}
    return [
        finding(
            "check-digits",
            "error",
            describe(fact),
            f"{column} {code!r}",
            f"a valid {column.upper()}, check digits included",
            [fact],
        )
        for fact in knowledge.all("Company")
        for column, is_valid in tests.items()
        if (code := text(fact, column)) and not (is_valid(code) and code == code.upper())
    ]


def check_cas(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find CAS numbers of goods whose check digit is wrong."""
    return [
        finding(
            "cas", "error", describe(fact), f"CAS {code!r}", "a CAS number whose check digit fits", [fact]
        )
        for fact in knowledge.all("Commodity")
        if (code := text(fact, "cas")) and not is_cas(code)
    ]


def is_cas(code: str) -> bool:
    """Tell a CAS number: its last digit is the sum of the others, each times its place from the right.

    Examples
    --------
    >>> is_cas("1308-87-8"), is_cas("1308-87-9")
    (True, False)
    """
    if _CAS.fullmatch(code) is None:
        return False
    *digits, check = (int(digit) for digit in code if digit != "-")
    return sum(place * digit for place, digit in enumerate(reversed(digits), 1)) % 10 == check


def check_hs_codes(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find HS codes that are not 2, 4, 6, 8 or 10 digits.

    Codes of trade that publish several headings as one, or a stage instead of a heading, are one warning; the
    codes of goods and measures are errors.
    """
    found: list[Finding] = []
    for name, columns in (("Commodity", ("hs_codes", "trade_code")), ("Measure", ("hs_codes",))):
        for fact in knowledge.all(name):
            for column in columns:
                value = fact.properties.get(column)
                codes = value if isinstance(value, tuple) else () if value is None else (str(value),)
                found += [_bad_code("error", describe(fact), repr(c), [fact]) for c in codes if not is_hs(c)]
    traded = [fact for fact in knowledge.all("EXPORTS") if not is_hs(text(fact, "code"))]
    odd = list(dict.fromkeys(repr(text(fact, "code")) for fact in traded))
    if odd:
        found.append(_bad_code("warning", describe_all(traded), listed(odd), traded))
    return found


def is_hs(code: str) -> bool:
    """Tell a code of the Harmonized System by its digits and length."""
    return code.isascii() and code.isdigit() and len(code) in HS_LENGTHS


def _bad_code(severity: Severity, subject: str, code: str, facts: list[Fact]) -> Finding:
    expected = f"digits only, {', '.join(map(str, HS_LENGTHS))} of them"
    return finding("hs-codes", severity, subject, f"HS code {code}", expected, facts)


def check_hs_levels(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find places where a code stands beside its own subdivision, so that a sum would count it twice.

    Looked at: the codes of one good, and the trade of one pair of countries in one period (850511, permanent
    magnets of metal, beside 85051110, those of neodymium and other rare earths).
    """
    found = []
    for fact in knowledge.all("Commodity"):
        codes = fact.properties.get("hs_codes")
        if isinstance(codes, tuple) and (pair := _nested(codes)):
            found.append(_mixed(describe(fact), pair, [fact]))
    trade: dict[tuple[object, ...], dict[str, Fact]] = defaultdict(dict)
    for fact in winners(knowledge, "EXPORTS"):
        trade[fact.source, fact.target, text(fact, "period")][text(fact, "code")] = fact
    for (source, target, period), by_code in trade.items():
        if pair := _nested(tuple(by_code)):
            found.append(
                _mixed(f"{source} EXPORTS {target} ({period})", pair, [by_code[code] for code in pair])
            )
    return found


def _nested(codes: tuple[str, ...]) -> tuple[str, str] | None:
    if len(codes) < 2:
        return None
    ordered = sorted(code for code in codes if is_hs(code))
    for short, long in pairwise(ordered):
        if long.startswith(short) and long != short:
            return short, long
    return None


def _mixed(subject: str, pair: tuple[str, str], facts: list[Fact]) -> Finding:
    return finding(
        "hs-levels", "warning", subject, f"HS {pair[0]} and {pair[1]}", "codes of one level", facts
    )
