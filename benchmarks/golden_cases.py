"""Run `chainshock cascade` on every published case and print the largest difference and the sweep counts.

PYTHONPATH=. python benchmarks/golden_cases.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

CASES = Path(__file__).parents[1] / "tests" / "golden"
SCORES = {"esri": "ESRI", "esri_down": "ESRI_down", "esri_up": "ESRI_up"}
KERNELS = ("reference", "packed", "frontier", "columns")


def main() -> None:
    """Print a line per case and kernel."""
    worst = 0.0
    for path in sorted(CASES.glob("esri_*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            write_tables(case["inputs"], Path(folder))
            for kernel in KERNELS:
                rows = run(Path(folder), case["inputs"], kernel)
                difference = max(
                    abs(row[ours] - wanted)
                    for ours, theirs in SCORES.items()
                    for row, wanted in zip(rows, case["expected"][theirs], strict=True)
                )
                sweeps = [row["iterations"] for row in rows]
                equal = "equal" if sweeps == case["expected"]["iterations"] else "DIFFERENT"
                worst = max(worst, difference)
                print(
                    f"{path.stem:32} {kernel:10} largest difference {difference:.1e}, sweeps {equal}: "
                    f"{', '.join(map(str, sweeps[:6]))}{' ...' if len(sweeps) > 6 else ''}"
                )
    print(f"largest difference of all: {worst:.1e}")


def write_tables(given: dict, folder: Path) -> None:
    """Write a case as the tables that the command reads."""
    names = [f"firm {i}" for i in range(1, given["n"] + 1)]
    nodes: dict[str, list] = {"id": names, "sector": [str(name) for name in given["sector"]]}
    for ours, theirs in (("revenue", "revenue"), ("cost", "costs"), ("weight", "weights")):
        if isinstance(given.get(theirs), list):
            nodes[ours] = given[theirs]
    supplier, customer, weight = zip(*given["edges"], strict=True)
    sectors = [str(name) for name in given["sector_order"]]
    classes = given["ess_rows_supplier_cols_customer"]
    losses = [
        (f"column {number}", names[i], float(loss))
        for number, column in enumerate(given["shock_columns_psi_is_LOSS"])
        for i, loss in enumerate(column)
        if loss or not any(column)
    ]
    tables = {
        "nodes": nodes,
        "edges": {
            "supplier": [names[int(i) - 1] for i in supplier],
            "customer": [names[int(j) - 1] for j in customer],
            "weight": weight,
        },
        "essentiality": {
            "supplier_sector": [seller for seller in sectors for _ in sectors],
            "customer_sector": [buyer for _ in sectors for buyer in sectors],
            "class": [kind for row in classes for kind in row],
        },
        "shocks": dict(zip(("scenario", "node", "loss"), zip(*losses, strict=True), strict=True)),
    }
    for name, columns in tables.items():
        pl.DataFrame(columns).write_csv(folder / f"{name}.csv")


def run(folder: Path, given: dict, kernel: str) -> list[dict]:
    """Run the command; give its rows."""
    command = [
        sys.executable,
        "-m",
        "chainshock",
        "cascade",
        str(folder),
        "--format",
        "json",
        "--kernel",
        kernel,
    ]
    replaceability = "market-share" if given["substitution_p_market"] else "none"
    options = ["--shocks", str(folder / "shocks.csv"), "--eps", repr(given["eps"])]
    options += ["--replaceability", replaceability]
    result = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    return json.loads(result.stdout)["rows"]


if __name__ == "__main__":
    main()
