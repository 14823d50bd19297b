"""Open pages in Debian's Chromium, with every request off the file refused and counted."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDE = {"width": 1440, "height": 900}


@dataclass
class Opened:
    """A page, what it asked of the network, and what it said on the console."""

    page: object
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.page, name)

    def state(self, name):
        return self.page.evaluate(f"chainshockPage.state.{name}")

    def settle(self):
        """Wait until two frames are drawn."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def wait(self, truth):
        """Wait until an expression holds; the page's policy forbids Playwright's own way to wait for one."""
        self.page.evaluate(
            "() => new Promise((done, fail) => { const end = performance.now() + 20000; const look = () => "
            f"({truth}) ? done() : performance.now() > end ? fail(new Error('never')) "
            ": requestAnimationFrame(look); look(); })"
        )

    def at(self, block):
        """Give where a block stands in the window."""
        return self.page.evaluate(
            """id => {
                const {scene, data, view} = chainshockPage, now = view();
                const box = document.getElementById('picture').getBoundingClientRect();
                const place = data.blocks.findIndex(block => block.id === id);
                return [box.x + now.x(scene.x.get(place)), box.y + now.y(scene.y.get(place))];
            }""",
            block,
        )


@contextmanager
def chromium():
    """Start a browser with an empty profile."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("chromium: not found, expected Debian's (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, path: Path, fragment: str = "", **context):
    """Open a file in a context of its own; whatever is not the file is refused."""
    made = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **context})
    found = Opened(made.new_page())

    def refuse(route):
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            found.asked.append(route.request.url)
            route.abort()

    made.route("**/*", refuse)
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.goto(path.resolve().as_uri() + fragment, wait_until="load")
    found.settle()
    try:
        yield found
    finally:
        made.close()
