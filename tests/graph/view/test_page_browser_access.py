"""Who can use the page: by keyboard, on a narrow screen, in the dark, without motion."""

import pytest

from tests.browser import opened
from tests.graph.view.asking import FOCUSED, LABELS, SHARE_LABELLED, selected


def test_keyboard_alone_reaches_search_picture_reasons_and_table(page):
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name, is_outlined, element = page.evaluate(FOCUSED)
        assert is_outlined, element
        seen.append(name)
    for name in (
        "search",
        "level",
        "size",
        "share",
        "png",
        "print",
        "theme",
        "picture",
        "play",
        "week",
        "whole",
        "table-kind",
        "copy",
    ):
        assert name in seen, name


def test_arrow_keys_walk_the_picture(page):
    page.focus("#picture")
    page.keyboard.press("ArrowDown")
    first = selected(page)
    page.keyboard.press("ArrowRight")
    second = selected(page)
    assert first
    assert second != first
    assert page.inner_text("#live").strip()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "why"
    page.focus("#picture")
    page.keyboard.press("Escape")
    assert selected(page) == ""


def test_labels_never_lie_on_one_another(browser, files):
    for fragment in ("", "#level=1", "#level=2", "#at=company:7"):
        with opened(browser, files["large"], fragment) as page:
            for _ in range(3):
                labels = page.evaluate(LABELS)
                assert labels
                clashes = [
                    (a, b)
                    for place, a in enumerate(labels)
                    for b in labels[:place]
                    if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01
                ]
                assert clashes == []
                page.click("#zoom-in")
                page.settle()


def test_more_labels_come_with_zoom(browser, files):
    with opened(browser, files["large"], "#level=2") as page:
        before = page.evaluate(SHARE_LABELLED)
        for _ in range(6):
            page.click("#zoom-in")
            page.settle()
        assert page.evaluate(SHARE_LABELLED) > before


def test_reduced_motion_moves_nothing(browser, files):
    with opened(browser, files["large"]) as page:
        scale = page.evaluate("chainshockPage.network().getScale()")
        page.click("#zoom-in")
        assert page.evaluate("chainshockPage.network().getScale()") == pytest.approx(scale * 1.3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_can_be_changed(browser, files, scheme):
    with opened(browser, files["small"], color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        page.click("#theme")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        page.click("#theme")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_narrow_screen_scrolls_up_and_down_alone(browser, files):
    with opened(browser, files["small"], viewport={"width": 390, "height": 844}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.is_visible("#stages button")
        page.click("#stages button:has-text('Magnet')")
        page.settle()
        assert 0 < page.at("good:m:JPN")[0] < 390
