"""Put a question to a Neo4j server: one statement and its parameters, reading unless told to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainshock.errors import QueryError
from chainshock.graph.stores.neo4j_driver import connect, translate
from chainshock.queries.cypher_answers import Answer, answer_of
from chainshock.queries.cypher_files import QueryFile

if TYPE_CHECKING:
    from chainshock.server.connection import Connection

__all__ = ["ask"]

STATEMENT = "Neo.ClientError."
NOT_THE_STATEMENTS = ("Neo.ClientError.Security.", "Neo.ClientError.Database.", "Neo.ClientError.General.")
WRITES = "Neo.ClientError.Statement.AccessMode"


def ask(
    connection: Connection, query: QueryFile, values: Mapping[str, object], *, write: bool = False
) -> Answer:
    """Run a question and give all it answers.

    Parameters
    ----------
    values
        Values of its parameters; see `QueryFile.fill`.
    write
        Whether it may change the database.

    Raises
    ------
    QueryError
        The statement is wrong, or writes without being allowed to.
    StoreUnavailable
        There is no server at the address, or it refuses the user.
    """
    import neo4j  # noqa: PLC0415 - costs 0.3 s, wanted only here
    from neo4j.exceptions import DriverError, Neo4jError  # noqa: PLC0415

    mode = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
    driver = connect(connection.uri, connection.user, connection.password)
    with driver, driver.session(default_access_mode=mode) as session:
        try:
            # the text is the file's own; what a person gives travels beside it, as parameters
            result = session.run(query.cypher, dict(values))
            return answer_of(result.keys(), (record.values() for record in result))
        except Neo4jError as exc:
            raise _wrong(exc, query, connection.uri) from exc
        except DriverError as exc:
            raise translate(exc, connection.uri) from exc


def _wrong(error: Exception, query: QueryFile, uri: str) -> Exception:
    """Tell what is wrong with a statement from what is wrong with the server."""
    code = getattr(error, "code", None) or ""
    if code == WRITES:
        return QueryError(
            f"{query.path}: found a statement that writes, expected one that reads (--write allows it)"
        )
    if code.startswith(STATEMENT) and not code.startswith(NOT_THE_STATEMENTS):
        said = str(getattr(error, "message", None) or error).strip()
        return QueryError(
            f"{query.path}: found {code.removeprefix(STATEMENT)}: {said}, expected Cypher that runs"
        )
    return translate(error, uri)
