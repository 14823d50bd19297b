"""Say which flows and paths change the exposures of entities from one shock to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from chainshock.account import Account
from chainshock.explanation import split_entity
from chainshock.queries.changes import FlowChange, FlowKey, Side, Strongest, flow_changes

if TYPE_CHECKING:
    from chainshock.queries.exposure import EntityExposure
    from chainshock.queries.paths import PathList
    from chainshock.shock import Shock

__all__ = ["changes_between"]

MOST_PATHS = 40  # of each part searched for the strongest through each flow


def changes_between(
    first: Shock,
    second: Shock,
    kind: str,
    ids: Iterable[str],
    tick: Callable[[int, int], None] | None = None,
) -> dict[str, tuple[FlowChange, ...]]:
    """Split the difference of two exposures over the flows that changed, for each entity.

    Parameters
    ----------
    kind
        Kind of the entities, as in a ranking.
    ids
        Keys of the entities; one without an activity on a side counts as not exposed there.
    tick
        Called with entities done and entities in all.

    Raises
    ------
    ResidualError
        The pieces of an exposure do not sum to it: a fault of the program.
    """
    wanted = tuple(ids)
    sides = [
        (shock, {entity.id: entity for entity in shock.aggregate(kind, shock.exposures)})
        for shock in (first, second)
    ]
    found = {}
    for place, key in enumerate(wanted, 1):
        before, after = (_side(shock, entities.get(key)) for shock, entities in sides)
        found[key] = flow_changes(before, after)
        if tick is not None:
            tick(place, len(wanted))
    return found


def _side(shock: Shock, entity: EntityExposure | None) -> Side:
    """Explain an exposure flow by flow, with the strongest path through each."""
    if entity is None:
        return Side()
    whole, found, factor = split_entity(shock, entity, MOST_PATHS)
    scale = 1.0 if entity.value is None else entity.value
    account = Account(shock, factor, scale, has_usd=entity.value is not None)
    return Side(account.flows(whole), _strongest(shock, account, found, scale))


def _strongest(
    shock: Shock, account: Account, found: Iterable[PathList], scale: float
) -> dict[FlowKey, Strongest]:
    network = shock.network
    best: dict[FlowKey, Strongest] = {}
    for path in (path for listing in found for path in listing.paths):
        edge = path.edges[-1]
        seller, buyer = network.edge_source[edge], network.edge_node[edge]
        good = network.goods[network.good[seller]]
        ends = (network.countries[network.country[seller]], network.countries[network.country[buyer]])
        key: FlowKey = (path.part, "restriction", good, *ends)
        if key not in best or abs(path.amount / scale) > abs(best[key].amount):
            week = None if path.timing is None else path.timing.bites
            best[key] = Strongest(path.amount / scale, account.route(path), week)
    return best
