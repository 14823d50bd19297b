"""The command that lists and removes runs in Neo4j, and what `rank --push` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from chainshock.cli.neo4j_options import connection_of, connection_options
from chainshock.cli.options import format_of, output_options
from chainshock.cli.output import row_progress, terminal_width, to_csv, to_json, write_text

if TYPE_CHECKING:
    from chainshock.queries.rank import RankTable
    from chainshock.server.connection import Connection
    from chainshock.shock import Shock

__all__ = ["push_results", "runs"]

COLUMNS = (
    *("run", "scenario", "as_of", "data_edition", "horizon", "rationing", "substitution", "samples", "seed"),
    *("version", "results"),
)
SHOWN = ("run", "as_of", "horizon", "rationing", "substitution", "samples", "results")


@click.command(short_help="List the runs that are stored in Neo4j, or remove one.")
@click.option("--remove", metavar="RUN", help="Remove the run of that id with all it exposes; facts stay.")
@connection_options
@output_options
def runs(
    *,
    remove: str | None,
    uri: str | None,
    user: str | None,
    format_: str | None,
    header: bool,
    output: str,
) -> None:
    """List the runs that are stored in Neo4j, or remove one.

    `chainshock rank --push` stores them; one of the same inputs has the same id, and takes its place.

    \b
    Example:
        chainshock neo4j runs
        chainshock neo4j runs --remove april-2025-0a1b2c3d4e5f
    """
    form = format_of(format_, output)
    found = connection_of(uri, user)
    from chainshock.graph.stores.neo4j_results import ResultStore

    with ResultStore(found.uri, found.user, found.password) as store:
        if remove is not None:
            store.remove(remove)
            click.echo(f"{found.uri}: run {remove} removed", err=True)
            return
        rows = store.runs()
    run = {"uri": found.uri, "runs": len(rows)}
    if form == "json":
        write_text(to_json({"run": run, "rows": rows}), output)
    elif form == "csv":
        write_text(to_csv(COLUMNS, rows, run if header else None), output)
    elif rows:
        from chainshock.queries.cypher_answers import Answer

        shown = tuple({name: row[name] for name in SHOWN} for row in rows)
        write_text(Answer(SHOWN, shown).to_text(terminal_width()), output)
    if not rows:
        click.echo(f"{found.uri}: no runs; `chainshock rank --push` stores them", err=True)


def push_results(target: Connection, shock: Shock, table: RankTable, shown: Sequence[str]) -> None:
    """Store a ranking in Neo4j, with the paths of the rows shown."""
    from chainshock.graph.stores.neo4j_results import ResultStore
    from chainshock.results import make_results

    with ResultStore(target.uri, target.user, target.password) as store:
        with row_progress("finding paths") as tick:
            results = make_results(shock, table, shown, tick)
        store.push(results)
    explained = len({values["exposed"] for _, _, values in results.steps})
    click.echo(
        f"{target.uri}: run {results.run['id']}: {len(results.exposes):,} results, "
        f"paths of {explained:,} of them",
        err=True,
    )
