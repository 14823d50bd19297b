"""Recognise the companies of other data sets: by verified identifier, by exact name, else as candidates.

An identifier is verified where a register states it (IDENTIFIES), or where the company's own row gives ticker
and market with confidence A or B. LEI and ISIN on a Company row are recalled and never join anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from rapidfuzz import fuzz, process

from chainshock.graph.facts import Fact
from chainshock.loaders.resolve.names import (
    core,
    is_collective,
    is_short,
    likeness,
    normalise,
    sorted_words,
)

if TYPE_CHECKING:
    from chainshock.graph.stores.base import View

__all__ = ["Candidate", "Candidates", "CompanyIndex", "Found", "Match", "Method", "Scheme", "identifier_key"]

Method = Literal["own", "identifier", "name", "decision"]
Scheme = Literal["lei", "isin", "cik", "ticker", "other"]

LEAST_SCORE = 88.0  # names less alike than that are not shown to anyone
OTHER_COUNTRY = 10.0  # taken off the score where the head office stands in another country
MOST_CANDIDATES = 5  # for one name


@dataclass(frozen=True, slots=True)
class Match:
    """A company that was recognised, and how; `score` is below 100 only where a person decided."""

    company_id: str
    method: Method
    score: float = 100.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that a name may stand for."""

    company_id: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """Companies that a name may stand for, the likeliest first; only a person says which it is, if any."""

    pairs: tuple[Candidate, ...]


Found = Match | Candidates | None


def identifier_key(scheme: Scheme, value: str, mic: str = "") -> str:
    """Give the key of an Identifier node.

    Examples
    --------
    >>> identifier_key("cik", "320193"), identifier_key("ticker", "brk-b", "XNYS")
    ('CIK-0000320193', 'TICKER-BRK-B.XNYS')
    """
    if scheme == "other":
        return f"OTHER-{value.strip()}"
    text = value.strip().upper()
    if scheme == "cik":
        text = text.zfill(10)
    elif scheme == "ticker":
        text = f"{text.rstrip('.')}.{mic.strip().upper()}"
    return f"{scheme.upper()}-{text}"


