"""The page in a real browser: what a reader does with it."""

from pathlib import Path

import pytest

from chainshock.graph.view.drawing import draw
from chainshock.graph.view.layout import COLUMN
from tests.browser import opened
from tests.graph.view.asking import blocks_drawn, selected
from tests.graph.view.pictures import large, small

FORD = "company:ford"


def test_page_draws_what_python_placed_and_lifted(browser, files):
    for name, picture in (("small", small()), ("large", large(1200))):
        drawing = draw(picture)
        with opened(browser, files[name]) as page:
            found = page.evaluate(
                f"""() => {{
                    const {{data, drawnWhen, lift, place, state}} = chainshockPage;
                    const drawn = drawnWhen(new Set(data.levels[0]), () => true), at = place(drawn, {COLUMN});
                    const id = block => data.blocks[block].id;
                    return {{
                        places: drawn.map(block => [id(block), at.x.get(block), at.y.get(block)]),
                        links: lift(drawn, () => true)
                            .map(l => [l.source, l.target].map(id).concat(l.share, l.weak)),
                        handed: data.network.nodes.map(node => [node.id, node.x, node.y]),
                    }};
                }}"""
            )
        expected = [(block, drawing.places.x[block], drawing.places.y[block]) for block in drawing.drawn]
        assert [tuple(row) for row in found["places"]] == expected
        assert [row[0] for row in found["handed"]] == list(drawing.drawn)
        links = {(link.source, link.target): (link.share, link.is_weak) for link in drawing.links}
        assert {(a, b) for a, b, _, _ in found["links"]} == set(links)
        for source, target, share, weak in found["links"]:
            assert share == pytest.approx(links[source, target][0], rel=1e-3)
            assert weak == links[source, target][1]


def test_search_by_ticker_selects_by_keyboard_and_tells_why(page):
    page.focus("#search")
    page.keyboard.type("vow")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert selected(page) == "company:vw"
    assert "Volkswagen loses 4.0 % of its whole revenue" in page.inner_text("#why")
    assert page.inner_text("tr.on button") == "Volkswagen"


def test_click_on_a_block_explains_it_and_marks_its_row(page):
    page.mouse.click(*page.at(FORD))
    page.wait("chainshockPage.state.selected >= 0")
    assert selected(page) == FORD
    text = page.inner_text("#why")
    assert "Ford Motor loses 20.0 %" in text
    assert "if none did −10.0 %" in text
    assert "8.0 weeks of stock" in text
    assert "Felt from" in text or "felt from week 4" in text
    assert page.inner_text("tr.on button") == "Ford Motor"


def test_sources_with_an_address_of_the_web_are_links_and_others_are_text(page):
    page.evaluate("location.hash = 'at=company:ford'")
    page.wait_for_selector("#why .facts a")
    links = page.eval_on_selector_all("#why a", "found => found.map(a => [a.href, a.rel])")
    assert links == [["https://example.org/a", "noopener noreferrer"]]
    assert "No address" in page.inner_text("#why")


def test_path_lights_up_its_blocks_alone(page):
    page.evaluate("location.hash = 'at=company:ford'")
    page.click("#why .path")
    lit = page.evaluate("[...chainshockPage.scene.lit].map(place => chainshockPage.data.blocks[place].id)")
    assert set(lit) == {"good:m:CHN", "use:car:USA", FORD} or set(lit) == {"good:m:CHN", "uses:car:1", FORD}
    assert page.get_attribute("#why .path", "aria-pressed") == "true"


def test_click_on_a_link_tells_share_evidence_and_what_stops_it(page):
    x, y = page.evaluate(
        """() => {
            const {scene, data, view} = chainshockPage, now = view();
            const id = place => data.blocks[place].id;
            const link = scene.links.find(l => id(l.source) === 'good:m:CHN');
            const x = (scene.x.get(link.source) + scene.x.get(link.target)) / 2;
            const y = (scene.y.get(link.source) + scene.y.get(link.target)) / 2;
            const box = document.getElementById('picture').getBoundingClientRect();
            return [box.x + now.x(x), box.y + now.y(y)];
        }"""
    )
    page.mouse.click(x, y)
    page.wait("chainshockPage.state.link")
    text = page.inner_text("#why")
    assert "supplies" in text
    assert "measures stop 46 % by A measure (M1)" in text
    assert "bilateral trade" in text


def test_hover_dims_the_rest(page):
    x, y = page.at(FORD)
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.wait("chainshockPage.state.hovered >= 0")
    lit = page.evaluate("chainshockPage.scene.lit.size")
    assert 0 < lit < len(blocks_drawn(page))
    assert "Ford Motor" in page.inner_text("#tip")


