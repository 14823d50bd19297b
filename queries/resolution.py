"""Say which measures act under a scenario, when, on what, and why the others do not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chainshock.graph.facts import Fact
from chainshock.queries.measure_drafts import Draft, draft_measures
from chainshock.queries.measure_scope import Destinations, commodities, goods_in_scope
from chainshock.queries.scenario import Scenario
from chainshock.queries.severity import STATIC_WEEKS, Curve, Shape, Shapes, constant_shape, read_shapes

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MeasureInForce", "NotInForce", "Resolution", "resolve_measures"]

STOPS_NO_FLOW = {
    "tariff": "a tariff stops no flow; its price effect is not modelled",
    "disruption": "a disruption of output, not of exports",
    "suspension": "acts on other measures, whose suspension it is",
    "truce": "a truce stops no flow; it acts through suspensions",
    "threat": "a threat stops no flow",
    "framework": "a legal framework stops no flow by itself",
    "domestic": "acts inside the country, not on exports",
    "support": "support for firms or stocks stops no flow",
}


@dataclass(frozen=True)
class MeasureInForce:
    """A measure that acts during the run, with its scope resolved against the graph.

    `goods` are Commodity ids in scope, `collateral` those held up under the same customs code without being
    in scope. `windows` holds (first week, week after the last, week in which its weeks begin to count), in
    weeks from the scenario's week 0. `in_baseline` marks a measure that was in effect through the whole
    baseline year: baseline flows already bear it, and it takes nothing more from them.
    """

    id: str
    title: str
    kind: str
    issuer: str
    origin: str
    goods: tuple[str, ...]
    collateral: tuple[str, ...]
    destinations: Destinations
    buyers: tuple[str, ...]
    shape: Shape
    windows: tuple[tuple[float, float, float], ...]
    effective: date
    suspended_from: date | None = None
    suspended_to: date | None = None
    ended: date | None = None
    content_rule: float | None = None
    ownership_rule: float | None = None
    companies: tuple[str, ...] = ()
    in_baseline: bool = False
    notes: tuple[str, ...] = ()
    fact: Fact | None = None

    def mean(
        self,
        stage: str = "",
        destination: str = "",
        buyer_class: str = "civil",
        *,
        collateral: bool = False,
        weeks: float = STATIC_WEEKS,
    ) -> float:
        """Average the severity over a run, suspensions and a later start counted as 0."""
        curve = self.shape.curve(stage, destination, buyer_class, collateral=collateral)
        return self.mean_between(curve, 0.0, weeks)

    def mean_between(self, curve: Curve, begin: float, finish: float) -> float:
        """Average one of the shape's curves between two weeks of the run."""
        if self.in_baseline:
            return 0.0
        total = 0.0
        for first, last, clock in self.windows:
            start, end = max(first, begin), min(last, finish)
            if end > start:
                total += curve.integral(start - clock, end - clock)
        return min(1.0, max(0.0, total / (finish - begin)))


@dataclass(frozen=True)
class NotInForce:
    """A measure that does not act under the scenario, and why."""

    id: str
    title: str
    reason: str
    is_modelled: bool  # false: it would be in force, but the model has no place for it


@dataclass(frozen=True)
class Resolution:
    """What a scenario comes to on a graph."""

    in_force: tuple[MeasureInForce, ...]
    left_out: tuple[NotInForce, ...]

    @property
    def not_modelled(self) -> tuple[NotInForce, ...]:
        """Measures that are in force and that the model has no place for."""
        return tuple(entry for entry in self.left_out if not entry.is_modelled)


def resolve_measures(
    graph: nx.MultiDiGraph[Any], scenario: Scenario, *, weeks: float = STATIC_WEEKS
) -> Resolution:
    """Apply a scenario to the measures of a graph.

    With `start = "in-force"` a measure takes part if it was announced by the scenario's date and is in effect
    on a day of the run: one that takes effect later in the run counts from that week. Its weeks count from
    the day it takes effect, or resumes after a suspension, or from the `clock` of an override.

    Parameters
    ----------
    graph
        Facts valid at the scenario's date (`KnowledgeGraph.at`).
    scenario
        Scenario.
    weeks
        Length of the run.

    Raises
    ------
    InvalidRecord
        The scenario names a measure, country, good, element or company that the graph does not hold.
    """
    shapes = read_shapes(scenario.severity_assumptions)
    in_force: list[MeasureInForce] = []
    left_out: list[NotInForce] = []
    for draft in draft_measures(graph, scenario):
        entry = _settle(draft, graph, scenario, shapes, weeks)
        if isinstance(entry, MeasureInForce):
            in_force.append(entry)
        else:
            left_out.append(entry)
    return Resolution(tuple(in_force), tuple(left_out))


