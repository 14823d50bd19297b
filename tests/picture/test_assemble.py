"""The picture of the reference data says what rankings, explanations and measures say."""

import json

import numpy as np
import pytest

import chainshock
from chainshock.errors import ChainshockError, QueryError, UnknownName
from chainshock.graph.view.drawing import draw
from chainshock.graph.view.fold import Tree
from chainshock.graph.view.page import page_of
from chainshock.graph.view.payload import payload_of
from chainshock.picture.assemble import Wanted, assemble
from chainshock.picture.blocks import make_blocks
from chainshock.picture.links import _supplies
from chainshock.picture.stages import STAGES


@pytest.fixture(scope="module")
def shock():
    return chainshock.reference().shock("october-2025-controls")


@pytest.fixture(scope="module")
def picture(shock):
    truce = shock.dataset.shock("october-2025-truce")
    return assemble([shock, truce], Wanted(top=1, focus="Ford Motor"))


@pytest.fixture(scope="module")
def tree(picture):
    return Tree(picture.blocks)


def test_company_of_the_picture_has_the_exposure_of_the_ranking(shock, picture):
    values = picture.scenarios[0]["blocks"]
    for row in shock.rank("companies", extras=()).rows:
        told = values[f"company:{row.id}"]
        assert told["exposure"] == pytest.approx(row.exposure, rel=1e-5, abs=1e-6), row.id
        if row.exposure_usd is not None:
            assert told["usd"] == pytest.approx(row.exposure_usd, rel=1e-5, abs=1.0)


def test_second_scenario_has_the_exposures_of_its_own_ranking(picture, shock):
    values = picture.scenarios[1]["blocks"]
    other = shock.dataset.shock("october-2025-truce").rank("companies", extras=())
    assert all(
        values[f"company:{row.id}"]["exposure"] == pytest.approx(row.exposure, abs=1e-6) for row in other.rows
    )


def test_weeks_of_a_block_average_to_its_exposure(picture):
    for block, told in picture.scenarios[0]["blocks"].items():
        mean = sum(told.get("weeks", [0.0])) / (1000 * len(told.get("weeks", [0])))
        assert mean == pytest.approx(told["exposure"], abs=6e-4), block


def test_stocks_begin_full_and_run_down_in_the_chain(picture):
    series = [told["stock"] for told in picture.scenarios[0]["blocks"].values() if "stock" in told]
    assert len(series) > 200
    assert {(stock[0], len(stock)) for stock in series} == {(1000, 27)}
    assert min(min(stock) for stock in series) < 300


def test_every_activity_is_in_one_leaf_that_trades(shock):
    found = make_blocks(shock, ["CHN"])
    assert len(found.leaf_of) == shock.network.n
    for node, leaf in enumerate(found.leaf_of):
        if leaf >= 0:
            assert found.leaves[leaf] in found.blocks
            if shock.network.kind[node] == 0:
                assert node in found.members[found.leaves[leaf]]


def test_suppliers_of_a_good_make_up_the_whole_need(shock):
    found = make_blocks(shock, ["CHN"])
    sums = {}
    for (source, target), supply in _supplies(shock, found).items():
        key = target, found.blocks[source].more["good"]
        sums[key] = sums.get(key, 0.0) + supply.share
        assert np.all(supply.open <= supply.quantity * (1 + 1e-9))
    assert len(sums) > 500
    assert max(sums.values()) == pytest.approx(1.0, abs=1e-6)
    assert min(sums.values()) == pytest.approx(1.0, abs=1e-3)  # a block may buy a little from itself


def test_measures_hold_back_what_leaves_the_issuer_and_little_of_what_stays(picture, tree):
    def country(block):
        return tree.blocks[block].more.get("country")

    links = [link for link in picture.links if link.kind == "supply" and country(link.source)]
    by_eighteen = [link for link in links if link.more.get("measures", [{}])[0].get("CN-2025-18", 0) > 0.3]
    assert by_eighteen
    from_issuer = [link for link in by_eighteen if country(link.source) == "CHN"]
    assert len(from_issuer) > 0.9 * len(by_eighteen)  # the others pass through Chinese pools
    assert "CHN" not in {country(link.target) for link in by_eighteen}
    at_home = [link for link in links if country(link.source) == country(link.target) == "CHN"]
    assert len(at_home) > 50
    assert all(min((link.more.get("through") or [None])[0] or [100]) >= 95 for link in at_home)


