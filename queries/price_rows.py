"""Say what a row's price effects rest on: its exposure under other ceilings, and what a good costs where."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.exposure import EntityExposure
from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions
from chainshock.queries.propagation.sweeps import add_up

__all__ = [
    "NO_CEILINGS",
    "NO_PRICES",
    "Ceiling",
    "Ceilings",
    "GoodPrice",
    "ceilings_of",
    "difference_of",
    "good_prices",
    "is_inside",
    "market_needs",
    "price_tables",
]

PRICE_PARTS = ("price_sold", "price_bought")
NEGLIGIBLE = 0.00005  # share of the denominator; less does not show in a table

Ceiling = Literal["half", "double"]


@dataclass(frozen=True)
class Ceilings:
    """How much of an exposure rests on assumed price ceilings.

    Attributes
    ----------
    at_ceiling
        Whether prices of what it sells or buys were clipped at their ceiling, and double the ceiling would
        move what they are worth to it by 0.005 % of the denominator or more.
    exposure_half_ceiling, exposure_double_ceiling
        Exposure if every ceiling were half (never below baseline), and double.
    usd_half, usd_double
        The same in USD a year, where known.
    rank_half_ceiling, rank_double_ceiling
        Rank among the rows if all were so; 0 before they are ordered.
    """

    at_ceiling: bool
    exposure_half_ceiling: float
    exposure_double_ceiling: float
    usd_half: float | None = None
    usd_double: float | None = None
    rank_half_ceiling: int = 0
    rank_double_ceiling: int = 0

    @property
    def matters(self) -> bool:
        """Whether the exposure itself differs between half and double the ceilings."""
        return abs(self.exposure_double_ceiling - self.exposure_half_ceiling) >= NEGLIGIBLE

    def exposure(self, ceiling: Ceiling) -> float:
        """Give the exposure under a ceiling."""
        return self.exposure_half_ceiling if ceiling == "half" else self.exposure_double_ceiling

    def usd(self, ceiling: Ceiling) -> float | None:
        """Give the exposure under a ceiling in USD a year."""
        return self.usd_half if ceiling == "half" else self.usd_double

    def ranked(self, ranks: tuple[int, int]) -> Ceilings:
        """Give the same with the ranks under half and double the ceiling."""
        return replace(self, rank_half_ceiling=ranks[0], rank_double_ceiling=ranks[1])

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give what JSON and CSV have."""
        return {key: value for key, value in asdict(self).items() if not key.startswith("usd_")}


NO_CEILINGS = Ceilings(at_ceiling=False, exposure_half_ceiling=0.0, exposure_double_ceiling=0.0)


@dataclass(frozen=True)
class GoodPrice:
    """Price of a good relative to baseline, over weeks the mean; None where it has no market there.

    `low` and `high` are what the ranges of elasticities, ceilings and floors leave open at the same shortage.
    """

    price_outside: float | None
    price_outside_low: float | None
    price_outside_high: float | None
    price_inside: float | None
    price_inside_low: float | None
    price_inside_high: float | None


NO_PRICES = GoodPrice(None, None, None, None, None, None)


def ceilings_of(entity: EntityExposure, half: EntityExposure, double: EntityExposure) -> Ceilings:
    """Compare an entity's exposure with those under half and double the ceilings.

    A price that was clipped is higher under a higher ceiling, so the parts that prices make then differ.
    """
    clipped = any(
        abs(double.relative_parts[part] - entity.relative_parts[part]) >= NEGLIGIBLE for part in PRICE_PARTS
    )
    known = entity.value is not None
    return Ceilings(
        at_ceiling=clipped,
        exposure_half_ceiling=half.relative,
        exposure_double_ceiling=double.relative,
        usd_half=half.usd if known else None,
        usd_double=double.usd if known else None,
    )


def difference_of(before: Ceilings | None, after: Ceilings | None) -> Ceilings:
    """Give the ceilings of a comparison: differences of exposures, after less before; None is no exposure."""
    old, new = before or NO_CEILINGS, after or NO_CEILINGS
    present = [side for side in (before, after) if side is not None]
    known = all(side.usd_half is not None for side in present)
    return Ceilings(
        at_ceiling=old.at_ceiling or new.at_ceiling,
        exposure_half_ceiling=new.exposure_half_ceiling - old.exposure_half_ceiling,
        exposure_double_ceiling=new.exposure_double_ceiling - old.exposure_double_ceiling,
        usd_half=(new.usd_half or 0.0) - (old.usd_half or 0.0) if known else None,
        usd_double=(new.usd_double or 0.0) - (old.usd_double or 0.0) if known else None,
    )


def good_prices(
    network: ProductionNetwork,
    terms: PriceTerms,
    routes: RouteFactors,
    soft: ShockOptions,
    sharp: ShockOptions,
) -> dict[str, GoodPrice]:
    """Give what each good with a price rule costs outside and inside the issuers of the measures on it.

    A price is the mean over countries with a market, by baseline need of the good there; over all countries
    where no measure touches the good itself.

    Parameters
    ----------
    soft, sharp
        Assumptions that keep prices nearest to baseline, and that move them most.
    """
    need = market_needs(network)
    tables = [_mean(table) for table in price_tables(terms, soft, sharp)]
    priced = np.isfinite(terms.options.per_good("eta", network))
    found: dict[str, GoodPrice] = {}
    for good in np.flatnonzero(priced).tolist():
        inside = is_inside(network, routes, good)
        outside = [_over(table[good], need[good] * ~inside) for table in tables]
        home = [_over(table[good], need[good] * inside) for table in tables]
        found[network.goods[good]] = GoodPrice(*outside, *home)
    return found


def market_needs(network: ProductionNetwork) -> Floats:
    """Give the baseline need of each good by the activities of each country, (G, C)."""
    shape = (len(network.goods), len(network.countries))
    place = network.group_good.astype(np.intp) * shape[1] + network.country[network.group_node]
    buys = np.where(network.kind[network.group_node] == NodeKind.ACTIVITY, network.need, 0.0)
    return add_up(place, buys, shape[0] * shape[1]).reshape(shape)


def is_inside(network: ProductionNetwork, routes: RouteFactors, good: int) -> npt.NDArray[np.bool_]:
    """Tell which countries issue a measure on a good, (C,)."""
    inside = np.zeros(len(network.countries), dtype=np.bool_)
    inside[[routes.issuers[m] for m, goods in routes.by_measure.items() if good in goods]] = True
    return inside


def price_tables(terms: PriceTerms, soft: ShockOptions, sharp: ShockOptions) -> tuple[Floats, Floats, Floats]:
    """Give price ratios, and the lowest and highest that ranges of assumptions give, (G, C) or (G, C, T)."""
    price, near, far = (terms.prices(options=options)[0] for options in (terms.options, soft, sharp))
    return price, np.minimum(near, far), np.maximum(near, far)


def _mean(by_week: Floats) -> Floats:
    return by_week if by_week.ndim == 2 else np.asarray(by_week.mean(axis=2))


def _over(prices: Floats, need: Floats) -> float | None:
    """Average prices by need; None where nothing is needed."""
    return float(prices @ need / need.sum()) if need.sum() > 0.0 else None
