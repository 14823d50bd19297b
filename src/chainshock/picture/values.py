"""Give every block of a picture its exposure under a scenario: as a share, in USD, by part and by week.

A block's exposure is that of its activities, by value where known and by output otherwise; a company's is a
share of its whole revenue, as in the ranking. Week by week, lost output, gains and prices are those of the
week; lost and derived orders are known as means over the horizon and are spread evenly over it. So the weeks
average to the exposure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind
from chainshock.graph.view.fold import Tree
from chainshock.picture.leaves import Blocks
from chainshock.queries.exposure import PARTS
from chainshock.queries.propagation.prices import sold_markup
from chainshock.queries.propagation.sweeps import add_up

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["NodeWeeks", "block_values"]

PER_MILLE = 1000.0
SMALLEST = 5e-7  # share: an exposure that prints as zero


class NodeWeeks:
    """Exposure and stock of every node of a shock's network, week by week."""

    def __init__(self, shock: Shock) -> None:
        self.shock, self.network = shock, shock.network

    @cached_property
    def exposure(self) -> Floats | None:
        """Exposure as a share by node and week, (n, T); None for a static run."""
        shock, network = self.shock, self.network
        if shock.choices.horizon is None:
            return None
        weeks, parts = shock.weeks, shock.exposures.relative
        works = ((network.kind == NodeKind.ACTIVITY) & ~network.is_project)[:, None]
        spread = parts[PARTS.index("orders_lost")] + parts[PARTS.index("derived_orders")]
        made = weeks.x_by_week - 1.0 + weeks.gain_by_week + spread[:, None] + self._prices()
        project = network.is_project
        price = weeks.price_by_week[network.good[project], network.country[project]] - 1.0
        result: Floats = np.where(works, made, 0.0)
        result[project] = price
        return result

    def _prices(self) -> Floats:
        """Give the price effect on sales less that on purchases, (n, T)."""
        terms, network = self.shock.weeks.terms, self.network
        prices = self.shock.weeks.price_by_week
        result = np.zeros((network.n, prices.shape[2]))
        for week in range(prices.shape[2]):
            price = prices[:, :, week]
            sold = (terms.y * sold_markup(terms.frame, terms.options, price))[terms.node_of]
            change = price[network.group_good, network.country[network.group_node]] - 1.0
            cost = np.nan_to_num(network.cost_share) * terms.paid[terms.group_of] * change
            result[:, week] = sold - add_up(network.group_node, cost, network.n)
        return result

    @cached_property
    def stock(self) -> tuple[Floats, Floats] | None:
        """Stock at the start of weeks 0 to T as a share of that of week 0, (n, T + 1); that in weeks, (n,).

        Of a node's inputs the one whose stock falls lowest counts; 1 and NaN where no stock is held.
        """
        shock, network = self.shock, self.network
        if shock.choices.horizon is None:
            return None
        held = shock.weeks.stock_by_week
        cover, share = held[:, 0], np.ones_like(held)
        stocked = (cover > 0.0) & (network.kappa > 0.0)
        share[stocked] = held[stocked] / cover[stocked, None]
        least = np.where(stocked, share.min(axis=1), np.inf)
        result, weeks = np.ones((network.n, share.shape[1])), np.full(network.n, np.nan)
        order = np.lexsort((np.arange(len(least)), least))[::-1]
        result[network.group_node[order]] = np.where(stocked[order, None], share[order], 1.0)
        weeks[network.group_node[order]] = np.where(stocked[order], cover[order], np.nan)
        return result, weeks


