"""The group of commands around Neo4j; each family of them has a module of its own."""

from __future__ import annotations

import click

from chainshock.cli.neo4j_server import down, status, up
from chainshock.cli.neo4j_transfer import pull, push

__all__ = ["neo4j"]


@click.group(short_help="Keep the graph in Neo4j: a server, push and pull.")
def neo4j() -> None:
    """Keep the graph in Neo4j: a server, push and pull.

    Which server: --uri or NEO4J_URI with NEO4J_USER and NEO4J_PASSWORD, else the one that `up` started.

    \b
    Example:
        chainshock neo4j up
        chainshock neo4j push
    """


for _command in (up, down, status, push, pull):
    neo4j.add_command(_command)
