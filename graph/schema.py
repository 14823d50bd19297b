"""Read the schema: which labels, relationships and properties the graph may hold."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from chainshock.errors import UnknownName

__all__ = ["Kind", "Property", "Relationship", "Schema", "read_schema"]

PropertyType = Literal["text", "number", "integer", "boolean", "date", "list", "choice"]
Value = str | float | int | bool | date | tuple[str, ...]


@dataclass(frozen=True)
class Property:
    """One property of a label, a relationship or of provenance."""

    name: str
    type: PropertyType
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None

    @property
    def camel(self) -> str:
        """Name in Neo4j: camelCase."""
        head, *tail = self.name.split("_")
        return head + "".join(part.capitalize() for part in tail)


@dataclass(frozen=True)
class Kind:
    """A label: what its nodes are keyed by and which properties they have."""

    name: str
    doc: str
    key: str
    properties: dict[str, Property]
    sublabel_property: str | None
    sublabels: dict[str, str]


@dataclass(frozen=True)
class Relationship:
    """A relationship type: its ends, its properties, and what tells one fact from another."""

    name: str
    doc: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    identity: tuple[str, ...]
    properties: dict[str, Property]


@dataclass(frozen=True)
class Schema:
    """All labels, relationships and provenance properties."""

    provenance: dict[str, Property]
    labels: dict[str, Kind]
    relationships: dict[str, Relationship]

    def properties(self, name: str) -> dict[str, Property]:
        """Give the properties of a label or relationship.

        Raises
        ------
        UnknownName
            Neither a label nor a relationship has that name.
        """
        entry = self.labels.get(name) or self.relationships.get(name)
        if entry is None:
            raise UnknownName("label or relationship", name, (*self.labels, *self.relationships))
        return entry.properties


def _property(name: str, raw: dict[str, Any]) -> Property:
    return Property(**{**raw, "name": name, "choices": tuple(raw.get("choices", ()))})


def _properties(raw: dict[str, Any]) -> dict[str, Property]:
    return {name: _property(name, entry) for name, entry in raw.items()}


def _kind(name: str, raw: dict[str, Any]) -> Kind:
    sub = raw.get("sublabels", {})
    return Kind(
        name=name,
        doc=raw["doc"],
        key=raw["key"],
        properties=_properties(raw["properties"]),
        sublabel_property=sub.get("property"),
        sublabels=dict(sub.get("labels", {})),
    )


def _relationship(name: str, raw: dict[str, Any]) -> Relationship:
    return Relationship(
        name=name,
        doc=raw["doc"],
        source=tuple(raw["source"]),
        target=tuple(raw["target"]),
        identity=tuple(raw["identity"]),
        properties=_properties(raw["properties"]),
    )


@cache
def read_schema() -> Schema:
    """Read `graph/schema.toml`, once per process."""
    raw = tomllib.loads(resources.files(__package__).joinpath("schema.toml").read_text("utf-8"))
    return Schema(
        provenance=_properties(raw["provenance"]),
        labels={name: _kind(name, entry) for name, entry in raw["label"].items()},
        relationships={name: _relationship(name, entry) for name, entry in raw["relationship"].items()},
    )
