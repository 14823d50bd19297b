"""Networks for tests of the cascade: published cases, and random ones."""

import json
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from chainshock.graph.network.bare import BareNetwork, NodeLosses

GOLDEN = Path(__file__).parents[3] / "golden"
KERNELS = ("reference", "packed", "frontier", "columns")


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def network_of(given):
    """The network of a published case."""
    edges = np.array(given["edges"], dtype=float)
    order = given["sector_order"]
    weights = given["weights"]
    return BareNetwork(
        ids=tuple(str(node + 1) for node in range(given["n"])),
        sectors=tuple(order),
        sector=np.array([order.index(name) for name in given["sector"]], dtype=np.int32),
        supplier=edges[:, 0].astype(np.int32) - 1,
        customer=edges[:, 1].astype(np.int32) - 1,
        weight=edges[:, 2],
        essentiality=np.array(given["ess_rows_supplier_cols_customer"], dtype=np.uint8),
        revenue=None if given.get("revenue") is None else np.array(given["revenue"], dtype=float),
        cost=None if given.get("costs") is None else np.array(given["costs"], dtype=float),
        node_weight=None if isinstance(weights, str) or weights is None else np.array(weights, dtype=float),
    )


def shock(*losses, name="shock"):
    """Losses given node by node."""
    loss = np.array(losses, dtype=float)
    node = np.flatnonzero(loss).astype(np.int32)
    return NodeLosses(name, node, loss[node])


@st.composite
def networks(draw, most=25, guarded=True):
    """A random network with repeated edges, empty sectors, isolated nodes, and at times revenue and cost.

    Flows are at least 1 where `guarded`, so that no sector falls under the guard of the dead sector while one
    of its suppliers is smaller than 1.
    """
    n, m = draw(st.integers(2, most)), draw(st.integers(1, 6))
    k = draw(st.integers(1, 4 * n))
    seed = draw(st.integers(0, 2**32 - 1))
    stream = np.random.default_rng(seed)
    flow = stream.pareto(1.5, k) + (1.0 if guarded else 0.0)
    flow[stream.random(k) < 0.1] = 0.0
    customer = stream.integers(0, n, k)
    supplier = (customer + stream.integers(1, n, k)) % n
    bought = np.bincount(customer, flow, minlength=n)
    sold = np.bincount(supplier, flow, minlength=n)
    extra = draw(st.booleans())
    return BareNetwork(
        ids=tuple(f"n{i}" for i in range(n)),
        sectors=tuple(f"s{q}" for q in range(m)),
        sector=stream.integers(0, m, n).astype(np.int32),
        supplier=supplier.astype(np.int32),
        customer=customer.astype(np.int32),
        weight=flow,
        essentiality=stream.integers(0, 3, (m, m)).astype(np.uint8),
        revenue=sold * stream.uniform(1.0, 2.0, n) if extra else None,
        cost=bought * stream.uniform(1.0, 2.0, n) if extra else None,
        node_weight=stream.uniform(0.0, 3.0, n) if draw(st.booleans()) else None,
    )


@st.composite
def losses(draw, n):
    """Some nodes lose some or all of their output."""
    chosen = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4, unique=True))
    size = st.sampled_from([0.1, 0.25, 0.5, 1.0])
    loss = [draw(size) for _ in chosen]
    return NodeLosses("shock", np.array(chosen, dtype=np.int32), np.array(loss))
