"""Read the Consolidated Screening List of the United States: which companies stand on which list.

That a company is listed is a serious claim. It is loaded only where a name agrees exactly and an address lies
in the country of the head office, or where a person decided; all else is a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.delimited import Row, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import left_out
from chainshock.loaders.resolve.companies import Candidate, Candidates, CompanyIndex, Found, Match
from chainshock.loaders.resolve.countries import find_country
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

__all__ = ["SOURCE"]

ISSUER = "USA"
NO_FIRMS = ("individual", "vessel", "aircraft")
NO_FIRM = "person, vessel or aircraft"
FURTHER = "further entry of a company on the same list"
WHY_NOT_MODELLED = "a list of parties: what it stops depends on the goods that each licence rule names"
_REQUIRED = ("source", "name", "addresses", "start_date", "end_date")
_OPTIONAL = ("_id", "entity_number", "type", "alt_names", "federal_register_notice", "source_list_url")
_CODE = re.compile(r"\(([A-Za-z][A-Za-z -]*)\)")


@dataclass(frozen=True)
class _Entry:
    """An entry that may be a company."""

    id: str
    line: int
    list_name: str
    name: str
    names: tuple[str, ...]
    countries: tuple[str, ...]
    since: date | None
    until: date | None
    notice: str

    @property
    def last_day(self) -> date:
        """Last day on which it holds, as far as is known."""
        return self.until or date.max


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read lists, one after the other."""
    for item in inputs:
        yield from _read_list(item, context)


def _read_list(item: Input, context: Context) -> Iterator[Item]:
    from chainshock.loaders.resolve.bulk import find_all  # noqa: PLC0415 - polars loads slowly

    published = context.published_or_fail(item.name)
    edition = context.use(
        Edition(
            f"us-consolidated-screening-list-{published}", SOURCE.title, published, SOURCE.url, SOURCE.licence
        )
    )
    entries: dict[str, _Entry] = {}
    begun: dict[str, date] = {}  # first day on which a list has an entry
    for row in open_table(item, _REQUIRED, _OPTIONAL).rows():
        entry = row if isinstance(row, InvalidRecord) else _read_entry(row, item.name)
        if isinstance(entry, _Entry):
            begun[entry.list_name] = min(begun.get(entry.list_name, published), entry.since or published)
            if entry.id in entries:
                found = f"{entry.id} again, after line {entries[entry.id].line}"
                entry = InvalidRecord(item.name, entry.line, "_id", found, "each entry once")
            else:
                entries[entry.id] = entry
                continue
        yield entry
    index = context.companies
    found_of = find_all(index, ((e.id, e.names, e.countries) for e in entries.values()))
    chosen: dict[tuple[str, str], tuple[_Entry, Match]] = {}
    for entry in entries.values():
        answer = _sure(found_of.get(entry.id), entry, index)
        match = context.review.settle(
            answer, identifier=f"CSL-{entry.id}", name=entry.name, country=" ".join(entry.countries)
        )
        if not isinstance(match, Match):
            yield LeftOut(left_out(match))
            continue
        known = chosen.setdefault((entry.list_name, match.company_id), (entry, match))
        if known[0] is not entry:
            yield LeftOut(FURTHER)
            if entry.last_day > known[0].last_day:  # one that has ended says nothing of one that holds
                chosen[entry.list_name, match.company_id] = (entry, match)
    for entry, match in chosen.values():
        facts = _facts(entry, match, begun[entry.list_name], edition, context.origin)
        yield Taken(facts, item.name, entry.line)


def _read_entry(row: Row, path: str) -> _Entry | Item:
    if row["type"].casefold() in NO_FIRMS:
        return LeftOut(NO_FIRM)
    for column in ("source", "name"):
        if not row[column]:
            return InvalidRecord(path, row.line, column, "a blank", "a name")
    days: list[date | None] = []
    for column in ("start_date", "end_date"):
        try:
            days.append(date.fromisoformat(row[column]) if row[column] else None)
        except ValueError:
            return InvalidRecord(path, row.line, column, repr(row[column]), "a date, YYYY-MM-DD, or nothing")
    since, until = days
    if since and until and until < since:
        return InvalidRecord(path, row.line, "end_date", str(until), f"a day from {since} on")
    others = [name.strip() for name in row["alt_names"].split(";")]
    names = tuple(dict.fromkeys(name for name in (row["name"], *others) if name))
    entry_id = row["_id"] or row["entity_number"] or f"line-{row.line}"
    return _Entry(
        entry_id,
        row.line,
        row["source"],
        row["name"],
        names,
        _countries(row["addresses"]),
        since,
        until,
        row["federal_register_notice"],
    )


def _countries(addresses: str) -> tuple[str, ...]:
    """Give the countries of addresses; each ends with a code or a name, and some with neither."""
    found = (find_country(address.rpartition(",")[2].strip()) for address in addresses.split(";"))
    return tuple(dict.fromkeys(code for code in found if code))


def _sure(found: Found, entry: _Entry, index: CompanyIndex) -> Found:
    """Keep a match only where an address lies in the country of the head office."""
    if isinstance(found, Match) and not index.countries.get(found.company_id, set()) & set(entry.countries):
        return Candidates((Candidate(found.company_id, index.names[found.company_id], found.score),))
    return found


def _facts(entry: _Entry, match: Match, begun: date, edition: Edition, origin: str) -> tuple[Fact, ...]:
    """Say that the list exists, whose it is, and that the company stands on it."""
    code = _CODE.search(entry.list_name)
    name = code[1] if code else entry.list_name
    measure = NodeRef("Measure", "US-CSL-" + "-".join(re.findall(r"[A-Za-z0-9]+", name)).upper())
    about: dict[str, Value] = {
        "title": entry.list_name,
        "kind": "entity-list",
        "announced": begun,
        "destinations": "all",
        "buyers": ("listed",),
        "is_modelled": False,
        "not_modelled_reason": WHY_NOT_MODELLED,
    }
    dated = edition.said(edition.published, note="announced: the first day on which the list has an entry")
    how = "decided by a person" if match.method == "decision" else "exact name and country"
    notice = f"; {entry.notice}" if entry.notice else ""
    listed = edition.said(
        edition.published,
        "B",
        valid_from=entry.since,
        valid_to=entry.until,
        note=f"listed as {entry.name!r}; {how}{notice}",
    )
    issued = edition.said(edition.published)
    return (
        Fact("Measure", measure, None, about, dated, origin),
        Fact("IMPOSED_BY", measure, NodeRef("Country", ISSUER), {}, issued, origin),
        Fact("TARGETS", measure, NodeRef("Company", match.company_id), {}, listed, origin),
    )


SOURCE = Source(
    name="screening-list",
    title="US Consolidated Screening List",
    adds="which companies that the graph holds stand on lists of the United States",
    files="consolidated.csv",
    read=read_items,
    url="https://www.trade.gov/consolidated-screening-list",
    licence="US government work, public domain",
)
