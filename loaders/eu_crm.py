"""Load the tables of the European Commission's study of critical raw materials: supply shares and scores.

One table per file, told apart by its header: shares of the world's supply, sourcing of the Union, scores of
all assessments; shares of uses and groupings are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.schema import Value
from chainshock.loaders.delimited import Row, Table, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.countries import find_country, is_aggregate
from chainshock.loaders.resolve.materials import NOT_HELD, Match, find_nodes
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken
from chainshock.loaders.years import year_in

__all__ = ["SOURCE"]

PUBLISHER = "eu-crm"
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
URL = "https://op.europa.eu/en/publication-detail/-/publication/57318397-fdd4-11ed-a05c-01aa75ed71a1"
LICENCE = "CC BY 4.0"
PERIODS = {2023: (2016, 2020)}  # year of the study: years of which its shares are averages
STAGES = {"E": "extraction", "P": "processing"}
SHARE = re.compile(r"(?P<bound>[<>]?) ?(?P<percent>[0-9]{1,3}(?:\.[0-9]+)?) ?%")
NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
INDICATORS = {
    "SR": ("EU_SUPPLY_RISK", "Supply risk (SR), European Commission"),
    "EI": ("EU_ECONOMIC_IMPORTANCE", "Economic importance (EI), European Commission"),
}


@dataclass(frozen=True)
class _Study:
    """What facts of one table rest on."""

    edition: Edition
    origin: str
    years: tuple[int, int]
    from_union: bool = False  # whether shares are of what the Union buys and makes, else of the world


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read the tables of one study."""
    tables = [(item, *_kind(item)) for item in inputs]
    edition, years = _edition([table for _, table, kind in tables if kind is _scores], inputs, context)
    for item, table, read in tables:
        from_union = read is _shares and "eusupply" in item.base.lower().replace("_", "")
        study = _Study(context.use(edition), context.origin, years, from_union)
        for row in table.rows():
            try:
                yield row if isinstance(row, InvalidRecord) else read(table.input.name, row, study)
            except InvalidRecord as error:
                yield error


Reader = Callable[[str, Row, _Study], Item]


def _kind(item: Input) -> tuple[Table, Reader]:
    """Tell by its header what a table holds.

    Raises
    ------
    FileProblem
        It is none of the tables of the study.
    """
    header = frozenset(open_table(item, (), encodings=ENCODINGS).header)
    kinds: list[tuple[tuple[str, ...], Reader]] = [
        (("Material", "Stage", "Country", "Share", "t"), _shares),
        (("Material", "Year", "SR", "EI"), _scores),
        (("Material", "Application", "Share"), _uses),
        (("screened_material",), _groups),
    ]
    for columns, read in kinds:
        if header >= frozenset(columns):
            return open_table(item, columns, encodings=ENCODINGS), read
    raise FileProblem(
        item.name,
        f"columns {', '.join(sorted(header)[:5])}",
        "a table of the study: Material, Stage, Country, Share, t; or Material, Year, SR, EI",
    )


def _edition(
    scores: Sequence[Table], inputs: Sequence[Input], context: Context
) -> tuple[Edition, tuple[int, int]]:
    """Tell the study by the last year of its scores, else by the user's word.

    Where only the year is known, the study counts as published at its end.

    Raises
    ------
    FileProblem
        Nothing tells it, or it is a study whose years of reference are not known here.
    """
    rows = (row for table in scores for row in table.rows() if not isinstance(row, InvalidRecord))
    told = max((year for row in rows if (year := year_in(row["Year"]))), default=None)
    if told is None:
        found = "tables without scores, which would tell the study"
        told = context.published_or_fail(inputs[0].name, found).year
    if told not in PERIODS:
        expected = f"the study of {', '.join(map(str, PERIODS))}"
        raise FileProblem(inputs[0].name, f"a study of {told}", expected)
    published = context.published or date(told, 12, 31)
    title = f"European Commission, Study on the critical raw materials for the EU {told}"
    return Edition(f"eu-crm-{told}", title, published, URL, LICENCE), PERIODS[told]


