"""Networks and shocks as files for Spark: published cases, and many random ones side by side in one run."""

import numpy as np
import polars as pl

from chainshock.graph.network.bare import BareNetwork


def write_network(folder, network: BareNetwork):
    """Write a network as Parquet; give the folder's path as text."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.array([str(node) for node in network.ids])
    sectors = np.array([str(name) for name in network.sectors])
    nodes = {"id": ids, "sector": sectors[network.sector]}
    for name, values in (
        ("revenue", network.revenue),
        ("cost", network.cost),
        ("weight", network.node_weight),
    ):
        if values is not None:
            nodes[name] = values
    pl.DataFrame(nodes).write_parquet(folder / "nodes.parquet")
    ends = {"supplier": ids[network.supplier], "customer": ids[network.customer], "weight": network.weight}
    pl.DataFrame(ends).write_parquet(folder / "edges.parquet")
    rows = [
        (str(s), str(c), int(network.essentiality[i, j]))
        for i, s in enumerate(network.sectors)
        for j, c in enumerate(network.sectors)
    ]
    columns = ["supplier_sector", "customer_sector", "class"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(folder / "essentiality.parquet")
    return str(folder)


def write_shocks(path, shocks, ids):
    """Write shocks; give the path as text."""
    rows = [
        (shock.name, str(ids[node]), float(loss))
        for shock in shocks
        for node, loss in zip(shock.node, shock.loss, strict=True)
    ]
    pl.DataFrame(rows, schema=["scenario", "node", "loss"], orient="row").write_parquet(path)
    return str(path)


def side_by_side(networks):
    """Put networks into one whose parts have nothing to do with each other; give it and their first nodes.

    Where a network lacks revenue, cost or weights, what it sells and buys stands in: the same by definition.
    """
    first, sector = 0, 0
    parts = {
        name: [] for name in ("sector", "supplier", "customer", "weight", "revenue", "cost", "node_weight")
    }
    starts, sizes = [], []
    for network in networks:
        n = len(network.ids)
        sold = np.bincount(network.supplier, network.weight, minlength=n)
        bought = np.bincount(network.customer, network.weight, minlength=n)
        parts["sector"].append(network.sector + sector)
        parts["supplier"].append(network.supplier + first)
        parts["customer"].append(network.customer + first)
        parts["weight"].append(network.weight)
        parts["revenue"].append(sold if network.revenue is None else network.revenue)
        parts["cost"].append(bought if network.cost is None else network.cost)
        parts["node_weight"].append(sold if network.node_weight is None else network.node_weight)
        starts.append(first)
        sizes.append(len(network.sectors))
        first, sector = first + n, sector + len(network.sectors)
    classes = np.zeros((sector, sector), dtype=np.uint8)
    place = 0
    for network, size in zip(networks, sizes, strict=True):
        classes[place : place + size, place : place + size] = network.essentiality
        place += size
    whole = {name: np.concatenate(values) for name, values in parts.items()}
    ids = tuple(f"n{i}" for i in range(first))
    names = tuple(f"s{q}" for q in range(sector))
    return BareNetwork(ids=ids, sectors=names, essentiality=classes, **whole), starts
