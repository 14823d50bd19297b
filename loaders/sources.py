"""Say what a source of facts is: where its files come from, and how their rows become facts.

One module per source, registered here by name. A source reads inputs and gives, for each row, what it became:
facts (`Taken`), nothing because the graph has no place for it (`LeftOut`), or a problem (`InvalidRecord`).
`chainshock.loaders.ingest` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from chainshock.errors import FileProblem, InvalidRecord, UnknownName
from chainshock.graph.facts import Confidence, Fact, NodeRef, Provenance

if TYPE_CHECKING:
    from chainshock.graph.stores.base import View
    from chainshock.loaders.inputs import Input
    from chainshock.loaders.resolve.companies import CompanyIndex
    from chainshock.loaders.resolve.review import Pair, Review

__all__ = ["LOADERS", "Context", "Edition", "Item", "LeftOut", "Source", "Taken", "get_source"]

LOADERS = {  # name: module, whose SOURCE it is
    "tables": "chainshock.loaders.tables",
    "sec": "chainshock.loaders.sec",
    "gleif": "chainshock.loaders.gleif",
    "gleif-isin": "chainshock.loaders.gleif_isin",
    "gleif-rr": "chainshock.loaders.gleif_relations",
    "screening-list": "chainshock.loaders.screening_list",
    "ftm": "chainshock.loaders.followthemoney",
    "usgs-mcs": "chainshock.loaders.usgs_mcs",
    "eu-crm": "chainshock.loaders.eu_crm",
    "iea": "chainshock.loaders.iea",
    "wgi": "chainshock.loaders.wgi",
    "baci": "chainshock.loaders.baci",
    "comtrade": "chainshock.loaders.comtrade",
    "comext": "chainshock.loaders.comext",
    "tabular": "chainshock.loaders.tabular",
}


@dataclass(frozen=True)
class Edition:
    """A publication that facts rest on: it becomes a Source node, and its date their `known_from`."""

    id: str
    title: str
    published: date
    url: str = ""
    licence: str = ""

    def said(
        self,
        as_of: date,
        confidence: Confidence = "A",
        *,
        valid_from: date | None = None,
        valid_to: date | None = None,
        note: str = "",
    ) -> Provenance:
        """Give the provenance of a fact that this edition states."""
        return Provenance((self.id,), as_of, self.published, confidence, valid_from, valid_to, note)

    def fact(self, origin: str) -> Fact:
        """Describe the edition as a Source node."""
        properties = {"title": self.title, "published": self.published.isoformat()}
        properties |= {name: text for name, text in (("url", self.url), ("licence", self.licence)) if text}
        return Fact("Source", NodeRef("Source", self.id), None, properties, self.said(self.published), origin)


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that became facts."""

    facts: tuple[Fact, ...]
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that fit and do not concern the graph: of other goods, totals, companies it does not hold."""

    reason: str
    count: int = 1


Item = Taken | LeftOut | InvalidRecord
Read = Callable[[Sequence["Input"], "Context"], Iterator[Item]]


@dataclass
class Context:
    """What a source may know while it reads.

    Attributes
    ----------
    view
        The store, as it was before the load.
    origin
        Name of the data set.
    published
        When the files were published, where the user says so; files that say it themselves need no option.
    mapping
        Mapping file, for the source that takes one.
    decisions
        File of decisions on who is who (`loaders.resolve.review`), where the user gives one.
    editions
        Editions that facts of this load rest on; a source adds them with `use`.
    source
        Name of the source that reads.
    """

    view: View
    origin: str
    published: date | None = None
    mapping: Path | None = None
    decisions: Path | None = None
    editions: dict[str, Edition] = field(default_factory=dict)
    source: str = ""

    def use(self, edition: Edition) -> Edition:
        """Put an edition on the list of those that the load rests on."""
        self.editions[edition.id] = edition
        return edition

    def published_or_fail(self, path: str, found: str = "nothing that tells its edition") -> date:
        """Give the date of publication that the user states.

        Raises
        ------
        FileProblem
            None is stated, and the file does not tell its own.
        """
        if self.published is None:
            raise FileProblem(path, found, "--published DATE: the day on which the file was published")
        return self.published

    @cached_property
    def companies(self) -> CompanyIndex:
        """Companies of the store, without what this data set itself said of them before."""
        from chainshock.loaders.resolve.companies import CompanyIndex  # noqa: PLC0415 - rapidfuzz loads slowly

        return CompanyIndex(self.view, without=self.origin)

    @cached_property
    def review(self) -> Review:
        """Decisions on who is who, and the pairs that wait for one."""
        from chainshock.loaders.resolve.review import Review  # noqa: PLC0415 - rapidfuzz loads slowly

        if self.decisions is None:
            return Review(self.source)
        return Review.read(self.decisions, self.source, self.companies.names)

    @property
    def waiting(self) -> tuple[Pair, ...]:
        """Pairs that wait for a decision; none where the source looked at no decisions."""
        return self.review.waiting if "review" in vars(self) else ()

    @cached_property
    def commodities(self) -> dict[str, Fact]:
        """Facts on the goods that the store holds, by id; of several vintages the winner."""
        best: dict[str, Fact] = {}
        for fact in self.view.facts("Commodity"):
            known = best.get(fact.source.key)
            if known is None or fact.precedence > known.precedence:
                best[fact.source.key] = fact
        return best

    @cached_property
    def hs_codes(self) -> frozenset[str]:
        """HS codes by which the store knows its goods, as given: four, six or eight digits."""
        codes: set[str] = set()
        for fact in self.commodities.values():
            codes.update(cast("tuple[str, ...]", fact.properties.get("hs_codes", ())))
            codes.update(str(fact.properties[name]) for name in ("trade_code",) if name in fact.properties)
        return frozenset(codes)


@dataclass(frozen=True)
class Source:
    """A kind of files that can be loaded.

    `adds` says in a few words what it brings; `files` what the user passes as PATH. `names_countries`: a
    country that the store lacks is described from ISO 3166 when a row names it. Of a folder, files with one
    of `suffixes` are read.
    """

    name: str
    title: str
    adds: str
    files: str
    read: Read
    url: str = ""
    licence: str = ""
    names_countries: bool = True
    suffixes: tuple[str, ...] = (".csv",)


def get_source(name: str) -> Source:
    """Give a source by name.

    Raises
    ------
    UnknownName
        No source has that name.
    """
    if name not in LOADERS:
        raise UnknownName("loader", name, tuple(LOADERS))
    return cast(Source, import_module(LOADERS[name]).SOURCE)
