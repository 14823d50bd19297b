"""Write companies, who owns whom and who supplies whom as FollowTheMoney entities, one a line.

Companies become `Company`, stakes of companies in companies `Ownership`, contracts between companies
`UnknownLink`. LEI, ISIN and CIK are written where a register states them, never those that were recalled.
What the format has no place for (plants, goods, trade, measures) stays out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import cast

from chainshock.graph.exports.base import Content, facts_in, open_whole
from chainshock.graph.facts import Fact
from chainshock.graph.stores.base import rank_of

__all__ = ["CODES", "FollowTheMoney", "entity_id"]

CODES = {"lei": "leiCode", "isin": "isinCode", "cik": "cikCode"}  # scheme of an identifier: property
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


class FollowTheMoney:
    """Entities as JSON lines; of several vintages of a fact, the one that takes precedence."""

    name = "ftm"
    summary = "FollowTheMoney entities, one a line: companies, owners, supplies"

    def write(self, content: Content, destination: str | Path) -> int:
        """Write entities; see `Exporter.write`."""
        facts = _best(facts_in(content))
        count = 0
        with open_whole(destination) as file:
            for entity, stands_for in _entities(facts):
                count += stands_for
                text = json.dumps(entity, ensure_ascii=False, separators=(",", ":"))
                file.write(text.encode("utf-8", errors="replace") + b"\n")
        return count


def entity_id(company: str) -> str:
    """Give the id that stands for a company of the graph.

    Examples
    --------
    >>> entity_id("ford-motor")
    'chainshock-ford-motor'
    """
    return f"chainshock-{company if _PLAIN.fullmatch(company) else _digest(company)}"


def _best(facts: Iterable[Fact]) -> list[Fact]:
    """Keep of each subject the vintage that takes precedence, in the order of the subjects."""
    best: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        known = best.get(fact.subject)
        if known is None or rank_of(fact) > rank_of(known):
            best[fact.subject] = fact
    return list(best.values())


def _entities(facts: list[Fact]) -> Iterator[tuple[dict[str, object], int]]:
    """Give entities, each with the number of facts that it stands for."""
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_name[fact.name].append(fact)
    codes = {f.source.key: str(f.properties.get("iso2", "")).lower() for f in by_name["Country"]}
    more: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for fact in by_name["HEADQUARTERED_IN"]:
        if fact.target is not None and codes.get(fact.target.key):
            more[fact.source.key].append(("country", codes[fact.target.key]))
    for fact in by_name["IDENTIFIES"]:
        scheme, _, value = fact.source.key.partition("-")
        if fact.target is not None and scheme.lower() in CODES:
            more[fact.target.key].append((CODES[scheme.lower()], value))
    for fact in by_name["Company"]:
        yield _company(fact, more[fact.source.key]), 1 + len(more[fact.source.key])
    for fact in by_name["OWNS"]:
        if fact.target is not None and fact.target.label == "Company":
            yield _ownership(fact, fact.target.key), 1
    names = {f.source.key: str(f.properties["name"]) for f in by_name["Commodity"]}
    for fact in by_name["SUPPLIES"]:
        if fact.target is not None and {fact.source.label, fact.target.label} == {"Company"}:
            yield _supply(fact, fact.target.key, names), 1


def _company(fact: Fact, more: Iterable[tuple[str, str]]) -> dict[str, object]:
    given = fact.properties
    pairs = [("name", str(given["name"]))]
    pairs += [("alias", alias) for alias in cast("tuple[str, ...]", given.get("aliases", ()))]
    pairs += [
        (name, str(given[ours]))
        for name, ours in (("ticker", "ticker"), ("sector", "segment"))
        if ours in given
    ]
    return _entity(entity_id(fact.source.key), "Company", [*pairs, *more])


def _ownership(fact: Fact, asset: str) -> dict[str, object]:
    pairs = [("owner", entity_id(fact.source.key)), ("asset", entity_id(asset))]
    if "stake" in fact.properties:
        pairs.append(("percentage", f"{100 * cast(float, fact.properties['stake']):.10g}"))
    pairs.append(("ownershipType", str(fact.properties.get("relation", ""))))
    return _entity(_link_id(fact), "Ownership", [*pairs, *_interval(fact)])


def _supply(fact: Fact, customer: str, names: dict[str, str]) -> dict[str, object]:
    good = str(fact.properties["commodity"])
    pairs = [("subject", entity_id(fact.source.key)), ("object", entity_id(customer))]
    pairs.append(("role", f"supplies {names.get(good, good)}"))
    return _entity(_link_id(fact), "UnknownLink", [*pairs, *_interval(fact)])


def _interval(fact: Fact) -> list[tuple[str, str]]:
    said = fact.provenance
    days: tuple[tuple[str, date | None], ...] = (
        ("startDate", said.valid_from),
        ("endDate", said.valid_to),
        ("date", said.as_of),
    )
    pairs = [("status", str(fact.properties.get("status", ""))), ("summary", said.note)]
    return pairs + [(name, day.isoformat()) for name, day in days if day is not None]


def _link_id(fact: Fact) -> str:
    """Give an id that stays the same while the figures of a link change."""
    return f"chainshock-{fact.name.lower()}-{_digest(json.dumps([str(part) for part in fact.subject]))}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", errors="backslashreplace"), digest_size=10).hexdigest()


def _entity(key: str, schema: str, pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    properties: dict[str, list[str]] = {}
    for name, value in pairs:
        if value and value not in properties.setdefault(name, []):
            properties[name].append(value)
    filled = {name: sorted(values) for name, values in sorted(properties.items()) if values}
    return {"id": key, "schema": schema, "properties": filled}
