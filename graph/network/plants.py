"""Find the plants that make a good, those that run in the baseline year and those that are to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

from chainshock.graph.facts import Fact
from chainshock.graph.network.claims import Claims, number, text

__all__ = [
    "Producer",
    "Split",
    "entities",
    "find_plants",
    "find_projects",
    "is_running",
    "sources_of",
    "split_of",
]

OPERATING = ("operating", "ramping", "intermittent")
COMING = ("ramping", "commissioning", "construction", "development", "planned")


@dataclass
class Producer:
    """Who makes a good in a country: `output` in tonnes a year, `value` in USD a year.

    A value of None is output at the good's price; NaN is unknown.
    """

    id: str
    country: str
    output: float = 0.0
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


def sources_of(claims: Claims, good: str) -> list[Split]:
    """Give the goods under which figures for this one are published: the common one, then its own."""
    split = split_of(claims, good)
    own = Split(good, "")
    return [own] if split.published == good else [split, own]


def entities(country: str, good: str, **more: dict[str, float]) -> dict[str, dict[str, float]]:
    """Give the entities that a producer belongs to."""
    return {"country": {country: 1.0}, "commodity": {good: 1.0}, **more}


def is_running(claims: Claims, facility: Fact) -> bool:
    """Tell whether a plant produces in the baseline year."""
    start = number(facility, "start_year")
    return text(facility, "status") in OPERATING and (start is None or start <= claims.baseline_year)


def find_plants(claims: Claims, good: str, source: Split, fed: Mapping[str, float]) -> list[Producer]:
    """Give the running plants with a figure; capacities are scaled by assumed utilisation.

    An output of up to a year after the baseline comes before a capacity. A running plant without a figure
    that feeds another makes what that one needs (`fed`, tonnes a year by plant).
    """
    found = []
    for facility, facts in _by_plant(claims, source.published).items():
        node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
        best = claims.best_year(_outputs(claims, facts)) or claims.best_year(facts)
        if node is None or country is None or not best or not is_running(claims, node):
            continue
        output = number(best[0], "output")
        if output is None:
            continue
        used: tuple[str, ...] = ()
        if text(best[0], "basis") == "capacity":
            name = "utilisation.ramping" if text(node, "status") == "ramping" else "utilisation.operating"
            output *= claims.parameters.value(name)
            used = (f"parameter:{name}",)
        found.append(
            Producer(
                id=f"{facility}|{good}",
                country=country,
                output=output * source.part(claims, country),
                entities=_of_plant(claims, facility, country, good),
                facts=(best[0].id, node.id, *used),
            )
        )
    return found + _feeding(claims, good, source, fed, {p.id for p in found})


def _outputs(claims: Claims, facts: list[Fact]) -> list[Fact]:
    """Keep outputs of up to a year after the baseline."""
    limit = claims.baseline_year + 1
    return [f for f in facts if text(f, "basis") == "output" and (number(f, "year") or 0) <= limit]


def _feeding(
    claims: Claims, good: str, source: Split, fed: Mapping[str, float], known: set[str]
) -> list[Producer]:
    """Give running plants without a figure that feed others, at what those need."""
    found = []
    for facility, need in sorted(fed.items()):
        node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
        if source.published != good or f"{facility}|{good}" in known or node is None or country is None:
            continue
        if is_running(claims, node) and need > 0:
            of_plant = _of_plant(claims, facility, country, good)
            found.append(Producer(f"{facility}|{good}", country, need, None, False, of_plant, (node.id,)))
    return found


def find_projects(claims: Claims, good: str, year: int) -> list[Producer]:
    """Find plants that do not yet produce a good, with nameplate times the expected share as output.

    Their value is discounted from the start, at most `project.horizon` years ahead; a start that is not
    stated is taken at that horizon. Of several figures the largest is the nameplate.
    """
    parameters, price = claims.parameters, claims.price(good)
    rate, horizon = parameters.value("project.discount"), parameters.value("project.horizon")
    found: dict[str, Producer] = {}
    for source in sources_of(claims, good):
        for facility, facts in _by_plant(claims, source.published).items():
            node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
            sized = [f for f in facts if number(f, "output")]
            if node is None or country is None or not sized or is_running(claims, node):
                continue
            if text(node, "status") not in COMING:
                continue
            largest = max(sized, key=lambda f: (number(f, "output") or 0.0, f.id))
            start = number(node, "start_year")
            wait = horizon if start is None else min(horizon, max(0.0, start - year))
            share = parameters.value("project.share") * source.part(claims, country)
            quantity = (number(largest, "output") or 0.0) * share
            found[facility] = Producer(
                id=f"project|{facility}|{good}",
                country=country,
                output=quantity,
                value=None if price is None else quantity * price / (1 + rate) ** wait,
                is_project=True,
                entities=_of_plant(claims, facility, country, good),
                facts=(largest.id, node.id, "parameter:project.share", "parameter:project.discount"),
            )
    return [*found.values(), *_companies(claims, good, [p.entities for p in found.values()])]


def _companies(claims: Claims, good: str, known: list[dict[str, dict[str, float]]]) -> list[Producer]:
    """Find companies that plan to make a good where no sized plant of theirs is known; of unknown value."""
    has_plant = {(company, c) for e in known for company in e.get("company", {}) for c in e["country"]}
    found: dict[str, Producer] = {}
    for source in sources_of(claims, good):
        for fact in claims.produces("Company", source.published):
            company, country = fact.source.key, text(fact, "country")
            if fact.properties.get("is_projection") is not True or (company, country) in has_plant:
                continue
            name = f"project|{company}|{good}|{country}"
            of_company = entities(country, good, company={company: 1.0})
            found[name] = Producer(name, country, 0.0, nan, True, of_company, (fact.id,))
    return list(found.values())


def _by_plant(claims: Claims, good: str) -> dict[str, list[Fact]]:
    by_plant: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Facility", good):
        by_plant[fact.source.key].append(fact)
    return dict(sorted(by_plant.items()))


def _of_plant(claims: Claims, facility: str, country: str, good: str) -> dict[str, dict[str, float]]:
    return entities(country, good, facility={facility: 1.0}, company=_operators(claims, facility))


def _operators(claims: Claims, facility: str) -> dict[str, float]:
    """Give the companies that run a plant, with their stakes; without one, equal parts of what is left."""
    facts = [f for f in claims.edges["OPERATES"] if f.target and f.target.key == facility]
    known = {f.source.key: number(f, "stake") for f in facts}
    blank = [company for company, stake in known.items() if stake is None]
    left = max(0.0, 1.0 - sum(stake for stake in known.values() if stake is not None))
    return {company: left / len(blank) if stake is None else stake for company, stake in known.items()}
