"""Put the facts valid at a date into the order that compilation asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.parameters import Parameters

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Claims", "Revenue", "is_withheld", "number", "text"]


STRUCTURE = frozenset({"Commodity", "EndUse", "Facility"})


def text(fact: Fact, name: str, default: str = "") -> str:
    """Give a text property, or the default."""
    value = fact.properties.get(name)
    return default if value is None else str(value)


def number(fact: Fact, name: str) -> float | None:
    """Give a numeric property, or None."""
    value = fact.properties.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def is_withheld(fact: Fact) -> bool:
    """Tell whether a fact says that something is made, and not how much."""
    return fact.properties.get("qualifier") == "withheld"


@dataclass(frozen=True)
class Revenue:
    """A company's revenue in the baseline year."""

    usd: float
    fact: Fact


class Claims:
    """The facts of one date, indexed for compilation around a baseline year."""

    def __init__(
        self,
        graph: nx.MultiDiGraph[NodeRef],
        companies: Iterable[Fact],
        parameters: Parameters,
        baseline_year: int,
    ) -> None:
        self.parameters = parameters
        self.baseline_year = baseline_year
        self._companies = tuple(companies)
        self.nodes: dict[str, dict[str, Fact]] = defaultdict(dict)
        for ref, attributes in graph.nodes(data=True):
            if "fact" in attributes:
                self.nodes[ref.label][ref.key] = attributes["fact"]
        self.edges: dict[str, list[Fact]] = defaultdict(list)
        for source, target, attributes in graph.edges(data=True):
            if self._is_described(source) and self._is_described(target):
                self.edges[attributes["fact"].name].append(attributes["fact"])
        for facts in self.edges.values():
            facts.sort(key=lambda f: (f.source, f.target or f.source, f.id))
        self.revenue = self._revenues(self._companies)
        self._produces: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.edges["PRODUCES"]:
            if fact.target is not None and fact.target.label != "Element":
                self._produces[fact.source.label, fact.target.key].append(fact)
        self._requires: dict[NodeRef, list[Fact]] = defaultdict(list)
        for fact in self.edges["REQUIRES"]:
            self._requires[fact.source].append(fact)
        self.location = {f.source.key: f.target.key for f in self.edges["LOCATED_IN"] if f.target}
        self.headquarters = {f.source.key: f.target.key for f in self.edges["HEADQUARTERED_IN"] if f.target}
        self.trade = self._trade()
        self.prices = self._prices()

    def with_parameters(self, parameters: Parameters) -> Claims:
        """Give the same facts under other assumptions; all that does not hang on them is shared."""
        other = copy(self)
        other.parameters = parameters
        other.revenue = other._revenues(self._companies)
        return other

    def _is_described(self, ref: NodeRef) -> bool:
        """Tell whether a good, use or plant was known by then; without that an edge to it says nothing."""
        return ref.label not in STRUCTURE or ref.key in self.nodes[ref.label]

    def produces(self, label: str, good: str) -> list[Fact]:
        """Give PRODUCES facts from nodes of a label to one good or end use."""
        return self._produces.get((label, good), [])

    def requires(self, node: NodeRef) -> tuple[Fact, ...]:
        """Give the REQUIRES facts of a good or end use."""
        return tuple(self._requires.get(node, ()))

    def best_year(self, facts: Iterable[Fact]) -> list[Fact]:
        """Keep the facts of the latest year up to the baseline year, else of the earliest after it.

        Projections are never a baseline, and neither are figures withheld: the year is the latest that tells
        one. Of one year, outputs come before capacities, quotas and shares, and better confidence before
        worse.
        """
        order = {"output": 0, "segment": 0, "share": 1, "capacity": 2, "quota": 3}
        usable = [f for f in facts if f.properties.get("is_projection") is not True and not is_withheld(f)]
        if not usable:
            return []
        years = {int(number(f, "year") or 0) for f in usable}
        past = [y for y in years if y <= self.baseline_year]
        year = max(past) if past else min(years)
        chosen = [f for f in usable if number(f, "year") == year]
        return sorted(chosen, key=lambda f: (order[text(f, "basis")], f.provenance.confidence, f.id))

    def price(self, good: str) -> float | None:
        """Give the baseline price of a good, USD per tonne, or None."""
        commodity = self.nodes["Commodity"].get(good)
        follow = text(commodity, "price_code") if commodity else ""
        found = self.prices.get(good) or self.prices.get(follow)
        if found:
            return found
        for name in (good, follow):
            entry = self.parameters.get(f"price.{name}")
            if entry is not None:
                return entry.default
        return None

    def _revenues(self, companies: Iterable[Fact]) -> dict[str, Revenue]:
        """Give each company's revenue of the last fiscal year up to the baseline year, else the next."""
        best: dict[str, tuple[tuple[int, int], Revenue]] = {}
        for fact in companies:
            amount, year = number(fact, "revenue"), int(number(fact, "fiscal_year") or 0)
            rate = self.parameters.find(f"fx.{text(fact, 'currency')}")
            if amount is None or rate is None:
                continue
            late = year > self.baseline_year
            rank = (0 if late else 1, -year if late else year)
            old = best.get(fact.source.key)
            if old is None or rank > old[0] or (rank == old[0] and fact.precedence > old[1].fact.precedence):
                best[fact.source.key] = (rank, Revenue(amount * 1e6 * rate.default, fact))
        return {company: revenue for company, (_, revenue) in best.items()}

    def _trade(self) -> dict[tuple[str, str], list[Fact]]:
        """Index yearly EXPORTS by importer and code; of several years the one nearest the baseline year."""
        years: dict[tuple[str, str], dict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        for fact in self.edges["EXPORTS"]:
            period = text(fact, "period")
            if fact.target is not None and period.isdigit() and fact.source != fact.target:
                years[fact.target.key, text(fact, "code")][int(period)].append(fact)
        chosen = {}
        for key, by_year in years.items():
            past = [y for y in by_year if y <= self.baseline_year]
            chosen[key] = by_year[max(past) if past else min(by_year)]
        return chosen

    def _prices(self) -> dict[str, float]:
        """Mean Chinese or world price of the baseline year by good, USD per tonne."""
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for fact in self.edges["PRICED_IN"]:
            low, high = number(fact, "price_low"), number(fact, "price_high")
            period = text(fact, "period")
            if text(fact, "unit") != "USD/kg" or not period[:4].isdigit():
                continue
            values = [v for v in (low, high) if v is not None]
            if values and len(period) == 4:
                found[fact.source.key].append((int(period), 1000 * sum(values) / len(values)))
        prices = {}
        for good, series in found.items():
            past = [entry for entry in series if entry[0] <= self.baseline_year]
            year = max(past)[0] if past else min(series)[0]
            values = [value for y, value in series if y == year]
            prices[good] = sum(values) / len(values)
        return prices
