"""What the commands that talk to a Neo4j server share: which one, and who asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from chainshock.server.connection import Connection

__all__ = ["connection_of", "connection_options"]

F = TypeVar("F", bound=Callable[..., Any])


def connection_options(function: F) -> F:
    """Add the options that say which server is meant; never a password, which everyone could read."""
    options = [
        click.option(
            "--uri",
            metavar="URI",
            help="Address of the server. [default: NEO4J_URI, else that of `chainshock neo4j up`]",
        ),
        click.option("--user", metavar="NAME", help="User there. [default: NEO4J_USER, else neo4j]"),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def connection_of(uri: str | None, user: str | None) -> Connection:
    """Find the server that is meant; ask for the password where a person sits at the terminal.

    Raises
    ------
    StoreUnavailable
        There is no server, or nobody can say the password.
    """
    from chainshock.server.connection import find_connection

    can_ask = sys.stdin.isatty() and sys.stderr.isatty()
    return find_connection(uri, user, ask=_ask if can_ask else None)


def _ask(question: str) -> str:
    return str(click.prompt(question, hide_input=True, err=True))
