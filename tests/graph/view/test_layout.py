"""Where blocks stand: by stage, by band, with few crossings, the same every time."""

import random
from itertools import pairwise

from chainshock.graph.view.drawing import draw
from chainshock.graph.view.fold import Tree, lift
from chainshock.graph.view.layout import COLUMN, GAP, ROW, crossings, order_blocks, place
from chainshock.graph.view.picture import Block, Link
from tests.graph.view.pictures import chain, large, small


def brute_crossings(at, pairs):
    return sum(
        (at[a] - at[c]) * (at[b] - at[d]) < 0 for place, (a, b) in enumerate(pairs) for c, d in pairs[:place]
    )


def test_columns_follow_stages_and_bands_do_not_overlap():
    drawing = draw(small())
    places, blocks = drawing.places, drawing.tree.blocks
    assert all(places.x[block] == blocks[block].stage * COLUMN for block in drawing.drawn)
    top = [places.y[block] for block in drawing.drawn if blocks[block].band == 0]
    bottom = [places.y[block] for block in drawing.drawn if blocks[block].band == 1]
    assert max(top) + GAP <= min(bottom)


def test_rows_of_a_column_are_at_least_a_row_apart():
    drawing = draw(large(2000))
    columns = {}
    for block in drawing.drawn:
        columns.setdefault(drawing.tree.blocks[block].stage, []).append(drawing.places.y[block])
    for rows in columns.values():
        ordered = sorted(rows)
        assert all(b - a >= ROW - 1e-9 for a, b in pairwise(ordered))


def test_crossings_count_what_a_comparison_of_all_pairs_counts():
    draw_from = random.Random(3)  # noqa: S311 - no secret
    for _ in range(30):
        left = [Block(f"l{n}", "", "country", 0, 0) for n in range(7)]
        right = [Block(f"r{n}", "", "country", 1, 0) for n in range(6)]
        pairs = sorted({(draw_from.choice(left).id, draw_from.choice(right).id) for _ in range(14)})
        tree = Tree([*left, *right])
        drawn = tree.drawn(set())
        lifted = lift(tree, [Link(a, b, 1.0) for a, b in pairs], drawn)
        order = draw_from.sample(drawn, len(drawn))
        at = {block: number for number, block in enumerate(order)}
        assert crossings(order, drawn, lifted, tree) == brute_crossings(at, pairs)


def test_order_crosses_less_than_the_order_of_names():
    picture = large(1500)
    tree = Tree(picture.blocks)
    drawn = tree.drawn(tree.reading())
    lifted = lift(tree, picture.links, drawn)
    found = order_blocks(tree, picture.links, drawn, lifted)
    assert sorted(found) == sorted(tree.blocks)
    assert crossings(found, drawn, lifted, tree) < 0.9 * crossings(sorted(tree.blocks), drawn, lifted, tree)


def test_two_columns_that_can_be_uncrossed_are():
    blocks = [
        Block(key, key, "country", stage, 0) for stage, keys in enumerate(("abc", "xyz")) for key in keys
    ]
    links = [Link("a", "z", 1.0), Link("b", "y", 1.0), Link("c", "x", 1.0)]
    tree = Tree(blocks)
    drawn = tree.drawn(set())
    lifted = lift(tree, links, drawn)
    assert crossings(order_blocks(tree, links, drawn, lifted), drawn, lifted, tree) == 0


def test_members_of_a_group_stand_together():
    drawing = draw(large(1500))
    at = {block: number for number, block in enumerate(drawing.order)}
    for group in drawing.tree.children:
        inside = sorted(at[leaf] for leaf in drawing.tree.leaves(group))
        between = list(drawing.order[inside[0] : inside[-1] + 1])
        assert all(group in drawing.tree.above(block) for block in between)


def test_places_are_the_same_whatever_order_the_facts_come_in():
    picture = large(1200)
    shuffled = list(picture.links)
    random.Random(9).shuffle(shuffled)  # noqa: S311
    blocks = list(picture.blocks)
    random.Random(8).shuffle(blocks)  # noqa: S311
    first, second = Tree(picture.blocks), Tree(blocks)
    drawn = first.drawn(first.reading())
    again = second.drawn(second.reading())
    assert set(drawn) == set(again)
    orders = [
        order_blocks(tree, links, shown, lift(tree, links, shown))
        for tree, links, shown in ((first, picture.links, drawn), (second, shuffled, again))
    ]
    assert orders[0] == orders[1]


def test_empty_band_takes_no_room():
    blocks, _ = chain()
    tree = Tree([block for block in blocks if block.band == 1])
    assert place(tree, tree.drawn(set()), 2).tops[1] == 0.0
