"""Write a picture as one HTML file that asks nothing of any network and runs nothing but its own scripts.

pyvis brings vis-network (Apache 2.0 or MIT); its template, which writes text from data as HTML, is not used.
Here data stand in a JSON block and reach the page as text alone; the content security policy names the hashes
of the page's own scripts and styles, and forbids everything else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainshock.graph.view.drawing import Drawing
from chainshock.graph.view.payload import payload_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["SCRIPTS", "page_of", "script_json"]

SCRIPTS = (
    *(
        "data.js",
        "state.js",
        "words.js",
        "scene.js",
        "labels.js",
        "sheet.js",
        "picture.js",
        "panel.js",
        "table.js",
    ),
    *("controls.js", "export.js", "main.js"),
)
STYLES = ("page.css",)
VIS = ("lib", "vis-9.1.2", "vis-network.min.js")
ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page_of(drawing: Drawing) -> str:
    """Give the page as HTML."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - heavy
    from markupsafe import Markup  # noqa: PLC0415

    here = files("chainshock.graph.view") / "page"
    scripts = [_vis_network(), _own_script(here)]
    styles = ["".join((here / name).read_text("utf-8") for name in STYLES)]
    for script in scripts:
        _check(script, "</script", "<!--")
    for style in styles:
        _check(style, "</style")
    env = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    template = env.from_string((here / "page.html").read_text("utf-8"))
    return template.render(
        title=drawing.picture.title,
        lead=drawing.picture.lead,
        data=Markup(script_json(payload_of(drawing))),  # noqa: S704 - escaped by script_json
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - the package's own
        styles=[Markup(style) for style in styles],  # noqa: S704 - the package's own
        script_hashes=Markup(" ".join(map(_csp_hash, scripts))),  # noqa: S704 - base64
        style_hashes=Markup(" ".join(map(_csp_hash, styles))),  # noqa: S704 - base64
    )


def script_json(value: Any) -> str:  # Any: what JSON holds
    r"""Give JSON that can stand inside a script element.

    Examples
    --------
    >>> script_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escaped in ESCAPED.items():
        text = text.replace(character, escaped)
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _vis_network() -> str:
    """Give vis-network as pyvis ships it."""
    import pyvis  # noqa: PLC0415 - heavy

    script = Path(pyvis.__file__).parent.joinpath(*VIS)
    return script.read_text("utf-8")


def _own_script(here: Traversable) -> str:
    """Give the page's own scripts as one, in a scope of their own."""
    parts = [(here / name).read_text("utf-8") for name in SCRIPTS]
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();\n"


def _check(text: str, *ends: str) -> None:
    """Refuse to inline what would end its element early: a fault of the package, not of the data."""
    for end in ends:
        if end in text.lower():
            raise ValueError(f"found {end!r} in a script or style of the page, expected none")


def _csp_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
