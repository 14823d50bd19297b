"""Drive the real Neo4j Browser in headless Chromium: log in, run, play, drop files, count what is drawn."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Route, expect, sync_playwright

from chainshock.server.connection import Connection

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LOOPBACK = {"127.0.0.1", "localhost"}
SECONDS = 1000.0
PATIENCE = 60 * SECONDS  # the page is slow to come up where several programs share a core
expect.set_options(timeout=PATIENCE)
STILL = """() => {
  const now = [...document.querySelectorAll('svg g')].map(g => g.getAttribute('transform')).join();
  const still = now !== '' && now === window.chainshockSeen;
  window.chainshockSeen = now;
  return still;
}"""
DROP = """([name, kind, data]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type: kind}));
  const target = document.querySelector('#mount > *');
  for (const type of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
  }
}"""


class Browser:
    """One page of Neo4j Browser; `outside` lists what it wanted from beyond loopback and did not get."""

    def __init__(self, page: Page, address: str, connection: Connection) -> None:
        self.page, self.connection, self.address = page, connection, address
        self.outside: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.route("**/*", self._keep_in)

    def _keep_in(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK:
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def log_in(self) -> None:
        """Open the page and connect."""
        page = self.page
        page.goto(f"{self.address}browser/?connectURL={self.connection.uri}")
        page.get_by_test_id("username").fill(self.connection.user)
        page.get_by_test_id("password").fill(self.connection.password)
        page.get_by_test_id("connect").click()
        expect(page.get_by_text("You are connected as user")).to_be_visible()

    def run(self, text: str) -> Locator:
        """Run a statement or a command in a clean stream, and give its frame."""
        self._type(":clear")
        expect(self.page.get_by_test_id("frame")).to_have_count(0)
        self._type(text)
        frame = self.page.get_by_test_id("frame").first
        expect(frame).to_be_visible()
        return frame

    def _type(self, text: str) -> None:
        self.page.locator(".monaco-editor").first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Control+Enter")

    def present(self, frame: Locator, picture: Path) -> None:
        """Show a drawn answer on the whole page, wait until it stands still, and take a picture of it."""
        frame.get_by_title("Fullscreen").click()
        self.settle()
        self.page.get_by_label("zoom-to-fit").click()
        self.settle()
        self.page.screenshot(path=picture)
        self.page.get_by_title("Close fullscreen").click()

    def settle(self) -> None:
        """Wait until nothing of the drawing moves."""
        self.page.evaluate("() => { window.chainshockSeen = '' }")
        self.page.wait_for_function(STILL, polling=500)

    def drawn(self) -> int:
        """Count the nodes that are drawn."""
        self.page.locator("svg g.node").first.wait_for()
        return self.page.locator("svg g.node").count()

    def drop(self, name: str, kind: str, data: bytes) -> None:
        """Drop a file on the page."""
        self.page.evaluate(DROP, [name, kind, base64.b64encode(data).decode()])


@contextmanager
def neo4j_browser(connection: Connection, width: int = 1400, height: int = 900) -> Iterator[Browser]:
    """Give a Browser that is logged in, with a profile of its own that is gone afterwards."""
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = program.new_page(viewport={"width": width, "height": height})
            browser = Browser(page, http_address(connection), connection)
            browser.log_in()
            yield browser
        finally:
            program.close()


def http_address(connection: Connection) -> str:
    """Find the HTTP address of a server from its settings."""
    import neo4j

    with neo4j.GraphDatabase.driver(connection.uri, auth=(connection.user, connection.password)) as driver:
        query = "SHOW SETTINGS 'server.http.advertised_address' YIELD value RETURN value"
        address = driver.execute_query(query).records[0]["value"]
    return f"http://{address}/"
