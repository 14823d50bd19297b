"""Say how facts lie in Neo4j: labels, types, properties, constraints and indexes, all from the schema.

docs/explanation/neo4j.md describes the shape for those who query it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.schema import Property, Value, read_schema

__all__ = [
    "ENTITY",
    "GRAPH",
    "META",
    "RESULTS",
    "SAID",
    "VINTAGE",
    "VINTAGE_OF",
    "Layout",
    "cells_of",
    "columns_of",
    "edition_of",
    "labels_of",
    "lay_out",
    "names_in_neo4j",
    "nulls_of",
    "properties_of",
    "ref_of",
    "said_of",
    "schema_statements",
    "sublabels_of",
    "uid_of",
]

ENTITY = "Entity"
VINTAGE = "Vintage"
VINTAGE_OF = "VINTAGE_OF"
META = "ChainshockGraph"  # the label of the one node that tells what state a graph is in
GRAPH = "chainshock"
RESULTS = "results"  # `graph` of runs and what they expose: no push or pull touches them
SAID = ("sources", "asOf", "knownFrom", "confidence", "validFrom", "validTo", "note", "origin", "graph")
INT64 = 2**63


@dataclass(frozen=True)
class Layout:
    """Which fact lies where: on a node, on a node of its own beside it, or on a relationship."""

    edition: date
    entities: dict[str, Fact] = field(default_factory=dict)
    vintages: list[Fact] = field(default_factory=list)
    relationships: dict[str, list[Fact]] = field(default_factory=dict)
    current: frozenset[tuple[str, str]] = frozenset()

    def is_current(self, fact: Fact) -> bool:
        """Tell whether a fact wins at the edition's date, with all that is known today."""
        return (fact.id, fact.origin) in self.current

    @property
    def size(self) -> int:
        """Number of facts."""
        return len(self.entities) + len(self.vintages) + sum(map(len, self.relationships.values()))


def edition_of(facts: Iterable[Fact]) -> date:
    """Give the latest publication date of any reference fact, else of any fact, else the first of days."""
    facts = list(facts)
    shipped = [fact.provenance.known_from for fact in facts if fact.origin == "reference"]
    return max(shipped or [fact.provenance.known_from for fact in facts], default=date.min)


def lay_out(facts: Iterable[Fact], edition: date | None = None) -> Layout:
    """Decide where each fact goes.

    A node carries the fact that wins at the edition's date; where none holds then, the one that takes
    precedence. All other facts on it become nodes of their own.
    """
    facts = list(facts)
    at = edition or edition_of(facts)
    knowledge = KnowledgeGraph(facts)
    winners = knowledge.winners(at, "latest")
    layout = Layout(at, current=frozenset((fact.id, fact.origin) for fact in winners))
    on_node = {fact.source: fact for fact in winners if fact.target is None}
    for fact in facts:
        if fact.target is not None:
            layout.relationships.setdefault(fact.name, []).append(fact)
            continue
        carried = on_node.get(fact.source) or knowledge.vintages(fact.subject)[0]
        on_node[fact.source] = carried
        if (carried.id, carried.origin) == (fact.id, fact.origin):
            layout.entities[uid_of(fact.source)] = fact
        else:
            layout.vintages.append(fact)
    return layout


def uid_of(ref: NodeRef) -> str:
    """Give the key of a node among all nodes."""
    return f"{ref.label}:{ref.key}"


def ref_of(uid: str) -> NodeRef:
    """Read the key of a node."""
    label, _, key = uid.partition(":")
    return NodeRef(label, key)


def labels_of(fact: Fact) -> tuple[str, ...]:
    """Give the labels of a node beside `Entity`: its own, and that of its stage where it has one."""
    kind = read_schema().labels[fact.source.label]
    stage = fact.properties.get(kind.sublabel_property or "")
    second = kind.sublabels.get(stage) if isinstance(stage, str) else None
    return (kind.name,) if second is None else (kind.name, second)


def sublabels_of(label: str) -> tuple[str, ...]:
    """Give all second labels that nodes of a label can have."""
    return tuple(read_schema().labels[label].sublabels.values())


@cache
def names_in_neo4j(name: str) -> dict[str, Property]:
    """Give the schema's properties of a label or relationship by their names in Neo4j, provenance first."""
    schema = read_schema()
    entries = [*schema.provenance.values(), *schema.properties(name).values()]
    return {entry.camel: entry for entry in entries}


