"""Tell what was computed, and how: the run that stands at the head of a ranking."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock import __version__
from chainshock.errors import QueryError
from chainshock.graph.coverage import coverage, covered_share
from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats
from chainshock.queries.names import fact_of, facts_of

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["describe_run"]

FIGURES = frozenset({"Company", "EXPORTS", "Facility", "PRICED_IN", "PRODUCES", "SERVES", "SUPPLIES"})


def describe_run(shock: Shock) -> dict[str, Any]:  # Any: what JSON holds
    """Give scenario, facts, rules, coverage and severities of a shock.

    Raises
    ------
    QueryError
        No figures are known at the date.
    """
    first, last = _figure_days(shock)
    return {
        "scenario": shock.scenario.name,
        "title": shock.scenario.title,
        "as_of": shock.choices.as_of.isoformat(),
        "facts": shock.choices.facts,
        "horizon": None if shock.choices.horizon is None else f"{shock.choices.horizon}w",
        "baseline_year": shock.scenario.baseline,
        "rationing": shock.choices.rationing,
        "substitution": shock.choices.substitution,
        "stop": _stop(shock),
        "seed": None,
        "version": __version__,
        "data_edition": shock.dataset.edition,
        "data_to": last.isoformat(),
        "warnings": _warnings(shock, first),
        "coverage": _coverage(shock),
        "severities": _severities(shock),
    }


def _coverage(shock: Shock) -> float | None:
    """Give the share of supply that rests on evidence, as `chainshock check` prints it."""
    share = covered_share(coverage(shock.network))
    return share if np.isfinite(share) else None


def _severities(shock: Shock) -> dict[str, dict[str, float]]:
    """Give each measure's mean severity by stage of the goods, and for buyers that it refuses."""
    found: dict[str, dict[str, float]] = {}
    for measure, goods in shock.routes.by_measure.items():
        means: dict[str, float] = {}
        for good, factor in sorted(goods.items()):
            stopped = np.array([_usual(1.0 - table) for table in factor])
            fact = fact_of(shock.graph, NodeRef("Commodity", shock.network.goods[good]))
            stage = "goods" if fact is None else str(fact.properties["stage"])
            if stopped[0] > 0:
                means[stage] = max(means.get(stage, 0.0), float(stopped[0]))
            for name, value in zip(shock.network.buyer_classes[1:], stopped[1:], strict=True):
                if value > stopped[0]:
                    means[name] = max(means.get(name, 0.0), float(value))
        found[measure] = means
    return found


def _stop(shock: Shock) -> str:
    """Say how the sweeps stopped: in short, unless one of them hit its cap."""
    if shock.choices.horizon is not None:
        return f"{shock.choices.horizon} weeks, {shock.weeks.slices} firm archetypes"
    state = shock.state
    short = f"change below {state.options.tolerance:g}, {state.sweeps} sweeps"
    return state.stop if "cap of" in state.stop else short


def _figure_days(shock: Shock) -> tuple[date, date]:
    """Earliest and latest date that a figure used describes."""
    days = [fact.provenance.as_of for fact in facts_of(shock.graph) if fact.name in FIGURES]
    if not days:
        found = f"no figures known on {shock.choices.as_of}"
        raise QueryError(f"found {found}, expected some: load tables, or ask for a later date")
    return min(days), max(days)


def _warnings(shock: Shock, first: date) -> list[str]:
    """Say where the facts asked for lie outside the years that the data describe."""
    asked = shock.choices.as_of
    if asked < first:
        return [f"facts asked for {asked}, before the first that a figure describes, {first}: those are used"]
    if asked > date.fromisoformat(shock.dataset.edition):
        return [
            f"facts asked for {asked}, after the data edition, {shock.dataset.edition}: its facts are used"
        ]
    return []


def _usual(stopped: Floats) -> float:
    """Give the median share stopped on the routes that a measure touches; 0 if it touches none."""
    touched = stopped[stopped > 0]
    return float(np.median(touched)) if touched.size else 0.0
