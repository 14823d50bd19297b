"""Draw every assumption from its range, once per sample.

Each named parameter has one triangular draw, with the default as its mode, shared by all that use it. Those
that the list of parameters sets "as" another, or as "the rest" of another, share its draw: see `FOLLOWS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from zlib import crc32

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.graph.parameters import Parameters
from chainshock.queries.severity import read_shapes

__all__ = [
    "FOLLOWS",
    "MOVES",
    "UNKNOWN",
    "Doubt",
    "Draw",
    "Range",
    "all_doubt",
    "draw",
    "key_of",
    "keyed_places",
    "quantiles",
    "triangular",
]

UNKNOWN = "doubt.unknown-from-issuer"  # the parameter that weighs the coin
MOVES = "mitigation."  # parameters of what could be done, which no ranking uses
UNKNOWN_COIN = "the coin of unknown supply"

# name: (the name whose draw it shares, +1 for the same place in its range or -1 for the mirrored one)
FOLLOWS = {
    "cover.magnet.MEX": ("cover.magnet.USA", 1),
    "cover.oxide.VNM": ("cover.oxide.JPN", 1),
    "eta.OX_TB": ("eta.OX_DY", 1),
    "licence.week-30": ("licence.week-10", 1),
    "licence.week-50": ("licence.week-10", 1),
    "licence.week-70": ("licence.week-10", 1),
    "licence.week-90": ("licence.week-10", 1),
    "line.ev.light": ("line.ev.hree", -1),
    "line.hdd.light": ("line.hdd.hree", -1),
    "line.wind.light": ("line.wind.hree", -1),
    "price-cap.OX_TB": ("price-cap.OX_DY", 1),
    "spare.magnet.FIN": ("spare.magnet.DEU", 1),
    "spare.magnet.SVN": ("spare.magnet.DEU", 1),
    "split.light-magnets": ("split.hree-magnets", -1),
    "split.light-magnets.CHN": ("split.hree-magnets.CHN", -1),
    "thrift.OX_TB": ("thrift.OX_DY", 1),
}


class Range(Protocol):
    """A figure with a range: a parameter, or a number that severity shapes are made of."""

    @property
    def default(self) -> float:
        """Most likely value."""

    @property
    def low(self) -> float:
        """Lowest value."""

    @property
    def high(self) -> float:
        """Highest value."""


@dataclass(frozen=True)
class Doubt:
    """What is in doubt; without anything in it every sample is the central run.

    Attributes
    ----------
    parameters, severities
        Figures of `graph/parameters.csv` and of `queries/shapes.toml` that are drawn, by name.
    weights
        Whether the weights of input groups are drawn.
    unknown
        Whether all supply of unknown origin comes from the issuer in some samples.
    """

    parameters: Mapping[str, Range] = field(default_factory=dict)
    severities: Mapping[str, Range] = field(default_factory=dict)
    weights: bool = False
    unknown: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the figures that are drawn, in order."""
        return tuple(sorted({**self.parameters, **self.severities}))

    def without(self, held: Iterable[str]) -> Doubt:
        """Hold figures that a scenario states, and those that share their draw, at what they are."""
        fixed = set(held)
        fixed |= {name for name, (leader, _) in FOLLOWS.items() if leader in fixed}
        return Doubt(
            {name: entry for name, entry in self.parameters.items() if name not in fixed},
            {name: entry for name, entry in self.severities.items() if name not in fixed},
            self.weights,
            self.unknown,
        )


@dataclass(frozen=True)
class Draw:
    """One sample of what is in doubt.

    Attributes
    ----------
    parameters, severities
        Drawn values by name.
    salt
        Number from which the draws of weights follow (`redraw_weights`); None leaves weights as they are.
    coin
        Number in [0, 1): below the chance `UNKNOWN`, all unknown supply comes from the issuer.
    """

    parameters: Mapping[str, float]
    severities: Mapping[str, float]
    salt: int | None
    coin: float


