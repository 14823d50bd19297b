"""Hold what changes an exposure from one scenario to another: flows before and after, summing exactly.

Each exposure splits over restricted flows and what softens them; so does a difference of two. A flow that
one scenario does not stop counts as zero there. The route named is the strongest path through the flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from chainshock.queries.rank_columns import PART_WORDS
from chainshock.queries.ranking import percent, without_brackets, wrap

__all__ = ["FlowChange", "FlowKey", "Side", "Strongest", "change_lines", "flow_changes"]

FlowKey = tuple[str, str, str, str, str]  # part, kind, good, origin, destination
KIND_WORDS = {"stock": "stocks of", "catch-up": "more than usual of", "thrift": "saved"}
SMALLEST = 5e-7  # share: less prints as zero


@dataclass(frozen=True)
class FlowChange:
    """What one flow adds to an exposure before and after.

    `before`, `after` and `difference` are shares of the entity's denominator; `kind` is "restriction", or
    what softens one ("stock", "catch-up", "thrift"). Measures are those whose stop of the flow is felt.
    `route` is the strongest path through the flow, where one is among those searched, and the weeks are the
    first in which it is felt.
    """

    part: str
    kind: str
    good: str
    good_name: str
    origin: str
    destination: str
    before: float = 0.0
    after: float = 0.0
    measures_before: tuple[str, ...] = ()
    measures_after: tuple[str, ...] = ()
    week_before: int | None = None
    week_after: int | None = None
    route: str | None = None

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give it as it stands in JSON."""
        return {**asdict(self), "difference": self.difference}

    def to_text(self) -> str:
        """Tell it in a line."""
        way = f"{self.origin} -> {self.destination}" if self.origin else self.destination
        what = self.route or f"{without_brackets(self.good_name)} ({way})"
        if self.kind in KIND_WORDS:
            what = f"{KIND_WORDS[self.kind]} {without_brackets(self.good_name)} in {self.destination}"
        moved = f"{percent(self.before, 3)} -> {percent(self.after, 3)}"
        text = f"{percent(self.difference, 3)}  {PART_WORDS[self.part]}: {what}, {moved}"
        if self.kind == "restriction":
            text += "; " + _turn(_measures(self.measures_before), _measures(self.measures_after))
            if (self.week_before, self.week_after) != (None, None):
                text += "; felt " + _turn(_week(self.week_before), _week(self.week_after))
        return text


@dataclass(frozen=True)
class Strongest:
    """The strongest path through a flow: its amount as a share, its steps, the week from which it is felt."""

    amount: float
    route: str
    week: int | None


@dataclass(frozen=True)
class Side:
    """One explanation: its flows, and the strongest path through each where one was found.

    Flows have `part`, `kind`, `good`, `good_name`, `origin`, `destination`, `measure` and `exposure`; those
    that differ in the measure alone are added up.
    """

    flows: Sequence[Mapping[str, Any]] = ()
    paths: Mapping[FlowKey, Strongest] = field(default_factory=dict)


def flow_changes(before: Side, after: Side) -> tuple[FlowChange, ...]:
    """Set two explanations of one entity beside each other, largest change first.

    The differences sum to what the flows of `after` add up to, less those of `before`.
    """
    found: dict[FlowKey, FlowChange] = {}
    for name, side in (("before", before), ("after", after)):
        for flow in side.flows:
            part, kind, good, origin, destination = key = _key(flow)
            change = found.get(key) or FlowChange(part, kind, good, flow["good_name"], origin, destination)
            found[key] = _with(change, name, flow)
    for key, change in found.items():
        old, new = before.paths.get(key), after.paths.get(key)
        shown = max((path for path in (old, new) if path), key=lambda path: abs(path.amount), default=None)
        if shown is not None:
            first, second = (None if path is None else path.week for path in (old, new))
            found[key] = replace(change, route=shown.route, week_before=first, week_after=second)
    return tuple(found[key] for key in sorted(found, key=lambda k: (-abs(found[k].difference), k)))


def change_lines(changes: Sequence[FlowChange], most: int, width: int) -> list[str]:
    """Tell the largest changes, and what all others add up to, in lines of a width in characters."""
    large = [change for change in changes if abs(change.difference) >= SMALLEST]
    lines = [line for change in large[:most] for line in wrap(change.to_text(), width - 4)]
    rest = [change for change in changes if change not in large[:most]]
    if len(large) > most:
        text = f"{percent(sum(change.difference for change in rest), 3)}  {len(large) - most} others"
        lines += wrap(text, width - 4)
    return ["    " + line for line in lines or ["nothing changes"]]


def _key(flow: Mapping[str, Any]) -> FlowKey:
    return (flow["part"], flow["kind"], flow["good"], flow["origin"], flow["destination"])


def _with(change: FlowChange, side: str, flow: Mapping[str, Any]) -> FlowChange:
    """Add a flow to one side of a change."""
    known: tuple[str, ...] = getattr(change, f"measures_{side}")
    named = {*known, flow["measure"]} - {""} if flow["exposure"] else {*known}
    amount = getattr(change, side) + flow["exposure"]
    return replace(change, **{side: amount, f"measures_{side}": tuple(sorted(named))})


def _turn(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def _measures(measures: Sequence[str]) -> str:
    return ", ".join(measures) or "no measure felt"


def _week(week: int | None) -> str:
    return "never" if week is None else f"from week {week}"
