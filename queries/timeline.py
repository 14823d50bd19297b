"""Tell the life of every measure: announced, effective, suspended, resumed, extended, ended.

A measure's facts of several dates are its vintages; each says what was decided by then. The life at a date
follows the vintage to go by on that date; the events before come from all that had been published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph, Known

__all__ = ["FIRST_DAY", "LAST_DAY", "Event", "Life", "State", "lives"]

State = Literal["unannounced", "announced", "in force", "suspended", "resumed", "ended", "undated"]
What = Literal["announced", "effective", "suspended", "extended", "resumes", "ended"]

FIRST_DAY = date(2010, 1, 1)
LAST_DAY = date(2027, 12, 31)


@dataclass(frozen=True, order=True)
class Event:
    """A day in the life of a measure, and from when it was public that this would happen."""

    day: date
    what: What
    known_from: date
    until: date | None = None  # last day of a suspension
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Life:
    """The life of one measure.

    `suspensions` are (first, last) days, the last None where open; `ended` is the first day without it.
    `stated` is the date by which the latest fact on it was public: what lies after it was planned then.
    """

    id: str
    title: str
    kind: str
    issuers: tuple[str, ...]
    announced: date
    effective: date | None
    suspensions: tuple[tuple[date, date | None], ...]
    ended: date | None
    stated: date
    not_modelled: str
    events: tuple[Event, ...]
    sources: tuple[str, ...]
    scope: str

    def state(self, day: date) -> State:
        """Tell what a measure is on a day."""
        if day < self.announced:
            return "unannounced"
        if self.effective is None:
            return "undated"
        if self.ended is not None and self.ended <= day:
            return "ended"
        if day < self.effective:
            return "announced"
        for first, last in self.suspensions:
            if first <= day and (last is None or day <= last):
                return "suspended"
        return "resumed" if any(first <= day for first, _ in self.suspensions) else "in force"

    def acts(self, day: date) -> bool:
        """Tell whether a measure is in force on a day."""
        return self.state(day) in {"in force", "resumed"}

    def doubt(self, day: date) -> str:
        """Say what about the state on a day was planned and not yet known to have happened; else nothing."""
        lapsed = [last for _, last in self.suspensions if last is not None and self.stated <= last < day]
        if self.state(day) == "resumed" and lapsed:
            return f"suspension decided to {max(lapsed)}; whether it was renewed is not in the facts"
        return ""


def lives(knowledge: KnowledgeGraph, at: date, known: Known = "known") -> list[Life]:
    """Give the life of every measure, as known at a date, by date of announcement.

    Parameters
    ----------
    knowledge
        Facts.
    at
        The date.
    known
        `known`: what was published by then. `latest`: also what was published later.

    Examples
    --------
    >>> from datetime import date
    >>> import chainshock
    >>> found = {life.id: life for life in lives(chainshock.reference().knowledge, date(2025, 11, 8))}
    >>> found["CN-2025-57"].state(date(2025, 11, 8))
    'suspended'
    """
    issuers = _issuers(knowledge)
    groups: dict[str, list[Fact]] = {}
    for fact in knowledge.all("Measure"):
        if known == "latest" or fact.provenance.known_from <= at:
            groups.setdefault(fact.source.key, []).append(fact)
    found = [_life(vintages, issuers.get(key, ())) for key, vintages in groups.items()]
    return sorted(found, key=lambda life: (life.announced, life.id))


def _issuers(knowledge: KnowledgeGraph) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for fact in knowledge.all("IMPOSED_BY"):
        if fact.target is not None:
            found.setdefault(fact.source.key, set()).add(fact.target.key)
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


def _life(vintages: Sequence[Fact], issuers: tuple[str, ...]) -> Life:
    """Put together one measure's vintages, the one to go by first."""
    best = vintages[0]
    p = best.properties
    in_order = sorted(vintages, key=lambda fact: (fact.provenance.known_from, fact.id))
    suspensions = _suspensions(in_order)
    ended = _day(best, "ended")
    not_modelled = "" if p.get("is_modelled", True) else str(p.get("not_modelled_reason", "not modelled"))
    announced = _day(best, "announced")
    return Life(
        id=best.source.key,
        title=str(p.get("title", best.source.key)),
        kind=str(p["kind"]),
        issuers=issuers,
        announced=announced or best.provenance.known_from,
        effective=_day(best, "effective"),
        suspensions=suspensions,
        ended=ended,
        stated=max(fact.provenance.known_from for fact in vintages),
        not_modelled=not_modelled,
        events=_events(in_order, suspensions, ended),
        sources=tuple(dict.fromkeys(s for fact in in_order for s in fact.provenance.sources)),
        scope=str(p.get("scope_text", "")),
    )


def _suspensions(in_order: Sequence[Fact]) -> tuple[tuple[date, date | None], ...]:
    """Join the suspensions that vintages state: of one first day, the last vintage says how long it lasts."""
    found: dict[date, date | None] = {}
    for fact in in_order:
        first = _day(fact, "suspended_from")
        if first is not None:
            found[first] = _day(fact, "suspended_to")
    return tuple(sorted(found.items()))


def _events(
    in_order: Sequence[Fact], suspensions: Sequence[tuple[date, date | None]], ended: date | None
) -> tuple[Event, ...]:
    """List what happened, each day once, from when it was first public."""
    found: dict[tuple[date, What], Event] = {}

    def note(day: date | None, what: What, fact: Fact, until: date | None = None) -> None:
        if day is not None and (day, what) not in found:
            said = fact.provenance
            found[day, what] = Event(day, what, said.known_from, until, said.sources)

    decided: dict[date, date | None] = {}
    for fact in in_order:
        note(_day(fact, "announced"), "announced", fact)
        note(_day(fact, "effective"), "effective", fact)
        first, last = _day(fact, "suspended_from"), _day(fact, "suspended_to")
        if first is not None and first not in decided:
            note(first, "suspended", fact, last)
        elif first is not None and decided[first] != last:
            old = decided[first]
            note(fact.provenance.known_from if old is None else old, "extended", fact, last)
        if first is not None:
            decided[first] = last
    for _, last in suspensions:
        if last is not None and (ended is None or last + timedelta(days=1) < ended):
            note(last + timedelta(days=1), "resumes", in_order[-1])
    note(ended, "ended", in_order[-1])
    return tuple(sorted(found.values()))


def _day(fact: Fact, name: str) -> date | None:
    value = fact.properties.get(name)
    return value if isinstance(value, date) else None
