"""Make the rows of a ranking: exposure, times, what prices make of it, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats
from chainshock.queries.assumptions import price_extremes, shock_options
from chainshock.queries.exposure import EntityExposure
from chainshock.queries.names import LABELS
from chainshock.queries.price_rows import GoodPrice, ceilings_of, good_prices
from chainshock.queries.rank import RankRow
from chainshock.queries.reason import Reasons
from chainshock.queries.timing import NO_TIMING, Timing, entity_timing

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["ENTITIES", "EXTRAS", "Extra", "make_rows"]

# kind of ranking: kind of entity in the network
ENTITIES: dict[str, Literal["company", "country", "facility", "end-use", "commodity"]] = {
    "companies": "company",
    "countries": "country",
    "facilities": "facility",
    "end-uses": "end-use",
    "commodities": "commodity",
}
Extra = Literal["bounds", "survive"]
EXTRAS: tuple[Extra, ...] = ("bounds", "survive")


def make_rows(
    shock: Shock, kind: str, entities: list[EntityExposure], extras: Collection[Extra]
) -> list[RankRow]:
    """Make a row of each entity of a kind, not ranked yet; `extras` are those of `Shock.rank`."""
    worst: dict[str, float] = {}
    if "bounds" in extras:
        worst = {e.id: e.relative for e in shock.aggregate(kind, shock.exposures_if_unknown_is_issuer)}
    half, double = (
        {e.id: e for e in shock.aggregate(kind, shock.exposures_at(ceiling))} for ceiling in (0.5, 2.0)
    )
    prices = _good_prices(shock) if kind == "commodities" else {}
    state = shock.state
    if shock.choices.horizon is not None:
        state = replace(state, price=shock.weeks.price, at_ceiling=shock.weeks.at_ceiling)
    issuers = frozenset(shock.network.countries[place] for place in shock.routes.issuers.values())
    reasons = Reasons(shock.graph, shock.network, state, shock.exposures, issuers)
    value = np.nan_to_num(shock.network.value)
    rows: list[RankRow] = []
    for entity in entities:
        node = NodeRef(LABELS[kind], entity.id)
        reason, confidence = reasons.explain(node, entity.nodes)
        rows.append(
            RankRow(
                rank=0,
                id=entity.id,
                name=shock.names.title(node),
                kind=ENTITIES[kind],
                exposure=entity.relative,
                exposure_usd=None if entity.value is None else entity.usd,
                parts=entity.relative_parts,
                timing=_timing(shock, entity, extras),
                basis=_basis(shock, entity),
                unknown_share=_unknown_of(shock, value, entity),
                bounds=(worst[entity.id], entity.relative) if worst else None,
                ceilings=ceilings_of(entity, half[entity.id], double[entity.id]),
                prices=prices.get(entity.id),
                confidence=confidence,
                reason=reason,
            )
        )
    return rows


def _basis(shock: Shock, entity: EntityExposure) -> str:
    """Say what the exposure is a share of, or what kind of activity it comes from."""
    if entity.basis == "share of output":
        return entity.basis
    words = set()
    sized = [index for index in entity.nodes if not np.isnan(shock.network.value[index])]
    for index in sized or entity.nodes:
        good = shock.network.goods[shock.network.good[index]]
        is_end_use = NodeRef("EndUse", good) in shock.graph
        project = bool(shock.network.is_project[index])
        words.add("project" if project else "segment" if is_end_use else "producer")
    return " and ".join(sorted(words))


def _good_prices(shock: Shock) -> dict[str, GoodPrice]:
    """Give what each good costs outside and inside its issuers, by id."""
    outcome = shock.state if shock.choices.horizon is None else shock.weeks
    soft, sharp = (
        shock_options(shock.network, shock.graph, shock.parameters.with_values(values))
        for values in price_extremes(shock.parameters)
    )
    return good_prices(shock.network, outcome.terms, shock.routes, soft, sharp)


def _timing(shock: Shock, entity: EntityExposure, extras: Collection[Extra]) -> Timing:
    """Give an entity's times; without weeks it has none."""
    if shock.choices.horizon is None:
        return NO_TIMING
    cut_off = shock.weeks_without_input if "survive" in extras else None
    return entity_timing(shock.network, entity.nodes, shock.weeks, cut_off)


def _unknown_of(shock: Shock, value: Floats, entity: EntityExposure) -> float:
    """Give the mean unknown share over an entity's nodes, by value where known."""
    indices = np.fromiter(entity.nodes, dtype=np.intp, count=len(entity.nodes))
    shares = np.fromiter(entity.nodes.values(), dtype=np.float64, count=len(entity.nodes))
    weights = value[indices] * shares
    if weights.sum() <= 0:
        weights = shares
    return float(weights @ shock.unknown[indices] / weights.sum()) if weights.sum() > 0 else 0.0
