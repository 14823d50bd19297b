"""Order, cut and name the rows of a ranking, and lay them out."""

from __future__ import annotations

from datetime import date

import pytest

from chainshock.errors import AmbiguousName
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.queries.names import NameIndex
from chainshock.queries.rank import PARTS, RankRow, RankTable
from chainshock.queries.tables import Column, clean, draw_table

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
        first_week=None,
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


@pytest.mark.parametrize(("order", "ids"), [("harm", "abcde"), ("gain", "ecdba"), ("size", "beadc")])
def test_rows_come_in_the_order_asked_for_with_ties_by_id(order, ids, five):
    rows = five.select(order=order).rows
    assert "".join(entry.id for entry in rows) == ids
    assert [entry.rank for entry in rows] == [1, 2, 3, 4, 5]


def test_top_keeps_both_tails_and_counts_what_lies_between(five):
    cut = five.select(top=1)
    assert [entry.rank for entry in cut.rows] == [1, 5]
    assert (cut.head, cut.omitted) == (1, 3)


def test_top_of_half_the_rows_or_more_leaves_nothing_out(five):
    assert five.select(top=3).omitted == 0
    assert len(five.select(top=3).rows) == 5


def test_order_by_size_has_one_tail(five):
    assert [entry.id for entry in five.select(order="size", top=2).rows] == ["b", "e"]


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


def test_control_characters_in_data_do_not_reach_the_terminal():
    assert clean("a\x1b[2Jb") == "a?[2Jb"
