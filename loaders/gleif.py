"""Read GLEIF's golden copy, level 1: which legal entities have which LEI.

Millions of entities are held against the companies of the graph by name and country; funds, branches and
persons, entities that are gone and records that were withdrawn are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from chainshock.errors import InvalidRecord
from chainshock.loaders.delimited import Frame, Table, open_table
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import identified_by, keep_unique, left_out
from chainshock.loaders.resolve.companies import Found, Match, identifier_key
from chainshock.loaders.resolve.countries import find_country
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LICENCE", "SOURCE", "edition_of"]

LICENCE = "CC0 1.0"
ALIVE = ("ISSUED", "LAPSED", "PENDING_TRANSFER", "PENDING_ARCHIVAL")  # status of registrations that stand
FIRMS = ("", "GENERAL", "RESIDENT_GOVERNMENT_ENTITY", "INTERNATIONAL_ORGANIZATION")
LEGAL_NAMES = (
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME",
    "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME",
    "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME",
)
_LEI, _NAME, _COUNTRY = "LEI", "Entity.LegalName", "Entity.LegalAddress.Country"
_HEAD_OFFICE, _JURISDICTION = "Entity.HeadquartersAddress.Country", "Entity.LegalJurisdiction"
_STATUS, _CATEGORY = "Entity.EntityStatus", "Entity.EntityCategory"
_REGISTRATION = "Registration.RegistrationStatus"
_OTHER_NAMES = (
    *(f"Entity.OtherEntityNames.OtherEntityName.{number}" for number in (1, 2, 3)),
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1",
)
_OPTIONAL = (_HEAD_OFFICE, _CATEGORY, *_OTHER_NAMES, *(f"{name}.type" for name in _OTHER_NAMES))
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")


def edition_of(item: Input, context: Context, what: str, title: str) -> Edition:
    """Give the edition that a file of GLEIF is, by the day in its name, else by the one the user states.

    Raises
    ------
    FileProblem
        Neither tells the day.
    """
    told = _DAY_IN_NAME.search(item.base)
    try:
        published = None if told is None else date(*map(int, told.groups()))
    except ValueError:
        published = None
    published = published or context.published_or_fail(item.name, f"no day in the name {item.base!r}")
    return context.use(
        Edition(f"gleif-{what}-{published}", f"GLEIF, {title}", published, SOURCE.url, LICENCE)
    )


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read golden copies, one after the other."""
    for item in inputs:
        edition = edition_of(item, context, "lei2", "golden copy, level 1 (who is who)")
        table = open_table(
            item, (_LEI, _NAME, _COUNTRY, _JURISDICTION, _STATUS, _REGISTRATION), optional=_OPTIONAL
        )
        yield from _Reading(table, edition, context).items()


