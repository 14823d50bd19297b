"""Run a shock many times with assumptions drawn from their ranges, in one process or several.

A sample is a scenario whose assumptions are drawn, on a network whose weights are drawn: it is compiled and
solved like any other, so nothing in doubt is left out to save time. Sample k depends on the seed and on k
alone; how many samples there are and which process takes which makes no difference.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats
from chainshock.queries.measure_scope import stages_of
from chainshock.queries.uncertainty.draws import UNKNOWN, Doubt, Draw, all_doubt, draw
from chainshock.queries.uncertainty.inputs import sample_inputs
from chainshock.queries.uncertainty.intervals import SampleTable
from chainshock.queries.uncertainty.weights import redraw_weights

if TYPE_CHECKING:
    from chainshock.queries.compare import CompareTable
    from chainshock.queries.rank import RankTable
    from chainshock.queries.uncertainty.sensitivity import Inputs
    from chainshock.shock import Shock

__all__ = ["Figures", "Sampling", "Tick", "redrawn", "run_samples", "with_intervals"]

SAMPLE_SLICES = 40  # firm archetypes over weeks; the central run has a hundred and takes twice as long
NOT_VARIED = "published outputs, revenues, prices and dates; which measures are in force; the rules"

Tick = Callable[[int, int], None]
T = TypeVar("T", "RankTable", "CompareTable")


class Figures(Protocol):
    """What is read off the shocks of one sample; has to survive being sent to another process."""

    def __call__(self, shocks: Sequence[Shock]) -> Floats:
        """Give the figures, always as many, in the same order."""


@dataclass(frozen=True)
class Sampling:
    """How many samples, from which seed, in how many processes, with how many firm archetypes over weeks."""

    samples: int
    seed: int = 0
    jobs: int = 1
    slices: int = SAMPLE_SLICES


@dataclass(frozen=True)
class _Exposures:
    """Exposures of entities to a shock, or from one shock to the next."""

    kind: str
    ids: tuple[str, ...]

    def __call__(self, shocks: Sequence[Shock]) -> Floats:
        of_each = [shock.relative(self.kind) for shock in shocks]
        before = of_each[0] if len(of_each) > 1 else {}
        return np.array([of_each[-1].get(key, 0.0) - before.get(key, 0.0) for key in self.ids])


def with_intervals(
    table: T,
    shocks: Sequence[Shock],
    sampling: Sampling,
    tick: Tick | None = None,
    *,
    why_uncertain: bool = False,
) -> T:
    """Give a ranking of one shock, or a comparison of two, with the intervals that samples give its rows.

    An entity that a sample has no activity for is not exposed in it. Over weeks samples have fewer firm
    archetypes than the central run: what that changes in the central run is taken off every sample. With
    `why_uncertain` the table keeps what was drawn, so that `with_why` can tell what moves a row.
    """
    doubt = all_doubt(shocks[0].dataset.parameters)
    ids = tuple(sorted(row.id for row in table.rows))
    figures = _Exposures(table.kind, ids)
    values = run_samples(shocks, figures, sampling, doubt, tick)
    shift = figures(shocks) - figures([redrawn(shock, draw(Doubt(), 0, 0)) for shock in shocks])
    held = sorted(set().union(*(_held(shock) for shock in shocks)))
    left = doubt.without(held)
    run: dict[str, Any] = {  # Any: what JSON holds
        "seed": sampling.seed,
        "samples": sampling.samples,
        "varied": {
            "parameters": len(left.parameters),
            "severities": len(left.severities),
            "weights": "Dirichlet, by confidence",
            "unknown_supply": "all from the issuer or none",
            "held": held,
            "not_varied": NOT_VARIED,
        },
    }
    if any(shock.choices.horizon is not None for shock in shocks):
        run["varied"] |= {
            "slices": SAMPLE_SLICES,
            "slices_largest_shift": float(np.abs(shift).max(initial=0.0)),
        }
    inputs = _inputs(shocks[-1], left, sampling) if why_uncertain else None
    return table.with_samples(SampleTable(ids, values + shift, inputs), run)


def _inputs(shock: Shock, doubt: Doubt, sampling: Sampling) -> Inputs:
    return sample_inputs(
        doubt,
        sampling.seed,
        sampling.samples,
        network=shock.network,
        grades=shock.grades,
        parameters=shock.parameters,
        factor=shock.routes.edges(shock.network),
        stages=stages_of(shock.graph),
        weeks=shock.choices.horizon is not None,
    )


def run_samples(
    shocks: Sequence[Shock], figures: Figures, sampling: Sampling, doubt: Doubt, tick: Tick | None = None
) -> Floats:
    """Give the figures of every sample, shape (samples, figures).

    Parameters
    ----------
    shocks
        Shocks of one dataset that share each sample's draw.
    figures
        What to read off them.
    sampling
        Samples, seed and processes.
    doubt
        What is drawn; what a scenario states itself is held.
    tick
        Called with samples done and samples in all.

    Raises
    ------
    QueryError
        A process ended before its time.
    """
    result: list[Floats] = [np.zeros(0)] * sampling.samples
    for done, (sample, values) in enumerate(_stream(shocks, figures, sampling, doubt), 1):
        result[sample] = values
        if tick is not None:
            tick(done, sampling.samples)
    return np.stack(result)


def redrawn(base: Shock, sample: Draw, slices: int = SAMPLE_SLICES) -> Shock:
    """Give the shock of one sample, with so many firm archetypes over weeks."""
    scenario = replace(
        base.scenario,
        assumptions={**sample.parameters, **base.scenario.assumptions},
        severity_assumptions={**sample.severities, **base.scenario.severity_assumptions},
    )
    chance = base.dataset.parameters.with_values(scenario.assumptions).value(UNKNOWN)
    choices = replace(base.choices, unknown_from_issuer=sample.coin < chance, slices=slices)
    made = type(base)(base.dataset, scenario, choices)
    made.graph = base.graph
    made.claims = base.claims.with_parameters(made.parameters)
    if sample.salt is not None:
        made.network = redraw_weights(made.network, base.grades, made.parameters, sample.salt)
    return made


def _stream(
    shocks: Sequence[Shock], figures: Figures, sampling: Sampling, doubt: Doubt
) -> Iterator[tuple[int, Floats]]:
    """Give (sample, figures) as they come."""
    if sampling.jobs == 1:
        for sample in range(sampling.samples):
            yield sample, _figures(shocks, figures, sampling, doubt, sample)
        return
    pool = ProcessPoolExecutor(
        max_workers=sampling.jobs,
        mp_context=get_context("spawn"),
        initializer=_set_up,
        initargs=(shocks, figures, sampling, doubt),
    )
    try:
        with _interrupt_afterwards():
            waiting = [pool.submit(_in_process, k) for k in range(sampling.samples)]
        for future in as_completed(waiting):
            yield future.result()
    except BrokenProcessPool as exc:
        raise QueryError(
            "found a process that ended before its samples were done, expected memory for all of them: ask "
            "for fewer --jobs; from Python, start under `if __name__ == '__main__':`"
        ) from exc
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupt_afterwards() -> Iterator[None]:
    """Hold an interrupt back while processes start: one that is sent half of its task prints a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        signal.raise_signal(signal.SIGINT)


def _figures(
    shocks: Sequence[Shock], figures: Figures, sampling: Sampling, doubt: Doubt, sample: int
) -> Floats:
    made = []
    for shock in shocks:
        drawn = draw(doubt.without(_held(shock)), sampling.seed, sample)
        made.append(redrawn(shock, drawn, sampling.slices))
    return figures(made)


def _held(shock: Shock) -> frozenset[str]:
    """Name the figures that a scenario states itself."""
    return frozenset({**shock.scenario.assumptions, **shock.scenario.severity_assumptions})


_task: dict[str, Any] = {}  # what a process of the pool works on; Any: four things of four types


def _set_up(shocks: Sequence[Shock], figures: Figures, sampling: Sampling, doubt: Doubt) -> None:
    """Keep what all samples of a process of the pool have in common."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process answers for all
    _task.update(shocks=shocks, figures=figures, sampling=sampling, doubt=doubt)


def _in_process(sample: int) -> tuple[int, Floats]:
    return sample, _figures(**_task, sample=sample)
