"""Value what an entity could do against a shock, and choose within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.errors import QueryError
from chainshock.graph.facts import NodeRef
from chainshock.graph.network.makers import transit_weeks
from chainshock.graph.network.production import Floats
from chainshock.queries.mitigation.budget import Budget, read_budget
from chainshock.queries.mitigation.candidates import Candidates, reached_goods
from chainshock.queries.mitigation.chain import split_off
from chainshock.queries.mitigation.costs import Cost, Costs, read_costs
from chainshock.queries.mitigation.greedy import NOTHING, Chosen, Purse, choose
from chainshock.queries.mitigation.moves import Move
from chainshock.queries.mitigation.surroundings import Surroundings
from chainshock.queries.mitigation.table import MitigationTable, MoveRow, StepRow
from chainshock.queries.mitigation.times import first_loss, input_rows
from chainshock.queries.mitigation.valuing import Engine, Tick, Valuer
from chainshock.queries.names import LABELS
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.ranking import without_brackets
from chainshock.queries.week_assumptions import week_options
from chainshock.rows import ENTITIES
from chainshock.telling import PARAMETER, Teller

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["DEFAULT_STEPS", "Mitigation", "Wish", "mitigate", "weeks_for"]

DEFAULT_STEPS = 6  # in which a budget is spent
PARAMETERS_FILE = "graph/parameters.csv"
NOT_SHORT = "output never waits for it in this run"


@dataclass(frozen=True)
class Wish:
    """What is asked for: a budget, the file of costs for one in money, steps, and weeks of head start."""

    budget: str
    costs: str | Path | None = None
    steps: int = DEFAULT_STEPS
    head_start: int = 0


def weeks_for(budget: str, scenario_weeks: int) -> int:
    """Give the weeks of a run that shows what a budget buys: those of the scenario, and all of its months."""
    found = read_budget(budget)
    return max(scenario_weeks, round(found.weeks)) if found.kind == "months" else scenario_weeks


def mitigate(shock: Shock, entity: str, wish: Wish, tick: Tick | None = None) -> MitigationTable:
    """Value moves and choose among them; see `Dataset.mitigate`.

    Raises
    ------
    UnknownName, AmbiguousName
        No entity, or several, answer to the name.
    QueryError
        The budget cannot be read, is in money without costs, or the entity makes nothing.
    FileProblem, InvalidRecord
        The file of costs does not fit.
    """
    return Mitigation(shock, entity, wish, tick).table()


class Mitigation:
    """One entity, one shock, one budget."""

    def __init__(self, shock: Shock, entity: str, wish: Wish, tick: Tick | None = None) -> None:
        self.shock, self.wish, self.tick = shock, wish, tick
        self.budget: Budget = read_budget(wish.budget)
        if self.budget.kind == "money" and wish.costs is None:
            raise QueryError(
                f"found a budget of {self.budget.text} without costs, expected --costs FILE: nobody but you "
                "knows what a move costs"
            )
        if self.budget.kind != "money" and wish.costs is not None:
            raise QueryError(
                f"found costs with a budget of {self.budget.text}, expected one in money, such as 'USD 5 m'"
            )
        self.node: NodeRef = shock.names.find(entity)
        self.price_list: Costs | None = None
        if wish.costs is not None:
            self.price_list = read_costs(wish.costs, self.budget.currency, shock.network.goods)

    @cached_property
    def teller(self) -> Teller:
        """Tells about goods and facts."""
        return Teller(self.shock)

    @cached_property
    def valuer(self) -> Valuer:
        """Measures plans.

        Raises
        ------
        QueryError
            The entity makes nothing, or the run has no weeks.
        """
        shock, network = self.shock, self.shock.network
        if shock.choices.horizon is None:
            raise QueryError("found no horizon, expected one: moves take effect in weeks")
        kind = ENTITIES[next(kind for kind, label in LABELS.items() if label == self.node.label)]
        nodes = {
            index: owners[kind][self.node.key]
            for index, owners in enumerate(network.entities)
            if owners.get(kind, {}).get(self.node.key, 0.0) > 0.0 and not network.is_project[index]
        }
        if not nodes:
            raise QueryError(
                f"{self.node}: found no activity of it in the network of {shock.choices.as_of}, expected "
                "facts of what it makes or serves"
            )
        engine = Engine(
            queues=shock.queues,
            total_stop=shock.total_stop,
            routes=shock.routes,
            options=shock.options,
            rules=week_options(network, shock.graph, shock.parameters, shock.choices.slices),
            weeks=shock.choices.horizon,
            transit=self._transit,
        )
        by_value = shock.choices.rationing == "value"
        return Valuer(split_off(network, nodes, self._reached(), by_value), engine, self.tick)

    def table(self) -> MitigationTable:
        """Find moves, value them, choose, and tell times to survive and to recover."""
        before = self.valuer.before
        if before.mean() <= NOTHING:
            return MitigationTable(self._run(before, before, []), ())
        goods = reached_goods(self.valuer)
        moves = self._moves(goods, before)
        costs = self._costs(moves)
        chosen = choose(self.valuer, moves, Purse(self.budget, self.wish.steps, costs), before)
        purse = Purse(self.budget, self.wish.steps, costs)
        rows = self._rows(moves, chosen, purse, before)
        keys = dict.fromkeys(key for row in rows for key in row.rests_on)
        return MitigationTable(
            run=self._run(before, chosen.loss, rows),
            rows=tuple(rows),
            plan=tuple(self._step(step.added, step.spent, step.loss, moves, before) for step in chosen.steps),
            inputs=tuple(input_rows(self._about, self._good)),
            facts={key: self._fact(key) for key in sorted(keys)},
        )

    def _moves(self, goods: Sequence[int], before: Floats) -> list[Move]:
        """Give all moves that the budget could buy; what output never waits for is marked."""
        valuer, weeks = self.valuer, float(self.valuer.engine.weeks)
        plenty = [Move("stock", good, "", weeks, 0.0) for good in goods]
        alone = [{number: weeks} for number in range(len(goods))]
        but_one = [{n: weeks for n in range(len(goods)) if n != number} for number in range(len(goods))]
        results = valuer.losses(plenty, [*alone, *but_one, dict.fromkeys(range(len(goods)), weeks)])
        all_there = float(results[-1].mean())
        finder = Candidates(self._about, self.wish.head_start)
        found = []
        for number, good in enumerate(goods):
            helps = float(before.mean() - results[number].mean()) > NOTHING
            is_missed = float(results[len(goods) + number].mean()) - all_there > NOTHING
            why = "" if helps or is_missed else NOT_SHORT
            if self.budget.kind == "tonnes" and self._about.unit(good) != "t":
                why = f"it is counted in {self._about.unit(good)}, not in tonnes"
            found += [
                replace(move, why_not=move.why_not or why)
                for move in finder.moves(good, dict.fromkeys(self.budget.buys))
            ]
        return found

    def _costs(self, moves: Sequence[Move]) -> list[Cost | None]:
        """Give what moves cost in the unit of the budget."""
        if self.price_list is not None:
            names = self.shock.network.goods
            return [self.price_list.of(move, names[move.good]) for move in moves]
        if self.budget.kind == "months":  # the work that is left in week 0, and what was done before
            limit = self.budget.weeks / self.budget.amount if self.budget.amount else inf
            return [Cost((move.ready + self.wish.head_start) / limit, 0.0) for move in moves]
        return [Cost(0.0, 1.0) for _ in moves]

    def _rows(self, moves: Sequence[Move], chosen: Chosen, purse: Purse, before: Floats) -> list[MoveRow]:
        without = float(before.mean())
        rows = []
        for number, move in enumerate(moves):
            amount, loss = chosen.alone[number]
            avoided = without - loss
            avoided = 0.0 if abs(avoided) <= NOTHING else avoided
            rows.append(
                MoveRow(
                    rank=0,
                    move=self._name(move),
                    kind=move.kind,
                    good=self.shock.network.goods[move.good],
                    good_name=self._good(move.good),
                    where=move.where,
                    amount=amount,
                    unit=self._unit(move),
                    cost=purse.cost({number: amount}) if amount else None,
                    ready=max(0.0, move.ready),
                    full=max(0.0, move.ready + move.ramp),
                    avoided=avoided,
                    avoided_share=avoided / without,
                    avoided_usd=self._usd(avoided),
                    planned=chosen.plan.get(number, 0.0),
                    why="" if avoided else purse.why_nothing(number, move, amount, self._time),
                    rests_on=move.rests_on,
                )
            )
        rows.sort(key=lambda row: (-row.avoided, not row.planned, row.kind, row.good, row.where))
        return [replace(row, rank=rank) for rank, row in enumerate(rows, 1)]

    @property
    def _time(self) -> tuple[int, int]:
        """Weeks of the run and of the head start."""
        return self.valuer.engine.weeks, self.wish.head_start

    @cached_property
    def _about(self) -> Surroundings:
        shock = self.shock
        return Surroundings(self.valuer, shock.network, shock.graph, shock.parameters)

    def _step(
        self, added: dict[int, float], spent: float, loss: float, moves: Sequence[Move], before: Floats
    ) -> StepRow:
        return StepRow(
            moves=tuple(self._name(moves[number]) for number in added),
            amounts=tuple(added.values()),
            units=tuple(self._unit(moves[number]) for number in added),
            spent=spent,
            avoided_share=1.0 - loss / float(before.mean()),
        )

    def _run(self, before: Floats, after: Floats, rows: Sequence[MoveRow]) -> dict[str, Any]:
        """Say what was asked, and what it comes to."""
        loss, left = float(before.mean()), float(after.mean())
        some = loss > NOTHING
        return {
            **self.shock.run,
            "entity": str(self.node),
            "name": self.shock.names.title(self.node),
            "budget": self.budget.text,
            "budget_kind": self.budget.kind,
            "budget_unit": self.budget.unit,
            "steps": self.wish.steps,
            "head_start": self.wish.head_start,
            "loss": loss if some else 0.0,
            "loss_usd": self.valuer.usd(before) if some else 0.0,
            "loss_left": left if some else 0.0,
            "avoided": loss - left,
            "avoided_share": (loss - left) / loss if some else 0.0,
            "avoided_usd": self._usd(loss - left),
            "helpful": sum(row.avoided > 0.0 for row in rows),
            "first_week": first_loss(before),
            "first_week_with_plan": first_loss(after),
        }

    def _usd(self, share: float) -> float | None:
        weeks = self.valuer.engine.weeks
        return self.valuer.usd(np.full(weeks, share))

    def _name(self, move: Move) -> str:
        good, goods = self._good(move.good), self.shock.network.goods
        issuers = {self.shock.network.countries[place] for place in self.shock.routes.issuers.values()}
        issuer = ", which issues measures" if move.where in issuers else ""
        if move.kind == "grade":
            return f"{without_brackets(self.teller.good(move.where))} in place of {good}"
        return {
            "stock": f"stock of {good}",
            "second-source": f"second source of {good}" + (f" in {move.where}{issuer}" if move.where else ""),
            "magnet-free": f"machine without magnets in place of {good}",
            "plant": f"new plant for {good} in {move.where}",
            "recycling": f"recycled {good} in {move.where}",
        }.get(move.kind, goods[move.good])

    def _unit(self, move: Move) -> str:
        return f"{self._about.unit(move.good)} a year" if move.unit == "t a year" else move.unit

    def _good(self, good: int) -> str:
        return without_brackets(self.teller.good(self.shock.network.goods[good]))

    def _fact(self, key: str) -> dict[str, Any]:
        told = self.teller.fact(key)
        return {**told, "stands_in": PARAMETERS_FILE} if key.startswith(PARAMETER) else told

    def _reached(self) -> Indices:
        """Give the nodes of the network that a measure reaches, directly or through suppliers."""
        network = self.shock.network
        hit = np.zeros(network.n, dtype=bool)
        for queue in self.shock.queues(network):
            hit[network.edge_node[queue.edges]] = True
        while True:
            before = int(hit.sum())
            hit[network.edge_node[hit[network.edge_source]]] = True
            if int(hit.sum()) == before:
                return np.flatnonzero(hit)

    def _transit(self, origin: int, destination: int) -> float:
        places = self.shock.network.countries
        return transit_weeks(self.shock.claims, places[origin], places[destination])
