"""What measures stop week by week, on the shipped facts."""

from datetime import date

import numpy as np
import pytest

from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.network.compile import compile_network
from chainshock.loaders.reference import reference_facts
from chainshock.queries.measures import route_factors
from chainshock.queries.scenario import read_scenario
from chainshock.queries.timetable import LEAD, edge_series

WEEKS = 26


@pytest.fixture(scope="module")
def april():
    knowledge = KnowledgeGraph(reference_facts())
    graph = knowledge.at(date(2025, 4, 4), known="latest")
    network = compile_network(graph, knowledge.all("Company"), baseline_year=2024)
    return network, graph, read_scenario("april-2025")


def test_weeks_average_to_the_mean_severity_of_the_static_run(april):
    network, graph, scenario = april
    weekly = np.ones(len(network.edge_source))
    for series in edge_series(network, graph, scenario, WEEKS):
        weekly[series.edges] *= 1 - series.severity[:, LEAD:].mean(axis=1)
    static = route_factors(network, graph, scenario).edges(network)
    assert weekly == pytest.approx(static, abs=1e-9)


def test_share_stopped_never_exceeds_what_is_stopped_before_approval(april):
    network, graph, scenario = april
    for series in edge_series(network, graph, scenario, WEEKS):
        queued = series.before > 0
        assert (series.severity[queued] <= series.before[queued][:, None] + 1e-12).all()


def test_unknown_suppliers_are_touched_only_when_taken_for_the_issuer(april):
    network, graph, scenario = april

    def unknown_edges(**options):
        edges = np.concatenate([s.edges for s in edge_series(network, graph, scenario, WEEKS, **options)])
        return [e for e in edges if network.ids[network.edge_source[e]].startswith("unknown")]

    assert not unknown_edges()
    assert unknown_edges(unknown_from_issuer=True)
