"""Tell the output lost week by week: of the rows of a ranking, or of one entity and what it makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainshock.errors import QueryError
from chainshock.graph.facts import NodeRef
from chainshock.queries.names import LABELS
from chainshock.queries.timing import output_weights
from chainshock.rows import ENTITIES

if TYPE_CHECKING:
    from chainshock.queries.ranking import RowTable
    from chainshock.shock import Shock

__all__ = ["WeeklyLoss", "WeeklyLosses", "entity_losses", "weekly_losses"]

NEGLIGIBLE = 5e-4  # share of output lost in no week: no line


@dataclass(frozen=True)
class WeeklyLoss:
    """Output lost in each week as a share of baseline, in [0, 1]; a rank of 0 is no rank."""

    id: str
    name: str
    rank: int
    by_week: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the weeks."""
        return sum(self.by_week) / len(self.by_week)


@dataclass(frozen=True)
class WeeklyLosses:
    """Losses by week of several entities, or of one and its parts; `omitted` rows lose none."""

    run: Mapping[str, Any]  # Any: what JSON holds
    title: str
    start: str
    rows: tuple[WeeklyLoss, ...]
    omitted: int


def weekly_losses(shock: Shock, table: RowTable[Any]) -> WeeklyLosses:
    """Give the output that the rows of a ranking lose week by week, in the order of the ranking.

    Raises
    ------
    QueryError
        The shock has no weeks.
    """
    members = _members(shock, ENTITIES[table.kind])
    rows = [
        WeeklyLoss(row.id, row.name, row.rank, _lost(shock, members.get(row.id, {}))) for row in table.rows
    ]
    title = f"{table.kind}: output lost under {shock.scenario.name}"
    return _losses(shock, title, rows)


def entity_losses(shock: Shock, entity: str) -> WeeklyLosses:
    """Give the output that one entity loses week by week, and what each of its goods does.

    Raises
    ------
    UnknownName, AmbiguousName
        No entity, or several, answer to the name.
    QueryError
        The shock has no weeks, or the entity no activity in the network.
    """
    node = shock.names.find(entity)
    kind = next(kind for kind, label in LABELS.items() if label == node.label)
    nodes = _members(shock, ENTITIES[kind]).get(node.key, {})
    if not nodes:
        raise QueryError(f"{node}: found no activity of it in the network, expected some")
    name = shock.names.title(node)
    by_good: dict[str, dict[int, float]] = defaultdict(dict)
    for place, share in nodes.items():
        by_good[shock.network.goods[shock.network.good[place]]][place] = share
    rows = [WeeklyLoss(node.key, name, 0, _lost(shock, nodes))]
    if len(by_good) > 1:
        rows += [
            WeeklyLoss(good, _good_name(shock, good), 0, _lost(shock, part))
            for good, part in sorted(by_good.items())
        ]
    rows[1:] = sorted(rows[1:], key=lambda row: (-row.mean, row.id))
    return _losses(shock, f"{name}: output lost under {shock.scenario.name}", rows)


def _losses(shock: Shock, title: str, rows: list[WeeklyLoss]) -> WeeklyLosses:
    losing = [row for row in rows if any(share >= NEGLIGIBLE for share in row.by_week)]
    return WeeklyLosses(
        shock.run, title, shock.scenario.date.isoformat(), tuple(losing), len(rows) - len(losing)
    )


def _members(shock: Shock, kind: str) -> dict[str, dict[int, float]]:
    members: dict[str, dict[int, float]] = defaultdict(dict)
    for place, kinds in enumerate(shock.network.entities):
        for entity, share in kinds.get(kind, {}).items():
            members[entity][place] = share
    return members


def _lost(shock: Shock, nodes: Mapping[int, float]) -> tuple[float, ...]:
    """Give one less output by week, by value where known, as the times of a ranking have it."""
    made, weight = output_weights(shock.network, nodes)
    if not made.size:
        return (0.0,) * shock.weeks.weeks
    output = weight @ shock.weeks.x_by_week[made]
    return tuple(max(0.0, 1.0 - share) for share in output.tolist())


def _good_name(shock: Shock, good: str) -> str:
    label = "EndUse" if NodeRef("EndUse", good) in shock.graph else "Commodity"
    return shock.names.title(NodeRef(label, good))
