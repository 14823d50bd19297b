"""Read recorded episodes and their outcomes from JSON, and say on which line a wrong one stands.

The file is a list of events. An event has an id, a role (test, in sample, or negative control) and outcomes:
what happened to whom. docs/how-to/backtest.md describes every key.
"""

from __future__ import annotations

import json
import json.scanner
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from chainshock.errors import FileProblem, InvalidRecord

__all__ = ["KINDS", "Event", "Outcome", "RankingTest", "Role", "read_outcomes"]

Role = Literal["test", "in sample", "negative control"]
ROLES: tuple[Role, ...] = ("test", "in sample", "negative control")
KINDS = (
    "stock_return",
    "event_study_CAR",
    "trade_volume",
    "price_change",
    "production",
    "production_stoppage",
    "no_stoppage_reported",
    "inventory_or_time_to_impact",
    "survey_share",
    "substitution",
    "logistics_cost",
)
IMPACTS = ("harm", "windfall", "neutral")
GRADES = ("A", "B", "C")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Outcome:
    """What happened to one entity; `impact` is for the entity itself, None where it is not told."""

    event: str
    entity: str
    entity_type: str
    ticker: str
    kind: str
    impact: str | None
    confidence: str
    excluded: bool
    window: str
    unit: str
    signed_value: float | None
    line: int

    @property
    def day(self) -> date | None:
        """First full date of the window; None where it names none."""
        return _first_day(self.window)

    @property
    def is_scored(self) -> bool:
        """Whether its sign counts: harm or windfall, confidence A or B, not excluded."""
        return self.impact in {"harm", "windfall"} and self.confidence in {"A", "B"} and not self.excluded


def _first_day(window: str) -> date | None:
    """Give the first full date that a window names, if it names one.

    Raises
    ------
    ValueError
        There is no such day.
    """
    found = _DAY.search(window)
    return None if found is None else date.fromisoformat(found[0])


@dataclass(frozen=True)
class RankingTest:
    """Entities in the order of what happened to them; with `values`, how much."""

    metric: str
    ordered: tuple[str, ...]
    values: tuple[float, ...] | None
    confidence: str


@dataclass(frozen=True)
class Event:
    """One episode."""

    id: str
    title: str
    role: Role
    outcomes: tuple[Outcome, ...]
    ranking_tests: tuple[RankingTest, ...]


class _Located(dict[str, Any]):  # Any: what JSON holds
    """A JSON object that knows where it stands."""

    text: str = ""
    start: int = 0
    end: int = 0

    def line(self, key: str = "") -> int:
        """Give the line of a key, else that of the object."""
        found = (
            re.compile(rf'"{re.escape(key)}"\s*:').search(self.text, self.start, self.end) if key else None
        )
        return self.text.count("\n", 0, found.start() if found else self.start) + 1


def read_outcomes(path: str | Path) -> list[Event]:
    """Read a file of events.

    Raises
    ------
    FileProblem
        The file cannot be read, or is not JSON.
    InvalidRecord
        An event or outcome does not fit; `others` holds every further problem.
    """
    text = _read(Path(path))
    try:
        raw = _decode(text)
    except json.JSONDecodeError as error:
        raise FileProblem(
            f"{path}:{error.lineno}", f"no JSON ({error.msg})", "a JSON list of events"
        ) from None
    except RecursionError:
        raise FileProblem(str(path), "JSON nested too deeply", "a JSON list of events") from None
    except ValueError:
        raise FileProblem(str(path), "a number of too many digits", "a JSON list of events") from None
    if not isinstance(raw, list) or not all(isinstance(entry, _Located) for entry in raw):
        raise FileProblem(str(path), "something else", "a JSON list of events, each an object")
    reader = _Reader(str(path))
    events = [reader.event(entry) for entry in raw]
    seen: set[str] = set()
    for entry, event in zip(raw, events, strict=True):
        if event.id in seen:
            reader.add(entry, "id", f"{event.id!r} a second time", "each event once")
        seen.add(event.id)
    if reader.problems:
        first, *others = reader.problems
        first.others = tuple(others)
        raise first
    return events


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(str(path), f"byte 0x{error.object[error.start]:02x}", "JSON in UTF-8") from error
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise FileProblem(str(path), found, "a file of recorded events") from error


