"""Check that shares of one whole do not exceed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chainshock.graph.checks.base import Finding, finding, number, text, winners
from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph

__all__ = ["check_import_shares", "check_national_shares", "check_revenue_shares", "check_segment_countries"]

TOLERANCE = 0.02  # published shares are rounded
AGGREGATES = ("WLD", "EUU")  # published beside their members

Part = tuple[float, Fact]


def check_national_shares(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find goods and years of which the countries together make more than the world does."""
    parts: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    for fact in winners(knowledge, "PRODUCES"):
        share = number(fact, "share")
        if share is None or fact.source.label != "Country" or fact.source.key in AGGREGATES:
            continue
        parts[fact.target, fact.properties.get("year"), text(fact, "basis")].append((share, fact))
    return _above_one("national-shares", parts, "national shares of world output", "warning")


def check_import_shares(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find imports of which the partners together hold more than the whole."""
    parts: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    for fact in winners(knowledge, "EXPORTS"):
        share = number(fact, "import_share")
        if share is not None and fact.source.key not in AGGREGATES:
            key = (fact.target, text(fact, "code"), text(fact, "period"), text(fact, "share_basis"))
            parts[key].append((share, fact))
    return _above_one("import-shares", parts, "shares of imports", "warning")


def check_revenue_shares(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find companies whose segments together have more revenue than the company.

    A segment made in several countries counts once. Where only a range is known, its low end counts.
    """
    segments: dict[tuple[object, ...], dict[object, Part]] = defaultdict(dict)
    for fact in (*winners(knowledge, "SERVES"), *winners(knowledge, "PRODUCES")):
        if fact.source.label != "Company":
            continue
        share = number(fact, "revenue_share")
        share = number(fact, "revenue_share_low") if share is None else share
        if share is None:
            continue
        whole = segments[fact.source, fact.properties.get("year", "segments")]
        old = whole.get(fact.target)
        if old is None or share > old[0]:
            whole[fact.target] = (share, fact)
    parts: dict[tuple[object, ...], list[Part]] = {
        key[:1]: list(whole.values()) for key, whole in segments.items() if key[1] == "segments"
    }
    for (company, year), whole in segments.items():
        if year != "segments":  # goods sold, stated by year, beside the end uses served
            served = segments.get((company, "segments"), {})
            parts[company, year] = [*served.values(), *whole.values()]
    return _above_one("revenue-shares", parts, "shares of revenue", "error")


def check_segment_countries(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find segments of which the countries together make more than all."""
    parts: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    for fact in (*winners(knowledge, "SERVES"), *winners(knowledge, "PRODUCES")):
        share = number(fact, "country_share")
        if share is not None:
            parts[fact.source, fact.target, fact.properties.get("year", "")].append((share, fact))
    return _above_one("segment-countries", parts, "shares of countries in the segment", "error")


def _above_one(
    check: str, parts: Mapping[tuple[object, ...], Iterable[Part]], what: str, severity: str
) -> list[Finding]:
    found = []
    for key, entries in parts.items():
        shares = list(entries)
        total = sum(share for share, _ in shares)
        if total > 1 + TOLERANCE:
            shares.sort(key=lambda part: -part[0])
            subject = ", ".join(str(part) for part in key if part not in (None, ""))
            found.append(
                finding(
                    check,
                    "error" if severity == "error" else "warning",
                    subject,
                    f"{what} that sum to {total:.3f}",
                    "a sum of at most 1",
                    [fact for _, fact in shares],
                )
            )
    return sorted(found, key=lambda f: f.subject)
