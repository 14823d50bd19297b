"""Fold a picture: which blocks are drawn at first, which stay in groups until a reader opens them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chainshock.graph.view.picture import Block, Link

__all__ = ["MOST_DRAWN", "READING_ROWS", "Drawn", "Tree", "lift", "with_rests"]

MOST_DRAWN = 1500  # blocks drawn at the widest level
READING_ROWS = (8, 14)  # rows of a column in the first band, and in each other, at the reading level
REST = "rest:"  # how ids of groups of the rest begin
FEW = 4  # a family up to this size stays whole
MOST_ROOTS = 12  # of a column and band that stand by themselves; the rest fold into a group
MOST_CHILDREN = (7, 24, 72)  # of a group, of the rest of it, of the rest of that
LEAST_CONTRAST = 0.05  # share: below, a group opens at first only while its column is half empty
LEAST_SHARE = 0.002  # of a family's weight: what is lighter goes to the rest, and stays folded at first


class Tree:
    """Blocks by id, with what folds into what.

    Parameters
    ----------
    blocks
        Blocks with unique ids; each parent is among them, or blank.
    """

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks = {block.id: block for block in blocks}
        self.children: dict[str, list[str]] = {}
        self.roots: dict[tuple[int, int], list[str]] = {}
        for block in self.blocks.values():
            if block.parent:
                self.children.setdefault(block.parent, []).append(block.id)
            else:
                self.roots.setdefault((block.stage, block.band), []).append(block.id)

    def above(self, block: str) -> Iterator[str]:
        """Give the groups that a block is in, nearest first."""
        parent = self.blocks[block].parent
        while parent:
            yield parent
            parent = self.blocks[parent].parent

    def leaves(self, block: str) -> Iterator[str]:
        """Give the leaves of a group, in order; a leaf gives itself."""
        waiting = [block]
        while waiting:
            here = waiting.pop()
            below = self.children.get(here)
            if below:
                waiting += reversed(below)
            else:
                yield here

    def drawn(self, opened: Collection[str]) -> list[str]:
        """Give what is drawn when some groups are open, in the order of the tree."""
        found: list[str] = []
        waiting = [block for key in sorted(self.roots, reverse=True) for block in reversed(self.roots[key])]
        while waiting:
            here = waiting.pop()
            if here in opened and self.children.get(here):
                waiting += reversed(self.children[here])
            else:
                found.append(here)
        return found

    def reading(self, pinned: Collection[str] = (), rows: Sequence[int] | None = None) -> set[str]:
        """Choose the groups to open so that a column has about so many rows, weightiest first.

        What is closed (`more["closed"]`) stays so; what has little contrast opens in half-empty columns.
        """
        opened: set[str] = set()
        bands = len({band for _, band in self.roots})
        rows = rows or (READING_ROWS if bands > 1 else (sum(READING_ROWS),))
        for (_, band), roots in sorted(self.roots.items()):
            budget = rows[min(band, len(rows) - 1)]
            least = LEAST_SHARE * sum(self.blocks[root].weight for root in roots)
            opened |= self._open(roots, budget, least, closed=True)
        for block in pinned:
            opened.update(self.above(block))
        return opened

    def level(self, opened: Collection[str], limit: int) -> set[str]:
        """Open more groups, weightiest first, while at most so many blocks are drawn."""
        drawn = self.drawn(opened)
        return set(opened) | self._open(drawn, limit, -1.0)

    def depth(self, block: str) -> int:
        """Count the groups that a block is in, rests left aside."""
        return sum(not group.startswith(REST) for group in self.above(block))

    def _open(self, drawn: Sequence[str], budget: int, least: float, *, closed: bool = False) -> set[str]:
        opened: set[str] = set()
        count = len(drawn)
        waiting = sorted((self.depth(block), *self._order(block)) for block in drawn)
        while waiting:
            _, weight, here = waiting.pop(0)
            below = self.children.get(here, [])
            if not below or -weight <= least or count + len(below) - 1 > budget:
                continue
            if closed and self._stays_closed(here, count + len(below) - 1, budget):
                continue
            opened.add(here)
            count += len(below) - 1
            waiting = sorted([*waiting, *((self.depth(block), *self._order(block)) for block in below)])
        return opened

    def _stays_closed(self, block: str, count: int, budget: int) -> bool:
        here = self.blocks[block]
        return bool(here.more.get("closed")) or (here.contrast < LEAST_CONTRAST and 2 * count > budget)

    def _order(self, block: str) -> tuple[float, str]:
        return (-self.blocks[block].weight, block)


@dataclass(frozen=True)
class Drawn:
    """A link between drawn blocks: the places of those it stands for, its share of the target's need."""

    source: str
    target: str
    kind: str
    links: tuple[int, ...]
    share: float
    is_weak: bool


