"""Time pages of 500, 2,000 and 10,000 blocks in Chromium, beside plain pyvis, and the frames of a pan."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pyvis.network import Network

from chainshock.graph.view.drawing import draw
from chainshock.graph.view.page import page_of
from tests.browser import chromium, opened
from tests.graph.view.pictures import large

SIZES = (500, 2_000, 10_000)
OPENINGS = 3
PYVIS_MOST = 2_000  # blocks; plain pyvis takes minutes for more
PYVIS_WAIT = 300.0  # seconds
# pan to and fro by up to two views in three seconds, as a person drags
PAN = """async () => {
    const {network, picture} = chainshockPage, net = network();
    const from = net.getViewPosition(), scale = net.getScale();
    const width = document.getElementById('picture').clientWidth / scale;
    const start = performance.now(), first = picture.frames;
    for (let now = start; now - start < 3000; now = performance.now()) {
        const x = from.x + width * Math.sin((now - start) / 600);
        net.moveTo({position: {x, y: from.y}, scale, animation: false});
        await new Promise(requestAnimationFrame);
    }
    return 1000 * (picture.frames - first) / (performance.now() - start);
}"""
DRAWN = "[chainshockPage.scene.drawn.length, chainshockPage.scene.links.length]"


def main() -> None:
    """Print the table."""
    print("page      detail   blocks    links   MB  made s  open s  frames/s")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for size in SIZES:
            start = time.perf_counter()
            page = page_of(draw(large(size)))
            made = time.perf_counter() - start
            path = Path(folder) / f"{size}.html"
            path.write_text(page, encoding="utf-8")
            for level, name in enumerate(("reading", "more", "most")):
                drawn, seconds, frames = _measure(browser, path, f"#level={level}")
                print(
                    f"{size:<9,} {name:8} {drawn[0]:6,} {drawn[1]:8,} {len(page.encode()) / 1e6:4.1f} "
                    f"{made:7.1f} {seconds:7.2f} {frames:9.0f}",
                    flush=True,
                )
        if "--no-pyvis" not in sys.argv:
            for size in SIZES[:2]:
                print(
                    f"{size:<9,} plain pyvis, drawn and at rest after {_pyvis(browser, Path(folder), size)}"
                )


def _measure(browser: Any, path: Path, fragment: str) -> tuple[list[int], float, float]:
    """Open a page some times; give what is drawn, median seconds to two frames, frames a second."""
    seconds = []
    for _ in range(OPENINGS):
        with opened(browser, path, fragment) as page:  # two frames are drawn when it is handed over
            seconds.append(page.evaluate("performance.now() / 1000"))
            drawn, frames = page.evaluate(DRAWN), page.evaluate(PAN)
    return drawn, statistics.median(seconds), frames


def _pyvis(browser: Any, folder: Path, size: int) -> str:
    """Draw all blocks and links with pyvis alone; say how long until its layout rests."""
    picture = large(size)
    groups = {block.parent for block in picture.blocks}
    net = Network(height="600px", width="100%", directed=True, cdn_resources="in_line")
    for block in picture.blocks:
        if block.id not in groups:
            net.add_node(block.id, label=block.label)
    for link in picture.links:
        net.add_edge(link.source, link.target)
    html = net.generate_html().replace("return network;", "window.drawnNetwork = network; return network;")
    path = folder / f"pyvis-{size}.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context()
    context.route("**/*", lambda route: route.continue_() if "file:" in route.request.url else route.abort())
    page = context.new_page()
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_load_state("load", timeout=1000 * PYVIS_WAIT)
    try:
        page.wait_for_function(
            "() => window.drawnNetwork && window.drawnNetwork.physics.stabilized", timeout=1000 * PYVIS_WAIT
        )
        return f"{time.perf_counter() - start:.0f} s"
    except PlaywrightTimeout as exc:
        return f"more than {PYVIS_WAIT:.0f} s ({type(exc).__name__})"
    finally:
        context.close()


if __name__ == "__main__":
    main()
