"""Write a drawing down as the JSON that the page reads: short, in the order of the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainshock.graph.view import layout
from chainshock.graph.view.drawing import Drawing, network_of
from chainshock.graph.view.picture import KINDS, Block, Link
from chainshock.graph.view.style import FULL, RADIUS, SCALES, SHAPES, STEPS

__all__ = ["payload_of"]

Index = Mapping[str, int]


def payload_of(drawing: Drawing) -> dict[str, Any]:
    """Give all that the page reads. Blocks and facts are called by their place in the lists of them."""
    picture = drawing.picture
    place = {block: index for index, block in enumerate(drawing.order)}
    facts = {key: index for index, key in enumerate(sorted(picture.page.get("facts", {})))}
    measures = sorted({m for link in picture.links for told in link.more.get("measures", ()) for m in told})
    texts = _Texts()
    return {
        "title": picture.title,
        "lead": picture.lead,
        "stages": list(picture.stages),
        "bands": list(picture.bands),
        "kinds": KINDS,
        "shapes": SHAPES,
        "style": {"steps": STEPS, "radius": RADIUS, "full": FULL, "scales": SCALES},
        "layout": {
            "column": layout.COLUMN,
            "row": layout.ROW,
            "spread": layout.SPREAD,
            "gap": layout.GAP,
        },
        "blocks": [_block(drawing.tree.blocks[block], place) for block in drawing.order],
        "links": [_link(link, place, facts, measures, texts) for link in picture.links],
        "texts": texts.texts,
        "throughs": texts.throughs,
        "measures": measures,
        "levels": [sorted(place[block] for block in level) for level in drawing.levels],
        "focus": place.get(picture.focus, -1),
        "scenarios": [_scenario(told, drawing, place, facts) for told in picture.scenarios],
        "facts": [picture.page["facts"][key] for key in facts],
        "sources": picture.page.get("sources", {}),
        "notes": list(picture.page.get("notes", ())),
        "network": network_of(drawing),
    }


class _Texts:
    """Texts and series that many links share, kept once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.throughs: list[list[int]] = []
        self._places: dict[Any, int] = {}

    def text(self, text: str) -> int:
        """Give the place of a text."""
        if text not in self._places:
            self._places[text] = len(self.texts)
            self.texts.append(text)
        return self._places[text]

    def through(self, series: list[int] | None) -> int:
        """Give the place of a series; -1 where all gets through."""
        if series is None:
            return -1
        key = tuple(series)
        if key not in self._places:
            self._places[key] = len(self.throughs)
            self.throughs.append(series)
        return self._places[key]


def _block(block: Block, place: Index) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": block.id,
        "label": block.label,
        "kind": block.kind,
        "stage": block.stage,
        "band": block.band,
        "weight": float(f"{block.weight:.4g}"),
    }
    if block.parent:
        told["parent"] = place[block.parent]
    if block.place:
        told["place"] = block.place
    told |= {key: block.more[key] for key in ("good", "country", "entity", "names") if block.more.get(key)}
    return told


def _link(link: Link, place: Index, facts: Index, measures: list[str], texts: _Texts) -> list[Any]:
    """Give ends, share, quantity, owned, weak, evidence, facts; by scenario what passes and stops; good."""
    more = link.more
    stopped = [
        [[measures.index(measure), lost] for measure, lost in told.items()]
        for told in more.get("measures", ())
    ]
    return [
        place[link.source],
        place[link.target],
        float(f"{link.share:.4g}"),
        float(f"{link.quantity:.5g}"),
        int(link.kind == "owner"),
        int(link.is_weak),
        texts.text(more.get("evidence", "")),
        [facts[fact] for fact in more.get("facts", ()) if fact in facts],
        [texts.through(series) for series in more.get("through", ())],
        stopped,
        texts.text(link.good),
    ]


def _scenario(told: Mapping[str, Any], drawing: Drawing, place: Index, facts: Index) -> dict[str, Any]:
    """Give a scenario with its blocks in order; paths call blocks and facts by place."""
    stories = {
        key: {
            **story,
            "paths": [
                {
                    **path,
                    "blocks": [[place[leaf] for leaf in step if leaf in place] for step in path["blocks"]],
                    "facts": [facts[fact] for fact in path["facts"] if fact in facts],
                }
                for path in story["paths"]
            ],
        }
        for key, story in told.get("stories", {}).items()
    }
    values = told["blocks"]
    return {
        **told,
        "blocks": [values.get(block, {"exposure": 0.0}) for block in drawing.order],
        "stories": stories,
    }
