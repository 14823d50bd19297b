"""Tell which good or element a publisher means by a material at a stage: by a table, never a guess."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from chainshock.graph.facts import NodeRef

__all__ = ["NOT_HELD", "Match", "find_nodes", "knows_material", "material_table", "tonnes_per"]

NOT_HELD = "material that the graph does not hold"
TONNES = {  # one unit in tonnes, by the names and abbreviations of publishers
    "t": 1.0,
    "tonnes": 1.0,
    "metric tons": 1.0,
    "kt": 1e3,
    "thousand metric tons": 1e3,
    "thousand metric dry tons": 1e3,
    "million metric tons": 1e6,
    "kg": 1e-3,
    "kilograms": 1e-3,
    "mct": 0.2,
    "million carats": 0.2,
    "thousands of carats": 0.2e-3,
}


@dataclass(frozen=True, slots=True)
class Match:
    """A node that a publisher's figures are about, and what to know about the match."""

    node: NodeRef
    note: str = ""


def find_nodes(publisher: str, material: str, stage: str) -> tuple[Match, ...]:
    """Give what a publisher's material at a stage is in the graph; nothing where the table has no entry.

    Names are compared without regard to case and runs of blanks.

    Examples
    --------
    >>> [str(match.node) for match in find_nodes("eu-crm", "Neodymium", "P")]
    ['Element:Nd', 'Commodity:OX_ND']
    >>> find_nodes("usgs-mcs", "Gypsum", "Mine production")
    ()
    """
    return material_table().get((publisher, _fold(material), _fold(stage)), ())


def knows_material(publisher: str, material: str) -> bool:
    """Tell whether the graph holds a publisher's material in some form."""
    return (publisher, _fold(material)) in _materials()


def tonnes_per(unit: str) -> float | None:
    """Give the tonnes in one unit of mass; None where the unit is no mass, or unknown.

    Examples
    --------
    >>> [tonnes_per(unit) for unit in ("thousand metric tons", "kg", "million cubic meters")]
    [1000.0, 0.001, None]
    """
    return TONNES.get(_fold(unit))


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


@cache
def _materials() -> frozenset[tuple[str, str]]:
    return frozenset((publisher, material) for publisher, material, _ in material_table())


@cache
def material_table() -> dict[tuple[str, str, str], tuple[Match, ...]]:
    """Give the whole table by publisher, material and stage, in lower case."""
    text = resources.files("chainshock.loaders.resolve").joinpath("materials.csv").read_text("utf-8")
    found: dict[tuple[str, str, str], tuple[Match, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = (row["publisher"], _fold(row["material"]), _fold(row["stage"]))
        found[key] = (*found.get(key, ()), Match(NodeRef(row["label"], row["key"]), row["note"]))
    return found
