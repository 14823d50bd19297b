"""Read facts back from Neo4j."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chainshock.errors import StoreError
from chainshock.graph.facts import Fact, Provenance
from chainshock.graph.schema import Value, read_schema
from chainshock.graph.stores.neo4j_shape import ENTITY, VINTAGE, names_in_neo4j, ref_of

if TYPE_CHECKING:
    import neo4j

__all__ = ["read_facts"]

PROVENANCE = ("sources", "asOf", "knownFrom", "confidence", "validFrom", "validTo", "note")


def read_facts(
    tx: neo4j.ManagedTransaction | neo4j.Transaction, graph: str, name: str | None = None
) -> Iterator[Fact]:
    """Give the facts of a graph, or those of one label or relationship, in no order.

    Raises
    ------
    StoreError
        Someone changed one so that it is not what was pushed.
    """
    schema = read_schema()
    there = {row[0] for row in tx.run("CALL db.labels()").values()}
    where = "n.graph = $graph AND n.factId IS NOT NULL AND n.uid STARTS WITH $start"
    for label in schema.labels:
        if name in (None, label) and label in there:
            for match in (f"(n:{ENTITY}:`{label}`)", *([f"(n:{VINTAGE})"] if VINTAGE in there else [])):
                yield from _read(tx, label, f"MATCH {match} WHERE {where} RETURN n.uid, null", graph)
    there = {row[0] for row in tx.run("CALL db.relationshipTypes()").values()}
    for kind in schema.relationships:
        if name in (None, kind) and kind in there:
            match = f"MATCH (a)-[n:`{kind}`]->(b) WHERE n.graph = $graph RETURN a.uid, b.uid"
            yield from _read(tx, kind, match, graph)


def _read(
    tx: neo4j.ManagedTransaction | neo4j.Transaction, name: str, match: str, graph: str
) -> Iterator[Fact]:
    """Run a statement that gives the ends of facts `n`, and then all that is known of them."""
    entries = names_in_neo4j(name)
    columns = [
        f"toString(n.`{camel}`)" if entry.type == "date" else f"n.`{camel}`"
        for camel, entry in entries.items()
    ]
    query = f"{match}, n.factId, n.origin, {', '.join(columns)}"
    own = [(entry.name, entry.type == "date") for camel, entry in entries.items() if camel not in PROVENANCE]
    first = 4 + len(PROVENANCE)
    for record in tx.run(query, graph=graph, start=f"{name}:"):
        row = record.values()
        try:
            properties = {
                key: _value(value, is_date=is_date)
                for (key, is_date), value in zip(own, row[first:], strict=True)
                if value is not None
            }
            target = None if row[1] is None else ref_of(row[1])
            fact = Fact(name, ref_of(row[0]), target, properties, _said(*row[4:first]), row[3])
        except (TypeError, ValueError, AttributeError) as exc:
            raise _changed(name, row[0], row[2]) from exc
        if fact.id != row[2]:
            raise _changed(name, row[0], row[2])
        yield fact


def _said(
    sources: Any,
    as_of: str,
    known: str,
    confidence: Any,
    since: str | None,
    until: str | None,
    note: str | None,
) -> Provenance:
    return _provenance(tuple(sources), as_of, known, confidence, since, until, note or "")


@lru_cache(maxsize=4096)
def _provenance(
    sources: tuple[str, ...],
    as_of: str,
    known: str,
    confidence: Any,
    since: str | None,
    until: str | None,
    note: str,
) -> Provenance:
    life = [None if text is None else _date(text) for text in (since, until)]
    return Provenance(sources, _date(as_of), _date(known), confidence, life[0], life[1], note)


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _value(value: Any, *, is_date: bool) -> Value:
    if is_date:
        return _date(value)
    return tuple(value) if isinstance(value, list) else value


def _changed(name: str, uid: object, fact: object) -> StoreError:
    return StoreError(
        f"Neo4j: found the {name} fact {fact} of {uid} changed by someone, expected it as it was pushed; "
        "`chainshock neo4j push --rewrite` writes it anew"
    )
