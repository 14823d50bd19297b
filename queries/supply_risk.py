"""Measure supply risk as the European Commission does, as far as the facts go, and name what is missing.

SR = [HHI_GS · IR / 2 + HHI_EU · (1 - IR / 2)] · (1 - EoL_RIR) · SI_SR, with HHI = Σ_c S_c² · WGI_c · t_c over
the countries of global supply (GS) and of EU sourcing (EU). S is a country's share, WGI its governance on 0
(best) to 10 (worst), t the trade-related variable, IR the Union's import reliance, EoL_RIR the share of
demand met by recycling of old scrap, SI_SR the substitution index.

References
----------
Blengini, G. A. et al., "Assessment of the methodology for establishing the EU list of critical raw
materials", EUR 28654 EN, Joint Research Centre (2017), doi:10.2760/73303.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.graph.facts import NodeRef
from chainshock.queries.names import facts_of
from chainshock.queries.supply_tables import SupplyTable, sourcing_tables, supply_tables

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Risk", "Span", "concentration", "governance", "supply_risks", "weighted"]

WORST = 10.0  # of WGI rescaled; 0 is best
DIMENSIONS = 6
NEVER_HELD = (
    "import reliance (IR)",
    "end-of-life recycling input rate (EoL-RIR)",
    "substitution index (SI)",
)


@dataclass(frozen=True)
class Span:
    """A figure that lies between two ends; they are equal where it is known."""

    low: float
    high: float


@dataclass(frozen=True)
class Risk:
    """What can be said of the supply risk of one node at one stage.

    `hhi` spans from unnamed origins being very many to all of them being the largest named. `hhi_t` weighs
    with t alone, `hhi_wgi` with governance and t; None where no fact tells these. `sr_at_most` is the largest
    SR that any IR, EoL_RIR and SI from 0 to 1 gives. `published` is the Commission's own SR: its year, value
    and caveat.
    """

    table: SupplyTable
    hhi: Span
    hhi_t: float | None
    hhi_wgi: Span | None
    sourcing: SupplyTable | None
    eu_hhi: Span | None
    eu_hhi_t: float | None
    eu_hhi_wgi: Span | None
    sr_at_most: float | None
    published: tuple[int, float, str] | None
    missing: tuple[str, ...]


def supply_risks(graph: nx.MultiDiGraph[NodeRef], until: int) -> list[Risk]:
    """Measure every good and element of which a table of supply is known, the most concentrated first.

    Parameters
    ----------
    graph
        The facts of a date.
    until
        Last year of tables and scores.
    """
    scores = _scores(graph, until)
    sourcing = sourcing_tables(graph)
    worst = {country: governance(values) for country, values in scores.items()}
    dimensions = max((len(values) for values in scores.values()), default=0)
    published = _published(graph, until)
    found = [
        _risk(table, sourcing.get((table.node, table.stage)), worst, dimensions, published.get(table.node))
        for table in supply_tables(graph, until)
    ]
    return sorted(found, key=lambda risk: (-risk.hhi.low, risk.table.node, risk.table.basis))


def concentration(table: SupplyTable) -> Span:
    """Give Σ S² of the named origins, and what it is if the unnamed rest were the largest of them.

    Shares that sum to a little over 1, being rounded, never make it more than 1.
    """
    low = sum(share**2 for share in table.shares.values())
    largest = max(table.shares.values())
    high = low - largest**2 + (largest + table.unknown) ** 2
    return Span(min(1.0, low), min(1.0, max(low, high)))


def weighted(table: SupplyTable, worst: Mapping[str, float] | None = None) -> Span | None:
    """Give Σ S² · t, or with governance Σ S² · WGI · t over the named origins; None where t is not told.

    Countries without a governance score count from best to worst.
    """
    if not table.factors:
        return None
    low = high = 0.0
    for country, share in table.shares.items():
        part = share**2 * table.factors[country]
        known = 1.0 if worst is None else worst.get(country)
        low += part * (0.0 if known is None else known)
        high += part * (WORST if known is None else known)
    return Span(low, high)


def governance(scores: Mapping[str, float]) -> float:
    """Rescale the mean of governance scores, about -2.5 to 2.5, to 0 (best) to 10 (worst).

    Examples
    --------
    >>> governance({"WGI_GE": 2.5, "WGI_RL": 1.5}), governance({"WGI_GE": -2.5})
    (1.0, 10.0)
    """
    mean = sum(scores.values()) / len(scores)
    return min(WORST, max(0.0, (2.5 - mean) / 5.0 * WORST))


def _risk(
    table: SupplyTable,
    sourcing: SupplyTable | None,
    worst: Mapping[str, float],
    dimensions: int,
    published: tuple[int, float, str] | None,
) -> Risk:
    world_t, union_t = weighted(table), None if sourcing is None else weighted(sourcing)
    world = weighted(table, worst) if worst else None
    union = weighted(sourcing, worst) if worst and sourcing is not None else None
    return Risk(
        table=table,
        hhi=concentration(table),
        hhi_t=None if world_t is None else world_t.low,
        hhi_wgi=world,
        sourcing=sourcing,
        eu_hhi=None if sourcing is None else concentration(sourcing),
        eu_hhi_t=None if union_t is None else union_t.low,
        eu_hhi_wgi=union,
        sr_at_most=None if world is None or union is None else _most(world, union),
        published=published,
        missing=tuple(_missing(table, sourcing, dimensions)),
    )


def _most(world: Span, union: Span) -> float:
    """Give the largest SR for any IR, EoL_RIR and SI from 0 to 1: at IR 0 or 1, without recycling, SI 1."""
    return max(union.high, (world.high + union.high) / 2)


def _missing(table: SupplyTable, sourcing: SupplyTable | None, dimensions: int) -> Iterator[str]:
    """Name what the formula asks for and no fact tells."""
    if not table.factors:
        yield "trade-related variable (t)"
    if sourcing is None:
        yield "EU sourcing"
    if dimensions == 0:
        yield "governance scores (WGI)"
    elif dimensions < DIMENSIONS:
        yield f"{DIMENSIONS - dimensions} of the {DIMENSIONS} dimensions of governance (WGI)"
    yield from NEVER_HELD


def _scores(graph: nx.MultiDiGraph[NodeRef], until: int) -> dict[str, dict[str, float]]:
    """Give each country's governance scores of the latest year up to one."""
    best: dict[tuple[str, str], tuple[int, float]] = {}
    for fact in facts_of(graph):
        if fact.name != "RATED" or fact.target is None or fact.source.label != "Country":
            continue
        year, value = fact.properties["year"], fact.properties["value"]
        if not fact.target.key.startswith("WGI_") or not isinstance(year, int) or year > until:
            continue
        key = (fact.source.key, fact.target.key)
        if isinstance(value, int | float) and (key not in best or year > best[key][0]):
            best[key] = (year, float(value))
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for (country, dimension), (_, value) in sorted(best.items()):
        scores[country][dimension] = value
    return dict(scores)


def _published(graph: nx.MultiDiGraph[NodeRef], until: int) -> dict[NodeRef, tuple[int, float, str]]:
    """Give the latest SR that the Commission published up to a year."""
    found: dict[NodeRef, tuple[int, float, str]] = {}
    for fact in facts_of(graph):
        if fact.name == "RATED" and fact.target == NodeRef("Indicator", "EU_SUPPLY_RISK"):
            year, value = fact.properties["year"], fact.properties["value"]
            if isinstance(year, int) and isinstance(value, int | float) and year <= until:
                told = (year, float(value), fact.provenance.note)
                found[fact.source] = max(found.get(fact.source, told), told)
    return found
