"""Compare what was in force before a phase of an episode with what was new, entity by entity."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chainshock.graph.facts import NodeRef
from chainshock.queries.backtest.baselines import Facts, direct_import_shares
from chainshock.queries.backtest.table import GROUPS
from chainshock.queries.backtest.targets import Target, TargetFinder
from chainshock.queries.measure_scope import edges_from, nodes_of

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["Step"]

UPSTREAM = frozenset({"ore", "concentrate", "mixed-compound", "oxide", "metal", "refined"})


class Step:
    """From what was in force before to what was new."""

    def __init__(self, before: Shock | None, after: Shock) -> None:
        self._before, self._after = before, after

    @cached_property
    def finder(self) -> TargetFinder:
        """Names of the graph."""
        return TargetFinder(self._after.graph)

    def named(self, text: str) -> Target | None:
        """Find a company, a ticker or a country by what a ranking test calls it."""
        country = self.finder.country(text)
        if country is not None:
            return Target("country", (country,))
        company = self.finder.company(text, text if text.isupper() else "")
        return None if company is None else Target("company", (company,))

    def difference(self, target: Target) -> float | None:
        """Give the predicted change of exposure, as a share; None where the target has no activity."""
        after = _exposure(self._after, target)
        if after is None or self._before is None:
            return after
        before = _exposure(self._before, target)
        return None if before is None else after - before

    def loss(self, target: Target) -> float | None:
        """Give the output predicted lost for want of inputs, a share under the new phase; larger is worse."""
        if target.kind != "company":
            return None
        found = self._parts.get(target.ids[0])
        return None if found is None else -found

    @cached_property
    def _parts(self) -> dict[str, float]:
        rows = self._after.rank("companies", extras=()).rows
        return {row.id: float(row.parts.get("input", 0.0)) for row in rows}

    def why(self, target: Target, sign: int) -> str:
        """Say what moved a target to a sign: the strongest path that did, else what moves it most."""
        if target.kind == "sector":
            return ""
        if (target, sign) not in self._told:
            told = self._after.explain(f"{target.kind.capitalize()}:{target.ids[0]}")
            paths = [path for path in told.paths if path["exposure"] * sign > 0]
            strongest = max(paths, key=lambda path: abs(path["exposure"]), default=None)
            route = (
                "" if strongest is None else f"{strongest['part'].replace('_', ' ')}: {strongest['route']}"
            )
            self._told[target, sign] = route or told.row.reason
        return self._told[target, sign]

    @cached_property
    def _told(self) -> dict[tuple[Target, int], str]:
        return {}

    def group(self, target: Target) -> str:
        """Tell miners and projects, downstream firms, and countries and sectors apart."""
        if target.kind != "company":
            return GROUPS[2]
        return GROUPS[0] if target.ids[0] in self._miners else GROUPS[1]

    def facts(self, target: Target) -> Facts:
        """Give what the baselines look at."""
        places = target.ids if target.kind != "company" else (self._home(target.ids[0]),)
        shares = [self._imports.get(place, 0.0) for place in places]
        return Facts(
            direction=self._direction,
            is_outside=not set(places) & self._issuers,
            is_miner=target.kind == "company" and target.ids[0] in self._miners,
            import_share=sum(shares) / len(shares),
        )

    @cached_property
    def _miners(self) -> frozenset[str]:
        """Companies that mine or refine, and projects."""
        network, goods = self._after.network, nodes_of(self._after.graph, "Commodity")
        found: set[str] = set()
        for index, owners in enumerate(network.entities):
            good = goods.get(network.goods[network.good[index]])
            stage = "" if good is None else str(good.properties["stage"])
            if network.is_project[index] or stage in UPSTREAM:
                found.update(owners.get("company", {}))
        return frozenset(found)

    def _home(self, company: str) -> str:
        edges = edges_from(self._after.graph, NodeRef("Company", company), "HEADQUARTERED_IN")
        return next((edge.target.key for edge in edges if edge.target), "")

    @cached_property
    def _imports(self) -> dict[str, float]:
        goods = {
            self._after.network.goods[good]
            for shock in self._shocks
            for tables in shock.routes.by_measure.values()
            for good in tables
            if shock.network.goods == self._after.network.goods
        }
        return direct_import_shares(self._after.network, frozenset(goods), self._issuers)

    @cached_property
    def _issuers(self) -> frozenset[str]:
        return frozenset(
            shock.network.countries[place]
            for shock in self._shocks
            for place in shock.routes.issuers.values()
        )

    @property
    def _shocks(self) -> list[Shock]:
        return [shock for shock in (self._before, self._after) if shock is not None]

    @cached_property
    def _direction(self) -> int:
        """Tell tightening (1) from relief (-1): whether more is stopped than before."""
        stopped = [
            float((1.0 - shock.routes.edges(shock.network)).sum()) if shock is not None else 0.0
            for shock in (self._before, self._after)
        ]
        return int(np.sign(round(stopped[1] - stopped[0], 9)))


def _exposure(shock: Shock, target: Target) -> float | None:
    """Give a target's exposure as a share; None where it has no activity in the network."""
    if target.kind == "company":
        return shock.relative("companies").get(target.ids[0])
    if target.kind == "country":
        return shock.relative("countries").get(target.ids[0])
    network, uses = shock.network, nodes_of(shock.graph, "EndUse")
    wanted = {
        key for key, fact in uses.items() if not target.sectors or fact.properties["sector"] in target.sectors
    }
    nodes = [
        index
        for index, owners in enumerate(network.entities)
        if network.countries[network.country[index]] in target.ids
        and wanted & owners.get("end-use", {}).keys()
    ]
    value = float(np.nan_to_num(network.value[nodes]).sum())
    return float(shock.exposures.usd[:, nodes].sum()) / value if value > 0.0 else None
