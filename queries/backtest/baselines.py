"""Predict signs without a model: three rules that a model has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import NodeKind, ProductionNetwork

__all__ = ["BASELINES", "Facts", "baseline_signs", "direct_import_shares"]

BASELINES = {
    "all-harmed": "everything outside the issuer is harmed by tightening and helped by relief",
    "import-share": "harm by tightening in proportion to what a country imports directly from the issuer",
    "miners-up": "miners and projects outside the issuer gain from tightening and lose from relief, all "
    "others the reverse",
}


@dataclass(frozen=True)
class Facts:
    """What the rules look at; `direction` is 1 for tightening, -1 for relief, 0 for neither."""

    direction: int
    is_outside: bool
    is_miner: bool
    import_share: float


def baseline_signs(facts: Facts) -> dict[str, int]:
    """Give the sign that each rule predicts; 0 where it predicts nothing.

    Examples
    --------
    >>> baseline_signs(Facts(direction=1, is_outside=True, is_miner=True, import_share=0.5))
    {'all-harmed': -1, 'import-share': -1, 'miners-up': 1}
    """
    is_gainer = facts.is_miner and facts.is_outside
    return {
        "all-harmed": -facts.direction if facts.is_outside else 0,
        "import-share": -facts.direction if facts.import_share > 0.0 else 0,
        "miners-up": facts.direction if is_gainer else -facts.direction,
    }


def direct_import_shares(
    network: ProductionNetwork, goods: frozenset[str], issuers: frozenset[str]
) -> dict[str, float]:
    """Give the share of each country's supply of goods that comes straight from issuers; the mean over goods.

    A country's supply of a good is what its pool draws, home makers included. Issuers themselves have none.
    """
    pools = network.kind[network.edge_node] == NodeKind.POOL
    wanted = np.isin(network.goods, sorted(goods))[network.good[network.edge_node]]
    origin = np.isin(network.countries, sorted(issuers))[network.country[network.edge_source]]
    abroad = network.country[network.edge_source] != network.country[network.edge_node]
    shares: dict[str, list[float]] = {}
    edges = np.flatnonzero(pools & wanted)
    for node in np.unique(network.edge_node[edges]):
        mine = edges[network.edge_node[edges] == node]
        direct = network.weight[mine][(origin & abroad)[mine]].sum()
        shares.setdefault(network.countries[network.country[node]], []).append(float(direct))
    return {iso3: sum(found) / len(found) for iso3, found in shares.items() if iso3 not in issuers}