def all_doubt(parameters: Parameters) -> Doubt:
    """Give all that is in doubt: every figure with a range, weights, and the unknown suppliers.

    What moves against a shock rest on changes no exposure, so it is not drawn.
    """
    return Doubt(
        {
            name: entry
            for name, entry in parameters.items()
            if entry.low < entry.high and not name.startswith(MOVES)
        },
        {name: entry for name, entry in read_shapes().numbers.items() if entry.low < entry.high},
        weights=True,
        unknown=True,
    )


def draw(doubt: Doubt, seed: int, sample: int) -> Draw:
    """Draw one sample; it depends on the seed and its own number, not on how many there are.

    Parameters
    ----------
    doubt
        What is drawn.
    seed
        Seed of the run.
    sample
        Number of the sample, from 0.
    """
    salt = _salt(seed, sample)
    place = dict(zip(doubt.names, _places(doubt.names, salt), strict=True))
    (coin,) = _places([UNKNOWN_COIN], salt)
    return Draw(
        {name: triangular(entry, place[name]) for name, entry in sorted(doubt.parameters.items())},
        {name: triangular(entry, place[name]) for name, entry in sorted(doubt.severities.items())},
        salt if doubt.weights else None,
        coin if doubt.unknown else 1.0,
    )


def quantiles(names: Sequence[str], seed: int, samples: int) -> Floats:
    """Give the place in its range, in (0, 1), of each name in each sample, shape (samples, names)."""
    return np.array([_places(names, _salt(seed, sample)) for sample in range(samples)])


def keyed_places(keys: Sequence[int], salt: int) -> Floats:
    """Give a number in (0, 1) for each key of 64 bits that follows from the key and the salt alone.

    A figure or an edge has the same draw in every scenario and wherever it stands in a list.

    References
    ----------
    Steele, G. L., Lea, D. and Flood, C. H. (2014), Fast splittable pseudorandom number generators, OOPSLA:
    the finaliser of SplitMix64, on the sum of the salt and the key.
    """
    mixed = np.array(keys, dtype=np.uint64) + np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    places: Floats = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return places


@lru_cache(maxsize=1 << 17)
def key_of(text: str) -> int:
    """Turn a name into 64 bits."""
    data = text.encode()
    return crc32(data) << 32 | crc32(data[::-1], 0x9E3779B9)


def triangular(entry: Range, place: float) -> float:
    """Give the value below which a share `place` of the triangular distribution of a range lies.

    With c = (mode - low) / (high - low): low + sqrt(place c) (high - low) up to place = c, and
    high - sqrt((1 - place) (1 - c)) (high - low) above.

    Examples
    --------
    >>> from chainshock.graph.parameters import read_parameters
    >>> round(triangular(read_parameters()["phi"], 0.5), 12)  # symmetric: the median is the mode
    0.5
    """
    width = entry.high - entry.low
    if width <= 0.0:
        return entry.default
    mode = (entry.default - entry.low) / width
    if place <= mode:
        value = entry.low + width * (place * mode) ** 0.5
    else:
        value = entry.high - width * ((1.0 - place) * (1.0 - mode)) ** 0.5
    return float(min(max(value, entry.low), entry.high))


def _salt(seed: int, sample: int) -> int:
    """Give the number from which all draws of a sample follow."""
    return int(np.random.SeedSequence(seed, spawn_key=(sample,)).generate_state(1, np.uint64)[0])


def _places(names: Sequence[str], salt: int) -> list[float]:
    """Give the place in its range of each figure, or of the one whose draw it shares."""
    leaders = [FOLLOWS.get(name, (name, 1)) for name in names]
    places = keyed_places([key_of(name) for name, _ in leaders], salt).tolist()
    return [place if sign > 0 else 1.0 - place for place, (_, sign) in zip(places, leaders, strict=True)]
