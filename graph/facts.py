"""State a fact: a claim about one node or one relationship, on someone's word, at a date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
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
        p = self.provenance
        content = [
            self.name,
            list(self.source),
            None if self.target is None else list(self.target),
            sorted((name, _plain(value)) for name, value in self.properties.items()),
            [list(p.sources), p.as_of.isoformat(), p.known_from.isoformat(), p.confidence],
            [_plain(p.valid_from), _plain(p.valid_to), p.note],
        ]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    @property
    def precedence(self) -> tuple[object, ...]:
        """Order among vintages of one subject: the greatest wins.

        The user's own word beats the reference data; then the later publication, the later date described,
        the better confidence; the id settles what is left, so that the order never depends on the load.
        """
        p = self.provenance
        return (self.origin != "reference", p.known_from, p.as_of, -ord(p.confidence), self.id)


def _plain(value: Value | None) -> object:
    """Turn a value into what JSON holds."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
