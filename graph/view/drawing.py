"""Draw a picture: fold it, place it, hand pyvis what is drawn at first; the same for page and SVG."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chainshock.graph.view.fold import MOST_DRAWN, Drawn, Tree, lift
from chainshock.graph.view.layout import Places, order_blocks, place
from chainshock.graph.view.picture import Picture
from chainshock.graph.view.style import SHAPES, colour_of, radius_of

__all__ = ["LEVELS", "Drawing", "draw", "network_of"]

LEVELS = (500, MOST_DRAWN)  # blocks drawn at most at the levels after the reading one


@dataclass(frozen=True)
class Drawing:
    """A picture with its order, the groups open at each level, and what is drawn at the first."""

    picture: Picture
    tree: Tree
    order: tuple[str, ...]
    levels: tuple[frozenset[str], ...]
    drawn: tuple[str, ...]
    links: tuple[Drawn, ...]
    places: Places

    def exposure(self, block: str) -> float:
        """Give the exposure that colours a block."""
        told: dict[str, Any] = self.picture.scenarios[0]["blocks"].get(block, {})
        return float(told.get("exposure", 0.0))


def draw(picture: Picture, most: int = MOST_DRAWN) -> Drawing:
    """Fold and place a picture; at its widest level at most so many blocks are drawn."""
    tree = Tree(picture.blocks)
    reading = tree.reading(picture.pinned)
    drawn = tree.drawn(reading)
    lifted = lift(tree, picture.links, drawn)
    order = order_blocks(tree, picture.links, drawn, lifted)
    ordered = Tree([tree.blocks[block] for block in order])
    levels = [reading]
    for limit in sorted({min(limit, most) for limit in LEVELS}):
        levels.append(ordered.level(levels[-1], limit))
    shown = ordered.drawn(reading)
    places = place(ordered, shown, len(picture.bands))
    links = tuple(lift(ordered, picture.links, shown))
    return Drawing(picture, ordered, tuple(order), tuple(map(frozenset, levels)), tuple(shown), links, places)


def network_of(drawing: Drawing) -> dict[str, Any]:
    """Give nodes, edges and options of the pyvis network of what is drawn at first."""
    from pyvis.network import Network  # noqa: PLC0415 - takes a fifth of a second

    net = Network(directed=True, cdn_resources="in_line")
    for block in drawing.drawn:
        here, exposure = drawing.tree.blocks[block], drawing.exposure(block)
        net.add_node(
            block,
            label=here.label,
            shape=SHAPES[here.kind],
            x=round(drawing.places.x[block], 1),
            y=round(drawing.places.y[block], 1),
            size=round(radius_of(exposure), 2),
            color=colour_of(exposure),
        )
    for link in drawing.links:
        net.add_edge(
            link.source, link.target, width=round(link.share, 4), dashes=link.is_weak, kind=link.kind
        )
    options = {
        "physics": {"enabled": False},
        "interaction": {
            "hover": True,
            "dragNodes": False,
            "hideEdgesOnDrag": False,
            "multiselect": False,
            "selectConnectedEdges": False,
            "tooltipDelay": 10_000_000,
            "keyboard": {"enabled": False},
        },
        "nodes": {"chosen": False, "physics": False},
        "edges": {"smooth": False},
        "layout": {"improvedLayout": False, "randomSeed": 1},
    }
    net.set_options(json.dumps(options))
    nodes, edges, _, _, _, written = net.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(written)}
