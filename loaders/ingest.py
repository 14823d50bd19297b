"""Load what a source reads into a store, in one transaction, and account for every row."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.base import LoadReport, Problem, Progress, write_quarantine
from chainshock.loaders.inputs import Input, find_inputs
from chainshock.loaders.resolve.countries import country_fact
from chainshock.loaders.sources import Context, Item, LeftOut, Source, Taken, get_source

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store, Writer

__all__ = ["load"]

logger = logging.getLogger(__name__)

PROGRESS_STEP = 500  # rows between calls of `progress`
LIVE_STAKES = ("active", "agreed")  # status of stakes that can close a circle of ownership


class _DryRunEnds(Exception):
    """No error: it leaves the transaction so that the store rolls back."""


def load(
    name: str,
    paths: Sequence[str | Path],
    store: Store,
    *,
    origin: str,
    strict: bool = False,
    dry_run: bool = False,
    replace_origin: bool = False,
    quarantine: str | Path | None = None,
    progress: Progress | None = None,
    published: date | None = None,
    mapping: Path | None = None,
    decisions: Path | None = None,
) -> LoadReport:
    """Load files of one kind into a store.

    Rows that do not fit, that point to a node which neither the store nor this load holds, or that close a
    circle of ownership are quarantined; the rest loads. Loading the same files again changes nothing.

    Parameters
    ----------
    name
        Name of the source; `chainshock.loaders.sources.LOADERS` lists them.
    paths
        Files, archives or folders of them.
    origin
        Name of the data set, kept with each fact.
    strict
        Load nothing if any row would be quarantined.
    dry_run
        Report what would happen and leave the store as it is.
    replace_origin
        Take out first, in the same transaction, what this data set brought in before.
    quarantine
        File to write the problems to, as CSV; it is written whenever given.
    progress
        Called with the rows read so far, and the rows in all (0 where nobody knows).
    published, mapping, decisions
        See `Context`.

    Raises
    ------
    UnknownName
        No source has the name.
    FileProblem
        A file as a whole cannot be read, or the quarantine file cannot be written. Nothing is loaded.
    InvalidRecord
        A table's header does not fit, or, with `strict`, a row does not. Nothing is loaded.
    StoreError
        The store failed. Nothing is loaded.
    """
    source = get_source(name)
    inputs = find_inputs(paths, source.suffixes)
    _check_quarantine(quarantine, inputs)
    context = Context(store.view(), origin, published, mapping, decisions)
    sink = _Sink(store, origin, describes_countries=source.names_countries)
    try:
        with store.writer(origin) as writer:
            if replace_origin:
                writer.remove_origin(origin)
            sink.take(source.read(inputs, context), writer, progress)
            sink.describe(source, inputs, context, writer)
            if strict:
                sink.refuse_errors()
            if quarantine is not None:  # before the commit: where it cannot be written, nothing loads
                write_quarantine(quarantine, sink.problems)
            _end_dry_run(dry_run)
    except _DryRunEnds:
        logger.info("dry run: the store is as it was")
    return sink.report()


def _end_dry_run(dry_run: bool) -> None:
    if dry_run:
        raise _DryRunEnds


class _Sink:
    """Counts rows while it writes them."""

    def __init__(self, store: Store, origin: str, *, describes_countries: bool) -> None:
        self.errors: list[InvalidRecord] = []
        self.left_out: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._known = set(store.view().nodes())
        self._waiting: list[Taken] = []
        self._owned = _owned(store)
        self._origin = origin
        self._describes_countries = describes_countries

    def take(self, items: Iterable[Item], writer: Writer, progress: Progress | None) -> None:
        """Write the facts of rows as they come; rows that point ahead wait for the end."""
        number = 0
        for number, item in enumerate(items, 1):
            if isinstance(item, LeftOut):
                self.left_out[item.reason] += item.count
            elif isinstance(item, InvalidRecord):
                self.errors.append(item)
            else:
                self._known.update(f.source for f in item.facts if f.target is None)
                if any(self._missing(fact, writer) for fact in item.facts):
                    self._waiting.append(item)
                else:
                    self._write(item, writer)
            if progress is not None and number % PROGRESS_STEP == 0:
                progress(number, 0)
        if progress is not None:
            progress(number, number)
        for item in self._waiting:
            missing = [
                InvalidReference(
                    item.path,
                    item.line,
                    column,
                    repr(ref.key),
                    f"the key of a {ref.label} in the store or in this load",
                )
                for fact in item.facts
                for column, ref in self._missing(fact, writer)
            ]
            if missing:
                missing[0].others = tuple(missing[1:])
                self.errors.append(missing[0])
            else:
                self._write(item, writer)

    def describe(self, source: Source, inputs: Sequence[Input], context: Context, writer: Writer) -> None:
        """Note which editions and files the load rests on, and what became of their rows."""
        if not context.editions:
            return
        for edition in context.editions.values():
            writer.add(edition.fact(self._origin))
        latest = max(context.editions.values(), key=lambda edition: edition.published)
        properties: dict[str, Value] = {
            "loader": source.name,
            "files": tuple(f"{item.base.replace(';', '_')} sha256-{item.digest()}" for item in inputs),
            "read": self.read,
            "taken": sum(self._counts.values()),
            "left_out": sum(self.left_out.values()),
            "quarantined": len(self.errors),
        }
        more = {
            "licence": source.licence,
            "url": source.url,
            "left_out_reasons": "; ".join(f"{n} {reason}" for reason, n in sorted(self.left_out.items())),
        }
        said = replace(latest.said(latest.published), sources=tuple(sorted(context.editions)))
        node = NodeRef("Dataset", self._origin)
        writer.add(
            Fact("Dataset", node, None, properties | {k: v for k, v in more.items() if v}, said, self._origin)
        )

    @property
    def read(self) -> int:
        """Rows read so far."""
        return sum(self._counts.values()) + sum(self.left_out.values()) + len(self.errors)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of all rows."""
        return tuple(Problem.from_error(part) for error in self.errors for part in error.all)

    def refuse_errors(self) -> None:
        """Raise all errors as one, if there are any."""
        if self.errors:
            first, *others = self.errors
            first.others = (*first.others, *others)
            raise first

    def report(self) -> LoadReport:
        """Give the counts."""
        return LoadReport(
            read=self.read,
            loaded=self._counts["loaded"],
            unchanged=self._counts["unchanged"],
            superseded=self._counts["superseded"],
            left_out=sum(self.left_out.values()),
            quarantined=len(self.errors),
            problems=self.problems,
            reasons=dict(sorted(self.left_out.items())),
        )

    def _missing(self, fact: Fact, writer: Writer) -> list[tuple[str, NodeRef]]:
        """List the ends of a fact that no node describes; countries are described when first met."""
        if fact.target is None:
            return []
        missing = []
        for column, ref in (("source", fact.source), ("target", fact.target)):
            if ref in self._known:
                continue
            if ref.label == "Country" and self._describes_countries:
                writer.add(country_fact(ref.key, fact.provenance, self._origin))
                self._known.add(ref)
            else:
                missing.append((column, ref))
        return missing

    def _write(self, item: Taken, writer: Writer) -> None:
        circle = next(filter(None, (self._circle(fact) for fact in item.facts)), None)
        if circle is not None:
            found = " owns ".join(ref.key for ref in circle)
            self.errors.append(
                InvalidRecord(item.path, item.line, "target", found, "owners that do not own themselves")
            )
            return
        standings = {writer.add(fact) for fact in item.facts}
        if standings & {"new", "newer"}:
            self._counts["loaded"] += 1
        else:
            self._counts["superseded" if "older" in standings else "unchanged"] += 1

    def _circle(self, fact: Fact) -> list[NodeRef] | None:
        """Find the circle of owners that a stake would close, and note the stake if there is none."""
        if fact.name != "OWNS" or fact.target is None or fact.properties.get("status") not in LIVE_STAKES:
            return None
        chain = _path(self._owned, fact.target, fact.source)
        if chain is not None:
            return [fact.source, *chain]
        self._owned.setdefault(fact.source, set()).add(fact.target)
        return None


def _check_quarantine(quarantine: str | Path | None, inputs: Sequence[Input]) -> None:
    """Refuse to write the problems over a file that is being loaded."""
    if quarantine is not None and os.path.realpath(quarantine) in {os.path.realpath(i.path) for i in inputs}:
        raise FileProblem(str(quarantine), "a table that is being loaded", "another file for the problems")


def _owned(store: Store) -> dict[NodeRef, set[NodeRef]]:
    """Give who owns whom in the store."""
    owned: dict[NodeRef, set[NodeRef]] = {}
    for fact in store.view().facts("OWNS"):
        if fact.target is not None and fact.properties.get("status") in LIVE_STAKES:
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
