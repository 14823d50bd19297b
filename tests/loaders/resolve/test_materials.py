"""The table of publishers' materials leads to nodes that there are, and to nothing else."""

from __future__ import annotations

import pytest

from chainshock.graph.facts import NodeRef
from chainshock.loaders.iea import MAGNET_ORE
from chainshock.loaders.reference import reference_facts
from chainshock.loaders.resolve.materials import find_nodes, knows_material, material_table, tonnes_per
from chainshock.loaders.sources import LOADERS


def test_every_node_of_the_table_is_in_the_reference_data_or_described_by_its_source():
    known = {f.source for f in reference_facts() if f.target is None} | {MAGNET_ORE}
    assert {match.node for matches in material_table().values() for match in matches} <= known


def test_every_publisher_of_the_table_is_a_source():
    assert {publisher for publisher, _, _ in material_table()} <= set(LOADERS)


def test_names_are_compared_without_regard_to_case_and_blanks():
    assert find_nodes("usgs-mcs", "RARE  EARTHS", "mine Production") == find_nodes(
        "usgs-mcs", "Rare earths", "Mine production"
    )


@pytest.mark.parametrize("material", ["Rare earth", "Neodymium oxide", "Gypsum", ""])
def test_name_that_is_not_in_the_table_is_never_guessed(material):
    assert not knows_material("usgs-mcs", material)
    assert find_nodes("eu-crm", material, "E") == ()


def test_stage_tells_the_good():
    assert [m.node for m in find_nodes("iea", "Graphite", "mining")] == [NodeRef("Commodity", "GRAPH_N")]
    assert [m.node for m in find_nodes("iea", "Graphite", "refining")] == [NodeRef("Commodity", "GRAPH_S")]


def test_carats_are_a_fifth_of_a_gram():
    assert tonnes_per("million carats") == pytest.approx(0.2)
