"""Write a synthetic network as Parquet tables, with a severe shock: make_network.py NODES FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

from chainshock.graph.network.synthetic import make_network


def main(nodes: int, folder: Path) -> None:
    """Write nodes, edges, essentiality, and shocks: the first hundredth of the nodes lose all output."""
    network = make_network(nodes)
    folder.mkdir(parents=True, exist_ok=True)
    sellers, buyers = np.indices((len(network.sectors), len(network.sectors)))
    tables = {
        "nodes": {"id": np.arange(nodes), "sector": network.sector},
        "edges": {"supplier": network.supplier, "customer": network.customer, "weight": network.weight},
        "essentiality": {
            "supplier_sector": sellers.ravel(),
            "customer_sector": buyers.ravel(),
            "class": np.ravel(network.essentiality),
        },
        "shocks": {"scenario": ["severe"] * (nodes // 100), "node": np.arange(nodes // 100), "loss": 1.0},
    }
    for name, columns in tables.items():
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
