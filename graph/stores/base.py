"""Say what any store of facts can do: the roles Store (connect), Writer (one transaction), View (read).

An engine keeps every vintage of every fact. One transaction is one load: all of it is stored or none. A view
never sees a transaction that is under way. At the end of a transaction each end of a relationship must have a
node fact; within it the order of the facts does not matter. `Source` nodes named as provenance need not be
there: `chainshock check` lists those that are missing.
"""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Literal, Self

from chainshock.errors import InvalidRecord, InvalidReference
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import read_schema

__all__ = [
    "Standing",
    "Store",
    "View",
    "Writer",
    "admit",
    "dangling",
    "hash_of",
    "order_of",
    "rank_of",
    "standing_of",
]

Standing = Literal["new", "unchanged", "newer", "older"]


class Writer(ABC):
    """Changes to a store, in one transaction."""

    @abstractmethod
    def add(self, fact: Fact) -> Standing:
        """Add a fact, and tell how it stands among the vintages of its subject.

        Returns
        -------
        Standing
            `new`: the first fact on its subject. `unchanged`: this origin has stated the same already, and
            nothing is written. `newer`: it takes precedence over all that were there. `older`: it is kept
            behind one that does.

        Raises
        ------
        UnknownName
            The fact's name is neither a label nor a relationship.
        InvalidRecord
            A number is not finite, or a text is not Unicode; nothing is written.
        StoreError
            The store failed, or the transaction is over; the transaction can no longer be committed.
        """

    def add_many(self, facts: Sequence[Fact]) -> list[Standing]:
        """Add facts in order, as `add` does one by one; an engine may do it faster.

        Raises
        ------
        UnknownName, InvalidRecord
            As `add`; none of the facts need have been written.
        StoreError
            As `add`.
        """
        return [self.add(fact) for fact in facts]

    @abstractmethod
    def remove_origin(self, origin: str) -> int:
        """Remove all facts that one data set brought in, and return how many there were.

        Raises
        ------
        StoreError
            The store failed, or the transaction is over.
        """


class View(ABC):
    """What a store holds, all vintages included, without what is being written at the moment."""

    @abstractmethod
    def facts(self, name: str | None = None) -> Iterator[Fact]:
        """Give all facts, or those of one label or relationship, in an order that no load changes.

        Raises
        ------
        StoreError
            The store failed or is closed.
        """

    def nodes(self) -> frozenset[NodeRef]:
        """Give the nodes that have a node fact: those that relationships may point to."""
        return frozenset(fact.source for fact in self.facts() if not fact.is_edge)

    def origins(self) -> dict[str, int]:
        """Count the facts of each data set, by its name in order."""
        return dict(sorted(Counter(fact.origin for fact in self.facts()).items()))

    def counts(self) -> dict[str, int]:
        """Count the facts, all vintages, of each label and relationship that has any, by name in order."""
        return dict(sorted(Counter(fact.name for fact in self.facts()).items()))

    def content_hash(self) -> str:
        """Hash what is held: equal for two stores of any engine if and only if they hold the same facts."""
        return hash_of(sorted((fact.id, fact.origin) for fact in self.facts()))


class Store(ABC):
    """A place where facts are kept. Usable as a context manager, which closes it."""

    @abstractmethod
    def writer(self, origin: str | None = None) -> AbstractContextManager[Writer]:
        """Open a transaction: committed on a clean exit, rolled back on any exception.

        Parameters
        ----------
        origin
            Data set under which all facts added are recorded; by default each keeps its own.

        Raises
        ------
        InvalidReference
            On leaving: an end of a relationship has no node fact. The store is as before.
        StoreUnavailable
            The store is locked by another writer, is read-only, or its disk is full.
        StoreError
            The store failed or is closed.
        """

    @abstractmethod
    def view(self) -> View:
        """Give the reading side.

        Raises
        ------
        StoreError
            The store is closed.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections. Closing twice does no harm."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def admit(fact: Fact, origin: str | None = None) -> Fact:
    """Check what every engine needs of a fact, and put it under an origin if one is given.

    Raises
    ------
    UnknownName
        The fact's name is neither a label nor a relationship.
    InvalidRecord
        A number is not finite, or a text is not Unicode.
    """
    if fact.name not in _known_names():
        read_schema().properties(fact.name)  # says what is known
    if origin is not None and fact.origin != origin:
        fact = replace(fact, origin=origin)
    for name, value in fact.properties.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidRecord(fact.origin, None, name, f"{value} in {describe(fact)}", "a finite number")
    try:
        fact.id  # noqa: B018 - computed once, here, because it reads every text of the fact
        fact.origin.encode()
    except UnicodeEncodeError as exc:
        found = f"{exc.object[exc.start : exc.end]!a} in {describe(fact)!a}"
        raise InvalidRecord(ascii(fact.origin), None, None, found, "Unicode text without surrogates") from exc
    return fact


@cache
def _known_names() -> frozenset[str]:
    schema = read_schema()
    return frozenset((*schema.labels, *schema.relationships))


def describe(fact: Fact) -> str:
    """Name a fact for a message: its name and ends."""
    return f"{fact.name} {fact.source}" + ("" if fact.target is None else f" -> {fact.target}")


def rank_of(fact: Fact) -> tuple[object, ...]:
    """Order vintages of one subject, also where two origins state the very same: the greatest wins."""
    return (fact.precedence, fact.origin)


def standing_of(rank: tuple[object, ...], best: tuple[object, ...] | None) -> Standing:
    """Tell how a fact that is not there yet stands to the best of its subject's vintages, if there is any.

    Both are given by their `rank_of`.
    """
    if best is None:
        return "new"
    return "newer" if rank > best else "older"


def order_of(fact: Fact) -> tuple[object, ...]:
    """Sort key of a listing: name, ends, id, origin; independent of the order of loading."""
    return (fact.name, fact.source, fact.target or (), fact.id, fact.origin)


def hash_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Hash (id, origin) pairs that come in order."""
    digest = hashlib.blake2b(digest_size=16)
    for fact_id, origin in pairs:
        name = origin.encode()
        digest.update(f"{fact_id}:{len(name)}:".encode() + name)
    return digest.hexdigest()


def dangling(missing: Iterable[tuple[Fact, NodeRef]]) -> InvalidReference:
    """Word the refusal of relationships with ends that have no node fact, naming the first in order."""
    missing = list(missing)
    fact, end = min(missing, key=lambda item: (order_of(item[0]), item[1]))
    further = len({ref for _, ref in missing}) - 1
    more = f"; {further} more such node{'s' * (further > 1)}" if further else ""
    return InvalidReference(
        fact.origin,
        None,
        "source" if end == fact.source else "target",
        f"{end}, which no {end.label} fact describes, in {describe(fact)}{more}",
        f"a {end.label} fact for {end.key} in the store or in the same load",
    )
