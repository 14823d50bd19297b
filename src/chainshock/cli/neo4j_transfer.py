"""The commands that bring the graph into Neo4j and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chainshock.cli.neo4j_options import connection_of, connection_options
from chainshock.cli.new_store import new_store
from chainshock.cli.options import store_options
from chainshock.cli.output import progress, row_progress
from chainshock.errors import FileProblem, StoreUnavailable

if TYPE_CHECKING:
    from chainshock.graph.facts import Fact

__all__ = ["pull", "push"]

F = TypeVar("F", bound=Callable[..., Any])
FACTS_AT_ONCE = 5_000


def _graph_option(function: F) -> F:
    return click.option(
        "--graph",
        default="chainshock",
        show_default=True,
        metavar="NAME",
        help="Name of the graph in the database; nothing else there is read or changed.",
    )(function)


@click.command(short_help="Bring the graph into Neo4j.")
@store_options
@connection_options
@_graph_option
@click.option("--rewrite", is_flag=True, help="Write again what is there, in case someone changed it.")
@click.option(
    "--to-files", "folder", metavar="DIR", help="Write files for `neo4j-admin database import` instead."
)
def push(
    *,
    store: str | None,
    empty: bool,
    uri: str | None,
    user: str | None,
    graph: str,
    rewrite: bool,
    folder: str | None,
) -> None:
    """Bring the graph into Neo4j.

    Afterwards Neo4j holds all vintages of the facts, and none that are no longer among them; what else is in
    the database stays as it is. A push that was cut off goes on where it stopped.

    \b
    Example:
        chainshock neo4j push
        chainshock neo4j push --store mine.db --uri bolt://127.0.0.1:7687
        chainshock neo4j push --to-files import/
    """
    if folder is not None:
        if uri is not None or rewrite:
            raise click.UsageError("--to-files talks to no server, so it takes no --uri and no --rewrite")
        _write_files(folder, store, graph, empty=empty)
        return
    from chainshock.api import open_dataset
    from chainshock.graph.stores.neo4j import Neo4jStore

    found = connection_of(uri, user)
    with Neo4jStore(found.uri, found.user, found.password, graph) as target:
        with progress("reading"):
            facts = open_dataset(store, empty=empty).facts
        with row_progress("pushing", "facts") as tick:
            done = target.push(facts, progress=tick, rewrite=rewrite)
    click.echo(
        f"{found.uri}: {done.written:,} written, {done.removed:,} removed; "
        f"graph {graph!r} holds {done.facts:,} facts",
        err=True,
    )


def _write_files(folder: str, store: str | None, graph: str, *, empty: bool) -> None:
    from chainshock.api import open_dataset
    from chainshock.graph.stores.neo4j_files import ARGUMENTS, write_import_files

    with progress("writing"):
        count = write_import_files(open_dataset(store, empty=empty).facts, folder, graph)
    path = Path.cwd() / folder / ARGUMENTS
    click.echo(
        f"{count:,} facts written to {folder}. With the server stopped, and in place of its database:\n"
        f"    neo4j-admin database import full --overwrite-destination @{path} neo4j\n"
        "then start it, and push once more: that makes the constraints and indexes.",
        err=True,
    )


@click.command(short_help="Bring the graph from Neo4j into a store file.")
@click.option(
    "--store", metavar="FILE", required=True, help="Store to make; there must be none of that name."
)
@connection_options
@_graph_option
def pull(*, store: str, uri: str | None, user: str | None, graph: str) -> None:
    """Bring the graph from Neo4j into a store file.

    The store holds the same facts, of the same data sets, as the one that was pushed.

    \b
    Example:
        chainshock neo4j pull --store back.db
    """
    from chainshock.graph.stores.neo4j import Neo4jStore

    if os.path.lexists(store):
        raise FileProblem(store, "a file that is there already", "a new name: a pull overwrites nothing")
    found = connection_of(uri, user)
    count = 0
    with (
        Neo4jStore(found.uri, found.user, found.password, graph) as source,
        new_store(Path(store), "pull") as target,
        row_progress("pulling", "facts") as tick,
    ):
        total = source.size()
        if total is None:
            wanted = "one: `chainshock neo4j push` brings it there"
            raise StoreUnavailable(f"{found.uri}: found no graph {graph!r}, expected {wanted}")
        with target.writer() as writer:
            for facts in _chunks(source.stream()):
                writer.add_many(facts)
                count += len(facts)
                if tick is not None:
                    tick(count, total)
    click.echo(f"{count:,} facts pulled into {store}", err=True)


def _chunks(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    iterator = iter(facts)
    while some := list(islice(iterator, FACTS_AT_ONCE)):
        yield some
