"""Time removals in batches against one solve each on the reference data, and print ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import chainshock
from chainshock.graph.network.production import Floats
from chainshock.queries.chokepoints import chokepoints
from chainshock.queries.propagation.removals import COLUMNS, Removal, solve_removals, without
from chainshock.queries.propagation.static import solve
from chainshock.queries.propagation.substitution import input_feasible, spare_quantity, substitute
from chainshock.queries.propagation.sweeps import Frame, lost_input

RUNS = 3
SHOCK = chainshock.reference().shock("no-measures")
FACTOR = SHOCK.routes.edges(SHOCK.network)


def whole_solve(removal: Removal) -> Floats:
    """Solve one removal with orders, derived demand and prices."""
    network, factor = without(SHOCK.network, FACTOR, removal)
    return solve(network, factor, SHOCK.routes, SHOCK.options).x


def inputs_alone(removal: Removal) -> Floats:
    """Solve the inputs of one removal: the work that a batch does."""
    options = SHOCK.options
    network, factor = without(SHOCK.network, FACTOR, removal)
    frame, none = Frame(network, factor), np.ones(len(network.group_node))
    loss, short, _, _ = lost_input(frame, none, None, options.tolerance, options.max_sweeps)
    spare = spare_quantity(network, input_feasible(frame, short), 1.0 - loss)
    rho = substitute(network, np.maximum(short, 0.0), spare, SHOCK.routes, options).rho
    if np.any(rho > 0.0):
        loss, *_ = lost_input(frame, 1.0 - rho, None, options.tolerance, options.max_sweeps)
    return 1.0 - loss


def batched(removals: list[Removal]) -> Floats:
    """Solve all removals in batches."""
    parts = solve_removals(SHOCK.network, FACTOR, SHOCK.routes, SHOCK.options, removals)
    return np.concatenate([output for _, output in parts], axis=1)


def alone(one: Callable[[Removal], Floats], removals: list[Removal]) -> Floats:
    """Solve removals one after the other."""
    return np.stack([one(removal) for removal in removals], axis=1)


def main() -> None:
    """Take every node of the reference network away, in three ways in turn, RUNS times."""
    removals = [entry.removal for entry in chokepoints(SHOCK.network, "nodes")]
    ways: dict[str, Callable[[], Floats]] = {
        f"in batches of {COLUMNS}": lambda: batched(removals),
        "one by one, inputs alone": lambda: alone(inputs_alone, removals),
        "one by one, whole solve": lambda: alone(whole_solve, removals),
    }
    walls: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Floats] = {}
    batched(removals[:COLUMNS])
    for _ in range(RUNS):
        for name, way in ways.items():
            start = time.perf_counter()
            results[name] = way()
            walls[name].append(time.perf_counter() - start)
    first, *others = results.values()
    removed = np.zeros(first.shape, dtype=bool)
    for column, removal in enumerate(removals):
        removed[list(removal.nodes), column] = True
    base = statistics.median(next(iter(walls.values())))
    print(f"{len(removals):,} removals, {SHOCK.network.n:,} nodes, {len(FACTOR):,} edges")
    print(f"{'way':26} {'median':>8} {'ratio':>7}")
    for name, times in walls.items():
        middle = statistics.median(times)
        print(f"{name:26} {middle:7.2f}s {middle / base:6.1f}x")
    most = max(float(np.abs(np.where(removed, 0.0, first - other)).max()) for other in others)
    print(f"largest difference of any output {most:.1e}")


if __name__ == "__main__":
    main()
