"""Hold a picture as plain data: blocks in a tree, links between its leaves, and what the page tells of them.

Nothing here knows of scenarios or engines. A block is a thing drawn or a group of things; the tree says what
folds into what. Columns are stages, read left to right; bands are rows of countries, read top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["KINDS", "Block", "Link", "Picture"]

# kind of block: what the legend calls it
KINDS = {
    "mine": "mine",
    "plant": "plant or named maker",
    "country": "a country's makers",
    "use": "end use",
    "company": "company",
    "unknown": "unknown origin",
    "group": "group that opens",
}


@dataclass(frozen=True)
class Block:
    """One thing of the picture, or a group.

    Attributes
    ----------
    id
        Unique text, stable between runs.
    label, place
        What is written at it; where it is, blank where that goes without saying.
    kind
        A key of `KINDS`.
    stage, band
        Places in `Picture.stages` and `Picture.bands`.
    parent
        Id of the group that it folds into; blank at the top.
    weight
        How much it matters to the reader, at least 0: what is weightier is opened and labelled first.
    contrast
        How far the exposures of its members lie from its own: a group of one mind stays closed longer.
    more
        What the page looks up: country, good, names to search by, entity that the ranking knows.
    """

    id: str
    label: str
    kind: str
    stage: int
    band: int
    parent: str = ""
    place: str = ""
    weight: float = 0.0
    contrast: float = 1.0
    more: Mapping[str, Any] = field(default_factory=dict)  # Any: what JSON holds


@dataclass(frozen=True)
class Link:
    """What one leaf delivers to another, or earns for it.

    Attributes
    ----------
    source, target
        Ids of leaves.
    share
        Share of what the target needs of this good (or earns) that comes from the source.
    quantity
        The same in some unit per year, for drawing links of one good together.
    kind
        supply or owner.
    good
        What is delivered; shares of different goods do not add up.
    is_weak
        Whether it rests on an assumption or on world shares alone.
    more
        What the page tells of it: evidence, measures, facts, and for each scenario what gets through.
    """

    source: str
    target: str
    share: float
    quantity: float = 1.0
    kind: str = "supply"
    good: str = ""
    is_weak: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)  # Any: what JSON holds


@dataclass(frozen=True)
class Picture:
    """All that a page shows.

    `blocks` are in the order of the tree, parents before children. `scenarios` hold titles and, by block id,
    the exposure that colours it (`exposure`), with all that the page tells beside. `pinned` blocks are drawn
    whatever their weight. `page` holds rankings, reasons, facts, sources and notes.
    """

    title: str
    lead: str
    stages: tuple[str, ...]
    bands: tuple[str, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    scenarios: tuple[Mapping[str, Any], ...]  # Any: what JSON holds
    pinned: frozenset[str] = frozenset()
    focus: str = ""
    page: Mapping[str, Any] = field(default_factory=dict)  # Any: what JSON holds
