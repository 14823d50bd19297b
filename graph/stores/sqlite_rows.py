"""Turn facts into rows of the SQLite store and back."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache
from typing import Any

from chainshock.graph.facts import Fact, NodeRef, Provenance, ends_to_json, name_to_json, to_json
from chainshock.graph.schema import Value

__all__ = ["INSERT_FACT", "SELECT_FACTS", "Row", "digest_of", "fact_of", "rank_in", "row_of"]

Row = tuple[Any, ...]  # a row of SQLite: any of its types, by position

SELECT_FACTS = """
SELECT name, source_label, source_key, target_label, target_key, properties, as_of, known_from, confidence,
       valid_from, valid_to, note, origin,
       (SELECT json_group_array(source)
        FROM (SELECT source FROM fact_sources WHERE fact = seq ORDER BY position))
FROM facts
"""
INSERT_FACT = "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def digest_of(fact: Fact) -> str:
    """Hash the subject of a fact, for an index of even length."""
    if fact.target is None:
        text = _encode(fact.subject)
    else:
        identity = "".join([f",{_to_json(value)}" for value in fact.subject[3:]])
        text = f"[{name_to_json(fact.name)},{ends_to_json(fact)}{identity}]"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def row_of(seq: int, fact: Fact, subject: str) -> Row:
    """Give the columns of `facts`."""
    said = fact.provenance
    return (
        seq,
        fact.id,
        fact.origin,
        subject,
        fact.name,
        *fact.source,
        *(fact.target or (None, None)),
        "{" + ",".join([f"{name_to_json(n)}:{_to_json(v)}" for n, v in fact.properties.items()]) + "}",
        said.as_of.isoformat(),
        said.known_from.isoformat(),
        said.confidence,
        _iso(said.valid_from),
        _iso(said.valid_to),
        said.note,
    )


def fact_of(row: Row) -> Fact:
    """Read a row of `SELECT_FACTS`."""
    (
        name,
        label,
        key,
        to_label,
        to_key,
        properties,
        as_of,
        known,
        confidence,
        since,
        until,
        note,
        origin,
        by,
    ) = row
    said = Provenance(_sources(by), _date(as_of), _date(known), confidence, _life(since), _life(until), note)
    target = None if to_label is None else NodeRef(to_label, to_key)
    return Fact(name, NodeRef(label, key), target, _values(properties), said, origin)


def rank_in(row: Row) -> tuple[object, ...]:
    """Read the rank, as `rank_of` gives it, from columns: origin, known_from, as_of, confidence, id."""
    origin, known, as_of, confidence, fact_id = row
    return (origin != "reference", _date(known), _date(as_of), -ord(confidence), fact_id), origin


def _values(text: str) -> dict[str, Value]:
    values: dict[str, Any] = json.loads(text)  # Any: JSON before its lists and dates are told apart
    if "[" in text or "{" in text[1:]:
        return {name: _untagged(value) for name, value in values.items()}
    return values


def _tagged(value: object) -> object:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    raise TypeError(f"found {value!r}, expected a text, number, truth value, date or list")


def _untagged(value: Any) -> Value:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    if isinstance(value, list):
        return tuple(value)
    return value  # type: ignore[no-any-return]  # JSON's text, number or truth value


def _to_json(value: object) -> str:
    """Write a value as JSON, a date so that it is known again."""
    return _encode(value) if isinstance(value, date) else to_json(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tagged).encode


@lru_cache(maxsize=4096)
def _sources(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _life(text: str | None) -> date | None:
    return None if text is None else _date(text)


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
