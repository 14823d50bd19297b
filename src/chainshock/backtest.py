"""Run recorded episodes through the model and through rules without a model, and score both.

Each event has scenario files in a folder: `ID.toml`, and for what came later in the same episode
`ID@YYYY-MM-DD.toml`; `ID.before.toml` says what was in force before, by default nothing. An outcome is held
against the phase that was new when its window began: what the model predicts is the exposure under that phase
less the exposure under the one before it. Measures are as they stood on the day of the phase: an end that was
decided later is not foreseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from chainshock.backtest_step import Step
from chainshock.errors import FileProblem
from chainshock.queries.assumptions import Rationing
from chainshock.queries.backtest.baselines import baseline_signs
from chainshock.queries.backtest.outcomes import Event, Outcome
from chainshock.queries.backtest.table import (
    RULES,
    SMALLEST_EFFECT,
    BacktestTable,
    OrderRow,
    OutcomeRow,
    sign_of,
    sign_of_change,
)
from chainshock.queries.scenario import Scenario, read_scenario

if TYPE_CHECKING:
    from chainshock.api import Dataset
    from chainshock.graph.knowledge import Known
    from chainshock.shock import Shock

__all__ = ["Phase", "backtest", "read_phases", "shipped_folder"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class Phase:
    """What was in force from a day of an episode on."""

    since: date
    scenario: Scenario | None  # None: nothing, before the first phase


def shipped_folder() -> Path:
    """Give the folder of the shipped scenario files of episodes."""
    return Path(str(resources.files("chainshock.queries").joinpath("scenarios", "episodes")))


def read_phases(folder: Path, event: str) -> list[Phase]:
    """Read an event's scenario files, in order of time; the first says what was in force before.

    Returns
    -------
    list
        Empty where the folder has no file for the event.

    Raises
    ------
    FileProblem
        The folder cannot be read, or a file's name holds no day.
    InvalidRecord
        A file is not a scenario.
    """
    if not folder.is_dir():
        raise FileProblem(str(folder), "no such folder", "a folder of scenario files, ID.toml for each event")
    first = folder / f"{event}.toml"
    if not first.is_file():
        return []
    start = read_scenario(first)
    before = folder / f"{event}.before.toml"
    phases = [
        Phase(date.min, read_scenario(before) if before.is_file() else None),
        Phase(start.date, start),
    ]
    for path in sorted(folder.glob(f"{event}@*.toml")):
        found = re.fullmatch(rf"{re.escape(event)}@(\d{{4}}-\d{{2}}-\d{{2}})\.toml", path.name)
        try:
            since = date.fromisoformat(found[1] if found else "")
        except ValueError:
            raise FileProblem(str(path), repr(path.name), f"a name such as {event}@2025-10-27.toml") from None
        phases.append(Phase(since, read_scenario(path)))
    return phases


def backtest(
    dataset: Dataset, events: Sequence[Event], folder: Path, say: Say = lambda text: None
) -> BacktestTable:
    """Hold the model, under each rationing rule, and the baselines to recorded outcomes.

    Parameters
    ----------
    folder
        Scenario files of the events; see `read_phases`.
    say
        Told what is being run.

    Raises
    ------
    FileProblem, InvalidRecord
        A scenario file cannot be read, does not fit, or names what the facts do not hold.
    """
    rows: list[OutcomeRow] = []
    orders: list[OrderRow] = []
    without: list[str] = []
    runs: dict[tuple[str, str], Shock] = {}
    for event in events:
        phases = read_phases(folder, event.id) if event.role != "negative control" else []
        if not phases:
            if event.role != "negative control":
                without.append(event.id)
            rows += [_unscored(event, outcome) for outcome in event.outcomes if outcome.is_scored]
            continue
        say(event.id)
        played = _Play(dataset, event, phases, runs)
        rows += played.rows()
        orders += played.orders()
    run = {
        "folder": folder.name,
        "events": len(events),
        "without_scenario": without,
        "smallest_effect": SMALLEST_EFFECT,
        "data_edition": dataset.edition,
    }
    return BacktestTable(run, tuple(rows), tuple(orders))


def _unscored(event: Event, outcome: Outcome) -> OutcomeRow:
    return OutcomeRow.of(event, outcome, target=None, group="", phase="", predicted={}, baselines={}, why="")


class _Play:
    """One event, its phases run under each rule when first needed."""

    def __init__(
        self, dataset: Dataset, event: Event, phases: Sequence[Phase], runs: dict[tuple[str, str], Shock]
    ) -> None:
        self._dataset, self._event, self._phases, self._runs = dataset, event, phases, runs
        self._steps: dict[tuple[int, str], Step] = {}

    def rows(self) -> Iterator[OutcomeRow]:
        """Give the outcomes whose sign counts, and those that tell a stoppage."""
        for outcome in self._event.outcomes:
            is_stoppage = outcome.kind in {"production_stoppage", "no_stoppage_reported"}
            if outcome.excluded or not (outcome.is_scored or is_stoppage):
                continue
            number = self._phase_of(outcome.day)
            finder = self._step(number, RULES[0]).finder
            target = finder.find(outcome)
            if target is None:
                yield _unscored(self._event, outcome)
                continue
            steps = {rule: self._step(number, rule) for rule in RULES}
            main = steps[RULES[0]]
            predicted: dict[str, float | None] = {r: step.difference(target) for r, step in steps.items()}
            value = predicted[RULES[0]]
            missed = outcome.is_scored and value is not None and sign_of_change(value) != sign_of(outcome)
            yield OutcomeRow.of(
                self._event,
                outcome,
                target=str(target),
                group=main.group(target),
                phase=self._phases[number].since.isoformat(),
                predicted=predicted,
                baselines=baseline_signs(main.facts(target)),
                why=main.why(target, sign_of_change(value)) if missed else "",
                loss=main.loss(target),
                import_share=main.facts(target).import_share,
            )

    def orders(self) -> Iterator[OrderRow]:
        """Give the ranking tests of which two entities or more are in the graph."""
        step = self._step(1, RULES[0])
        for test in self._event.ranking_tests:
            found: list[tuple[str, float, float]] = []
            missing: list[str] = []
            for place, name in enumerate(test.ordered):
                target = step.named(name)
                value = step.difference(target) if target is not None else None
                if target is None or value is None:
                    missing.append(name)
                    continue
                happened = float(len(test.ordered) - place) if test.values is None else test.values[place]
                found.append((str(target), abs(value) if test.values is None else value, happened))
            yield OrderRow.of(self._event, test, found, missing)

    def _phase_of(self, day: date | None) -> int:
        """Find the phase that was new when a window began; the first where it names no day."""
        fitting = [n for n, phase in enumerate(self._phases) if n and day is not None and phase.since <= day]
        return max(fitting, default=1)

    def _step(self, number: int, rule: Rationing) -> Step:
        key = number, rule
        if key not in self._steps:
            before, after = self._phases[number - 1].scenario, self._phases[number].scenario
            if after is None:
                raise FileProblem(self._event.id, "no scenario", "a scenario file")
            first = None if before is None else self._shock(before, rule)
            self._steps[key] = Step(first, self._shock(after, rule))
        return self._steps[key]

    def _shock(self, scenario: Scenario, rule: Rationing) -> Shock:
        key = scenario.text, rule
        if key not in self._runs:
            facts: Known = "policy-known" if scenario.facts == "latest" else "known"
            self._runs[key] = self._dataset.shock(scenario, facts=facts, rationing=rule)
        return self._runs[key]
