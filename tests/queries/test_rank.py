"""Order, cut and name the rows of a ranking, and lay them out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chainshock.errors import AmbiguousName, QueryError
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.queries.names import NameIndex
from chainshock.queries.price_rows import NO_CEILINGS
from chainshock.queries.rank import RankRow, RankTable
from chainshock.queries.rank_columns import PARTS
from chainshock.queries.tables import Column, clean, draw_table
from chainshock.queries.timing import NO_TIMING, Timing

DAY = date(2025, 1, 31)


def row(key, exposure, usd=None):
    return RankRow(
        rank=0,
        id=key,
        name=key.title(),
        kind="company",
        exposure=exposure,
        exposure_usd=usd,
        parts={"input": exposure},
        timing=NO_TIMING,
        ceilings=NO_CEILINGS,
        prices=None,
        basis="segment",
        unknown_share=0.0,
        bounds=(exposure, exposure),
        confidence="B",
        reason="a reason",
    )


@pytest.fixture
def five():
    rows = [row("a", -0.5, -1e6), row("b", -0.1, -9e9), row("c", 0.0), row("d", 0.0, 0.0), row("e", 0.4, 2e6)]
    return RankTable("companies", {"scenario": "s"}, tuple(rows))


@pytest.fixture
def firms():
    said = Provenance(("x",), DAY, DAY, "A")
    facts = [
        Fact("Company", NodeRef("Company", key), None, {"name": name, "is_listed": True, **more}, said)
        for key, name, more in (
            ("acme-motor", "Acme Motor", {"ticker": "AM", "mic": "XNYS", "aliases": ("Acme Cars",)}),
            ("acme-mines", "Acme Mines", {"ticker": "AM", "mic": "XASX", "lei": "L1"}),
        )
    ]
    return NameIndex(KnowledgeGraph(facts).at(DAY))


@pytest.mark.parametrize(
    ("by", "order", "ids"),
    [
        *(("loss", "harm", "abcde"), ("loss", "gain", "ecdba"), ("loss", "size", "aebcd")),
        *(("usd", "harm", "badec"), ("usd", "gain", "edabc"), ("usd", "size", "beadc")),
    ],
)
def test_rows_come_in_the_order_asked_for_with_ties_by_id(by, order, ids, five):
    table = five.select(by=by, order=order)
    assert "".join(entry.id for entry in table.rows) == ids
    assert [entry.rank for entry in table.rows] == [1, 2, 3, 4, 5]
    assert (table.run["by"], table.run["order"]) == (by, order)


@pytest.mark.parametrize(("by", "ids"), [("first-week", "dbaec"), ("survive", "eabcd")])
def test_weeks_come_earliest_first_then_by_exposure_and_rows_without_last(by, ids, five):
    times = {"a": (4, 3), "b": (4, None), "c": (None, None), "d": (2, None), "e": (9, 0)}
    rows = tuple(
        replace(entry, timing=Timing(first_week=times[entry.id][0], time_to_survive=times[entry.id][1]))
        for entry in five.rows
    )
    if by == "first-week":  # b loses less than a
        rows = tuple(replace(entry, exposure=-0.6) if entry.id == "b" else entry for entry in rows)
    table = replace(five, rows=rows, run={"horizon": "26w"})
    assert "".join(entry.id for entry in table.select(by=by).rows) == ids


def test_weeks_of_a_static_run_and_weeks_from_the_latest_are_refused(five):
    with pytest.raises(QueryError, match="it has no time"):
        five.select(by="survive")
    with pytest.raises(QueryError, match="earliest"):
        replace(five, run={"horizon": "26w"}).select(by="first-week", order="gain")


def test_top_keeps_both_tails_and_counts_what_lies_between(five):
    cut = five.select(top=1)
    assert [entry.rank for entry in cut.rows] == [1, 5]
    assert (cut.head, cut.omitted) == (1, 3)


def test_top_of_half_the_rows_or_more_leaves_nothing_out(five):
    assert five.select(top=3).omitted == 0
    assert len(five.select(top=3).rows) == 5


def test_order_by_size_has_one_tail(five):
    assert [entry.id for entry in five.select(by="usd", order="size", top=2).rows] == ["b", "e"]


def test_flat_row_has_every_column_and_every_part(five):
    (flat, *_) = five.to_flat_dicts()
    assert list(flat) == five.columns
    assert {f"parts_{part}" for part in PARTS} <= set(flat)


def test_polars_frame_has_the_rows_and_columns(five):
    frame = five.to_polars()
    assert frame.shape == (5, len(five.columns))
    assert frame["exposure"].to_list() == [-0.5, -0.1, 0.0, 0.0, 0.4]


@pytest.mark.parametrize(
    "text", ["acme-motor", "ACME  motor", "am.xnys", "Acme Cars", "Company:acme-motor", "acme mo"]
)
def test_company_answers_to_id_name_listing_alias_and_beginning(text, firms):
    assert firms.find(text) == NodeRef("Company", "acme-motor")


@pytest.mark.parametrize("text", ["AM", "acme"])
def test_name_that_two_companies_share_is_ambiguous_and_lists_both(text, firms):
    with pytest.raises(AmbiguousName) as caught:
        firms.find(text)
    assert caught.value.known == ("Company:acme-mines", "Company:acme-motor")


def test_narrow_table_drops_columns_before_it_breaks_the_reason():
    columns = [Column("name", 10), Column("extra", 10, drop=1), Column("reason", None, least=12)]
    cells = [["Acme", "0123456789", "magnets, 75 % from China"]]
    assert "extra" in draw_table(columns, cells, 60)
    narrow = draw_table(columns, cells, 24)
    assert "extra" not in narrow
    assert max(map(len, narrow.splitlines())) <= 24


def test_word_wider_than_its_column_breaks_at_its_hyphens():
    table = draw_table([Column("good", 14)], [["NdPr (neodymium-praseodymium)"]], 80)
    assert table.splitlines()[2:] == ["NdPr", "(neodymium-", "praseodymium)"]


def test_control_characters_in_data_do_not_reach_the_terminal():
    assert clean("a\x1b[2Jb") == "a?[2Jb"
