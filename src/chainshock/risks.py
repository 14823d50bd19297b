"""Put the supply risk of one good or element into a row of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainshock.graph.facts import NodeRef
from chainshock.queries.names import fact_of
from chainshock.queries.supply_risk import Risk
from chainshock.queries.supply_risk_tables import SupplyRiskRow

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["risk_row"]


def risk_row(graph: nx.MultiDiGraph[NodeRef], risk: Risk) -> SupplyRiskRow:
    """Give a row, with names and titles of sources as the facts of the date have them."""
    table, sourcing, score = risk.table, risk.sourcing, risk.published
    return SupplyRiskRow(
        id=str(table.node),
        name=_title(graph, table.node, "name"),
        stage=table.stage,
        basis=f"{table.basis} of the countries named" if table.of_named else table.basis,
        period=table.period,
        source="; ".join(_title(graph, NodeRef("Source", key), "title") for key in table.sources),
        origins=table.shares,
        unknown_share=table.unknown,
        hhi=risk.hhi.low,
        hhi_high=risk.hhi.high,
        hhi_t=risk.hhi_t,
        hhi_wgi_t_low=None if risk.hhi_wgi is None else risk.hhi_wgi.low,
        hhi_wgi_t_high=None if risk.hhi_wgi is None else risk.hhi_wgi.high,
        eu_period=None if sourcing is None else sourcing.period,
        eu_origins={} if sourcing is None else sourcing.shares,
        eu_hhi=None if risk.eu_hhi is None else risk.eu_hhi.low,
        eu_hhi_high=None if risk.eu_hhi is None else risk.eu_hhi.high,
        eu_hhi_t=risk.eu_hhi_t,
        eu_hhi_wgi_t_low=None if risk.eu_hhi_wgi is None else risk.eu_hhi_wgi.low,
        eu_hhi_wgi_t_high=None if risk.eu_hhi_wgi is None else risk.eu_hhi_wgi.high,
        sr_at_most=risk.sr_at_most,
        sr_published=None if score is None else score[1],
        sr_year=None if score is None else score[0],
        sr_note="" if score is None else score[2],
        missing=risk.missing,
    )


def _title(graph: nx.MultiDiGraph[NodeRef], node: NodeRef, name: str) -> str:
    fact = fact_of(graph, node)
    return node.key if fact is None else str(fact.properties.get(name, node.key))
