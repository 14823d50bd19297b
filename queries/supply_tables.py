"""Gather published tables of supply from the facts: which country holds which share of a good or an element.

A table is what one edition says of one stage in one year: shares in the world's output, extraction or
processing, or in what the European Union buys and makes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainshock.graph.facts import Fact, NodeRef
from chainshock.queries.names import facts_of

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["SupplyTable", "sourcing_tables", "supply_tables"]

UNION = "EUU"
AGGREGATES = frozenset({UNION, "WLD"})  # published beside their members
STAGES = {"extraction-share": "extraction", "processing-share": "processing"}
ROUNDING = 0.05  # by which shares may add up to more than 1 and stand as published
LETTERS = {"E": "extraction", "P": "processing"}
BASES = frozenset({"output", "share", *STAGES})


@dataclass(frozen=True)
class SupplyTable:
    """Shares of countries, largest first, in the supply of a node at a stage.

    They are as published, and being rounded may sum to a little over 1; what they leave is supply of origins
    that the edition does not name. `factors` holds the trade-related variable t where all rows have one.
    `of_named`: the shares are of the named countries together, as the edition gives quantities and no total.
    """

    node: NodeRef
    stage: str
    basis: str
    period: str
    sources: tuple[str, ...]
    shares: Mapping[str, float]
    factors: Mapping[str, float]
    of_named: bool = False

    @property
    def unknown(self) -> float:
        """The share of origins that are not named."""
        return max(0.0, 1.0 - sum(self.shares.values()))


def supply_tables(graph: nx.MultiDiGraph[NodeRef], until: int) -> list[SupplyTable]:
    """Give the latest table up to a year of every good and element, stage and basis; projections apart."""
    groups: dict[tuple[NodeRef, str], list[Fact]] = defaultdict(list)
    for fact in facts_of(graph):
        basis = str(fact.properties.get("basis", ""))
        if (
            fact.name == "PRODUCES"
            and fact.target is not None
            and fact.target.label in {"Commodity", "Element"}
            and basis in BASES
            and _is_of_country(fact)
            and fact.properties.get("is_projection") is not True
            and _number(fact, "year") <= until
        ):
            groups[fact.target, basis].append(fact)
    tables = []
    for (node, basis), facts in sorted(groups.items()):
        year = max(_number(fact, "year") for fact in facts)
        chosen = _edition([fact for fact in facts if _number(fact, "year") == year])
        stage = STAGES.get(basis) or _stage(graph, node)
        table = _table(node, stage, basis, f"{year:.0f}", chosen)
        if table is not None:
            tables.append(table)
    return tables


def sourcing_tables(graph: nx.MultiDiGraph[NodeRef]) -> dict[tuple[NodeRef, str], SupplyTable]:
    """Give where the European Union gets each element from, by stage, of the latest period known."""
    elements = {node.key.upper(): node for node in graph if node.label == "Element"}
    groups: dict[tuple[NodeRef, str], list[Fact]] = defaultdict(list)
    for fact in facts_of(graph):
        symbol, _, letter = str(fact.properties.get("code", "")).partition("-")
        is_share = fact.name == "EXPORTS" and "import_share" in fact.properties
        if is_share and fact.target == NodeRef("Country", UNION) and letter in LETTERS and symbol in elements:
            groups[elements[symbol], LETTERS[letter]].append(fact)
    tables = {}
    for (node, stage), facts in sorted(groups.items()):
        period = max(str(fact.properties["period"]) for fact in facts)
        chosen = _edition([fact for fact in facts if fact.properties["period"] == period])
        table = _table(node, stage, "EU sourcing", period, chosen)
        if table is not None:
            tables[node, stage] = table
    return tables


def _edition(facts: Iterable[Fact]) -> list[Fact]:
    """Keep the facts of one edition: the latest, of several on one day the one that tells most."""
    editions: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        editions[fact.provenance.sources].append(fact)
    return max(
        editions.items(),
        key=lambda item: (item[1][0].provenance.known_from, sum(map(_told, item[1])), item[0]),
    )[1]


def _table(node: NodeRef, stage: str, basis: str, period: str, facts: list[Fact]) -> SupplyTable | None:
    """Make a table of facts; None where they tell no share."""
    of_named = any(_is_bare_quantity(fact) for fact in facts)
    amounts = {f.source.key: _number(f, "output") if of_named else _told(f) for f in facts}
    total = sum(amounts.values())
    if total <= 0.0 or (of_named and len(facts) == 1):  # one country's quantity tells no share
        return None
    whole = total if of_named or total > 1.0 + ROUNDING else 1.0
    order = sorted((key for key in amounts if amounts[key] > 0.0), key=lambda key: (-amounts[key], key))
    factors = {f.source.key: _number(f, "trade_factor") for f in facts if "trade_factor" in f.properties}
    return SupplyTable(
        node=node,
        stage=stage,
        basis=basis,
        period=period,
        sources=facts[0].provenance.sources,
        shares={key: amounts[key] / whole for key in order},
        factors=factors if all(key in factors for key in order) else {},
        of_named=of_named,
    )


def _is_of_country(fact: Fact) -> bool:
    return fact.source.label == "Country" and fact.source.key not in AGGREGATES


def _told(fact: Fact) -> float:
    return _number(fact, "share") or _number(fact, "import_share")


def _is_bare_quantity(fact: Fact) -> bool:
    """Tell whether a plain quantity comes without a share; one withheld or bounded has none in any table."""
    p = fact.properties
    is_told = not {"share", "import_share"}.isdisjoint(p)
    return not is_told and "output" in p and p.get("qualifier") not in {"at_most", "at_least"}


def _number(fact: Fact, name: str) -> float:
    value = fact.properties.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _stage(graph: nx.MultiDiGraph[NodeRef], node: NodeRef) -> str:
    fact = graph.nodes[node].get("fact")
    return "" if fact is None else str(fact.properties.get("stage", ""))
