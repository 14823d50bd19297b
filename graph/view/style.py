"""Say how a picture looks: shapes of kinds, sizes, and a signed colour scale in steps.

Harm is orange to brown, favour is blue: the pair that people with red-green blindness tell apart (the Oranges
and Blues of ColorBrewer, Harrower and Brewer 2003). Steps grow darker on light paper and lighter on dark, so
the scale also reads in grey, and larger marks carry a sign.
"""

from __future__ import annotations

__all__ = ["RADIUS", "SCALES", "SHAPES", "STEPS", "colour_of", "radius_of", "step_of"]

# kind of block: shape, by its name in vis-network
SHAPES = {
    "mine": "triangle",
    "plant": "square",
    "country": "dot",
    "use": "hexagon",
    "company": "diamond",
    "unknown": "star",
    "group": "database",
}
STEPS = (0.0005, 0.01, 0.05, 0.15, 0.3)  # lower edges of the steps, shares; below the first is untouched
RADIUS = (5.0, 17.0)  # of nothing, and of `FULL` or more
FULL = 0.5
SCALES = {
    "light": {
        "harm": ("#fdc692", "#f9923a", "#df5f0d", "#aa3f04", "#6d2703"),
        "favour": ("#b6d4ea", "#6aaed6", "#2f7fbc", "#125ea6", "#08306b"),
        "none": "#c4c9d1",
    },
    "dark": {
        "harm": ("#6b3d16", "#a1551a", "#e07b24", "#ffa65c", "#ffd9b3"),
        "favour": ("#1f4565", "#2c6a9b", "#4296d2", "#84c1ef", "#cfe7fb"),
        "none": "#5d6470",
    },
}


def step_of(exposure: float) -> int:
    """Give the step of the scale, 0 for untouched, negative for harm.

    Examples
    --------
    >>> [step_of(share) for share in (0.0, -0.02, 0.4)]
    [0, -2, 5]
    """
    step = sum(abs(exposure) >= edge for edge in STEPS)
    return -step if exposure < 0 else step


def colour_of(exposure: float, theme: str = "light") -> str:
    """Give the colour of an exposure."""
    step, scale = step_of(exposure), SCALES[theme]
    if step == 0:
        return str(scale["none"])
    return str(scale["harm" if step < 0 else "favour"][abs(step) - 1])


def radius_of(exposure: float) -> float:
    """Give the radius of a mark: its area grows with the size of the exposure."""
    least, most = RADIUS
    size: float = (min(abs(exposure), FULL) / FULL) ** 0.5
    return least + (most - least) * size
