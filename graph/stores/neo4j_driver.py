"""Connect to Neo4j, and say in our words what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainshock.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    import neo4j

__all__ = ["connect", "translate", "translated"]

CONNECT_SECONDS = 10.0
RETRY_SECONDS = 5.0
_CANNOT_WRITE = (
    "Neo.DatabaseError.Transaction.TransactionLogError",
    "Neo.DatabaseError.Transaction.TransactionCommitFailed",
)
_NO_ROOM = "no space left", "disk quota", "file too large", "out of disk"


def connect(uri: str, user: str, password: str) -> neo4j.Driver:
    """Give a driver that has talked to the server.

    Raises
    ------
    StoreUnavailable
        Nobody answers at the address, or the user or password is refused.
    """
    import neo4j  # noqa: PLC0415 - costs 0.3 s, wanted only here

    with translated(uri):
        try:
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(user, password),
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=2 * CONNECT_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="chainshock",
            )
        except ValueError as exc:
            raise translate(exc, uri) from exc
        try:
            driver.verify_connectivity()
        except BaseException:
            driver.close()
            raise
    return driver


@contextmanager
def translated(uri: str) -> Iterator[None]:
    """Turn errors of the driver and the server into our own."""
    from neo4j.exceptions import DriverError, Neo4jError  # noqa: PLC0415 - as above

    try:
        yield
    except (DriverError, Neo4jError, OSError) as exc:
        raise translate(exc, uri) from exc


def translate(error: Exception, uri: str) -> StoreError:
    """Word an error of the driver or the server."""
    from neo4j import exceptions  # noqa: PLC0415 - as above

    code = getattr(error, "code", None) or ""
    text = " ".join(str(getattr(error, "message", None) or error).split())
    unavailable = (
        exceptions.ServiceUnavailable,
        exceptions.SessionExpired,
        exceptions.ConnectionAcquisitionTimeoutError,
        OSError,
    )
    if any(word in text.lower() for word in _NO_ROOM) or code in _CANNOT_WRITE:
        found = "no room left on the server's disk, or a disk that fails", "room for the graph and its log"
    elif code.endswith("DatabaseUnavailable"):
        found = "a database that is not available", "one that is up; the server's log says why it is not"
    elif "ReadOnly" in code or "read-only" in text.lower() or "read only" in text.lower():
        found = "a database that is read-only", "one that can be written"
    elif isinstance(error, exceptions.AuthError) or ".Security." in code:
        found = "user or password refused", "those of the server, in NEO4J_USER and NEO4J_PASSWORD"
    elif isinstance(error, unavailable) or code.startswith("Neo.TransientError.Database"):
        found = f"no Neo4j that answers ({text:.200})", "one that runs; is the address right?"
    elif "OutOfMemory" in code:
        wanted = (
            "more; see server.memory.heap.max_size, or write files with `chainshock neo4j push --to-files`"
        )
        found = "too little memory on the server", wanted
    elif isinstance(error, exceptions.ConfigurationError | ValueError) and not code:
        found = text[:200], "an address such as bolt://127.0.0.1:7687"
    else:
        return StoreError(
            f"{uri}: found {code or type(error).__name__}: {text:.500}, expected a working Neo4j"
        )
    return StoreUnavailable(f"{uri}: found {found[0]}, expected {found[1]}")
