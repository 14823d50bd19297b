"""What is drawn, what folds, and how links are drawn together."""

import pytest

from chainshock.graph.view.fold import MOST_DRAWN, Tree, lift, with_rests
from chainshock.graph.view.picture import Block, Link
from tests.graph.view.pictures import chain, large


def family(count, weight=1.0):
    return [
        Block(f"b{place:03}", f"B{place}", "country", 1, 0, weight=weight + place) for place in range(count)
    ]


def test_drawn_blocks_hold_every_leaf_once_whatever_is_open():
    tree = Tree(large(900).blocks)
    leaves = {block for block in tree.blocks if not tree.children.get(block)}
    for opened in (set(), tree.reading(), set(tree.children)):
        held = [leaf for block in tree.drawn(opened) for leaf in tree.leaves(block)]
        assert len(held) == len(set(held))
        assert set(held) == leaves


def test_large_family_keeps_its_heaviest_and_counts_the_rest():
    folded = Tree(with_rests(family(40)))
    roots = folded.roots[1, 0]
    rest = [block for block in roots if block.startswith("rest:")]
    assert len(rest) == 1
    assert folded.blocks[rest[0]].label == f"{40 - len(roots) + 1} other others"
    assert {"b039", "b038"} <= set(roots)
    assert sum(1 for _ in folded.leaves(rest[0])) == 40 - len(roots) + 1


def test_small_family_stays_whole():
    assert len(with_rests(family(4))) == 4


def test_pinned_block_never_goes_to_the_rest():
    folded = Tree(with_rests(family(40), {"b000"}))
    assert folded.blocks["b000"].parent == ""


def test_reading_level_keeps_columns_short_and_opens_to_what_is_pinned():
    tree = Tree(large(3000).blocks)
    deep = max(tree.blocks, key=lambda block: (len(list(tree.above(block))), block))
    drawn = tree.drawn(tree.reading())
    assert len(drawn) < 300
    assert deep not in drawn
    assert deep in tree.drawn(tree.reading([deep]))


def test_level_never_draws_more_than_its_limit():
    tree = Tree(large(6000).blocks)
    opened = tree.level(tree.reading(), MOST_DRAWN)
    assert 1200 < len(tree.drawn(opened)) <= MOST_DRAWN


def test_lifted_share_weighs_the_leaves_of_a_group_by_what_they_need():
    blocks, links = chain()
    tree = Tree(blocks)
    folded = {(link.source, link.target): link for link in lift(tree, links, tree.drawn(set()))}
    assert folded["good:m:CHN", "uses:car:1"].share == pytest.approx(100 / 150)
    assert folded["good:m:JPN", "uses:car:1"].share == pytest.approx(30 / 150)
    assert folded["good:m:CHN", "uses:car:1"].links == (1, 2)


def test_lifted_link_is_weak_where_most_of_it_is():
    blocks, _ = chain()
    tree = Tree(blocks)
    links = [
        Link("mine:a", "use:car:USA", 0.5, 1.0, is_weak=True),
        Link("mine:a", "use:car:DEU", 0.5, 3.0),
    ]
    assert [link.is_weak for link in lift(tree, links, tree.drawn(set()))] == [False]
    assert [link.is_weak for link in lift(tree, links, tree.drawn({"uses:car:1"}))] == [True, False]


def test_links_inside_a_group_are_not_drawn():
    blocks = [Block("g", "G", "country", 1, 0), *(Block(key, key, "country", 1, 0, "g") for key in "ab")]
    assert lift(Tree(blocks), [Link("a", "b", 1.0)], ["g"]) == []
