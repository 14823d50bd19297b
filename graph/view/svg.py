"""Write a picture as SVG: the same places, shapes and colours as the page shows at first, without scripts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from xml.sax.saxutils import escape

from chainshock.graph.view.drawing import Drawing
from chainshock.graph.view.layout import COLUMN, GAP
from chainshock.graph.view.style import SCALES, STEPS, colour_of, radius_of, step_of

__all__ = ["svg_of"]

MARGIN = 30.0
HEAD = 112.0  # above the columns: title, lead, headings
FOOT = 54.0  # below: legend
LABEL_WIDTH = 25  # characters of a line
LEAD_WIDTH = 190  # characters
CONTROL_CHARACTERS = {code: None for code in range(32) if code not in (9, 10, 13)} | {
    0xFFFE: None,
    0xFFFF: None,
}


def svg_of(drawing: Drawing) -> str:
    """Give the picture as SVG."""
    width = 2 * MARGIN + COLUMN * len(drawing.picture.stages)
    height = HEAD + drawing.places.tops[-1] + FOOT
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="system-ui, sans-serif" role="img" aria-labelledby="title lead">',
        f'<title id="title">{_text(drawing.picture.title)}</title>',
        f'<desc id="lead">{_text(drawing.picture.lead)}</desc>',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *_head(drawing),
        f'<g transform="translate({MARGIN + 12:g} {HEAD:g})">',
        *_bands(drawing, width),
        *_links(drawing),
        *_marks(drawing),
        "</g>",
        *_legend(height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Give text that XML can hold."""
    return escape(text.translate(CONTROL_CHARACTERS).encode("utf-8", errors="replace").decode("utf-8"))


def _head(drawing: Drawing) -> Iterator[str]:
    title = _text(drawing.picture.title)
    yield f'<text x="{MARGIN:g}" y="30" font-size="20" font-weight="700">{title}</text>'
    for row, line in enumerate(textwrap.wrap(drawing.picture.lead, LEAD_WIDTH)[:2]):
        yield f'<text x="{MARGIN:g}" y="{48 + 15 * row}" font-size="12" fill="#333b47">{_text(line)}</text>'
    for stage, title in enumerate(drawing.picture.stages):
        x = MARGIN + stage * COLUMN
        yield f'<text x="{x:g}" y="{HEAD - 30:g}" font-size="12" font-weight="700">{_text(title)}</text>'


def _bands(drawing: Drawing, width: float) -> Iterator[str]:
    tops = drawing.places.tops
    for band, title in enumerate(drawing.picture.bands):
        top, bottom = tops[band], tops[band + 1] - GAP
        if bottom <= top:
            continue
        right = width - 2 * MARGIN
        if band == 0 and len(drawing.picture.bands) > 1:
            yield f'<path d="M-12 {top:g}H{right:g}V{bottom:g}H-12Z" fill="#f4f1ea"/>'
        yield f'<text x="-12" y="{top - 3:g}" font-size="11" fill="#525c6b">{_text(title.upper())}</text>'
        yield f'<path d="M-12 {top:g}H{right:g}" stroke="#8a8271" stroke-width="1" fill="none"/>'


def _links(drawing: Drawing) -> Iterator[str]:
    stopped = _stopped(drawing)
    x, y = drawing.places.x, drawing.places.y
    for link in drawing.links:
        if link.kind == "owner" and drawing.tree.blocks[link.source].stage < len(drawing.picture.stages) - 2:
            continue  # drawn on the page when asked for
        x1, y1, x2, y2 = x[link.source], y[link.source], x[link.target], y[link.target]
        bend = max(40.0, abs(x2 - x1) / 2)
        curve = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        cut = stopped.get((link.source, link.target), 0.0)
        colour = SCALES["light"]["harm"][3] if cut > 0.01 else "#8b95a5"
        dash = ' stroke-dasharray="5 4"' if link.is_weak else ""
        size = min(link.share, 1.0)
        yield (
            f'<path d="{curve}" fill="none" stroke="{colour}" stroke-width="{0.5 + 3.5 * size:.2f}" '
            f'stroke-opacity="{0.18 + 0.4 * size:.2f}"{dash}/>'
        )


