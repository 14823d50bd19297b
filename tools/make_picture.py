"""Write the picture that the README shows: the October 2025 controls as SVG, as `view --svg` does."""

from __future__ import annotations

from pathlib import Path

from chainshock.api import reference
from chainshock.graph.view.drawing import draw
from chainshock.graph.view.svg import svg_of
from chainshock.picture.assemble import Wanted, assemble

TARGET = Path(__file__).parents[1] / "docs" / "images" / "october-2025-controls.svg"


def main() -> None:
    """Write it."""
    picture = assemble([reference().shock("october-2025-controls")], Wanted(explains=False))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg_of(draw(picture)), encoding="utf-8")


if __name__ == "__main__":
    main()
