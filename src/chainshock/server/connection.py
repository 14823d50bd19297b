"""Find out which Neo4j is meant: as asked, from the environment, or the server of one's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from chainshock.errors import StoreUnavailable
from chainshock.server.home import Home
from chainshock.server.process import USER, running

__all__ = ["Connection", "find_connection"]

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True)
class Connection:
    """Where a Neo4j is and who asks. Its text never shows the password."""

    uri: str
    user: str
    password: str = field(repr=False)


def find_connection(
    uri: str | None = None,
    user: str | None = None,
    *,
    home: Home | None = None,
    ask: Callable[[str], str] | None = None,
) -> Connection:
    """Give the connection that is meant.

    Parameters
    ----------
    uri
        Address; by default NEO4J_URI, else that of the server that `chainshock neo4j up` started.
    user
        By default NEO4J_USER, else `neo4j`. The password is NEO4J_PASSWORD, that of one's own server, or
        asked for.
    home
        Folder of the server of one's own.
    ask
        Asks a person for the password of a user at an address; None where nobody can be asked.

    Raises
    ------
    StoreUnavailable
        There is no server, the address is none, or nobody can say the password.
    """
    server = running(home or Home.at())
    uri = uri or os.environ.get("NEO4J_URI") or None
    if uri is None:
        if server is None:
            raise StoreUnavailable(
                "Neo4j: found no server, expected one: start one with `chainshock neo4j up`, or name one "
                "with --uri or NEO4J_URI"
            )
        return Connection(server.uri, server.user, server.home.password())
    _check(uri)
    user = user or os.environ.get("NEO4J_USER") or USER
    password = os.environ.get("NEO4J_PASSWORD")
    if password is None and server is not None and uri == server.uri and user == server.user:
        password = server.home.password()
    if password is None and ask is not None:
        password = ask(f"Password of {user} at {uri}")
    if password is None:
        raise StoreUnavailable(f"{uri}: found no password for {user}, expected it in NEO4J_PASSWORD")
    return Connection(uri, user, password)


def _check(uri: str) -> None:
    """Refuse what is no address of Neo4j; one that holds a password is not repeated."""
    try:
        parts = urlsplit(uri)
        scheme, host, secret = parts.scheme, parts.hostname, "@" in parts.netloc
        parts.port  # noqa: B018 - checks it
    except ValueError:
        scheme, host, secret = "", None, "@" in uri
    if secret:
        raise StoreUnavailable(
            "found an address with a user or password in it, expected them in NEO4J_USER and NEO4J_PASSWORD"
        )
    if scheme not in SCHEMES or not host:
        raise StoreUnavailable(
            f"{uri!r:.200}: found no address of Neo4j, expected one such as bolt://127.0.0.1:7687"
        )
