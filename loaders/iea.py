"""Load supply by country from the IEA's Critical Minerals Data Explorer, as JSON or as one flat CSV table.

Figures up to the base year are output; those of later years are projections, which no baseline uses. Demand
by sector and scenario is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.documents import is_json
from chainshock.loaders.iea_shapes import Supply, read_flat, read_tree
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.countries import find_country, is_aggregate
from chainshock.loaders.resolve.materials import NOT_HELD, Match, find_nodes, tonnes_per
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken
from chainshock.loaders.years import last_year

__all__ = ["SOURCE"]

PUBLISHER = "iea"
URL = "https://www.iea.org/data-and-statistics/data-tools/critical-minerals-data-explorer"
LICENCE = "CC BY 4.0, as the file says"
SHARES = {"mining": "extraction-share", "refining": "processing-share"}
MAGNET_ORE = NodeRef("Commodity", "RE_ORE_MAGNET")
MAGNET_ORE_IS: dict[str, Value] = {
    "name": "Rare-earth concentrate, in tonnes of contained Nd, Pr, Dy and Tb",
    "stage": "concentrate",
    "class": "magnet",
    "elements": ("Nd", "Pr", "Dy", "Tb"),
    "unit": "t",
}
Key = tuple[str, str, int]  # mineral, stage, year


@dataclass(frozen=True)
class _Frame:
    """What all facts of one file rest on; `world` is the world's supply in the file's unit."""

    edition: Edition
    origin: str
    base_year: int
    world: dict[Key, float]


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read files of either shape, each figure as its facts, or why it gives none."""
    for item in inputs:
        supplies: list[Supply] = []
        historic: set[int] = set()
        for entry in read_tree(item, historic) if is_json(item) else read_flat(item, historic):
            if isinstance(entry, Supply):
                supplies.append(entry)
            else:
                yield entry
        base_year = max(historic or {entry.year for entry in supplies[:1]} or {0})
        edition = context.use(_edition(item, base_year, context))
        frame = _Frame(edition, context.origin, base_year, _world(supplies))
        for supply in supplies:
            try:
                yield _item(item.name, supply, frame)
            except InvalidRecord as error:
                yield error


def _edition(item: Input, base_year: int, context: Context) -> Edition:
    """Tell the edition by its base year: the explorer follows the Outlook of the May after that year.

    Raises
    ------
    FileProblem
        The file tells no base year.
    """
    published = context.published or (date(base_year + 1, 5, 31) if base_year else None)
    published = published or context.published_or_fail(item.name, "no figure that tells the base year")
    title = f"IEA Critical Minerals Data Explorer {published.year}"
    return Edition(f"iea-critical-minerals-{published.year}", title, published, URL, LICENCE)


def _world(supplies: Sequence[Supply]) -> dict[Key, float]:
    """Sum up the world's supply, other countries included."""
    world: dict[Key, float] = defaultdict(float)
    for supply in supplies:
        if supply.amount is not None:
            world[supply.mineral, supply.stage, supply.year] += supply.amount
    return dict(world)


def _item(path: str, supply: Supply, frame: _Frame) -> Item:
    """Give what a figure became; what does not fit is raised as InvalidRecord."""
    matches = find_nodes(PUBLISHER, supply.mineral, supply.stage)
    if not matches:
        return LeftOut(NOT_HELD)
    if is_aggregate(supply.country):
        return LeftOut("total or other countries")
    if supply.year > last_year():
        return LeftOut(f"projection beyond {last_year()}, the last year that the graph holds")
    country = find_country(supply.country)
    if country is None:
        raise InvalidRecord(path, supply.line, "country", repr(supply.country), "the name of a country")
    factor = tonnes_per(supply.unit)
    if factor is None:
        raise InvalidRecord(path, supply.line, "unit", repr(supply.unit), "a unit of mass, such as kt")
    if supply.amount is None:
        raise InvalidRecord(path, supply.line, "value", supply.text, "a number of at least 0")
    facts = [
        fact for match in matches for fact in _facts(country, supply, supply.amount * factor, match, frame)
    ]
    return Taken(tuple(facts), path, supply.line)


def _facts(country: str, supply: Supply, tonnes: float, match: Match, frame: _Frame) -> Iterator[Fact]:
    """Give the fact of a figure: of a good its output, of an element also the share it is of the world's.

    Figures of an element at two stages would be one fact if both were called output.
    """
    said = frame.edition.said(
        date(supply.year, 12, 31) if supply.year <= frame.base_year else frame.edition.published,
        "A",
        note=match.note,
    )
    is_good = match.node.label == "Commodity"
    properties: dict[str, Value] = {
        "year": supply.year,
        "basis": "output" if is_good else SHARES[supply.stage],
        "output": round(tonnes, 6),
        "unit": "t",
    }
    world = frame.world.get((supply.mineral, supply.stage, supply.year), 0.0)
    if world > 0.0:
        properties["share"] = round((supply.amount or 0.0) / world, 6)
    if supply.year > frame.base_year:
        properties["is_projection"] = True
    if match.node == MAGNET_ORE:
        about = frame.edition.said(frame.edition.published)
        yield Fact("Commodity", MAGNET_ORE, None, MAGNET_ORE_IS, about, frame.origin)
    yield Fact("PRODUCES", NodeRef("Country", country), match.node, properties, said, frame.origin)


SOURCE = Source(
    name=PUBLISHER,
    title="Critical Minerals Data Explorer (International Energy Agency)",
    adds="mined and refined output of countries in the base year, and projections marked as such",
    files="the explorer's data as one JSON document, or as a flat CSV table",
    read=read_items,
    url=URL,
    licence=LICENCE,
    suffixes=(".json", ".csv"),
)
