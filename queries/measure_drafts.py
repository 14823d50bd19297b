"""Gather measures as the graph states them, and change them as a scenario says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from chainshock.errors import InvalidRecord
from chainshock.graph.facts import Fact, NodeRef
from chainshock.queries.measure_scope import Destinations, commodities, edges_from, nodes_of
from chainshock.queries.scenario import Scenario, Step

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Draft", "draft_measures"]

MOST_LISTED = 12  # names listed in a message; of more only the nearest


@dataclass
class Draft:
    """A measure while the steps of a scenario act on it."""

    id: str
    title: str
    kind: str
    issuer: str
    origin: str
    destinations: str
    announced: date | None
    effective: date | None
    suspensions: list[tuple[date, date | None]] = field(default_factory=list)  # first and last day
    ended: date | None = None  # first day without it
    buyers: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    hs_codes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    minimum_content: float | None = None
    goods: tuple[str, ...] = ()
    collateral: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    content_rule: float | None = None
    ownership_rule: float | None = None
    shape: str | None = None
    severity: float | None = None
    clock: date | None = None
    not_modelled: str | None = None
    lifted: bool = False
    notes: list[str] = field(default_factory=list)
    fact: Fact | None = None


def draft_measures(graph: nx.MultiDiGraph[Any], scenario: Scenario) -> list[Draft]:
    """Take the measures that a scenario starts from and apply its steps, in order.

    Raises
    ------
    InvalidRecord
        A step names a measure, country, good, element or company that the graph does not hold.
    """
    drafts: dict[str, Draft] = {}
    if scenario.start == "in-force":
        drafts = {key: _draft(graph, key, fact) for key, fact in nodes_of(graph, "Measure").items()}
    problems: list[InvalidRecord] = []
    for step in scenario.steps:
        try:
            _apply(step, drafts, graph, scenario)
        except InvalidRecord as problem:
            problems.append(problem)
    if problems:
        raise replace(problems[0], others=tuple(problems[1:]))
    return sorted(drafts.values(), key=lambda draft: draft.id)


def _draft(graph: nx.MultiDiGraph[Any], key: str, fact: Fact) -> Draft:
    p: Mapping[str, Any] = fact.properties
    node = NodeRef("Measure", key)
    issuers = sorted(e.target.key for e in edges_from(graph, node, "IMPOSED_BY") if e.target)
    restricts = sorted(edges_from(graph, node, "RESTRICTS"), key=lambda e: str(e.target))
    targets = sorted(e.target for e in edges_from(graph, node, "TARGETS") if e.target)
    suspension = [(p["suspended_from"], p.get("suspended_to"))] if "suspended_from" in p else []
    reason = None if p.get("is_modelled", True) else p.get("not_modelled_reason", "not modelled")
    return Draft(
        id=key,
        title=p.get("title", key),
        kind=p["kind"],
        issuer=issuers[0] if issuers else "",
        origin=issuers[0] if issuers else "",
        destinations=p.get("destinations", "all"),
        announced=p.get("announced"),
        effective=p.get("effective"),
        suspensions=suspension,
        ended=p.get("ended"),
        buyers=tuple(p.get("buyers", ())),
        elements=tuple(p.get("elements", ())),
        hs_codes=tuple(p.get("hs_codes", ())),
        forms=tuple(p.get("forms", ())),
        minimum_content=p.get("minimum_content"),
        goods=tuple(e.target.key for e in restricts if e.target and not e.properties.get("collateral")),
        collateral=tuple(e.target.key for e in restricts if e.target and e.properties.get("collateral")),
        companies=tuple(target.key for target in targets if target.label == "Company"),
        content_rule=p.get("content_rule"),
        ownership_rule=p.get("ownership_rule"),
        shape=p.get("shape"),
        not_modelled=reason,
        fact=fact,
    )


# ---------------------------------------------------------------- steps of the scenario


def _apply(step: Step, drafts: dict[str, Draft], graph: nx.MultiDiGraph[Any], scenario: Scenario) -> None:
    values = step.values
    if step.action == "add":
        if step.measure in drafts:
            raise _wrong(step, "id", step.measure, "an id that no measure has")
        drafts[step.measure] = _added(step, graph, scenario)
        return
    if step.measure not in drafts:
        none = "a measure that the scenario adds: it starts from none"
        raise _wrong(step, "measure", step.measure, _one_of(step.measure, drafts) if drafts else none)
    draft = drafts[step.measure]
    if "reason" in values:
        draft.notes.append(values["reason"])
    if step.action == "lift":
        if "from" in values:
            draft.ended = values["from"]
        else:
            draft.lifted = True
    elif step.action == "suspend":
        first, last = values.get("from", scenario.date), values.get("to")
        if last is not None and last < first:
            raise _wrong(step, "to", str(last), f"a date not before {first}, when the suspension starts")
        draft.suspensions.append((first, last))
    elif step.action == "extend":
        _extend(step, draft)
    elif step.action == "trigger":
        _trigger(step, draft, scenario)
    else:
        _override(step, draft, graph)


def _extend(step: Step, draft: Draft) -> None:
    values = step.values
    draft.effective = values.get("effective", draft.effective)
    draft.ended = values.get("ended", draft.ended)
    if "suspended_from" in values or "suspended_to" in values:
        first, last = draft.suspensions[-1] if draft.suspensions else (None, None)
        first, last = values.get("suspended_from", first), values.get("suspended_to", last)
        if first is None:
            raise _wrong(step, "suspended_to", "a measure without a suspension", "suspended_from as well")
        if last is not None and last < first:
            raise _wrong(step, "suspended_to", str(last), f"a date not before {first}, when it starts")
        draft.suspensions[-1:] = [(first, last)]


def _trigger(step: Step, draft: Draft, scenario: Scenario) -> None:
    """End a suspension, or the measure, on a day, or on the day on which a condition is met."""
    values = step.values
    condition = values.get("when")
    day = values["on"] if condition is None else scenario.conditions[condition]
    word = "resumes" if values["action"] == "resume" else "lapses"
    if day is None:
        draft.notes.append(f"{word} if {condition}, which is not met")
        return
    draft.notes.append(f"{word} on {day}" + ("" if condition is None else f": {condition} is met"))
    if values["action"] == "lapse":
        draft.ended = day
        return
    eve = day - timedelta(days=1)
    draft.suspensions = [
        (first, eve if first <= eve and (last is None or last > eve) else last)
        for first, last in draft.suspensions
        if first <= eve
    ]


def _override(step: Step, draft: Draft, graph: nx.MultiDiGraph[Any]) -> None:
    values = step.values
    if values.get("suspended") is False:
        draft.suspensions.clear()
    elif values.get("suspended"):
        draft.suspensions.append((date.min, None))
    if "severity" in values or "shape" in values:
        draft.severity, draft.shape = values.get("severity"), values.get("shape", draft.shape)
        draft.not_modelled = None
    draft.clock = values.get("clock", draft.clock)
    draft.buyers = values.get("buyers", draft.buyers)
    if "destinations" in values:
        _check_countries(step, graph, Destinations.parse(values["destinations"]).codes, "destinations")
        draft.destinations = values["destinations"]


def _added(step: Step, graph: nx.MultiDiGraph[Any], scenario: Scenario) -> Draft:
    values = step.values
    _check_countries(step, graph, {values["issuer"]}, "issuer")
    _check_countries(step, graph, {values.get("origin", values["issuer"])}, "origin")
    destinations = values.get("destinations", "all")
    _check_countries(step, graph, Destinations.parse(destinations).codes, "destinations")
    goods = commodities(graph)
    _check_known(step, values.get("commodities", ()), goods, "commodities")
    _check_known(step, values.get("companies", ()), nodes_of(graph, "Company"), "companies")
    symbols = {e for fact in goods.values() for e in _listed(fact, "elements")}
    _check_known(step, values.get("elements", ()), symbols | nodes_of(graph, "Element").keys(), "elements")
    fields = (
        "buyers",
        "elements",
        "hs_codes",
        "companies",
        "minimum_content",
        "content_rule",
        "ownership_rule",
    )
    return Draft(
        id=step.measure,
        title=values.get("title", step.measure),
        kind=values["kind"],
        issuer=values["issuer"],
        origin=values.get("origin", values["issuer"]),
        destinations=destinations,
        announced=scenario.date,
        effective=values.get("effective", scenario.date),
        ended=values.get("ended"),
        goods=values.get("commodities", ()),
        severity=values.get("severity"),
        shape=values.get("shape"),
        notes=[values["reason"]] if "reason" in values else [],
        **{name: values[name] for name in fields if name in values},
    )


def _listed(fact: Fact, name: str) -> Sequence[str]:
    found: Any = fact.properties.get(name, ())
    return found  # type: ignore[no-any-return]


def _check_countries(step: Step, graph: nx.MultiDiGraph[Any], codes: Set[str], key: str) -> None:
    _check_known(step, sorted(codes), nodes_of(graph, "Country"), key)


def _check_known(step: Step, names: Sequence[str], known: Collection[str], key: str) -> None:
    for name in names:
        if name not in known:
            raise _wrong(step, key, name, _one_of(name, known))


def _one_of(name: str, known: Collection[str]) -> str:
    """Name what was expected: all that is known, or of many the nearest."""
    if not known:
        return "a name that the graph holds; it holds none of the kind"
    if len(known) <= MOST_LISTED:
        return f"one of {', '.join(sorted(known))}"
    near = get_close_matches(name, sorted(known), n=5, cutoff=0.5)
    return f"one of the {len(known)} known" + (f", such as {', '.join(near)}" if near else "")


def _wrong(step: Step, key: str, found: str, expected: str) -> InvalidRecord:
    return InvalidRecord(step.path, step.line_of(key), f"{step.action}.{key}", repr(found), expected)