def _stopped(drawing: Drawing) -> dict[tuple[str, str], float]:
    """Give the share that measures stop of each link drawn, on average over the run."""
    result = {}
    for link in drawing.links:
        whole = lost = 0.0
        for place in link.links:
            told = drawing.picture.links[place]
            series = (told.more.get("through") or [None])[0]
            whole += told.quantity
            lost += told.quantity * (0.0 if series is None else 1.0 - sum(series) / (100.0 * len(series)))
        result[link.source, link.target] = lost / whole if whole > 0 else 0.0
    return result


def _marks(drawing: Drawing) -> Iterator[str]:
    for block in drawing.drawn:
        here, exposure = drawing.tree.blocks[block], drawing.exposure(block)
        x, y, r = drawing.places.x[block], drawing.places.y[block], radius_of(exposure)
        fill = colour_of(exposure)
        group = drawing.tree.children.get(block)
        if group:
            yield _shape(here.kind, x + 3, y - 3, r, fill, "#ffffff")
        yield _shape(here.kind, x, y, r, fill, "#ffffff")
        if abs(step_of(exposure)) >= 3:
            sign = "−" if exposure < 0 else "+"
            yield (
                f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" font-weight="700" text-anchor="middle" '
                f'fill="#ffffff">{sign}</text>'
            )
        yield from _label(here.label, here.place, x + r + 4, y)


def _label(label: str, place: str, x: float, y: float) -> Iterator[str]:
    lines = textwrap.wrap(label, LABEL_WIDTH) or [""]
    if place:
        lines = [
            lines[0] if len(lines) == 1 else lines[0] + " …",
            textwrap.shorten(place, LABEL_WIDTH + 3, placeholder=" …"),
        ]
    elif len(lines) > 2:
        lines = [lines[0], lines[1] + " …"]
    start = y + 4 - 5.5 * (len(lines) - 1)
    for row, line in enumerate(lines):
        colour = "#5a6472" if place and row else "#14181f"
        yield (
            f'<text x="{x:.1f}" y="{start + 11 * row:.1f}" font-size="10" fill="{colour}" stroke="#ffffff" '
            f'stroke-width="2.5" paint-order="stroke">{_text(line)}</text>'
        )


def _shape(kind: str, x: float, y: float, r: float, fill: str, line: str) -> str:
    paint = f'fill="{fill}" stroke="{line}" stroke-width="1.2"'
    if kind == "country":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {paint}/>'
    if kind == "unknown":
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#ffffff" stroke="#5a6472" '
            f'stroke-width="1.2" stroke-dasharray="2 2"/>'
        )
    corners = {
        "mine": [(0, -1.15), (1.05, 0.8), (-1.05, 0.8)],
        "company": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
        "use": [(1.1, 0), (0.55, -0.95), (-0.55, -0.95), (-1.1, 0), (-0.55, 0.95), (0.55, 0.95)],
    }.get(kind, [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    points = " ".join(f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" {paint}/>'


def _legend(height: float) -> Iterator[str]:
    y, x = height - 22, MARGIN
    edges = [*STEPS, None]
    yield f'<text x="{x:g}" y="{y + 4:g}" font-size="11">Exposure, share lost or gained:</text>'
    x += 190
    for sign, name in ((-1, "harmed"), (1, "favoured")):
        for step, edge in enumerate(edges[:-1]):
            fill = colour_of(sign * (edge or 0.0))
            yield f'<rect x="{x:g}" y="{y - 7:g}" width="16" height="14" fill="{fill}"/>'
            yield (
                f'<text x="{x + 20:g}" y="{y + 4:g}" font-size="10">{"−" if sign < 0 else "+"}'
                f"{100 * (edge or 0.0):g} %</text>"
            )
            x += 74 if step == 0 else 62
        yield f'<text x="{x:g}" y="{y + 4:g}" font-size="11">{name}</text>'
        x += 80
    yield f'<rect x="{x:g}" y="{y - 7:g}" width="16" height="14" fill="{colour_of(0.0)}"/>'
    yield f'<text x="{x + 20:g}" y="{y + 4:g}" font-size="11">untouched; dashed: weak evidence</text>'
