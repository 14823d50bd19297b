"""Read FollowTheMoney entities: identifiers of companies that the graph holds, and who owns them.

The file is read three times, so that of millions of entities only those are kept that concern the graph: to
find its companies by identifier and name, to hold what was found against decisions, and to make facts. A
company that the graph lacks is made only where it owns, or is owned by, one that the graph holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import key_error
from chainshock.graph.exports.followthemoney import CODES, entity_id
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.followthemoney_entities import FIRMS, Entity, read_entities, read_stake
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import KNOWN_STAKE, identified_by, keep_unique, left_out, stakes_known
from chainshock.loaders.resolve.check_digits import is_isin, is_lei
from chainshock.loaders.resolve.companies import CompanyIndex, Found, Match, Scheme, identifier_key
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

__all__ = ["SOURCE"]

SCHEMES: tuple[Scheme, ...] = ("lei", "isin", "cik")
OTHER_KIND = "entity of another kind (persons, sanctions, addresses ...)"
NOT_HELD = "ownership among companies that the graph does not hold"
NO_COMPANY = "ownership of or by what is no company in the file"
NOTHING_NEW = "company of the graph of which the file says nothing further"
ONE_COMPANY = "owner and asset are one company of the graph"


@dataclass
class _Known:
    """Entities that concern the graph, by id: recognised, or made because they own or are owned."""

    matched: dict[str, Match] = field(default_factory=dict)
    answers: Mapping[str, Found] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    made: dict[str, str] = field(default_factory=dict)

    def company(self, entity: str) -> str | None:
        return self.matched[entity].company_id if entity in self.matched else self.made.get(entity)


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read files of entities, one after the other."""
    for item in inputs:
        published = context.published_or_fail(item.name)
        slug = "-".join(item.base.lower().replace(".", " ").split())
        edition = context.use(
            Edition(f"ftm-{slug}-{published}", f"FollowTheMoney entities, {item.base}", published)
        )
        ties: list[Entity] = []
        known = _recognise(item, context, ties)
        for tie in ties:
            ends = {*tie.get("owner"), *tie.get("asset")}
            if any(end in known.matched for end in ends):
                known.wanted |= ends - set(known.matched)
        yield from _read_firms(item, known, edition, context)
        stakes = stakes_known(context)
        for tie in ties:
            yield _read_tie(tie, known, stakes, edition, context.origin)


def _recognise(item: Input, context: Context, ties: list[Entity]) -> _Known:
    """Find the companies of the graph among the entities, ask the decisions, and collect the ties."""
    from chainshock.loaders.resolve.bulk import find_all  # noqa: PLC0415 - polars loads slowly

    index = context.companies
    own = {entity_id(company): company for company in index.names}
    by_identifier: dict[str, Found] = {}

    def names() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        for entity in read_entities(item):
            if isinstance(entity, InvalidRecord):
                continue
            if entity.is_tie:
                ties.append(entity)
            if entity.schema not in FIRMS:
                continue
            owner = own.get(entity.id) or _by_identifier(entity, index)
            if owner is not None:
                by_identifier[entity.id] = Match(owner, "identifier")
            else:
                yield entity.id, entity.names, entity.countries

    found = find_all(index, names()) | by_identifier
    unique = keep_unique(found, context, None)
    answers: dict[str, Found] = {}
    recognised = context.review.recognised
    for entity in read_entities(item):
        if isinstance(entity, InvalidRecord) or entity.schema not in FIRMS:
            continue
        answer = unique.get(entity.id)
        if answer is None and entity.id not in recognised:
            continue
        name, country = entity.names[0], " ".join(entity.countries)
        settled = context.review.settle(answer, identifier=entity.id, name=name, country=country)
        if settled is not None:
            answers[entity.id] = settled
    matched = {key: answer for key, answer in answers.items() if isinstance(answer, Match)}
    return _Known(matched, answers)


def _by_identifier(entity: Entity, index: CompanyIndex) -> str | None:
    for scheme, value in _identifiers(entity):
        owner = index.find_identifier(identifier_key(scheme, value))
        if owner is not None:
            return owner
    return None


