"""Say what a reader sees of a production network: mines, plants, a country's makers, end uses, companies.

Pools are no blocks: who buys from a pool is linked to those who fill it. Firm archetypes and lines of one
company in one country are one block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import NodeKind
from chainshock.graph.view.picture import Block
from chainshock.picture.leaves import Blocks
from chainshock.picture.stages import COMPANY, CONCENTRATE, END_USE, MINE, stage_of
from chainshock.queries.names import fact_of, other_names
from chainshock.queries.ranking import without_brackets

if TYPE_CHECKING:
    import networkx as nx

    from chainshock.shock import Shock

__all__ = ["make_blocks"]


def make_blocks(shock: Shock, issuers: Iterable[str], apart: Iterable[str] = ()) -> Blocks:
    """Make the blocks of a shock's network.

    Parameters
    ----------
    issuers
        Countries of the first band: those whose measures act.
    apart
        Ids of companies that stand by themselves, not in the group of their sector.
    """
    return _Maker(shock, frozenset(issuers), frozenset(apart)).make()


class _Maker:
    def __init__(self, shock: Shock, issuers: frozenset[str], apart: frozenset[str]) -> None:
        self.shock, self.network, self.graph = shock, shock.network, shock.graph
        self.issuers, self.apart = issuers, apart
        self.found = Blocks()
        self.place: dict[str, int] = {}
        self.countries = {iso: shock.names.title(NodeRef("Country", iso)) for iso in shock.network.countries}

    def make(self) -> Blocks:
        """Make leaves, then the groups that they are in."""
        network = self.network
        makers = self._makers()
        for index in range(network.n):
            good, country = network.goods[network.good[index]], network.countries[network.country[index]]
            if network.kind[index] == NodeKind.POOL:
                self.found.leaf_of.append(-1)
            elif network.kind[index] == NodeKind.UNKNOWN:
                self._join(index, self._unknown(good))
            else:
                self._activity(index, good, country, makers)
        self._companies()
        self.found.without_only_children()
        return self.found

    def _makers(self) -> dict[tuple[int, int], set[str]]:
        """Give who makes each good in each country; blank for those without a name."""
        network = self.network
        makers: dict[tuple[int, int], set[str]] = {}
        for index in np.flatnonzero(network.kind == NodeKind.ACTIVITY).tolist():
            key = (int(network.good[index]), int(network.country[index]))
            makers.setdefault(key, set()).add(self._owner(index)[1])
        return makers

    def _owner(self, index: int) -> tuple[str, str]:
        """Give label and key of the facility or company that an activity belongs to."""
        owners = self.network.entities[index] if self.network.entities else {}
        for kind, label in (("facility", "Facility"), ("company", "Company")):
            if owners.get(kind):
                return label, min(owners[kind], key=lambda key: (-owners[kind][key], key))
        return "", ""

    def _activity(
        self, index: int, good: str, country: str, makers: Mapping[tuple[int, int], set[str]]
    ) -> None:
        stage = stage_of(self.graph, good)
        if stage == END_USE:
            self._join(index, self._use(good, country))
            return
        named = self._owner(index)
        national = self._national(good, country, stage)
        if stage == CONCENTRATE:
            self._join(index, national)
            if named[1]:
                self._join(index, self._named(named, good, country, MINE, ""), delivers=False)
        elif makers[int(self.network.good[index]), int(self.network.country[index])] == {""}:
            self._join(index, national)
        else:
            self._join(index, self._named(named, good, country, stage, national))

    def _join(self, index: int, block: str, *, delivers: bool = True) -> None:
        self.found.members.setdefault(block, {})[index] = 1.0
        if delivers:
            if block not in self.place:
                self.place[block] = len(self.found.leaves)
                self.found.leaves.append(block)
            self.found.leaf_of.append(self.place[block])

    def _band(self, country: str) -> int:
        return 0 if not self.issuers or country in self.issuers else 1

    def _add(self, block: Block, entity: tuple[str, str] | None = None) -> str:
        self.found.blocks.setdefault(block.id, block)
        if entity is not None:
            self.found.entity_of.setdefault(block.id, entity)
        return block.id

    def _good(self, good: str) -> str:
        label = "EndUse" if NodeRef("EndUse", good) in self.graph else "Commodity"
        return without_brackets(self.shock.names.title(NodeRef(label, good)))

    def _where(self, country: str) -> str:
        return "" if len(self.issuers) == 1 and country in self.issuers else self.countries[country]

    def _family(self, good: str, stage: int, band: int, kind: str, entity: tuple[str, str]) -> str:
        """Give the group of a good or end use in one band."""
        return self._add(
            Block(
                id=f"{kind}:{good}:{band}",
                label=self._good(good),
                kind="use" if stage == END_USE else "country",
                stage=stage,
                band=band,
                more={
                    "good": good,
                    "names": _names(self.graph, *_node(good, stage)),
                    "plural": "end uses" if stage == END_USE else "goods",
                },
            ),
            entity,
        )

    def _national(self, good: str, country: str, stage: int) -> str:
        band = self._band(country)
        return self._add(
            Block(
                id=f"good:{good}:{country}",
                label=self._good(good),
                kind="country",
                stage=stage,
                band=band,
                parent=self._family(good, stage, band, "goods", ("commodities", good)),
                place=self._where(country),
                more={"good": good, "country": country, "plural": "countries", "closed": True},
            )
        )

    def _use(self, good: str, country: str) -> str:
        band = self._band(country)
        return self._add(
            Block(
                id=f"use:{good}:{country}",
                label=self._good(good),
                kind="use",
                stage=END_USE,
                band=band,
                parent=self._family(good, END_USE, band, "uses", ("end-uses", good)),
                place=self._where(country),
                more={"good": good, "country": country, "plural": "countries"},
            )
        )

    def _named(self, owner: tuple[str, str], good: str, country: str, stage: int, parent: str) -> str:
        label, key = owner
        word = "mine" if stage == MINE else "maker"
        kinds = {"Facility": "facilities", "Company": "companies"}
        title = self.shock.names.title(NodeRef(label, key)) if key else "Other makers"
        places = [] if stage == MINE else [self._good(good)]
        return self._add(
            Block(
                id=f"{word}:{key or '-'}:{good}:{country}",
                label=title,
                kind="mine" if stage == MINE else "plant" if key else "country",
                stage=stage,
                band=self._band(country),
                parent=parent,
                place=", ".join(filter(None, [*places, self._where(country)])),
                more={
                    "good": good,
                    "country": country,
                    "names": _names(self.graph, label, key) if key else [],
                    "plural": "mines" if stage == MINE else "makers",
                },
            ),
            (kinds[label], key) if key else None,
        )

    def _unknown(self, good: str) -> str:
        stage, band = stage_of(self.graph, good), 1 if self.issuers else 0
        group = Block(f"origin:{stage}", "Origin unknown", "unknown", stage, band, more={"plural": "goods"})
        return self._add(
            Block(
                id=f"unknown:{good}",
                label=self._good(good),
                kind="unknown",
                stage=stage,
                band=band,
                parent=self._add(group),
                place="origin unknown",
                more={"good": good, "plural": "goods"},
            )
        )

    def _companies(self) -> None:
        """Add a block for every company with an activity, and the sectors they are in."""
        value = np.nan_to_num(self.network.value)
        owned: dict[str, dict[int, float]] = {}
        for index, owners in enumerate(self.network.entities):
            for key, share in owners.get("company", {}).items():
                owned.setdefault(key, {})[index] = share
        for key in sorted(owned):
            home = max(owned[key], key=lambda index: (value[index] * owned[key][index], -index))
            country = self._headquarters(key) or self.network.countries[self.network.country[home]]
            band = self._band(country)
            group = "" if key in self.apart else self._sector(home, band)
            block = Block(
                id=f"company:{key}",
                label=self.shock.names.title(NodeRef("Company", key)),
                kind="company",
                stage=COMPANY,
                band=band,
                parent=group,
                place=self._where(country),
                more={
                    "country": country,
                    "names": _names(self.graph, "Company", key),
                    "plural": "companies",
                },
            )
            self._add(block, ("companies", key))
            self.found.members[block.id] = owned[key]

    def _headquarters(self, key: str) -> str:
        """Give the country of a company's seat; blank where no fact gives it."""
        node = NodeRef("Company", key)
        if node not in self.graph:
            return ""
        seats = [
            target.key
            for _, target, data in self.graph.out_edges(node, data=True)
            if data["fact"].name == "HEADQUARTERED_IN"
        ]
        return min((seat for seat in seats if seat in self.countries), default="")

    def _sector(self, index: int, band: int) -> str:
        good = self.network.goods[self.network.good[index]]
        fact = fact_of(self.graph, NodeRef("EndUse", good))
        sector = "materials" if fact is None else str(fact.properties.get("sector", "other"))
        return self._add(
            Block(
                id=f"sector:{sector}:{band}",
                label=f"{sector.capitalize()} companies",
                kind="company",
                stage=COMPANY,
                band=band,
                more={"plural": "sectors"},
            )
        )


def _node(good: str, stage: int) -> tuple[str, str]:
    return ("EndUse" if stage == END_USE else "Commodity"), good


def _names(graph: nx.MultiDiGraph[NodeRef], label: str, key: str) -> list[str]:
    """Give what else a thing is called: id, tickers, aliases, codes."""
    fact = fact_of(graph, NodeRef(label, key))
    return sorted({key, *(other_names(fact) if fact is not None else ())})