def _decode(text: str) -> object:
    """Decode JSON into objects that know their place."""
    decoder = json.JSONDecoder()
    plain = json.decoder.JSONObject  # type: ignore[attr-defined]  # the parser of objects, in pure Python

    def parse(place: tuple[str, int], *rest: Any) -> tuple[_Located, int]:
        found, end = plain(place, *rest)
        located = _Located(found)
        located.text, located.start, located.end = text, place[1] - 1, end
        return located, end

    decoder.parse_object = parse  # type: ignore[attr-defined]  # what its scanner calls
    decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    return decoder.decode(text)


class _Reader:
    """Checks events and collects what is wrong with them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[InvalidRecord] = []

    def add(self, where: _Located, key: str, found: str, expected: str) -> None:
        self.problems.append(InvalidRecord(self.path, where.line(key), key or None, found, expected))

    def event(self, raw: _Located) -> Event:
        name = self.text(raw, "id")
        said = self.text(raw, "role")
        role = next((role for role in ROLES if said.startswith(role)), None)
        if role is None and said:
            self.add(raw, "role", repr(said), f"one of {', '.join(ROLES)}, with a remark after it")
        return Event(
            id=name,
            title=self.text(raw, "title"),
            role=role or "test",
            outcomes=tuple(self.outcome(name, entry) for entry in self.objects(raw, "outcomes")),
            ranking_tests=tuple(
                self.ranking(entry) for entry in self.objects(raw, "ranking_tests", required=False)
            ),
        )

    def outcome(self, event: str, raw: _Located) -> Outcome:
        impact = raw.get("impact")
        if impact is not None and impact not in IMPACTS:
            self.add(raw, "impact", repr(impact), f"one of {', '.join(IMPACTS)}, or none")
        value, window = _number(raw.get("signed_value")), str(raw.get("window") or "")
        if value is None and raw.get("signed_value") is not None:
            self.add(raw, "signed_value", repr(raw["signed_value"])[:60], "a number or null")
        try:
            _first_day(window)
        except ValueError as error:
            self.add(raw, "window", f"{window!r} ({error})", "dates as YYYY-MM-DD, or words")
            window = ""
        excluded = raw.get("excluded", False)
        if not isinstance(excluded, bool):
            self.add(raw, "excluded", repr(excluded), "true or false")
        return Outcome(
            event=event,
            entity=self.text(raw, "entity"),
            entity_type=self.text(raw, "entity_type"),
            ticker=str(raw.get("ticker") or ""),
            kind=self.choice(raw, "kind", KINDS),
            impact=impact if impact in IMPACTS else None,
            confidence=self.choice(raw, "confidence", GRADES),
            excluded=excluded is True,
            window=window,
            unit=str(raw.get("unit") or ""),
            signed_value=value,
            line=raw.line(),
        )

    def ranking(self, raw: _Located) -> RankingTest:
        ordered = raw.get("ordered")
        if not isinstance(ordered, list) or not all(isinstance(name, str) for name in ordered):
            self.add(raw, "ordered", repr(ordered)[:60], "a list of names")
            ordered = []
        values = raw.get("values")
        if values is not None and (
            not isinstance(values, list)
            or len(values) != len(ordered)
            or any(_number(value) is None for value in values)
        ):
            self.add(raw, "values", repr(values)[:60], "a number for each name of `ordered`")
            values = None
        return RankingTest(
            metric=str(raw.get("metric") or ""),
            ordered=tuple(ordered),
            values=None if values is None else tuple(float(value) for value in values),
            confidence=self.choice(raw, "confidence", GRADES),
        )

    def text(self, raw: _Located, key: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.add(raw, key, "nothing" if value is None else repr(value)[:60], f"a text under {key!r}")
            return ""
        return value.strip()

    def choice(self, raw: _Located, key: str, known: tuple[str, ...]) -> str:
        value = self.text(raw, key)
        if value and value not in known:
            self.add(raw, key, repr(value), f"one of {', '.join(known)}")
        return value

    def objects(self, raw: Mapping[str, Any], key: str, *, required: bool = True) -> list[_Located]:
        value = raw.get(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(entry, _Located) for entry in value):
            found = "nothing" if value is None else repr(value)[:60]
            self.add(cast(_Located, raw), key, found, "a list of objects")
            return []
        return value


def _number(value: object) -> float | None:
    """Give a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