class _Reading:
    """One golden copy on its way."""

    def __init__(self, table: Table, edition: Edition, context: Context) -> None:
        from chainshock.loaders.resolve.bulk import BulkNames  # noqa: PLC0415 - polars loads slowly

        self._table = table
        self._edition = edition
        self._context = context
        self._known = context.companies.identified("lei")
        decided = {key.removeprefix("LEI-") for key in context.review.recognised}
        self._wanted = sorted(decided.union(self._known))  # whatever their names
        self._names = BulkNames(context.companies)
        self._kept: list[pl.DataFrame] = []  # rows that may concern the graph

    def items(self) -> Iterator[Item]:
        for frame in self._table.frames():
            yield from frame.problems
            yield from self._take(frame)
        if not self._kept:
            return
        found = self._names.resolve()
        kept = yield from self._without_repeats()
        concerned = kept.filter(kept[_LEI].is_in([*found, *self._wanted]))
        if others := len(kept) - len(concerned):
            yield LeftOut(left_out(None), others)
        rows = {row[_LEI]: row for row in concerned.iter_rows(named=True)}
        found |= {lei: Match(self._known[lei], "identifier") for lei in rows if lei in self._known}
        unknown: Counter[str] = Counter()
        for lei, answer in keep_unique({lei: found.get(lei) for lei in rows}, self._context, "lei").items():
            item = self._settle(rows[lei], answer)
            if isinstance(item, LeftOut):
                unknown[item.reason] += 1
            else:
                yield item
        yield from (LeftOut(reason, count) for reason, count in sorted(unknown.items()))

    def _without_repeats(self) -> Generator[Item, None, pl.DataFrame]:
        """Give the rows kept, and refuse those of an LEI that stood before."""
        import polars as pl  # noqa: PLC0415 - slow to import

        kept = pl.concat(self._kept)
        self._kept = []
        first = kept[_LEI].is_first_distinct()
        for lei, line in kept.filter(~first).select(_LEI, "line").iter_rows():
            found = f"{lei} once more"
            yield InvalidRecord(self._table.input.name, line, _LEI, found, "each LEI once")
        return kept.filter(first)

    def _take(self, frame: Frame) -> Iterator[Item]:
        """Keep the rows of a frame that may concern the graph; account for the rest."""
        import polars as pl  # noqa: PLC0415 - slow to import

        from chainshock.loaders.resolve.check_digits import are_leis  # noqa: PLC0415 - likewise

        data = frame.data.with_row_index("row").with_columns(line=pl.Series(frame.lines))
        good = are_leis(data[_LEI])
        for lei, line in data.filter(~good).select(_LEI, "line").iter_rows():
            yield InvalidRecord(
                self._table.input.name, line, _LEI, repr(lei), "an LEI with right check digits"
            )
        data = data.filter(good)
        for reason, keep in self._filters():
            kept = data.filter(keep)
            if dropped := len(data) - len(kept):
                yield LeftOut(reason, dropped)
            data = kept
        names = self._long(data)
        rows = pl.concat([self._names.add(names).unique(), self._rows_wanted(data)]).unique()
        concerned = data.join(rows.to_frame("row"), on="row", how="semi")
        self._kept.append(concerned.select(_LEI, _NAME, _COUNTRY, _JURISDICTION, _REGISTRATION, "line"))
        if others := len(data) - len(concerned):
            yield LeftOut(left_out(None), others)

    def _filters(self) -> Iterator[tuple[str, pl.Expr]]:
        """Give reasons to leave rows out, each with what the other rows fulfil."""
        import polars as pl  # noqa: PLC0415 - slow to import

        yield (
            "record that does not stand (duplicate, annulled, retired ...)",
            pl.col(_REGISTRATION).is_in(ALIVE),
        )
        yield "entity that is no longer active", pl.col(_STATUS) == "ACTIVE"
        if _CATEGORY in self._table.columns:
            yield "fund, branch or person", pl.col(_CATEGORY).is_in(FIRMS)

    def _long(self, data: pl.DataFrame) -> pl.DataFrame:
        """Give each name of each row, with the country that stands for it."""
        import polars as pl  # noqa: PLC0415 - slow to import

        columns = self._table.columns
        codes = [name for name in (_HEAD_OFFICE, _COUNTRY) if name in columns]
        country = pl.coalesce(pl.when(pl.col(code) != "").then(pl.col(code)) for code in codes).fill_null("")
        about = [pl.col("row"), pl.col(_LEI).alias("id"), country.alias("country")]
        parts = [data.select(*about, pl.col(_NAME).alias("name"))]
        for name in _OTHER_NAMES:
            if name in columns and f"{name}.type" in columns:
                legal = (pl.col(name) != "") & pl.col(f"{name}.type").is_in(LEGAL_NAMES)
                parts.append(data.filter(legal).select(*about, pl.col(name).alias("name")))
        long = pl.concat(parts)
        return long.with_columns(pl.col("country").replace_strict(_iso3_of(long["country"]), default=""))

    def _rows_wanted(self, data: pl.DataFrame) -> pl.Series:
        import polars as pl  # noqa: PLC0415 - slow to import

        return data.filter(pl.col(_LEI).is_in(self._wanted))["row"]

    def _settle(self, row: dict[str, Any], answer: Found) -> Item:
        lei, name, country = row[_LEI], row[_NAME], _iso3(row[_COUNTRY]) or row[_COUNTRY]
        match = self._context.review.settle(
            answer, identifier=identifier_key("lei", lei), name=name, country=country
        )
        if not isinstance(match, Match):
            return LeftOut(left_out(match))
        facts = identified_by(
            "lei",
            lei,
            match,
            self._edition,
            self._context.origin,
            registered_name=name,
            jurisdiction=row[_JURISDICTION],
            status=row[_REGISTRATION],
        )
        return Taken(facts, self._table.input.name, row["line"])


@cache
def _iso3(code: str) -> str:
    return find_country(code) or ""


def _iso3_of(codes: pl.Series) -> Mapping[str, str]:
    return {code: _iso3(code) for code in codes.unique().to_list()}


SOURCE = Source(
    name="gleif",
    title="GLEIF level 1: legal entities",
    adds="LEI of companies that the graph holds",
    files="golden copy of level 1 as CSV (...-gleif-goldencopy-lei2-golden-copy.csv)",
    read=read_items,
    url="https://www.gleif.org/en/lei-data/gleif-golden-copy/download-the-golden-copy",
    licence=LICENCE,
    names_countries=False,
)
