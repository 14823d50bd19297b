"""Put the prices of a shock's weeks beside those on record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from chainshock.errors import QueryError
from chainshock.queries.assumptions import price_extremes, shock_options
from chainshock.queries.names import LABELS, NameIndex
from chainshock.queries.price_rows import is_inside
from chainshock.queries.price_weeks import PriceWeeks, modelled_prices, recorded_prices
from chainshock.queries.signals.series import gather

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["price_weeks"]

BEFORE, AFTER = timedelta(days=365), timedelta(weeks=26)  # how far around the run the record is shown


def price_weeks(shock: Shock, good: str) -> PriceWeeks:
    """Give the prices of a good under a shock by week, and on record a year before to half a year after.

    Parameters
    ----------
    good
        Id or name of a commodity.

    Raises
    ------
    UnknownName, AmbiguousName
        No good, or several, answer to the name.
    QueryError
        The shock has no weeks, or the good no market or no price rule.
    """
    horizon = shock.choices.horizon
    if horizon is None:
        raise QueryError("found a static run, expected one over weeks: a static run has one price")
    names = NameIndex(shock.graph, [LABELS["commodities"]])
    node = names.find(good)
    soft, sharp = (
        shock_options(shock.network, shock.graph, shock.parameters.with_values(values))
        for values in price_extremes(shock.parameters)
    )
    start = shock.scenario.date
    network, routes = shock.network, shock.routes
    modelled = modelled_prices(network, shock.weeks.terms, routes, soft, sharp, node.key, start)
    inside = is_inside(network, routes, network.goods.index(node.key))
    places = np.flatnonzero(inside).tolist() or routes.issuers.values()
    issuers = frozenset(network.countries[place] for place in places)
    series = gather(shock.dataset.knowledge, shock.choices.as_of, shock.choices.facts, ["prices"])
    last = start + timedelta(weeks=horizon)
    recorded = recorded_prices(series, node.key, issuers, start - BEFORE, last + AFTER)
    return PriceWeeks(shock.run, node.key, names.title(node), (*modelled, *recorded))
