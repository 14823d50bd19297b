"""Read times off the weeks of a run: to impact, to recover, and when what is upstream is free again.

Weeks are counted from 0, the week of the scenario's date.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices

__all__ = ["IMPACT", "first_below", "last_release", "weeks_to_recover"]

IMPACT = 0.99  # output below this counts as impact


def first_below(output: Floats) -> npt.NDArray[np.int64]:
    """Give the first week below 99 % of baseline, -1 where there is none, (n,), from output (n, T).

    Under the measures of a scenario this is the time to impact; with the restricted input wholly absent it
    counts the weeks of full output without it, the time to survive.

    References
    ----------
    Simchi-Levi, D., Schmidt, W., Wei, Y. et al. (2015), Identifying risks and mitigating disruptions in the
    automotive supply chain, Interfaces 45(5), for time to survive and time to recover.
    """
    below = output < IMPACT
    return np.where(below.any(axis=1), below.argmax(axis=1), -1)


def weeks_to_recover(output: Floats, release: float) -> int | None:
    """Give the weeks from the end of the measures until output is back above 99 % and stays there.

    Parameters
    ----------
    output
        Output by week as a share of baseline, (T,).
    release
        Week from which nothing upstream is stopped; inf where that never comes, -inf where nothing was.

    Returns
    -------
    int or None
        0 where output was back before the measures ended. None where it never fell, where the measures do
        not end within the T weeks, or where output is not back within them.
    """
    below = np.flatnonzero(output < IMPACT)
    if not below.size or not 0.0 <= release < len(output):
        return None
    back = int(below[-1]) + 1
    return max(0, back - int(np.ceil(release))) if back < len(output) else None


def last_release(network: ProductionNetwork, stopped: Iterable[tuple[Indices, Floats]]) -> Floats:
    """Give the week from which no measure stops what reaches a node from upstream, (n,).

    release_i = max over its edges e of max(end_e, release of the supplier): inf where a measure outlasts
    what is known, -inf where none stops anything upstream.

    Parameters
    ----------
    stopped
        For each measure the edges that it stops, (r,), and the week in which it lets them go, (r,).
    """
    end = np.full(len(network.edge_source), -np.inf)
    for edges, until in stopped:
        np.maximum.at(end, edges, until)
    target = network.edge_node
    release = np.full(network.n, -np.inf)
    while True:
        new = release.copy()
        np.maximum.at(new, target, np.maximum(end, release[network.edge_source]))
        if np.array_equal(new, release):
            return release
        release = new
