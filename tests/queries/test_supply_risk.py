"""Supply risk worked out by hand on a small table, and what holds of any table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainshock.graph.facts import Fact, NodeRef
from chainshock.queries.supply_risk import Risk, concentration, governance, supply_risks, weighted
from chainshock.queries.supply_tables import SupplyTable
from tests.queries.supply_worlds import EU, SCORED, SOURCED, WORLD, fact, graph_of, rated, share


def risk_of(*facts: Fact) -> Risk:
    (found,) = supply_risks(graph_of(list(facts)), 2025)
    return found


def test_concentration_is_the_sum_of_squares_and_its_range_the_unnamed_rest():
    risk = risk_of(*WORLD)
    assert risk.hhi.low == pytest.approx(0.36 + 0.09)
    assert risk.hhi.high == pytest.approx(0.7**2 + 0.09)  # the tenth that is not named, all Chinese


def test_trade_weighs_each_square():
    assert risk_of(*WORLD).hhi_t == pytest.approx(0.36 * 1.1 + 0.09 * 0.8)


def test_supply_risk_by_hand():
    # WGI of -0.5, 0.5 and 1.5 is 6, 4 and 2 on 0 to 10.
    # Global: 0.36 * 6 * 1.1 + 0.09 * 4 * 0.8 = 2.664. Union: 0.25 * 6 * 1.0 + 0.25 * 2 * 0.8 = 1.9.
    risk = risk_of(*WORLD, *SOURCED, *SCORED)
    assert risk.hhi_wgi is not None
    assert (risk.hhi_wgi.low, risk.hhi_wgi.high) == (pytest.approx(2.664), pytest.approx(2.664))
    assert risk.eu_hhi_wgi is not None
    assert risk.eu_hhi_wgi.low == pytest.approx(1.9)
    # At IR 1, no recycling and no substitute: (2.664 + 1.9) / 2.
    assert risk.sr_at_most == pytest.approx(2.282)


def test_country_without_a_score_counts_from_best_to_worst():
    risk = risk_of(*WORLD, rated("CHN", "GE", -0.5))
    assert risk.hhi_wgi is not None
    assert risk.hhi_wgi.low == pytest.approx(2.376)
    assert risk.hhi_wgi.high == pytest.approx(2.376 + 0.09 * 0.8 * 10)


def test_what_no_fact_tells_is_named_and_never_assumed():
    bare = risk_of(share("CHN", 0.6, None))
    assert bare.missing[:3] == ("trade-related variable (t)", "EU sourcing", "governance scores (WGI)")
    assert (bare.hhi_t, bare.hhi_wgi, bare.sr_at_most) == (None, None, None)
    full = risk_of(*WORLD, *SOURCED, *SCORED)
    assert full.missing[0] == "5 of the 6 dimensions of governance (WGI)"
    assert len(full.missing) == 4


def test_published_score_of_the_commission_stands_beside():
    told = fact("RATED", "Element:Nd", "Indicator:EU_SUPPLY_RISK", year=2023, value=3.7)
    older = fact("RATED", "Element:Nd", "Indicator:EU_SUPPLY_RISK", year=2020, value=6.0)
    assert risk_of(*WORLD, told, older).published == (2023, 3.7, "")


def test_latest_score_of_a_country_counts():
    risk = risk_of(*WORLD, *SCORED, rated("CHN", "GE", 2.5, 2022))
    assert risk.hhi_wgi is not None
    assert risk.hhi_wgi.low == pytest.approx(0.09 * 4 * 0.8)


@pytest.mark.parametrize(("score", "worst"), [(2.5, 0.0), (-2.5, 10.0), (0.0, 5.0), (-3.1, 10.0)])
def test_governance_runs_from_best_0_to_worst_10(score, worst):
    assert governance({"WGI_GE": score}) == pytest.approx(worst)


COUNTRIES = st.lists(
    st.sampled_from(["CHN", "BRA", "USA", "AUS", "MMR"]), min_size=1, max_size=5, unique=True
)


def table_of(amounts: dict[str, float]) -> SupplyTable:
    total = max(1.0, sum(amounts.values()))
    shares = {country: amount / total for country, amount in amounts.items()}
    node = NodeRef("Element", "Nd")
    return SupplyTable(node, "extraction", "extraction-share", "2020", EU, shares, dict.fromkeys(shares, 1.0))


@st.composite
def tables(draw: st.DrawFn) -> SupplyTable:
    amount = st.floats(min_value=0.001, max_value=1.0)
    return table_of({country: draw(amount) for country in draw(COUNTRIES)})


@given(tables())
def test_index_lies_above_0_and_up_to_1(table):
    found = concentration(table)
    assert 0 < found.low <= found.high <= 1


def test_index_of_rounded_shares_is_never_above_1():
    assert risk_of(share("CHN", 1.0), share("BRA", 0.001)).hhi.low == 1.0


@given(tables())
def test_renaming_countries_leaves_the_index_as_it_is(table):
    other = table_of({f"{country}-{country}": share for country, share in table.shares.items()})
    assert concentration(other).low == pytest.approx(concentration(table).low)


@given(tables())
def test_weights_of_1_leave_the_index_as_it_is(table):
    found = weighted(table)
    assert found is not None
    assert found.low == found.high == pytest.approx(concentration(table).low)


@given(tables(), st.floats(min_value=0, max_value=10))
def test_unknown_governance_spans_every_known_one(table, worst):
    unknown, known = weighted(table, {}), weighted(table, dict.fromkeys(table.shares, worst))
    assert unknown is not None
    assert known is not None
    assert unknown.low <= known.low <= unknown.high + 1e-9
