"""Ask which measures are in force under a scenario, whom they name, and which routes they narrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.queries.content import content, share_in_scope
from chainshock.queries.measure_scope import affiliates, buyer_classes_reached, stages_of
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.resolution import MeasureInForce, NotInForce, Resolution, resolve_measures
from chainshock.queries.scenario import Scenario
from chainshock.queries.severity import STATIC_WEEKS

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "MeasureInForce",
    "NotInForce",
    "Resolution",
    "describe",
    "measures_in_force",
    "named_buyers",
    "reach_of",
    "resolve_measures",
    "route_factors",
]


def measures_in_force(
    graph: nx.MultiDiGraph[Any], scenario: Scenario, *, weeks: float = STATIC_WEEKS
) -> list[MeasureInForce]:
    """List the measures that act during the run; see `resolve_measures`."""
    return list(resolve_measures(graph, scenario, weeks=weeks).in_force)


def named_buyers(
    graph: nx.MultiDiGraph[Any], scenario: Scenario, *, weeks: float = STATIC_WEEKS
) -> dict[str, str]:
    """Name the companies that measures in force single out, and the class of buyer that each forms.

    Companies are those that a measure for listed buyers targets by name and, where it has an ownership rule,
    those held by them (see `chainshock.queries.measure_scope.affiliates`).

    Returns
    -------
    dict
        Company id to class: `listed:` and the issuers, for example `listed:CHN` or `listed:CHN+USA`.
    """
    issuers: dict[str, set[str]] = {}
    for measure in measures_in_force(graph, scenario, weeks=weeks):
        if measure.kind == "entity-list" or "listed" in measure.buyers:
            for company in affiliates(graph, frozenset(measure.companies), measure.ownership_rule):
                issuers.setdefault(company, set()).add(measure.issuer)
    return {company: "listed:" + "+".join(sorted(names)) for company, names in sorted(issuers.items())}


def route_factors(
    network: ProductionNetwork,
    graph: nx.MultiDiGraph[Any],
    scenario: Scenario,
    *,
    weeks: float = STATIC_WEEKS,
) -> RouteFactors:
    """Give the factor a = 1 - mean severity of every route that a measure reaches.

    Exports of the measure's origin are reached where destination, good and class of buyer are in scope. A
    content rule reaches exports of other countries instead, in the share of them that holds at least the
    stated share of the origin's controlled material. The issuer is never a
    destination, and trade inside a country is never reached.

    Parameters
    ----------
    network
        Compiled network.
    graph
        Facts valid at the scenario's date.
    scenario
        Scenario.
    weeks
        Length of the run over which severity is averaged.

    Raises
    ------
    InvalidRecord
        The scenario names what the graph does not hold.
    QueryError
        The content of a content rule cannot be computed.
    """
    stages = stages_of(graph)
    countries = {iso3: index for index, iso3 in enumerate(network.countries)}
    by_measure: dict[str, Mapping[int, Floats]] = {}
    issuers: dict[str, int] = {}
    by_content: set[str] = set()
    held: dict[int, npt.NDArray[np.bool_]] = {}
    for measure in measures_in_force(graph, scenario, weeks=weeks):
        if measure.in_baseline:
            _hold(network, measure, held)
        tables = _tables(network, measure, stages, weeks)
        if tables:
            by_measure[measure.id] = tables
            if measure.content_rule is not None:
                by_content.add(measure.id)
            if measure.issuer in countries:
                issuers[measure.id] = countries[measure.issuer]
    return RouteFactors(by_measure, issuers, frozenset(by_content), held)


def _tables(
    network: ProductionNetwork, measure: MeasureInForce, stages: Mapping[str, str], weeks: float
) -> dict[int, Floats]:
    """Give the table of each good that a measure reaches, shape (classes, countries, countries)."""
    is_collateral = dict.fromkeys(measure.goods, False) | dict.fromkeys(measure.collateral, True)
    goods = {i: good for i, good in enumerate(network.goods) if good in is_collateral}
    origins = reach_of(network, measure)
    tables: dict[int, Floats] = {}
    severities: dict[tuple[bool, bool], Floats] = {}
    for index, good in goods.items():
        stage = stages.get(good, "")
        key = (stage in measure.shape.order_stages, is_collateral[good])
        if key not in severities:
            severities[key] = _severity(network, measure, stage, collateral=key[1], weeks=weeks)
        severity = severities[key]
        if index in origins and origins[index] and severity.any():
            tables[index] = _table(network, origins[index], severity)
    return tables


def _hold(
    network: ProductionNetwork, measure: MeasureInForce, held: dict[int, npt.NDArray[np.bool_]]
) -> None:
    """Mark the routes that a control in force since before the baseline keeps from carrying more."""
    size = len(network.countries)
    reached = buyer_classes_reached(measure.buyers, measure.kind, measure.issuer, network.buyer_classes)
    abroad = [
        place
        for place, iso3 in enumerate(network.countries)
        if iso3 != measure.issuer and iso3 in measure.destinations
    ]
    for good, origins in reach_of(network, measure).items():
        table = held.setdefault(good, np.zeros((len(network.buyer_classes), size, size), dtype=bool))
        for origin in origins:
            for index in reached:
                table[index, origin, abroad] = True
                table[index, origin, origin] = False


def _severity(
    network: ProductionNetwork, measure: MeasureInForce, stage: str, *, collateral: bool, weeks: float
) -> Floats:
    """Average severity by class and destination, shape (classes, countries)."""
    severity = np.zeros((len(network.buyer_classes), len(network.countries)))
    reached = buyer_classes_reached(measure.buyers, measure.kind, measure.issuer, network.buyer_classes)
    for index, treated in reached.items():
        means: dict[str, float] = {}
        for place, iso3 in enumerate(network.countries):
            if iso3 == measure.issuer or iso3 not in measure.destinations:
                continue
            key = iso3 if iso3 in measure.shape.delayed else ""
            if key not in means:
                means[key] = measure.mean(stage, key, treated, collateral=collateral, weeks=weeks)
            severity[index, place] = means[key]
    return severity


def _table(network: ProductionNetwork, origins: Mapping[int, float], severity: Floats) -> Floats:
    """Lay severities by class and destination on the routes out of countries, by their share in scope."""
    size = len(network.countries)
    table = np.ones((len(network.buyer_classes), size, size))
    for origin, share in origins.items():
        table[:, origin, :] = 1.0 - severity * share
        table[:, origin, origin] = 1.0
    return table


def reach_of(network: ProductionNetwork, measure: MeasureInForce) -> dict[int, dict[int, float]]:
    """Give the exporting countries that a measure reaches, and the share of their exports in scope.

    Returns
    -------
    dict
        By good (index), then by country (index): share in (0, 1].
    """
    if measure.content_rule is not None:
        return _embodying(network, measure)
    if measure.origin not in network.countries:
        return {}
    goods = {*measure.goods, *measure.collateral}
    place = network.countries.index(measure.origin)
    return {index: {place: 1.0} for index, good in enumerate(network.goods) if good in goods}


def _embodying(network: ProductionNetwork, measure: MeasureInForce) -> dict[int, dict[int, float]]:
    """Find the share of each third country's exports of each good that holds the origin's material."""
    least = measure.content_rule if measure.content_rule is not None else 1.0
    values = content(network, measure.origin, measure.goods)
    found: dict[int, dict[int, float]] = {}
    shares = share_in_scope(network, values, measure.origin, measure.goods, least)
    for (good, country), share in sorted(shares.items()):
        at_home = network.countries[country] in {measure.origin, measure.issuer}
        if share > 0 and not at_home:
            found.setdefault(good, {})[country] = share
    return found


def describe(scenario: Scenario, graph: nx.MultiDiGraph[Any]) -> list[dict[str, str]]:
    """Describe every measure that the scenario touches, one row each, for people to read.

    Returns
    -------
    list of dict
        `measure`, `title`, `status` (in force, not modelled, not in force), `since`, `goods`,
        `destinations`, `buyers`, `severity` (mean over a static run by group of goods and class of buyer),
        `shape`, `sources`, `note`. Measures that neither act nor lack a model come last, with the reason.
    """
    resolution = resolve_measures(graph, scenario)
    stages = stages_of(graph)
    rows = [_row(measure, stages) for measure in resolution.in_force]
    for entry in sorted(resolution.left_out, key=lambda e: (e.is_modelled, e.id)):
        status = "not in force" if entry.is_modelled else "not modelled"
        blank = dict.fromkeys(
            ("since", "goods", "destinations", "buyers", "severity", "shape", "sources"), ""
        )
        rows.append(
            {"measure": entry.id, "title": entry.title, "status": status, **blank, "note": entry.reason}
        )
    return rows


def _row(measure: MeasureInForce, stages: Mapping[str, str]) -> dict[str, str]:
    notes = list(measure.notes)
    if measure.content_rule is not None:
        notes.append(f"third countries, from {measure.content_rule:.1%} of value; technology not modelled")
    if measure.in_baseline:
        notes.append("in effect before the baseline year: baseline flows already bear it")
    reach = ", ".join(measure.goods)
    if measure.collateral:
        reach += ("; " if reach else "") + "held up with them: " + ", ".join(measure.collateral)
    default = "listed" if measure.kind == "entity-list" else "all"
    return {
        "measure": measure.id,
        "title": measure.title,
        "status": "in force",
        "since": measure.effective.isoformat(),
        "goods": reach,
        "destinations": str(measure.destinations),
        "buyers": ", ".join(measure.buyers) or default,
        "severity": _severities(measure, stages),
        "shape": measure.shape.name,
        "sources": ", ".join(measure.fact.provenance.sources) if measure.fact else "scenario",
        "note": "; ".join(notes),
    }


def _severities(measure: MeasureInForce, stages: Mapping[str, str]) -> str:
    """Write the mean severities, for example `civil magnet 0.418, civil oxide 0.743, military 1.000`."""
    words = set(measure.buyers) or {"listed" if measure.kind == "entity-list" else "all"}
    parts: dict[str, float] = {}
    if words & {"all", "civil"}:
        for good in measure.goods:
            stage = stages.get(good, "")
            parts.setdefault(f"civil {stage}".strip(), measure.mean(stage))
            for iso3 in sorted(measure.shape.delayed):
                if iso3 in measure.destinations:
                    parts.setdefault(f"civil {stage} to {iso3}", measure.mean(stage, iso3))
        if measure.collateral:
            parts["held up with them"] = measure.mean(collateral=True)
    for word in ("military", "listed"):
        if words & {"all", word}:
            parts[word] = measure.mean(buyer_class=word)
    return ", ".join(f"{name} {value:.3f}" for name, value in parts.items())
