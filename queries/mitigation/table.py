"""Hold what moves are worth, a plan within a budget, and times to survive and to recover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from chainshock.queries.answer_table import AnswerTable
from chainshock.queries.ranking import percent, wrap
from chainshock.queries.tables import Column, draw_table

__all__ = ["InputRow", "MitigationTable", "MoveRow", "StepRow"]

MOST_TOLD = 4  # moves of which text says what they rest on


@dataclass(frozen=True)
class MoveRow:
    """One move taken alone, with the largest amount within the budget.

    `avoided` is the mean share of output over the run that is no longer lost, `avoided_share` the same as a
    share of the loss, `avoided_usd` its value in the run; `planned` the amount in the plan. `ready` and
    `full` are the weeks of the first and of full deliveries. `why` says why nothing is avoided. `rests_on`
    holds ids of facts and `parameter:NAME` for assumptions.
    """

    rank: int
    move: str
    kind: str
    good: str
    good_name: str
    where: str
    amount: float
    unit: str
    cost: float | None
    ready: float
    full: float
    avoided: float
    avoided_share: float
    avoided_usd: float | None
    planned: float
    why: str
    rests_on: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return {**asdict(self), "rests_on": list(self.rests_on)}

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""
        return {**asdict(self), "rests_on": "; ".join(self.rests_on)}


@dataclass(frozen=True)
class StepRow:
    """A step of the plan: what it adds, all spent by then, and the share of the loss avoided by then."""

    moves: tuple[str, ...]
    amounts: tuple[float, ...]
    units: tuple[str, ...]
    spent: float
    avoided_share: float

    def to_dict(self) -> dict[str, Any]:
        """Give the step as it stands in JSON."""
        return {**asdict(self), **{k: list(getattr(self, k)) for k in ("moves", "amounts", "units")}}


@dataclass(frozen=True)
class InputRow:
    """Times of one restricted input of the chain, in weeks from week 0.

    `need` is what the chain uses a year, `restricted` the share of it in the scope of a measure, `cover` the
    weeks of stock. `survive` is the time to survive without it, None where output holds through the run.
    `measures_end` and `second_source` (full deliveries from spare capacity, which covers the share `covered`
    of what is restricted) are what could bring it back; `recover` is the earlier one that covers all of it,
    and `gap` what it lasts longer than the time to survive.
    """

    good: str
    name: str
    need: float
    restricted: float
    cover: float | None
    survive: int | None
    measures_end: float | None
    second_source: float | None
    covered: float
    recover: float | None
    gap: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give the row as it stands in JSON."""
        return asdict(self)


