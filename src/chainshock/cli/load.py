"""The command that loads files into a store."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chainshock.cli.new_store import new_store
from chainshock.cli.options import DATE, format_of, output_options
from chainshock.cli.output import load_progress, progress, terminal_width, to_csv, to_json, write_text
from chainshock.cli.review import ask, can_ask, keep_decisions, show_waiting
from chainshock.errors import FileProblem, UnknownName

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store
    from chainshock.loaders.base import LoadReport

__all__ = ["load"]

REFERENCE = "reference"
MOST_PROBLEMS = 20  # shown on stderr; all of them go to --quarantine and to JSON


@click.command(short_help="Load files of facts into a store.")
@click.argument("paths", metavar="[SOURCE] PATH...", nargs=-1)
@click.option("--list", "lists", is_flag=True, help="List the sources: what their files are and add.")
@click.option(
    "--store", metavar="FILE", envvar="CHAINSHOCK_STORE", help="Store to load into; made where there is none."
)
@click.option("--origin", metavar="NAME", help="Name of the data set. [default: name of the first path]")
@click.option("--empty", is_flag=True, help="Make a new store without the reference data.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--strict", is_flag=True, help="Load nothing and exit with 1 if any row does not fit.")
@click.option("--quarantine", metavar="FILE", help="Write the rows that do not fit to this CSV file.")
@click.option("--replace", is_flag=True, help="Take out first what this data set brought in before.")
@click.option("--published", type=DATE, help="When the files were published, where they do not say so.")
@click.option("--map", "mapping", metavar="FILE", help="Mapping of columns, for `tabular`.")
@click.option(
    "--review", metavar="FILE", help="Decisions on who is who: read, and added to where a person must decide."
)
@click.option(
    "--template",
    type=click.Choice(["suppliers", "bill-of-materials", "facilities", "stocks"]),
    help="Print a mapping file for `tabular` to fill in; with --format csv, an empty table that fits it.",
)
@click.option("--remove", metavar="ORIGIN", help="Take a data set out of the store instead of loading.")
@output_options
def load(
    *,
    paths: tuple[str, ...],
    lists: bool,
    store: str | None,
    origin: str | None,
    empty: bool,
    dry_run: bool,
    strict: bool,
    quarantine: str | None,
    replace: bool,
    published: date | None,
    mapping: str | None,
    review: str | None,
    template: str | None,
    remove: str | None,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Load files of facts into a store.

    SOURCE is the kind of files (`chainshock load --list` shows all), `tables` unless given: the project's
    own tables, one CSV file per label or relationship (Company.csv, EXPORTS_2024.csv), or folders of them;
    docs/reference/schema.md lists their columns. A load is one transaction. Rows that do not fit are set
    aside and reported; the rest loads. A new store starts from the reference data; your own facts win over
    them.

    \b
    Example:
        chainshock load my-tables/ --store mine.db
        chainshock load --template suppliers -o suppliers.toml
        chainshock load tabular suppliers.csv --map suppliers.toml --store mine.db
        chainshock load --remove my-tables --store mine.db
    """
    form = format_of(format_, output)
    if lists:
        _print_sources(form, output)
        return
    if template is not None:
        _print_template(template, form, output)
        return
    if remove is not None:
        if paths or dry_run:
            raise click.UsageError("--remove takes no PATH and no --dry-run")
        if store is None:
            raise click.UsageError("--remove needs --store FILE")
        _remove(remove, store)
        return
    source, files = _split_source(paths)
    if mapping is not None and source != "tabular":
        raise click.UsageError(
            "--map goes with tables of your own: chainshock load tabular PATH... --map FILE"
        )
    name = origin or Path(os.path.normpath(files[0])).stem
    if name == REFERENCE:
        raise click.UsageError(f"the name {REFERENCE!r} is taken by the shipped data; give another --origin")
    if store is None and not dry_run:
        raise click.UsageError(
            "Missing option '--store'. Give --store FILE, or --dry-run to check the files alone."
        )
    with _opened(store, empty=empty, dry_run=dry_run) as target:

        def run(*, dry_run: bool) -> LoadReport:
            from chainshock.loaders.ingest import load as load_files

            with load_progress(f"loading {source}") as tick:
                return load_files(
                    source,
                    files,
                    target,
                    origin=name,
                    strict=strict,
                    dry_run=dry_run,
                    replace_origin=replace,
                    quarantine=quarantine,
                    progress=tick,
                    published=published,
                    mapping=None if mapping is None else Path(mapping),
                    decisions=None if review is None else Path(review),
                )

        if review is not None and not dry_run and can_ask():  # before anything rests on the names that wait
            _ask(run(dry_run=True), source, target, Path(review))
        report = run(dry_run=dry_run)
    _print_report(report, name, form, header, output, dry_run=dry_run)
    if report.superseded and not replace:
        click.echo(
            f"{report.superseded:,} superseded: facts that the store holds go before them, of a later "
            f"date or the same; if this corrects {name}, load it with --replace",
            err=True,
        )
    show_waiting(report.waiting, review)


