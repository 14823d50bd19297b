"""The commands that look into facts: check and export."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from chainshock.cli.options import DATE, format_of, output_options, store_options
from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_text

__all__ = ["check", "export"]

Known = Literal["known", "latest"]


@click.command(short_help="Check the facts and show what the supply of each good rests on.")
@store_options
@click.option("--as-of", type=DATE, help="Date of the facts. [default: the data edition's]")
@click.option(
    "--sources",
    "sources",
    is_flag=True,
    help="Show instead how old each source and data set is, and what in the ranking rests on it.",
)
@click.option(
    "--strict",
    "strict",
    metavar="RULE",
    multiple=True,
    help="Count the warnings of this rule as errors; `all` for every rule.",
)
@output_options
def check(
    *,
    store: str | None,
    empty: bool,
    as_of: date | None,
    sources: bool,
    strict: tuple[str, ...],
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Check the facts and show what the supply of each good rests on.

    Exits with 1 when a rule finds an error. With --sources no rule is run.

    \b
    Example:
        chainshock check
        chainshock check --strict all --format json
        chainshock check --sources
    """
    from chainshock.api import open_dataset

    form = format_of(format_, output)
    if sources:
        if strict:
            raise click.UsageError("--sources runs no rule, so it takes no --strict")
        with progress("reading"):
            answer = open_dataset(store, empty=empty).sources(as_of=as_of)
        if form == "json":
            write_text(to_json({"run": answer.run, "rows": answer.rows}), output)
        elif form == "csv":
            write_text(to_csv(answer.columns, answer.rows, answer.run if header else None), output)
        else:
            write_text(answer.to_text(terminal_width()), output)
        return
    with progress("checking"):
        sheet = open_dataset(store, empty=empty).check(as_of=as_of, strict=strict)
    if form == "json":
        write_text(to_json({"run": sheet.run, "rows": sheet.findings, "coverage": sheet.coverage}), output)
    elif form == "csv":
        write_text(to_csv(sheet.columns, sheet.findings, sheet.run if header else None), output)
    else:
        write_text(sheet.to_text(terminal_width()), output)
    errors = sheet.run["errors"]
    if errors:
        raise click.ClickException(f"{errors:,} of {len(sheet.findings):,} findings are errors")


@click.command(short_help="Write the facts to a file for other programs.")
@click.argument("kind", metavar="FORMAT", type=click.Choice(["jsonl", "parquet", "graphml", "ftm"]))
@click.argument("out", metavar="OUT")
@store_options
@click.option(
    "--as-of",
    type=DATE,
    help="Only what holds at this date. [default: all vintages; graphml and ftm: edition]",
)
@click.option(
    "--facts", type=click.Choice(["known", "latest"]), help="With --as-of: published by then, or latest."
)
def export(
    *, kind: str, out: str, store: str | None, empty: bool, as_of: date | None, facts: Known | None
) -> None:
    """Write the facts to a file for other programs.

    FORMAT is jsonl (one fact a line), parquet (a folder of tables), graphml (a graph at one date) or ftm
    (FollowTheMoney entities: companies, owners, supplies). OUT is written whole or not at all; - writes to
    stdout.

    \b
    Example:
        chainshock export jsonl facts.jsonl
        chainshock export graphml graph.graphml --as-of 2025-11-08
    """
    from chainshock.api import open_dataset
    from chainshock.graph.exports import exporter

    data = open_dataset(store, empty=empty)
    if as_of is None and facts is not None:
        raise click.UsageError("--facts needs --as-of")
    if as_of is None and kind in ("graphml", "ftm"):
        as_of = date.fromisoformat(data.edition)
    with progress("writing"):
        content = data.view() if as_of is None else data.graph(as_of, facts or "known")
        count = exporter(kind).write(content, out)
    click.echo(f"{count:,} facts written to {out}", err=True)
