"""What hostile text and odd addresses cannot do to an open page."""

import pytest

from tests.browser import opened


def test_hostile_text_shows_as_text_runs_nothing_and_asks_nothing(browser, files):
    with opened(browser, files["hostile"]) as page:
        page.fill("#search", "ford")
        page.keyboard.press("Enter")
        page.settle()
        for place in range(page.evaluate("chainshockPage.data.blocks.length")):
            page.evaluate(
                "place => { const {state} = chainshockPage; state.selected = place; "
                "location.hash = 'at=' + encodeURIComponent(chainshockPage.data.blocks[place].id); }",
                place,
            )
            page.settle()
        page.mouse.move(600, 400)
        page.click("text=Filters")
        page.select_option("#filter-country", index=1)
        page.click("#copy")
        page.dispatch_event("#week", "input")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        with page.expect_download():
            page.click("#png")
        assert page.evaluate("window.PWN") is None
        assert page.evaluate("document.images.length") == 0
        assert page.evaluate("document.querySelectorAll('script:not([type])').length") == 2
        assert page.evaluate(
            "[...document.querySelectorAll('a[href]')]"
            ".every(link => /^(#|https?:)/.test(link.getAttribute('href')))"
        )
        assert '<img src=x onerror="window.PWN=1">' in page.inner_text("#why")
        assert page.asked == []
        assert page.said == []


@pytest.mark.parametrize(
    "fragment",
    [
        "#at=nobody&week=99&level=7&table=__proto__&sort=constructor",
        "#%E0%A4%A&week=NaN",
        "#kinds=&stages=&signs=",
    ],
)
def test_address_that_makes_no_sense_is_left_aside(browser, files, fragment):
    with opened(browser, files["small"], fragment) as page:
        assert page.state("week") == -1
        assert page.evaluate("document.querySelectorAll('tbody tr').length") in {0, 2}
        assert page.said == []
