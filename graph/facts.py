"""State a fact: a claim about one node or one relationship, on someone's word, at a date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from json.encoder import encode_basestring
from typing import Literal, NamedTuple

from chainshock.graph.schema import Value, read_schema

__all__ = ["Confidence", "Fact", "NodeRef", "Provenance"]

Confidence = Literal["A", "B", "C"]


class NodeRef(NamedTuple):
    """A node's name: its label and its key."""

    label: str
    key: str

    def __str__(self) -> str:
        return f"{self.label}:{self.key}"


@dataclass(frozen=True)
class Provenance:
    """On whose word, describing which date, public since when, valid for how long."""

    sources: tuple[str, ...]
    as_of: date
    known_from: date
    confidence: Confidence
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    @cached_property
    def json(self) -> str:
        """Its part of the text that a fact's id is a hash of; many facts share one provenance."""
        said = [self.sources, self.as_of, self.known_from, self.confidence]
        return f"{to_json(said)},{to_json([self.valid_from, self.valid_to, self.note])}"

    def holds_at(self, at: date) -> bool:
        """Tell whether the fact's life, if it has one, covers the date."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_to is None or at <= self.valid_to
        )


@dataclass(frozen=True)
class Fact:
    """A claim about a node (`target` is None) or about a relationship from `source` to `target`.

    `name` is the label or relationship type. `properties` holds typed values by snake_case name, without
    blanks. `origin` names the data set it was loaded from (`reference`, or the user's file name).
    """

    name: str
    source: NodeRef
    target: NodeRef | None
    properties: Mapping[str, Value]
    provenance: Provenance
    origin: str = "reference"

    @property
    def is_edge(self) -> bool:
        """Tell a claim about a relationship from one about a node."""
        return self.target is not None

    @cached_property
    def subject(self) -> tuple[object, ...]:
        """What the claim is about: facts with one subject are vintages of each other."""
        if self.target is None:
            return (self.name, self.source)
        identity = read_schema().relationships[self.name].identity
        return (self.name, self.source, self.target, *(self.properties.get(p) for p in identity))

    @cached_property
    def id(self) -> str:
        """Hash of the content (not of the origin): the same claim has the same id anywhere."""
        values = sorted(self.properties.items())
        text = ",".join([f"[{name_to_json(name)},{to_json(value)}]" for name, value in values])
        text = f"[{name_to_json(self.name)},{ends_to_json(self)},[{text}],{self.provenance.json}]"
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    @property
    def precedence(self) -> tuple[object, ...]:
        """Order among vintages of one subject: the greatest wins.

        The user's own word beats the reference data; then the later publication, the later date described,
        the better confidence; the id settles what is left, so that the order never depends on the load.
        """
        p = self.provenance
        return (self.origin != "reference", p.known_from, p.as_of, -ord(p.confidence), self.id)


def to_json(value: object) -> str:
    """Write a value as JSON, dates as text; texts and plain numbers, the bulk of all, without detours."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value.__class__ is float or value.__class__ is int:
        return repr(value)
    return _encode(value)


def ends_to_json(fact: Fact) -> str:
    """Write the ends of a fact as JSON."""
    return f"{_ref_to_json(fact.source)},{'null' if fact.target is None else _ref_to_json(fact.target)}"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=date.isoformat).encode
name_to_json = lru_cache(maxsize=1024)(_encode)
_ref_to_json = lru_cache(maxsize=4096)(_encode)
