"""Say what a licence shape lets through of a good's exports, and how many buyers it has approved.

Exports of one customs code are of two kinds: those in scope, bought by firms that wait in a queue for a
licence, and those out of scope that customs hold up (`collateral`). A firm that is not served runs its stock
down and orders more afterwards, up to `r_max`, until it is refilled: the rule of the run over weeks, with an
order of 1 + (missing stock) / `refill_weeks`. What it lost beyond its stock it does not order again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.signals.periods import Span

__all__ = ["QUANTILES", "Flow", "LicenceNumbers"]

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
DAYS = 7  # of a week


@dataclass(frozen=True)
class LicenceNumbers:
    """Figures that the exports of a licensed customs code follow from.

    Attributes
    ----------
    weeks
        Weeks in which 10, 30, 50, 70 and 90 % of buyers hold a licence; each stands for a fifth of them.
    before
        Share of an order stopped before approval.
    collateral_peak, collateral_until
        Share of goods out of scope stopped at first, and the week by which that has fallen to none.
    in_scope
        Share of the code's trade that is in scope.
    delayed, delay
        Share of in-scope trade whose buyers are served later, and by how many weeks.
    r_max, refill_weeks, cover
        Most that a buyer orders, relative to baseline; weeks to refill stock; weeks of stock it had.
    onset
        Week in which stopping begins, where goods cleared before go on leaving. The shipped shapes have none.
    """

    weeks: tuple[float, ...]
    before: float
    collateral_peak: float
    collateral_until: float
    in_scope: float
    delayed: float
    delay: float
    r_max: float
    refill_weeks: float
    cover: float
    onset: float = 0.0

    def having(self, field: str, value: float) -> LicenceNumbers:
        """Give the same with another value of one field."""
        changed: dict[str, Any] = {field: value}  # Any: fields differ in type
        return replace(self, **changed)

    def approved(self, week: float) -> float:
        """Give the share of buyers approved by a week, in straight lines between the weeks known.

        The last tenth is spread over as many weeks as the fifth before it would take for a tenth.
        """
        last = self.weeks[-1] + (self.weeks[-1] - self.weeks[-2]) / 2
        return float(np.interp(week, (0.0, *self.weeks, last), (0.0, *QUANTILES, 1.0)))


class Flow:
    """Exports from the day on which the licence takes effect, relative to baseline; exact, not sampled.

    Parameters
    ----------
    numbers
        What they follow from.
    start
        The first day in effect.
    """

    def __init__(self, numbers: LicenceNumbers, start: date) -> None:
        self.numbers, self.start = numbers, start
        waits = np.array(numbers.weeks, dtype=np.float64)
        shares = np.repeat([1.0 - numbers.delayed, numbers.delayed], len(waits))
        self._waits = np.append(np.concatenate([waits, waits + numbers.delay]), numbers.collateral_until)
        self._weight = np.append(shares * numbers.in_scope / len(waits), 1.0 - numbers.in_scope)

    def over(self, spans: Sequence[Span]) -> Floats:
        """Average over the days of each span, (spans,); the days before the start count as 1."""
        first = np.array([(span.first - self.start).days for span in spans]) / DAYS
        last = first + np.array([span.days for span in spans]) / DAYS
        result: Floats = (self.sent(last) - self.sent(first)) / (last - first)
        return result

    def sent(self, weeks: Floats) -> Floats:
        """Give all that was sent from the start to each week, in weeks of baseline; below 0 before it."""
        after = np.maximum(weeks, 0.0)
        missing = np.minimum(self._stopped(np.array([np.inf])), self.numbers.cover)
        since = np.clip(after - self._waits[:, None], 0.0, None)
        refilled = missing - self._missing(missing, since)
        result: Floats = np.minimum(weeks, 0.0) + self._weight @ (after - self._stopped(after) + refilled)
        return result

    def _stopped(self, weeks: Floats) -> Floats:
        """Give what was stopped of each row up to each week, in weeks of baseline, (rows, weeks)."""
        numbers = self.numbers
        waited = np.clip(np.minimum(weeks, self._waits[:, None]) - numbers.onset, 0.0, None)
        stopped: Floats = numbers.before * waited
        fading = max(numbers.collateral_until - numbers.onset, 1e-12)
        stopped[-1] = numbers.collateral_peak * waited[-1] * (1.0 - waited[-1] / fading / 2)
        return stopped

    def _missing(self, missing: Floats, weeks: Floats) -> Floats:
        """Give what is still missing of stock some weeks after it is ordered again, (rows, weeks).

        dM/dt = -min(r_max - 1, M / refill_weeks): at first in a straight line, then by the same share a week.
        """
        most, refill = self.numbers.r_max - 1.0, self.numbers.refill_weeks
        if most <= 0.0:
            return np.broadcast_to(missing, weeks.shape)
        bend = most * refill
        straight = np.clip((missing - bend) / most, 0.0, None)
        line = missing - most * np.minimum(weeks, straight)
        result: Floats = line * np.exp(-np.clip(weeks - straight, 0.0, None) / refill)
        return result
