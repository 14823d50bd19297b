"""Find who makes a good, and how much: named plants, companies' segments, the rest of a country."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from chainshock.graph.facts import Fact
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.demand import segment_share

__all__ = ["Producer", "Split", "find_producers", "find_projects", "split_of"]

OPERATING = ("operating", "ramping", "intermittent")
COMING = ("ramping", "commissioning", "construction", "development", "planned")


@dataclass
class Producer:
    """Who makes a good in a country; `output` (tonnes a year) is None where only a world share is known."""

    id: str
    country: str
    output: float | None = None
    share: float | None = None
    value: float | None = None
    is_project: bool = False
    entities: dict[str, dict[str, float]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Under which good figures are published, and which part of them is this good, country by country."""

    published: str
    parameter: str

    def part(self, claims: Claims, country: str) -> float:
        """Give this good's part of what a country publishes."""
        return claims.parameters.value(f"{self.parameter}.{country}") if self.parameter else 1.0


def split_of(claims: Claims, good: str) -> Split:
    """Tell how figures for a good come about."""
    fact = claims.nodes["Commodity"].get(good)
    parent = text(fact, "split_of") if fact else ""
    return Split(parent, text(fact, "split_parameter")) if parent and fact else Split(good, "")


def find_producers(claims: Claims, good: str) -> list[Producer]:
    """Find all that make a good in the baseline year.

    A company's segment and the plants it operates in that country for that good are one: the plants carry the
    segment's value. What a country makes beyond its named producers is a producer of its own, never negative.
    """
    split = split_of(claims, good)
    producers: list[Producer] = []
    for source in dict.fromkeys((split.published, good)):
        scale = split if source == split.published and source != good else Split(good, "")
        producers += _named(claims, good, source, scale)
        producers += _residuals(claims, good, source, scale, producers)
    return producers


def _named(claims: Claims, good: str, source: str, scale: Split) -> list[Producer]:
    """Give plants, then segments of companies without a plant there."""
    plants = _plants(claims, good, source, scale)
    by_operator: dict[tuple[str, str], list[Producer]] = defaultdict(list)
    for plant in plants:
        for company in plant.entities.get("company", {}):
            by_operator[company, plant.country].append(plant)
    price = claims.price(good)
    alone: list[Producer] = []
    for fact in claims.produces("Company", source):
        company, country = fact.source.key, text(fact, "country")
        revenue, share = claims.revenue.get(company), segment_share(fact)
        if revenue is None or not share or not country:
            continue
        value = revenue.usd * share * scale.part(claims, country)
        facts = (fact.id, revenue.fact.id)
        own = by_operator.get((company, country))
        if own:
            _share_value(own, value, facts)
        elif price:
            alone.append(
                Producer(
                    id=f"{company}|{good}|{country}",
                    country=country,
                    output=value / price,
                    value=value,
                    entities=_entities(country, good, company={company: 1.0}),
                    facts=facts,
                )
            )
    return plants + alone


def _share_value(plants: list[Producer], value: float, facts: tuple[str, ...]) -> None:
    total = sum(p.output or 0.0 for p in plants)
    for plant in plants:
        part = (plant.output or 0.0) / total if total else 1 / len(plants)
        plant.value = value * part
        plant.facts += facts


def _entities(country: str, good: str, **more: dict[str, float]) -> dict[str, dict[str, float]]:
    return {"country": {country: 1.0}, "commodity": {good: 1.0}, **more}


def _operators(claims: Claims, facility: str) -> dict[str, float]:
    """Give the companies that run a plant, with their stakes; without one, equal parts of what is left."""
    facts = [f for f in claims.edges["OPERATES"] if f.target and f.target.key == facility]
    known = {f.source.key: number(f, "stake") for f in facts}
    blank = [company for company, stake in known.items() if stake is None]
    left = max(0.0, 1.0 - sum(stake for stake in known.values() if stake is not None))
    return {company: left / len(blank) if stake is None else stake for company, stake in known.items()}


