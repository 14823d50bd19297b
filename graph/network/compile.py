"""Compile the facts valid at a date into a production network.

Goods are worked through from end uses back to ores: buyers of a good are known before its makers, so that a
pool knows what it must supply. Every path reads: producer, origin pool, destination pool, consumer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from math import isnan
from typing import TYPE_CHECKING

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.network.builder import NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, text
from chainshock.graph.network.company_contracts import add_company_contracts
from chainshock.graph.network.demand import add_end_uses
from chainshock.graph.network.good_pools import GoodPools
from chainshock.graph.network.inputs import add_inputs
from chainshock.graph.network.makers import add_contracts, add_makers
from chainshock.graph.network.production import ProductionNetwork
from chainshock.graph.network.stocks import set_own_stocks
from chainshock.graph.parameters import Parameters, read_parameters

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["compile_claims", "compile_network"]

CIVIL, MILITARY = "civil", "military"


def compile_network(
    graph: nx.MultiDiGraph[NodeRef],
    companies: Iterable[Fact] = (),
    *,
    baseline_year: int,
    project_year: int | None = None,
    buyer_classes: Mapping[str, str] | None = None,
    parameters: Parameters | None = None,
) -> ProductionNetwork:
    """Compile a graph of facts into a production network.

    Parameters
    ----------
    graph
        Facts valid at a date, as `KnowledgeGraph.at` gives them.
    companies
        All vintages of Company facts that may be used; the one of the baseline year gives the revenue. Those
        of the graph by default.
    baseline_year
        Year of outputs, trade, prices and revenues; the nearest earlier year stands in for a missing one.
    project_year
        Year from which the start of projects is counted; one year after the baseline by default.
    buyer_classes
        Buyer class of companies that a measure singles out, for example {"lockheed-martin": "listed"}.
    parameters
        Assumptions to use instead of the shipped ones.

    Raises
    ------
    UnknownName
        A fact names a parameter that does not exist.
    """
    vintages = list(companies) or _company_facts(graph)
    claims = Claims(graph, vintages, parameters or read_parameters(), baseline_year)
    return compile_claims(claims, project_year=project_year, buyer_classes=buyer_classes)


def compile_claims(
    claims: Claims, *, project_year: int | None = None, buyer_classes: Mapping[str, str] | None = None
) -> ProductionNetwork:
    """Compile facts that are put in order already; see `compile_network`."""
    classes = dict(buyer_classes or {})
    names = (CIVIL, MILITARY, *sorted(set(classes.values()) - {CIVIL, MILITARY}))
    builder = NetworkBuilder(names)
    add_end_uses(builder, claims, classes)
    year = project_year or claims.baseline_year + 1
    for good in _order(claims):
        _add_good(builder, claims, good, year)
    _fit_to_revenue(builder, claims)
    return builder.build({company: entry.usd for company, entry in claims.revenue.items()})


def _fit_to_revenue(builder: NetworkBuilder, claims: Claims) -> None:
    """Hold what a company's plants are worth at market prices to the revenue its segments leave.

    A mine that feeds its owner's own plant sells nothing: its output at the market's price would count the
    same revenue twice. The company's stake in such plants shrinks until all fits into its revenue.
    """
    stated: dict[str, float] = defaultdict(float)
    priced: dict[str, list[Node]] = defaultdict(list)
    for node in builder.nodes.values():
        for company, stake in node.entities.get("company", {}).items():
            if company not in claims.revenue or node.is_project or isnan(node.value):
                continue
            if claims.revenue[company].fact.id in node.facts:
                stated[company] += stake * node.value
            else:
                priced[company].append(node)
    for company, nodes in priced.items():
        total = sum(node.entities["company"][company] * node.value for node in nodes)
        room = max(0.0, claims.revenue[company].usd - stated[company])
        if total > room:
            for node in nodes:
                stakes = node.entities["company"]
                held = stakes[company] * room / total
                node.entities = {**node.entities, "company": {**stakes, company: held}}


def _company_facts(graph: nx.MultiDiGraph[NodeRef]) -> list[Fact]:
    return [a["fact"] for ref, a in graph.nodes(data=True) if ref.label == "Company" and a.get("fact")]


def _order(claims: Claims) -> list[str]:
    """Order goods so that every good comes after those made from it."""
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(claims.nodes["Commodity"]), ()))
    for fact in claims.edges["REQUIRES"]:
        if fact.source.label == "Commodity" and fact.target is not None:
            sorter.add(fact.target.key, fact.source.key)
    parents = {text(fact, "split_of") for fact in claims.nodes["Commodity"].values()}
    return [
        good for good in sorter.static_order() if good not in parents and good in claims.nodes["Commodity"]
    ]


def _add_good(builder: NetworkBuilder, claims: Claims, good: str, project_year: int) -> None:
    """Add a good's makers, contracts and pools, and what its makers need in turn."""
    buyers = list(builder.buyers[good])
    set_own_stocks(claims, good, buyers)
    makers = add_makers(builder, claims, good, buyers, project_year)
    add_contracts(claims, good, makers, buyers)
    add_company_contracts(builder, claims, good, makers, buyers)
    GoodPools(builder, claims, good, makers, buyers).add()
    requires = claims.requires(NodeRef("Commodity", good))
    for node in makers.values():
        if not node.is_project:
            add_inputs(builder, claims, node, requires)
