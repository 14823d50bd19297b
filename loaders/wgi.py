"""Load the Worldwide Governance Indicators as the World Bank's interface gives them: meta data and rows.

Codes are `GOV_WGI_GE.EST` (source 3) since 2025, `GE.EST` before; null is missing, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.documents import as_mapping, as_number, read_document
from chainshock.loaders.inputs import Input
from chainshock.loaders.resolve.countries import find_country, is_aggregate
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken
from chainshock.loaders.years import year_in

__all__ = ["SOURCE"]

EXPECTED = "[meta, rows] as api.worldbank.org gives them with format=json"
URL = "https://www.worldbank.org/en/publication/worldwide-governance-indicators"
LICENCE = "CC BY 4.0"
CODE = re.compile(r"(?:GOV_WGI_)?(?P<dimension>VA|PV|GE|RQ|RL|CC)\.EST")
FURTHEST = 5.0  # estimates lie within about 2.5 of 0
DIMENSIONS = {
    "VA": "Voice and accountability",
    "PV": "Political stability and absence of violence",
    "GE": "Government effectiveness",
    "RQ": "Regulatory quality",
    "RL": "Rule of law",
    "CC": "Control of corruption",
}


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read documents, each row as a score, or why it gives none."""
    for item in inputs:
        meta, rows = _parts(item)
        edition = context.use(_edition(item, meta, context))
        for number, row in enumerate(rows, 1):
            try:
                yield _item(item.name, number, as_mapping(row), edition, context.origin)
            except InvalidRecord as error:
                yield error


def _parts(item: Input) -> tuple[Mapping[str, Any], list[Any]]:
    """Give meta data and rows.

    Raises
    ------
    FileProblem
        It is another document, or not all of it.
    """
    document = read_document(item)
    if not isinstance(document, list) or len(document) != 2 or not isinstance(document[0], dict):
        message = as_mapping(document[0]).get("message") if isinstance(document, list) and document else None
        found = (
            "an error message of the World Bank" if message else f"{type(document).__name__} of another shape"
        )
        raise FileProblem(item.name, found, EXPECTED)
    meta, rows = document
    if not isinstance(rows, list):
        raise FileProblem(item.name, "no rows", EXPECTED)
    if as_number(meta.get("pages")) not in {None, 1.0}:
        found = f"page {meta.get('page')} of {meta.get('pages')}"
        raise FileProblem(item.name, found, "all rows in one document: ask with per_page=20000")
    return meta, rows


def _edition(item: Input, meta: Mapping[str, Any], context: Context) -> Edition:
    """Tell the edition by the user's word, else by the day of the last update.

    Raises
    ------
    FileProblem
        The document does not tell that day, and the user neither.
    """
    told = str(meta.get("lastupdated", ""))
    try:
        published = context.published or date.fromisoformat(told)
    except ValueError:
        published = context.published_or_fail(item.name, f"lastupdated {told!r}")
    title = f"World Bank, Worldwide Governance Indicators, updated {published}"
    return Edition(f"wgi-{published}", title, published, URL, LICENCE)


def _item(path: str, number: int, row: Mapping[str, Any], edition: Edition, origin: str) -> Item:
    """Read a row; what does not fit is raised as InvalidRecord."""
    code = str(as_mapping(row.get("indicator")).get("id", ""))
    found = CODE.fullmatch(code)
    if found is None:
        return LeftOut("indicator that is no estimate of governance")
    if row.get("value") is None:
        return LeftOut("no score for that year")
    name = str(as_mapping(row.get("country")).get("value", ""))
    country = find_country(str(row.get("countryiso3code") or "")) or find_country(name)
    if country is None and is_aggregate(name):
        return LeftOut("group of countries")
    year, value = year_in(str(row.get("date", ""))), as_number(row["value"])
    if country is None:
        raise InvalidRecord(path, number, "countryiso3code", repr(name), "a country of ISO 3166 or an alias")
    if year is None:
        raise InvalidRecord(path, number, "date", repr(row.get("date")), "a year, such as 2023")
    if value is None or abs(value) > FURTHEST:
        raise InvalidRecord(path, number, "value", repr(row["value"]), "a score from -2.5 to 2.5 or about")
    key = found["dimension"]
    indicator = NodeRef("Indicator", f"WGI_{key}")
    described = {"name": f"{DIMENSIONS[key]}: estimate", "unit": "about -2.5 (weak) to 2.5 (strong)"}
    about = edition.said(edition.published)
    said = edition.said(min(date(year, 12, 31), edition.published))
    rated = NodeRef("Country", country)
    facts = (
        Fact("Indicator", indicator, None, described, about, origin),
        Fact("RATED", rated, indicator, {"year": year, "value": value}, said, origin),
    )
    return Taken(facts, path, number)


SOURCE = Source(
    name="wgi",
    title="Worldwide Governance Indicators (World Bank)",
    adds="six governance scores of countries, by year",
    files="JSON as api.worldbank.org gives it for GOV_WGI_GE.EST or GE.EST and the five other codes",
    read=read_items,
    url=URL,
    licence=LICENCE,
    suffixes=(".json",),
)
