"""Say what a check finds, and share what several checks need."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph

__all__ = [
    "Finding",
    "Severity",
    "describe",
    "describe_all",
    "find_cycle",
    "finding",
    "listed",
    "number",
    "text",
    "winners",
]

Severity = Literal["error", "warning"]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Finding:
    """Something that a check found: where, what was found, what was expected, and the facts concerned."""

    check: str
    severity: Severity
    subject: str
    found: str
    expected: str
    facts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.severity}: {self.subject}: found {self.found}, expected {self.expected} [{self.check}]"


def finding(
    check: str, severity: Severity, subject: str, found: str, expected: str, facts: Iterable[Fact] = ()
) -> Finding:
    """Make a finding that names its facts by id."""
    return Finding(check, severity, subject, found, expected, tuple(fact.id for fact in facts))


def describe(fact: Fact) -> str:
    """Name a fact by its ends and by what tells it from others between them."""
    if fact.target is None:
        return str(fact.source)
    more = [str(part) for part in fact.subject[3:] if part is not None]
    return f"{fact.source} {fact.name} {fact.target}" + (f" ({', '.join(more)})" if more else "")


def describe_all(facts: Sequence[Fact]) -> str:
    """Name the first of several facts and count the others."""
    return describe(facts[0]) + (f" and {len(facts) - 1} more" if len(facts) > 1 else "")


def listed(items: Sequence[str], most: int = 8) -> str:
    """List items, the first few in full and the others as a count."""
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def winners(knowledge: KnowledgeGraph, name: str) -> Iterator[Fact]:
    """Iterate over the facts of a label or relationship, of several vintages the winner."""
    seen: set[tuple[object, ...]] = set()
    for fact in knowledge.all(name):
        if fact.subject not in seen:
            seen.add(fact.subject)
            yield fact


def number(fact: Fact, name: str) -> float | None:
    """Give a numeric property, or None."""
    value = fact.properties.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(fact: Fact, name: str) -> str:
    """Give a text property, or nothing."""
    value = fact.properties.get(name)
    return value if isinstance(value, str) else ""


def find_cycle(edges: Mapping[T, Iterable[T]]) -> list[T] | None:
    """Find a way from some node back to itself, first and last node the same; None if there is none.

    Examples
    --------
    >>> find_cycle({"a": ["b"], "b": ["c"], "c": ["b"]})
    ['b', 'c', 'b']
    """
    done: set[T] = set()
    for root in edges:
        way: list[T] = []
        on_way: set[T] = set()
        stack: list[tuple[T, Iterator[T]]] = [(root, iter(edges.get(root, ())))] if root not in done else []
        if stack:
            way.append(root)
            on_way.add(root)
        while stack:
            node, children = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                way.pop()
                on_way.discard(node)
                done.add(node)
            elif child in on_way:
                return [*way[way.index(child) :], child]
            elif child not in done:
                way.append(child)
                on_way.add(child)
                stack.append((child, iter(edges.get(child, ()))))
    return None
