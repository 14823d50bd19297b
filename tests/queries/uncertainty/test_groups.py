"""Inputs that a person can weigh against one another."""

from chainshock.graph.parameters import read_parameters
from chainshock.queries.severity import read_shapes
from chainshock.queries.uncertainty.draws import all_doubt
from chainshock.queries.uncertainty.groups import (
    MOST_GROUPS,
    STAGE_TITLES,
    TITLES,
    WEEKS_ONLY,
    group_of,
    grouped,
    weights_title,
)


def test_every_figure_with_a_range_belongs_to_a_group():
    assert all(group_of(name) in TITLES.values() for name in all_doubt(read_parameters()).names)


def test_groups_of_figures_and_weights_are_forty_at_most():
    weights = {*STAGE_TITLES.values(), weights_title("oxide")}
    assert len({*grouped(all_doubt(read_parameters()).names), *weights}) <= MOST_GROUPS


def test_every_beginning_of_names_fits_some_figure():
    names = {*read_parameters(), *read_shapes().numbers}
    assert [start for start in (*TITLES, *WEEKS_ONLY) if not any(n.startswith(start) for n in names)] == []


def test_longest_beginning_counts():
    assert group_of("cover.magnet.JPN") != group_of("cover.oxide.JPN")
    assert group_of("licence.week-10") != group_of("licence.before")
