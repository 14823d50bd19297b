"""Take the difference of two rankings, by hand."""

from __future__ import annotations

import pytest

from chainshock.errors import QueryError
from chainshock.queries.compare import compare_tables
from chainshock.queries.price_rows import NO_CEILINGS
from chainshock.queries.rank import RankRow, RankTable
from chainshock.queries.timing import NO_TIMING


def table(kind="companies", scenario="s", **exposures):
    rows = [
        RankRow(
            rank=1,
            id=key,
            name=key,
            kind="company",
            exposure=sum(parts),
            exposure_usd=100.0 * sum(parts),
            parts={"input": parts[0], "price_sold": parts[1]},
            timing=NO_TIMING,
            ceilings=NO_CEILINGS,
            prices=None,
            basis="segment",
            unknown_share=0.0,
            bounds=None,
            confidence="B",
            reason=f"{key} under {scenario}",
        )
        for key, parts in exposures.items()
    ]
    return RankTable(kind, {"scenario": scenario}, tuple(rows))


def test_difference_is_after_less_before_in_share_parts_and_usd():
    found = compare_tables(table(a=(-0.5, 0.125)), table(a=(-0.125, 0.0)))
    (row,) = found.rows
    assert (row.before, row.after, row.difference, row.difference_usd) == (-0.375, -0.125, 0.25, 25.0)
    assert row.parts["input"] == 0.375  # -0.125 less -0.5
    assert row.parts["price_sold"] == -0.125  # 0 less 0.125
    assert sum(row.parts.values()) == row.difference


def test_entity_in_one_ranking_alone_counts_as_not_exposed_in_the_other():
    found = compare_tables(table(a=(-0.5, 0.0)), table(b=(0.0, 0.25)))
    assert [(row.id, row.before, row.after) for row in found.rows] == [("b", 0.0, 0.25), ("a", -0.5, 0.0)]


def test_comparison_with_itself_is_zero_everywhere():
    same = table(a=(-0.5, 0.0), b=(0.0, 0.25))
    assert {row.difference for row in compare_tables(same, same).rows} == {0.0}


def test_reason_is_that_of_the_stronger_exposure():
    found = compare_tables(table(scenario="old", a=(-0.5, 0.0)), table(scenario="new", a=(-0.1, 0.0)))
    assert found.rows[0].reason == "a under old"


def test_rankings_of_two_kinds_cannot_be_compared():
    with pytest.raises(QueryError, match="expected two of one kind"):
        compare_tables(table("companies"), table("countries"))