def _ask(report: LoadReport, source: str, store: Store, path: Path) -> None:
    """Ask about names that wait, and keep what was decided."""
    if not report.waiting:
        return
    from chainshock.loaders.resolve.companies import CompanyIndex

    decided = ask(
        report.waiting,
        lambda question: str(
            click.prompt(question, prompt_suffix="", default="", show_default=False, err=True)
        ),
        lambda text: click.echo(text, err=True),
    )
    keep_decisions(decided, path, source, CompanyIndex(store.view()).names)


def _split_source(paths: Sequence[str]) -> tuple[str, list[str]]:
    """Tell the kind of files from the files."""
    from chainshock.loaders.sources import LOADERS

    files = list(paths)
    source = "tables"
    if files and files[0] in LOADERS and not Path(files[0]).exists():
        source = files.pop(0)
    elif len(files) > 1 and _is_word(files[0]) and not os.path.lexists(files[0]):
        raise UnknownName("source", files[0], tuple(LOADERS))
    if not files:
        raise click.UsageError("Missing argument 'PATH...'.")
    return source, files


def _is_word(text: str) -> bool:
    """Tell whether an argument looks like the name of a source, and like no path."""
    return text.replace("-", "").isalnum()


@contextlib.contextmanager
def _opened(path: str | None, *, empty: bool, dry_run: bool) -> Iterator[Store]:
    """Open the store to load into; a new one appears under its name only when all has gone well."""
    from chainshock.graph.stores.memory import MemoryStore
    from chainshock.graph.stores.sqlite import SqliteStore
    from chainshock.loaders.reference import load_reference

    if path is not None and os.path.lexists(path):
        with SqliteStore(path) as store:
            yield store
        return
    if path is None or dry_run:
        with MemoryStore() as store:
            if not empty:
                load_reference(store)
            yield store
        return
    with new_store(Path(path)) as store:
        if not empty:
            with progress("starting from the reference data"):
                load_reference(store)
        yield store


def _remove(origin: str, path: str) -> None:
    from chainshock.graph.stores.sqlite import SqliteStore

    with SqliteStore(path) as store:
        known = store.view().origins()
        if origin not in known:
            raise UnknownName("data set", origin, tuple(known))
        with store.writer() as writer:
            count = writer.remove_origin(origin)
    click.echo(f"{origin}: {count:,} facts removed from {path}", err=True)


def _print_report(
    report: LoadReport, origin: str, form: str, header: bool, output: str, *, dry_run: bool
) -> None:
    rows = [
        {"source": p.source, "line": p.line, "column": p.column, "found": p.found, "expected": p.expected}
        for p in report.problems
    ]
    run = {
        "origin": origin,
        "read": report.read,
        "loaded": report.loaded,
        "unchanged": report.unchanged,
        "superseded": report.superseded,
        "left_out": report.left_out,
        "quarantined": report.quarantined,
        "reasons": report.reasons,
        "problems": report.problem_count,
        "waiting": len(report.waiting),
    }
    if form == "json":
        pairs = [asdict(pair) for pair in report.waiting]
        write_text(to_json({"run": run, "rows": rows, "waiting": pairs}), output)
    elif form == "csv":
        columns = ["source", "line", "column", "found", "expected"]
        write_text(to_csv(columns, rows, run if header else None), output)
    else:
        effect = "; dry run, nothing changed" if dry_run and (report.loaded or report.superseded) else ""
        lines = [f"{origin}: {report}{effect}"]
        lines += [f"    {n:,} left out: {why}" for why, n in report.reasons.items()]
        write_text("\n".join(lines) + "\n", output)
    for problem in report.problems[:MOST_PROBLEMS]:
        place = problem.source if problem.line is None else f"{problem.source}:{problem.line}"
        column = "" if problem.column is None else f"column {problem.column}: "
        click.echo(
            f"set aside: {place}: {column}found {problem.found}, expected {problem.expected}", err=True
        )
    if report.problem_count > MOST_PROBLEMS:
        click.echo(f"... and {report.problem_count - MOST_PROBLEMS:,} more", err=True)


def _print_template(kind: str, form: str, output: str) -> None:
    """Write an empty mapping file, or an empty table."""
    from chainshock.loaders.tabular import table_template, template

    if form == "json":
        raise click.UsageError("--template writes a mapping file, or with --format csv a table; no JSON")
    if output != "-" and os.path.lexists(output):
        raise FileProblem(output, "a file that is there already", "a new name: a template overwrites nothing")
    write_text(table_template(kind) if form == "csv" else template(kind), output)


def _print_sources(form: str, output: str) -> None:
    """List the sources."""
    from chainshock.loaders.sources import LOADERS, get_source

    columns = ["name", "title", "files", "adds", "licence", "url"]
    rows = [{column: getattr(get_source(name), column) for column in columns} for name in LOADERS]
    if form == "json":
        write_text(to_json({"run": {}, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(columns, rows), output)
    else:
        width, lines = max(len(row["name"]) for row in rows), []
        for row in rows:
            about = textwrap.wrap(f"{row['title']}: {row['adds']}", terminal_width() - width - 2)
            lines += [
                f"{name:{width}}  {line}" for name, line in zip_longest([row["name"]], about, fillvalue="")
            ]
        write_text("\n".join(lines) + "\n", output)
