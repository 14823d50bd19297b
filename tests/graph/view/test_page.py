"""The page as text: what it holds, what it allows, what hostile text becomes."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from chainshock.graph.view.drawing import draw
from chainshock.graph.view.page import page_of, script_json
from chainshock.graph.view.payload import payload_of
from chainshock.graph.view.svg import svg_of
from tests.graph.view.pictures import hostile, large, small


class Reader(HTMLParser):
    """Collects elements, and the text of scripts and styles."""

    def __init__(self):
        super().__init__()
        self.elements, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inside.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.inside and self.cdata_elem:
            self.inside[-1][2] += data


def read(text):
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.fixture(scope="module")
def hostile_page():
    return page_of(draw(hostile()))


def test_policy_allows_the_hashes_of_the_scripts_and_styles_and_nothing_else(hostile_page):
    reader = read(hostile_page)
    metas = [attrs for tag, attrs in reader.elements if tag == "meta"]
    policy = next(meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        bodies = [body for kind, attrs, body in reader.inside if kind == tag and "type" not in attrs]
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies
        }
        assert set(rules[rule].split()) == hashes
    assert "unsafe" not in policy


def test_hostile_page_has_the_elements_of_a_harmless_one(hostile_page):
    tags = [tag for tag, _ in read(hostile_page).elements]
    assert tags == [tag for tag, _ in read(page_of(draw(small()))).elements]


def test_page_has_no_inline_handler_and_no_address(hostile_page):
    for tag, attrs in read(hostile_page).elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], tag
        assert not {"src", "action", "srcset", "data"} & set(attrs), tag
        assert attrs.get("href", "#").startswith("#")


def test_data_come_out_of_the_page_as_they_went_in():
    drawing = draw(hostile())
    bodies = [body for kind, attrs, body in read(page_of(drawing)).inside if attrs.get("type")]
    assert json.loads(bodies[0]) == json.loads(script_json(payload_of(drawing)))


def test_same_picture_gives_the_same_bytes():
    assert page_of(draw(small())) == page_of(draw(small()))


def test_own_scripts_never_write_text_as_markup(hostile_page):
    own = [body for kind, attrs, body in read(hostile_page).inside if kind == "script" and not attrs][-1]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", own)


def test_page_of_ten_thousand_blocks_stays_under_ten_megabytes():
    assert len(page_of(draw(large(10_000))).encode()) < 10e6


def test_half_a_surrogate_pair_becomes_a_question_mark():
    data = read(page_of(draw(small(lead="half \ud800 a pair")))).inside
    body = next(body for _, attrs, body in data if attrs.get("type"))
    assert json.loads(body)["lead"] == "half ? a pair"


def test_svg_is_well_formed_and_holds_what_is_drawn():
    import xml.etree.ElementTree as ET

    for picture in (small(), hostile()):
        drawing = draw(picture)
        root = ET.fromstring(svg_of(drawing))  # noqa: S314 - our own text
        marks = [e for e in root.iter() if e.tag.endswith(("circle", "polygon"))]
        assert len(marks) >= len(drawing.drawn)
        assert not [e for e in root.iter() if e.tag.endswith(("script", "image", "foreignObject"))]
        assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]


def test_svg_stands_where_the_page_stands():
    drawing = draw(small())
    circles = set(re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg_of(drawing)))
    for block in drawing.drawn:
        if drawing.tree.blocks[block].kind == "country":
            assert (f"{drawing.places.x[block]:.1f}", f"{drawing.places.y[block]:.1f}") in circles
