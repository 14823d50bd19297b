"""Draw the pictures of the page on Neo4j Browser: a server of its own, the real Browser, Chromium.

Run from the root of the repository: PYTHONPATH=. .venv/bin/python tools/make_browser_pictures.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

import chainshock
from chainshock.graph.stores.neo4j import Neo4jStore
from chainshock.graph.stores.neo4j_results import ResultStore
from chainshock.queries.browser import browser_files, runnable
from chainshock.queries.cypher_files import find_query
from chainshock.results import make_results
from chainshock.server.connection import Connection
from chainshock.server.guide import guide_server
from chainshock.server.home import Home
from chainshock.server.process import down, up
from tests.neo4j_browser import Browser, neo4j_browser

PICTURES = Path(__file__).parents[1] / "docs" / "how-to" / "pictures"
SCENARIO = "october-2025-controls"
EXPLAINED = "lockheed-martin"
QUESTIONS = ("supply-chain", "chinese-dysprosium", "why-exposed")
SIZE = 1240, 800
GUIDE_STEP = 7
COLOURS = 48  # flat drawings need no more, and the files stay small


def fill(connection: Connection) -> None:
    """Bring the reference data and one run into the server."""
    where = connection.uri, connection.user, connection.password
    data = chainshock.reference()
    with Neo4jStore(*where) as store:
        store.push(data.facts)
    shock = data.shock(SCENARIO)
    results = make_results(shock, shock.rank("companies", extras=()), [EXPLAINED])
    with ResultStore(*where) as store:
        store.push(results)


def draw(browser: Browser, address: str) -> None:
    """Take the pictures."""
    browser.run(":config autoComplete: false")
    browser.drop("style.grass", "text/plain", browser_files()["style.grass"])
    browser.run(":style").get_by_text("node.Mine").wait_for()  # it has been taken
    for name in QUESTIONS:
        browser.present(browser.run(runnable(find_query(name))), PICTURES / f"{name}.png")
    frame = browser.run(f":play {address}/guide.html")
    for _ in range(GUIDE_STEP - 1):
        frame.get_by_test_id("nextSlide").click()
    frame.get_by_text(f"{GUIDE_STEP} of 8").scroll_into_view_if_needed()
    browser.page.screenshot(path=PICTURES / "guide.png")
    for picture in PICTURES.glob("*.png"):
        Image.open(picture).quantize(COLOURS).save(picture, optimize=True)


def main() -> int:
    """Start a server, fill it, draw, stop it."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(Path(folder) / "neo4j")
        server = up(home, usual_ports=False)
        try:
            connection = Connection(server.uri, server.user, home.password())
            fill(connection)
            with guide_server() as guide, neo4j_browser(connection, *SIZE) as browser:
                draw(browser, guide.url)
        finally:
            down(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
