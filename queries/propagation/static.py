"""Solve a static shock: no stocks, no end of time.

Inputs and orders are swept to their fixed points, spare capacity fills part of the loss once, gains send
orders up the chain, and prices follow from what stays short. docs/explanation/engine.md has the formulas.
"""

from __future__ import annotations

import numpy as np

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.derived import derive_orders
from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.prices import paid_markup, set_prices
from chainshock.queries.propagation.rationing import rationing_rule
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions, ShockState
from chainshock.queries.propagation.substitution import (
    input_feasible,
    no_substitution,
    spare_quantity,
    substitute,
)
from chainshock.queries.propagation.sweeps import Frame, lost_input, lost_orders

__all__ = ["ShockOptions", "ShockState", "solve"]


def solve(
    network: ProductionNetwork, factor: Floats, routes: RouteFactors, options: ShockOptions | None = None
) -> ShockState:
    """Solve the static shock on a network.

    Parameters
    ----------
    network
        The compiled network.
    factor
        a_e of every edge, (k,), as given by `RouteFactors.edges`; clipped to [0, r_max].
    routes
        Factors of all routes: they say which sellers can substitute and which markets are one.
    options
        Choices and assumptions.

    Returns
    -------
    ShockState
        Output, gains, orders and prices, each relative to baseline.
    """
    options = options or ShockOptions()
    limited = np.clip(np.asarray(factor, dtype=np.float64), 0.0, options.r_max)
    frame = Frame(network, limited, compiled=options.kernel == "compiled")
    ration = rationing_rule(frame, options)
    tolerance, cap = options.tolerance, options.max_sweeps

    none = np.ones(len(network.group_node))
    loss, short, undelivered, stop = lost_input(frame, none, ration, tolerance, cap)
    first = (1.0 - loss, 1.0 - short, _passed(frame, loss, undelivered))
    sweeps, stops = stop.sweeps, [f"inputs: {stop}"]

    spare = spare_quantity(network, input_feasible(frame, short), 1.0 - loss)
    if options.substitution == "capacity":
        fill = substitute(network, np.maximum(short, 0.0), spare, routes, options)
    else:
        fill = no_substitution(network, spare)
    unserved = (1.0 - fill.rho) * np.maximum(short, 0.0) * network.need
    if np.any(fill.rho > 0.0):
        loss, short, undelivered, stop = lost_input(frame, 1.0 - fill.rho, ration, tolerance, cap)
        sweeps, stops = sweeps + stop.sweeps, [*stops, f"with substitution: {stop}"]

    still_short = np.clip((1.0 - fill.rho) * short, 0.0, 1.0)
    orders, stop = lost_orders(frame, loss, still_short, tolerance, cap)
    sweeps, stops = sweeps + stop.sweeps, [*stops, f"orders: {stop}"]

    derived = derive_orders(frame, fill.gain, fill.left)
    prices = set_prices(frame, unserved, derived.shortage, routes, options)
    y = 1.0 - np.maximum(loss, orders)
    markup = paid_markup(frame, options, undelivered, fill.rho * np.maximum(short, 0.0))
    paid = np.minimum(y[frame.node], 1.0 - still_short) * markup
    whole = np.arange(network.n), np.arange(len(frame.node))
    terms = PriceTerms(network, frame, options, prices.tightness, y, paid, *whole)
    effects = terms.priced()
    return ShockState(
        options=options,
        factor=frame.factor,
        x=1.0 - loss,
        hu=1.0 - orders,
        passed=_passed(frame, loss, undelivered),
        available=1.0 - short,
        rho=fill.rho,
        first_x=first[0],
        first_available=first[1],
        first_passed=first[2],
        gain=fill.gain,
        derived=derived.derived,
        filled=derived.filled,
        served=fill.served,
        shortage=derived.shortage,
        price=prices.price,
        segment=prices.segment,
        tightness=prices.tightness,
        at_ceiling=prices.at_ceiling,
        price_sold=effects.sold,
        price_bought=effects.bought,
        terms=terms,
        sweeps=sweeps,
        stop="; ".join(stops),
    )


def _passed(frame: Frame, loss: Floats, undelivered: Floats) -> Floats:
    """Give the share of its supplier's loss that each edge passes on, (k,)."""
    source = loss[frame.source]
    return np.divide(undelivered, source, out=np.ones(len(source)), where=source > 0.0)
