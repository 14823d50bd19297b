"""Make of a ranking what Neo4j keeps of it: the run, whom it exposes, and the strongest paths."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.explanation import MOST_PATHS, split_entity
from chainshock.graph.facts import NodeRef
from chainshock.graph.schema import read_schema
from chainshock.graph.stores.neo4j_results import Results
from chainshock.queries.names import LABELS
from chainshock.queries.ranking import percent

if TYPE_CHECKING:
    from chainshock.graph.network.production import Floats
    from chainshock.queries.exposure import EntityExposure
    from chainshock.queries.paths import Path
    from chainshock.queries.rank import RankRow, RankTable
    from chainshock.shock import Shock

__all__ = ["make_results", "run_id"]

Tick = Callable[[int, int], None]
Step = tuple[NodeRef, NodeRef, dict[str, Any]]  # Any: what Neo4j holds

MOST_EXPLAINED = 20  # rows; each takes seconds
PARAMETER = "parameter:"
# of a run's head: what depends on the kind of ranking or on how it is shown, and is no input
SHOWN = frozenset(
    {"kind", "by", "order", "too_small", "unmatched", "warnings", "why_uncertain", "coverage", "varied"}
)


def run_id(inputs: dict[str, Any]) -> str:
    """Give the id of a run: the scenario's name and a hash of all that the run depends on."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return f"{inputs['scenario']}-{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"


def make_results(
    shock: Shock, table: RankTable, explained: Sequence[str] = (), tick: Tick | None = None
) -> Results:
    """Make what is to be stored of a ranking.

    Parameters
    ----------
    table
        The whole ranking of the shock, with its own ranks; samples are taken along.
    explained
        Ids of the rows whose paths are wanted. Of those that are harmed the first 20 are explained.
    tick
        Called with rows explained and rows in all.
    """
    inputs = _inputs(shock, table)
    name = run_id(inputs)
    label = LABELS[table.kind]
    rows = {row.id: row for row in table.rows}
    chosen = [key for key in explained if key in rows and _is_harmed(rows[key])][:MOST_EXPLAINED]
    entities = {entity.id: entity for entity in shock.aggregate(table.kind, shock.exposures)}
    steps: list[Step] = []
    routes: dict[str, list[str]] = {}
    for done, key in enumerate(chosen, 1):
        found, routes[key] = _paths(shock, NodeRef(label, key), entities[key])
        steps += [(source, target, {**values, "run": name}) for source, target, values in found]
        if tick is not None:
            tick(done, len(chosen))
    scenario = shock.scenario
    return Results(
        label=label,
        run=_run_node(shock, inputs, name),
        scenario={"id": scenario.name, "title": scenario.title, "definition": scenario.text},
        applies={NodeRef("Measure", key): _severity(means) for key, means in shock.run["severities"].items()},
        exposes={
            NodeRef(label, row["id"]): _exposes(row, routes.get(row["id"], [])) for row in table.to_dicts()
        },
        steps=steps,
    )


def _inputs(shock: Shock, table: RankTable) -> dict[str, Any]:
    """Give all that decides the results: the same inputs, the same run."""
    head = {key: value for key, value in table.run.items() if key not in SHOWN}
    parameters = {entry.name: entry.default for entry in shock.dataset.parameters.values()}
    return {
        **head,
        "definition": shock.scenario.text,
        "facts_hash": shock.dataset.view().content_hash(),
        "assumptions_hash": hashlib.blake2b(
            json.dumps(parameters, sort_keys=True).encode(), digest_size=8
        ).hexdigest(),
    }


def _run_node(shock: Shock, inputs: dict[str, Any], name: str) -> dict[str, Any]:
    properties = read_schema().labels["Run"].properties
    told = {key: value for key, value in inputs.items() if key not in {"definition", "title"}}
    values = {**inputs, "parameters": json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)}
    node = {entry.camel: values[key] for key, entry in properties.items() if values.get(key) is not None}
    return {"id": name, "asOf": shock.choices.as_of, **node}


def _severity(means: dict[str, float]) -> dict[str, Any]:
    stages = [f"{stage} {share:.2f}" for stage, share in sorted(means.items())]
    return {"severity": max(means.values(), default=0.0), "stages": stages}


