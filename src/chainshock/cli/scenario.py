"""The commands that look at scenarios."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from chainshock.cli.options import DATE, format_of, known_option, output_options, store_options
from chainshock.cli.output import terminal_width, to_csv, to_json, write_bytes, write_text
from chainshock.cli.signals import fit, prices, signals
from chainshock.plots.figures import is_drawing

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

    Severity is the mean of s(t) over the 26 weeks of a static run. A day such as 2025-10-27 stands for what
    was in force on it, `now` for the day of the data edition.

    \b
    Example:
        chainshock scenario show october-2025-controls
        chainshock scenario show now
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


@scenario.command("timeline")
@known_option("Day whose states are told.")
@click.option("--from", "first", type=DATE, help="First day drawn. [default: 2010-01-01]")
@click.option("--to", "last", type=DATE, help="Last day drawn. [default: 2027-12-31]")
@store_options
@output_options
def timeline(
    *,
    as_of: date | None,
    facts: Literal["known", "latest"],
    first: date | None,
    last: date | None,
    store: str | None,
    empty: bool,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Draw the life of every measure: announced, in force, suspended, resumed, ended.

    JSON and CSV hold each event with the day from which it was public, its scope and its sources.

    \b
    Example:
        chainshock scenario timeline --from 2025-01-01 --to 2026-12-31
        chainshock scenario timeline --as-of 2025-10-27 --facts known
        chainshock scenario timeline --from 2023-01-01 -o measures.svg
    """
    from chainshock.api import open_dataset
    from chainshock.queries.timeline import FIRST_DAY, LAST_DAY

    form = format_of(format_, output, draws=True)
    first, last = first or FIRST_DAY, last or LAST_DAY
    if last <= first:
        raise click.UsageError(f"found --to {last} not after --from {first}, expected a later day")
    table = open_dataset(store, empty=empty).timeline(as_of=as_of, facts=facts, first=first, last=last)
    if is_drawing(form):
        from chainshock.plots.timeline import draw_timeline

        write_bytes(draw_timeline(table, form), output)
    elif form == "json":
        write_text(to_json(table.to_payload()), output)
    elif form == "csv":
        write_text(to_csv(table.columns, table.to_flat_dicts(), table.run if header else None), output)
    else:
        write_text(table.to_text(terminal_width()), output)


@scenario.command("new")
@click.option("--from", "day", type=DATE, required=True, help="The scenario's date, its week 0.")
@store_options
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to FILE, whole or not at all.")
def new(*, day: date, store: str | None, empty: bool, output: str) -> None:
    """Write a scenario file that starts from a day, with the measures of that day as comments.

    \b
    Example:
        chainshock scenario new --from 2025-10-27 -o mine.toml
    """
    from chainshock.api import open_dataset
    from chainshock.queries.scenario import dated_text
    from chainshock.queries.timeline import lives

    knowledge = open_dataset(store, empty=empty).knowledge
    known = [life for life in lives(knowledge, day, "latest") if not life.not_modelled]
    comments = ["", "Measures of the day. Tables such as [[suspend]], [[lift]] and [[override]] change them:"]
    for life in known:
        state = life.state(day)
        if state not in {"unannounced", "ended"}:
            comments.append(f"{life.id}: {state}, {life.title}")
    write_text(dated_text(day, comments), output)


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
        write_text(
            f"{name}: {'sound' if not rows else f'{len(rows)} problem' + 's' * (len(rows) > 1)}\n", output
        )
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    if problems:
        click.get_current_context().exit(1)


for command in (signals, prices, fit):
    scenario.add_command(command)
