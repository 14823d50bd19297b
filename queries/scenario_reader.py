"""Check the tables of a scenario file, and collect what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from chainshock.errors import InvalidRecord
from chainshock.graph.parameters import read_parameters
from chainshock.queries.scenario_fields import FIELDS, TABLES, Bad, Field, line_of, read_condition
from chainshock.queries.severity import read_shapes

__all__ = ["ACTIONS", "Action", "Conditions", "Reader", "Step"]

Action = Literal["add", "lift", "suspend", "extend", "override", "trigger"]
Conditions = Mapping[str, date | None]  # day on which each is met; None where it is not
# in the order in which they apply
ACTIONS: tuple[Action, ...] = ("add", "lift", "suspend", "extend", "override", "trigger")


@dataclass(frozen=True)
class Step:
    """One change: what is done, to which measure, with which values, and where the file says so."""

    action: Action
    measure: str
    values: Mapping[str, Any]  # values by key, each of the type that its field's check gives
    path: str
    line: int | None
    lines: Mapping[str, int] = field(default_factory=dict)  # line of each key

    def line_of(self, key: str) -> int | None:
        """Give the line of a key, else that of the table."""
        return self.lines.get(key, self.line)


@dataclass
class Reader:
    """Checks tables and collects the problems, each with its line."""

    text: str
    path: str
    problems: list[InvalidRecord] = field(default_factory=list)

    def add(self, table: str, index: int, key: str, found: str, expected: str) -> None:
        """Note a problem: table, which table of an array, key, what was found and what was expected."""
        line = line_of(self.text, table, index, key) or line_of(self.text, table, index) or 1
        name = f"{table}.{key}" if table and key else table or key or None
        self.problems.append(InvalidRecord(self.path, line, name, found, expected))

    def table(
        self, raw: Mapping[str, Any], fields: Mapping[str, Field], name: str, index: int
    ) -> dict[str, Any]:
        """Check one table's keys and values."""
        values: dict[str, Any] = {}
        for key, value in raw.items():
            if key not in fields:
                known = [*fields, *([] if name else [*FIELDS, *TABLES])]
                self.add(name, index, key, f"unknown key {key!r}", f"one of {', '.join(known)}")
                continue
            try:
                values[key] = fields[key].check(value)
            except Bad as bad:
                self.add(name, index, key, bad.found, bad.expected)
        for key, entry in fields.items():
            if entry.required and key not in raw:
                self.add(name, index, "", f"no {key}", f"the key {key}")
        return values

    def steps(self, action: Action, raw: Any) -> list[Step]:
        """Check the tables of one action."""
        if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
            self.add("", 0, action, "not an array of tables", f"tables headed [[{action}]]")
            return []
        steps: list[Step] = []
        for index, entry in enumerate(raw):
            before = len(self.problems)
            values = self.table(entry, FIELDS[action], action, index)
            if len(self.problems) == before:
                self._check_together(action, index, values)
            measure = values.pop("id" if action == "add" else "measure", "")
            if measure and action != "trigger" and any(step.measure == measure for step in steps):
                self.add(
                    action, index, "", f"{measure!r} a second time", f"one [[{action}]] for each measure"
                )
            lines = {key: line for key in entry if (line := line_of(self.text, action, index, key))}
            steps.append(Step(action, measure, values, self.path, line_of(self.text, action, index), lines))
        return steps

    def _check_together(self, action: Action, index: int, values: Mapping[str, Any]) -> None:
        """Check what keys of one table say together."""
        known = read_shapes().shapes
        if values.get("shape", next(iter(known))) not in known:
            self.add(action, index, "shape", repr(values["shape"]), f"one of {', '.join(known)}")
        if "shape" in values and "severity" in values:
            self.add(action, index, "severity", "severity and shape", "one of the two")
        if action == "add":
            self._check_added(index, values)
        elif action == "extend" and not values.keys() - {"measure", "reason"}:
            self.add(action, index, "", "no date", "effective, suspended_from, suspended_to or ended")
        elif action == "override" and not values.keys() - {"measure", "reason"}:
            expected = ", ".join(key for key in FIELDS["override"] if key not in {"measure", "reason"})
            self.add(action, index, "", "nothing to override", f"one of {expected}")
        elif action == "trigger" and len(values.keys() & {"on", "when"}) != 1:
            found = "on and when" if "on" in values else "neither on nor when"
            self.add(action, index, "", found, "one of the two: a date, or a condition of [conditions]")
        for first, last in (("from", "to"), ("suspended_from", "suspended_to"), ("effective", "ended")):
            if first in values and last in values and values[last] < values[first]:
                found = f"{values[last]} before {values[first]}"
                self.add(action, index, last, found, f"a date not before `{first}`")

    def _check_added(self, index: int, values: Mapping[str, Any]) -> None:
        if not values.keys() & {"elements", "commodities", "hs_codes"}:
            self.add("add", index, "", "no goods", "elements, commodities or hs_codes")
        if values["kind"] == "quota" and "severity" not in values:
            self.add("add", index, "", "a quota without severity", "severity: 1 - quota / baseline")
        if values["kind"] == "content-rule" and "content_rule" not in values:
            self.add(
                "add", index, "", "no content_rule", "content_rule: the least share of the origin's material"
            )

    def conditions(self, raw: Any) -> dict[str, date | None]:
        """Check the conditions declared: for each the day on which it is met, None where it is not."""
        if not isinstance(raw, dict):
            self.add("", 0, "conditions", "not a table", "a table headed [conditions]")
            return {}
        found: dict[str, date | None] = {}
        for name, value in raw.items():
            try:
                found[name] = read_condition(value)
            except Bad as bad:
                self.add("conditions", 0, name, bad.found, bad.expected)
        return found

    def check_triggers(self, steps: Iterable[Step], conditions: Conditions) -> None:
        """Check that each trigger waits for a condition that is declared."""
        for step in steps:
            wanted = step.values.get("when")
            if step.action == "trigger" and wanted is not None and wanted not in conditions:
                declared = f"one of {', '.join(sorted(conditions))}" if conditions else "none is"
                expected = f"a condition declared in [conditions]: {declared}"
                self.problems.append(
                    InvalidRecord(step.path, step.line_of("when"), "trigger.when", repr(wanted), expected)
                )

    def assumptions(self, raw: Any) -> tuple[dict[str, float], dict[str, float]]:
        """Check assumed values; give those of parameters and those of severity shapes."""
        if not isinstance(raw, dict):
            self.add("", 0, "assumptions", "not a table", "a table headed [assumptions]")
            return {}, {}
        parameters, numbers = read_parameters(), read_shapes().numbers
        general: dict[str, float] = {}
        shape_values: dict[str, float] = {}
        for name, value in _flat(raw):
            entry = parameters.get(name) or numbers.get(name)
            if entry is None:
                expected = "a name of graph/parameters.csv or queries/shapes.toml"
                self.add("assumptions", 0, name, f"unknown parameter {name!r}", expected)
            elif isinstance(value, bool) or not isinstance(value, int | float):
                self.add("assumptions", 0, name, repr(value), f"a number ({entry.unit})")
            elif not entry.low <= value <= entry.high:
                expected = f"a number from {entry.low:g} to {entry.high:g} ({entry.unit})"
                self.add("assumptions", 0, name, f"{value:g}", expected)
            else:
                (general if name in parameters else shape_values)[name] = float(value)
        return general, shape_values


def _flat(raw: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Join the parts of dotted names that TOML reads as tables in tables."""
    found: list[tuple[str, Any]] = []
    for key, value in raw.items():
        if isinstance(value, dict):
            found.extend(_flat(value, f"{prefix}{key}."))
        else:
            found.append((prefix + key, value))
    return found
