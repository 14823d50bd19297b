"""Group what is in doubt into at most forty inputs that a person can weigh against one another."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["MOST_GROUPS", "UNKNOWN_SUPPLY", "WEEKS_ONLY", "group_of", "grouped", "weights_title"]

MOST_GROUPS = 40
UNKNOWN_SUPPLY = "supply of unknown origin"

# beginning of names: what they are about; the longest that fits counts
TITLES = {
    "ban.": "refused buyers, bans and general licences",
    "collateral.": "goods held up under the same code",
    "component.local-share": "components bought at home",
    "cover.component": "stocks: components",
    "cover.magnet": "stocks: magnets",
    "cover.metal": "stocks: oxides, metals, other materials",
    "cover.oxide": "stocks: oxides, metals, other materials",
    "cover.pool": "stocks: in trade",
    "cover.refined": "stocks: oxides, metals, other materials",
    "diversion.": "what rationing moves",
    "doubt.concentration.": "how sure origins are",
    "doubt.unknown-from-issuer": UNKNOWN_SUPPLY,
    "elasticity.": "price response",
    "eta.": "price response",
    "fx.": "baseline prices, unit values, exchange rates",
    "general-licence.": "refused buyers, bans and general licences",
    "kappa.car": "criticality: cars",
    "kappa.component": "criticality: magnets, metals, components",
    "kappa.direct": "criticality: wind, defence, electronics",
    "kappa.magnet": "criticality: magnets, metals, components",
    "kappa.material": "criticality: other materials",
    "kappa.refining": "criticality: magnets, metals, components",
    "licence.": "licences: how much is stopped",
    "licence.delay": "licences: when they come",
    "licence.review": "licences: when they come",
    "licence.week": "licences: when they come",
    "line.": "lines that need the good: other uses",
    "line.bike": "lines that need the good: cars",
    "line.car": "lines that need the good: cars",
    "line.defence": "lines that need the good: defence",
    "line.ev": "lines that need the good: cars",
    "magnet-use.": "segments whose use of magnets is not told",
    "pass-through.": "what licensed exporters keep",
    "phi": "requalification: share of a shortfall",
    "price-cap": "price ceilings and floors",
    "price-floor": "price ceilings and floors",
    "price.": "baseline prices, unit values, exchange rates",
    "project.": "projects: share built, discount",
    "qualification.": "requalification: weeks",
    "r-max": "refilling and catching up",
    "refill.": "refilling and catching up",
    "refused.": "refused buyers, bans and general licences",
    "spare.": "spare capacity: ores, oxides, metals",
    "spare.component": "spare capacity: components and final goods",
    "spare.end-use": "spare capacity: components and final goods",
    "spare.magnet": "spare capacity: magnets",
    "split.": "grades of magnets",
    "stock.spread": "stocks: spread between firms",
    "thrift.": "thrift",
    "transit.": "transit",
    "unit-value.": "baseline prices, unit values, exchange rates",
    "utilisation.": "utilisation of plants",
}

# what has no part in a static run
WEEKS_ONLY = (
    "cover.",
    "qualification.",
    "refill.",
    "stock.",
    "thrift.",
    "transit.",
)
STAGE_TITLES = {
    "component": "where components come from",
    "magnet": "where magnets come from",
    "refined": "where other materials come from",
}


def group_of(name: str) -> str:
    """Give the title of the group that a figure belongs to; its own name where there is none.

    Examples
    --------
    >>> group_of("cover.magnet.JPN")
    'stocks: magnets'
    """
    fitting = [start for start in TITLES if name.startswith(start)]
    return TITLES[max(fitting, key=len)] if fitting else name


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """Give the names of each group, groups by title."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(group_of(name), []).append(name)
    return dict(sorted(groups.items()))


def weights_title(stage: str) -> str:
    """Give the title of the drawn weights of a stage of goods."""
    return STAGE_TITLES.get(stage, "where ores, oxides and metals come from")
