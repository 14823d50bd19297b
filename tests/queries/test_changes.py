"""Differences of two explanations, flow by flow."""

from __future__ import annotations

import pytest

from chainshock.queries.changes import Side, Strongest, change_lines, flow_changes

DY = ("input", "restriction", "DY", "CHN", "JPN")


def flow(
    exposure, measure="M1", part="input", kind="restriction", good="DY", origin="CHN", destination="JPN"
):
    return {
        "part": part,
        "kind": kind,
        "good": good,
        "good_name": f"{good} (in words)",
        "origin": origin,
        "destination": destination,
        "measure": measure,
        "exposure": exposure,
    }


def test_flow_is_set_against_itself_whatever_measure_stops_it():
    before = Side([flow(-0.25), flow(-0.125, "M2")])
    (change,) = flow_changes(before, Side([flow(-0.125, "M3")]))
    assert (change.before, change.after, change.difference) == (-0.375, -0.125, 0.25)
    assert (change.measures_before, change.measures_after) == (("M1", "M2"), ("M3",))


def test_flow_of_one_side_alone_counts_as_zero_on_the_other():
    gone, new = flow_changes(Side([flow(-0.5)]), Side([flow(0.25, part="gain")]))
    assert (gone.part, gone.difference, gone.measures_after) == ("input", 0.5, ())
    assert (new.part, new.difference, new.measures_before) == ("gain", 0.25, ())


def test_differences_sum_to_the_difference_of_the_sums():
    before = Side([flow(-0.5), flow(0.125, "", kind="stock", origin=""), flow(-0.25, good="TB")])
    after = Side([flow(-0.0625), flow(0.25, good="GA", part="price_sold")])
    total = sum(change.difference for change in flow_changes(before, after))
    assert total == sum(f["exposure"] for f in after.flows) - sum(f["exposure"] for f in before.flows)


def test_largest_change_comes_first_and_order_does_not_depend_on_that_of_flows():
    flows = [flow(-0.25, good="TB"), flow(-0.5), flow(-0.25, good="GA")]
    found = flow_changes(Side(flows), Side())
    assert [change.good for change in found] == ["DY", "GA", "TB"]
    assert found == flow_changes(Side(flows[::-1]), Side())


def test_route_is_the_stronger_sides_and_weeks_are_each_sides_own():
    before = Side([flow(-0.5)], {DY: Strongest(-0.25, "CHN -> cars", 6)})
    after = Side([flow(-0.125)], {DY: Strongest(-0.0625, "CHN -> lorries", 9)})
    (change,) = flow_changes(before, after)
    assert (change.route, change.week_before, change.week_after) == ("CHN -> cars", 6, 9)
    assert "felt from week 6 -> from week 9" in change.to_text()
    (gone,) = flow_changes(before, Side())
    assert "M1 -> no measure felt; felt from week 6 -> never" in gone.to_text()


@pytest.mark.parametrize(("kind", "words"), [("stock", "stocks of DY in JPN"), ("thrift", "saved DY in JPN")])
def test_what_softens_is_named_as_such(kind, words):
    (change,) = flow_changes(Side([flow(0.5, "", kind=kind, origin="")]), Side())
    assert words in change.to_text()
    assert "measure" not in change.to_text()


def test_lines_show_the_largest_and_add_up_the_rest():
    changes = flow_changes(Side([flow(-0.5), flow(-0.25, good="TB"), flow(0.125, good="GA")]), Side())
    first, second = change_lines(changes, 1, 200)
    assert first.startswith("    +50.000 %  input: DY (CHN -> JPN)")
    assert second == "    +12.500 %  2 others"


def test_nothing_changed_is_said():
    assert change_lines(flow_changes(Side([flow(-0.5)]), Side([flow(-0.5)])), 3, 80) == [
        "    nothing changes"
    ]
