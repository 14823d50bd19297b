"""Weigh blocks: how much of the money at stake under a picture's scenarios stands at a block or behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.graph.view.fold import Tree
from chainshock.graph.view.picture import Link
from chainshock.picture.leaves import Blocks

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["contrasts", "weigh"]


def weigh(tree: Tree, links: Sequence[Link], found: Blocks, shocks: Sequence[Shock]) -> dict[str, float]:
    """Give the weight of every block, USD a year.

    A leaf weighs its own exposure, the larger of the scenarios, and its share of the weight of those it
    supplies; a group weighs what its leaves do.
    """
    own = _own(tree, found, shocks)
    supplied: dict[str, list[Link]] = {}
    for link in links:
        if link.kind == "supply" and tree.blocks[link.source].stage < tree.blocks[link.target].stage:
            supplied.setdefault(link.source, []).append(link)
    weight: dict[str, float] = {}
    for leaf in sorted(own, key=lambda block: (-tree.blocks[block].stage, block)):
        behind = sum(min(link.share, 1.0) * weight[link.target] for link in supplied.get(leaf, ()))
        weight[leaf] = own[leaf] + behind
    groups = {
        block: sum(weight[leaf] for leaf in tree.leaves(block))
        for block in tree.blocks
        if block not in weight
    }
    return weight | groups


def contrasts(tree: Tree, values: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, float]:
    """Give how far the exposures of a group's members lie from its own, in any scenario; 0 for a leaf."""
    return {
        block: max(
            (
                abs(told[child]["exposure"] - told[block]["exposure"])
                for child in tree.children.get(block, ())
                for told in values
            ),
            default=0.0,
        )
        for block in tree.blocks
    }


def _own(tree: Tree, found: Blocks, shocks: Sequence[Shock]) -> dict[str, float]:
    totals = [np.abs(shock.exposures.total) for shock in shocks]
    return {
        leaf: max(
            sum(share * float(total[node]) for node, share in found.members.get(leaf, {}).items())
            for total in totals
        )
        for leaf in tree.blocks
        if not tree.children.get(leaf)
    }
