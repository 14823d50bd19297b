"""Read the SEC's list of companies with tickers, and tell which of the graph's companies have which CIK.

The list gives no market: a ticker counts only with one of the markets of the United States on the company's
own row, and only where the names agree. All on the list have paper that is traded: a company that the graph
knows as not listed is a candidate at most.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import identified_by, keep_unique, left_out
from chainshock.loaders.resolve.companies import (
    Candidate,
    Candidates,
    CompanyIndex,
    Found,
    Match,
    identifier_key,
)
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

__all__ = ["SOURCE"]

US_MARKETS = ("XNYS", "XNAS", "XASE", "ARCX", "BATS", "OTCM", "OTCB", "OTCQ", "PINX", "XOTC")
LEAST_AGREEMENT = 80.0  # likeness of names from which a ticker of the same letters is the same company
MOST_BYTES = 200 * 1024 * 1024  # the published file has 0.8 MB
EXPECTED = 'an object of entries like "0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}'
LONGEST_CIK = 10
FURTHER = "further ticker of a company that another entry stands for"


class _Entry(NamedTuple):
    path: str
    cik: str
    ticker: str
    title: str


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read the lists, one after the other."""
    for item in inputs:
        yield from _read_list(item, context)


def _read_list(item: Input, context: Context) -> Iterator[Item]:
    published = context.published_or_fail(item.name)
    edition = context.use(
        Edition(
            f"sec-company-tickers-{published}",
            "US Securities and Exchange Commission, company_tickers.json",
            published,
            SOURCE.url,
            SOURCE.licence,
        )
    )
    entries: dict[str, list[_Entry]] = defaultdict(list)
    for key, value in _open_list(item).items():
        entry = _read_entry(item.name, key, value)
        if isinstance(entry, InvalidRecord):
            yield entry
        else:
            entries[entry.cik].append(entry)
    index = context.companies
    found = {cik: _find(index, cik, same) for cik, same in entries.items()}
    for cik, answer in keep_unique(found, context, "cik").items():
        first, *others = entries[cik]
        match = context.review.settle(answer, identifier=identifier_key("cik", cik), name=first.title)
        if isinstance(match, Match):
            facts = identified_by("cik", cik, match, edition, context.origin, registered_name=first.title)
            yield Taken(facts, first.path, None)
            yield from (LeftOut(FURTHER) for _ in others)
        else:
            yield LeftOut(left_out(match), len(entries[cik]))


def _find(index: CompanyIndex, cik: str, entries: Sequence[_Entry]) -> Found:
    """Find a company by CIK, by ticker with an agreeing name, else by name."""
    known = index.find_identifier(identifier_key("cik", cik))
    if known is not None:
        return Match(known, "identifier")
    title = entries[0].title
    doubtful: dict[str, Candidate] = {}
    for entry in entries:
        for mic in US_MARKETS:
            owner = index.find_identifier(identifier_key("ticker", entry.ticker, mic))
            if owner is None:
                continue
            score = index.agreement(owner, title)
            if score >= LEAST_AGREEMENT:
                return Match(owner, "identifier")
            doubtful[owner] = Candidate(owner, index.names[owner], score)
    by_name = index.find_name(title)
    if isinstance(by_name, Match):
        if by_name.company_id in index.listed:
            return by_name
        owner = by_name.company_id
        doubtful[owner] = Candidate(owner, index.names[owner], by_name.score)
    if not doubtful:
        return by_name
    if isinstance(by_name, Candidates):
        doubtful |= {pair.company_id: pair for pair in by_name.pairs}
    return Candidates(tuple(sorted(doubtful.values(), key=lambda pair: (-pair.score, pair.company_id))))


def _open_list(item: Input) -> dict[str, object]:
    with item.open() as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileProblem(item.name, f"more than {MOST_BYTES:,} bytes", "the SEC's list, of about 0.8 MB")
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_no_key_twice)
    except UnicodeDecodeError as error:
        raise FileProblem(item.name, "bytes that are not UTF-8", EXPECTED) from error
    except json.JSONDecodeError as error:
        is_more = error.msg == "Extra data"
        found = "several JSON values, one after the other" if is_more else f"no sound JSON ({error})"
        raise FileProblem(item.name, found, EXPECTED) from error
    except (RecursionError, ValueError) as error:
        raise FileProblem(item.name, str(error), EXPECTED) from error
    if not isinstance(data, dict) or not data:
        raise FileProblem(item.name, "an array" if isinstance(data, list) else "no entries", EXPECTED)
    if "fields" in data and "data" in data:
        raise FileProblem(item.name, "the list in columns, with exchanges", EXPECTED)
    return data


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return found


def _read_entry(path: str, key: str, value: object) -> _Entry | InvalidRecord:
    if not isinstance(value, dict):
        return InvalidRecord(path, None, f"entry {key}", repr(value)[:60], "an object")
    cik, ticker, title = (value.get(name) for name in ("cik_str", "ticker", "title"))
    digits = str(cik) if isinstance(cik, int | str) and not isinstance(cik, bool) else ""
    if not (digits.isascii() and digits.isdigit() and int(digits) > 0 and len(digits) <= LONGEST_CIK):
        return InvalidRecord(
            path, None, f"entry {key}: cik_str", repr(cik)[:60], "a number of 1 to 10 digits"
        )
    for name, text in (("ticker", ticker), ("title", title)):
        if not isinstance(text, str) or not text.strip() or not _is_unicode(text):
            return InvalidRecord(path, None, f"entry {key}: {name}", ascii(text)[:60], "a text")
    return _Entry(path, digits.zfill(LONGEST_CIK), str(ticker).strip(), str(title).strip())


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written: JSON may hold halves of signs."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


SOURCE = Source(
    name="sec",
    title="SEC companies with tickers",
    adds="CIK numbers of companies that the graph holds",
    files="company_tickers.json",
    read=read_items,
    url="https://www.sec.gov/files/company_tickers.json",
    licence="US government work, public domain",
    suffixes=(".json",),
    names_countries=False,
)
