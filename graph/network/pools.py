"""Weigh where the buyers of a good in a country get it from, by the best evidence there is."""

from __future__ import annotations

from dataclasses import dataclass

from chainshock.graph.facts import Fact
from chainshock.graph.network.claims import Claims, number
from chainshock.graph.network.plants import Split
from chainshock.graph.network.production import Evidence

__all__ = ["Market", "Supply", "weigh_pool"]

NEGLIGIBLE_WEIGHT = 1e-6


@dataclass(frozen=True)
class Supply:
    """A part of what a pool draws: from a producer at home, another country's pool, or nobody known."""

    weight: float
    evidence: Evidence
    producer: str | None = None
    origin: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Market:
    """The world market of one good: who makes it where, and how much buyers need.

    `home` lists (producer id, output) by country, `need` the buyers' need by country, both in tonnes a year;
    `local_share` the assumed share from makers at home, by country, "" for any other, if made to order.
    """

    good: str
    split: Split
    trade_code: str
    price: float | None
    home: dict[str, list[tuple[str, float]]]
    need: dict[str, float]
    local_share: dict[str, float]

    def output(self, country: str) -> float:
        """Give what the country makes."""
        return sum(output for _, output in self.home.get(country, ()))


def weigh_pool(market: Market, claims: Claims, country: str) -> list[Supply]:
    """Give the supplies of a country's pool; their weights sum to 1.

    Bilateral trade beside home output comes first. Without it, goods made to order are taken to be made at
    home in an assumed share; of other goods home output serves home buyers, and what is missing comes from
    the countries that make more than their buyers need. What is then still missing is unknown.
    """
    rows = claims.trade.get((country, market.trade_code), []) if market.trade_code else []
    supplies = _from_trade(market, claims, country) if rows else None
    if supplies is None:
        supplies = _from_local_makers(market, country) if market.local_share else _from_world(market, country)
    known = [s for s in supplies if s.weight > NEGLIGIBLE_WEIGHT]
    rest = 1.0 - sum(s.weight for s in known)
    if rest > NEGLIGIBLE_WEIGHT:
        known.append(Supply(rest, Evidence.NONE))
    return known


def _from_trade(market: Market, claims: Claims, country: str) -> list[Supply] | None:
    """Weigh imports by value (else by tonnes) beside home output; None where nothing can be said.

    Import shares that do not sum to 1 leave a part of imports unknown.
    """
    rows = claims.trade[country, market.trade_code]
    quantities = {row.id: _quantity(market, claims, row) for row in rows}
    shares = {row.id: number(row, "import_share") for row in rows}
    home = market.output(country)
    known = [q for q in quantities.values() if q is not None]
    share_sum = sum(s for s in shares.values() if s is not None)
    if len(known) == len(rows) and sum(known) > 0:
        covered = share_sum if all(s is not None for s in shares.values()) and 0 < share_sum < 1 else 1.0
        imports = sum(known) / covered
        parts = {i: q or 0.0 for i, q in quantities.items()}
    elif share_sum > 0:
        imports = max(market.need.get(country, 0.0) - home, 0.0) or 1.0
        parts = {i: imports * (s or 0.0) / max(1.0, share_sum) for i, s in shares.items()}
    else:
        return None
    total = home + imports
    supplies = _home(market, country, 1 / total)
    for row in rows:
        supplies.append(Supply(parts[row.id] / total, Evidence.TRADE, origin=row.source.key, facts=(row.id,)))
    return supplies


def _quantity(market: Market, claims: Claims, row: Fact) -> float | None:
    """Give the tonnes of the good in a trade row, from its value where there is one."""
    value, tonnes = number(row, "value_usd"), number(row, "tonnes")
    part = market.split.part(claims, row.source.key)
    if value is not None and market.price:
        return value / market.price * part
    return None if tonnes is None else tonnes * part


def _home(market: Market, country: str, per_tonne: float) -> list[Supply]:
    return [
        Supply(output * per_tonne, Evidence.NATIONAL, producer=producer)
        for producer, output in market.home.get(country, ())
    ]


def _from_local_makers(market: Market, country: str) -> list[Supply]:
    """Take an assumed share from makers in the same country."""
    makers = market.home.get(country, [])
    total = sum(output for _, output in makers)
    share = market.local_share.get(country, market.local_share.get("", 0.0))
    if not total:
        return []
    return [
        Supply(share * output / total, Evidence.ASSUMED, producer=producer) for producer, output in makers
    ]


def _from_world(market: Market, country: str) -> list[Supply]:
    """Serve home buyers from home output, the rest from countries with more than they need."""
    need, home = market.need.get(country, 0.0), market.output(country)
    if home > 0 and (need <= 0 or home >= need):
        return _home(market, country, 1 / home)
    at_home = home / need if need > 0 else 0.0
    supplies = _home(market, country, 1 / need) if need > 0 else []
    surplus = {c: max(0.0, market.output(c) - market.need.get(c, 0.0)) for c in market.home if c != country}
    wanted = sum(max(0.0, n - market.output(c)) for c, n in market.need.items())
    scale = max(sum(surplus.values()), wanted)
    for origin, quantity in sorted(surplus.items()):
        if quantity > 0 and scale > 0:
            supplies.append(Supply((1 - at_home) * quantity / scale, Evidence.WORLD, origin=origin))
    return supplies
