"""The commands that look at scenarios."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from chainshock.cli.options import DATE, format_of, output_options, store_options
from chainshock.cli.output import terminal_width, to_csv, to_json, write_text

__all__ = ["scenario"]


@click.group(short_help="List, show and check scenarios.")
def scenario() -> None:
    """List, show and check scenarios.

    \b
    Example:
        chainshock scenario list
    """


@scenario.command("list")
@output_options
def list_(format_: str | None, header: bool, output: str) -> None:
    """List the shipped scenarios, the default first.

    \b
    Example:
        chainshock scenario list
    """
    from chainshock.queries.scenario import list_scenarios, read_scenario
    from chainshock.queries.tables import Column, draw_table

    form = format_of(format_, output)
    rows = [
        {"name": found.name, "date": found.date.isoformat(), "facts": found.facts, "title": found.title}
        for found in map(read_scenario, list_scenarios())
    ]
    if form == "json":
        write_text(to_json({"run": {}, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(["name", "date", "facts", "title"], rows, {} if header else None), output)
    else:
        columns = [Column("name", 30), Column("date", 10), Column("title", None)]
        cells = [[row["name"], row["date"], row["title"]] for row in rows]
        write_text(draw_table(columns, cells, terminal_width()), output)


@scenario.command("show")
@click.argument("name", metavar="NAME|FILE")
@click.option("--as-of", type=DATE, help="Date of the facts. [default: the scenario's]")
@click.option(
    "--facts",
    type=click.Choice(["known", "latest"]),
    help="Which vintage of facts. [default: the scenario's]",
)
@store_options
@output_options
def show(
    *,
    name: str,
    as_of: date | None,
    facts: Literal["known", "latest"] | None,
    store: str | None,
    empty: bool,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Show the measures of a scenario: in force, with severities, and not modelled, with reasons.

    Severity is the mean of s(t) over the 26 weeks of a static run.

    \b
    Example:
        chainshock scenario show october-2025-controls
    """
    from chainshock.api import open_dataset

    form = format_of(format_, output)
    sheet = open_dataset(store, empty=empty).describe(name, as_of=as_of, facts=facts)
    if form == "json":
        write_text(to_json({"run": sheet.run, "rows": sheet.rows}), output)
    elif form == "csv":
        write_text(to_csv(sheet.columns, sheet.rows, sheet.run if header else None), output)
    else:
        write_text(sheet.to_text(terminal_width()), output)


@scenario.command("check")
@click.argument("name", metavar="NAME|FILE")
@store_options
@output_options
def check(
    *, name: str, store: str | None, empty: bool, format_: str | None, header: bool, output: str
) -> None:
    """Check a scenario file: its keys and values, then its measures, goods and countries against the graph.

    Exits with 1 when there is a problem.

    \b
    Example:
        chainshock scenario check my-scenario.toml
    """
    from chainshock.api import open_dataset
    from chainshock.queries.scenario import check_scenario

    form = format_of(format_, output)
    problems = check_scenario(name) or open_dataset(store, empty=empty).check_scenario(name)
    rows = [
        {"source": p.path, "line": p.row, "key": p.column, "found": p.found, "expected": p.expected}
        for p in problems
    ]
    if form == "json":
        write_text(to_json({"run": {"scenario": name, "problems": len(rows)}, "rows": rows}), output)
    elif form == "csv":
        columns = ["source", "line", "key", "found", "expected"]
        write_text(to_csv(columns, rows, {"scenario": name} if header else None), output)
    else:
        write_text(f"{name}: {'sound' if not rows else f'{len(rows)} problems'}\n", output)
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    if problems:
        click.get_current_context().exit(1)
