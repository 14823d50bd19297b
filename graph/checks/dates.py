"""Check the order of dates, and that later figures do not contradict earlier ones out of hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

from chainshock.graph.checks.base import Finding, Severity, describe, describe_all, finding, listed, number
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.schema import read_schema

__all__ = ["check_known_ends", "check_measure_dates", "check_publication_dates", "check_vintages"]

# A measure may reach back before its announcement, or be withdrawn before it takes effect: no error.
ORDER: tuple[tuple[str, str, Severity], ...] = (
    ("announced", "effective", "warning"),
    ("effective", "ended", "warning"),
    ("announced", "ended", "error"),
    ("suspended_from", "suspended_to", "error"),
)
CONTRADICTION = 0.5  # relative difference of two figures for one thing


def check_measure_dates(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find measures that take effect before they are announced, or end before they begin."""
    found = []
    for fact in knowledge.all("Measure"):
        for first, then, severity in ORDER:
            start, end = fact.properties.get(first), fact.properties.get(then)
            if isinstance(start, date) and isinstance(end, date) and start > end:
                found.append(
                    finding(
                        "measure-dates",
                        severity,
                        describe(fact),
                        f"{then} {end} before {first} {start}",
                        f"{first} <= {then}",
                        [fact],
                    )
                )
    return found


def check_publication_dates(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find facts that were public before the date they describe, other than projections and plans."""
    schema = read_schema()
    early: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for name in (*schema.labels, *schema.relationships):
        for fact in knowledge.all(name):
            said = fact.provenance
            if said.as_of > said.known_from and fact.properties.get("is_projection") is not True:
                early[name, said.as_of, said.known_from].append(fact)
    return [
        finding(
            "publication-dates",
            "warning",
            describe_all(facts),
            f"as_of {as_of} after known_from {known_from}",
            "as_of <= known_from",
            facts,
        )
        for (_, as_of, known_from), facts in early.items()
    ]


def check_known_ends(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find nodes mentioned before any fact that describes them was public: one finding a label.

    At a date in between, a query that goes by what was known then meets the node without its properties.
    """
    schema = read_schema()
    public: dict[NodeRef, date] = {}
    for label in schema.labels:
        for fact in knowledge.all(label):
            known = fact.provenance.known_from
            public[fact.source] = min(known, public.get(fact.source, known))
    early: dict[str, dict[NodeRef, Fact]] = defaultdict(dict)
    for name in schema.relationships:
        for fact in knowledge.all(name):
            for ref in (fact.source, fact.target):
                if ref in public and public[ref] > fact.provenance.known_from:
                    early[ref.label].setdefault(ref, fact)
    found = []
    for label, refs in sorted(early.items()):
        named = listed([f"{ref.key} (from {public[ref]})" for ref in sorted(refs)])
        expected = "nodes described by the time that they are mentioned"
        found.append(
            finding(
                "known-ends",
                "warning",
                describe_all([*refs.values()]),
                f"{label} {named}",
                expected,
                refs.values(),
            )
        )
    return found


def check_vintages(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find figures of one thing that differ by more than half between one vintage and the next.

    The relative difference is |a - b| / max(|a|, |b|).
    """
    found = []
    schema = read_schema()
    for name in (*schema.labels, *schema.relationships):
        numeric = [p.name for p in schema.properties(name).values() if p.type in ("number", "integer")]
        by_subject: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
        for fact in knowledge.all(name):
            by_subject[fact.subject].append(fact)
        for vintages in by_subject.values():
            for newer, older in pairwise(vintages):
                found += _contradictions(newer, older, numeric)
    return found


def _contradictions(newer: Fact, older: Fact, columns: list[str]) -> list[Finding]:
    found = []
    for column in columns:
        a, b = number(newer, column), number(older, column)
        if a is None or b is None:
            continue
        size = max(abs(a), abs(b))
        if size and abs(a - b) / size > CONTRADICTION:
            found.append(
                finding(
                    "vintages",
                    "warning",
                    describe(newer),
                    f"{column} {a:g} ({_word(newer)}) against {b:g} ({_word(older)})",
                    f"figures within {CONTRADICTION:.0%} of each other",
                    [newer, older],
                )
            )
    return found


def _word(fact: Fact) -> str:
    return f"{';'.join(fact.provenance.sources)}, {fact.provenance.known_from}"
