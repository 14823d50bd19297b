"""Choose moves within a budget: step by step, always what avoids most loss for what it costs.

The value of moves is not concave: two inputs of one line avoid nothing until both are there. So a round
offers for every move a step and all that is left, and for stocks a step spread over all of them; the best per
unit of cost is taken. That is a good plan, not a proof of the best one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.mitigation.budget import Budget
from chainshock.queries.mitigation.costs import Cost
from chainshock.queries.mitigation.moves import Move
from chainshock.queries.mitigation.plans import Plan
from chainshock.queries.mitigation.valuing import Valuer

__all__ = ["CONSIDERED", "NOTHING", "Chosen", "Purse", "Step", "choose"]

NOTHING = 1e-9  # a smaller share of output avoided counts as none
CONSIDERED = 8  # moves that the search goes on with: those that avoid most alone
SLACK = 1e-9  # of a budget, for rounding


@dataclass(frozen=True)
class Step:
    """What a round added: amounts by move, all spent until then, and the mean share of output lost after."""

    added: dict[int, float]
    spent: float
    loss: float


@dataclass(frozen=True)
class Chosen:
    """What moves avoid alone, and a plan.

    Attributes
    ----------
    alone
        For each move the largest amount within the budget, and the mean share of output lost with it.
    steps
        Rounds in order, others unaffected.
    plan
        Amounts by move.
    loss
        Weekly share of output lost with the plan carried out, (T,).
    """

    alone: list[tuple[float, float]]
    steps: list[Step]
    plan: dict[int, float]
    loss: Floats


@dataclass(frozen=True)
class Purse:
    """A budget, in how many steps it is spent, and what moves cost in its unit; None: cannot be bought."""

    budget: Budget
    steps: int
    costs: Sequence[Cost | None]

    def cost(self, plan: Plan) -> float:
        """Give what a plan costs; in months the longest of its moves, as work goes on side by side."""
        parts = [(self._cost(number), amount) for number, amount in plan.items() if amount > 0.0]
        if self.budget.kind == "months":
            return max((cost.fixed for cost, _ in parts), default=0.0)
        return sum(cost.fixed + cost.per_unit * amount for cost, amount in parts)

    def room(self, number: int, move: Move, plan: Plan) -> float:
        """Give how much more of a move can be bought beside a plan."""
        cost = self.costs[number]
        have = plan.get(number, 0.0)
        if cost is None or move.why_not or move.most <= have:
            return 0.0
        left = self.budget.amount - (0.0 if self.budget.kind == "months" else self.cost(plan))
        left -= cost.fixed if not have else 0.0
        if left < -SLACK * self.budget.amount:
            return 0.0
        most = move.most - have
        return most if cost.per_unit <= 0.0 else min(most, max(0.0, left) / cost.per_unit)

    def step(self, number: int) -> float:
        """Give the amount of a move that one step buys, its fixed cost apart."""
        per_unit = self._cost(number).per_unit
        return np.inf if per_unit <= 0.0 else self.budget.amount / self.steps / per_unit

    def why_nothing(self, number: int, move: Move, amount: float, time: tuple[int, int]) -> str:
        """Say why a move avoids nothing; `time` holds the weeks of the run and of the head start."""
        cost, budget, (weeks, head_start) = self.costs[number], self.budget, time
        is_late = amount <= 0.0 and budget.kind == "months"
        has_inputs = move.maker is not None and bool(move.maker.inputs)
        reasons = (
            (bool(move.why_not), move.why_not),
            (cost is None, "the costs say nothing of it"),
            (not budget.amount, "the budget is zero"),
            (is_late, f"takes {move.ready + head_start:.0f} weeks, more than {budget.text}"),
            (amount <= 0.0, "the budget does not reach"),
            (move.ready >= weeks, f"ready in week {move.ready:.0f}, after the {weeks} weeks of the run"),
            (has_inputs, "what it is made from runs short too, or another input does first"),
        )
        alone = "alone not enough: another input runs short first"
        return next((text for applies, text in reasons if applies), alone)

    def _cost(self, number: int) -> Cost:
        cost = self.costs[number]
        return cost or Cost(0.0, 0.0)


def choose(valuer: Valuer, moves: Sequence[Move], purse: Purse, before: Floats) -> Chosen:
    """Value moves alone, and choose a plan.

    Parameters
    ----------
    before
        Weekly share of output lost without any move, (T,).
    """
    rooms = [purse.room(number, move, {}) for number, move in enumerate(moves)]
    tried = [number for number, room in enumerate(rooms) if room > 0.0]
    values = valuer.losses(moves, [{number: rooms[number]} for number in tried])
    without = float(before.mean())
    alone = [(room, without) for room in rooms]
    for number, loss in zip(tried, values, strict=True):
        alone[number] = (rooms[number], float(loss.mean()))
    order = sorted(tried, key=lambda number: (alone[number][1], number))
    if purse.budget.kind == "months":
        useful = [number for number in order if without - alone[number][1] > NOTHING]
        steps = _side_by_side(valuer, moves, purse, useful, without, rooms)
    else:
        steps = _rounds(valuer, moves, purse, order[:CONSIDERED], without)
    plan: dict[int, float] = {}
    for step in steps:
        plan = _sum(plan, step.added)
    return Chosen(alone, steps, plan, valuer.loss(moves, plan) if plan else before)


def _rounds(
    valuer: Valuer, moves: Sequence[Move], purse: Purse, considered: Sequence[int], without: float
) -> list[Step]:
    """Spend a budget step by step."""
    plan: dict[int, float] = {}
    steps: list[Step] = []
    loss, spent = without, 0.0
    while True:
        offers = _offers(moves, purse, considered, plan)
        results = valuer.losses(moves, [_sum(plan, offer) for offer in offers])
        best: tuple[float, float, dict[int, float]] | None = None
        for offer, result in zip(offers, results, strict=True):
            gain = loss - float(result.mean())
            price = purse.cost(_sum(plan, offer)) - spent
            worth = gain / max(price, SLACK * purse.budget.amount, SLACK)
            if gain > NOTHING and (best is None or worth > best[0] * (1.0 + SLACK)):
                best = (worth, loss - gain, offer)
        if best is None:
            return steps
        _, loss, offer = best
        plan = _sum(plan, offer)
        spent = purse.cost(plan)
        steps.append(Step(offer, spent, loss))


def _offers(
    moves: Sequence[Move], purse: Purse, considered: Sequence[int], plan: Plan
) -> list[dict[int, float]]:
    """Give what can be added to a plan: a step of a move, all that is left, a step spread over stocks."""
    offers: list[dict[int, float]] = []
    for number in considered:
        room = purse.room(number, moves[number], plan)
        step = min(room, purse.step(number))
        if room > 0.0:
            offers.append({number: step})
            if room > step * (1.0 + SLACK):
                offers.append({number: room})
    stocks = [number for number in considered if moves[number].kind == "stock"]
    spread = {
        number: purse.step(number) / len(stocks)
        for number in stocks
        if np.isfinite(purse.step(number)) and plan.get(number, 0.0) < moves[number].most
    }
    if len(spread) > 1 and purse.cost(_sum(plan, spread)) <= purse.budget.amount * (1.0 + SLACK):
        offers.append(spread)
    return offers


def _side_by_side(
    valuer: Valuer,
    moves: Sequence[Move],
    purse: Purse,
    useful: Sequence[int],
    without: float,
    amounts: Sequence[float],
) -> list[Step]:
    """Start moves side by side, the most useful first, and leave out those that then add nothing."""
    plans = [{number: amounts[number] for number in useful[: k + 1]} for k in range(len(useful))]
    steps: list[Step] = []
    loss, spent = without, 0.0
    for number, result in zip(useful, valuer.losses(moves, plans), strict=True):
        after = float(result.mean())
        if loss - after > NOTHING:
            spent = max(spent, purse.cost({number: amounts[number]}))
            steps.append(Step({number: amounts[number]}, spent, after))
            loss = after
    return steps


def _sum(plan: Plan, added: Plan) -> dict[int, float]:
    return {n: plan.get(n, 0.0) + added.get(n, 0.0) for n in sorted({*plan, *added})}
