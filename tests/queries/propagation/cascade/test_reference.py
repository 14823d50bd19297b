"""The readable cascade kernel against published answers and hand arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest

from chainshock.graph.network.bare import BareNetwork
from chainshock.queries.propagation.cascade.reference import compile_cascade, run_cascade

GOLDEN = Path(__file__).parents[3] / "golden"


def network_of(given):
    edges = np.array(given["edges"], dtype=float)
    order = given["sector_order"]
    weights = given["weights"]
    return BareNetwork(
        ids=tuple(str(node + 1) for node in range(given["n"])),
        sectors=tuple(order),
        sector=np.array([order.index(name) for name in given["sector"]]),
        supplier=edges[:, 0].astype(int) - 1,
        customer=edges[:, 1].astype(int) - 1,
        weight=edges[:, 2],
        essentiality=np.array(given["ess_rows_supplier_cols_customer"], dtype=np.uint8),
        revenue=None if given.get("revenue") is None else np.array(given["revenue"], dtype=float),
        cost=None if given.get("costs") is None else np.array(given["costs"], dtype=float),
        node_weight=None if isinstance(weights, str) or weights is None else np.array(weights, dtype=float),
    )


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("esri_*.json")), ids=lambda path: path.stem)
def test_reference_kernel_equals_published_scores_and_sweeps(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    given, expected = case["inputs"], case["expected"]
    replaceability = given["substitution_p_market"]
    cascade = compile_cascade(network_of(given), "generalized-leontief", replaceability=replaceability)
    columns = given["shock_columns_psi_is_LOSS"]
    found = [run_cascade(cascade, np.array(loss, dtype=float), eps=given["eps"]) for loss in columns]
    for name in ("esri", "esri_down", "esri_up"):
        wanted = expected[name.upper() if name == "esri" else name.replace("esri", "ESRI")]
        assert [getattr(each, name) for each in found] == pytest.approx(wanted, abs=1e-12, rel=0)
    assert [each.iterations for each in found] == expected["iterations"]


def test_chain_of_three_firms_loses_what_the_arithmetic_says():
    # a sells 1 to b, b sells 2 to c; a loses half. Sector of each its own, all inputs essential.
    # down: hd = (.5, .5, .5); up: nobody's customer lost: hu = (.5, 1, 1); weights s = (1, 2, 0)
    # esri = esri_down = (1 * .5 + 2 * .5) / 3 = .5; esri_up = 1 * .5 / 3 = 1/6; sweeps 2 and one that rests
    network = BareNetwork(
        ("a", "b", "c"),
        ("1", "2", "3"),
        np.arange(3),
        np.array([0, 1]),
        np.array([1, 2]),
        np.array([1.0, 2.0]),
    )
    cascade = compile_cascade(network, "leontief", replaceability=False)
    found = run_cascade(cascade, np.array([0.5, 0.0, 0.0]))
    assert (found.esri, found.esri_down, found.iterations) == (0.5, 0.5, 3)
    assert found.esri_up == pytest.approx(1 / 6)
    assert run_cascade(cascade, np.zeros(3)).esri == 0