def _plants(claims: Claims, good: str, source: str, scale: Split) -> list[Producer]:
    """Give the operating plants with a figure, capacities scaled by assumed utilisation."""
    by_plant: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Facility", source):
        by_plant[fact.source.key].append(fact)
    found = []
    for facility, facts in sorted(by_plant.items()):
        node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
        best = claims.best_year(facts)
        if node is None or country is None or not best or not _is_running(claims, node):
            continue
        output = number(best[0], "output")
        used: tuple[str, ...] = ()
        if output is None:
            continue
        if text(best[0], "basis") == "capacity":
            name = "utilisation.ramping" if text(node, "status") == "ramping" else "utilisation.operating"
            output *= claims.parameters.value(name)
            used = (f"parameter:{name}",)
        found.append(
            Producer(
                id=f"{facility}|{good}",
                country=country,
                output=output * scale.part(claims, country),
                entities=_entities(
                    country, good, facility={facility: 1.0}, company=_operators(claims, facility)
                ),
                facts=(best[0].id, node.id, *used),
            )
        )
    return found


def _is_running(claims: Claims, facility: Fact) -> bool:
    start = number(facility, "start_year")
    return text(facility, "status") in OPERATING and (start is None or start <= claims.baseline_year)


def _residuals(claims: Claims, good: str, source: str, scale: Split, named: list[Producer]) -> list[Producer]:
    """Give what each country makes beyond its named producers; a share of the world where that is all."""
    by_country: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Country", source):
        by_country[fact.source.key].append(fact)
    found = []
    for country, facts in sorted(by_country.items()):
        best = claims.best_year(facts)
        if not best:
            continue
        outputs = [f for f in best if number(f, "output") is not None]
        claim = outputs[0] if outputs else best[0]
        output, share = number(claim, "output"), number(claim, "share")
        part = scale.part(claims, country)
        if output is not None:
            output = max(0.0, output * part - sum(p.output or 0.0 for p in named if p.country == country))
            share = None
        if (output or share or 0.0) <= 0:
            continue
        found.append(
            Producer(
                id=f"rest|{good}|{country}",
                country=country,
                output=output,
                share=share,
                entities=_entities(country, good),
                facts=(claim.id,),
            )
        )
    return found


def find_projects(claims: Claims, good: str, year: int) -> list[Producer]:
    """Find plants that do not yet produce a good, with nameplate times the expected share as output.

    Their value is discounted from the start, at most `project.horizon` years ahead; a start that is not
    stated is taken at that horizon.
    """
    split = split_of(claims, good)
    rate, built = claims.parameters.value("project.discount"), claims.parameters.value("project.share")
    horizon = claims.parameters.value("project.horizon")
    price, found = claims.price(good), []
    for source in dict.fromkeys((split.published, good)):
        scale = split if source == split.published and source != good else Split(good, "")
        running = {p.id for p in _plants(claims, good, source, scale)}
        for fact in claims.produces("Facility", source):
            facility = fact.source.key
            node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
            output = number(fact, "output")
            if node is None or country is None or not output or f"{facility}|{good}" in running:
                continue
            if text(node, "status") not in COMING:
                continue
            start = number(node, "start_year")
            wait = horizon if start is None else min(horizon, max(0.0, start - year))
            quantity = output * scale.part(claims, country) * built
            found.append(
                Producer(
                    id=f"project|{facility}|{good}",
                    country=country,
                    output=quantity,
                    value=None if price is None else quantity * price / (1 + rate) ** wait,
                    is_project=True,
                    entities=_entities(
                        country, good, facility={facility: 1.0}, company=_operators(claims, facility)
                    ),
                    facts=(fact.id, node.id, "parameter:project.share", "parameter:project.discount"),
                )
            )
            running.add(f"{facility}|{good}")
    return found