def _exposes(row: dict[str, Any], routes: list[str]) -> dict[str, Any]:
    properties = read_schema().relationships["EXPOSES"].properties
    values = {entry.camel: row.get(key) for key, entry in properties.items()}
    return {
        **{key: value for key, value in values.items() if value is not None},
        "told": percent(row["exposure"]),
        "confidence": row["confidence"],
        **({"paths": routes} if routes else {}),
    }


def _is_harmed(row: RankRow) -> bool:
    return row.parts.get("input", 0.0) < 0 or row.parts.get("orders_lost", 0.0) < 0


def _paths(shock: Shock, node: NodeRef, entity: EntityExposure) -> tuple[list[Step], list[str]]:
    """Find the strongest paths of an entity; give their steps, and each in words."""
    from chainshock.account import Account  # noqa: PLC0415 - rankings do without

    _, found, factor = split_entity(shock, entity, MOST_PATHS)
    scale = 1.0 if entity.value is None else entity.value
    account = Account(shock, factor, scale, has_usd=entity.value is not None)
    paths = sorted((path for entry in found for path in entry.paths), key=lambda path: -abs(path.amount))
    steps: list[Step] = []
    for number, path in enumerate(paths[:MOST_PATHS], 1):
        values = {"exposed": str(node), "path": number, "part": path.part, "exposure": path.amount / scale}
        values["told"] = percent(path.amount / scale)
        if path.timing is not None:
            values |= {"cutWeek": path.timing.cut, "firstWeek": path.timing.bites}
        steps += [
            (source, target, {**values, **more}) for source, target, more in _steps(shock, path, node, factor)
        ]
    return steps, [account.route(path) for path in paths[:MOST_PATHS]]


def _steps(shock: Shock, path: Path, entity: NodeRef, factor: Floats) -> Iterator[Step]:
    """Give a path as steps between nodes of the graph: the far country, good by good, the entity."""
    network = shock.network
    nodes, edges = list(reversed(path.nodes)), list(reversed(path.edges))
    stops: list[tuple[NodeRef, list[int]]] = []  # node of the graph, places in the path that stand for it
    for good, run in groupby(range(len(nodes)), key=lambda place: int(network.good[nodes[place]])):
        stops.append((_good(shock, network.goods[good]), list(run)))
    far = NodeRef("Country", network.countries[network.country[nodes[0]]])
    before = far
    step = 0
    for stop, places in [*stops, (entity, [len(nodes) - 1])]:
        if stop == before:
            continue
        step += 1
        into = [place - 1 for place in places if place] if stop != entity else []
        yield before, stop, {"step": step, **_evidence(shock, path, nodes, edges, places, into, factor)}
        before = stop


def _evidence(
    shock: Shock,
    path: Path,
    nodes: Sequence[int],
    edges: Sequence[int],
    places: Sequence[int],
    into: Sequence[int],
    factor: Floats,
) -> dict[str, Any]:
    """Tell what a step rests on: weights of the edges into its places, their facts and those of its nodes."""
    network = shock.network
    facts: list[str] = []
    for place in places:
        facts += network.node_facts[nodes[place]] if network.node_facts else ()
    for place in into:
        facts += network.edge_facts[edges[place]] if network.edge_facts else ()
    facts = list(dict.fromkeys(facts))
    where = dict.fromkeys(network.countries[network.country[nodes[place]]] for place in places)
    values: dict[str, Any] = {
        "places": list(where),
        "facts": [key for key in facts if not key.startswith(PARAMETER)],
        "assumptions": [key.removeprefix(PARAMETER) for key in facts if key.startswith(PARAMETER)],
    }
    if into:
        values["weight"] = float(np.prod([network.weight[edges[place]] for place in into]))
        values["letThrough"] = float(np.prod([factor[edges[place]] for place in into]))
    return values


def _good(shock: Shock, key: str) -> NodeRef:
    """Name the node of a good of the network: a commodity or an end use."""
    commodity = NodeRef("Commodity", key)
    return commodity if commodity in shock.graph else NodeRef("EndUse", key)