@dataclass(frozen=True)
class MitigationTable(AnswerTable[MoveRow]):
    """Moves by what they avoid alone; the plan; times of the restricted inputs; what all of it rests on."""

    plan: tuple[StepRow, ...] = ()
    inputs: tuple[InputRow, ...] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames."""
        return [entry.name for entry in fields(MoveRow)]

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {
            **super().to_payload(),
            "plan": [step.to_dict() for step in self.plan],
            "inputs": [row.to_dict() for row in self.inputs],
            "facts": {key: dict(fact) for key, fact in self.facts.items()},
        }

    def title_texts(self) -> list[str]:
        """Say whose loss is meant and what may be spent."""
        run = self.run
        texts = [
            f"What {run['name']} ({run['entity']}) can do with {run['budget']}",
            f"loses {percent(run['loss'], 2, sign=False)} of its output for want of inputs over "
            f"{run['horizon'].removesuffix('w')} weeks without any move{_worth(run['loss_usd'])}",
        ]
        if self.rows:
            texts.append(
                f"the plan below avoids {percent(run['avoided_share'], 0, sign=False)} of that, leaving "
                f"{percent(run['loss_left'], 2, sign=False)}{_worth(run['avoided_usd'], 'avoided')}"
            )
        return texts

    def empty_text(self) -> str:
        """Say why there are no rows."""
        run = self.run
        if not run["loss"]:
            return (
                f"Nothing to avoid: under {run['scenario']}, {run['name']} loses no output for want of "
                f"inputs in {run['horizon'].removesuffix('w')} weeks."
            )
        return "None: no input of its chain is restricted."

    def body_lines(self, width: int) -> list[str]:
        """Draw the moves, the plan and the times."""
        lines = ["Each move alone, with as much of it as the budget buys", ""]
        columns = [
            Column("#", 3, "right"),
            Column("move", None, least=24),
            Column("amount", 12, "right"),
            Column("cost", 9, "right", drop=3),
            Column("ready", 5, "right"),
            Column("avoids", 7, "right"),
            Column("USD m", 8, "right", drop=1),
            Column("in plan", 12, "right", drop=2),
        ]
        cells = [self._cells(row) for row in self.rows]
        lines += draw_table(columns, cells, width).rstrip("\n").split("\n")
        if self.omitted:
            unseen = self.run["helpful"] - sum(row.avoided > 0.0 for row in self.rows)
            lines.append(f"   … {self.omitted:,} more, of which {unseen:,} avoid something …")
        return [*lines, "", *self._plan_lines(width), "", *self._input_lines(width)]

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        text = super().to_text(width)
        return text.replace(f"   … {self.omitted:,} more …\n", "") if self.omitted else text

    def foot_texts(self) -> list[str]:
        """Say what the columns mean, and what is not counted."""
        return [
            "avoids: share of the loss that is avoided, alone; ready: week of the first delivery, 0 is the "
            "scenario's date; stock is there in week 0. Counted: output lost for want of inputs, on the same "
            "run over weeks, others as they are; the plan as a whole by a run of its own. Not counted: lost "
            "orders, prices, what a move costs or earns outside the run, and what rivals do.",
        ]

    def foot_lines(self, width: int) -> list[str]:
        """Say what moves rest on, then what the columns mean."""
        told = ([row for row in self.rows if row.planned > 0.0] or list(self.rows))[:MOST_TOLD]
        assumed: dict[str, list[int]] = {}
        lines: list[str] = []
        for row in told:
            grades = []
            for key in row.rests_on:
                if key.startswith("parameter:"):
                    assumed.setdefault(key, []).append(row.rank)
                else:
                    grades.append(str(self.facts[key].get("confidence", "?")))
            known = (
                f"{len(grades)} facts of confidence {', '.join(sorted(set(grades)))}" if grades else "no fact"
            )
            lines += wrap(f"{row.rank}: {row.move}: {known}, and assumptions as follows", width)
        for key, ranks in assumed.items():
            lines += wrap(f"{', '.join(map(str, ranks))}: {self.facts[key]['text']}", width)
        head = ["What they rest on, by number (JSON: every move and fact)", ""] if lines else []
        return [*head, *lines, *([""] if lines else []), *super().foot_lines(width)]

    def _cells(self, row: MoveRow) -> list[str]:
        why = f" ({row.why})" if row.why else ""
        return [
            str(row.rank),
            row.move + why,
            _amount(row.amount, row.unit) if row.amount else "-",
            "-" if row.cost is None else _number(row.cost),
            "-" if row.kind == "stock" else f"{row.ready:.0f}",
            percent(row.avoided_share, 1, sign=False),
            "-" if row.avoided_usd is None else f"{row.avoided_usd / 1e6:,.1f}",
            _amount(row.planned, row.unit) if row.planned else "",
        ]

    def _plan_lines(self, width: int) -> list[str]:
        """Draw the plan, step by step."""
        if not self.plan:
            return ["No plan: nothing that the budget buys avoids any loss"]
        unit = self.run["budget_unit"]
        columns = [
            Column("step", 4, "right"),
            Column("adds", None, least=30),
            Column(f"spent, {unit}", 14, "right"),
            Column("avoids", 7, "right"),
        ]
        cells = [
            [
                str(number),
                "; ".join(
                    f"{move}: {_amount(amount, of)}"
                    for move, amount, of in zip(step.moves, step.amounts, step.units, strict=True)
                ),
                _number(step.spent),
                percent(step.avoided_share, 1, sign=False),
            ]
            for number, step in enumerate(self.plan, 1)
        ]
        table = draw_table(columns, cells, width).rstrip("\n").split("\n")
        how = "side by side" if self.run["budget_kind"] == "months" else "the best step for its cost first"
        return [*wrap(f"The plan, {how}; avoids: share of the loss, so far", width), "", *table]

    def _input_lines(self, width: int) -> list[str]:
        """Draw times to survive against times to recover."""
        if not self.inputs:
            return ["None of these inputs is itself in the scope of a measure"]
        columns = [
            Column("restricted input", None, least=22),
            Column("t a year", 9, "right", drop=2),
            Column("in scope", 8, "right", drop=1),
            Column("cover", 5, "right"),
            Column("survive", 7, "right"),
            Column("recover", 7, "right"),
            Column("gap", 4, "right"),
            Column("what brings it back", 30),
        ]
        cells = [
            [
                row.name,
                f"{row.need:,.1f}" if row.need else "",
                percent(row.restricted, 0, sign=False) if row.good else "",
                "-" if row.cover is None else f"{row.cover:.1f}",
                f"{self.run['horizon'].removesuffix('w')}+" if row.survive is None else str(row.survive),
                "-" if row.recover is None else f"{row.recover:.0f}",
                "-" if row.gap is None else f"{row.gap:+.0f}",
                _ends(row) if row.good else "",
            ]
            for row in self.inputs
        ]
        table = draw_table(columns, cells, width).rstrip("\n").split("\n")
        said = (
            "Weeks from week 0: time to survive if nothing of it that is in scope arrived, against time to "
            "recover; a gap above 0 is what stock has to bridge"
        )
        return [*wrap(said, width), "", *table]


def _amount(amount: float, unit: str) -> str:
    if unit == "share of need":
        return f"{percent(amount, 0, sign=False)} of need"
    number = f"{amount:,.0f}" if amount >= 100.0 else f"{amount:,.1f}".removesuffix(".0")
    return f"{number} {'week' if unit == 'weeks' and number == '1' else unit.replace(' a year', '/a')}"


def _number(amount: float) -> str:
    return f"{amount:,.3g}" if amount < 1e3 else f"{amount:,.0f}"


def _ends(row: InputRow) -> str:
    """Say what brings an input back."""
    if row.recover is None and row.second_source is not None:
        share = percent(row.covered, 0, sign=False)
        return f"no measure ends; second source, {share} of it in week {row.second_source:.0f}"
    if row.recover is None:
        return "no measure ends, no second source"
    if row.recover == row.measures_end:
        return "measures end"
    return "second source in full"


def _worth(usd: float | None, what: str = "") -> str:
    return "" if usd is None else f", USD {_number(usd / 1e6)} m{' ' + what if what else ''}"
