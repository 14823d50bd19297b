"""Series of recorded facts: gaps stay gaps, sources that differ stand side by side, odd points are kept."""

from __future__ import annotations

from datetime import date

import pytest

import chainshock
from chainshock.errors import QueryError, UnknownName
from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.queries.signals.series import gather
from chainshock.queries.signals.table import SignalTable, choose, gap_text, range_text, signal_rows

LATE = date(2030, 1, 1)
RUN = {"as_of": "2030-01-01", "facts": "latest", "data_edition": "2030-01-01"}


def exports(period, tonnes, known_from=date(2026, 1, 1), source="customs", origin="reference", **more):
    said = Provenance((source,), date(2025, 12, 31), known_from, "A")
    properties = {
        "code": "85051110",
        "period": period,
        **({} if tonnes is None else {"tonnes": tonnes}),
        **more,
    }
    return Fact("EXPORTS", NodeRef("Country", "CHN"), NodeRef("Country", "WLD"), properties, said, origin)


def series_of(*facts, day=LATE, known="latest"):
    return gather(KnowledgeGraph(facts), day, known)


def test_months_between_which_one_is_missing_are_not_joined_by_a_figure():
    (found,) = series_of(exports("2025-01", 10.0), exports("2025-03", 30.0))
    assert [(p.period, p.value) for p in found.points] == [("2025-01", 10.0), ("2025-03", 30.0)]
    assert found.gaps == ("2025-02",)


def test_one_point_is_a_series_without_gaps():
    (found,) = series_of(exports("2025-01", 10.0))
    assert (len(found.points), found.gaps, found.disputed) == (1, (), ())


def test_trade_of_which_only_years_are_known_is_no_series_over_time():
    assert series_of(exports("2024", 10.0), exports("2025", 10.0)) == ()


def test_quarter_and_year_stand_beside_months_at_their_monthly_mean():
    (found,) = series_of(exports("2025-01", 10.0), exports("2025-Q1", 60.0), exports("2025", 240.0))
    assert {p.period: p.monthly for p in found.points} == {"2025-01": 10.0, "2025-Q1": 20.0, "2025": 20.0}


def test_two_sources_that_differ_on_a_month_are_both_shown_and_the_later_one_is_held():
    (found,) = series_of(
        exports("2025-06", 172.0, date(2025, 7, 21), "press"), exports("2025-06", 174.0, date(2025, 8, 31))
    )
    assert [(p.value, p.is_held) for p in found.points] == [(174.0, True), (172.0, False)]
    assert found.disputed == ("2025-06",)


def test_own_figure_is_held_before_a_reference_one():
    (found,) = series_of(exports("2025-05", 1238.0), exports("2025-05", 1300.0, origin="mine", source="me"))
    assert next(p.value for p in found.points if p.is_held) == 1300.0


def test_what_was_published_after_the_day_is_unknown_then():
    facts = exports("2025-05", 1238.0, date(2025, 6, 20)), exports("2025-06", 3188.0, date(2025, 7, 20))
    (found,) = series_of(*facts, day=date(2025, 7, 1), known="known")
    assert [p.period for p in found.points] == ["2025-05"]


def test_shares_are_a_series_of_their_own_and_no_flow():
    found = series_of(exports("2025-05", 10.0), exports("2025-H1", None, import_share=0.5))
    shares = next(s for s in found if s.unit == "share of imports")
    assert not shares.is_flow
    assert len(found) == 2


def test_period_without_days_comes_last_and_keeps_its_figure():
    (found,) = series_of(exports("FY2025", 99.0), exports("2025-05", 10.0))
    assert [(p.period, p.span is None, p.value) for p in found.points][-1] == ("FY2025", True, 99.0)
    text = SignalTable(RUN, (found,), signal_rows([found])).to_text(100)
    assert "its days are not told" in text


def test_choice_of_nothing_says_what_there_is():
    found = series_of(exports("2025-05", 10.0))
    assert choose(found, good="85051110", country="wld") == found
    with pytest.raises(UnknownName, match="85051110"):
        choose(found, good="9999")
    with pytest.raises(QueryError, match="within those days"):
        choose(found, first=date(2026, 1, 1))


def test_ranges_and_gaps_are_written_as_they_are():
    assert [
        range_text(*ends) for ends in ((1.0, 1.0), (1.0, 2.5), (1100.0, None), (None, 3.0), (None, None))
    ] == [
        "1",
        "1 to 2.5",
        "1,100 or more",
        "3 or less",
        "-",
    ]
    assert gap_text(["2024-12", "2025-01", "2025-03"]) == "2024-12 to 2025-01, 2025-03"


def test_lines_keep_to_the_width_with_hostile_words():
    fact = exports("2025-05", 10.0, source="\x1b[31m" + "long " * 40)
    (found,) = series_of(fact)
    table = SignalTable(RUN, (found,), signal_rows([found]))
    for width in (60, 100, 160):
        text = table.to_text(width)
        assert "\x1b" not in text
        assert max(map(len, text.split("\n"))) <= width


def test_shipped_series_hold_the_months_of_2025_with_sources():
    (world,) = choose(
        chainshock.reference().signals(["exports"]).series,
        good="85051110",
        country="WLD",
        first=date(2025, 1, 1),
        last=date(2025, 12, 31),
    )
    months = {p.period: p.value for p in world.points if p.span.months == 1}
    assert list(months) == [f"2025-{n:02d}" for n in range(1, 13)]
    assert world.gaps == ()
    assert all(p.fact.provenance.sources for p in world.points)
    # the months add up to the quarter, the half year and the year as published
    published = {p.period: p.value for p in world.points if p.span.months > 1}
    for period, last in (("2025-Q1", "2025-03"), ("2025-H1", "2025-06"), ("2025", "2025-12")):
        assert sum(v for k, v in months.items() if k <= last) == pytest.approx(published[period], abs=2)


def test_series_do_not_depend_on_the_order_of_the_load():
    facts = [exports("2025-06", 172.0, date(2025, 7, 21)), exports("2025-06", 174.0), exports("2025-05", 9.0)]
    rows = [signal_rows(series_of(*order)) for order in (facts, facts[::-1])]
    assert rows[0] == rows[1]