def _identifiers(entity: Entity) -> Iterator[tuple[Scheme, str]]:
    """Give the identifiers that an entity has, and its own id."""
    for scheme in SCHEMES:
        for value in entity.get(CODES[scheme]):
            yield scheme, value
    yield "other", entity.id


def _read_firms(item: Input, known: _Known, edition: Edition, context: Context) -> Iterator[Item]:
    """Account for all entities but ownerships, which come last."""
    seen: set[str] = set()
    for entity in read_entities(item):
        if isinstance(entity, InvalidRecord):
            yield entity
        elif entity.is_tie:
            continue
        elif entity.schema not in FIRMS:
            yield LeftOut(OTHER_KIND)
        elif entity.id not in known.matched and entity.id not in known.wanted:
            yield LeftOut(left_out(known.answers.get(entity.id)))
        elif entity.id in seen:
            yield InvalidRecord(item.name, entity.line, "id", f"{entity.id} again", "each entity once")
        else:
            seen.add(entity.id)
            yield _read_firm(entity, known, edition, context.origin)


def _read_firm(entity: Entity, known: _Known, edition: Edition, origin: str) -> Item:
    """State the identifiers of a company, and the company itself where the graph lacks it."""
    facts: list[Fact] = []
    match = known.matched.get(entity.id)
    for scheme, value in _identifiers(entity):
        fits = {"lei": is_lei, "isin": is_isin, "cik": _is_cik}.get(scheme)
        if fits is not None and not fits(value):
            expected = f"{scheme.upper()} with right check digits" if scheme != "cik" else "a CIK of digits"
            return InvalidRecord(entity.path, entity.line, CODES[scheme], repr(value), expected)
    key = f"ftm-{entity.id}"
    wrong = key_error("Company", key) or key_error("Identifier", identifier_key("other", entity.id))
    if wrong:
        return InvalidRecord(entity.path, entity.line, "id", repr(entity.id), wrong)
    if match is None:
        match = Match(key, "own")
        known.made[entity.id] = key
        node, said = NodeRef("Company", key), edition.said(edition.published, "B")
        facts.append(Fact("Company", node, None, {"name": entity.names[0], "is_listed": False}, said, origin))
        facts += [
            Fact("HEADQUARTERED_IN", node, NodeRef("Country", country), {}, said, origin)
            for country in entity.countries[:1]
        ]
    name = entity.names[0]
    for scheme, value in _identifiers(entity):
        if value != entity_id(match.company_id):  # written by `chainshock export ftm`
            facts += identified_by(scheme, value, match, edition, origin, best="B", registered_name=name)
    return Taken(tuple(facts), entity.path, entity.line) if facts else LeftOut(NOTHING_NEW)


def _is_cik(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


def _read_tie(
    tie: Entity, known: _Known, stakes: set[tuple[str, str]], edition: Edition, origin: str
) -> Item:
    """Turn an ownership into facts."""
    ends = [(owner, asset) for owner, asset in product(tie.get("owner"), tie.get("asset"))]
    if not any(end in known.matched for pair in ends for end in pair):
        return LeftOut(NOT_HELD)
    pairs = [(known.company(owner), known.company(asset)) for owner, asset in ends]
    if not all(owner and asset for owner, asset in pairs):
        return LeftOut(NO_COMPANY)
    stake = read_stake(tie, edition.published)
    if isinstance(stake, InvalidRecord):
        return stake
    new = [pair for pair in pairs if "stake" in stake.properties or pair not in stakes]
    if not new:
        return LeftOut(KNOWN_STAKE)
    said = edition.said(edition.published, "B", valid_from=stake.since, valid_to=stake.until, note=stake.note)
    facts = tuple(
        Fact(
            "OWNS",
            NodeRef("Company", str(owner)),
            NodeRef("Company", str(asset)),
            stake.properties,
            said,
            origin,
        )
        for owner, asset in new
        if owner != asset
    )
    return Taken(facts, tie.path, tie.line) if facts else LeftOut(ONE_COMPANY)


SOURCE = Source(
    name="ftm",
    title="FollowTheMoney entities",
    adds="identifiers and owners of companies that the graph holds",
    files="entities as JSON lines (entities.ftm.json)",
    read=read_items,
    url="https://followthemoney.tech",
    licence="that of the data set",
    suffixes=(".json", ".jsonl", ".ndjson", ".ijson"),
)
