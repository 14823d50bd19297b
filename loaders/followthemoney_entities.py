"""Read the lines of a file of FollowTheMoney entities, each a JSON object with id, schema and properties."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.schema import Value
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.countries import find_country

__all__ = ["FIRMS", "Entity", "Stake", "read_entities", "read_stake"]

FIRMS = ("Company", "Organization", "LegalEntity", "PublicBody")
TIE = "Ownership"
READ = frozenset(  # properties that are read; others may be as they like
    [
        *("name", "alias", "mainCountry", "jurisdiction", "country", "leiCode", "isinCode", "cikCode"),
        *("owner", "asset", "percentage", "ownershipType", "role", "startDate", "endDate"),
    ]
)
MOST_BYTES = 16 << 20  # of one line
EXPECTED = 'an entity a line: {"id": "...", "schema": "Company", "properties": {"name": ["..."]}}'
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%?")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?")


@dataclass(frozen=True)
class Entity:
    """An entity, and where it stands."""

    path: str
    line: int
    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]]

    def get(self, name: str) -> tuple[str, ...]:
        """Give the values of a property."""
        return self.properties.get(name, ())

    @property
    def is_tie(self) -> bool:
        """Tell whether it says who owns whom."""
        return self.schema == TIE

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which it may be recognised, the first as its caption."""
        return (*self.get("name"), *self.get("alias"))

    @property
    def countries(self) -> tuple[str, ...]:
        """ISO alpha-3 codes of where it sits, as far as ISO 3166 knows them."""
        codes = (*self.get("mainCountry"), *self.get("jurisdiction"), *self.get("country"))
        return tuple(dict.fromkeys(code for code in map(_country, codes) if code))


@dataclass(frozen=True)
class Stake:
    """What an ownership says of the stake."""

    properties: Mapping[str, Value]
    since: date | None
    until: date | None
    note: str


def read_entities(item: Input) -> Iterator[Entity | InvalidRecord]:
    """Iterate over the entities of a file; a line that is none comes as its error.

    Raises
    ------
    FileProblem
        The file is no JSON lines as a whole, or a line is longer than is allowed.
    """
    with item.open() as file:
        number = 0
        while line := file.readline(MOST_BYTES + 1):
            number += 1
            if len(line) > MOST_BYTES:
                raise FileProblem(item.name, f"line {number} of more than {MOST_BYTES:,} bytes", EXPECTED)
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if line.lstrip().startswith(b"["):
                    raise FileProblem(item.name, "a JSON array", EXPECTED)
            if line.strip():
                yield _read_line(line, item.name, number)
    if not number:
        raise FileProblem(item.name, "an empty file", EXPECTED)


def read_stake(tie: Entity, published: date) -> Stake | InvalidRecord:
    """Read share, dates and status of an ownership; a share in words is kept as a note."""
    properties: dict[str, Value] = {"status": "active"}
    note = ""
    for text in tie.get("percentage")[:1]:
        share = _NUMBER.fullmatch(text.strip())
        if share is None:
            note = f"share as published: {text}"
        elif float(share[1]) > 100:
            return InvalidRecord(tie.path, tie.line, "percentage", repr(text), "a share of at most 100")
        else:
            properties["stake"] = float(f"{float(share[1]) / 100:.12g}")
    days = []
    for name, is_end in (("startDate", False), ("endDate", True)):
        text = min(tie.get(name), default="")
        day = _day(text, is_end=is_end)
        if text and day is None:
            return InvalidRecord(tie.path, tie.line, name, repr(text), "a date: YYYY, YYYY-MM or YYYY-MM-DD")
        days.append(day)
    since, until = days
    if since and until and until < since:
        return InvalidRecord(tie.path, tie.line, "endDate", str(until), f"a day from {since} on")
    if until is not None and until < published:
        properties["status"] = "ended"
    relation = "; ".join((*tie.get("ownershipType"), *tie.get("role")))
    if relation:
        properties["relation"] = relation
    return Stake(properties, since, until, note)


def _day(text: str, *, is_end: bool) -> date | None:
    """Give the first day of a date that may lack day and month, or the last."""
    parts = _DAY.fullmatch(text)
    if parts is None:
        return None
    year, month, day = (int(part) if part else None for part in parts.groups())
    try:
        month = month or (12 if is_end else 1)
        return date(year or 0, month, day or (monthrange(year or 0, month)[1] if is_end else 1))
    except ValueError:
        return None


@cache
def _country(code: str) -> str | None:
    return find_country(code)


def _read_line(line: bytes, path: str, number: int) -> Entity | InvalidRecord:
    try:
        data = json.loads(line)
        if b"\\ud" in line.lower():  # perhaps half a sign, which no text can hold
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        found = (
            "bytes or signs that are not Unicode" if isinstance(error, UnicodeError) else f"no JSON ({error})"
        )
        return InvalidRecord(path, number, None, found, EXPECTED)
    wrong = _misfit(data)
    if wrong is not None:
        return InvalidRecord(path, number, *wrong)
    read = {
        name: tuple(" ".join(value.split()) for value in values if value.strip())
        for name, values in data["properties"].items()
        if name in READ
    }
    entity = Entity(path, number, data["id"].strip(), data["schema"], read)
    if entity.schema in FIRMS and not entity.get("name"):
        return InvalidRecord(path, number, "properties.name", "no name", "a list with a name")
    if entity.is_tie and not (entity.get("owner") and entity.get("asset")):
        return InvalidRecord(path, number, "properties", "no owner or no asset", "both of an ownership")
    return entity


def _misfit(data: object) -> tuple[str | None, str, str] | None:
    """Say which part of an entity is not as it must be: column, found, expected."""
    if not isinstance(data, dict):
        return None, "no JSON object", EXPECTED
    for name in ("id", "schema"):
        value = data.get(name)
        if not isinstance(value, str) or not value.strip():
            return name, repr(value)[:60], "a text"
    properties = data.get("properties")
    if not isinstance(properties, dict):
        return "properties", repr(properties)[:60], "an object of lists"
    for name, values in properties.items():
        if name not in READ:
            continue
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return f"properties.{name}", repr(values)[:60], "a list of texts"
    return None