@cache
def columns_of(name: str) -> dict[str, str]:
    """Give the names in Neo4j of a label's or relationship's own properties, by their names in the schema."""
    return {entry.name: entry.camel for entry in read_schema().properties(name).values()}


@cache
def nulls_of(label: str) -> dict[str, None]:
    """Give every property that chainshock writes on a node of a label but its identity, as nothing."""
    return dict.fromkeys([*names_in_neo4j(label), "factId", "origin", "isCurrent"])


def properties_of(fact: Fact, graph: str, *, is_current: bool) -> dict[str, Any]:
    """Give the properties that a fact has in Neo4j; those it does not have are None.

    Raises
    ------
    InvalidRecord
        A property is not in the schema, or a value is none that Neo4j holds.
    """
    found = said_of(fact, graph)
    found.update(zip(columns_of(fact.name).values(), cells_of(fact), strict=True))
    found["factId"], found["isCurrent"] = fact.id, is_current
    if fact.target is None:
        if fact.source.label != fact.name:
            found_text = f"a {fact.name} fact on {fact.source}"
            raise InvalidRecord(fact.origin, None, None, found_text, f"one on a {fact.name}")
        found[read_schema().labels[fact.name].key] = fact.source.key
        found["uid"] = uid_of(fact.source)
    return found


def said_of(fact: Fact, graph: str) -> dict[str, Any]:
    """Give what many facts have in common: provenance, data set and graph."""
    said = fact.provenance
    return {
        "sources": list(said.sources),
        "asOf": said.as_of,
        "knownFrom": said.known_from,
        "confidence": said.confidence,
        "validFrom": said.valid_from,
        "validTo": said.valid_to,
        "note": said.note or None,
        "origin": fact.origin,
        "graph": graph,
    }


def cells_of(fact: Fact) -> list[Any]:
    """Give the values of a fact's own properties in the order of `columns_of`.

    Raises
    ------
    InvalidRecord
        A property is not in the schema, or a value is none that Neo4j holds.
    """
    columns, values = columns_of(fact.name), fact.properties
    cells = [None if (value := values.get(name)) is None else _value(fact, name, value) for name in columns]
    if len(values) > len(columns) - cells.count(None):
        for name in values:
            if name not in columns:
                wanted = "a property of the schema"
                raise InvalidRecord(fact.origin, None, name, f"{name} on {fact.name}", wanted)
    return cells


def _value(fact: Fact, name: str, value: Value) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, int) and not -INT64 <= value < INT64:
        raise InvalidRecord(fact.origin, None, name, f"{value} in {fact.name}", "an integer of 64 bits")
    return value


def schema_statements() -> Iterator[str]:
    """Give the constraints and indexes that Neo4j Community can hold; each may be there already.

    Names of constraints and indexes begin with `chainshock_`, so that they are told from others.
    """
    schema = read_schema()
    yield _unique("entity", f"(n:{ENTITY})", ["n.uid"])
    yield _unique("graph", f"(n:{META})", ["n.name"])
    yield _unique("vintage", f"(n:{VINTAGE})", ["n.factId", "n.origin", "n.graph"])
    for name in schema.relationships:
        yield _unique(name.lower(), f"()-[r:`{name}`]-()", ["r.factId", "r.origin", "r.graph"])
    for kind in schema.labels.values():
        yield (
            f"CREATE RANGE INDEX chainshock_{kind.name.lower()}_key IF NOT EXISTS "
            f"FOR (n:`{kind.name}`) ON (n.`{kind.key}`)"
        )
    labels = "|".join(f"`{name}`" for name in schema.labels)
    named = ("name", "title", "aliases")
    yield (
        f"CREATE FULLTEXT INDEX chainshock_names IF NOT EXISTS FOR (n:{labels}) "
        f"ON EACH [{', '.join(f'n.{name}' for name in named)}]"
    )


def _unique(name: str, pattern: str, properties: Sequence[str]) -> str:
    wanted = ", ".join(properties)
    return (
        f"CREATE CONSTRAINT chainshock_{name}_unique IF NOT EXISTS FOR {pattern} REQUIRE ({wanted}) IS UNIQUE"
    )
