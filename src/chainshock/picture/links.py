"""Link blocks: who delivers to whom, on what evidence, and how much of it measures let through.

Pools are no blocks: who buys from one is linked to those who fill it, in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.network.production import Evidence, Floats, NodeKind
from chainshock.graph.view.picture import Link
from chainshock.picture.leaves import Blocks
from chainshock.picture.mixes import Mix, Mixes
from chainshock.queries.severity import STATIC_WEEKS
from chainshock.queries.timetable import edge_series
from chainshock.telling import EVIDENCE

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["SMALLEST_SHARE", "make_links"]

SMALLEST_SHARE = 0.003  # of what the buyer needs of a good: thinner links are not drawn
MOST_FACTS = 4  # told of a link


def make_links(shock: Shock, found: Blocks, others: list[Shock]) -> tuple[list[Link], int]:
    """Make the links between leaves; give how many thinner than `SMALLEST_SHARE` are left out.

    Parameters
    ----------
    shock
        Its network is linked.
    found
        Its blocks.
    others
        Further scenarios on the same network, for what they let through.
    """
    told = [_supplies(each, found) for each in (shock, *others)]
    links, thin = [], 0
    for (source, target), supply in told[0].items():
        if supply.share < SMALLEST_SHARE:
            thin += 1
        else:
            links.append(_link(source, target, supply, [each[source, target] for each in told]))
    return [*links, *_owners(shock, found), *_mines(shock, found)], thin


@dataclass
class _Supply:
    """What one leaf needs from another: quantity and need a year, what gets through, what it rests on."""

    weeks: int
    quantity: float = 0.0
    need: float = 0.0
    open: Floats = field(init=False)
    measures: dict[str, float] = field(default_factory=dict)
    evidence: dict[int, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.open = np.zeros(self.weeks)

    @property
    def share(self) -> float:
        """Share of what the buyer needs of the good."""
        return self.quantity / self.need if self.need > 0.0 else 0.0

    def add(self, amount: float, step: _Step, mix: Mix) -> None:
        """Take in an amount that comes through an edge from what is behind it."""
        quantity = amount * mix.weight
        self.quantity += quantity
        self.open += amount * mix.open * step.through
        for measure, lost in step.lost.items():
            self.measures[measure] = self.measures.get(measure, 0.0) + quantity * lost
        for measure, lost in mix.measures.items():
            self.measures[measure] = self.measures.get(measure, 0.0) + amount * lost * float(
                step.through.mean()
            )
        weakest = max(step.evidence, mix.evidence)
        self.evidence[weakest] = self.evidence.get(weakest, 0.0) + quantity
        for facts in (dict.fromkeys(step.facts, mix.weight), mix.facts):
            for fact, weight in facts.items():
                self.facts[fact] = self.facts.get(fact, 0.0) + amount * weight


@dataclass(frozen=True, eq=False)
class _Step:
    """The last edge on the way to a buyer."""

    through: Floats
    lost: dict[str, float]
    evidence: int
    facts: tuple[str, ...]


def _flows(shock: Shock) -> tuple[Floats, dict[int, dict[str, float]]]:
    """Give what measures let through on each edge by week, (k, T), and what each stops on average.

    A static run has one week.
    """
    network, horizon = shock.network, shock.choices.horizon
    weeks = horizon or STATIC_WEEKS
    through = np.ones((len(network.edge_source), weeks))
    lost: dict[int, dict[str, float]] = {}
    for series in edge_series(network, shock.graph, shock.scenario, weeks):
        cut = series.severity[:, -weeks:]
        through[series.edges] *= 1.0 - cut
        for edge, mean in zip(series.edges.tolist(), cut.mean(axis=1).tolist(), strict=True):
            if mean > 0.0:
                lost.setdefault(edge, {})[series.measure] = mean
    if horizon is None:
        through = shock.routes.edges(network, unknown_from_issuer=False)[:, None]
    return through, lost


def _supplies(shock: Shock, found: Blocks) -> dict[tuple[str, str], _Supply]:
    """Give what every leaf needs from every other, by their ids."""
    network, leaf_of = shock.network, found.leaf_of
    through, lost = _flows(shock)
    mixes = Mixes(network, leaf_of, through, lost)
    needs: dict[tuple[int, int], float] = {}  # by leaf and good
    result: dict[tuple[int, int], _Supply] = {}
    goods: dict[tuple[int, int], int] = {}
    for group, node in enumerate(network.group_node.tolist()):
        if network.kind[node] != NodeKind.ACTIVITY or not network.need[group] > 0.0:
            continue
        buyer, good, need = leaf_of[node], int(network.group_good[group]), float(network.need[group])
        needs[buyer, good] = needs.get((buyer, good), 0.0) + need
        for edge in range(mixes.edges[group], mixes.edges[group + 1]):
            step = _Step(through[edge], lost.get(edge, {}), int(network.evidence[edge]), mixes.facts_of(edge))
            for leaf, mix in mixes.behind(int(network.edge_source[edge])).items():
                supply = result.setdefault((leaf, buyer), _Supply(through.shape[1]))
                supply.add(need * float(network.weight[edge]), step, mix)
                goods[leaf, buyer] = good
    for (leaf, buyer), supply in result.items():
        supply.need = needs[buyer, goods[leaf, buyer]]
    ids = found.leaves
    return {(ids[leaf], ids[buyer]): result[leaf, buyer] for leaf, buyer in sorted(result) if leaf != buyer}


def _link(source: str, target: str, supply: _Supply, each: list[_Supply]) -> Link:
    evidence = max(supply.evidence.items(), key=lambda entry: (entry[1], -entry[0]))[0]
    facts = sorted(supply.facts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Link(
        source=source,
        target=target,
        share=supply.share,
        quantity=supply.quantity,
        good=source.split(":")[2] if source.startswith("maker:") else source.split(":")[1],
        is_weak=evidence >= Evidence.WORLD,
        more={
            "evidence": EVIDENCE[Evidence(evidence)],
            "facts": [fact for fact, _ in facts[:MOST_FACTS]],
            "through": [_by_week(told) for told in each],
            "measures": [_measures(told) for told in each],
        },
    )


def _by_week(supply: _Supply) -> list[int] | None:
    """Give what gets through week by week in per cent; None where nothing is stopped."""
    percent: list[int] = np.rint(100.0 * supply.open / supply.quantity).astype(int).tolist()
    return None if all(value == 100 for value in percent) else percent


def _measures(supply: _Supply) -> dict[str, float]:
    return {
        measure: round(lost / supply.quantity, 4)
        for measure, lost in sorted(supply.measures.items())
        if lost > 5e-4 * supply.quantity
    }


def _owners(shock: Shock, found: Blocks) -> list[Link]:
    """Link every company to the blocks in which it earns; the share is that of its value in the graph."""
    network, links = shock.network, []
    value = np.nan_to_num(network.value)
    for block, nodes in found.members.items():
        if not block.startswith("company:"):
            continue
        earned: dict[int, float] = {}
        facts: dict[int, list[str]] = {}
        for node, share in nodes.items():
            leaf = found.leaf_of[node]
            earned[leaf] = earned.get(leaf, 0.0) + share * float(value[node])
            facts.setdefault(leaf, []).extend(network.node_facts[node] if network.node_facts else ())
        whole = sum(earned.values())
        for leaf, usd in earned.items():
            share = usd / whole if whole > 0.0 else 1.0 / len(earned)
            if share >= SMALLEST_SHARE:
                more = {"evidence": "", "facts": list(dict.fromkeys(facts[leaf]))[:MOST_FACTS]}
                weight = usd if whole > 0.0 else share
                links.append(Link(found.leaves[leaf], block, share, weight, "owner", more=more))
    return links


def _mines(shock: Shock, found: Blocks) -> list[Link]:
    """Link mines to the concentrate of their country; a project, which makes nothing yet, has no link."""
    network, links = shock.network, []
    made: dict[int, float] = {}
    for node, leaf in enumerate(found.leaf_of):
        made[leaf] = made.get(leaf, 0.0) + float(network.output[node]) * (not network.is_project[node])
    for block, nodes in found.members.items():
        working = [node for node in nodes if not network.is_project[node] and network.output[node] > 0.0]
        if not block.startswith("mine:") or not working:
            continue
        leaf = found.leaf_of[working[0]]
        output = sum(float(network.output[node]) for node in working)
        facts = [fact for node in working if network.node_facts for fact in network.node_facts[node]]
        more = {"evidence": EVIDENCE[Evidence.NATIONAL], "facts": list(dict.fromkeys(facts))[:MOST_FACTS]}
        links.append(Link(block, found.leaves[leaf], output / made[leaf], output, good="mine", more=more))
    return links
