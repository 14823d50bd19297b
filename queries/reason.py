"""Say in one line why an entity is exposed: follow its largest part along the strongest path.

This is a pointer for the reader, not an account; `explain` splits an exposure exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.network.production import Evidence, NodeKind, ProductionNetwork
from chainshock.queries.exposure import PARTS, Exposures
from chainshock.queries.measure_scope import edges_from
from chainshock.queries.names import fact_of, facts_of
from chainshock.queries.propagation.state import ShockState
from chainshock.queries.ranking import without_brackets

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Reasons"]

NEGLIGIBLE = 5e-7  # share: an exposure that prints as zero
MAX_STEPS = 24
LOSS_FLOOR = 1e-12


class Reasons:
    """One-line reasons and confidences of entities after one shock.

    Parameters
    ----------
    graph
        Facts of the date, for names, stocks and confidences.
    network, state, result
        The network, what the shock left behind, and the exposures of its nodes.
    issuers
        ISO alpha-3 of the countries whose measures act: a restricted good from elsewhere is reached for the
        material of theirs that it holds.
    """

    def __init__(
        self,
        graph: nx.MultiDiGraph[NodeRef],
        network: ProductionNetwork,
        state: ShockState,
        result: Exposures,
        issuers: frozenset[str] = frozenset(),
    ) -> None:
        self._issuers = issuers
        self._graph, self._network, self._state, self._result = graph, network, state, result
        self._groups = np.searchsorted(network.group_node, np.arange(network.n + 1))
        self._edges = np.searchsorted(network.edge_group, np.arange(len(network.group_node) + 1))
        self._source_loss = 1.0 - state.x
        self._cost_share = np.nan_to_num(network.cost_share)

    def explain(self, node: NodeRef, members: Mapping[int, float]) -> tuple[str, str]:
        """Give the reason and the confidence of an entity made of network nodes, by index and share.

        The confidence is the weakest of the facts on the path that the reason names.
        """
        index, part = self._largest(members)
        if index is None:
            reason, path = (
                "no path from a measure in force reaches it",
                [max(members, key=lambda i: (members[i], -i))],
            )
            edges: list[int] = []
        elif part in {"input", "price_bought"}:
            reason, path, edges = self._input_reason(index, part)
        else:
            reason, path, edges = self._output_reason(index, part), [index], []
        return self._with_stock(node, reason), self._confidence(path, edges)

    def _largest(self, members: Mapping[int, float]) -> tuple[int | None, str]:
        """Find the node and the part that weigh most; None where all are as good as zero."""
        indices = np.fromiter(members, dtype=np.intp, count=len(members))
        shares = np.fromiter(members.values(), dtype=np.float64, count=len(members))
        weight = self._result.usd[:, indices]
        if not np.any(weight):
            weight = self._result.relative[:, indices]
        relative = np.abs(self._result.relative[:, indices])
        weight = np.where(relative >= NEGLIGIBLE, np.abs(weight) * shares, 0.0)
        totals = np.array([_signed_total(row) for row in weight])
        if not np.any(totals):
            return None, ""
        part = int(np.argmax(totals))
        return int(indices[int(np.argmax(weight[part]))]), PARTS[part]

    def _input_reason(self, index: int, part: str) -> tuple[str, list[int], list[int]]:
        """Walk from a node to the route that loses most, and name the good on it."""
        path, edges = [index], []
        node, group = index, -1
        for _ in range(MAX_STEPS):
            step = self._worst_edge(node)
            if step is None:
                break
            edge, group = step
            edges.append(edge)
            if self._state.factor[edge] < 1.0 - LOSS_FLOOR:
                break
            node = int(self._network.edge_source[edge])
            if node in path:
                break
            path.append(node)
        if group < 0:
            group = self._dearest_group(index)
            if group < 0:
                return "its customers lose output", path, edges
            return self._price_text("pays", int(self._network.group_good[group]), index), path, edges
        good = int(self._network.group_good[group])
        origin, share = self._origin(group, edges[-1])
        text = f"{self._name(self._network.goods[good])}, {100 * share:.0f} % from {origin}"
        if self._issuers and origin not in self._issuers:
            text += f", holding material from {' and '.join(sorted(self._issuers))}"
        if part == "price_bought":
            text = f"{self._price_text('pays', good, self._network.group_node[group])}; {text}"
        return text, path, edges

    def _output_reason(self, index: int, part: str) -> str:
        good = int(self._network.good[index])
        name = self._name(self._network.goods[good])
        if part == "gain":
            return f"takes over lost deliveries of {name}"
        if part == "derived_orders":
            return f"more orders for {name} from those who take over"
        if part == "price_sold":
            return self._price_text("sells", good, index)
        home = self._network.countries[self._network.country[index]]
        return f"orders lost for {name} made in {home}"

    def _price_text(self, verb: str, good: int, index: int) -> str:
        place = (good, int(self._network.country[index]))
        ceiling = ", at the ceiling" if self._state.at_ceiling[place] else ""
        name = self._name(self._network.goods[good])
        if verb == "sells" and self._network.countries[place[1]] and self._state.price[place] == 1.0:
            return f"sells {name} into dearer markets"
        return f"{verb} {name} at {self._state.price[place]:.2f} x baseline{ceiling}"

    def _worst_edge(self, node: int) -> tuple[int, int] | None:
        """Give the edge and the group through which a node loses most; None where nothing is lost."""
        first, last = self._groups[node], self._groups[node + 1]
        if first == last:
            return None
        groups = np.arange(first, last)
        lost = self._network.kappa[groups] * (1.0 - self._state.delivered[groups])
        if self._network.kind[node] == NodeKind.POOL:
            lost = 1.0 - self._state.available[groups]
        group = int(groups[int(np.argmax(lost))])
        edges = np.arange(self._edges[group], self._edges[group + 1])
        source = self._network.edge_source[edges]
        kept = np.minimum(self._state.factor[edges], 1.0) * (1.0 - self._source_loss[source])
        short = self._network.weight[edges] * (1.0 - kept)
        if not len(edges) or short.max() <= LOSS_FLOOR:
            return None
        return int(edges[int(np.argmax(short))]), group

    def _dearest_group(self, node: int) -> int:
        """Give the input group whose price rise costs a node most; -1 where none rises."""
        network, best, most = self._network, -1, 0.0
        for group in range(self._groups[node], self._groups[node + 1]):
            rise = self._state.price[network.group_good[group], network.country[node]] - 1.0
            cost = float(self._cost_share[group] * rise)
            if abs(cost) > most:
                best, most = group, abs(cost)
        return best

    def _origin(self, group: int, edge: int) -> tuple[str, float]:
        """Give the country that an edge of a group comes from, and that country's share of the group."""
        edges = np.arange(self._edges[group], self._edges[group + 1])
        countries = self._network.country[self._network.edge_source[edges]]
        country = self._network.country[self._network.edge_source[edge]]
        share = float(self._network.weight[edges][countries == country].sum())
        return self._network.countries[country], share

    def _name(self, good: str) -> str:
        for label in ("Commodity", "EndUse"):
            fact = fact_of(self._graph, NodeRef(label, good))
            if fact is not None:
                return without_brackets(str(fact.properties.get("name", good)))
        return good

    def _with_stock(self, node: NodeRef, reason: str) -> str:
        """Add the stock that a fact says the entity holds."""
        if node.label not in {"Company", "Facility"}:
            return reason
        for fact in edges_from(self._graph, node, "HOLDS_STOCK"):
            low = fact.properties.get("weeks_low", fact.properties.get("weeks_high"))
            high = fact.properties.get("weeks_high", low)
            if low is not None and fact.target is not None:
                weeks = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                return f"{reason}; stock of {weeks} weeks of {self._name(fact.target.key)} (fact)"
        return reason

    def _confidence(self, path: Iterable[int], edges: Iterable[int]) -> str:
        """Give the weakest confidence of the facts behind nodes and edges; an assumption counts as C."""
        grades = {"A"}
        for edge in edges:
            if self._network.evidence[edge] >= Evidence.ASSUMED:
                grades.add("C")
            grades.update(self._grades(self._network.edge_facts[edge] if self._network.edge_facts else ()))
        for index in path:
            grades.update(self._grades(self._network.node_facts[index] if self._network.node_facts else ()))
        return max(grades)

    def _grades(self, facts: Iterable[str]) -> Iterable[str]:
        for key in facts:
            if key.startswith("parameter:"):
                yield "C"
            fact = self._facts.get(key)
            if fact is not None:
                yield fact.provenance.confidence

    @cached_property
    def _facts(self) -> Mapping[str, Fact]:
        """Facts of the graph by id."""
        return {fact.id: fact for fact in facts_of(self._graph)}


def _signed_total(row: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return float(row.sum())
