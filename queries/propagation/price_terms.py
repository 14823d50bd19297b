"""Turn tightness of markets into prices, and prices into what nodes gain and pay, under any ceiling.

Prices move no quantity here, so a ranking under another ceiling needs no new solution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.prices import price_ratio, sold_markup
from chainshock.queries.propagation.state import ShockOptions, ShockState
from chainshock.queries.propagation.sweeps import Frame, Indices, add_up

if TYPE_CHECKING:
    from chainshock.queries.propagation.weeks.solve import WeekState

__all__ = ["PriceTerms", "Priced", "reprice"]

State = TypeVar("State", "ShockState", "WeekState")


@dataclass(frozen=True, eq=False)
class Priced:
    """Prices and their effects.

    Attributes
    ----------
    price, at_ceiling
        Price ratio to baseline, over weeks the mean; whether the cap held, over weeks in any, (G, C).
    by_week
        Price ratio by week where there are weeks, (G, C, T); else as `price`.
    sold, bought
        Price effect on sales and on purchases as a share of baseline value, (n,); the second is a cost.
    """

    price: Floats
    at_ceiling: npt.NDArray[np.bool_]
    by_week: Floats
    sold: Floats
    bought: Floats


@dataclass(frozen=True, eq=False)
class PriceTerms:
    """What prices act on, once quantities are settled.

    The solution may stand for a larger network whose twins it merges: `node_of` (n,) and `group_of` (m,) give
    the place of each node and group of `network` in that of `frame`.

    Attributes
    ----------
    network
        Network to give effects for.
    frame, options
        Edges with the factors of the run, of the network solved; rules.
    tightness
        z where goods are short, -z_in where they pile up, (G, C), or by week (G, C, T).
    y
        Output that is still sold, share of baseline, by node solved.
    paid
        What a group still buys, share of need, times the share of its country's price change that it pays,
        by group solved.
    """

    network: ProductionNetwork
    frame: Frame
    options: ShockOptions
    tightness: Floats
    y: Floats
    paid: Floats
    node_of: Indices
    group_of: Indices

    def prices(
        self, ceiling: float = 1.0, options: ShockOptions | None = None
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Give price ratios of the shape of `tightness`, and where the cap holds.

        Parameters
        ----------
        ceiling
            Multiple of the price cap.
        options
            Other elasticities, caps and floors than those of the run.
        """
        return price_ratio(self.tightness, self.frame.network, options or self.options, ceiling)

    def priced(self, ceiling: float = 1.0) -> Priced:
        """Give prices and their effects under a multiple of the price cap."""
        by_week, held = self.prices(ceiling)
        price = by_week if by_week.ndim == 2 else by_week.mean(axis=2)
        at_ceiling = np.asarray(held if held.ndim == 2 else held.any(axis=2))
        network = self.network
        sold = (self.y * sold_markup(self.frame, self.options, price))[self.node_of]
        change = price[network.group_good, network.country[network.group_node]] - 1.0
        cost = np.nan_to_num(network.cost_share) * self.paid[self.group_of] * change
        return Priced(price, at_ceiling, by_week, sold, add_up(network.group_node, cost, network.n))


def reprice(state: State, ceiling: float) -> State:
    """Give the state with prices under a multiple of the price cap."""
    found = state.terms.priced(ceiling)
    return replace(
        state,
        price=found.price,
        at_ceiling=found.at_ceiling,
        price_sold=found.sold,
        price_bought=found.bought,
    )