def test_group_opens_and_folds(page):
    page.evaluate("location.hash = 'closed=uses%3Acar%3A1&at='")
    page.wait("chainshockPage.scene.drawn.length === 6")
    page.mouse.dblclick(*page.at("uses:car:1"))
    page.wait("chainshockPage.scene.drawn.length === 7")
    assert {"use:car:USA", "use:car:DEU"} <= set(blocks_drawn(page))


def test_slider_shows_weeks_and_stocks_and_plays(page):
    page.focus("#week")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.state("week") == 8
    assert page.inner_text("#week-text") == "Week 8"
    page.evaluate("location.hash = 'at=company:ford&week=8'")
    page.wait("document.getElementById('why').innerText.includes('In week 8')")
    assert "20 % of its usual stock is left" in page.inner_text("#why")
    page.click("#play")
    page.wait("chainshockPage.state.week > 8")
    page.click("#play")
    stopped = page.state("week")
    assert page.inner_text("#play") == "Play"
    page.click("#whole")
    assert page.state("week") == -1
    assert stopped > 8


def test_scenarios_toggle_and_their_difference_is_second_less_first(page):
    page.click("text=difference")
    value = page.evaluate("document.querySelector('tbody tr td:nth-child(2)').textContent")
    names = page.eval_on_selector_all("tbody button", "found => found.map(b => b.textContent)")
    assert names == ["Volkswagen", "Ford Motor"]  # least better off first
    assert value == "+2.0 %"
    assert page.inner_text("h1") == "From controls to truce: the difference"
    page.click("label:has-text('truce')")
    assert page.inner_text("h1") == "The truce"


def test_filters_by_country_and_sign_leave_out_blocks_and_rows(page):
    page.click("text=Filters")
    page.select_option("#filter-country", "DEU")
    assert page.evaluate("document.querySelectorAll('tbody tr').length") == 1
    shown = blocks_drawn(page)
    assert "company:vw" in shown
    assert FORD not in shown
    page.click("#filter-reset")
    page.click("text=harmed")
    assert FORD not in blocks_drawn(page)
    assert "good:m:JPN" in blocks_drawn(page)
    assert page.inner_text("#filter-count") == "(1)"


def test_address_brings_back_what_was_shared(browser, files, page):
    page.mouse.click(*page.at(FORD))
    page.wait("chainshockPage.state.selected >= 0")
    page.fill("#week", "5")
    page.select_option("#size", "usd")
    page.click("label:has-text('truce')")
    fragment = page.evaluate("location.hash")
    with opened(browser, files["small"], fragment) as again:
        assert selected(again) == FORD
        assert again.state("week") == 5
        assert again.state("size") == "usd"
        assert again.state("scenario") == 1
        assert again.said == []


def test_table_sorts_and_copies_without_formulas(page):
    page.click("th button:has-text('Name')")
    names = page.eval_on_selector_all("tbody button", "found => found.map(b => b.textContent)")
    assert names == ["Ford Motor", "Volkswagen"]
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"
    page.click("th button:has-text('Name')")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "descending"
    cells = page.evaluate("['=1+1', '+cmd', '−3.0 %', '+2.0 %', '@x', 'plain'].map(chainshockPage.safeCell)")
    assert cells == ["'=1+1", "'+cmd", "-3.0 %", "2.0 %", "'@x", "plain"]


def test_long_table_shows_its_head_until_all_is_asked_for(browser, files):
    with opened(browser, files["long"]) as page:
        assert page.evaluate("document.querySelectorAll('tbody tr').length") == 400
        page.click("#every")
        assert page.evaluate("document.querySelectorAll('tbody tr').length") == 500


def test_row_drives_the_picture(page):
    page.click("tbody button:has-text('Volkswagen')")
    assert selected(page) == "company:vw"


def test_png_holds_the_whole_picture(page):
    with page.expect_download() as download:
        page.click("#png")
    data = Path(download.value.path()).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (2400, 1500)
    assert download.value.suggested_filename == "chainshock-same-controls.png"


def test_print_shows_picture_reasons_and_table(page):
    page.evaluate("location.hash = 'at=company:ford'")
    page.wait_for_selector("#why h3")
    data = page.pdf(format="A4", landscape=True, print_background=True)
    assert data[:5] == b"%PDF-"
    assert page.evaluate("document.getElementById('printed').width") == 2400
    page.emulate_media(media="print")
    assert page.is_visible("#printed")
    assert page.is_visible("#table")
    assert not page.is_visible("#search")