def _settle(
    draft: Draft, graph: nx.MultiDiGraph[Any], scenario: Scenario, shapes: Shapes, weeks: float
) -> MeasureInForce | NotInForce:
    """Turn a draft into a measure in force, or say why it is none."""
    windows = _windows(draft, scenario.date, weeks)
    reason = _absent(draft, scenario.date, windows)
    if reason:
        return NotInForce(draft.id, draft.title, reason, is_modelled=True)
    shape = _shape(draft, shapes)
    goods, collateral = _goods(draft, graph)
    reason = draft.not_modelled
    if shape is None:
        quota = "the size of the quota is not stated; an override can give its severity"
        reason = reason or (quota if draft.kind == "quota" else STOPS_NO_FLOW.get(draft.kind, "no regime"))
    elif not goods and not collateral:
        reason = reason or "none of its goods is in the graph"
    elif not draft.origin:
        reason = reason or "the graph does not say who imposed it"
    if reason or shape is None or draft.effective is None:
        return NotInForce(draft.id, draft.title, reason or "no date", is_modelled=False)
    first, last = draft.suspensions[-1] if draft.suspensions else (None, None)
    return MeasureInForce(
        id=draft.id,
        title=draft.title,
        kind=draft.kind,
        issuer=draft.issuer,
        origin=draft.origin,
        goods=goods,
        collateral=collateral,
        destinations=Destinations.parse(draft.destinations),
        buyers=draft.buyers,
        shape=shape,
        windows=windows,
        effective=draft.effective,
        suspended_from=first,
        suspended_to=last,
        ended=draft.ended,
        content_rule=draft.content_rule,
        ownership_rule=draft.ownership_rule,
        companies=draft.companies,
        in_baseline=_is_in_baseline(draft, scenario),
        notes=tuple(draft.notes),
        fact=draft.fact,
    )


def _windows(draft: Draft, day: date, weeks: float) -> tuple[tuple[float, float, float], ...]:
    """Cut the life of a measure at its suspensions; keep what meets the run."""
    if draft.effective is None or draft.lifted:
        return ()
    spans: list[tuple[date, date | None]] = [(draft.effective, draft.ended)]  # first day, day after the last
    for first, last in draft.suspensions:
        spans = [part for span in spans for part in _cut(span, first, last)]
    found = []
    for first, end in spans:
        start, stop = (first - day).days / 7, math.inf if end is None else (end - day).days / 7
        if stop > max(start, 0.0) and start < weeks:
            found.append((start, stop, start if draft.clock is None else (draft.clock - day).days / 7))
    return tuple(found)


def _cut(span: tuple[date, date | None], first: date, last: date | None) -> list[tuple[date, date | None]]:
    """Take the days from `first` to `last`, both included, out of a span."""
    start, end = span
    if last is not None and last < first:
        return [span]
    parts: list[tuple[date, date | None]] = []
    if first > start:
        parts.append((start, first if end is None else min(first, end)))
    if last is not None:
        resumed = max(start, last + timedelta(days=1))
        if end is None or resumed < end:
            parts.append((resumed, end))
    return parts


def _absent(draft: Draft, day: date, windows: Sequence[tuple[float, float, float]]) -> str | None:
    """Say why a measure does not act during the run; None where it does."""
    if draft.lifted:
        reason: str | None = "lifted by the scenario"
    elif draft.announced is not None and draft.announced > day:
        reason = f"announced later, on {draft.announced}"
    elif draft.effective is None:
        reason = "no date on which it takes effect"
    elif windows:
        reason = None
    elif draft.ended is not None and draft.ended <= day:
        reason = f"ended on {draft.ended}"
    elif draft.suspensions:
        last = draft.suspensions[-1][1]
        reason = "suspended" + (f" to {last}" if last else "")
    else:
        reason = f"takes effect after the run, on {draft.effective}"
    return reason


def _shape(draft: Draft, shapes: Shapes) -> Shape | None:
    if draft.severity is not None:
        return constant_shape(draft.severity)
    if draft.shape is not None:
        return shapes.named(draft.shape)
    return shapes.for_kind(draft.kind)


def _goods(draft: Draft, graph: nx.MultiDiGraph[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the goods in scope and the collateral ones: as listed, else by element and code."""
    known = commodities(graph)
    listed = tuple(good for good in draft.goods if good in known)
    if not draft.goods:
        listed = goods_in_scope(
            graph,
            elements=draft.elements,
            hs_codes=draft.hs_codes,
            forms=draft.forms,
            minimum_content=draft.minimum_content,
        )
    return listed, tuple(good for good in draft.collateral if good in known and good not in listed)


def _is_in_baseline(draft: Draft, scenario: Scenario) -> bool:
    """Tell whether baseline flows bear the measure already: in effect all through that year."""
    if draft.effective is None or draft.clock or draft.severity is not None or draft.suspensions:
        return False
    year = min(scenario.baseline, scenario.date.year)
    return draft.effective <= date(year, 1, 1) and draft.effective < scenario.date
