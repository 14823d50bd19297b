"""Explain the entities that a picture names: the strongest paths as blocks to light up, with their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chainshock.errors import QueryError
from chainshock.picture.leaves import Blocks
from chainshock.queries.names import LABELS

if TYPE_CHECKING:
    from chainshock.explanation import EntityExplanation
    from chainshock.shock import Shock

__all__ = ["Tick", "tell_stories"]

Tick = Callable[[int, int], None]
MOST_FACTS = 6  # told of a path
MOST_SOFTENED = 3  # kinds of stock told
SMALLEST = 5e-6  # share: less is not told


def tell_stories(
    shock: Shock, found: Blocks, wanted: Iterable[tuple[str, str]], tick: Tick | None = None
) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Explain some entities; give what the page tells, by `kind/id`, and the ids of the facts it names.

    Parameters
    ----------
    wanted
        Kind and id of each entity, as the rankings have them.
    tick
        Called with entities done and entities in all.
    """
    told: dict[str, dict[str, Any]] = {}
    facts: set[str] = set()
    entities = list(wanted)
    for place, (kind, key) in enumerate(entities, 1):
        try:
            explained = shock.explain(f"{LABELS[kind]}:{key}")
        except QueryError:  # in the graph under another scenario's date, not under this one's
            continue
        told[f"{kind}/{key}"] = _story(explained, found)
        facts.update(fact for path in told[f"{kind}/{key}"]["paths"] for fact in path["facts"])
        if tick is not None:
            tick(place, len(entities))
    return told, facts


def _story(explained: EntityExplanation, found: Blocks) -> dict[str, Any]:
    row = explained.row
    story: dict[str, Any] = {
        "paths": [
            _path(path, nodes, explained, found)
            for path, nodes in zip(explained.paths, explained.path_nodes, strict=True)
            if abs(path["exposure"]) >= SMALLEST
        ],
        "others": {part: _short(share) for part, share in explained.other_paths.items()},
        "stopped": _stopped(explained.flows),
        "softened": _softened(explained.flows),
    }
    if row.timing.time_to_survive is not None:
        story["survive"] = row.timing.time_to_survive
    if row.timing.time_to_recover is not None:
        story["recover"] = row.timing.time_to_recover
    return story


def _path(
    path: Mapping[str, Any], nodes: tuple[int, ...], explained: EntityExplanation, found: Blocks
) -> dict[str, Any]:
    """Tell one path: the blocks it runs through, from the far end on, when it is felt, its facts."""
    facts = [fact for step in path["steps"] for fact in step["facts"]]
    named = [fact for fact in dict.fromkeys(facts) if not fact.startswith("parameter:")]
    told: dict[str, Any] = {
        "part": path["part"],
        "exposure": _short(path["exposure"]),
        "route": path["route"],
        "blocks": _blocks(nodes, explained, found),
        "facts": named[:MOST_FACTS],
    }
    for key in ("cut_week", "first_week", "transit_weeks", "stock_weeks"):
        if key in path:
            told[key] = path[key]
    return told


def _blocks(nodes: tuple[int, ...], explained: EntityExplanation, found: Blocks) -> list[list[str]]:
    """Give the leaves on the way, far end first; a pool at the far end is the makers of its country."""
    network = explained.network
    way: list[list[str]] = []
    for node in reversed(nodes):
        leaf = found.leaf_of[node]
        if leaf >= 0:
            way.append([found.leaves[leaf]])
        elif node == nodes[-1] and network is not None:
            good, country = network.goods[network.good[node]], network.countries[network.country[node]]
            way.append(found.makers(good, country))
    if explained.row.kind == "company":
        way.append([f"company:{explained.row.id}"])
    return [here for here, after in pairwise([*way, [""]]) if here and here != after]


def _stopped(flows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the restricted flows that cost or bring most."""
    kept = [
        {
            "part": flow["part"],
            "good": flow["good_name"],
            "origin": flow["origin"],
            "destination": flow["destination"],
            "measure": flow["measure"],
            "exposure": _short(flow["exposure"]),
        }
        for flow in flows
        if flow["kind"] == "restriction" and abs(flow["exposure"]) >= SMALLEST
    ]
    return kept[:5]


def _softened(flows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give what softens the blow most, by kind and good."""
    sums: dict[tuple[str, str], float] = {}
    for flow in flows:
        if flow["kind"] != "restriction":
            key = (flow["kind"], flow["good_name"])
            sums[key] = sums.get(key, 0.0) + flow["exposure"]
    largest = sorted(sums.items(), key=lambda entry: (-abs(entry[1]), entry[0]))[:MOST_SOFTENED]
    return [
        {"kind": kind, "good": good, "exposure": _short(amount)}
        for (kind, good), amount in largest
        if abs(amount) >= SMALLEST
    ]


def _short(value: float) -> float:
    return float(f"{value:.5g}") + 0.0
