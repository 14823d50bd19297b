"""Read GLEIF's map of LEI and ISIN: which securities are whose, of companies whose LEI the graph knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainshock.errors import InvalidRecord
from chainshock.loaders.delimited import Frame, open_table
from chainshock.loaders.gleif import LICENCE, edition_of
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import UNKNOWN, identified_by
from chainshock.loaders.resolve.companies import Match
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

__all__ = ["SOURCE"]


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read maps, one after the other."""
    for item in inputs:
        edition = edition_of(item, context, "isin", "map of LEI and ISIN")
        for frame in open_table(item, ("LEI", "ISIN")).frames():
            yield from frame.problems
            yield from _read_frame(frame, item.name, edition, context)


def _read_frame(frame: Frame, path: str, edition: Edition, context: Context) -> Iterator[Item]:
    import polars as pl  # noqa: PLC0415 - slow to import

    from chainshock.loaders.resolve.check_digits import are_leis, is_isin  # noqa: PLC0415 - likewise

    owners = context.companies.identified("lei")
    data = frame.data.with_columns(line=pl.Series(frame.lines))
    good = are_leis(data["LEI"])
    for lei, line in data.filter(~good).select("LEI", "line").iter_rows():
        yield InvalidRecord(path, line, "LEI", repr(lei), "an LEI with right check digits")
    known = data.filter(pl.Series(good) & data["LEI"].is_in(list(owners)))
    for lei, isin, line in known.select("LEI", "ISIN", "line").iter_rows():
        if is_isin(isin):
            match = Match(owners[lei], "identifier")
            yield Taken(identified_by("isin", isin, match, edition, context.origin), path, line)
        else:
            yield InvalidRecord(path, line, "ISIN", repr(isin), "an ISIN with a right check digit")
    if others := int(good.sum()) - len(known):
        yield LeftOut(UNKNOWN, others)


SOURCE = Source(
    name="gleif-isin",
    title="GLEIF map of LEI and ISIN",
    adds="ISIN of companies whose LEI the graph knows",
    files="LEI,ISIN map as CSV (lei-isin-....csv)",
    read=read_items,
    url="https://www.gleif.org/en/lei-data/lei-mapping/download-isin-to-lei-relationship-files",
    licence=LICENCE,
    names_countries=False,
)
