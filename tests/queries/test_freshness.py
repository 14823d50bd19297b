"""What rests on each source, in worlds small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.network.compile import compile_network
from chainshock.queries.freshness import reliance_on_origins, reliance_on_sources
from tests.graph.network.worlds import AT, end_use, good, output, requires, serves


def by(source, *facts, origin="reference"):
    """Put facts into the mouth of a source."""
    return [
        replace(fact, origin=origin, provenance=replace(fact.provenance, sources=(source,))) for fact in facts
    ]


def oxide_from_two_countries():
    """Acme in the United States uses oxide, of which China makes three parts and Australia one."""
    return [
        *by("structure", good("OX"), end_use("motors"), requires("EndUse:motors", "OX")),
        *by("report", *serves("acme", "motors", "USA")),
        *by("mofcom", output("CHN", "OX", 75.0), origin="mine"),
        *by("survey", output("AUS", "OX", 25.0)),
    ]


def taken(facts, at=AT):
    """Give facts of a date and the network compiled from them."""
    graph = KnowledgeGraph(facts).at(at, "latest")
    return compile_network(graph, baseline_year=2024), facts


def test_supply_from_abroad_rests_on_what_the_origins_output_rests_on():
    rows = reliance_on_sources(*taken(oxide_from_two_countries()), AT)
    assert rows["mofcom"].supply == pytest.approx(0.75)
    assert rows["survey"].supply == pytest.approx(0.25)
    assert rows["report"].supply == 0.0


def test_companies_business_rests_on_who_tells_what_they_serve():
    rows = reliance_on_sources(*taken(oxide_from_two_countries()), AT)
    assert (rows["report"].companies, rows["report"].value) == (1, pytest.approx(1.0))
    assert (rows["mofcom"].companies, rows["mofcom"].value) == (0, 0.0)


def test_what_rests_on_two_sources_counts_for_both():
    facts = oxide_from_two_countries()
    both = replace(facts[-2], provenance=replace(facts[-2].provenance, sources=("mofcom", "usgs")))
    rows = reliance_on_sources(*taken([*facts[:-2], both, facts[-1]]), AT)
    assert rows["mofcom"].supply == rows["usgs"].supply == pytest.approx(0.75)


def test_goods_weigh_equally_whatever_their_quantities():
    facts = oxide_from_two_countries()
    more = [good("GA"), requires("EndUse:motors", "GA", amount=5e-8)]
    facts += [*by("structure", *more), *by("survey", output("AUS", "GA", 5.0))]
    rows = reliance_on_sources(*taken(facts), AT)
    assert rows["mofcom"].supply == pytest.approx(0.75 / 2)
    assert rows["survey"].supply == pytest.approx((0.25 + 1.0) / 2)


def test_data_set_is_told_apart_from_the_reference():
    rows = reliance_on_origins(*taken(oxide_from_two_countries()), AT)
    assert rows["mine"].supply == pytest.approx(0.75)
    assert rows["reference"].supply == pytest.approx(0.25)
    assert (rows["mine"].facts, rows["mine"].edges) == (1, 1)


@pytest.mark.parametrize(("at", "stale"), [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1)])
def test_fact_is_stale_a_year_after_the_date_that_it_describes(at, stale):
    rows = reliance_on_sources(*taken(oxide_from_two_countries(), at), at)
    assert (rows["mofcom"].facts, rows["mofcom"].stale) == (1, stale)
    assert rows["mofcom"].known_from == date(2025, 1, 31)


def test_nothing_rests_on_anything_where_nothing_is_bought():
    facts = by("survey", good("OX"), output("AUS", "OX", 25.0))
    rows = reliance_on_sources(*taken(facts), AT)
    assert (rows["survey"].facts, rows["survey"].supply, rows["survey"].value) == (2, 0.0, 0.0)


def test_no_facts_have_no_sources():
    assert reliance_on_sources(*taken([]), AT) == {}
