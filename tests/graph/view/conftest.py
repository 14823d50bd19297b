"""A browser for all tests of pages, and the pages that they open."""

import pytest

from chainshock.graph.view.drawing import draw
from chainshock.graph.view.page import page_of
from tests.browser import chromium, opened
from tests.graph.view.pictures import hostile, large, small


@pytest.fixture(scope="session")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, picture in (
        ("small", small()),
        ("hostile", hostile()),
        ("large", large(1200)),
        ("long", large(4000, 1)),
    ):
        made[name] = folder / f"{name}.html"
        made[name].write_text(page_of(draw(picture)), encoding="utf-8")
    return made


@pytest.fixture
def page(browser, files):
    with opened(browser, files["small"]) as found:
        yield found
        assert found.asked == []
        assert found.said == []
