"""Write what rows became into a store, batch by batch, and count what became of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chainshock.errors import InvalidRecord, InvalidReference
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import read_schema
from chainshock.graph.stores.base import Standing, admit
from chainshock.loaders.base import LoadReport
from chainshock.loaders.quarantine import Quarantine
from chainshock.loaders.resolve.countries import country_fact
from chainshock.loaders.sources import Item, LeftOut, Taken
from chainshock.loaders.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainshock.graph.stores.base import View, Writer

__all__ = ["Sink"]

FACTS_AT_ONCE = 5000
PROGRESS_STEP = 500  # rows between calls of `tick`
LIVE_STAKES = ("active", "agreed")  # status of stakes that can close a circle of ownership


class Sink:
    """Takes items; a country that nobody describes yet is described when first met.

    Parameters
    ----------
    view
        The store as it was before the load.
    replaced
        Data set whose facts are taken out first; "" for none.
    """

    def __init__(
        self,
        view: View,
        writer: Writer,
        quarantine: Quarantine,
        *,
        origin: str,
        describes_countries: bool,
        replaced: str = "",
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._writer = writer
        self._quarantine = quarantine
        self._origin = origin
        self._describes_countries = describes_countries
        self._known = _nodes(view, replaced)
        self._owned = _owned(view, replaced)
        self._batch: list[tuple[Fact, ...]] = []
        self._batched = 0
        self._of_no_row: list[Fact] = []

    def take(self, items: Iterable[Item], tick: Callable[[int], None] | None) -> None:
        """Write the facts of rows as they come; rows that point ahead wait for the end."""
        told = 0
        with Spool[Taken]() as waiting:
            for item in items:
                if isinstance(item, LeftOut):
                    self.left_out[item.reason] += item.count
                elif isinstance(item, InvalidRecord):
                    self._quarantine.add(item)
                elif not self._take(item):
                    self._counts["waiting"] += 1
                    waiting.append(item)
                if tick is not None and self.read >= told + PROGRESS_STEP:
                    told = self.read
                    tick(told)
            del self._counts["waiting"]
            for item in waiting:
                self._take_last(item)
        self.flush()
        if tick is not None:
            tick(self.read)

    def add(self, fact: Fact) -> None:
        """Write a fact of no row."""
        self._of_no_row.append(fact)

    def flush(self) -> None:
        """Write the batch."""
        self._writer.add_many(self._of_no_row)
        standings = iter(self._writer.add_many([fact for facts in self._batch for fact in facts]))
        for facts in self._batch:
            self._counts[_outcome({next(standings) for _ in facts})] += 1
        self._batch, self._batched, self._of_no_row = [], 0, []

    @property
    def taken(self) -> int:
        """Rows that became facts."""
        return self._counts.total() + len(self._batch)

    @property
    def read(self) -> int:
        """Rows read so far."""
        return self.taken + self.left_out.total() + self._quarantine.rows

    def report(self) -> LoadReport:
        """Give the counts."""
        return LoadReport(
            read=self.read,
            loaded=self._counts["loaded"],
            unchanged=self._counts["unchanged"],
            superseded=self._counts["superseded"],
            left_out=self.left_out.total(),
            quarantined=self._quarantine.rows,
            problems=tuple(self._quarantine.problems),
            reasons=dict(sorted(self.left_out.items())),
            problem_count=self._quarantine.count,
        )

    def _take(self, item: Taken) -> bool:
        """Write a row or set it aside; False if it must wait."""
        try:
            for fact in item.facts:
                admit(fact, self._origin)
        except InvalidRecord as error:
            self._quarantine.add(
                InvalidRecord(item.path, item.line, error.column, error.found, error.expected)
            )
            return True
        known = self._known
        for fact in item.facts:
            if fact.target is None:
                known.add(fact.source)
        for fact in item.facts:
            if (fact.source not in known or fact.target not in known) and self._missing(fact):
                return False
        self._write(item)
        return True

    def _take_last(self, item: Taken) -> None:
        """Write a row that waited, or set it aside for the nodes that it lacks."""
        missing = [
            InvalidReference(
                item.path,
                item.line,
                column,
                repr(ref.key),
                f"the key of a {ref.label} in the store or in this load",
            )
            for fact in item.facts
            for column, ref in self._missing(fact)
        ]
        if missing:
            missing[0].others = tuple(missing[1:])
            self._quarantine.add(missing[0])
        else:
            self._write(item)

    def _missing(self, fact: Fact) -> list[tuple[str, NodeRef]]:
        """List the ends of a fact that no node describes; countries are described when first met."""
        if fact.target is None:
            return []
        missing = []
        for column, ref in (("source", fact.source), ("target", fact.target)):
            if ref in self._known:
                continue
            if ref.label == "Country" and self._describes_countries:
                self._of_no_row.append(country_fact(ref.key, fact.provenance, self._origin))
                self._known.add(ref)
            else:
                missing.append((column, ref))
        return missing

    def _write(self, item: Taken) -> None:
        for fact in item.facts:
            if fact.name == "OWNS" and (circle := self._circle(fact)):
                found = " owns ".join(ref.key for ref in circle)
                expected = "owners that do not own themselves"
                self._quarantine.add(InvalidRecord(item.path, item.line, "target", found, expected))
                return
        self._batch.append(item.facts)
        self._batched += len(item.facts)
        if self._batched >= FACTS_AT_ONCE:
            self.flush()

    def _circle(self, fact: Fact) -> list[NodeRef] | None:
        """Find the circle of owners that a stake would close, and note the stake if there is none."""
        if fact.target is None or fact.properties.get("status") not in LIVE_STAKES:
            return None
        chain = _path(self._owned, fact.target, fact.source)
        if chain is not None:
            return [fact.source, *chain]
        self._owned.setdefault(fact.source, set()).add(fact.target)
        return None


def _outcome(standings: set[Standing]) -> str:
    """Tell what became of a row by how its facts stand."""
    if standings & {"new", "newer"}:
        return "loaded"
    return "superseded" if "older" in standings else "unchanged"


def _nodes(view: View, replaced: str) -> set[NodeRef]:
    """Give the nodes of the store that another data set than the one replaced describes."""
    if not replaced:
        return set(view.nodes())
    return {
        fact.source for label in read_schema().labels for fact in view.facts(label) if fact.origin != replaced
    }


def _owned(view: View, replaced: str) -> dict[NodeRef, set[NodeRef]]:
    """Give who owns whom in the store."""
    owned: dict[NodeRef, set[NodeRef]] = {}
    for fact in view.facts("OWNS"):
        is_live = fact.properties.get("status") in LIVE_STAKES and fact.origin != replaced
        if fact.target is not None and is_live:
            owned.setdefault(fact.source, set()).add(fact.target)
    return owned


def _path(owned: dict[NodeRef, set[NodeRef]], start: NodeRef, end: NodeRef) -> list[NodeRef] | None:
    """Find a chain of owners from one node to another."""
    before: dict[NodeRef, NodeRef | None] = {start: None}
    stack = [start]
    while stack:
        node: NodeRef | None = stack.pop()
        if node == end:
            chain: list[NodeRef] = []
            while node is not None:
                chain.append(node)
                node = before[node]
            return chain[::-1]
        for child in sorted(owned.get(node, ())) if node is not None else ():
            if child not in before:
                before[child] = node
                stack.append(child)
    return None
