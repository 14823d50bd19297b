"""Keep facts in memory: for tests, for the shipped reference data, for a look without a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from chainshock.errors import StoreError, StoreUnavailable
from chainshock.graph.facts import Fact
from chainshock.graph.stores.base import (
    Standing,
    Store,
    View,
    Writer,
    admit,
    dangling,
    order_of,
    rank_of,
    standing_of,
)

__all__ = ["MemoryStore"]

Subject = tuple[object, ...]
Vintages = dict[tuple[str, str], Fact]  # by (id, origin)


class MemoryStore(Store):
    """Facts in a dictionary.

    Parameters
    ----------
    facts
        Facts to begin with; they keep their origins.

    Raises
    ------
    InvalidReference
        An end of a relationship among them has no node fact.

    Examples
    --------
    >>> from datetime import date
    >>> from chainshock.graph.facts import Fact, NodeRef, Provenance
    >>> said = Provenance(("iso",), date(2024, 12, 31), date(2025, 1, 31), "A")
    >>> china = Fact("Country", NodeRef("Country", "CHN"), None, {"name": "China"}, said)
    >>> with MemoryStore([china]) as store:
    ...     store.view().counts()
    {'Country': 1}
    """

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._held: dict[Subject, Vintages] = {}
        self._is_writing = False
        self._is_closed = False
        with self.writer() as writer:
            for fact in facts:
                writer.add(fact)

    @contextmanager
    def writer(self, origin: str | None = None) -> Iterator[Writer]:
        """Open a transaction; see `Store.writer`."""
        self._check_open()
        if self._is_writing:
            raise StoreUnavailable("memory store: found another writer at work, expected one at a time")
        self._is_writing = True
        writer = MemoryWriter(self._held, origin)
        try:
            yield writer
            self._held = writer.commit()
        finally:
            writer.is_over = True
            self._is_writing = False

    def view(self) -> View:
        """Give the reading side; see `Store.view`."""
        self._check_open()
        return MemoryView(self)

    def close(self) -> None:
        """Refuse further use; see `Store.close`."""
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreError("memory store: found it closed, expected an open store")

    def snapshot(self) -> list[Fact]:
        """Give all facts, in no order."""
        self._check_open()
        return [fact for vintages in self._held.values() for fact in vintages.values()]


class MemoryWriter(Writer):
    """Changes on a copy, which replaces the original at commit."""

    def __init__(self, held: dict[Subject, Vintages], origin: str | None) -> None:
        self._held = dict(held)  # vintages are copied when first touched
        self._copied: set[Subject] = set()
        self._best: dict[
            Subject, tuple[object, ...]
        ] = {}  # ranks of the winners among vintages, as far as looked at
        self._origin = origin
        self.is_over = False

    def add(self, fact: Fact) -> Standing:
        """Add a fact; see `Writer.add`."""
        self._check_running()
        fact = admit(fact, self._origin)
        subject = fact.subject
        vintages = self._held.get(subject, {})
        if (fact.id, fact.origin) in vintages:
            return "unchanged"
        if subject not in self._copied or not vintages:
            vintages = self._held[subject] = dict(vintages)
            self._copied.add(subject)
        if subject not in self._best and vintages:
            self._best[subject] = max(map(rank_of, vintages.values()))
        rank = rank_of(fact)
        standing = standing_of(rank, self._best.get(subject))
        if standing != "older":
            self._best[subject] = rank
        vintages[fact.id, fact.origin] = fact
        return standing

    def remove_origin(self, origin: str) -> int:
        """Remove the facts of an origin; see `Writer.remove_origin`."""
        self._check_running()
        count = 0
        for subject, vintages in list(self._held.items()):
            kept = {key: fact for key, fact in vintages.items() if fact.origin != origin}
            if len(kept) == len(vintages):
                continue
            count += len(vintages) - len(kept)
            self._copied.add(subject)
            self._best.pop(subject, None)
            if kept:
                self._held[subject] = kept
            else:
                del self._held[subject]
        return count

    def commit(self) -> dict[Subject, Vintages]:
        """Check that every end has a node fact, and give the new content."""
        facts = [fact for vintages in self._held.values() for fact in vintages.values()]
        nodes = {fact.source for fact in facts if not fact.is_edge}
        missing = [
            (fact, end)
            for fact in facts
            if fact.target is not None
            for end in (fact.source, fact.target)
            if end not in nodes
        ]
        if missing:
            raise dangling(missing)
        return self._held

    def _check_running(self) -> None:
        if self.is_over:
            raise StoreError("memory store: found the transaction over, expected one under way")


class MemoryView(View):
    """Reads whatever the store holds at the time of the call."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def facts(self, name: str | None = None) -> Iterator[Fact]:
        """Give facts in order; see `View.facts`."""
        return iter(
            sorted((f for f in self._store.snapshot() if name is None or f.name == name), key=order_of)
        )
