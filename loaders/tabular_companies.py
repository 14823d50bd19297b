"""Tell the companies that a user's tables name from those that the store holds, and describe the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Protocol

from chainshock.errors import InvalidRecord
from chainshock.graph.cells import quote
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.resolve.companies import Found, Match
from chainshock.loaders.sources import Context
from chainshock.loaders.tabular_map import TableMap

__all__ = ["Companies", "Life", "MakeFact", "Said", "slug"]

LONGEST_SLUG = 60

Said = Mapping[str, Value | None]  # properties, some of them blank


@dataclass(frozen=True)
class Life:
    """From when to when a fact holds, and what is noted with it."""

    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    as_of: date | None = None


class MakeFact(Protocol):
    """States a fact on the word of a table."""

    def __call__(
        self,
        name: str,
        source: NodeRef,
        target: NodeRef | None,
        properties: Said,
        life: Life | None = None,
        /,
    ) -> Fact:
        """See `Job.fact`."""


def slug(name: str) -> str:
    """Make a key of a name, always the same.

    Examples
    --------
    >>> slug("Müller & Söhne GmbH"), slug("東京磁石")
    ('muller-sohne-gmbh', 'n-0ead42ba')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    digest = sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    if not key:
        return f"n-{digest}"
    return key if len(key) <= LONGEST_SLUG else f"{key[:LONGEST_SLUG].rstrip('-')}-{digest}"


class Companies:
    """The user's own company, `own`, and those that its tables name.

    `problems` holds what the mapping says of the company and the store does not bear out.
    """

    def __init__(self, mapping: TableMap, context: Context) -> None:
        self.mapping, self.context = mapping, context
        self.problems: list[InvalidRecord] = []
        self._matches: dict[tuple[object, ...], Found] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        self.own = self._find_own()
        self._taken = {self.own}  # keys of companies that the store does not hold

    def named(
        self, fact: MakeFact, text: str, head_office: str, known: Mapping[str, str]
    ) -> tuple[str, list[Fact]]:
        """Give the key of a company by its name, and the facts on it if the store does not hold it."""
        if text in (self.mapping.company.name, self.own):
            return self.own, []
        asked = (text, head_office, *sorted(known.items()))
        if asked not in self._matches:
            found = self.context.companies.find(name=text, country=head_office, **known)
            self._matches[asked] = self.context.review.settle(found, name=text, country=head_office)
        match = self._matches[asked]
        if isinstance(match, Match):
            return match.company_id, []
        if text in self.context.companies.names:
            return text, []
        key, name = self._new_key(text)
        facts = [fact("Company", NodeRef("Company", key), None, {"name": name, "is_listed": False})]
        if head_office:
            facts.append(_head_office(fact, key, head_office))
        return key, facts

    def own_facts(self, fact: MakeFact) -> list[Fact]:
        """Describe the user's company, as far as the mapping says more than the store holds."""
        company, node = self.mapping.company, NodeRef("Company", self.own)
        others = [f for f in self.context.view.facts("Company") if f.source == node]
        others = [f for f in others if f.origin != self.context.origin]
        before = dict(max(others, key=lambda f: f.precedence).properties) if others else {}
        said: Said = {
            "name": company.name,
            "revenue": company.revenue,
            "currency": company.currency if company.revenue is not None else None,
            "fiscal_year": company.fiscal_year if company.revenue is not None else None,
        }
        after = {"is_listed": False, **before, **{k: v for k, v in said.items() if v not in (None, "")}}
        facts = [] if after == before else [fact("Company", node, None, after)]
        if company.country:
            facts.append(_head_office(fact, self.own, company.country))
        return facts

    def _find_own(self) -> str:
        """Give the key of the user's company: as stated, else that of the store's company of this name."""
        company, index = self.mapping.company, self.context.companies
        if company.id:
            if not company.name and company.id not in index.names:
                expected = "a company in the store, or a `name` beside the id"
                line = self.mapping.line("company", "id")
                self.problems.append(
                    InvalidRecord(self.mapping.path, line, "company.id", quote(company.id), expected)
                )
            return company.id
        found = index.find_name(company.name, company.country)
        return found.company_id if isinstance(found, Match) else self._free(slug(company.name))

    def _new_key(self, name: str) -> tuple[str, str]:
        """Give the key of a company that the store does not hold, and its name as first written.

        They are the same for the same name, in capitals or not.
        """
        folded = name.casefold()
        if folded not in self._keys:
            key = self._free(slug(name), self._taken)
            self._taken.add(key)
            self._keys[folded] = (key, name)
        return self._keys[folded]

    def _free(self, key: str, more: set[str] | None = None) -> str:
        """Give a key that no other company has."""
        taken = more or set()
        number, free = 2, key
        while free in self.context.companies.names or free in taken:
            free, number = f"{key}-{number}", number + 1
        return free


def _head_office(fact: MakeFact, key: str, country: str) -> Fact:
    return fact("HEADQUARTERED_IN", NodeRef("Company", key), NodeRef("Country", country), {})
