"""Hold the blocks of a network, and how its nodes belong to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from chainshock.graph.view.picture import Block

__all__ = ["Blocks"]


@dataclass
class Blocks:
    """Blocks of a network, and how its nodes belong to them.

    Attributes
    ----------
    blocks
        Leaves and groups, not yet weighed.
    members
        Nodes of the network in each leaf, with their shares.
    leaf_of
        The leaf that delivers or buys for each activity and each unknown supplier; -1 for pools, (n,).
    leaves
        Ids behind `leaf_of`.
    entity_of
        What the ranking knows a block as: kind and id.
    """

    blocks: dict[str, Block] = field(default_factory=dict)
    members: dict[str, dict[int, float]] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    leaf_of: list[int] = field(default_factory=list)
    entity_of: dict[str, tuple[str, str]] = field(default_factory=dict)

    def makers(self, good: str, country: str) -> list[str]:
        """Give the leaves that make a good in a country."""
        return [
            leaf
            for leaf in self.leaves
            if (more := self.blocks[leaf].more).get("good") == good and more.get("country") == country
        ]

    def without_only_children(self) -> None:
        """Take groups of one out of the tree."""
        sizes = Counter(block.parent for block in self.blocks.values())
        alone = {parent for parent, size in sizes.items() if parent and size == 1}
        groups = dict(self.blocks)
        for block in groups.values():
            parent, more = block.parent, dict(block.more)
            while parent in alone:
                if parent in self.entity_of:
                    self.entity_of.setdefault(block.id, self.entity_of[parent])
                if "plural" in groups[parent].more:
                    more["plural"] = groups[parent].more["plural"]
                parent = groups[parent].parent
            self.blocks[block.id] = replace(block, parent=parent, more=more)
        for group in alone:
            del self.blocks[group]
            self.entity_of.pop(group, None)
