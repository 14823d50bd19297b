"""Link blocks: who delivers to whom, on what evidence, and how much of it measures let through.

A pool hands on what fills it in proportion, so the share of a producer in what a buyer draws is the product
of the weights on the way, and so is what measures let through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.network.production import Evidence, Floats, NodeKind
from chainshock.graph.view.picture import Link
from chainshock.picture.blocks import Blocks
from chainshock.queries.timetable import edge_series
from chainshock.telling import EVIDENCE

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["Flows", "make_links"]

SMALLEST_SHARE = 0.005  # of what the buyer needs of a good: thinner links are not drawn
MOST_POOLS = 6  # in a row
MOST_FACTS = 4  # told of a link
STATIC_WEEKS = 1


@dataclass
class _Mix:
    """What reaches a buyer from one producer: share, share let through by week, and what it rests on."""

    weight: float = 0.0
    open: Floats = field(default_factory=lambda: np.zeros(0))
    measures: dict[str, float] = field(default_factory=dict)
    evidence: dict[int, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def add(self, other: _Mix, share: float, through: Floats) -> None:
        """Take in a share of another mix, of which a part gets through week by week."""
        if not self.open.size:
            self.open = np.zeros_like(through)
        self.weight += share * other.weight
        self.open = self.open + share * other.open * through
        for measure, lost in other.measures.items():
            self.measures[measure] = self.measures.get(measure, 0.0) + share * lost
        for kind, weight in other.evidence.items():
            self.evidence[kind] = self.evidence.get(kind, 0.0) + share * weight
        for fact, weight in other.facts.items():
            self.facts[fact] = self.facts.get(fact, 0.0) + share * weight


class Flows:
    """What measures let through on each edge by week, (k, T); a static run has one week."""

    def __init__(self, shock: Shock) -> None:
        network, horizon = shock.network, shock.choices.horizon
        self.weeks = horizon or STATIC_WEEKS
        self.through = np.ones((len(network.edge_source), self.weeks))
        self.lost: dict[int, dict[str, float]] = {}
        if horizon is None:
            self.through[:, 0] = shock.routes.edges(network, unknown_from_issuer=False)
        for series in edge_series(network, shock.graph, shock.scenario, horizon or 26):
            cut = series.severity[:, -(horizon or 26) :]
            if horizon is not None:
                self.through[series.edges] *= 1.0 - cut
            for edge, mean in zip(series.edges.tolist(), cut.mean(axis=1).tolist(), strict=True):
                if mean > 0.0:
                    self.lost.setdefault(edge, {})[series.measure] = mean


def make_links(shock: Shock, found: Blocks, others: list[Shock]) -> tuple[list[Link], int]:
    """Make the links between leaves; give how many thinner than `SMALLEST_SHARE` are left out.

    Parameters
    ----------
    shock
        Its network is linked.
    others
        Further scenarios on the same network, for what they let through.
    """
    told = [_Linker(each, found).links() for each in (shock, *others)]
    links, thin = [], 0
    for (source, target), mix in told[0].items():
        if mix.share < SMALLEST_SHARE:
            thin += 1
            continue
        mixes = [each.get((source, target)) for each in told]
        links.append(_link(source, target, mix, [entry.mix if entry else None for entry in mixes]))
    return [*links, *_owners(shock, found), *_mines(shock, found)], thin


@dataclass
class _Supply:
    """A mix of one producer in what a block needs of a good: quantity a year, and as a share of the need."""

    mix: _Mix
    quantity: float
    share: float


class _Linker:
    """Links of one scenario."""

    def __init__(self, shock: Shock, found: Blocks) -> None:
        self.network, self.found, self.flows = shock.network, found, Flows(shock)
        self.first = np.searchsorted(self.network.group_node, np.arange(self.network.n + 1))
        self.edges = np.searchsorted(self.network.edge_group, np.arange(len(self.network.group_node) + 1))
        self.pools: dict[int, dict[int, _Mix]] = {}

    def links(self) -> dict[tuple[str, str], _Supply]:
        """Give what each leaf supplies to each other leaf."""
        network, leaf_of = self.network, self.found.leaf_of
        bought: dict[tuple[int, int], _Mix] = {}  # leaf that buys, node that it buys from
        needs: dict[tuple[int, int], float] = {}  # leaf, good
        for group in range(len(network.group_node)):
            buyer = leaf_of[network.group_node[group]]
            if buyer < 0 or network.kind[network.group_node[group]] != NodeKind.ACTIVITY:
                continue
            need = float(network.need[group])
            good = int(network.group_good[group])
            needs[buyer, good] = needs.get((buyer, good), 0.0) + need
            for edge in range(self.edges[group], self.edges[group + 1]):
                key = (buyer, int(network.edge_source[edge]))
                bought.setdefault(key, _Mix()).add(self._edge(edge), need, np.ones(self.flows.weeks))
        found: dict[tuple[int, int], _Mix] = {}
        for (buyer, node), mix in bought.items():
            for leaf, filled in self._behind(node, 0).items():
                whole = found.setdefault((leaf, buyer), _Mix())
                whole.add(_through(filled, mix), 1.0, np.ones(self.flows.weeks))
        return self._shares(found, needs)

    def _shares(
        self, found: dict[tuple[int, int], _Mix], needs: dict[tuple[int, int], float]
    ) -> dict[tuple[str, str], _Supply]:
        network, leaves = self.network, self.found.leaves
        good_of: dict[int, int] = {}
        for node, leaf in enumerate(self.found.leaf_of):
            good_of.setdefault(leaf, int(network.good[node]))
        result: dict[tuple[str, str], _Supply] = {}
        for leaf, buyer in sorted(found):
            mix, need = found[leaf, buyer], needs.get((buyer, good_of[leaf]), 0.0)
            if leaf != buyer and need > 0.0:
                result[leaves[leaf], leaves[buyer]] = _Supply(mix, mix.weight, mix.weight / need)
        return result

    def _edge(self, edge: int) -> _Mix:
        weight, through = float(self.network.weight[edge]), self.flows.through[edge]
        lost = {measure: weight * share for measure, share in self.flows.lost.get(edge, {}).items()}
        facts = self.network.edge_facts[edge] if self.network.edge_facts else ()
        return _Mix(
            weight,
            weight * through,
            lost,
            {int(self.network.evidence[edge]): weight},
            dict.fromkeys(facts, weight),
        )

    def _behind(self, node: int, depth: int) -> dict[int, _Mix]:
        """Give what fills a node: itself if it makes something, else the producers behind its pool."""
        if self.network.kind[node] != NodeKind.POOL:
            return {self.found.leaf_of[node]: _Mix(1.0, np.ones(self.flows.weeks))}
        if node in self.pools:
            return self.pools[node]
        filled: dict[int, _Mix] = {}
        for group in range(self.first[node], self.first[node + 1]):
            for edge in range(self.edges[group], self.edges[group + 1]):
                if depth >= MOST_POOLS:
                    continue
                step = self._edge(edge)
                for leaf, mix in self._behind(int(self.network.edge_source[edge]), depth + 1).items():
                    whole = filled.setdefault(leaf, _Mix())
                    whole.add(_through(mix, step), 1.0, np.ones(self.flows.weeks))
        self.pools[node] = filled
        return filled


def _through(mix: _Mix, step: _Mix) -> _Mix:
    """Carry a mix over one more step: weights multiply, and so does what gets through; facts add up."""
    share = step.open / step.weight if step.weight > 0.0 else step.open
    kept = float(share.mean()) if share.size else 1.0
    result = _Mix(step.weight * mix.weight, step.weight * mix.open * share)
    for measure, lost in mix.measures.items():
        result.measures[measure] = step.weight * lost * kept
    for measure, lost in step.measures.items():
        result.measures[measure] = result.measures.get(measure, 0.0) + mix.weight * lost
    for kind, weight in step.evidence.items():
        worst = max([kind, *mix.evidence]) if mix.evidence else kind
        result.evidence[worst] = result.evidence.get(worst, 0.0) + mix.weight * weight
    for facts, scale in ((step.facts, mix.weight), (mix.facts, step.weight)):
        for fact, weight in facts.items():
            result.facts[fact] = result.facts.get(fact, 0.0) + scale * weight
    return result


def _link(source: str, target: str, supply: _Supply, mixes: list[_Mix | None]) -> Link:
    evidence = max(supply.mix.evidence.items(), key=lambda entry: (entry[1], -entry[0]))[0]
    facts = sorted(supply.mix.facts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Link(
        source=source,
        target=target,
        share=supply.share,
        quantity=supply.quantity,
        is_weak=evidence >= Evidence.WORLD,
        more={
            "evidence": EVIDENCE[Evidence(evidence)],
            "facts": [fact for fact, _ in facts[:MOST_FACTS]],
            "through": [_by_week(mix) for mix in mixes],
            "measures": [_measures(mix) for mix in mixes],
        },
    )


def _by_week(mix: _Mix | None) -> list[int] | None:
    """Give what gets through week by week in per cent; None where nothing is stopped."""
    if mix is None or mix.weight <= 0.0:
        return None
    percent: list[int] = np.rint(100.0 * mix.open / mix.weight).astype(int).tolist()
    return None if all(value == 100 for value in percent) else percent


def _measures(mix: _Mix | None) -> dict[str, float]:
    if mix is None or mix.weight <= 0.0:
        return {}
    return {
        measure: round(lost / mix.weight, 4)
        for measure, lost in sorted(mix.measures.items())
        if lost > 5e-4 * mix.weight
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
            if share < SMALLEST_SHARE:
                continue
            more = {"evidence": "", "facts": list(dict.fromkeys(facts[leaf]))[:MOST_FACTS]}
            links.append(Link(found.leaves[leaf], block, share, max(usd, 1.0), "owner", False, more))
    return links


def _mines(shock: Shock, found: Blocks) -> list[Link]:
    """Link mines to the concentrate of their country."""
    network, links = shock.network, []
    made: dict[int, float] = {}
    for node, leaf in enumerate(found.leaf_of):
        made[leaf] = made.get(leaf, 0.0) + float(network.output[node])
    for block, nodes in found.members.items():
        if not block.startswith("mine:"):
            continue
        for leaf in sorted({found.leaf_of[node] for node in nodes}):
            output = sum(float(network.output[node]) for node in nodes if found.leaf_of[node] == leaf)
            facts = [fact for node in nodes if network.node_facts for fact in network.node_facts[node]]
            share = output / made[leaf] if made[leaf] > 0.0 else 0.0
            more = {"evidence": EVIDENCE[Evidence.NATIONAL], "facts": list(dict.fromkeys(facts))[:MOST_FACTS]}
            links.append(Link(block, found.leaves[leaf], share, max(output, 1e-9), "supply", False, more))
    return links
