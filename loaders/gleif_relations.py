"""Read GLEIF's golden copy, level 2: who consolidates whom, of companies whose LEI the graph knows.

In a record the start node is the child. Consolidation is a rule of accounting: it says who owns whom, not how
much, so a stake that the graph knows already is not written over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.loaders.delimited import Frame, Table, open_table
from chainshock.loaders.gleif import LICENCE, edition_of
from chainshock.loaders.inputs import Input
from chainshock.loaders.registers import KNOWN_STAKE, stakes_known
from chainshock.loaders.sources import Context, Edition, Item, LeftOut, Source, Taken

__all__ = ["SOURCE"]

KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "direct consolidation",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate consolidation",
}
OTHER_KIND = "relationship of another kind (branches, funds)"
NOT_ACTIVE = "relationship that is not active"
NOT_HELD = "relationship of a company that the graph does not hold"
ONE_COMPANY = "both ends are one company of the graph"
FURTHER = "further record of the same owner and company"
_CHILD, _PARENT = "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID"
_KIND, _STATUS = "Relationship.RelationshipType", "Relationship.RelationshipStatus"
_PERIODS = tuple(
    tuple(f"Relationship.Period.{number}.{name}" for name in ("startDate", "periodType"))
    for number in (1, 2, 3)
)


@dataclass
class _Tie:
    """What records say of one owner and one company; the kinds of all records make one relation."""

    line: int
    kinds: set[str] = field(default_factory=set)
    since: date | None = None
    records: int = 0


def read_items(inputs: Sequence[Input], context: Context) -> Iterator[Item]:
    """Read golden copies, one after the other."""
    stakes = stakes_known(context)
    for item in inputs:
        edition = edition_of(item, context, "rr", "golden copy, level 2 (who owns whom)")
        table = open_table(
            item, (_CHILD, _PARENT, _KIND, _STATUS), optional=[name for pair in _PERIODS for name in pair]
        )
        ties: dict[tuple[str, str], _Tie] = {}
        for frame in table.frames():
            yield from frame.problems
            yield from _read_frame(frame, table, context, ties)
        for (owner, company), tie in ties.items():
            if (owner, company) in stakes:
                yield LeftOut(KNOWN_STAKE, tie.records)
                continue
            yield Taken((_owns(owner, company, tie, edition, context.origin),), item.name, tie.line)
            if tie.records > 1:
                yield LeftOut(FURTHER, tie.records - 1)


def _read_frame(
    frame: Frame, table: Table, context: Context, ties: dict[tuple[str, str], _Tie]
) -> Iterator[Item]:
    """Collect the ties of a frame; account for all other rows."""
    import polars as pl  # noqa: PLC0415 - slow to import

    from chainshock.loaders.resolve.check_digits import are_leis  # noqa: PLC0415 - likewise

    path = table.input.name
    owners = context.companies.identified("lei")
    data = frame.data.with_columns(line=pl.Series(frame.lines))
    for reason, keep in (
        (OTHER_KIND, pl.col(_KIND).is_in(list(KINDS))),
        (NOT_ACTIVE, pl.col(_STATUS) == "ACTIVE"),
    ):
        kept = data.filter(keep)
        if dropped := len(data) - len(kept):
            yield LeftOut(reason, dropped)
        data = kept
    for column in (_CHILD, _PARENT):
        good = are_leis(data[column])
        for lei, line in data.filter(~good).select(column, "line").iter_rows():
            yield InvalidRecord(path, line, column, repr(lei), "an LEI with right check digits")
        data = data.filter(good)
    held = data.filter(pl.col(_CHILD).is_in(list(owners)) & pl.col(_PARENT).is_in(list(owners)))
    if others := len(data) - len(held):
        yield LeftOut(NOT_HELD, others)
    for row in held.iter_rows(named=True):
        owner, company = owners[row[_PARENT]], owners[row[_CHILD]]
        since = _since(row, path)
        if isinstance(since, InvalidRecord):
            yield since
        elif owner == company:
            yield LeftOut(ONE_COMPANY)
        else:
            tie = ties.setdefault((owner, company), _Tie(row["line"]))
            tie.kinds.add(KINDS[row[_KIND]])
            tie.records += 1
            tie.since = min(filter(None, (tie.since, since)), default=None)


def _since(row: dict[str, str], path: str) -> date | InvalidRecord | None:
    """Give the first day of the relationship, where the record tells it."""
    for start, kind in _PERIODS:
        text = row.get(start, "")
        if row.get(kind) == "RELATIONSHIP_PERIOD" and text:
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                return InvalidRecord(path, int(row["line"]), start, repr(text), "a date, YYYY-MM-DD")
    return None


def _owns(owner: str, company: str, tie: _Tie, edition: Edition, origin: str) -> Fact:
    relation = " and ".join(sorted(tie.kinds))
    return Fact(
        "OWNS",
        NodeRef("Company", owner),
        NodeRef("Company", company),
        {"relation": relation, "status": "active"},
        edition.said(edition.published, valid_from=tie.since),
        origin,
    )


SOURCE = Source(
    name="gleif-rr",
    title="GLEIF level 2: who owns whom",
    adds="owners among companies whose LEI the graph knows",
    files="golden copy of level 2 as CSV (...-gleif-goldencopy-rr-golden-copy.csv)",
    read=read_items,
    url="https://www.gleif.org/en/lei-data/gleif-golden-copy/download-the-golden-copy",
    licence=LICENCE,
    names_countries=False,
)
