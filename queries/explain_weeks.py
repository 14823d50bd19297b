"""Explain an exposure over weeks: split each part over restricted edges and weeks, and what softened it.

Every part is turned into weights of losses and of lost deliveries week by week, which the recorded march
splits backwards. Lost orders, derived orders and prices rest on means over weeks, as in the dynamic itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.explain import Explanation, Relief, Source, by_size, check_residual
from chainshock.queries.explain_credit import (
    Market,
    crosses_border,
    derived_credit,
    price_credit,
    share_gains,
    share_prices,
    shortage_credit,
)
from chainshock.queries.exposure import PARTS, exposures
from chainshock.queries.propagation.adjoint import Branch, order_branch
from chainshock.queries.propagation.derived import DerivedOrders
from chainshock.queries.propagation.sweeps import Frame, Indices, add_up
from chainshock.queries.propagation.weeks.adjoint import Credit, Replay, Split
from chainshock.queries.propagation.weeks.average import price_weeks, weekly_orders
from chainshock.queries.propagation.weeks.merged import Merged
from chainshock.queries.propagation.weeks.record import WeekRecord
from chainshock.queries.propagation.weeks.restrictions import measure_shares
from chainshock.queries.propagation.weeks.solve import WeekState
from chainshock.queries.propagation.weeks.tape import Marks

__all__ = ["Claim", "WeekSplitter", "explain_weeks"]

KINDS = ("stock", "catch-up", "thrift")  # of reliefs


@dataclass(frozen=True, eq=False)
class Claim:
    """A part to be split: weights of losses and lost deliveries, and what edges add on their own, (k, T)."""

    credit: Credit
    direct: Floats


def explain_weeks(
    network: ProductionNetwork,
    state: WeekState,
    nodes: Mapping[int, float],
    splitter: WeekSplitter | None = None,
) -> Explanation:
    """Split the exposure of some nodes over restricted edges and weeks.

    Parameters
    ----------
    state
        A recorded run: `solve_weeks` with `record`.
    nodes
        Weight of each node, as from `entity_weights`.
    splitter
        Splits the run; made anew where none is given.

    Raises
    ------
    ResidualError
        If the pieces of a part do not sum to it within 1e-9.
    """
    if state.record is None:
        raise ValueError("found a run without its record, expected solve_weeks(record=True)")
    weight = np.zeros(network.n)
    weight[list(nodes)] = list(nodes.values())
    parts = exposures(network, state).relative @ weight
    splitter = splitter or WeekSplitter(state.record)
    edge_of = Merged(network, splitter.network, state.terms.node_of).edge
    sources: list[Source] = []
    reliefs: list[Relief] = []
    summed = np.zeros(len(PARTS))
    for index, (part, split) in enumerate(splitter.parts(weight)):
        sources += _sources(splitter, part, split, edge_of)
        reliefs += _reliefs(splitter, part, split)
        summed[index] = sum(s.amount for s in sources if s.part == part)
        summed[index] += sum(r.amount for r in reliefs if r.part == part)
    check_residual(parts, summed, float(np.abs(weight).sum()))
    return Explanation(dict(zip(PARTS, parts.tolist(), strict=True)), sources, reliefs)


class WeekSplitter:
    """Splits the parts of exposures on the merged network of one recorded run."""

    def __init__(self, record: WeekRecord) -> None:
        self.record, self.frame = record, record.means.frame
        self.network, self.limits = record.run.network, record.march.rules.limits
        self.n, self.weeks = self.network.n, record.tape.weeks
        self.replay = Replay(record.march, record.tape, record.run.history.rho)
        self._loss = 1.0 - record.run.history.x.mean(axis=1)
        self._lost_orders = 1.0 - record.means.hu

    def parts(self, weight: Floats) -> Iterator[tuple[str, Split]]:
        """Split each part of the exposure of nodes of the given network with some weights, (n,)."""
        for part, claim in self.claims(weight):
            split = self.replay.split(claim.credit)
            edges = [a + b for a, b in zip(split.edges, self._by_measure(claim.direct), strict=True)]
            yield part, replace(split, edges=edges)

    def claims(self, weight: Floats) -> Iterator[tuple[str, Claim]]:
        """Turn each part of the exposure of nodes of the given network, (n,), into what it rests on."""
        terms, means = self.record.terms, self.record.means
        network = terms.network
        makers = np.where((network.kind == NodeKind.ACTIVITY) & ~network.is_project, weight, 0.0)
        works = add_up(terms.node_of, makers, self.n)
        sold, bought = price_credit(terms, makers, weight)
        yield "input", self._input(works)
        yield "orders_lost", self._orders(works)
        yield "gain", self._mean_gains(works)
        yield "derived_orders", self._mean_gains(derived_credit(self.frame, means.filled, works))
        yield "price_sold", self._prices(sold)
        yield "price_bought", self._prices(bought)

    def order_weights(self, works: Floats) -> Floats:
        """Give the weight of mean losses 1 - x and 1 - hu in the orders that nodes lose, (2n,)."""
        limited = np.where(self.loses_orders, works, 0.0)
        return self.order_branch.pull(np.concatenate([limited, -limited]))

    @property
    def loses_orders(self) -> Marks:
        """Nodes that lack orders more than input, (n,)."""
        result: Marks = self._lost_orders > self._loss
        return result

    def _by_measure(self, direct: Floats) -> Iterator[Floats]:
        """Split what edges add by week over measures, (r, T) for each limit."""
        cuts = [limit.severity[:, -self.weeks :] for limit in self.limits]
        for limit, share in zip(self.limits, measure_shares(self.limits, cuts, len(direct)), strict=True):
            yield direct[limit.edges] * share

    def _by_week(self, edges: Floats, weeks: slice = slice(None)) -> Floats:
        """Spread what edges add over weeks by what was stopped in each, (k, T)."""
        result = np.zeros((len(edges), self.weeks))
        stopped = 1.0 - self.record.march.rules.factor[:, weeks]
        total = stopped.sum(axis=1)
        each = np.divide(edges, total, out=np.zeros(len(edges)), where=total != 0.0)
        result[:, weeks] = each[:, None] * stopped
        return result

    def _nothing(self) -> Claim:
        return Claim(
            Credit(np.zeros((self.n, self.weeks)), np.zeros_like(self.record.run.history.short)),
            np.zeros((len(self.frame.source), self.weeks)),
        )

    def _input(self, works: Floats) -> Claim:
        claim = self._nothing()
        claim.credit.nodes[:] = -works[:, None] / self.weeks
        return claim

    def _orders(self, works: Floats) -> Claim:
        claim, branch = self._nothing(), self.order_branch
        weight = self.order_weights(works)
        claim.credit.nodes[:] = weight[: self.n, None] / self.weeks
        held = add_up(branch.source_edge, branch.source_value * weight[branch.source_row], len(claim.direct))
        claim.direct[:] = self._by_week(held)
        return claim

    def _gains(self, credit: Floats) -> Floats:
        """Give the weight of lost deliveries, (m, T), in a credit on each week's gains, (T, n).

        A week's gain serves what was lost the week before.
        """
        run = self.record.run
        weight = np.zeros_like(run.history.short)
        for week in range(1, self.weeks if np.any(credit) else 0):
            short, gained = run.history.short[:, week - 1], credit[week] * run.gains[week]
            weight[:, week - 1] = share_gains(self.frame, self.record.served[week], gained, short)
        return weight

    def _mean_gains(self, credit: Floats) -> Claim:
        """Claim a credit on mean gains, (n,)."""
        claim = self._nothing()
        claim.credit.groups[:] = self._gains(np.repeat(credit[None, :] / self.weeks, self.weeks, axis=0))
        return claim

    def _prices(self, credit: Floats) -> Claim:
        """Claim a credit on mean price changes, (G, C), week by week."""
        claim, history = self._nothing(), self.record.run.history
        if not np.any(credit):
            return claim
        left = (1.0 - history.rho) * self.network.need[:, None]
        exported = np.where(crosses_border(self.frame), self.frame.flow, 0.0)
        gained = np.zeros((self.weeks, self.n))
        for week in range(self.weeks):
            window = price_weeks(week)
            frame, derived = self._orders_by_week[week]
            market = Market(
                self.record.means.segment,
                self.record.means.tightness[:, :, week],
                (left * history.short)[:, window].mean(axis=1),
                derived.shortage,
                exported * np.maximum(1.0 - frame.factor, 0.0),
            )
            found = share_prices(frame, market, credit * (self._price[:, :, week] - 1.0) / self.weeks)
            length = window.stop - window.start
            claim.credit.groups[:, window] += left[:, window] * found.groups[:, None] / length
            claim.direct[:] += self._by_week(found.edges, window)
            gained[window] += shortage_credit(frame, derived.filled, found.shortage) / length
        claim.credit.groups[:] += self._gains(gained)
        return claim

    @cached_property
    def _price(self) -> Floats:
        """Price ratio by good, country and week, (G, C, T)."""
        return self.record.terms.prices()[0]

    @cached_property
    def _orders_by_week(self) -> list[tuple[Frame, DerivedOrders]]:
        """Edges and derived orders of the weeks that price each week."""
        return [weekly_orders(self.record.run, week, self.record.terms.options) for week in range(self.weeks)]

    @cached_property
    def order_branch(self) -> Branch:
        """The branch of lost orders, on means over the weeks."""
        return order_branch(self.frame, self._loss, self._lost_orders, self.record.means.still_short)


def _sources(splitter: WeekSplitter, part: str, split: Split, edge_of: Indices) -> Iterator[Source]:
    """Name what restricted edges contribute to a part, largest first."""
    network = splitter.network
    total = np.zeros((len(edge_of), splitter.weeks))
    measures: dict[int, dict[str, float]] = {}
    for limit, amount in zip(splitter.limits, split.edges, strict=True):
        total[limit.edges] += amount
        for row in np.flatnonzero(amount.any(axis=1)).tolist():
            found = measures.setdefault(int(limit.edges[row]), {})
            found[limit.measure] = found.get(limit.measure, 0.0) + float(amount[row].sum())
    for edge in by_size(total.sum(axis=1)):
        source, target = network.edge_source[edge], network.edge_node[edge]
        yield Source(
            part=part,
            edge=int(edge_of[edge]),
            good=network.goods[network.good[source]],
            origin=network.countries[network.country[source]],
            destination=network.countries[network.country[target]],
            amount=float(total[edge].sum()),
            measures=measures[edge],
            weeks=tuple(total[edge].tolist()),
        )


def _reliefs(splitter: WeekSplitter, part: str, split: Split) -> Iterator[Relief]:
    """Name what softens a part, by kind, good and country, largest first."""
    network = splitter.network
    country = network.country[network.group_node]
    code = network.group_good.astype(np.intp) * len(network.countries) + country
    size = len(network.goods) * len(network.countries)
    for kind, amounts in zip(KINDS, (split.stock, split.catch_up, split.thrift), strict=True):
        summed = add_up(code, amounts, size)
        for place in by_size(summed):
            good, where = divmod(place, len(network.countries))
            yield Relief(part, kind, network.goods[good], network.countries[where], float(summed[place]))
