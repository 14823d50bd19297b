"""Tell the exposure of one entity in full: parts that sum, flows they come from, paths, facts and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chainshock.account import Account
from chainshock.explanation_text import write_explanation
from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.explain import Explanation, entity_weights
from chainshock.queries.explain import explain as split
from chainshock.queries.explain_weeks import explain_weeks
from chainshock.queries.exposure import PARTS
from chainshock.queries.paths import Part, PathList, paths
from chainshock.queries.rank import RankRow

if TYPE_CHECKING:
    from chainshock.queries.exposure import EntityExposure
    from chainshock.shock import Shock

__all__ = ["EntityExplanation", "explain_entity", "split_entity"]

MOST_PATHS = 5
PATH_PARTS: tuple[Part, ...] = ("input", "orders_lost")  # gains and prices are told flow by flow
FLOW_COLUMNS = [
    *("part", "kind", "good", "origin", "destination", "measure", "exposure", "exposure_usd"),
    *("first_week", "last_week", "facts"),
]


@dataclass(frozen=True)
class EntityExplanation:
    """The exposure of one entity, split exactly.

    `flows` are what each part comes from: restricted flows and, over weeks, what softened them; they sum to
    the parts, the parts to the exposure. `by_week` splits what measures stop in a part over the weeks in
    which they stopped it. `paths` are the strongest ways by which restrictions arrive, step
    by step, with the ids of facts; `other_paths` is what all others add up to, by part. `facts` and `sources`
    say what those are. `residual` is the largest share of a part that the split misses. `path_nodes` are the
    nodes of `network` on each path, the entity's own first.
    """

    run: Mapping[str, Any]  # Any: what JSON holds
    row: RankRow
    flows: tuple[dict[str, Any], ...]
    by_week: Mapping[str, tuple[float, ...]]
    paths: tuple[dict[str, Any], ...]
    other_paths: Mapping[str, float]
    facts: Mapping[str, dict[str, Any]]
    sources: Mapping[str, str]
    residual: float
    path_nodes: tuple[tuple[int, ...], ...] = ()
    network: ProductionNetwork | None = field(default=None, repr=False, compare=False)

    @property
    def columns(self) -> list[str]:
        """Columns of the flows in CSV."""
        return list(FLOW_COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as JSON has it; `rows` are the flows."""
        return {
            "run": dict(self.run),
            "entity": self.row.to_dict(),
            "made_of": self.made_of,
            "by_week": {part: list(weeks) for part, weeks in self.by_week.items()},
            "rows": list(self.flows),
            "paths": list(self.paths),
            "other_paths": dict(self.other_paths),
            "facts": dict(self.facts),
            "sources": dict(self.sources),
            "residual": self.residual,
        }

    @property
    def made_of(self) -> dict[str, dict[str, float]]:
        """Sum of the flows by part and kind."""
        sums: dict[str, dict[str, float]] = {}
        for flow in self.flows:
            kinds = sums.setdefault(flow["part"], {})
            kinds[flow["kind"]] = kinds.get(flow["kind"], 0.0) + flow["exposure"]
        return {part: sums[part] for part in PARTS if part in sums}

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the flows with the ids of their facts as text."""
        return [
            {**{key: flow[key] for key in FLOW_COLUMNS}, "facts": "; ".join(flow["facts"])}
            for flow in self.flows
        ]

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        return write_explanation(self, width)


def explain_entity(shock: Shock, node: NodeRef, entity: EntityExposure, row: RankRow) -> EntityExplanation:
    """Explain the exposure of an entity.

    Raises
    ------
    ResidualError
        The pieces do not sum to the exposure: a fault of the program.
    """
    whole, found, factor = split_entity(shock, entity, MOST_PATHS)
    scale = 1.0 if entity.value is None else entity.value
    account = Account(shock, factor, scale, has_usd=entity.value is not None)
    flows = account.flows(whole)
    shown, other = account.strongest(found, MOST_PATHS)
    told = [account.path(path) for path in shown]
    keys = {key for path in told for step in path["steps"] for key in step["facts"]}
    keys.update(key for flow in flows for key in flow["facts"])
    facts = {key: account.fact(key) for key in sorted(keys)}
    sources = sorted({source for fact in facts.values() for source in fact.get("sources", ())})
    return EntityExplanation(
        run={**shock.run, "entity": str(node)},
        row=row,
        flows=tuple(flows),
        by_week=_by_week(whole, scale),
        paths=tuple(told),
        other_paths=other,
        facts=facts,
        sources={key: account.source(key) for key in sources},
        residual=_residual(whole),
        path_nodes=tuple(path.nodes for path in shown),
        network=shock.network,
    )


def split_entity(
    shock: Shock, entity: EntityExposure, most: int
) -> tuple[Explanation, list[PathList], Floats]:
    """Split an exposure; give the pieces, the strongest paths by part, and what each route lets through."""
    weights = entity_weights(shock.exposures, entity)
    if shock.choices.horizon is None:
        whole = split(shock.network, shock.state, weights, shock.routes)
        found = [
            paths(shock.network, shock.state, weights, part=part, top=most)
            for part in PATH_PARTS
            if whole.parts[part]
        ]
        return whole, found, shock.state.factor
    search = shock.week_paths
    whole = explain_weeks(shock.network, shock.recorded, weights, search.splitter)
    found = []
    for part in PATH_PARTS:
        stopped = sum(source.amount for source in whole.sources if source.part == part)
        if stopped:
            found.append(search.find(weights, stopped, part, most))
    return whole, found, shock.record.means.frame.factor[search.merged.edge_of]


def _by_week(whole: Explanation, scale: float) -> dict[str, tuple[float, ...]]:
    """Sum the sources of each part by week, as shares; empty for a static run."""
    found: dict[str, tuple[float, ...]] = {}
    for part in whole.parts:
        weeks = [source.weeks for source in whole.sources if source.part == part and source.weeks]
        if weeks:
            found[part] = tuple(sum(column) / scale for column in zip(*weeks, strict=True))
    return found


def _residual(whole: Explanation) -> float:
    worst = 0.0
    for part, amount in whole.parts.items():
        if amount:
            pieces = sum(source.amount for source in whole.sources if source.part == part)
            pieces += sum(relief.amount for relief in whole.reliefs if relief.part == part)
            worst = max(worst, abs(pieces - amount) / abs(amount))
    return worst