def _shares(path: str, row: Row, study: _Study) -> Item:
    """Read a country's share of the supply of a material at a stage; what does not fit is raised."""
    if row["Stage"] not in STAGES:
        raise InvalidRecord(path, row.line, "Stage", repr(row["Stage"]), "E (extraction) or P (processing)")
    matches = find_nodes(PUBLISHER, row["Material"], row["Stage"])
    if not matches:
        return LeftOut(NOT_HELD)
    if is_aggregate(row["Country"]):
        return LeftOut("total or other countries")
    country = find_country(row["Country"])
    share = SHARE.fullmatch(row["Share"])
    factor = NUMBER.fullmatch(row["t"])
    if country is None:
        raise InvalidRecord(path, row.line, "Country", repr(row["Country"]), "the name of a country")
    if share is None or float(share["percent"]) > 100:
        raise InvalidRecord(path, row.line, "Share", repr(row["Share"]), "a share, such as 9.9% or <0.1%")
    if factor is None:
        raise InvalidRecord(path, row.line, "t", repr(row["t"]), "the trade-related variable, such as 0.8")
    properties: dict[str, Value] = {"trade_factor": float(factor[0])}
    make = _sourced if study.from_union else _supplied
    return Taken(tuple(make(country, row["Stage"], share, properties, matches, study)), path, row.line)


def _supplied(
    country: str,
    stage: str,
    share: re.Match[str],
    properties: dict[str, Value],
    matches: Sequence[Match],
    study: _Study,
) -> Iterator[Fact]:
    """Give the facts of a share of the world's supply: of the element, and of the good that stands for it."""
    first, last = study.years
    properties |= {"year": last, "share": _part(share)}
    if share["bound"]:
        properties["qualifier"] = "at_most" if share["bound"] == "<" else "at_least"
    for match in matches:
        basis = f"{STAGES[stage]}-share" if match.node.label == "Element" else "share"
        note = "; ".join(part for part in (f"average {first}-{last}", match.note) if part)
        said = study.edition.said(date(last, 12, 31), "B" if match.note else "A", note=note)
        source = NodeRef("Country", country)
        yield Fact("PRODUCES", source, match.node, properties | {"basis": basis}, said, study.origin)


def _sourced(
    country: str,
    stage: str,
    share: re.Match[str],
    properties: dict[str, Value],
    matches: Sequence[Match],
    study: _Study,
) -> Iterator[Fact]:
    """Give the fact of a share in what the Union buys and makes itself."""
    first, last = study.years
    element = next((match.node.key for match in matches if match.node.label == "Element"), "")
    properties |= {
        "code": f"{element.upper()}-{stage}",
        "period": f"{first}-{last}",
        "import_share": _part(share),
        "share_basis": "tonnes",
    }
    bound = f"; published as {share[0]}" if share["bound"] else ""
    said = study.edition.said(date(last, 12, 31), note=f"stage {STAGES[stage]}; includes EU producers{bound}")
    union = NodeRef("Country", "EUU")
    if element:
        yield Fact("EXPORTS", NodeRef("Country", country), union, properties, said, study.origin)


def _part(share: re.Match[str]) -> float:
    return round(float(share["percent"]) / 100, 6)


def _scores(path: str, row: Row, study: _Study) -> Item:
    """Read supply risk and economic importance in one assessment; what does not fit is raised."""
    matches = find_nodes(PUBLISHER, row["Material"], "score")
    if not matches:
        return LeftOut(NOT_HELD)
    year = year_in(row["Year"])
    if year is None:
        raise InvalidRecord(path, row.line, "Year", repr(row["Year"]), "a year, such as 2023")
    facts: list[Fact] = []
    for column, (key, name) in INDICATORS.items():
        if row[column] == "-":
            continue
        if NUMBER.fullmatch(row[column]) is None:
            raise InvalidRecord(
                path, row.line, column, repr(row[column]), "a score, or - where it is not assessed"
            )
        indicator = NodeRef("Indicator", key)
        described: dict[str, Value] = {"name": name, "unit": "score from 0 on; higher is worse"}
        said = study.edition.said(study.edition.published)
        facts.append(Fact("Indicator", indicator, None, described, said, study.origin))
        value: dict[str, Value] = {"year": year, "value": float(row[column])}
        as_of = min(date(year, 12, 31), study.edition.published)
        for match in matches:
            said = study.edition.said(as_of, "B" if match.note else "A", note=match.note)
            facts.append(Fact("RATED", match.node, indicator, value, said, study.origin))
    return Taken(tuple(facts), path, row.line) if facts else LeftOut("material not assessed in that year")


def _uses(path: str, row: Row, study: _Study) -> Item:
    """Leave out a share of a use: of the Union's uses by sector, which the graph does not hold."""
    return LeftOut("share of a use, by sector of the Union")


def _groups(path: str, row: Row, study: _Study) -> Item:
    """Leave out which group a material belongs to."""
    return LeftOut("grouping of materials")


SOURCE = Source(
    name=PUBLISHER,
    title="Study on the critical raw materials for the EU (European Commission)",
    adds="shares of countries in extraction and processing, EU sourcing, supply risk and economic importance",
    files="tables of the 2023 study as CSV (fact_GlobalSupplyShares_t.csv, ...), or the folder of them",
    read=read_items,
    url=URL,
    licence=LICENCE,
)
