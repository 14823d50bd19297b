"""Run shocks through a compiled cascade with the kernel that suits them, or the one asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from typing import Literal, get_args

import numpy as np

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.network.bare import Floats, Names, NodeLosses
from chainshock.queries.propagation.cascade.arrays import CascadeArrays
from chainshock.queries.propagation.cascade.fixed_point import find_fixed_point
from chainshock.queries.propagation.cascade.reference import ReferenceSweeps

__all__ = ["Cascade", "CascadeResult", "CascadeScore", "Kernel", "Stop"]

Kernel = Literal["auto", "reference", "packed", "frontier", "columns"]
Stop = Literal["eps", "fixed-point"]
Tick = Callable[[int, float], None]
MOST_SWEEPS = 100_000
CHUNK = 1024  # shocks handed to the columns kernel at a time
SMALL = 30_000  # nodes up to which sixteen columns fit the cache


@dataclass(frozen=True)
class CascadeScore:
    """Scores of one shock, sweeps done, and why they stopped."""

    scenario: str
    esri: float
    esri_down: float
    esri_up: float
    iterations: int
    stop: str


@dataclass(frozen=True, eq=False)
class CascadeResult:
    """A score, what every node has left downstream and upstream, (n,), and the kernel that found it."""

    score: CascadeScore
    hd: Floats
    hu: Floats
    kernel: str


class Cascade:
    """A compiled network and the kernels that run on it, each laid out when first used."""

    def __init__(self, arrays: CascadeArrays) -> None:
        self.arrays = arrays

    def run(
        self,
        shock: NodeLosses,
        *,
        stop: Stop = "eps",
        eps: float = 1e-2,
        kernel: Kernel = "auto",
        tick: Tick | None = None,
    ) -> CascadeResult:
        """Run one shock.

        Parameters
        ----------
        shock
            Nodes and their loss of output.
        stop
            "eps": when no node falls by more than eps in a sweep, as published; "fixed-point": to the end.
        eps
            Where sweeps stop; part of the model.
        kernel
            "reference", "packed" or "frontier"; "auto" takes packed where numba is there, else reference.
        tick
            Called after each sweep with the sweeps done and the largest fall.

        Raises
        ------
        QueryError
            The sweeps do not settle, or the kernel needs numba and it is missing.
        """
        loss = shock.dense(self.arrays.n)
        if stop == "fixed-point":
            found = find_fixed_point(self.arrays, loss)
            return self._result(shock.name, found.hd, found.hu, found.sweeps, found.stop, "reference")
        chosen = self.chosen(kernel, many=False)
        if chosen == "columns":
            raise QueryError("found kernel 'columns' with what each node loses, expected one of one shock")
        sweeps = getattr(self, f"_{chosen}")  # laid out, and numba imported, for this kernel alone
        hd, hu, count, moved = sweeps.run(loss, eps, MOST_SWEEPS, tick)
        _check(moved, eps, shock.name)
        return self._result(shock.name, hd, hu, count, f"eps={eps:.12g}", chosen)

    def run_many(
        self,
        shocks: Iterable[NodeLosses],
        *,
        stop: Stop = "eps",
        eps: float = 1e-2,
        kernel: Kernel = "auto",
    ) -> Iterator[CascadeScore]:
        """Run shocks and give their scores in order, as they come; see `run`.

        "auto" takes sixteen columns at a time on networks up to 30,000 nodes, the frontier above.
        """
        chosen = kernel if stop == "fixed-point" else self.chosen(kernel, many=True)
        if stop == "fixed-point" or chosen != "columns":
            for shock in shocks:
                yield self.run(shock, stop=stop, eps=eps, kernel=chosen).score
            return
        waiting = iter(shocks)
        while chunk := list(islice(waiting, CHUNK)):
            yield from self._run_chunk(chunk, eps)

    def each_node(self, ids: Names) -> Iterator[NodeLosses]:
        """Give the full closure of each node in turn."""
        one = np.ones(1)
        for place in range(self.arrays.n):
            yield NodeLosses(str(ids[place]), np.array([place], dtype=np.int32), one)

    def chosen(self, kernel: Kernel, *, many: bool) -> Kernel:
        """Say which kernel runs one shock, or many of which only scores are wanted.

        Raises
        ------
        UnknownName, QueryError
            There is no such kernel, or it needs numba and that is missing.
        """
        if kernel not in get_args(Kernel):
            raise UnknownName("kernel", kernel, get_args(Kernel))
        has_numba = find_spec("numba") is not None
        if kernel == "auto":
            several: Kernel = "columns" if self.arrays.n <= SMALL else "frontier"
            best: Kernel = several if many else "packed"
            return best if has_numba else "reference"
        if kernel != "reference" and not has_numba:
            raise QueryError(f"kernel {kernel}: found no numba, expected it; pip install 'chainshock[fast]'")
        return kernel

    def _run_chunk(self, chunk: list[NodeLosses], eps: float) -> Iterator[CascadeScore]:
        scores, sweeps, moves = self._columns.run(chunk, eps, MOST_SWEEPS)
        scores /= self.arrays.total_weight
        for shock, score, count, moved in zip(chunk, scores.tolist(), sweeps, moves, strict=True):
            _check(moved, eps, shock.name)
            both, down, up = score
            yield CascadeScore(shock.name, both, down, up, int(count), f"eps={eps:.12g}")

    def _result(
        self, name: str, hd: Floats, hu: Floats, iterations: int, stop: str, kernel: str
    ) -> CascadeResult:
        a, total = self.arrays.node_weight, self.arrays.total_weight
        both, down, up = (float(a @ (1.0 - left)) / total for left in (np.minimum(hd, hu), hd, hu))
        return CascadeResult(CascadeScore(name, both, down, up, iterations, stop), hd, hu, kernel)

    @cached_property
    def _reference(self) -> ReferenceSweeps:
        return ReferenceSweeps(self.arrays)

    @cached_property
    def _packed(self):  # type: ignore[no-untyped-def]  # numba is imported when asked for
        from chainshock.queries.propagation.cascade.packed import PackedSweeps  # noqa: PLC0415

        return PackedSweeps(self.arrays)

    @cached_property
    def _frontier(self):  # type: ignore[no-untyped-def]
        from chainshock.queries.propagation.cascade.frontier import FrontierSweeps  # noqa: PLC0415

        return FrontierSweeps(self.arrays)

    @cached_property
    def _columns(self):  # type: ignore[no-untyped-def]
        from chainshock.queries.propagation.cascade.columns import ColumnSweeps  # noqa: PLC0415

        return ColumnSweeps(self.arrays)


def _check(moved: float, eps: float, name: str) -> None:
    if moved > eps:
        raise QueryError(
            f"scenario {name}: found a fall of {moved:.2g} after {MOST_SWEEPS:,} sweeps, expected at most "
            f"{eps:g}; raise --eps, take --stop fixed-point or, where a sector has no output left, "
            "--replaceability none"
        )
