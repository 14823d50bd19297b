"""Make what Neo4j Browser takes: favourites, a style and a guide, all from the pack of questions.

The Browser keeps a statement's parameters apart from it and draws only what a single statement returns, so
that questions stand there with their defaults written in, to be changed in place.
"""

from __future__ import annotations

import io
import tomllib
import zipfile
from importlib import resources
from typing import Any

from chainshock.queries.browser_style import style
from chainshock.queries.cypher_files import QueryFile, query_pack
from chainshock.queries.cypher_listing import folder_title

__all__ = ["FILES", "browser_files", "favourites", "guide", "runnable"]

FILES = {"favourites.zip": "application/zip", "style.grass": "text/plain", "guide.html": "text/html"}
TITLE = "Who is exposed, and why"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip entry: the same files, the same bytes


def browser_files(address: str = "") -> dict[str, bytes]:
    """Give the three files by name; `address` is where they are served, if they are."""
    return {
        "favourites.zip": favourites(),
        "style.grass": style().encode(),
        "guide.html": guide(address).encode(),
    }


def runnable(query: QueryFile) -> str:
    """Give a question as one statement under its title, with its defaults written in."""
    return f"// {query.title}\n{query.ready}"


def favourites() -> bytes:
    """Give a zip of folders with a file for each question, as the Browser imports it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for query in sorted(query_pack(), key=lambda query: (query.folder, query.name)):
            folder = f"chainshock {folder_title(query.folder)}"
            entry = zipfile.ZipInfo(f"{folder}/{query.name}.cypher", EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, runnable(query))
    return data.getvalue()


def guide(address: str = "") -> str:
    """Give the page of the first walk, as `:play` and `:guide` show it; see `browser_files`."""
    from jinja2 import Environment  # noqa: PLC0415 - wanted only here

    folder = resources.files("chainshock.queries") / "cypher" / "guide"
    pack = {query.name: query for query in query_pack()}
    steps = [
        {**step, "queries": [_told(pack[name]) for name in step["queries"]]}
        for step in tomllib.loads((folder / "steps.toml").read_text("utf-8"))["steps"]
    ]
    page = Environment(autoescape=True).from_string((folder / "guide.html").read_text("utf-8"))
    return page.render(title=TITLE, steps=steps, address=address)


def _told(query: QueryFile) -> dict[str, Any]:  # Any: what the page takes
    return {"title": query.title, "code": runnable(query)}