class CompanyIndex:
    """The companies of a store, to be found by what other data sets call them.

    Parameters
    ----------
    view
        The store.
    without
        Data set whose own facts are not used: the one that is being loaded, so that a second load finds the
        same as the first.
    """

    def __init__(self, view: View, without: str | None = None) -> None:
        stated = [f for f in view.facts("Company") if f.origin != without]
        companies = _winners(stated)
        sure = {(f.source.key, key) for f in stated if f.provenance.confidence != "C" for key in _listings(f)}
        self.names: dict[str, str] = {f.source.key: str(f.properties["name"]) for f in companies}
        self.listed = frozenset(f.source.key for f in companies if f.properties["is_listed"])
        self._owners: dict[str, set[str]] = defaultdict(set)
        self._named: dict[str, set[str]] = defaultdict(set)
        self.countries: dict[str, set[str]] = defaultdict(set)
        for fact in companies:
            for name in (str(fact.properties["name"]), *_texts(fact, "aliases")):
                self._named[normalise(name)].add(fact.source.key)
            for key in _listings(fact):
                if (fact.source.key, key) in sure:
                    self._owners[key].add(fact.source.key)
        self._named.pop("", None)
        for fact in _winners(f for f in view.facts("IDENTIFIES") if f.origin != without):
            if fact.target is not None and fact.target.key in self.names:
                self._owners[fact.source.key].add(fact.target.key)
        for fact in view.facts("HEADQUARTERED_IN"):
            if fact.target is not None and fact.origin != without:
                self.countries[fact.source.key].add(fact.target.key)

    def find(
        self,
        *,
        name: str = "",
        lei: str = "",
        isin: str = "",
        cik: str = "",
        ticker: str = "",
        mic: str = "",
        country: str = "",
    ) -> Found:
        """Find a company by all that is known of it.

        Parameters
        ----------
        name
            Name, as given; an exact name counts only where it belongs to one company and no country speaks
            against it.
        lei, isin, cik
            Identifiers, as given.
        ticker, mic
            Ticker and market, which count only together.
        country
            ISO alpha-3 code of the country where it sits, or blank.

        Returns
        -------
        Found
            The match, the candidates, or None. Identifiers go before the name; where they name several
            companies, these are candidates.
        """
        owners: set[str] = set()
        for key in _keys(lei, isin, cik, ticker, mic):
            owners |= self._owners.get(key, set())
        if len(owners) == 1:
            return Match(owners.pop(), "identifier")
        if owners:
            return _candidates(Candidate(owner, self.names[owner], 100.0) for owner in owners)
        return self.find_name(name, country)

    def find_identifier(self, key: str) -> str | None:
        """Give the one company whose verified identifier has the key, as in `identifier_key`."""
        owners = self._owners.get(key, set())
        return next(iter(owners)) if len(owners) == 1 else None

    def find_name(self, name: str, country: str = "") -> Found:
        """Find a company by its name alone; see `find`."""
        normal = normalise(name)
        if not normal or is_collective(name):
            return None
        owners = self._named.get(normal, set())
        if len(owners) == 1 and not is_short(normal):
            owner = next(iter(owners))
            if not self.is_elsewhere(owner, country):
                return Match(owner, "name")
        return self._candidates_for(normal, country)

    def agreement(self, company: str, name: str) -> float:
        """Say how alike a name is to the likest of a company's names, from 0 to 100."""
        normal = normalise(name)
        return max((likeness(normal, known) for known in self._names_of[company]), default=0.0)

    def is_elsewhere(self, company: str, country: str) -> bool:
        """Tell whether a country speaks against a company: its head office is known and stands elsewhere."""
        known = self.countries.get(company)
        return bool(country and known and country not in known)

    @property
    def named(self) -> Mapping[str, set[str]]:
        """Companies by each of their normalised names."""
        return self._named

    def candidate(self, company: str, score: float, country: str = "") -> Candidate | None:
        """Word a candidate, if the score is enough in view of the country."""
        score = round(score - OTHER_COUNTRY * self.is_elsewhere(company, country), 1)
        return Candidate(company, self.names[company], score) if score >= LEAST_SCORE else None

    def identified(self, scheme: Scheme) -> dict[str, str]:
        """Give companies by verified identifier of one scheme, leaving out those that name several."""
        start = f"{scheme.upper()}-"
        return {
            key.removeprefix(start): next(iter(owners))
            for key, owners in self._owners.items()
            if key.startswith(start) and len(owners) == 1
        }

    @cached_property
    def _names_of(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for normal, owners in sorted(self._named.items()):
            for owner in owners:
                names[owner].append(normal)
        return names

    @cached_property
    def _cores(self) -> dict[str, str]:
        return {normal: core(normal) for normal in sorted(self._named)}

    @cached_property
    def _by_words(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for normal in sorted(self._named):
            names[sorted_words(normal)].append(normal)
        return names

    def _candidates_for(self, normal: str, country: str) -> Candidates | None:
        best: dict[str, Candidate] = {}
        near = process.extract(
            core(normal), self._cores, scorer=fuzz.ratio, score_cutoff=LEAST_SCORE - 0.1, limit=50
        )
        for other in {*(name for _, _, name in near), *self._by_words.get(sorted_words(normal), ())}:
            score = likeness(normal, other)
            for owner in self._named[other]:
                candidate = self.candidate(owner, score, country)
                if candidate is not None and (owner not in best or best[owner].score < candidate.score):
                    best[owner] = candidate
        return _candidates(best.values()) if best else None


def _candidates(found: Iterable[Candidate]) -> Candidates:
    ordered = sorted(found, key=lambda candidate: (-candidate.score, candidate.company_id))
    return Candidates(tuple(ordered[:MOST_CANDIDATES]))


def _keys(lei: str, isin: str, cik: str, ticker: str, mic: str) -> Iterator[str]:
    """Give the keys of the identifiers that are there."""
    for scheme, value in (("lei", lei), ("isin", isin), ("cik", cik)):
        if value.strip():
            yield identifier_key(cast(Scheme, scheme), value)
    if ticker.strip() and mic.strip():
        yield identifier_key("ticker", ticker, mic)


def _listings(company: Fact) -> Iterator[str]:
    """Give the keys of a company's listings: ticker and market, only together."""
    ticker, mic = company.properties.get("ticker"), company.properties.get("mic")
    if ticker and mic:
        yield identifier_key("ticker", str(ticker), str(mic))
    for listing in _texts(company, "other_listings"):
        symbol, _, market = listing.rpartition(".")
        if symbol and market:
            yield identifier_key("ticker", symbol, market)


def _texts(fact: Fact, name: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", fact.properties.get(name, ()))


def _winners(facts: Iterable[Fact]) -> list[Fact]:
    """Keep of each subject the vintage that takes precedence."""
    best: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        known = best.get(fact.subject)
        if known is None or fact.precedence > known.precedence:
            best[fact.subject] = fact
    return list(best.values())
