"""Hold what an explanation needs of a shock over weeks: the march, its tape, and what was made of them."""

from __future__ import annotations

from dataclasses import dataclass

from chainshock.queries.propagation.price_terms import PriceTerms
from chainshock.queries.propagation.state import Served
from chainshock.queries.propagation.weeks.average import Means, WeekRun
from chainshock.queries.propagation.weeks.march import March
from chainshock.queries.propagation.weeks.tape import Tape

__all__ = ["WeekRecord"]


@dataclass(frozen=True, eq=False)
class WeekRecord:
    """A recorded run on the merged network.

    Attributes
    ----------
    run
        What happened by week.
    march, tape
        The march, and the branches it took.
    served
        To whom spare capacity delivers, by week.
    means, terms
        What exposures are made of, and what prices act on.
    """

    run: WeekRun
    march: March
    tape: Tape
    served: list[Served]
    means: Means
    terms: PriceTerms
