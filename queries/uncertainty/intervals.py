"""Sum samples up: median and 5 to 95 % interval of each exposure and of its rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.network.production import Floats
from chainshock.queries.uncertainty.sensitivity import Influence, Inputs, influences

__all__ = ["INTERVAL", "Interval", "SampleTable", "Why"]

INTERVAL = (0.05, 0.95)


@dataclass(frozen=True)
class Interval:
    """What samples say of one row: exposures are shares, ranks count from 1, most harmed first."""

    exposure_median: float
    exposure_low: float
    exposure_high: float
    rank_median: int
    rank_low: int
    rank_high: int

    def to_dict(self, what: str = "exposure") -> dict[str, float]:
        """Give the keys that a row gains in JSON and CSV, `exposure_median` for example."""
        values = asdict(self)
        return {key.replace("exposure", what): value for key, value in values.items()}


@dataclass(frozen=True)
class Why:
    """The inputs that move a row most, largest first; empty where noise could do as much."""

    exposure: tuple[Influence, ...]
    rank: tuple[Influence, ...]

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:  # Any: numbers and text
        """Give it as it stands in JSON."""
        return {
            "exposure": [entry.to_dict() for entry in self.exposure],
            "rank": [entry.to_dict() for entry in self.rank],
        }

    def to_flat_dict(self) -> dict[str, str]:
        """Give it as it stands in CSV."""
        return {"why_exposure": _told(self.exposure), "why_rank": _told(self.rank)}


@dataclass(frozen=True, eq=False)
class SampleTable:
    """Exposures of all rows of a ranking in all samples.

    Attributes
    ----------
    ids
        Ids of the rows, in alphabetical order.
    values
        Exposures, (samples, rows).
    inputs
        What was drawn, grouped; None unless asked for.
    why
        What moves rows, by id, as far as that was worked out.
    from_gain
        Whether ranks count the most favoured first.
    """

    ids: tuple[str, ...]
    values: Floats
    inputs: Inputs | None = None
    why: Mapping[str, Why] = field(default_factory=dict)
    from_gain: bool = False

    def counted_from(self, order: str) -> SampleTable:
        """Count ranks from the end that an order puts first: `gain`, or else the most harmed."""
        return replace(self, from_gain=order == "gain")

    def explain(self, rows: Sequence[str]) -> SampleTable:
        """Work out which inputs move the exposure and the rank of rows most.

        Raises
        ------
        QueryError
            The inputs were not asked for, there are too few samples, or SALib is not installed.
        """
        return replace(self, why={row: self._why(row) for row in rows})

    def columns(self, what: str) -> list[str]:
        """Name what `to_flat_dict` holds."""
        why = Why((), ()).to_flat_dict() if self.why else {}
        return [*Interval(0.0, 0.0, 0.0, 0, 0, 0).to_dict(what), *why]

    def to_dict(self, row: str, what: str) -> dict[str, Any]:  # Any: what JSON holds
        """Give the keys that a row gains in JSON; `what` is the figure that was sampled."""
        why = {"why_uncertain": self.why[row].to_dict()} if row in self.why else {}
        return {**self.intervals[row].to_dict(what), **why}

    def to_flat_dict(self, row: str, what: str) -> dict[str, Any]:  # Any: numbers and text
        """Give the same as it stands in CSV."""
        why = self.why[row].to_flat_dict() if row in self.why else {}
        return {**self.intervals[row].to_dict(what), **why}

    @cached_property
    def ranks(self) -> Floats:
        """Rank of each row in each sample, equals by id, (samples, rows)."""
        order = np.argsort(-self.values if self.from_gain else self.values, axis=1, kind="stable")
        ranks = np.empty(self.values.shape)
        np.put_along_axis(ranks, order, np.arange(1.0, self.values.shape[1] + 1.0)[None, :], axis=1)
        return ranks

    @property
    def method(self) -> dict[str, Any]:  # Any: text and lists
        """What `why` rests on."""
        return {
            "index": "first-order index of RBD-FAST (SALib): share of the variance that goes with it alone",
            "interval": "5 to 95 % of a bootstrap with half the samples",
            "threshold": "95 % of the indices of as many inputs of noise",
            "inputs": [] if self.inputs is None else list(self.inputs.members),
        }

    @cached_property
    def intervals(self) -> Mapping[str, Interval]:
        """Interval of each row by id; bounds of ranks are ranks that were seen."""
        places = (0.5, *INTERVAL)
        exposures = np.quantile(self.values, places, axis=0)
        ranks = np.quantile(self.ranks, places, axis=0, method="nearest").astype(int)
        return {
            row: Interval(*exposures[:, i].tolist(), *ranks[:, i].tolist()) for i, row in enumerate(self.ids)
        }

    def _why(self, row: str) -> Why:
        if self.inputs is None:
            raise QueryError("found samples without inputs, expected why_uncertain=True when they were taken")
        place = self.ids.index(row)
        return Why(
            tuple(influences(self.inputs, self.values[:, place])),
            tuple(influences(self.inputs, self.ranks[:, place])),
        )


def _told(entries: tuple[Influence, ...]) -> str:
    """List influences in a line."""
    return "; ".join(str(entry) for entry in entries) or "cannot tell"
