"""Find what an entity could do: candidate moves for every restricted input of the chain that works for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.network.production import NodeKind
from chainshock.graph.parameters import Parameter
from chainshock.queries.mitigation.moves import Kind, Maker, Move
from chainshock.queries.mitigation.surroundings import Surroundings
from chainshock.queries.mitigation.valuing import Valuer

if TYPE_CHECKING:
    pass

__all__ = ["Candidates", "reached_goods"]

MOST_SOURCES = 2  # countries offered as second source of one good, those with most spare capacity


@dataclass(frozen=True, eq=False)
class Candidates:
    """Makes the moves on one good of an entity's chain.

    Parameters
    ----------
    about
        What is around the chain.
    head_start
        Weeks before week 0 in which work on the moves began.
    """

    about: Surroundings
    head_start: float = 0.0

    def moves(self, good: int, kinds: Mapping[Kind, object]) -> Iterator[Move]:
        """Give the moves of some kinds on a good."""
        makers = {
            "stock": self._stock,
            "second-source": self._second_sources,
            "grade": self._grade,
            "magnet-free": self._magnet_free,
            "plant": self._plant,
            "recycling": self._recycling,
        }
        for kind, make in makers.items():
            if kind in kinds:
                yield from make(good)

    def _stock(self, good: int) -> Iterator[Move]:
        used = [
            *self.about.facts_of_groups(good),
            *self.about.named(f"cover.{self.about.stage(good)}"),
            "parameter:stock.spread",
        ]
        yield Move(
            "stock",
            good,
            "",
            float(self.about.valuer.engine.weeks),  # more than that the run cannot tell apart
            self.about.need(good),
            rests_on=tuple(dict.fromkeys(used)),
        )

    def _second_sources(self, good: int) -> Iterator[Move]:
        need, stage, rules = self.about.need(good), self.about.stage(good), self.about.valuer.engine.rules
        names = ("qualification.start", "qualification.ramp")
        used = [
            p for name in names for p in self.about.named(f"{name}.{self.about.id(good)}", f"{name}.{stage}")
        ]
        offers = self.about.offers(good)
        if need <= 0.0 or not offers:
            why = "nobody with spare capacity has an open route to it" if need > 0.0 else NO_NEED
            yield Move("second-source", good, "", 0.0, need, rests_on=tuple(used), why_not=why)
            return
        for place, sellers in list(offers.items())[:MOST_SOURCES]:
            total = sum(quantity for _, quantity in sellers)
            spare = self.about.named(f"spare.{self.about.id(good)}.{place}", f"spare.{stage}.{place}")
            facts = [f for node, _ in sellers for f in self.about.facts_of_node(node)]
            yield Move(
                "second-source",
                good,
                place,
                min(total, self.about.most(good)),
                need,
                ready=self._ready(float(rules.ramp_start[good])),
                ramp=float(rules.ramp[good]),
                sellers=tuple((node, quantity / total) for node, quantity in sellers),
                rests_on=tuple(dict.fromkeys([*facts, *spare, *used])),
            )

    def _grade(self, good: int) -> Iterator[Move]:
        sibling = self.about.lighter(good)
        if sibling is None:
            return
        rest, country = self.about.rest, self.about.country(good)
        pools = np.flatnonzero(
            (rest.good == sibling) & (rest.kind == NodeKind.POOL) & (rest.country == country)
        )
        makers = np.flatnonzero((rest.good == sibling) & (rest.kind == NodeKind.ACTIVITY) & ~rest.is_project)
        chosen = pools if pools.size else makers[np.argsort(-rest.output[makers], kind="stable")]
        lead, share = self._one("mitigation.lead.grade"), self._one("mitigation.share.grade")
        why = "" if chosen.size else f"nobody makes {rest.goods[sibling]}"
        yield Move(
            "grade",
            good,
            rest.goods[sibling],
            share.default,
            self.about.need(good),
            ready=self._ready(lead.default),
            ramp=self._one("mitigation.ramp.grade").default,
            sellers=((int(chosen[0]), 1.0),) if chosen.size else (),
            rests_on=tuple(f"parameter:mitigation.{name}.grade" for name in ("lead", "ramp", "share")),
            why_not=why,
        )

    def _magnet_free(self, good: int) -> Iterator[Move]:
        share = self.about.parameters.get(f"mitigation.magnet-free.{self.about.id(good)}")
        if share is None:
            return
        names = ("mitigation.lead.magnet-free", "mitigation.ramp.magnet-free", share.name)
        yield Move(
            "magnet-free",
            good,
            "",
            share.default,
            self.about.need(good),
            ready=self._ready(self._one(names[0]).default),
            ramp=self._one(names[1]).default,
            maker=Maker(self.about.country(good)),
            rests_on=tuple(f"parameter:{name}" for name in names),
        )

    def _plant(self, good: int) -> Iterator[Move]:
        lead = self.about.parameters.get(f"mitigation.lead.plant.{self.about.stage(good)}")
        if lead is None:
            return
        need, country = self.about.need(good), self.about.country(good)
        model, facts = self.about.model(good, country)
        yield Move(
            "plant",
            good,
            self.about.rest.countries[country],
            self.about.most(good),
            need,
            ready=self._ready(lead.default),
            ramp=self._one("mitigation.ramp.plant").default,
            maker=Maker(country, model),
            rests_on=(*facts, f"parameter:{lead.name}", "parameter:mitigation.ramp.plant"),
            why_not="" if need > 0.0 else NO_NEED,
        )

    def _recycling(self, good: int) -> Iterator[Move]:
        share = self.about.parameters.get(f"mitigation.share.recycling.{self.about.stage(good)}")
        if share is None:
            return
        need, country = self.about.need(good), self.about.country(good)
        names = ("mitigation.lead.recycling", "mitigation.ramp.plant", share.name)
        yield Move(
            "recycling",
            good,
            self.about.rest.countries[country],
            share.default * self.about.most(good),
            need,
            ready=self._ready(self._one(names[0]).default),
            ramp=self._one(names[1]).default,
            maker=Maker(country),
            rests_on=tuple(f"parameter:{name}" for name in names),
            why_not="" if need > 0.0 else NO_NEED,
        )

    def _ready(self, lead: float) -> float:
        return lead - self.head_start

    def _one(self, name: str) -> Parameter:
        return self.about.parameters[name]


NO_NEED = "how much of it the chain uses is not known"


def reached_goods(valuer: Valuer) -> list[int]:
    """Give the goods that a chain buys and that a measure reaches, directly or through suppliers."""
    block = valuer.chain.block
    hit = np.zeros(len(block.edge_source), dtype=bool)
    for queue in valuer.stopped:
        hit[queue.edges] = True
    inside = block.edge_source < 0
    hit |= ~inside & valuer.chain.reached[np.where(inside, 0, block.edge_source)]
    source = np.where(inside, ~block.edge_source, 0)
    target = block.group_node[block.edge_group]
    node = np.zeros(len(block.ids), dtype=bool)
    while True:
        reached = hit | (inside & node[source])
        new = node.copy()
        new[target[reached]] = True
        if np.array_equal(new, node):
            break
        node = new
    groups = np.unique(block.edge_group[reached])
    is_activity = block.kind[block.group_node[groups]] == NodeKind.ACTIVITY
    return sorted(set(block.group_good[groups[is_activity]].tolist()))
