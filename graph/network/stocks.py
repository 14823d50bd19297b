"""Set the stock that holders state by their own books, in place of what is assumed for their country."""

from __future__ import annotations

from collections.abc import Sequence

from chainshock.graph.facts import Fact
from chainshock.graph.network.builder import Group
from chainshock.graph.network.claims import Claims, number
from chainshock.graph.network.plants import split_of

__all__ = ["set_own_stocks"]

WEEKS_A_YEAR = 52


def set_own_stocks(claims: Claims, good: str, buyers: Sequence[Group]) -> None:
    """Set the cover of the holder's own input groups of a good.

    Statements of a range (`weeks_low`, `weeks_high`) are kept as facts and set nothing.
    """
    for fact in claims.edges["HOLDS_STOCK"]:
        weeks, amount = number(fact, "weeks"), number(fact, "amount")
        if fact.target is None or (weeks is None and amount is None):
            continue
        if fact.target.key not in (good, split_of(claims, good).published):
            continue
        held = [group for group in buyers if _holds(fact, group)]
        need = sum(group.need for group in held)
        if weeks is None and amount is not None and need > 0:
            weeks = amount * WEEKS_A_YEAR / need
        for group in held if weeks is not None else ():
            group.cover, group.own_stock = weeks or 0.0, True
            group.facts = (*group.facts, fact.id)


def _holds(fact: Fact, group: Group) -> bool:
    return fact.source.key in group.node.entities.get(fact.source.label.lower(), {})