def block_values(
    shock: Shock, found: Blocks, tree: Tree, known: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Give what the page tells of each block under a scenario, by id; what is not exposed is left short.

    Parameters
    ----------
    known
        What the exposure of companies is a share of, USD a year, by block id; 0 where nothing is known.
    """
    nodes = NodeWeeks(shock)
    weights = _Weights(shock, found, tree, known)
    return {block: weights.tell(block, nodes) for block in tree.blocks}


class _Weights:
    """How much each node counts in a block."""

    def __init__(
        self,
        shock: Shock,
        found: Blocks,
        tree: Tree,
        known: Mapping[str, float],
    ) -> None:
        self.shock, self.network, self.found, self.tree, self.known = shock, shock.network, found, tree, known
        self.value = np.nan_to_num(shock.network.value)

    def tell(self, block: str, nodes: NodeWeeks) -> dict[str, Any]:
        """Tell a block's exposure, its parts, its weeks and its stocks."""
        index, share, whole = self._members(block)
        if not index.size:
            return {"exposure": 0.0}
        usd = float(self.shock.exposures.total[index] @ share)
        by_value = whole > 0.0
        weight = share * self.value[index] / whole if by_value else self._unvalued(block, index, share)
        parts = self.shock.exposures.relative[:, index] @ weight
        told: dict[str, Any] = {"exposure": _short(float(parts.sum()))}
        if by_value:
            told["usd"] = _short(usd)
        if abs(told["exposure"]) < SMALLEST and not np.any(np.abs(parts) >= SMALLEST):
            told["exposure"] = 0.0
        else:
            told["parts"] = [_short(part) for part in parts.tolist()]
        self._weeks(told, index, weight, nodes)
        return told

    def _weeks(
        self, told: dict[str, Any], index: np.ndarray[Any, Any], weight: Floats, nodes: NodeWeeks
    ) -> None:
        if nodes.exposure is None or nodes.stock is None:
            return
        weeks = np.rint(PER_MILLE * (weight @ nodes.exposure[index])).astype(int)
        if weeks.any():
            told["weeks"] = weeks.tolist()
        share, cover = nodes.stock
        held = ~np.isnan(cover[index])
        if held.any() and weight[held].sum() > 0.0:
            mean = weight[held] / weight[held].sum()
            stock = np.rint(PER_MILLE * (mean @ share[index][held])).astype(int)
            told["cover"] = round(float(mean @ cover[index][held]), 1)
            if (stock != PER_MILLE).any():
                told["stock"] = stock.tolist()
        self._timing(told, index, weight)

    def _timing(self, told: dict[str, Any], index: np.ndarray[Any, Any], weight: Floats) -> None:
        """Give the first week below 99 % of output, and the first in which a firm archetype stands still."""
        made = ~self.network.is_project[index]
        total = weight[made].sum()
        if total <= 0.0:
            return
        output = weight[made] @ self.shock.weeks.x_by_week[index][made] / total
        below = np.flatnonzero(output < 0.99)
        if below.size:
            told["first"] = int(below[0])
        stops = self.shock.weeks.first_stop[index][made]
        if np.any(stops >= 0):
            told["stop"] = int(stops[stops >= 0].min())

    def _members(self, block: str) -> tuple[np.ndarray[Any, Any], Floats, float]:
        """Give a block's nodes, their shares, and what USD are a share of."""
        members: dict[int, float] = {}
        whole = 0.0
        for leaf in self.tree.leaves(block):
            for node, part in self.found.members.get(leaf, {}).items():
                members[node] = members.get(node, 0.0) + part
            whole += self.known.get(leaf, 0.0)
        index = np.fromiter(members, dtype=np.intp, count=len(members))
        share = np.fromiter(members.values(), dtype=np.float64, count=len(members))
        active = self.network.kind[index] == NodeKind.ACTIVITY
        index, share = index[active], share[active]
        return index, share, whole or float(share @ self.value[index])

    def _unvalued(self, block: str, index: np.ndarray[Any, Any], share: Floats) -> Floats:
        """Weigh nodes without value: by output, but by stake in a company, whose outputs do not add up."""
        weight: Floats = share * self.network.output[index]
        if weight.sum() <= 0.0 or block.startswith("company:"):
            weight = share
        return weight / weight.sum() if weight.sum() > 0.0 else weight


def _short(value: float) -> float:
    """Keep what is shown, and the same on every machine."""
    return float(f"{value:.6g}") + 0.0
