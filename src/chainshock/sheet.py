"""Tell a scenario: measures in force with severities, those left out with reasons, assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chainshock.graph.facts import NodeRef
from chainshock.graph.parameters import read_parameters
from chainshock.queries.measures import describe
from chainshock.queries.ranking import wrap
from chainshock.queries.scenario import Scenario
from chainshock.queries.severity import read_shapes

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["ScenarioSheet", "describe_scenario"]

STATUS_TITLES = {
    "in force": "Measures in force",
    "not modelled": "In force, not modelled",
    "not in force": "Not in force",
}


@dataclass(frozen=True)
class ScenarioSheet:
    """A scenario for people to read; `rows` are its measures, as `queries.measures.describe` gives them."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: list[dict[str, str]]
    description: str

    @property
    def columns(self) -> list[str]:
        """Columns of the measures in CSV."""
        keys = ("measure", "title", "status", "since", "goods", "destinations", "buyers", "severity", "shape")
        return [*keys, "sources", "note"]

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        run = self.run
        lines = [
            *wrap(f"{run['scenario']}: {run['title']}", width),
            *wrap(f"facts of {run['as_of']} ({run['facts']}), baseline year {run['baseline_year']}", width),
        ]
        if run["starts_from"]:
            lines += wrap(f"starts from {', '.join(run['starts_from'])}", width)
        if run["probability"] is not None:
            lines += wrap(f"probability {run['probability']:g}", width)
        if self.description.strip():
            lines += ["", *(line for line in wrap(" ".join(self.description.split()), width))]
        for status, title in STATUS_TITLES.items():
            rows = [row for row in self.rows if row["status"] == status]
            if rows:
                lines += ["", f"{title} ({len(rows)})"]
            for row in rows:
                lines += _measure_lines(row, width)
        if run["triggers"]:
            lines += ["", "Triggers"]
        for trigger in run["triggers"]:
            lines += ["  " + line for line in wrap(_trigger_text(trigger, run["conditions"]), width - 2)]
        lines += ["", "Assumptions other than the defaults"]
        for name, entry in run["assumptions"].items():
            lines += [
                "  " + line
                for line in wrap(f"{name} = {entry['value']:g} (default {entry['default']:g})", width - 2)
            ]
        if not run["assumptions"]:
            lines.append("  none")
        return "\n".join(lines) + "\n"


def describe_scenario(
    scenario: Scenario, graph: nx.MultiDiGraph[NodeRef], as_of: date, facts: str
) -> ScenarioSheet:
    """Describe a scenario on the graph of a date.

    Raises
    ------
    InvalidRecord
        The scenario names a measure, country, good or company that the graph does not hold.
    """
    numbers = {
        **{name: entry.default for name, entry in read_parameters().items()},
        **{name: entry.default for name, entry in read_shapes().numbers.items()},
    }
    assumed = {**scenario.assumptions, **scenario.severity_assumptions}
    run = {
        "scenario": scenario.name,
        "title": scenario.title,
        "as_of": as_of.isoformat(),
        "facts": facts,
        "baseline_year": scenario.baseline,
        "horizon_weeks": scenario.horizon_weeks,
        "probability": scenario.probability,
        "starts_from": list(scenario.bases),
        "conditions": {
            name: None if day is None else day.isoformat()
            for name, day in sorted(scenario.conditions.items())
        },
        "triggers": [
            {"measure": step.measure, **{k: str(v) for k, v in step.values.items()}}
            for step in scenario.steps
            if step.action == "trigger"
        ],
        "assumptions": {
            name: {"value": value, "default": numbers[name]} for name, value in sorted(assumed.items())
        },
    }
    return ScenarioSheet(run, describe(scenario, graph), scenario.description)


def _trigger_text(trigger: Mapping[str, str], conditions: Mapping[str, str | None]) -> str:
    """Say what would set a measure off or end it, and whether it does here."""
    word = f"{trigger['action']}s"
    if "on" in trigger:
        text = f"{trigger['measure']} {word} on {trigger['on']}"
    else:
        day = conditions[trigger["when"]]
        met = "not met here" if day is None else f"met on {day}"
        text = f"{trigger['measure']} {word} when {trigger['when']} ({met})"
    return text + (f": {trigger['reason']}" if "reason" in trigger else "")


def _measure_lines(row: Mapping[str, str], width: int) -> Iterator[str]:
    yield from ("  " + line for line in wrap(f"{row['measure']}  {row['title']}", width - 2))
    details = [
        ("severity, mean over 26 weeks", row["severity"]),
        ("since", row["since"]),
        ("goods", row["goods"]),
        ("to", row["destinations"]),
        ("buyers", row["buyers"]),
        ("shape", row["shape"]),
        ("note", row["note"]),
        ("sources", row["sources"]),
    ]
    for name, value in details:
        if value:
            yield from ("      " + line for line in wrap(f"{name}: {value}", width - 6))
