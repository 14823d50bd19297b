"""Ask from Python what the command line asks: facts in, ranked and explained exposure out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from chainshock.errors import QueryError
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph

if TYPE_CHECKING:
    import networkx as nx

    from chainshock.graph.stores.base import View

__all__ = ["Dataset", "from_store", "open_dataset", "reference"]

Known = Literal["known", "latest"]


class Dataset:
    """Facts to ask questions of.

    Parameters
    ----------
    facts
        Facts of any origin and all vintages.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: Sequence[Fact] = tuple(facts)

    @cached_property
    def edition(self) -> str:
        """Latest publication date of any fact of the reference data, else of any fact."""
        if not self.facts:
            raise QueryError("found no facts, expected some: load tables first, or leave out --empty")
        shipped = [fact.provenance.known_from for fact in self.facts if fact.origin == "reference"]
        return max(shipped or [fact.provenance.known_from for fact in self.facts]).isoformat()

    @cached_property
    def knowledge(self) -> KnowledgeGraph:
        """All vintages of the facts, by subject."""
        return KnowledgeGraph(self.facts)

    def graph(self, at: date, known: Known = "known") -> nx.MultiDiGraph[NodeRef]:
        """Give the facts that hold at a date as a graph; see `KnowledgeGraph.at`."""
        return self.knowledge.at(at, known)

    def view(self) -> View:
        """Give the facts as a store's view, all vintages."""
        from chainshock.graph.stores.memory import MemoryStore

        return MemoryStore(self.facts).view()

    def counts(self) -> dict[str, int]:
        """Count the facts, all vintages, of each label and relationship."""
        return dict(sorted(Counter(fact.name for fact in self.facts).items()))


def reference() -> Dataset:
    """Give the shipped reference data.

    Examples
    --------
    >>> import chainshock
    >>> "Company" in chainshock.reference().counts()
    True
    """
    from chainshock.loaders.reference import reference_facts

    return Dataset(reference_facts())


def from_store(path: str | Path, *, empty: bool = False) -> Dataset:
    """Give the facts of a store; with `empty`, without those of the reference data.

    Raises
    ------
    StoreUnavailable
        There is no store at that path, or it cannot be opened.
    """
    from chainshock.graph.stores.sqlite import SqliteStore

    with SqliteStore(path) as store:
        return Dataset(fact for fact in store.view().facts() if not (empty and fact.origin == "reference"))


def open_dataset(store: str | None, *, empty: bool = False) -> Dataset:
    """Give the facts of a store, or the reference data where none is named.

    Raises
    ------
    QueryError
        Neither a store nor the reference data is wanted.
    """
    if store is not None:
        return from_store(store, empty=empty)
    if empty:
        raise QueryError("found --empty without --store, expected a store to take the facts from")
    return reference()
