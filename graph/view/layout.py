"""Place blocks: stage by stage from left to right, ordered inside a column so that few links cross.

Order is that of the tree: members of a group stand together, so that opening one moves nothing out of place.
The barycentre method of Sugiyama, Tagawa and Toda (1981), sweeping over the columns and keeping the best
order met; ties fall to the id, so the same facts give the same places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainshock.graph.view.fold import Drawn, Tree
from chainshock.graph.view.picture import Link

__all__ = ["COLUMN", "ROW", "Places", "crossings", "order_blocks", "place"]

COLUMN = 190.0  # distance between columns, in units of the picture
ROW = 30.0  # least distance between rows
SPREAD = 1.9  # most distance between rows, in rows
GAP = 46.0  # between bands
SWEEPS = 8


@dataclass(frozen=True)
class Places:
    """Where drawn blocks stand; `tops` are the upper edges of bands and the lower edge of the last."""

    x: Mapping[str, float]
    y: Mapping[str, float]
    tops: tuple[float, ...]


def order_blocks(
    tree: Tree, links: Sequence[Link], drawn: Sequence[str], lifted: Sequence[Drawn]
) -> list[str]:
    """Give all blocks in an order with few crossings of the links drawn; parents before their children."""
    neighbours: dict[str, list[tuple[str, float]]] = {}
    for link in links:
        neighbours.setdefault(link.source, []).append((link.target, link.share))
        neighbours.setdefault(link.target, []).append((link.source, link.share))
    order = _Order(tree, neighbours)
    best, least = order.sequence(), crossings(order.sequence(), drawn, lifted, tree)
    for sweep in range(SWEEPS):
        order.sweep(forward=sweep % 2 == 0)
        found = order.sequence()
        count = crossings(found, drawn, lifted, tree)
        if count < least:
            best, least = found, count
    return best


class _Order:
    """Children of every family in their order, and where leaves stand in their column, from 0 to 1."""

    def __init__(self, tree: Tree, neighbours: Mapping[str, list[tuple[str, float]]]) -> None:
        self.tree, self.neighbours = tree, neighbours
        self.roots = {key: sorted(blocks) for key, blocks in tree.roots.items()}
        self.children = {key: sorted(blocks) for key, blocks in tree.children.items()}
        self.stages = sorted({stage for stage, _ in self.roots})
        self.at: dict[str, float] = {}
        for stage in self.stages:
            self._settle(stage)

    def sweep(self, *, forward: bool) -> None:
        """Order every column by where its neighbours on one side stand."""
        for stage in self.stages if forward else reversed(self.stages):
            pulled = self._pulls(stage, forward=forward)
            for key in sorted(self.roots):
                if key[0] == stage:
                    self.roots[key] = self._sorted(self.roots[key], pulled)
            self._settle(stage)

    def _pulls(self, stage: int, *, forward: bool) -> dict[str, tuple[float, float]]:
        """Give the weighted sum of neighbours' places, and its weight, of every block of a column."""
        pulled: dict[str, tuple[float, float]] = {}
        for block in self.tree.blocks.values():
            if block.stage != stage or self.tree.children.get(block.id):
                continue
            total = weight = 0.0
            for other, share in self.neighbours.get(block.id, ()):
                there = self.tree.blocks[other].stage
                if (there < stage) == forward and there != stage:
                    total, weight = total + share * self.at[other], weight + share
            for here in (block.id, *self.tree.above(block.id)):
                old = pulled.get(here, (0.0, 0.0))
                pulled[here] = (old[0] + total, old[1] + weight)
        return pulled

    def _sorted(self, family: list[str], pulled: Mapping[str, tuple[float, float]]) -> list[str]:
        for block in family:
            if block in self.children:
                self.children[block] = self._sorted(self.children[block], pulled)
        count = max(len(family) - 1, 1)

        def key(entry: tuple[int, str]) -> tuple[float, str]:
            place, block = entry
            total, weight = pulled[block]
            return (round(total / weight, 9) if weight > 0.0 else place / count, block)

        return [block for _, block in sorted(enumerate(family), key=key)]

    def _settle(self, stage: int) -> None:
        leaves = [
            leaf
            for key in sorted(self.roots)
            if key[0] == stage
            for root in self.roots[key]
            for leaf in self._leaves(root)
        ]
        for place, leaf in enumerate(leaves):
            self.at[leaf] = (place + 0.5) / len(leaves)

    def _leaves(self, block: str) -> list[str]:
        below = self.children.get(block)
        return [block] if not below else [leaf for child in below for leaf in self._leaves(child)]

    def sequence(self) -> list[str]:
        """Give all blocks, parents before children."""
        found: list[str] = []

        def visit(block: str) -> None:
            found.append(block)
            for child in self.children.get(block, ()):
                visit(child)

        for key in sorted(self.roots):
            for root in self.roots[key]:
                visit(root)
        return found


def crossings(order: Sequence[str], drawn: Sequence[str], lifted: Sequence[Drawn], tree: Tree) -> int:
    """Count crossings of links between the same two columns, if blocks stand in an order."""
    at = {block: index for index, block in enumerate(order)}
    shown = set(drawn)
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for link in lifted:
        if link.source in shown and link.target in shown:
            ends = tree.blocks[link.source].stage, tree.blocks[link.target].stage
            between.setdefault(ends, []).append((at[link.source], at[link.target]))
    return sum(_inversions([end for _, end in sorted(pairs)], pairs) for pairs in between.values())


def _inversions(ends: list[int], pairs: list[tuple[int, int]]) -> int:
    """Count pairs out of order: links cross where one starts above another and ends below it."""
    rank = {end: place for place, end in enumerate(sorted(set(ends)), 1)}
    sums = [0] * (len(rank) + 1)
    count = seen = 0
    waiting: list[int] = []
    before: int | None = None
    for start, end in sorted(pairs):
        if start != before:  # links from one block do not cross
            for settled in waiting:
                _add(sums, settled)
            seen, waiting, before = seen + len(waiting), [], start
        count += seen - _total(sums, rank[end])
        waiting.append(rank[end])
    return count


def _add(sums: list[int], rank: int) -> None:
    """Count one more at a rank, in a tree of sums (Fenwick 1994)."""
    while rank < len(sums):
        sums[rank] += 1
        rank += rank & -rank


def _total(sums: list[int], rank: int) -> int:
    """Count those up to a rank."""
    total = 0
    while rank > 0:
        total += sums[rank]
        rank -= rank & -rank
    return total


def place(tree: Tree, drawn: Sequence[str], bands: int) -> Places:
    """Give every drawn block its place; `drawn` is in the order of the columns.

    A band is as high as its fullest column needs; emptier columns are spread over it.
    """
    columns: dict[tuple[int, int], list[str]] = {}
    for block in drawn:
        here = tree.blocks[block]
        columns.setdefault((here.stage, here.band), []).append(block)
    x: dict[str, float] = {}
    y: dict[str, float] = {}
    tops = [0.0]
    for band in range(bands):
        rows = max((len(blocks) for (_, where), blocks in columns.items() if where == band), default=0)
        height = rows * ROW
        for (stage, where), blocks in columns.items():
            if where != band:
                continue
            step = min(height / len(blocks), SPREAD * ROW)
            start = tops[-1] + (height - step * len(blocks)) / 2
            for index, block in enumerate(blocks):
                x[block] = stage * COLUMN
                y[block] = start + (index + 0.5) * step
        tops.append(tops[-1] + height + (GAP if rows else 0.0))
    return Places(x, y, tuple(tops))
