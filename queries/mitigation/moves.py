"""Say what a move is: what it adds where, how much of it there can be, and when it is ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind
from chainshock.queries.mitigation.chain import Block
from chainshock.queries.propagation.sweeps import Indices

__all__ = ["KINDS", "Kind", "Maker", "Move", "Unit", "buying", "need_of"]

Kind = Literal["stock", "second-source", "grade", "magnet-free", "plant", "recycling"]
Unit = Literal["weeks", "t a year", "share of need"]
KINDS: dict[Kind, Unit] = {
    "stock": "weeks",
    "second-source": "t a year",
    "grade": "share of need",
    "magnet-free": "share of need",
    "plant": "t a year",
    "recycling": "t a year",
}


@dataclass(frozen=True)
class Maker:
    """A plant that is not there yet: in which country it would make the good, and from what.

    `inputs` holds for each input group its good, criticality, weeks of stock, need per unit made, and its
    suppliers as (node of the rest, weight, weeks under way).
    """

    country: int
    inputs: tuple[tuple[int, float, float, float, tuple[tuple[int, float, float], ...]], ...] = ()


@dataclass(frozen=True)
class Move:
    """Something an entity can do about one input good.

    Attributes
    ----------
    kind, good, where
        What it is, about which good (index), and where the deliveries come from (country code or blank).
    most
        Largest amount, in the unit of the kind; inf where nothing bounds a stock.
    need
        What the entity's chain uses of the good, in its unit a year.
    ready, ramp
        Week of the first delivery, negative where work began early enough, and weeks from there to
        full deliveries; 0 for stock.
    sellers
        Nodes of the rest that deliver, with their part of it.
    maker
        The plant that delivers, where it is not there yet.
    rests_on
        Ids of facts, and `parameter:NAME` for assumptions.
    why_not
        Why it cannot be had at all; blank where it can.
    """

    kind: Kind
    good: int
    where: str
    most: float
    need: float
    ready: float = 0.0
    ramp: float = 0.0
    sellers: tuple[tuple[int, float], ...] = ()
    maker: Maker | None = None
    rests_on: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def unit(self) -> Unit:
        """Unit of its amount."""
        return KINDS[self.kind]


def buying(block: Block, good: int) -> Indices:
    """Give the groups with which the activities of a block buy a good."""
    is_activity = block.kind[block.group_node] == NodeKind.ACTIVITY
    return np.flatnonzero(is_activity & (block.group_good == good))


def need_of(block: Block, groups: Indices) -> float:
    """Give what groups use, in the good's unit a year."""
    needs: Floats = block.need[groups]
    return float(needs.sum())
