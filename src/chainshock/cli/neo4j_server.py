"""The commands that start and stop a Neo4j of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import status_line, to_csv, to_json, write_text

__all__ = ["down", "status", "up"]

F = TypeVar("F", bound=Callable[..., Any])


def data_option(function: F) -> F:
    """Add the option that says in which folder the server lives."""
    return click.option(
        "--data",
        metavar="DIR",
        help="Folder of the server. [default: CHAINSHOCK_NEO4J, else in the user's data folder]",
    )(function)


def _settings(pairs: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip() or set("\n\r#") & set(pair):
            raise click.UsageError(f"found --setting {pair!r}, expected NAME=VALUE of neo4j.conf")
        values[name.strip()] = value.strip()
    return values


@click.command(short_help="Start a Neo4j server on this machine.")
@data_option
@click.option("--setting", "pairs", metavar="NAME=VALUE", multiple=True, help="A line of neo4j.conf.")
def up(*, data: str | None, pairs: tuple[str, ...]) -> None:
    """Start a Neo4j server on this machine.

    Needs Java 17 or later and, the first time, Maven, which fetches Neo4j Community and Browser. The server
    listens on this machine alone. It goes on until `chainshock neo4j down`; a second `up` changes nothing.

    \b
    Example:
        chainshock neo4j up
        chainshock neo4j up --data neo4j/ --setting server.memory.heap.max_size=4g
    """
    from chainshock.server.home import Home
    from chainshock.server.process import up as start

    settings = _settings(pairs)
    with status_line() as say:
        server = start(Home.at(data), settings=settings, say=say)
    rows = _rows(server)
    click.echo("\n".join(f"{item:<8}  {value}" for item, value in rows))


@click.command(short_help="Stop the Neo4j server that `up` started.")
@data_option
def down(*, data: str | None) -> None:
    """Stop the Neo4j server that `up` started.

    Its data stay; `up` goes on with them.

    \b
    Example:
        chainshock neo4j down
    """
    from chainshock.server.home import Home
    from chainshock.server.process import down as stop

    home = Home.at(data)
    with status_line() as say:
        say("stopping Neo4j")
        stopped = stop(home)
    click.echo("stopped" if stopped else f"no server runs in {home.path}", err=True)


@click.command(short_help="Show whether a Neo4j server of one's own runs, and where.")
@data_option
@output_options
def status(*, data: str | None, format_: str | None, header: bool, output: str) -> None:
    """Show whether a Neo4j server of one's own runs, and where.

    \b
    Example:
        chainshock neo4j status
    """
    from chainshock.server.home import Home
    from chainshock.server.process import running

    home = Home.at(data)
    server = running(home)
    found = (
        [("runs", "no"), ("data", str(home.path))] if server is None else [("runs", "yes"), *_rows(server)]
    )
    rows = [{"item": item, "value": value} for item, value in found]
    form = format_of(format_, output)
    if form == "json":
        write_text(to_json({"run": {}, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(["item", "value"], rows, {} if header else None), output)
    else:
        write_text("".join(f"{item:<8}  {value}\n" for item, value in found), output)


def _rows(server: Any) -> list[tuple[str, str]]:  # Any: a Server, whose module is imported late
    return [
        ("bolt", server.uri),
        ("browser", server.browser),
        ("user", server.user),
        ("password", f"in {server.home.password_file}"),
        ("data", str(server.home.path)),
    ]
