"""Tiny graphs of published supply, with invented figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import networkx as nx

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph

EU = ("eu",)


def fact(kind: str, source: str, target: str | None, sources: tuple[str, ...] = EU, **more: Any) -> Fact:
    said = Provenance(sources, date(2020, 12, 31), more.pop("known", date(2023, 12, 31)), "A")
    ends = [NodeRef(*text.split(":")) for text in (source, target) if text]
    return Fact(kind, ends[0], ends[1] if target else None, more, said)


def share(country: str, value: float, t: float | None = 1.0, **more: Any) -> Fact:
    given = {"year": 2020, "basis": "extraction-share", "share": value, **more}
    factor = {} if t is None else {"trade_factor": t}
    return fact("PRODUCES", f"Country:{country}", "Element:Nd", **given, **factor)


def sourced(country: str, value: float, t: float = 1.0) -> Fact:
    more = {"code": "ND-E", "period": "2016-2020", "import_share": value, "trade_factor": t}
    return fact("EXPORTS", f"Country:{country}", "Country:EUU", **more)


def rated(country: str, dimension: str, value: float, year: int = 2020) -> Fact:
    return fact("RATED", f"Country:{country}", f"Indicator:WGI_{dimension}", year=year, value=value)


WORLD = [share("CHN", 0.6, 1.1), share("BRA", 0.3, 0.8)]
SOURCED = [sourced("CHN", 0.5), sourced("AUT", 0.5, 0.8)]
SCORED = [rated("CHN", "GE", -0.5), rated("BRA", "GE", 0.5), rated("AUT", "GE", 1.5)]


def graph_of(facts: list[Fact]) -> nx.MultiDiGraph[NodeRef]:
    return KnowledgeGraph([fact("Element", "Element:Nd", None, name="Neodymium"), *facts]).at(
        date(2026, 1, 1)
    )
