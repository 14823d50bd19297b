"""Say how Neo4j Browser draws the graph: colours by kind and stage, captions, widths by type.

The colours are those of Okabe and Ito, which people who see colours differently can tell apart; the stages of
a facility are one ramp from dark to light, in the order of the chain, so that they differ in brightness too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["style"]


class _Look(NamedTuple):
    """How nodes of a label look: size in pixels, colours of disc, rim and text, property of the caption."""

    diameter: int
    colour: str
    rim: str
    text: str
    caption: str


DARK, LIGHT = "#1a1a1a", "#ffffff"
# later ones win where a node has several labels; sizes are alike, since the Browser leaves out bent arrows
# between discs of unlike sizes
NODES = {
    "Entity": _Look(50, "#bdbdbd", "#8c8c8c", DARK, "uid"),
    "Vintage": _Look(36, "#efefef", "#8c8c8c", DARK, "knownFrom"),
    "Source": _Look(40, "#d9d9d9", "#8c8c8c", DARK, "title"),
    "Country": _Look(80, "#0072b2", "#00507d", LIGHT, "name"),
    "Element": _Look(46, "#f0e442", "#b5aa00", DARK, "symbol"),
    "Commodity": _Look(80, "#e69f00", "#a87400", DARK, "name"),
    "EndUse": _Look(80, "#009e73", "#006b4e", LIGHT, "name"),
    "Company": _Look(80, "#56b4e9", "#2d86b8", DARK, "name"),
    "Measure": _Look(80, "#d55e00", "#963f00", LIGHT, "id"),
    "Scenario": _Look(60, "#f3d9e7", "#cc79a7", DARK, "id"),
    "Run": _Look(80, "#cc79a7", "#99527a", DARK, "scenario"),
    "Facility": _Look(80, "#7a6f9b", "#4f4670", LIGHT, "name"),
    "Mine": _Look(80, "#2d1e4f", "#160c2c", LIGHT, "name"),
    "Separator": _Look(80, "#4b3b7c", "#2d1e4f", LIGHT, "name"),
    "MetalPlant": _Look(80, "#6d5fa5", "#4b3b7c", LIGHT, "name"),
    "MagnetPlant": _Look(80, "#9388c6", "#6d5fa5", DARK, "name"),
    "ComponentPlant": _Look(80, "#bab3e0", "#9388c6", DARK, "name"),
    "Recycler": _Look(80, "#e0dcf4", "#9388c6", DARK, "name"),
}
PLAIN = "#a5abb6"
# colour, width in pixels, caption; the Browser knows no width that follows a property
RELATIONSHIPS = {
    "PRODUCES": ("#a87400", 3, "{share}"),
    "REQUIRES": ("#e69f00", 2, "<type>"),
    "SERVES": ("#009e73", 2, "{revenueShare}"),
    "SUPPLIES": ("#56b4e9", 4, "{commodity}"),
    "EXPORTS": ("#0072b2", 3, "{importShare}"),
    "OWNS": ("#6d5fa5", 3, "{stake}"),
    "OPERATES": ("#6d5fa5", 2, "<type>"),
    "RESTRICTS": ("#d55e00", 4, "<type>"),
    "TARGETS": ("#d55e00", 4, "<type>"),
    "IMPOSED_BY": ("#d55e00", 2, "<type>"),
    "LICENSES": ("#d55e00", 2, "{event}"),
    "APPLIES": ("#cc79a7", 2, "<type>"),
    "EXPOSES": ("#cc79a7", 4, "{told}"),
    "CARRIES": ("#1a1a1a", 3, "{told}"),
}


def style() -> str:
    """Give the style as GraSS, the form that the Browser reads.

    Examples
    --------
    >>> from chainshock.queries.browser_style import style
    >>> "node.Mine {" in style()
    True
    """
    return "\n".join(_rules())


def _rules() -> Iterator[str]:
    yield _rule(
        "node", {"diameter": "50px", "color": PLAIN, "border-color": "#9aa1ac", "border-width": "2px"}
    )
    edge = {"color": PLAIN, "shaft-width": "2px", "font-size": "9px", "padding": "3px"}
    texts = {"text-color-external": "#333333", "text-color-internal": LIGHT, "caption": '"<type>"'}
    yield _rule("relationship", {**edge, **texts})
    for label, look in NODES.items():
        yield _rule(
            f"node.{label}",
            {
                "diameter": f"{look.diameter}px",
                "color": look.colour,
                "border-color": look.rim,
                "border-width": "2px",
                "text-color-internal": look.text,
                "font-size": "10px",
                "caption": f'"{{{look.caption}}}"',
            },
        )
    for name, (colour, width, caption) in RELATIONSHIPS.items():
        drawn = {
            "color": colour,
            "shaft-width": f"{width}px",
            "border-color": colour,
            "caption": f'"{caption}"',
        }
        yield _rule(f"relationship.{name}", {**drawn, "font-size": "10px", **dict(list(texts.items())[:2])})


def _rule(selector: str, properties: dict[str, str]) -> str:
    return "\n".join(
        [f"{selector} {{", *(f"  {key}: {value};" for key, value in properties.items()), "}", ""]
    )
