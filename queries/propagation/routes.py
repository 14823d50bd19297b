"""Say which share of its baseline flow each route between two countries lets through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork

__all__ = ["RouteFactors"]


@dataclass(frozen=True)
class RouteFactors:
    """Factors a = 1 - s of measures on routes, by measure and good.

    `by_measure[measure][good]` is an array of shape (buyer classes, countries, countries): the factor for a
    buyer of that class when the good leaves the second axis's country for the third's. A good or measure that
    is absent leaves every route open. `issuers[measure]` is the index of the issuing country. `by_content`
    names the measures that reach goods of third countries by what they hold. `held[good]`, of the same shape,
    is True where a control that baseline flows already bear keeps a route from carrying more than it did.
    """

    by_measure: Mapping[str, Mapping[int, Floats]]
    issuers: Mapping[str, int] = field(default_factory=dict)
    by_content: frozenset[str] = frozenset()
    held: Mapping[int, npt.NDArray[np.bool_]] = field(default_factory=dict)

    @cached_property
    def by_good(self) -> dict[int, Floats]:
        """Product over the measures, for each good that any measure touches."""
        return self._product(frozenset())

    @cached_property
    def by_good_of_any_content(self) -> dict[int, Floats]:
        """Product over the measures that do not ask what a good holds.

        A unit that holds nothing of the origin's moves freely under a content rule, so these routes tell
        which countries share one price.
        """
        return self._product(self.by_content)

    def _product(self, without: frozenset[str]) -> dict[int, Floats]:
        product: dict[int, Floats] = {}
        for measure, goods in self.by_measure.items():
            for good, factor in goods.items() if measure not in without else ():
                product[good] = product[good] * factor if good in product else factor.copy()
        return product

    def edges(self, network: ProductionNetwork, *, unknown_from_issuer: bool = False) -> Floats:
        """Give the factor a_e of every edge of a network, shape (k,).

        An edge inside one country has factor 1. An edge from an `unknown` supplier is untouched, or, with
        `unknown_from_issuer`, is treated as coming from each measure's issuer: the two bounds of the unknown
        share.
        """
        factor = np.ones(len(network.edge_source))
        source, target = network.edge_source, network.edge_node
        good = network.good[source]
        unknown = network.kind[source] == NodeKind.UNKNOWN
        for measure, goods in self.by_measure.items():
            for index, table in goods.items():
                hit = np.flatnonzero((good == index) & (~unknown | unknown_from_issuer))
                if not hit.size:
                    continue
                origin = network.country[source[hit]].copy()
                if unknown_from_issuer and measure in self.issuers:
                    origin[unknown[hit]] = self.issuers[measure]
                destination = network.country[target[hit]]
                values = table[network.buyer_class[target[hit]], origin, destination]
                factor[hit] *= np.where(origin == destination, 1.0, values)
        return factor
