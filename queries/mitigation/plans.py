"""Apply a plan, amounts of moves, to the part of a network that works for an entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainshock.graph.network.production import Evidence, Floats, NodeKind
from chainshock.queries.mitigation.chain import Block
from chainshock.queries.mitigation.moves import Maker, Move, buying
from chainshock.queries.propagation.sweeps import Indices

__all__ = ["Plan", "Planned", "Transit", "apply_plan"]

Plan = Mapping[int, float]  # number of a move: amount
Transit = Callable[[int, int], float]  # weeks under way from a country to a country, by index


@dataclass(frozen=True, eq=False)
class Planned:
    """A block with a plan carried out.

    `changed` are its nodes that buy otherwise or are new, `added` its edges that come later or not at all
    without the plan, with `ready` and `ramp` of each; `used` is what the plan takes of sellers' spare
    capacity, node of the rest to unit a year.
    """

    block: Block
    changed: Indices
    added: Indices
    ready: Floats
    ramp: Floats
    used: Mapping[int, float]


def apply_plan(
    block: Block, short: Floats, moves: Sequence[Move], plan: Plan, transit: Transit, scale: float
) -> Planned:
    """Carry a plan out.

    Stock is added to every group of the chain that buys the good, in weeks of its need. All other moves add a
    supplier beside those that are there: an option to draw on where they fall short, up to the amount. Tonnes
    go to the groups that buy the good in proportion to what they lose without any move.

    Parameters
    ----------
    short
        Mean share of deliveries lost by each group without any move, (groups,).
    scale
        What outputs and needs are multiplied by; the shares that decide about output stay.
    """
    stock = block.added_stock.copy()
    builder = _Builder(block, scale)
    changed: set[int] = set()
    used: dict[int, float] = {}
    for number, amount in sorted(plan.items()):
        move = moves[number]
        groups = buying(block, move.good)
        if amount <= 0.0 or not groups.size:
            continue
        changed.update(block.group_node[groups].tolist())
        if move.kind == "stock":
            stock[groups] += amount
            continue
        is_share = move.unit == "share of need"
        shares = np.full(len(groups), amount) if is_share else _spread(block, short, groups, amount)
        sellers = move.sellers or ((builder.add_maker(move, amount * scale), 1.0),)
        for seller, part in sellers:
            origin = None if move.maker is None else move.maker.country
            builder.add_edges(groups, seller, shares * part, move, transit, origin)
            if move.kind == "second-source":
                used[seller] = used.get(seller, 0.0) + amount * part
    larger, added, ready, ramp = builder.build(stock)
    changed.update(range(len(block.ids), len(larger.ids)))
    return Planned(larger, np.array(sorted(changed), dtype=np.intp), added, ready, ramp, used)


def _spread(block: Block, short: Floats, groups: Indices, amount: float) -> Floats:
    """Give what share of its need each group gets of an amount, by what it loses, 1 at most."""
    lost = short[groups] if short[groups].any() else np.ones(len(groups))
    total = float(block.need[groups] @ lost)
    return np.minimum(1.0, amount * lost / total) if total > 0.0 else np.zeros(len(groups))


class _Builder:
    """Collects nodes, groups and edges to add to a block."""

    def __init__(self, block: Block, scale: float) -> None:
        self.block, self.scale = block, scale
        self.makers: list[tuple[Move, Maker, float]] = []
        self.edges: list[tuple[int, int, float, float]] = []  # group, source, weight, transit
        self.when: list[tuple[float, float]] = []

    def add_maker(self, move: Move, quantity: float) -> int:
        """Add a plant; give it as the source of an edge."""
        self.makers.append((move, move.maker or Maker(0), quantity))
        return ~(len(self.block.ids) + len(self.makers) - 1)

    def add_edges(
        self,
        groups: Indices,
        source: int,
        weights: Floats,
        move: Move,
        transit: Transit,
        origin: int | None,
    ) -> None:
        """Add an edge from one source to each group."""
        for group, weight in zip(groups.tolist(), weights.tolist(), strict=True):
            target = int(self.block.country[self.block.group_node[group]])
            weeks = 0.0 if origin is None else transit(origin, target)
            self.edges.append((group, source, weight, weeks))
            self.when.append((move.ready, move.ramp))

    def build(self, stock: Floats) -> tuple[Block, Indices, Floats, Floats]:
        """Give the larger block, the places of the new edges in it, and when each is ready."""
        block, scale = self.block, self.scale
        block = replace(
            block,
            output=block.output * scale,
            value=block.value * scale,
            need=block.need * scale,
            added_stock=stock,
        )
        late = len(self.edges)
        for move, maker, quantity in self.makers:
            block = self._with_maker(block, move, maker, quantity)
        if not self.edges and not self.makers:
            return block, np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0)
        group, source, weight, weeks = (np.array(column) for column in zip(*self.edges, strict=True))
        block = _with_edges(block, group, source, weight, weeks)
        order = np.argsort(block.edge_group, kind="stable")
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        names = ("edge_group", "edge_source", "weight", "evidence", "transit")
        block = replace(block, **{name: getattr(block, name)[order] for name in names})
        new = place[len(order) - late :]
        return block, new, np.array([w[0] for w in self.when]), np.array([w[1] for w in self.when])

    def _with_maker(self, block: Block, move: Move, maker: Maker, quantity: float) -> Block:
        node = len(block.ids)
        first = len(block.group_node)
        goods = [entry[0] for entry in maker.inputs]
        size = len(goods)
        block = replace(
            block,
            ids=(*block.ids, f"{move.kind}|{node}"),
            kind=np.append(block.kind, np.int8(NodeKind.ACTIVITY)),
            good=np.append(block.good, np.int32(move.good)),
            country=np.append(block.country, np.int32(maker.country)),
            buyer_class=np.append(block.buyer_class, np.int32(0)),
            output=np.append(block.output, 0.0),  # no baseline: nothing else may count on it
            value=np.append(block.value, np.nan),
            spare=np.append(block.spare, 0.0),
            group_node=np.append(block.group_node, np.full(size, node, dtype=np.int32)),
            group_good=np.append(block.group_good, np.array(goods, dtype=np.int32)),
            kappa=np.append(block.kappa, [entry[1] for entry in maker.inputs]),
            cover=np.append(block.cover, [entry[2] for entry in maker.inputs]),
            need=np.append(block.need, [entry[3] * quantity for entry in maker.inputs]),
            cost_share=np.append(block.cost_share, np.zeros(size)),
            own_stock=np.append(block.own_stock, np.zeros(size, dtype=np.bool_)),
            added_stock=np.append(block.added_stock, np.zeros(size)),
        )
        rows = [
            (first + k, source, weight, weeks)
            for k, entry in enumerate(maker.inputs)
            for source, weight, weeks in entry[4]
        ]
        if not rows:
            return block
        group, source, weight, weeks = (np.array(column) for column in zip(*rows, strict=True))
        return _with_edges(block, group, source, weight, weeks)


def _with_edges(block: Block, group: Indices, source: Indices, weight: Floats, weeks: Floats) -> Block:
    evidence = np.full(len(group), Evidence.ASSUMED, dtype=np.int8)
    return replace(
        block,
        edge_group=np.append(block.edge_group, group.astype(np.int32)),
        edge_source=np.append(block.edge_source, source.astype(np.int32)),
        weight=np.append(block.weight, weight.astype(np.float64)),
        evidence=np.append(block.evidence, evidence),
        transit=np.append(block.transit, weeks.astype(np.float64)),
    )
