"""Run a recorded march backwards: say what every restricted delivery of every week did to the losses.

On the recorded branch, with the share rho that new suppliers serve frozen, the march is affine in what
measures stop. With losses l = 1 - x, stock missing d = S* - S, deliveries missing D = 1 - A, and
e = d + D - served, a week of a group reads

    l  = kappa / need (e - saved - S*)        where the group binds, 0 elsewhere; need = 1 - saved
    d' = e - saved - need l                   where stock carries over, S* where none is left
    D  = sum_e w_e ((1 - a_e) + a_e l_source) over edges that limit, - d / tau or -(r_max - 1) for the rest

and the reverse pass applies the transpose of each line, from the last week to the first. What remains
beside the restrictions 1 - a_e are constants: stock S*, deliveries above baseline r_max - 1, need saved.
docs/explanation/explain.md derives this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from chainshock.graph.network.production import Floats
from chainshock.queries.propagation.sweeps import Indices
from chainshock.queries.propagation.weeks.blocks import Block
from chainshock.queries.propagation.weeks.march import March
from chainshock.queries.propagation.weeks.restrictions import Restrictions
from chainshock.queries.propagation.weeks.tape import (
    BINDS,
    CARRIED,
    LOST,
    ORDER,
    ORDER_AT_CAP,
    ORDER_BELOW,
    ORDER_NONE,
    ORDER_REFILL,
    SATED,
    SERVED,
    SERVED_IN_PART,
    Codes,
    Tape,
)

__all__ = ["Credit", "Replay", "Split"]


@dataclass(frozen=True, eq=False)
class Credit:
    """What is to be split: weights of losses and of lost deliveries, means over slices, by week.

    Attributes
    ----------
    nodes
        Weight of the loss 1 - x, (n, T).
    groups
        Weight of the lost deliveries 1 - min(1, A) before new suppliers serve, (m, T).
    """

    nodes: Floats
    groups: Floats


@dataclass(frozen=True, eq=False)
class Split:
    """What a credit splits into; all entries sum to it.

    Attributes
    ----------
    edges
        What the restriction of each edge in each week contributes, by measure: one (r, T) for each of the
        march's limits.
    stock, catch_up, thrift
        What stock, deliveries above baseline and need saved contribute, by group, (m,).
    """

    edges: list[Floats]
    stock: Floats
    catch_up: Floats
    thrift: Floats


@dataclass(eq=False)
class Reliefs:
    """Constants of the affine branch by group, (m,), added up while a pass runs."""

    size: int
    stock: Floats = field(init=False)
    catch_up: Floats = field(init=False)
    thrift: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.stock, self.catch_up, self.thrift = (np.zeros(self.size) for _ in range(3))


class Replay:
    """A recorded march, to be run backwards (`split`) or forwards along its branches (`forward`).

    Parameters
    ----------
    run
        The march, with its tape.
    rho
        Share of lost deliveries that new suppliers served, (m, T).
    """

    def __init__(self, run: March, tape: Tape, rho: Floats) -> None:
        self.run, self.tape, self.rho = run, tape, rho
        self.network, self.slices = run.network, run.slices.count
        self.blocks = [Block(run, *level) for level in run.levels]
        self.stops = Restrictions(run)
        self.cover = self.network.stock_of(run.slices.stock)

    def split(self, credit: Credit) -> Split:
        """Split a credit over restricted edges and weeks, and the constants.

        sum(credit.nodes * mean loss) + sum(credit.groups * mean lost deliveries) = sum of all entries.
        """
        n, m = self.network.n, len(self.cover)
        weeks, size = self.tape.weeks, self.slices
        limits = self.run.rules.limits
        amounts = [np.zeros((len(limit.edges), weeks)) for limit in limits]
        reliefs = Reliefs(m)
        if not (np.any(credit.nodes) or np.any(credit.groups)):
            return Split(amounts, reliefs.stock, reliefs.catch_up, reliefs.thrift)
        stock = np.zeros((m, size))  # weight of d at the end of the week
        ahead = [np.zeros((n, size)) for _ in range(self.run.depth + 1)]  # ahead[j]: of losses j weeks back
        for week in range(weeks - 1, -1, -1):
            supplied = np.zeros_like(self.run.weight)
            ahead[0] += credit.nodes[:, week, None] / size
            for block in reversed(self.blocks):
                if not block.groups.size:
                    continue
                weight, stock[block.groups] = self.pull(
                    block, week, ahead[0][block.nodes], stock[block.groups], credit.groups, reliefs
                )
                supplied[block.edges] = weight
                block.send(weight * self.stops.factor(block.edges, week), week, self.tape, ahead)
            for amount, stopped, limit in zip(amounts, self.stops.by_limit(week), limits, strict=True):
                amount[:, week] = (supplied[limit.edges] * stopped).sum(axis=1)
            ahead = [*ahead[1:], np.zeros((n, size))]
        return Split(amounts, reliefs.stock, reliefs.catch_up, reliefs.thrift)

    def pull(
        self,
        block: Block,
        week: int,
        loss: Floats,
        stock: Floats,
        lost: Floats | None = None,
        reliefs: Reliefs | None = None,
    ) -> tuple[Floats, Floats]:
        """Transpose one week of a block.

        Parameters
        ----------
        loss
            Weight of the losses of the block's nodes, (nodes, S).
        stock
            Weight of d of its groups at the end of the week, (groups, S).
        lost
            Weight of mean lost deliveries of all groups, (m, T); none by default.
        reliefs
            Where constants are added up, if they are wanted.

        Returns
        -------
        tuple
            Weight of w_e ((1 - a_e) + a_e l_source) of its edges, w_e included, (edges, S); weight of d at
            the start of the week, (groups, S).
        """
        groups, rules = block.groups, self.run.rules
        codes = self.tape.groups(week, groups)
        kind = codes & ORDER
        saved = rules.thrift[groups, week, None]
        need = 1.0 - saved
        kept = np.where(codes & CARRIED, stock, 0.0)
        loss = loss - block.by_node.spread(need * kept)
        loss[block.mixed] = loss[block.mixed].mean(axis=1, keepdims=True)
        pressed = np.where(codes & BINDS, self.network.kappa[groups, None] / need * loss[block.at], 0.0)
        empty = kept + pressed
        missing = empty.copy()  # weight of D
        gone = -self._served(codes, week, groups, empty)
        if lost is not None:
            gone += lost[groups, week, None] / self.slices
        gone = np.where(codes & LOST, gone, 0.0)
        missing += gone
        held = np.where(codes & SATED, missing, 0.0)
        limited = self.tape.limited(week, block.edges)
        weight = self.run.weight[block.edges] * np.where(codes & SATED, 0.0, missing)[block.of]
        asked = held + block.by_group.spread(np.where(limited, 0.0, weight))
        bends = (kind == ORDER_REFILL) | ((kind == ORDER_BELOW) & ((codes & SATED) != 0))
        slope = np.where(bends, -asked, 0.0) + np.where(kind == ORDER_BELOW, gone, 0.0)
        if reliefs is not None:
            above = np.where(kind == ORDER_AT_CAP, asked, 0.0)
            rests = np.where(kind == ORDER_NONE, held, 0.0)
            cover = self.cover[groups]
            reliefs.stock[groups] += (cover * (stock - kept - pressed) + rests).sum(axis=1)
            reliefs.catch_up[groups] -= (rules.r_max - 1.0) * above.sum(axis=1)
            reliefs.thrift[groups] -= (saved * empty).sum(axis=1)
        return np.where(limited, weight, 0.0), empty + slope / rules.tau

    def forward(
        self, *, sources: bool = True, constants: bool = True, keep: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Run the recorded branches forward; give losses, (n, T, S), and mean lost deliveries, (m, T).

        With both switches on this is the march again. Without constants it is what the restrictions alone
        would do.

        Parameters
        ----------
        sources, constants
            Whether restrictions count; whether stock, deliveries above baseline and need saved do.
        keep
            Share of each edge's restriction that counts, by week, (k, T); all of it by default.
        """
        n, weeks, size = self.network.n, self.tape.weeks, self.slices
        result, lost = np.zeros((n, weeks, size)), np.zeros((len(self.cover), weeks))
        stock = np.zeros((len(self.cover), size))
        for week in range(weeks):
            for block in self.blocks:
                if not block.groups.size:
                    continue
                factor = self.stops.factor(block.edges, week)
                stopped = (1.0 - factor) * (sources if keep is None else keep[block.edges, week, None])
                reach = stopped + factor * block.receive(result, week, self.tape)
                result[block.nodes, week], stock[block.groups], gone = self.push(
                    block, week, reach, stock[block.groups], constants=constants
                )
                lost[block.groups, week] = gone.mean(axis=1)
        return result, lost

    def push(
        self, block: Block, week: int, reach: Floats, stock: Floats, *, constants: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Run one week of a block forward.

        Parameters
        ----------
        reach
            (1 - a_e) + a_e l_source of its edges, (edges, S).
        stock
            d of its groups at the start of the week, (groups, S).

        Returns
        -------
        tuple
            Losses of its nodes, (nodes, S); d at the end of the week, and lost deliveries, (groups, S).
        """
        groups, rules = block.groups, self.run.rules
        one = 1.0 if constants else 0.0
        codes = self.tape.groups(week, groups)
        kind = codes & ORDER
        saved = rules.thrift[groups, week, None]
        need, saved = 1.0 - saved, one * saved
        drawn = stock / rules.tau
        at_cap = -one * (rules.r_max - 1.0)
        limited = self.tape.limited(week, block.edges)
        over = np.select([kind == ORDER_REFILL, kind == ORDER_AT_CAP], [-drawn, at_cap])
        flow = self.run.weight[block.edges] * np.where(limited, reach, over[block.of])
        held = np.select([kind == ORDER_AT_CAP, kind == ORDER_NONE], [at_cap, one], -drawn)
        missing = np.where(codes & SATED, held, block.by_group.spread(flow))
        lost = np.where(codes & LOST, missing + np.where(kind == ORDER_BELOW, drawn, 0.0), 0.0)
        empty = stock + missing - self._serve(codes, week, groups, lost)
        cover = one * self.cover[groups]
        pressed = self.network.kappa[groups, None] / need * (empty - saved - cover)
        loss = block.by_node.spread(np.where(codes & BINDS, pressed, 0.0))
        loss[block.mixed] = loss[block.mixed].mean(axis=1, keepdims=True)
        return loss, np.where(codes & CARRIED, empty - saved - need * loss[block.at], cover), lost

    def _served(self, codes: Codes, week: int, groups: Indices, weight: Floats) -> Floats:
        """Give the weight of what was lost in what new suppliers served, firm by firm; see `March`."""
        result = np.where(codes & SERVED, weight, 0.0)
        row, last = np.nonzero(codes & SERVED_IN_PART)
        if row.size:
            partly = weight[row, last][:, None]
            place = self._place
            result[row] += partly * (self.rho[groups[row], week, None] - (place < place[last][:, None]))
        return result

    def _serve(self, codes: Codes, week: int, groups: Indices, lost: Floats) -> Floats:
        """Give what new suppliers serve of what is lost; the transpose of `_served`."""
        result = np.where(codes & SERVED, lost, 0.0)
        row, last = np.nonzero(codes & SERVED_IN_PART)
        if row.size:
            place = self._place
            before = np.where(place < place[last][:, None], lost[row], 0.0).sum(axis=1)
            result[row, last] += self.rho[groups[row], week] * lost[row].sum(axis=1) - before
        return result

    @cached_property
    def _place(self) -> Indices:
        """Place of each slice in the queue of new suppliers, (S,)."""
        queue = np.argsort(self.run.slices.turn, kind="stable")
        place = np.empty_like(queue)
        place[queue] = np.arange(len(queue))
        return place
