"""Know the state of a graph in Neo4j as a whole: whether it is complete, and who writes it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.errors import StoreUnavailable
from chainshock.graph.stores.neo4j_shape import META, Layout

if TYPE_CHECKING:
    import neo4j

__all__ = ["FORMAT", "State", "claim", "finish", "hold", "state_of"]

FORMAT = 1


@dataclass(frozen=True)
class State:
    """What is known of a graph as a whole."""

    is_complete: bool
    revision: str
    facts: int


def state_of(tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str, uri: str) -> State | None:
    """Read the state of a graph; None if there is no such graph.

    Raises
    ------
    StoreUnavailable
        Another version of chainshock wrote it.
    """
    query = (
        f"MATCH (g:{META} {{name: $graph}}) RETURN g.state AS s, g.revision AS r, g.format AS f, g.facts AS n"
    )
    found = tx.run(query, graph=graph).single()
    if found is None:
        return None
    if found["f"] != FORMAT:
        wanted = f"form {FORMAT}; another version of chainshock wrote it"
        raise StoreUnavailable(f"{uri}: found graph {graph!r} in form {found['f']}, expected {wanted}")
    return State(found["s"] == "complete", str(found["r"]), found["n"] or 0)


def claim(tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str) -> str:
    """Become the writer of a graph; whoever was can write no more. Gives the token to write with."""
    token = secrets.token_hex(8)
    query = f"""
    MERGE (g:{META} {{name: $graph}})
    SET g.writer = $token, g.revision = $token, g.state = 'writing', g.format = $format
    """
    tx.run(query, graph=graph, token=token, format=FORMAT).consume()
    return token


def finish(tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str, token: str, layout: Layout) -> None:
    """Mark a graph as complete.

    Raises
    ------
    StoreUnavailable
        Another writer has taken over.
    """
    hold(tx, graph, token)
    query = f"""
    MATCH (g:{META} {{name: $graph}})
    SET g.state = 'complete', g.edition = $edition, g.facts = $facts REMOVE g.writer
    """
    tx.run(query, graph=graph, edition=layout.edition, facts=layout.size).consume()


def hold(tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str, token: str) -> None:
    """Lock the graph until the transaction ends, and check that we are still its writer."""
    query = f"""
    MATCH (g:{META} {{name: $graph}}) SET g.format = $format
    WITH g WHERE g.writer = $token RETURN count(g) AS n
    """
    if not tx.run(query, graph=graph, token=token, format=FORMAT).single(strict=True)["n"]:
        raise StoreUnavailable(
            f"graph {graph!r}: found another writer that took over, expected one at a time; push again"
        )
