"""The real Neo4j Browser takes style, favourites and guide, and draws what the questions answer."""

import io
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from chainshock.graph.stores.neo4j_results import ResultStore
from chainshock.queries.browser import browser_files, runnable
from chainshock.queries.browser_style import NODES
from chainshock.queries.cypher_files import find_query, query_pack
from chainshock.server.guide import guide_server
from tests.cypher.runs import EXPLAINED
from tests.neo4j_browser import LOOPBACK, neo4j_browser

pytestmark = pytest.mark.slow

PICTURES = Path(__file__).parents[2] / "build" / "neo4j-browser"
DRAWN = [
    ("supply-chain", {}),
    ("measure-scope", {}),
    ("chinese-dysprosium", {}),
    ("military-paths", {}),
    ("facility-outage", {}),
    ("indirect-imports", {}),
    ("why-exposed", {"lockheed-martin": EXPLAINED}),
]


@pytest.fixture(scope="module")
def guide():
    with guide_server() as server:
        yield server


@pytest.fixture(scope="module")
def browser(reference_server, where, results):
    with ResultStore(*where) as store:
        for entry in results.values():
            store.push(entry)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with neo4j_browser(reference_server) as page:
        page.run(":config autoComplete: false")
        page.drop("style.grass", "text/plain", browser_files()["style.grass"])
        yield page


def nodes(value):
    """Ids of all nodes in an answer of the driver, however deep."""
    from neo4j import graph

    if isinstance(value, graph.Node):
        return {value.element_id}
    if isinstance(value, graph.Path):
        return {node.element_id for node in value.nodes}
    if isinstance(value, list):
        return set().union(*map(nodes, value))
    return set()


@pytest.mark.parametrize(("name", "changed"), DRAWN, ids=[name for name, _ in DRAWN])
def test_browser_draws_the_nodes_that_the_database_answers_with(browser, where, name, changed):
    import neo4j

    text = runnable(find_query(name))
    for old, new in changed.items():
        text = text.replace(old, new)
    with neo4j.GraphDatabase.driver(where[0], auth=where[1:]) as driver:
        records = driver.execute_query(text).records
    expected = set().union(*(nodes(list(record.values())) for record in records))
    frame = browser.run(text)
    assert browser.drawn() == len(expected) > 3
    browser.present(frame, PICTURES / f"{name}.png")


def test_browser_lists_an_answer_that_is_a_table(browser, tables):
    frame = browser.run(runnable(find_query("exposed-companies")))
    expect(frame.get_by_text("Huntington Ingalls").first).to_be_visible()
    browser.page.screenshot(path=PICTURES / "exposed-companies.png")


def test_dropped_style_colours_nodes_by_kind_and_stage(browser):
    browser.run("MATCH (n) WHERE n:Measure OR n:Mine OR n:MagnetPlant RETURN n LIMIT 300")
    browser.drawn()
    browser.settle()
    discs = browser.page.locator("svg g.node circle").all()
    fills = {disc.get_attribute("fill") for disc in discs}
    assert {NODES[label].colour for label in ("Measure", "Mine", "MagnetPlant")} <= fills


def test_style_is_taken_from_the_server_of_the_guide_too(browser, guide):
    frame = browser.run(f":style {guide.url}/style.grass")
    expect(frame.get_by_text("node.Mine")).to_be_visible()


def test_dropped_favourites_stand_in_their_folders(browser):
    archive = browser_files()["favourites.zip"]
    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()
    browser.drop("favourites.zip", "application/zip", archive)
    browser.page.get_by_test_id("navigationFavorites").click()
    for folder in {name.split("/")[0] for name in names}:
        browser.page.get_by_text(folder, exact=True).click()
    for query in query_pack():
        expect(browser.page.get_by_text(query.title, exact=True).first).to_be_visible()
    browser.page.screenshot(path=PICTURES / "favourites.png", full_page=True)
    browser.page.get_by_text("Who gains", exact=True).first.click()
    expect(browser.page.locator(".monaco-editor").first).to_contain_text("Who gains")
    browser.page.get_by_test_id("navigationFavorites").click()


def test_guide_plays_in_eight_steps_and_puts_questions_in_the_editor(browser, guide):
    page = browser.page
    editor = page.locator(".monaco-editor").first
    frame = browser.run(f":play {guide.url}/guide.html")
    titles = []
    for step in range(1, 9):
        expect(frame.get_by_text(f"{step} / 8")).to_be_visible()
        expect(frame.locator(f"h3:has-text('{step} of 8')")).to_be_visible()
        if step in {1, 7}:
            page.screenshot(path=PICTURES / f"guide-{step}.png")
        for question in frame.locator("pre.runnable:visible", has_text="//").all():
            titles.append(question.inner_text().strip().splitlines()[0].removeprefix("// "))
            question.click()
            expect(editor).to_contain_text(titles[-1].split("'")[0])
            page.get_by_test_id("editor-discard").click()
        if step < 8:
            frame.get_by_test_id("nextSlide").click()
    assert len(titles) == 15
    frame.locator("pre.runnable:visible", has_text=titles[-1]).click()
    page.get_by_test_id("editor-Run").click()
    assert browser.drawn() > 3


def test_nothing_is_fetched_from_beyond_loopback(browser):
    assert browser.outside  # it tries, and is stopped
    assert not {urlsplit(url).hostname for url in browser.outside} & LOOPBACK
