"""Say how much of some users' output draws on each producer and each delivery, at first order.

A user that needs all of an input group depends on it in whole, however many groups it has, so the shares that
draw on different inputs do not add up to one.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from chainshock.graph.network.production import Floats, ProductionNetwork

__all__ = ["dependence"]

LEAK = 1e-12  # keeps rings of pools that no producer feeds solvable


def dependence(network: ProductionNetwork, users: Floats) -> tuple[Floats, Floats]:
    """Give the share of users' output that draws on each node and on each edge.

    D_i = b_i + Σ over edges e from i of d_e, with d_e = D_customer κ_g w_e. Goods that pools hand to and fro
    count each time they pass.

    Parameters
    ----------
    users
        b: weight of each node's own output, (n,); it sums to 1 where shares are wanted.

    Returns
    -------
    tuple
        D of nodes (n,) and d of edges (k,).
    """
    part = network.kappa[network.edge_group] * network.weight * (1.0 - LEAK)
    entries = (part, (network.edge_source, network.edge_node))
    draws = csc_array(entries, shape=(network.n, network.n))
    whole: Floats = splu((eye_array(network.n, format="csc") - draws).tocsc()).solve(users)
    nodes = np.maximum(whole, 0.0)
    return nodes, nodes[network.edge_node] * part
