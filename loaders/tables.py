"""Load the project's own tables (one CSV file per label or relationship) into a store."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.records import RowReader
from chainshock.loaders.base import LoadReport, Problem, Progress, write_quarantine
from chainshock.loaders.reading import EXPECTED_FILE, find_tables, read_cells, read_file, table_name

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store, Writer

__all__ = ["Row", "iter_rows", "load_tables", "table_rows"]

logger = logging.getLogger(__name__)

PROGRESS_STEP = 500  # rows between calls of `progress`
LIVE_STAKES = ("active", "agreed")  # status of stakes that can close a circle of ownership


class Row(NamedTuple):
    """A fact and where it was read."""

    fact: Fact
    path: str
    line: int


class _DryRunEnds(Exception):
    """No error: it leaves the transaction so that the store rolls back."""


def load_tables(
    paths: Sequence[str | Path],
    store: Store,
    *,
    origin: str,
    strict: bool = False,
    dry_run: bool = False,
    quarantine: str | Path | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load tables, all in one transaction.

    Rows that do not fit the schema, that point to a node which neither the store nor this load holds, or that
    close a circle of ownership are quarantined; the rest loads. Loading the same files again changes nothing.

    Parameters
    ----------
    paths
        Table files (`Company.csv`, `EXPORTS_2024.csv`), or folders of them.
    origin
        Name of the data set, kept with each fact.
    strict
        Load nothing if any row would be quarantined.
    dry_run
        Report what would happen and leave the store as it is.
    quarantine
        File to write the problems to, as CSV; it is written whenever given.
    progress
        Called with the rows written so far and the rows in all.

    Raises
    ------
    FileProblem
        A file as a whole cannot be read, or the quarantine file cannot be written. Nothing is loaded.
    InvalidRecord
        A table's header does not fit, or, with `strict`, a row does not. Nothing is loaded.
    StoreError
        The store failed. Nothing is loaded.
    """
    _check_quarantine(quarantine, paths)
    rows: list[Row] = []
    errors: list[InvalidRecord] = []
    for row in iter_rows(paths, origin=origin):
        if isinstance(row, Row):
            rows.append(row)
        else:
            errors.append(row)
    kept, dangling = _split_dangling(rows, store)
    kept, circular = _split_circular(kept, store)
    errors += dangling + circular
    if strict and errors:
        first, *others = errors
        first.others = (*first.others, *others)
        raise first
    problems = tuple(Problem.from_error(part) for error in errors for part in error.all)
    counts: Counter[str] = Counter()
    try:
        with store.writer(origin) as writer:
            counts.update(_added(kept, writer, progress))
            if quarantine is not None:  # before the commit: where it cannot be written, nothing loads
                write_quarantine(quarantine, problems)
            _end_dry_run(dry_run)
    except _DryRunEnds:
        logger.info("dry run: the store is as it was")
    return LoadReport(
        read=len(kept) + len(errors),
        loaded=counts["new"] + counts["newer"],
        unchanged=counts["unchanged"],
        superseded=counts["older"],
        quarantined=len(errors),
        problems=problems,
    )


def _check_quarantine(quarantine: str | Path | None, paths: Sequence[str | Path]) -> None:
    """Refuse to write the problems over a table that is being loaded."""
    if quarantine is not None and os.path.realpath(quarantine) in map(os.path.realpath, find_tables(paths)):
        raise FileProblem(str(quarantine), "a table that is being loaded", "another file for the problems")


def _added(rows: Sequence[Row], writer: Writer, progress: Progress | None) -> Iterator[str]:
    """Add rows to the store and say of each what became of it."""
    for number, row in enumerate(rows, 1):
        yield writer.add(row.fact)
        if progress is not None and (number % PROGRESS_STEP == 0 or number == len(rows)):
            progress(number, len(rows))


def _end_dry_run(dry_run: bool) -> None:
    if dry_run:
        raise _DryRunEnds


def iter_rows(paths: Sequence[str | Path], *, origin: str) -> Iterator[Row | InvalidRecord]:
    """Iterate over the rows of tables: a fact where the row fits, else the error that says why not.

    Raises
    ------
    FileProblem
        A file cannot be read, is not a table or is cut short.
    InvalidRecord
        A table's header does not fit.
    """
    for path in find_tables(paths):
        yield from table_rows(table_name(path), read_file(path), str(path), origin)


def table_rows(name: str, text: str, path: str, origin: str) -> Iterator[Row | InvalidRecord]:
    """Iterate over the rows of one table, given as text; see `iter_rows`."""
    rows = read_cells(text, path)
    header = next(rows, None)
    if header is None:
        raise FileProblem(path, "no header", EXPECTED_FILE)
    reader = RowReader(name, [cell.strip() for cell in header[1]], path=path, origin=origin)
    for line, cells in rows:
        try:
            yield Row(reader.read(cells, line), path, line)
        except InvalidRecord as error:
            yield error


def _split_dangling(rows: Sequence[Row], store: Store) -> tuple[list[Row], list[InvalidRecord]]:
    """Set aside relationships to nodes that neither the store nor the rows hold."""
    if not any(row.fact.is_edge for row in rows):
        return list(rows), []
    known = set(store.view().nodes())
    known.update(row.fact.source for row in rows if not row.fact.is_edge)
    kept: list[Row] = []
    errors: list[InvalidRecord] = []
    for row in rows:
        missing = _missing_ends(row, known)
        if missing:
            missing[0].others = tuple(missing[1:])
            errors.append(missing[0])
        else:
            kept.append(row)
    return kept, errors


def _missing_ends(row: Row, known: set[NodeRef]) -> list[InvalidRecord]:
    if row.fact.target is None:
        return []
    return [
        InvalidReference(
            row.path,
            row.line,
            column,
            repr(ref.key),
            f"the key of a {ref.label} in the store or in this load",
        )
        for column, ref in (("source", row.fact.source), ("target", row.fact.target))
        if ref not in known
    ]


def _split_circular(rows: Sequence[Row], store: Store) -> tuple[list[Row], list[InvalidRecord]]:
    """Set aside stakes that would make a company own itself through others."""
    if not any(row.fact.name == "OWNS" for row in rows):
        return list(rows), []
    owned: dict[NodeRef, set[NodeRef]] = {}
    for fact in store.view().facts("OWNS"):
        if fact.target is not None and fact.properties.get("status") in LIVE_STAKES:
            owned.setdefault(fact.source, set()).add(fact.target)
    kept: list[Row] = []
    errors: list[InvalidRecord] = []
    for row in rows:
        fact = row.fact
        if fact.name == "OWNS" and fact.target is not None and fact.properties.get("status") in LIVE_STAKES:
            circle = _path(owned, fact.target, fact.source)
            if circle is not None:
                found = " owns ".join(ref.key for ref in (fact.source, *circle))
                errors.append(
                    InvalidRecord(row.path, row.line, "target", found, "owners that do not own themselves")
                )
                continue
            owned.setdefault(fact.source, set()).add(fact.target)
        kept.append(row)
    return kept, errors


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
