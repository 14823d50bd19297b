"""Set the time to survive without each restricted input against the time until it is back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, isfinite

import numpy as np

from chainshock.graph.network.production import Floats, NodeKind
from chainshock.queries.mitigation.moves import buying, need_of
from chainshock.queries.mitigation.surroundings import Surroundings
from chainshock.queries.mitigation.table import InputRow
from chainshock.queries.propagation.sweeps import add_up
from chainshock.queries.propagation.weeks.timing import IMPACT

__all__ = ["first_loss", "input_rows"]

SETTLED = 1e-9  # change of a share below which it stands


def input_rows(about: Surroundings, name: Callable[[int], str]) -> list[InputRow]:
    """Tell the times of each restricted input, and of all together."""
    valuer = about.valuer
    ends: dict[int, float] = {}
    scope: dict[int, dict[int, float]] = {}
    for queue in valuer.stopped:
        share = queue.severity.max(axis=1)
        last = np.full(len(queue.edges), inf) if queue.end is None else queue.end
        for edge, good, part, end in zip(
            queue.edges.tolist(),
            valuer.good_of(queue.edges).tolist(),
            share.tolist(),
            last.tolist(),
            strict=True,
        ):
            if part > 0.0:
                ends[good] = max(ends.get(good, -inf), end)
                edges = scope.setdefault(good, {})
                edges[edge] = max(edges.get(edge, 0.0), part)
    goods = sorted(scope)
    if not goods:
        return []
    lost = valuer.without([*([good] for good in goods), goods])
    rows = []
    for good, loss in zip(goods, lost[:-1], strict=True):
        drawn = _restricted(about, good, scope[good])
        rows.append(_row(about, name(good), good, drawn, ends[good], loss))
    rows.sort(key=lambda row: (row.survive is None, row.survive or 0, row.good))
    if len(goods) > 1:
        every = first_loss(lost[-1])
        rows.append(InputRow("", "all of them together", 0.0, 0.0, None, every, None, None, 0.0, None, None))
    return rows


def first_loss(loss: Floats) -> int | None:
    """Give the first week in which output is below 99 %."""
    below = np.flatnonzero(1.0 - loss < IMPACT)
    return int(below[0]) if below.size else None


def _restricted(about: Surroundings, good: int, scope: Mapping[int, float]) -> float:
    """Give how much of a good the chain draws through measures, pools followed to makers, a year.

    r_i = Σ w_e (s_e + (1 - s_e) r of the pool that it comes from), s the share of an edge in scope.
    """
    block = about.block
    part = np.zeros(len(block.edge_source))
    part[list(scope)] = list(scope.values())
    edges = np.flatnonzero(block.group_good[block.edge_group] == good)
    inside = block.edge_source[edges] < 0
    source = np.where(inside, ~block.edge_source[edges], 0)
    passes = inside & (block.kind[source] == NodeKind.POOL)
    share = np.zeros(len(block.group_node))
    for _ in range(len(block.ids)):
        node = np.zeros(len(block.ids))
        node[block.group_node] = np.where(block.group_good == good, share, 0.0)
        carried = part[edges] + (1.0 - part[edges]) * np.where(passes, node[source], 0.0)
        new = add_up(block.edge_group[edges], block.weight[edges] * carried, len(share))
        if np.abs(new - share).max(initial=0.0) <= SETTLED:
            break
        share = new
    groups = buying(block, good)
    return float(block.need[groups] @ share[groups])


def _row(about: Surroundings, name: str, good: int, drawn: float, end: float, loss: Floats) -> InputRow:
    rules = about.valuer.engine.rules
    groups = buying(about.block, good)
    need = need_of(about.block, groups)
    offered = sum(q for sellers in about.offers(good).values() for _, q in sellers) if groups.size else 0.0
    second = float(rules.ramp_start[good] + rules.ramp[good]) if offered > 0.0 else None
    covered = min(1.0, offered / drawn) if drawn > 0.0 else 0.0
    back = [end] if isfinite(end) else []
    back += [second] if second is not None and covered >= 1.0 else []
    recover, survive = min(back, default=None), first_loss(loss)
    return InputRow(
        good=about.rest.goods[good],
        name=name,
        need=need,
        restricted=min(1.0, drawn / need) if need > 0.0 else 0.0,
        cover=about.cover(good) if groups.size else None,
        survive=survive,
        measures_end=end if isfinite(end) else None,
        second_source=second,
        covered=covered,
        recover=recover,
        gap=None if recover is None or survive is None else recover - survive,
    )
