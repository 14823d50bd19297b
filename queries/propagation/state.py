"""Say how a shock is computed (options) and what it leaves behind (state)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, Ints, ProductionNetwork

if TYPE_CHECKING:
    from chainshock.queries.propagation.price_terms import PriceTerms

__all__ = ["Served", "ShockOptions", "ShockState"]

PerGood = Literal["phi", "eta", "price_cap", "price_floor", "pass_through", "diversion"]


@dataclass(frozen=True, eq=False)
class ShockOptions:
    """Choices and assumptions of one static shock.

    Attributes
    ----------
    substitution
        "capacity": spare capacity of others fills part of what is lost; "none": nothing does.
    rationing
        Who gets scarce goods: everyone in proportion, the use with the most value per unit first, or
        the uses in `priority` in that order: ids of goods or end uses, or tuples of ids that rank alike.
    phi
        Share of a loss that can be requalified in time, in [0, 1]; one number or one per good.
    r_max
        Ceiling of an edge's factor: how far a flow may exceed its baseline.
    eta
        Price rule: sum of the supply and demand elasticities, per good; NaN where a good has no price.
    price_cap, price_floor
        Bounds of the price ratio, per good.
    pass_through
        pi: the share of the price wedge that a licensed exporter keeps, per good.
    diversion
        delta: the share of another buyer's goods that value or priority rationing may move, per good.
    kernel
        "reference": numpy alone; "compiled": numba, for many what-ifs in one process. Equal to 1e-12.
    tolerance, max_sweeps
        The sweeps stop when nothing changes by more than the tolerance, or at this count.
    """

    substitution: Literal["capacity", "none"] = "capacity"
    rationing: Literal["proportional", "value", "priority"] = "proportional"
    priority: tuple[str | tuple[str, ...], ...] = ()
    phi: Floats | float = 0.5
    r_max: float = 1.25
    eta: Floats | float = np.nan
    price_cap: Floats | float = np.inf
    price_floor: Floats | float = 0.0
    pass_through: Floats | float = 0.15
    diversion: Floats | float = 1.0
    kernel: Literal["reference", "compiled"] = "reference"
    tolerance: float = 1e-13
    max_sweeps: int = 5000

    def per_good(self, name: PerGood, network: ProductionNetwork) -> Floats:
        """Give an assumption as one value per good of the network."""
        value: Floats | float = getattr(self, name)
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (len(network.goods),))


@dataclass(frozen=True, eq=False)
class Served:
    """Extra quantities that sellers' spare capacity delivers, one entry per good, seller country and market.

    A market is a buyer class in a buyer country. All arrays have the same length; `quantity` is in the
    good's unit per year.
    """

    good: Ints
    seller_country: Ints
    buyer_class: Ints
    country: Ints
    quantity: Floats


@dataclass(frozen=True, eq=False)
class ShockState:
    """What a static shock leaves behind. Nodes n, groups m, edges k, goods G, countries C.

    Attributes
    ----------
    options
        The options it was computed with.
    factor
        a_e of every edge, after the ceiling r_max, (k,).
    x, hu
        Output that inputs allow and output that orders allow, share of baseline, (n,).
    passed
        Share of a supplier's loss that an edge passes on, (1 - r_e) / (1 - x_source), (k,); 1 when rationing
        is proportional.
    available
        A of every group before substitution, (m,).
    rho
        Share of a group's loss that spare capacity fills, (m,).
    first_x, first_available, first_passed
        The same before any substitution: what rho, gains and prices rest on.
    gain, derived
        Extra output that fills lost deliveries, and orders derived from gains, share of baseline, (n,).
    filled
        Share of the derived orders a node got that it filled, (n,).
    served
        Who serves which market with spare capacity.
    shortage
        Derived orders that nobody fills, in the good's unit per year, (G, C).
    price
        Price ratio to baseline, (G, C); 1 where a good has no price rule.
    segment
        Number of the market segment of a good and country, -1 where there is no market, (G, C).
    tightness
        z where positive, -z_in where negative: what the price rests on, (G, C).
    at_ceiling
        True where the price was clipped at its cap, (G, C).
    price_sold, price_bought
        Price effect on sales and on purchases as a share of baseline value, (n,); the second is a cost.
    terms
        What prices act on.
    sweeps, stop
        Sweeps of all solutions together, and how the last of each kind stopped.
    """

    options: ShockOptions
    factor: Floats
    x: Floats
    hu: Floats
    passed: Floats
    available: Floats
    rho: Floats
    first_x: Floats
    first_available: Floats
    first_passed: Floats
    gain: Floats
    derived: Floats
    filled: Floats
    served: Served
    shortage: Floats
    price: Floats
    segment: Ints
    tightness: Floats
    at_ceiling: npt.NDArray[np.bool_]
    price_sold: Floats
    price_bought: Floats
    terms: PriceTerms
    sweeps: int
    stop: str

    @property
    def y(self) -> Floats:
        """Final output as a share of baseline, min(x, hu), shape (n,)."""
        return np.minimum(self.x, self.hu)

    @property
    def delivered(self) -> Floats:
        """A' of every group after substitution, A + rho (1 - A), shape (m,)."""
        return self.available + self.rho * (1.0 - self.available)
