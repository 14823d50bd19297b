"""Load what a source reads into a store, in one transaction, and account for every row."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chainshock.errors import FileProblem, InvalidReference
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.base import LoadReport, Progress
from chainshock.loaders.inputs import Input, find_inputs
from chainshock.loaders.quarantine import Quarantine
from chainshock.loaders.sink import Sink
from chainshock.loaders.sources import Context, Source, get_source

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store

__all__ = ["load"]

logger = logging.getLogger(__name__)


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
        File to write the problems to, as CSV; written whenever a load comes to its end, a strict one too.
    progress
        Called with the rows read so far, and the bytes of the files read so far and in all.
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
    InvalidReference
        Other data sets rest on nodes that only the data set replaced describes. Nothing is loaded.
    StoreError
        The store failed. Nothing is loaded.
    """
    source = get_source(name)
    inputs = find_inputs(paths, source.suffixes)
    _check_quarantine(quarantine, [*(item.path for item in inputs), mapping, decisions])
    view = store.view()
    context = Context(view, origin, published, mapping, decisions, source=name)
    if decisions is not None:  # a file of decisions that does not fit is refused before anything is read
        context.review  # noqa: B018 - read once, here
    is_whole = False
    try:
        with Quarantine(quarantine) as aside, store.writer(origin) as writer:
            if replace_origin:
                writer.remove_origin(origin)
            sink = Sink(
                view,
                writer,
                aside,
                origin=origin,
                describes_countries=source.names_countries,
                replaced=origin if replace_origin else "",
            )
            sink.take(source.read(inputs, context), _ticker(progress, inputs))
            _describe(source, inputs, context, sink)
            aside.finish()  # before the commit: where it cannot be written, nothing loads
            if strict:
                aside.refuse()
            is_whole = True
            _end_dry_run(dry_run)
            if decisions is not None:
                context.review.write(decisions)
    except _DryRunEnds:
        logger.info("dry run: the store is as it was")
    except InvalidReference as error:
        if is_whole and replace_origin:
            raise _still_needed(error, origin) from error
        raise
    return replace(sink.report(), waiting=context.waiting)


def _end_dry_run(dry_run: bool) -> None:
    if dry_run:
        raise _DryRunEnds


def _ticker(progress: Progress | None, inputs: Sequence[Input]) -> Callable[[int], None] | None:
    """Make a function of the rows read so far that tells `progress` of the bytes, too."""
    if progress is None:
        return None
    meters = [item.meter for item in inputs]
    total = sum(meter.total for meter in meters)

    def tick(rows: int) -> None:
        progress(rows, sum(min(meter.done, meter.total) for meter in meters), total)

    return tick


def _describe(source: Source, inputs: Sequence[Input], context: Context, sink: Sink) -> None:
    """Note which editions and files the load rests on, and what became of their rows."""
    if not context.editions:
        return
    for edition in context.editions.values():
        sink.add(edition.fact(context.origin))
    latest = max(context.editions.values(), key=lambda edition: edition.published)
    report = sink.report()
    properties: dict[str, Value] = {
        "loader": source.name,
        "files": tuple(
            f"{_file_name(item)} sha256-{item.digest()}" for item in (*inputs, *_mapping(context))
        ),
        "read": report.read,
        "taken": sink.taken,
        "left_out": report.left_out,
        "quarantined": report.quarantined,
    }
    more = {
        "licence": source.licence,
        "url": source.url,
        "left_out_reasons": "; ".join(f"{count} {reason}" for reason, count in report.reasons.items()),
    }
    said = replace(latest.said(latest.published), sources=tuple(sorted(context.editions)))
    properties |= {name: text for name, text in more.items() if text}
    sink.add(Fact("Dataset", NodeRef("Dataset", context.origin), None, properties, said, context.origin))
    sink.flush()


def _mapping(context: Context) -> list[Input]:
    """Give the mapping file, where there is one: the same table under another says something else."""
    path = context.mapping
    return [] if path is None else [Input(str(path), path.name, path)]


def _file_name(item: Input) -> str:
    """Name a file, or a member of an archive, without its folder."""
    name = item.path.name if item.member is None else f"{item.path.name}!{item.base}"
    return name.replace(";", "_")


def _check_quarantine(quarantine: str | Path | None, others: Sequence[Path | None]) -> None:
    """Refuse to write the problems over a file that the load reads."""
    taken = {os.path.realpath(path) for path in others if path is not None}
    if quarantine is not None and os.path.realpath(quarantine) in taken:
        raise FileProblem(str(quarantine), "a file that is being loaded", "another file for the problems")


def _still_needed(error: InvalidReference, origin: str) -> InvalidReference:
    """Say that other data sets rest on what a data set would no longer describe."""
    expected = (
        f"new files of {origin!r} that describe what other data sets rest on; "
        f"add the node to them, or remove {error.path!r} first"
    )
    return InvalidReference(error.path, None, error.column, error.found, expected)
