"""Read scenarios: a date, the measures of that day, what is changed about them, and assumptions.

A scenario file is TOML. Every key is checked when the file is read; measures, countries and goods are checked
against the graph when the scenario is applied (`chainshock.queries.measures`). See
docs/how-to/write-a-scenario.md.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Literal, cast

from chainshock.errors import FileProblem, InvalidRecord, UnknownName
from chainshock.queries.scenario_fields import FIELDS, TABLES, TOP
from chainshock.queries.scenario_reader import ACTIONS, Conditions, Reader, Step

__all__ = [
    "DEFAULT_SCENARIO",
    "HORIZON_WEEKS",
    "Scenario",
    "Step",
    "check_scenario",
    "control_scenario",
    "dated_scenario",
    "dated_text",
    "list_scenarios",
    "parse_scenario",
    "read_scenario",
    "scenario_text",
]

DEFAULT_SCENARIO = "october-2025-controls"
HORIZON_WEEKS = 26


@dataclass(frozen=True)
class Scenario:
    """A scenario with those it starts from already folded in.

    `start` is `in-force` (all measures of the graph, as of the date) or `none`. `steps` apply in order.
    `assumptions` replace values of `graph/parameters.csv`, `severity_assumptions` those of
    `queries/shapes.toml`. `conditions` says on which day each condition declared is met, None where it is
    not. `bases` names the scenarios it starts from, nearest first; `text` is the file.
    """

    name: str
    title: str
    description: str
    date: date
    start: Literal["in-force", "none"]
    facts: Literal["known", "latest"]
    horizon_weeks: int = HORIZON_WEEKS
    probability: float | None = None
    baseline_year: int | None = None
    steps: tuple[Step, ...] = ()
    assumptions: Mapping[str, float] = field(default_factory=dict)
    severity_assumptions: Mapping[str, float] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    text: str = ""

    @property
    def baseline(self) -> int:
        """Year of the baseline flows: as stated, else the last full year before the date."""
        return self.baseline_year if self.baseline_year is not None else self.date.year - 1


def list_scenarios() -> tuple[str, ...]:
    """Name the shipped scenarios, the default first."""
    folder = resources.files(__package__).joinpath("scenarios")
    names = sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_SCENARIO))


def read_scenario(name_or_path: str | Path) -> Scenario:
    """Read a shipped scenario by name, or a scenario file.

    Raises
    ------
    UnknownName
        Neither a shipped scenario nor a file.
    FileProblem
        The file cannot be read.
    InvalidRecord
        The file is not a scenario: the problems, each with its line.
    """
    return _sound(_load(str(name_or_path), Path(), ()))


def check_scenario(name_or_path: str | Path) -> list[InvalidRecord]:
    """List all problems of a scenario file; empty where it is sound.

    Raises
    ------
    UnknownName, FileProblem
        As for `read_scenario`.
    """
    return _load(str(name_or_path), Path(), ())[1]


def parse_scenario(text: str, name: str) -> Scenario:
    """Read a scenario from its text; `name` stands in for the file in messages.

    Raises
    ------
    InvalidRecord
        The text is not a scenario: the problems, each with its line.
    """
    return _sound(_parse(text, name, name, Path(), (name,)))


def control_scenario(control: str, severity: float = 1.0, *, as_of: date | None = None) -> Scenario:
    """Turn a what-if such as `CHN:Dy,Tb:USA` into a scenario; its `text` is the equivalent file.

    Parameters
    ----------
    control
        Issuer, goods and destinations between colons. Goods: element symbols, commodity ids or HS codes.
        Destinations: `all`, ISO alpha-3 codes, or `all-but:` and codes.
    severity
        Share of the flows in scope that is stopped.
    as_of
        First day of the measure, and the scenario's date; without it date, facts and baseline year are those
        of the default scenario.

    Raises
    ------
    InvalidRecord
        The text does not read as a control, or a part of it does not fit.
    """
    return parse_scenario(_control_text(control, severity, as_of), f"control {control}")


def dated_scenario(day: date) -> Scenario:
    """Give the scenario of the measures in force on a day; its `text` is the file that says the same.

    Facts are the latest, the baseline is the last full year before the day.
    """
    return parse_scenario(dated_text(day), day.isoformat())


def dated_text(day: date, comments: Sequence[str] = ()) -> str:
    """Write the scenario file of a day, to be changed by hand; comments follow the keys, a line each."""
    lines = [
        f"title = {_quote(f'Measures in force on {day}')}",
        f"date = {day}",
        'start = "in-force"  # every measure in force on the date, as the facts tell it',
        'facts = "latest"  # "known": only what had been published by the date',
        f"baseline_year = {day.year - 1}",
        f"horizon_weeks = {HORIZON_WEEKS}",
        *(f"# {comment}".rstrip() for comment in comments),
    ]
    return "\n".join(lines) + "\n"


def scenario_text(scenario: Scenario) -> str:
    """Give the file that says what a scenario says; it can be saved and read again."""
    return scenario.text


def _control_text(control: str, severity: float, as_of: date | None) -> str:
    parts = control.split(":", 2)
    if len(parts) != 3 or not all(part.strip() for part in parts):
        raise InvalidRecord(
            "--control", None, None, repr(control), "ISSUER:GOODS:DESTINATIONS, for example CHN:Dy,Tb:USA"
        )
    issuer, goods, destinations = (part.strip() for part in parts)
    entries = [entry.strip() for entry in re.split("[,;]", goods)]
    kinds: dict[str, list[str]] = {"elements": [], "commodities": [], "hs_codes": []}
    for entry in entries:
        is_element = re.fullmatch("[A-Z][a-z]?", entry)
        kinds["elements" if is_element else "hs_codes" if entry.isdigit() else "commodities"].append(entry)
    if kinds["hs_codes"] and kinds["elements"]:
        raise InvalidRecord("--control", None, "goods", goods, "elements or HS codes, not both")
    lines = [
        f"title = {_quote(f'What if {issuer} controlled {goods} to {destinations}')}",
        *_control_dates(as_of),
        'start = "none"',
        "",
        "[[add]]",
        'id = "what-if"',
        f"issuer = {_quote(issuer)}",
        'kind = "ban"',
        *(f"{kind} = [{', '.join(map(_quote, names))}]" for kind, names in kinds.items() if names),
        f"destinations = {_quote(destinations.replace(',', ';'))}",
        f"severity = {severity!r}",
    ]
    return "\n".join(lines) + "\n"


def _control_dates(as_of: date | None) -> list[str]:
    if as_of is not None:
        return [f"date = {as_of.isoformat()}"]
    default = read_scenario(DEFAULT_SCENARIO)
    year = [] if default.baseline_year is None else [f"baseline_year = {default.baseline_year}"]
    return [f"date = {default.date.isoformat()}", f"facts = {_quote(default.facts)}", *year]


# ---------------------------------------------------------------- reading


Loaded = tuple[Scenario | None, list[InvalidRecord]]


def _sound(loaded: Loaded) -> Scenario:
    """Give the scenario, or raise the first problem with the others attached."""
    scenario, problems = loaded
    if problems:
        raise replace(problems[0], others=tuple(problems[1:]))
    return cast("Scenario", scenario)


def _load(name: str, folder: Path, chain: tuple[str, ...]) -> Loaded:
    """Read a shipped scenario or a file; `chain` holds those that start from it, nearest last."""
    known = list_scenarios()
    if name in known:
        raw = resources.files(__package__).joinpath("scenarios", f"{name}.toml").read_bytes()
        return _parse(_decode(raw, f"{name}.toml"), name, f"{name}.toml", Path(), (*chain, name))
    path = folder / name
    if not (name.endswith(".toml") or "/" in name or _exists(path)):
        raise UnknownName("scenario", name, known)
    try:
        raw = path.read_bytes()
    except IsADirectoryError:
        raise FileProblem(str(path), "a directory", "a scenario file") from None
    except FileNotFoundError:
        raise FileProblem(
            str(path), "no such file", f"a scenario file or one of {', '.join(known)}"
        ) from None
    except (OSError, ValueError) as exc:
        raise FileProblem(str(path), str(exc), "a readable scenario file") from exc
    return _parse(_decode(raw, str(path)), path.stem, str(path), path.parent, (*chain, str(path.resolve())))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _decode(raw: bytes, path: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        found = f"byte 0x{raw[exc.start]:02x}, not UTF-8"
        raise FileProblem(f"{path}:{line}", found, "a scenario file in UTF-8") from None


def _parse(text: str, name: str, path: str, folder: Path, chain: tuple[str, ...]) -> Loaded:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as exc:  # also a number of too many digits, lists in lists too deep
        place = re.search(r"at line (\d+)", str(exc))
        line = int(place[1]) if place else len(text.splitlines())
        return None, [InvalidRecord(path, line, None, str(exc), "TOML")]
    reader = Reader(text, path)
    top = reader.table({k: v for k, v in raw.items() if k not in {*FIELDS, *TABLES}}, TOP, "", 0)
    steps = [step for action in ACTIONS for step in reader.steps(action, raw.get(action, []))]
    general, shape_values = reader.assumptions(raw.get("assumptions", {}))
    conditions = reader.conditions(raw.get("conditions", {}))
    base = _base(reader, top.get("start", "in-force"), folder, chain)
    day = top.get("date") or (base.date if base else None)
    if day is None and "date" not in raw:
        reader.add("", 0, "", "no date", "the key date: the scenario's week 0")
    if day and top.get("baseline_year", 0) > day.year:
        reader.add(
            "", 0, "baseline_year", str(top["baseline_year"]), f"a year up to {day.year}, that of the date"
        )
    conditions = {**(base.conditions if base else {}), **conditions}
    reader.check_triggers(steps, conditions)
    if reader.problems or day is None:
        return None, reader.problems
    return Scenario(
        name=name,
        title=top["title"],
        description=top.get("description", ""),
        date=day,
        start=base.start if base else top.get("start", "in-force"),
        facts=top.get("facts", base.facts if base else "known"),
        horizon_weeks=top.get("horizon_weeks", base.horizon_weeks if base else HORIZON_WEEKS),
        probability=top.get("probability"),
        baseline_year=top.get("baseline_year", base.baseline_year if base else None),
        steps=(*(base.steps if base else ()), *steps),
        assumptions={**(base.assumptions if base else {}), **general},
        severity_assumptions={**(base.severity_assumptions if base else {}), **shape_values},
        conditions=conditions,
        bases=(base.name, *base.bases) if base else (),
        text=text,
    ), []


def _base(reader: Reader, start: str, folder: Path, chain: tuple[str, ...]) -> Scenario | None:
    """Read the scenario that a file starts from, if it names one."""
    if start in {"in-force", "none"}:
        return None
    known = list_scenarios()
    key = start if start in known else str((folder / start).resolve())
    if key in chain:
        circle = " -> ".join(Path(link).stem for link in (*chain[chain.index(key) :], key))
        reader.add("", 0, "start", f"a circle: {circle}", "a scenario that does not start from itself")
        return None
    try:
        base, problems = _load(start, folder, chain)
    except UnknownName:
        reader.add("", 0, "start", repr(start), f"in-force, none, a file, or one of {', '.join(known)}")
        return None
    except FileProblem as exc:
        reader.add(
            "", 0, "start", f"{start!r} ({exc})", "in-force, none, a scenario's name or a scenario file"
        )
        return None
    reader.problems.extend(problems)
    return base


def _quote(text: str) -> str:
    """Write text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
