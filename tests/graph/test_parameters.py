import pytest

from chainshock.errors import InvalidRecord, UnknownName
from chainshock.graph.parameters import read_parameters


def test_every_parameter_lies_in_its_range_and_names_its_basis():
    for entry in read_parameters().values():
        assert entry.low <= entry.default <= entry.high, entry.name
        assert entry.unit
        assert entry.basis, entry.name
        assert entry.confidence in "ABC"


def test_every_parameter_names_a_source_or_is_called_an_assumption():
    for entry in read_parameters().values():
        assert entry.source == "assumption" or len(entry.source.split()) > 1 or "." in entry.source, (
            entry.name
        )
        assert not {"gap", "none", "not found"} & {entry.source, entry.basis}, entry.name


def test_dotted_name_without_an_entry_of_its_own_falls_back_to_the_general_one():
    parameters = read_parameters()
    assert parameters.value("cover.magnet.XXX") == parameters["cover.magnet"].default
    assert parameters.value("cover.magnet.KOR") == parameters["cover.magnet.KOR"].default


def test_name_that_nothing_answers_to_is_an_error_that_names_it():
    with pytest.raises(UnknownName, match="no-such-thing"):
        read_parameters().value("no-such-thing")


def test_changed_parameter_leaves_the_shipped_ones_alone():
    changed = read_parameters().with_values({"phi": 0.7})
    assert changed.value("phi") == 0.7
    assert read_parameters().value("phi") == 0.5


def test_value_outside_its_range_is_refused_with_the_range():
    with pytest.raises(InvalidRecord, match=r"found 0\.95, expected a number from 0\.2 to 0\.8"):
        read_parameters().with_values({"phi": 0.95})
