"""The user's table of costs."""

import pytest

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.queries.mitigation.costs import Cost, read_costs
from chainshock.queries.mitigation.moves import Move

HEADER = "move,good,currency,fixed_cost,unit_cost\n"
GOODS = ("MAG", "OX_DY")


def read(tmp_path, text, currency="USD"):
    path = tmp_path / "costs.csv"
    path.write_text(text, "utf-8")
    return read_costs(path, currency, GOODS)


def test_costs_of_a_good_come_before_those_of_every_good(tmp_path):
    costs = read(tmp_path, HEADER + "stock,,USD,10,2\nstock,MAG,USD,0,3\n")
    stock = Move("stock", 0, "", 26.0, 104.0)
    assert costs.of(stock, "MAG") == Cost(0.0, 6.0)  # a week is 2 t
    assert costs.of(stock, "OX_DY") == Cost(10.0, 4.0)
    assert costs.of(Move("plant", 0, "", 1.0, 1.0), "MAG") is None


def test_share_of_need_costs_what_that_share_weighs(tmp_path):
    costs = read(tmp_path, HEADER + "grade,,USD,5,2\n")
    assert costs.of(Move("grade", 0, "", 0.3, 50.0), "MAG") == Cost(5.0, 100.0)


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        ("stok,MAG,USD,0,1", "move", "'stok'"),
        ("stock,GOLD,USD,0,1", "good", "'GOLD'"),
        ("stock,MAG,EUR,0,1", "currency", "'EUR'"),
        ("stock,MAG,USD,-1,1", "fixed_cost", "'-1'"),
        ("stock,MAG,USD,0,-2", "unit_cost", "'-2'"),
        ("stock,MAG,USD,0,nan", "unit_cost", "'nan'"),
        ("stock,MAG,USD,0,", "unit_cost", "''"),
    ],
)
def test_cell_that_does_not_fit_is_named_with_its_line_and_column(tmp_path, row, column, found):
    with pytest.raises(InvalidRecord) as error:
        read(tmp_path, HEADER + "grade,,USD,1,1\n\n" + row + "\n")
    assert (error.value.row, error.value.column, error.value.found) == (4, column, found)


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(InvalidRecord) as error:
        read(tmp_path, HEADER + "x,MAG,USD,0,1\nstock,MAG,USD,0\nstock,,USD,1,1\nstock,,USD,1,1\n")
    assert [problem.row for problem in error.value.all] == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("move,good,currency,fixed_cost\n", "no column 'unit_cost'"),
        (HEADER.replace("\n", ",note\n"), "a column 'note'"),
        (HEADER, "no costs"),
        ("", "no column"),
        (HEADER + '"stock,,USD,1,1\n', "unexpected end"),
    ],
)
def test_table_of_another_shape_is_refused(tmp_path, text, found):
    with pytest.raises(FileProblem, match=found):
        read(tmp_path, text)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileProblem, match=r"none\.csv: found no such file"):
        read_costs(tmp_path / "none.csv", "USD", GOODS)
