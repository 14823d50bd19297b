"""Make what Neo4j holds of a graph what it should hold: find the differences, write them in batches.

Nothing but what the graph owns is changed: nodes and relationships whose `graph` is its name. Each batch is a
transaction of its own in a push, which may so end at any of them; the next push finds what is still missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from chainshock.errors import StoreError
from chainshock.graph.facts import Fact, Provenance
from chainshock.graph.schema import read_schema
from chainshock.graph.stores.neo4j_shape import (
    ENTITY,
    SAID,
    VINTAGE,
    VINTAGE_OF,
    Layout,
    cells_of,
    columns_of,
    labels_of,
    nulls_of,
    properties_of,
    ref_of,
    said_of,
    sublabels_of,
    uid_of,
)
from chainshock.graph.stores.neo4j_state import hold

if TYPE_CHECKING:
    import neo4j

__all__ = [
    "Batch",
    "Held",
    "batches_for",
    "read_held",
    "run_batch",
]

NODES_AT_ONCE = 2_000
RELATIONSHIPS_AT_ONCE = 10_000
FIRST_CELL = 5  # of a relationship's row: after its ends, what is said, id and whether it is current

Key = tuple[str, str]  # id of a fact and its origin
T = TypeVar("T")


@dataclass(frozen=True)
class Held:
    """What Neo4j holds of a graph: ids alone. A node that only relationships mention has no key."""

    entities: dict[str, tuple[Key | None, bool]] = field(default_factory=dict)
    vintages: dict[Key, str] = field(default_factory=dict)
    relationships: dict[str, dict[Key, bool]] = field(default_factory=dict)


Rows = tuple[list[Any], list[dict[str, Any]]]


@dataclass(frozen=True)
class Batch:
    """One statement, and so many rows for it, with what they share, made when they are wanted.

    With a `refusal` it must answer with the number of its rows.
    """

    query: str
    size: int
    rows: Callable[[], Rows]
    refusal: str = ""
    is_removal: bool = False


def run_batch(
    tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str, token: str, batch: Batch, uri: str
) -> None:
    """Write one batch.

    Raises
    ------
    StoreUnavailable
        Another writer has taken over.
    StoreError
        Not all of it could be written, so none is.
    """
    hold(tx, graph, token)
    rows, said = batch.rows()
    found = tx.run(batch.query, rows=rows, said=said, graph=graph).single(strict=True)["n"]
    if batch.refusal and found != batch.size:
        raise StoreError(f"{uri}: found {batch.size - found:,} {batch.refusal}")


def read_held(tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str) -> Held:
    """Read what is there of a graph."""
    held = Held()
    nodes = f"MATCH (n:{ENTITY}) WHERE n.graph = $graph RETURN n.uid, n.factId, n.origin, n.isCurrent = true"
    for uid, fact_id, origin, current in _values(tx, nodes, graph):
        held.entities[uid] = (None if fact_id is None else (fact_id, origin)), bool(current)
    vintages = f"MATCH (n:{VINTAGE}) WHERE n.graph = $graph RETURN n.uid, n.factId, n.origin"
    for uid, fact_id, origin in _values(tx, vintages, graph):
        held.vintages[fact_id, origin] = uid
    for name in read_schema().relationships:
        query = (
            f"MATCH ()-[r:`{name}`]->() WHERE r.graph = $graph RETURN r.factId, r.origin, r.isCurrent = true"
        )
        found = {(fact, origin): bool(current) for fact, origin, current in _values(tx, query, graph)}
        if found:
            held.relationships[name] = found
    return held


def batches_for(layout: Layout, held: Held, graph: str, *, rewrite: bool = False) -> Iterator[Batch]:
    """Give what must be written so that what is held becomes what is wanted, in an order that can be cut.

    Parameters
    ----------
    rewrite
        Write what is there already again, in case someone changed it.
    """
    yield from _removals(layout, held)
    yield from _entities(layout, held, graph, rewrite=rewrite)
    yield from _vintages(layout, held, graph)
    for name, facts in layout.relationships.items():
        yield from _relationships(
            name, facts, layout, held.relationships.get(name, {}), graph, rewrite=rewrite
        )
    gone = [uid for uid in held.entities if uid not in layout.entities]
    yield from _bare(gone)


def _removals(layout: Layout, held: Held) -> Iterator[Batch]:
    for name, keys in held.relationships.items():
        wanted = {(fact.id, fact.origin) for fact in layout.relationships.get(name, ())}
        query = f"""
        UNWIND $rows AS row
        MATCH ()-[r:`{name}` {{factId: row[0], origin: row[1], graph: $graph}}]->()
        DELETE r RETURN count(*) AS n
        """
        yield from _in_batches(
            query, [k for k in keys if k not in wanted], RELATIONSHIPS_AT_ONCE, removes=True
        )
    wanted = {(fact.id, fact.origin) for fact in layout.vintages}
    gone = [key for key in held.vintages if key not in wanted]
    match = f"UNWIND $rows AS row MATCH (n:{VINTAGE} {{factId: row[0], origin: row[1], graph: $graph}})"
    loose = f"{match}-[r:{VINTAGE_OF}]->() DELETE r RETURN count(*) AS n"
    remove = f"{match} REMOVE n.graph WITH n WHERE NOT EXISTS {{ (n)--() }} DELETE n RETURN count(*) AS n"
    yield from _in_batches(loose, gone, NODES_AT_ONCE, removes=True)
    yield from _in_batches(remove, gone, NODES_AT_ONCE, removes=True)


def _entities(layout: Layout, held: Held, graph: str, *, rewrite: bool) -> Iterator[Batch]:
    groups: dict[tuple[str, ...], list[Any]] = {}
    for uid, fact in layout.entities.items():
        current = layout.is_current(fact)
        if not rewrite and held.entities.get(uid) == ((fact.id, fact.origin), current):
            continue
        values = properties_of(fact, graph, is_current=current)
        groups.setdefault(labels_of(fact), []).append((uid, values))
    for labels, rows in groups.items():
        others = [name for name in sublabels_of(labels[0]) if name not in labels]
        removal = f"REMOVE n{_labels(others)}" if others else ""
        query = f"""
        UNWIND $rows AS row
        MERGE (n:{ENTITY} {{uid: row[0]}}) ON CREATE SET n.graph = $graph
        WITH n, row WHERE n.graph = $graph
        SET n{_labels(labels)}, n += row[1] {removal}
        RETURN count(*) AS n
        """
        refusal = (
            f"nodes {ENTITY} with a uid such as {rows[0][0]} that graph {graph!r} does not own, "
            "expected them to be free; nothing of theirs was changed"
        )
        yield from _in_batches(query, rows, NODES_AT_ONCE, refusal)


def _vintages(layout: Layout, held: Held, graph: str) -> Iterator[Batch]:
    rows = [
        (uid_of(fact.source), properties_of(fact, graph, is_current=False))
        for fact in layout.vintages
        if (fact.id, fact.origin) not in held.vintages
    ]
    query = f"""
    UNWIND $rows AS row
    MATCH (n:{ENTITY} {{uid: row[0]}})
    CREATE (v:{VINTAGE})-[r:{VINTAGE_OF} {{graph: $graph}}]->(n) SET v = row[1]
    RETURN count(*) AS n
    """
    yield from _in_batches(query, rows, NODES_AT_ONCE, "vintages without their node, expected one for each")


def _relationships(
    name: str, facts: Sequence[Fact], layout: Layout, there: dict[Key, bool], graph: str, *, rewrite: bool
) -> Iterator[Batch]:
    columns = list(columns_of(name).values())
    own = [f"`{column}`: row[{place}]" for place, column in enumerate(columns, FIRST_CELL)]
    shared = [f"{column}: said.{column}" for column in SAID]
    query = f"""
    UNWIND $rows AS row
    MATCH (a:{ENTITY} {{uid: row[0]}}) MATCH (b:{ENTITY} {{uid: row[1]}})
    WITH a, b, row, $said[row[2]] AS said
    CREATE (a)-[:`{name}` {{{", ".join(["factId: row[3]", "isCurrent: row[4]", *own, *shared])}}}]->(b)
    RETURN count(*) AS n
    """
    refusal = f"relationships {name} without a node at their ends, expected both"
    new = [fact for fact in facts if (fact.id, fact.origin) not in there]
    for some in _chunks(new, RELATIONSHIPS_AT_ONCE):
        yield Batch(query, len(some), partial(_relationship_rows, some, layout, graph), refusal)
    changed = [
        (fact.id, fact.origin, _changes(fact, layout, graph, rewrite=rewrite))
        for fact in facts
        if (was := there.get((fact.id, fact.origin))) is not None
        and (rewrite or was != layout.is_current(fact))
    ]
    update = f"""
    UNWIND $rows AS row
    MATCH ()-[r:`{name}` {{factId: row[0], origin: row[1], graph: $graph}}]->()
    SET r += row[2] RETURN count(*) AS n
    """
    yield from _in_batches(update, changed, RELATIONSHIPS_AT_ONCE)


def _relationship_rows(facts: Sequence[Fact], layout: Layout, graph: str) -> Rows:
    """Give rows for new relationships, and once each what many of them share."""
    said: dict[tuple[Provenance, str], int] = {}
    rows: list[Any] = []
    maps: list[dict[str, Any]] = []
    for fact in facts:
        place = said.setdefault((fact.provenance, fact.origin), len(said))
        if place == len(maps):
            maps.append(said_of(fact, graph))
        ends = uid_of(fact.source), uid_of(fact.target or fact.source)
        rows.append([*ends, place, fact.id, layout.is_current(fact), *cells_of(fact)])
    return rows, maps


def _changes(fact: Fact, layout: Layout, graph: str, *, rewrite: bool) -> dict[str, Any]:
    current = layout.is_current(fact)
    if not rewrite:
        return {"isCurrent": current}
    return properties_of(fact, graph, is_current=current)


def _bare(uids: Sequence[str]) -> Iterator[Batch]:
    """Strip nodes of what chainshock said of them; delete those that nothing else holds on to."""
    groups: dict[str, list[Any]] = {}
    for uid in uids:
        groups.setdefault(ref_of(uid).label, []).append(uid)
    for label, rows in groups.items():
        if label not in read_schema().labels:
            continue
        query = f"""
        UNWIND $rows AS row
        MATCH (n:{ENTITY} {{uid: row, graph: $graph}})
        SET {", ".join(f"n.`{name}` = null" for name in nulls_of(label))}
        WITH n WHERE NOT EXISTS {{ (n)--() }}
        DELETE n RETURN count(*) AS n
        """
        yield from _in_batches(query, rows, NODES_AT_ONCE, removes=True)


def _in_batches(
    query: str, rows: Sequence[Any], size: int, refusal: str = "", *, removes: bool = False
) -> Iterator[Batch]:
    for some in _chunks(rows, size):
        yield Batch(query, len(some), partial(_plain, some), refusal, is_removal=removes)


def _plain(rows: Sequence[Any]) -> Rows:
    return list(rows), []


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _labels(names: Iterable[str]) -> str:
    return "".join(f":`{name}`" for name in names)


def _values(tx: neo4j.ManagedTransaction | neo4j.Transaction, query: str, graph: str) -> Iterator[list[Any]]:
    return (record.values() for record in tx.run(query, graph=graph))