def test_chain_reads_from_left_to_right(picture, tree):
    for link in picture.links:
        source, target = tree.blocks[link.source], tree.blocks[link.target]
        assert source.stage <= target.stage, link
    assert tree.blocks["company:ford-motor"].stage == len(STAGES) - 1


def test_focus_is_drawn_and_explained_by_paths_that_end_at_it(picture):
    drawing = draw(picture)
    assert picture.focus == "company:ford-motor"
    assert picture.focus in drawing.drawn
    paths = picture.scenarios[0]["stories"]["companies/ford-motor"]["paths"]
    assert all(path["blocks"][-1] == ["company:ford-motor"] for path in paths)
    assert {leaf for path in paths for step in path["blocks"] for leaf in step} <= set(drawing.order)
    assert sum(path["exposure"] for path in paths) < 0


def test_each_fact_that_is_told_has_a_source_or_is_an_assumption(picture):
    told = picture.page["facts"]
    assert told
    for key, fact in told.items():
        assert fact.get("sources") or key.startswith("parameter:"), key
        assert all(source in picture.page["sources"] for source in fact.get("sources", ()))


def test_rankings_beside_the_picture_lead_into_it(picture, tree):
    entities = {tuple(block.more["entity"]) for block in tree.blocks.values() if "entity" in block.more}
    for kind in ("companies", "end-uses", "facilities"):
        for row in picture.scenarios[0]["tables"][kind]:
            assert (kind, row["id"]) in entities, row["id"]


def test_page_is_the_same_twice_and_small(picture):
    first = page_of(draw(picture))
    assert first == page_of(draw(picture))
    assert len(first.encode()) < 10e6
    json.dumps(payload_of(draw(picture)), allow_nan=False)


def test_reading_level_shows_each_stage_in_few_rows(picture, tree):
    drawing = draw(picture)
    for stage in range(len(STAGES)):
        rows = [block for block in drawing.drawn if tree.blocks[block].stage == stage]
        assert 1 <= len(rows) <= 40


def test_neighbourhood_keeps_what_is_near_and_says_so(shock):
    near = assemble([shock], Wanted(top=0, around="tesla", steps=1))
    leaves = {link.source for link in near.links} | {link.target for link in near.links}
    assert "company:tesla" in leaves
    assert {link.target for link in near.links} == {"company:tesla"}
    assert any("1 links up or down from Tesla" in note for note in near.page["notes"])


def test_stages_leave_out_the_other_columns(shock):
    part = assemble([shock], Wanted(top=0, stages=("magnet", "component")))
    assert {block.stage for block in part.blocks} == {4, 5}
    assert part.links


def test_static_run_has_no_weeks(shock):
    static = assemble([shock.dataset.shock("april-2025", horizon=None)], Wanted(top=0))
    assert static.scenarios[0]["horizon"] == 0
    assert not [block for block, told in static.scenarios[0]["blocks"].items() if "weeks" in told]
    assert page_of(draw(static))


def test_scenario_without_measures_has_one_band_and_no_exposure(shock):
    calm = assemble([shock.dataset.shock("no-measures")], Wanted(top=0))
    assert calm.bands == ("All countries",)
    assert {told["exposure"] for told in calm.scenarios[0]["blocks"].values()} == {0.0}
    assert page_of(draw(calm))


def test_unknown_focus_and_other_weeks_are_refused(shock):
    with pytest.raises(UnknownName):
        assemble([shock], Wanted(focus="Nobody and Sons"))
    shorter = shock.dataset.shock("october-2025-truce", horizon=4)
    with pytest.raises(QueryError, match="expected the same for both"):
        assemble([shock, shorter])
    with pytest.raises(ChainshockError):
        assemble([shock], Wanted(focus="Country:KIR"))
