"""Find what the graph holds for recorded outcomes: companies, countries, sectors of countries."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from chainshock.graph.facts import Fact
from chainshock.queries.backtest.outcomes import Outcome
from chainshock.queries.measure_scope import nodes_of

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Target", "TargetFinder"]

COMPANY_TYPES = frozenset({"listed_company", "firm", "firm_product", "facility"})
MARKETS = {  # suffix of a ticker as news services write it: market identifier codes
    "": ("XNYS", "XNAS", "XASE", "ARCX", "OTCM", "OTC"),
    "AX": ("XASX",),
    "TO": ("XTSE", "XTSX"),
    "V": ("XTSX",),
    "SS": ("XSHG",),
    "SZ": ("XSHE",),
    "HK": ("XHKG",),
    "T": ("XTKS", "XJPX"),
    "L": ("XLON",),
    "DE": ("XETR", "XFRA"),
    "PA": ("XPAR",),
    "KS": ("XKRX",),
    "NS": ("XNSE",),
}
LEGAL = frozenset(
    [
        "inc",
        "corp",
        "co",
        "ltd",
        "limited",
        "plc",
        "ag",
        "gmbh",
        "se",
        "sa",
        "nv",
        "ab",
        "oyj",
        "kk",
        "company",
        "corporation",
    ]
)
SHORTEST_NAME = 3  # letters of a whole name that may begin another
SHORTEST_WORD = 4  # letters of one word that may stand for a name
EU = [
    "AUT",
    "BEL",
    "BGR",
    "CYP",
    "CZE",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GRC",
    "HRV",
    "HUN",
    "IRL",
    "ITA",
    "LTU",
    "LUX",
    "LVA",
    "MLT",
    "NLD",
    "POL",
    "PRT",
    "ROU",
    "SVK",
    "SVN",
    "SWE",
]


@dataclass(frozen=True)
class Target:
    """What an outcome is about, in the graph.

    `kind` is company, country or sector. `ids` holds one company's or country's id, or the countries of a
    sector; `sectors` the sectors of its end uses, empty: all.
    """

    kind: Literal["company", "country", "sector"]
    ids: tuple[str, ...]
    sectors: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ";".join(self.ids) + (f" ({', '.join(self.sectors)})" if self.sectors else "")


class TargetFinder:
    """Names of one graph's companies and countries."""

    def __init__(self, graph: nx.MultiDiGraph[Any]) -> None:
        self._tickers: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, ...], set[str]] = {}
        for key, fact in sorted(nodes_of(graph, "Company").items()):
            for ticker, mic in _listings(fact):
                self._tickers[ticker.lstrip("0").upper(), mic] = key
            for name in _names_of(fact):
                if words := _words(name):
                    self._names.setdefault(words, set()).add(key)
        self._places = {
            _words(str(fact.properties["name"])): (key,) for key, fact in nodes_of(graph, "Country").items()
        } | {_words(word): tuple(EU) if iso3 == "EU" else (iso3,) for word, iso3 in _table("places.csv")}
        self._countries = frozenset(nodes_of(graph, "Country"))

    def find(self, outcome: Outcome) -> Target | None:
        """Find what an outcome is about; None where the graph does not hold it, or it is not one thing."""
        if outcome.entity_type in COMPANY_TYPES:
            loosely = outcome.entity_type != "listed_company"
            company = self.company(outcome.entity, outcome.ticker, by_word=loosely)
            return None if company is None else Target("company", (company,))
        if outcome.entity_type == "country_flow":
            country = self._flow(outcome.entity)
            return None if country is None else Target("country", (country,))
        if outcome.entity_type in {"sector", "industry", "group"}:
            return self._sector(outcome.entity)
        return None

    def company(self, name: str, ticker: str = "", *, by_word: bool = False) -> str | None:
        """Find a company by ticker and market, by its exact name, or by a name that begins alike.

        With `by_word`, also by the first word, where only one company's name has it: a plant or a product
        often carries no more of its maker's name.
        """
        if name.count(",") > 1 or " / " in name:  # several firms at once
            return None
        code, _, suffix = ticker.partition(".")
        for mic in MARKETS.get(suffix.upper(), ()) if code else ():
            known = self._tickers.get((code.lstrip("0").upper(), mic))
            if known is not None:
                return known
        words = _words(re.split(r"\s[-–]\s|\(", name)[0])
        return self._by_name(words) or (self._by_word(words[0]) if by_word and words else None)

    def _by_word(self, word: str) -> str | None:
        """Find the one company whose name begins with a word, or else holds it."""
        if len(word) < SHORTEST_WORD:
            return None
        for place in (slice(0, 1), slice(None)):
            found = {key for known, keys in self._names.items() if word in known[place] for key in keys}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _by_name(self, words: tuple[str, ...]) -> str | None:
        exact = self._names.get(words, set())
        if exact:
            return next(iter(exact)) if len(exact) == 1 else None
        longest = [
            (len(known), key)
            for known, keys in self._names.items()
            for key in keys
            if _begins(words, known) or _begins(known, words)
        ]
        best = max((length for length, _ in longest), default=0)
        found = {key for length, key in longest if length == best}
        return found.pop() if len(found) == 1 else None

    def country(self, text: str) -> str | None:
        """Find a country by its name, code or adjective, if the text is no more than that."""
        found = self._places.get(_words(text), (text,) if text in self._countries else ())
        return found[0] if len(found) == 1 else None

    def _flow(self, text: str) -> str | None:
        """Give the buying country of a flow, or the selling one where no buyer is named."""
        if "->" in text:
            return self._first_country(text.split("->", 1)[1])
        imports = re.match(r"(.+?) imports\b", text)
        if imports:
            return self._first_country(imports[1])
        return self._first_country(text)

    def _sector(self, text: str) -> Target | None:
        places = self._first_place(text)
        if places is None:
            return None
        padded = f" {' '.join(_words(text))} "
        named = [
            sectors for word, sectors in _table("sectors.csv") if f" {' '.join(_words(word))} " in padded
        ]
        if not named:
            return None
        parts = sorted({part for sectors in named for part in sectors.split(";") if part != "*"})
        return Target("sector", tuple(places), tuple(parts))

    def _first_country(self, text: str) -> str | None:
        places = self._first_place(text)
        return places[0] if places is not None and len(places) == 1 else None

    def _first_place(self, text: str) -> tuple[str, ...] | None:
        """Give the countries of the place that a text names first; of two at one spot the longer name."""
        words = _words(text)
        for start in range(len(words)):
            for length in (3, 2, 1):
                found = self._places.get(words[start : start + length])
                if found is not None and len(words[start : start + length]) == length:
                    return tuple(code for code in found if code in self._countries) or None
        return None


def _begins(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Tell whether a name begins with another, which says enough to stand for it."""
    letters = sum(map(len, shorter))
    return 0 < len(shorter) < len(longer) and longer[: len(shorter)] == shorter and letters >= SHORTEST_NAME


def _words(text: str) -> tuple[str, ...]:
    found = re.findall(r"[^\W_]+(?:-share)?", text.casefold())
    while len(found) > 1 and found[-1] in LEGAL:
        found.pop()
    return tuple(found)


def _names_of(fact: Fact) -> Iterator[str]:
    yield str(fact.properties["name"])
    aliases = fact.properties.get("aliases", ())
    yield from aliases if isinstance(aliases, tuple) else ()


def _listings(fact: Fact) -> Iterator[tuple[str, str]]:
    p = fact.properties
    if p.get("ticker") and p.get("mic"):
        yield str(p["ticker"]), str(p["mic"])
    others: Any = p.get("other_listings", ())
    for listing in others:
        ticker, _, mic = str(listing).rpartition(".")
        yield ticker, mic


@cache
def _table(name: str) -> tuple[tuple[str, str], ...]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    rows: Iterable[list[str]] = csv.reader(text.splitlines())
    return tuple((row[0], row[1]) for row in list(rows)[1:])
