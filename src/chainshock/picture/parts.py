"""Keep a part of a picture: some stages, or what is at most so many links away from an entity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from chainshock.graph.view.fold import Tree
from chainshock.graph.view.picture import Block, Link

__all__ = ["keep_leaves", "leaves_around", "leaves_at"]


def leaves_at(tree: Tree, stages: Collection[int]) -> set[str]:
    """Give the leaves in some columns."""
    return {
        block.id
        for block in tree.blocks.values()
        if block.stage in stages and not tree.children.get(block.id)
    }


def leaves_around(links: Iterable[Link], starts: Collection[str], steps: int) -> set[str]:
    """Give the leaves at most so many links up the chain from some leaves, or so many down it."""
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for link in links:
        up.setdefault(link.target, []).append(link.source)
        down.setdefault(link.source, []).append(link.target)
    return _reached(up, starts, steps) | _reached(down, starts, steps)


def _reached(onward: Mapping[str, Sequence[str]], starts: Collection[str], steps: int) -> set[str]:
    reached, edge = set(starts), set(starts)
    for _ in range(steps):
        edge = {there for here in edge for there in onward.get(here, ())} - reached
        reached |= edge
    return reached


def keep_leaves(
    blocks: Sequence[Block], links: Sequence[Link], kept: Collection[str]
) -> tuple[list[Block], list[Link]]:
    """Leave out all other leaves, the groups that are then empty or of one, and links to either."""
    tree = Tree(blocks)
    below = {block.id: sum(leaf in kept for leaf in tree.leaves(block.id)) for block in blocks}
    alone = {block.id for block in blocks if tree.children.get(block.id) and below[block.id] == 1}
    result = []
    for block in blocks:
        if not below[block.id] or block.id in alone:
            continue
        parent = block.parent
        while parent in alone:
            parent = tree.blocks[parent].parent
        result.append(replace(block, parent=parent))
    return result, [link for link in links if link.source in kept and link.target in kept]
