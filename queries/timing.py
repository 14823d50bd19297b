"""Say when an entity is hit, how long it lasts, when it is back, and how much output it loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.timing import first_below, weeks_to_recover

if TYPE_CHECKING:
    from chainshock.queries.propagation.weeks.solve import WeekState

__all__ = ["NO_TIMING", "Timing", "entity_timing", "output_weights"]


@dataclass(frozen=True)
class Timing:
    """Times of one entity, in weeks from week 0; its output is that of its activities, by value where known.

    Attributes
    ----------
    first_week
        Time to impact: first week in which output is below 99 % of baseline; None if there is none.
    first_stop
        First week in which a slice of one of its activities stands still; None if none does.
    output_lost
        Mean share of baseline output lost for want of input over the horizon, in [0, 1].
    time_to_survive
        Weeks of full output if nothing of what is restricted arrived from week 0 on, and nobody stood in;
        None where that lasts the whole horizon, or was not asked for.
    time_to_recover
        Weeks from the end of the measures upstream until output is back above 99 % for good; None where it
        never fell, where they do not end within the horizon, or where output is not back within it.
    """

    first_week: int | None = None
    first_stop: int | None = None
    output_lost: float | None = None
    time_to_survive: int | None = None
    time_to_recover: int | None = None


NO_TIMING = Timing()


def entity_timing(
    network: ProductionNetwork, nodes: Mapping[int, float], state: WeekState, cut_off: WeekState | None
) -> Timing:
    """Read the times of an entity off a run, and off one in which nothing restricted arrives.

    Parameters
    ----------
    nodes
        Node index to share; projects, which make nothing yet, do not count.
    state
        Run under the scenario.
    cut_off
        Run in which nothing restricted arrives; None leaves the time to survive out.
    """
    made, weight = output_weights(network, nodes)
    if not made.size:
        return NO_TIMING

    def first(run: WeekState) -> int | None:
        week = int(first_below((weight @ run.x_by_week[made])[None, :])[0])
        return None if week < 0 else week

    output: Floats = weight @ state.x_by_week[made]
    stops = state.first_stop[made]
    return Timing(
        first_week=first(state),
        first_stop=int(stops[stops >= 0].min()) if np.any(stops >= 0) else None,
        output_lost=max(0.0, 1.0 - float(output.mean())),
        time_to_survive=None if cut_off is None else first(cut_off),
        time_to_recover=weeks_to_recover(output, float(state.release[made].max())),
    )


def output_weights(network: ProductionNetwork, nodes: Mapping[int, float]) -> tuple[Indices, Floats]:
    """Give the activities whose output is an entity's, and weights that sum to 1: by value where known.

    Projects, which make nothing yet, do not count; none is left where there is nothing to weigh by.
    """
    made = np.array([node for node in nodes if not network.is_project[node]], dtype=np.intp)
    sized = made[np.isfinite(network.value[made])]
    made = sized if sized.size else made
    weight = np.array([nodes[node] for node in made.tolist()], dtype=np.float64)
    if np.any(np.nan_to_num(network.value[made]) * weight > 0.0):
        weight = weight * network.value[made]
    total = weight.sum()
    return (made, weight / total) if total > 0.0 else (made[:0], weight[:0])
