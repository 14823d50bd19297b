"""The command that puts a Cypher question to Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chainshock.cli.neo4j_options import connection_of, connection_options
from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import progress, terminal_width, to_csv, to_json, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["query"]


@click.command(short_help="Put a ready Cypher question, or one of your own, to Neo4j.")
@click.argument("name", metavar="NAME|FILE", required=False)
@click.option(
    "-P", "--parameter", "given", metavar="KEY=VALUE", multiple=True, help="Value of a parameter; repeatable."
)
@click.option("--list", "list_", is_flag=True, help="List the questions, or the parameters of one.")
@click.option("--write", is_flag=True, help="Let the statement change the database.")
@connection_options
@output_options
def query(
    name: str | None,
    given: Sequence[str],
    list_: bool,
    write: bool,
    uri: str | None,
    user: str | None,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """Put a ready Cypher question, or one of your own, to Neo4j.

    NAME is one of the questions that come with chainshock (--list), FILE a .cypher file. A value is read
    as the type of the parameter's default, and travels beside the statement: it is never part of its text.

    \b
    Example:
        chainshock query --list
        chainshock query import-dependence -P origin=CHN -P code=850511
        chainshock query mine.cypher --format csv -o mine.csv
    """
    form = format_of(format_, output)
    if list_:
        _list(name, form, output)
        return
    if name is None:
        raise click.UsageError("found no question, expected NAME, FILE or --list")
    from chainshock.queries.cypher_files import find_query

    question = find_query(name)
    values = question.fill(_pairs(given))
    connection = connection_of(uri, user)
    from chainshock.cypher import ask

    with progress("asking Neo4j"):
        answer = ask(connection, question, values, write=write)
    run = {
        "query": question.name,
        "title": question.title,
        "parameters": {k: _said(v) for k, v in values.items()},
    }
    if form == "json":
        write_text(to_json({"run": run, "rows": answer.rows}), output)
    elif form == "csv":
        write_text(to_csv(answer.columns, answer.to_flat_dicts(), run if header else None), output)
    else:
        write_text(answer.to_text(terminal_width()) if answer.rows else "", output)
    if not answer.rows:
        click.echo(f"{question.name}: no rows", err=True)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    """Read KEY=VALUE."""
    found: dict[str, str] = {}
    for entry in given:
        key, equals, value = entry.partition("=")
        if not equals or not key:
            raise click.UsageError(f"-P: found {entry!r}, expected KEY=VALUE, such as country=CHN")
        if key in found:
            raise click.UsageError(f"-P: found {key!r} twice, expected each parameter once")
        found[key] = value
    return found


def _said(value: object) -> object:
    return value if isinstance(value, bool | int | float | str | list) else str(value)


def _list(name: str | None, form: str, output: str) -> None:
    """Write the questions, or the parameters of one."""
    from chainshock.queries.cypher_files import find_query, query_pack
    from chainshock.queries.cypher_listing import describe, listing_columns, listing_text

    rows = [describe(entry) for entry in (query_pack() if name is None else [find_query(name)])]
    if form == "json":
        write_text(to_json({"rows": rows}), output)
    elif form == "csv":
        flat = [{**row, "parameters": ", ".join(row["parameters"])} for row in rows]
        write_text(to_csv(listing_columns(), flat), output)
    else:
        write_text(listing_text(rows, terminal_width(), alone=name is not None), output)
