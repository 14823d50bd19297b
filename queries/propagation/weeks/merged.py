"""Find nodes and edges of the given network behind those of the merged one, and the other way round."""

from __future__ import annotations

import numpy as np

from chainshock.graph.network.production import ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices

__all__ = ["Merged"]


class Merged:
    """Where nodes and edges went when a network was merged; see `compress`.

    Attributes
    ----------
    node_of, edge_of
        Merged node of each given node, (n,), and merged edge of each given edge, (k,).
    node, edge
        First of the given nodes behind each merged node, and of the given edges behind each merged edge.
    """

    def __init__(self, network: ProductionNetwork, small: ProductionNetwork, node_of: Indices) -> None:
        first = np.searchsorted(network.group_node, np.arange(network.n))
        kept = np.searchsorted(small.group_node, np.arange(small.n))
        place = np.arange(len(network.group_node)) - first[network.group_node]
        group = kept[node_of[network.group_node]] + place
        code = group[network.edge_group] * small.n + node_of[network.edge_source]
        _, edge, edge_of = np.unique(code, return_index=True, return_inverse=True)
        _, node = np.unique(node_of, return_index=True)
        self.network, self.node_of = network, node_of
        self.edge, self.edge_of = edge.astype(np.intp), edge_of.astype(np.intp)
        self.node = node.astype(np.intp)

    def edge_into(self, node: int, edge: int) -> int:
        """Give the given edge behind a merged edge that leads into a given node, the first if none does."""
        found = np.flatnonzero((self.edge_of == edge) & (self.network.edge_node == node))
        return int(found[0]) if found.size else int(self.edge[edge])