def lift(tree: Tree, links: Sequence[Link], drawn: Iterable[str]) -> list[Drawn]:
    """Draw links between leaves together to links between the blocks that are drawn.

    A drawn link's share is of what the target's leaves need, together, of the goods that it stands for. It is
    weak if most of its quantity is.
    """
    shown = {leaf: block for block in drawn for leaf in tree.leaves(block)}
    found: dict[tuple[str, str, str], list[int]] = {}
    needs: dict[tuple[str, str, str], dict[str, float]] = {}  # by target, kind and good: of each leaf
    for place, link in enumerate(links):
        source, target = shown[link.source], shown[link.target]
        if link.share > 0.0:
            need = link.quantity / link.share
            needs.setdefault((target, link.kind, link.good), {})[link.target] = need
        if source != target:
            found.setdefault((source, target, link.kind), []).append(place)
    drawn_links = []
    for (source, target, kind), places in found.items():
        whole = sum(links[place].quantity for place in places)
        weak = sum(links[place].quantity for place in places if links[place].is_weak)
        goods = sorted({links[place].good for place in places})
        need = sum(sum(needs.get((target, kind, good), {}).values()) for good in goods)
        share = whole / need if need > 0.0 else 0.0
        drawn_links.append(Drawn(source, target, kind, tuple(places), share, weak > 0.5 * whole))
    return drawn_links


def with_rests(blocks: Sequence[Block], pinned: Collection[str] = ()) -> list[Block]:
    """Put the lighter members of large families into further groups, `... others`.

    Parameters
    ----------
    blocks
        Blocks, parents before children.
    pinned
        Blocks that are never put into one.
    """
    tree = Tree(blocks)
    moved: dict[str, str] = {}
    rests: list[Block] = []
    for family in [*tree.roots.values(), *tree.children.values()]:
        waiting, depth, parent = sorted(family, key=tree._order), 0, tree.blocks[family[0]].parent
        while kept := _kept(tree, waiting, parent, depth, pinned):
            waiting = [block for block in waiting if block not in kept]
            rest = _rest(tree, waiting, parent, depth)
            rests.append(rest)
            moved |= dict.fromkeys(waiting, rest.id)
            parent, depth = rest.id, depth + 1
    result = [*rests, *(replace(block, parent=moved.get(block.id, block.parent)) for block in blocks)]
    return in_tree_order(result)


def _kept(tree: Tree, family: Sequence[str], parent: str, depth: int, pinned: Collection[str]) -> set[str]:
    """Give the members that stand by themselves; empty where all do."""
    most = MOST_ROOTS if not parent else MOST_CHILDREN[min(depth, len(MOST_CHILDREN) - 1)]
    least = LEAST_SHARE * sum(tree.blocks[block].weight for block in family)
    heavy = [block for block in family if tree.blocks[block].weight > least] or list(family)
    kept = {*heavy[:most], *(block for block in family if block in pinned)}
    return kept if len(family) > FEW and len(family) - len(kept) > 1 else set()


def in_tree_order(blocks: Sequence[Block]) -> list[Block]:
    """Put parents before their children, families together."""
    tree = Tree(blocks)
    found: list[Block] = []
    waiting = [block for key in sorted(tree.roots, reverse=True) for block in reversed(tree.roots[key])]
    while waiting:
        here = waiting.pop()
        found.append(tree.blocks[here])
        waiting += reversed(tree.children.get(here, []))
    return found


def _rest(tree: Tree, members: Sequence[str], parent: str, depth: int) -> Block:
    first = tree.blocks[members[0]]
    words = {str(tree.blocks[member].more.get("plural", "others")) for member in members}
    of = f"{tree.blocks[parent].label}: " if parent in tree.blocks else ""
    kinds = {tree.blocks[member].kind for member in members}
    return Block(
        id=f"{REST}{depth}:{first.stage}:{first.band}:{parent}",
        label=f"{of}{len(members)} other {words.pop() if len(words) == 1 else 'blocks'}",
        kind=kinds.pop() if len(kinds) == 1 else "group",
        stage=first.stage,
        band=first.band,
        parent=parent,
        weight=sum(tree.blocks[member].weight for member in members),
    )
