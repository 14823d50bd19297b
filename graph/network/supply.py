"""Find who makes a good, and how much: named plants, companies' segments, the rest of a country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan, nan

from chainshock.graph.facts import Fact
from chainshock.graph.network.claims import Claims, is_withheld, number, text
from chainshock.graph.network.demand import segment_share
from chainshock.graph.network.plants import Producer, Split, entities, find_plants, is_running, sources_of

__all__ = ["find_producers", "world_output"]

ROUNDING = 1e-9  # of the world: shares that leave less than this leave nothing


def find_producers(claims: Claims, good: str, wanted: float, fed: Mapping[str, float]) -> list[Producer]:
    """Find all that make a good in the baseline year.

    `wanted` is what buyers in the network need of it, tonnes a year: shares of the world count on that where
    nothing tells the world's output. `fed` is what plants need that another feeds, by the feeding plant.

    A company's segment and the plants it operates in that country for that good are one: the plants carry the
    segment's value. Quantities that were derived from a segment's value give way to what the country is known
    to make. What a country makes beyond its named producers is a producer of its own, never negative.
    """
    producers: list[Producer] = []
    world = world_output(claims, good) or wanted
    for source in sources_of(claims, good):
        plants = find_plants(claims, good, source, fed)
        segments = _segments(claims, good, source, plants)
        national = _national(claims, source, world)
        _fit_to_national(national, world, plants, segments)
        producers += plants + segments
        producers += _residuals(good, national, producers)
    return producers


def world_output(claims: Claims, good: str) -> float | None:
    """Give the world's output of a good in tonnes, where one country's output and share of a year tell it."""
    best: tuple[float, float] | None = None
    for source in sources_of(claims, good):
        by_country = _by_country(claims, source.published)
        for country, facts in by_country.items():
            output, share = _first(facts, "output"), _first(facts, "share")
            if output and share:
                part = source.part(claims, country)
                best = max(best or (0.0, 0.0), (output, output * part / share))
    return None if best is None else best[1]


def _first(facts: list[Fact], name: str) -> float | None:
    return next((value for f in facts if (value := number(f, name)) is not None), None)


def _by_country(claims: Claims, good: str) -> dict[str, list[Fact]]:
    """Give each country's facts of its best year, outputs first; capacities where there is nothing else."""
    found: dict[str, list[Fact]] = {}
    for country, facts in _all_by_country(claims, good).items():
        made = [f for f in facts if text(f, "basis") != "capacity"]
        found[country] = claims.best_year(made) or claims.best_year(facts)
    return found


def _all_by_country(claims: Claims, good: str) -> dict[str, list[Fact]]:
    by_country: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Country", good):
        by_country[fact.source.key].append(fact)
    return dict(sorted(by_country.items()))


def _withheld(claims: Claims, facts: list[Fact], year: float) -> tuple[str, ...]:
    """Give the facts that withhold a figure of a later year, up to the baseline year, than the one used."""
    return tuple(
        f.id for f in facts if is_withheld(f) and year < (number(f, "year") or 0) <= claims.baseline_year
    )


@dataclass(frozen=True)
class _National:
    """What a country makes of a good, tonnes a year, the fact that says so, and what else it rests on."""

    output: float
    is_share: bool
    fact: Fact
    more: tuple[str, ...] = ()


def _national(claims: Claims, source: Split, world: float) -> dict[str, _National]:
    """Give each country's best figure: an output before a share of the world.

    A country of which capacities alone are known makes what plants of that capacity do. Where the latest
    figure is withheld, the one used is older, and the fact that withholds it stands beside.
    """
    chosen = {}
    every = _all_by_country(claims, source.published)
    for country, facts in _by_country(claims, source.published).items():
        if not facts:
            continue
        more = _withheld(claims, every[country], number(facts[0], "year") or 0)
        with_output = [f for f in facts if number(f, "output") is not None]
        if with_output:
            output = (number(with_output[0], "output") or 0.0) * source.part(claims, country)
            if text(with_output[0], "basis") == "capacity":
                output *= claims.parameters.value("utilisation.operating")
                more = (*more, "parameter:utilisation.operating")
            chosen[country] = _National(output, False, with_output[0], more)
        else:
            chosen[country] = _National((number(facts[0], "share") or 0.0) * world, True, facts[0], more)
    return chosen


def _segments(claims: Claims, good: str, source: Split, plants: list[Producer]) -> list[Producer]:
    """Give companies' producing segments in countries where no plant of theirs for the good is known.

    A segment whose plants there all start after the baseline year is not yet a producer: its plants are
    projects. A segment of unknown value takes part without quantity, so that what befalls it is told as a
    share of its output.
    """
    by_operator: dict[tuple[str, str], list[Producer]] = defaultdict(list)
    for plant in plants:
        for company in plant.entities.get("company", {}):
            by_operator[company, plant.country].append(plant)
    coming = _coming(claims, source.published)
    price, found = claims.price(good), []
    for fact in claims.produces("Company", source.published):
        company, country = fact.source.key, text(fact, "country")
        revenue, share = claims.revenue.get(company), segment_share(fact)
        if share == 0 or not country or fact.properties.get("is_projection") is True:
            continue
        facts = (fact.id,) if revenue is None else (fact.id, revenue.fact.id)
        value = (
            nan if revenue is None or share is None else revenue.usd * share * source.part(claims, country)
        )
        own = by_operator.get((company, country))
        if own:
            _share_value(own, value, facts)
        elif (company, country) not in coming:
            output = value / price if price and not isnan(value) else 0.0
            of_company = entities(country, good, company={company: 1.0})
            name = f"{company}|{good}|{country}"
            found.append(Producer(name, country, output, value, entities=of_company, facts=facts))
    return found


def _coming(claims: Claims, good: str) -> set[tuple[str, str]]:
    """Give (company, country) pairs whose plants for a good do not run in the baseline year."""
    plants = {f.source.key for f in claims.produces("Facility", good)}
    running, all_pairs = set(), set()
    for fact in claims.edges["OPERATES"]:
        facility = fact.target.key if fact.target else ""
        node, country = claims.nodes["Facility"].get(facility), claims.location.get(facility)
        if facility in plants and node is not None and country is not None:
            pair = (fact.source.key, country)
            all_pairs.add(pair)
            if is_running(claims, node):
                running.add(pair)
    return all_pairs - running


def _share_value(plants: list[Producer], value: float, facts: tuple[str, ...]) -> None:
    """Give a segment's value to its plants, in proportion to output; an unknown value leaves theirs."""
    if isnan(value):
        return
    total = sum(p.output or 0.0 for p in plants)
    for plant in plants:
        part = (plant.output or 0.0) / total if total else 1 / len(plants)
        plant.value = (plant.value or 0.0) + value * part
        plant.facts += facts


def _fit_to_national(
    national: dict[str, _National], world: float, plants: list[Producer], segments: list[Producer]
) -> None:
    """Scale quantities derived from values down to what the country makes beyond its plants.

    Where the countries' figures are shares, one that is not among them makes at most what those leave.
    """
    shares = [n for n in national.values() if n.is_share]
    left_over = max(0.0, world - sum(n.output for n in national.values())) if shares else None
    if left_over is not None and left_over < ROUNDING * world:
        left_over = 0.0
    for country in {s.country for s in segments}:
        derived = [s for s in segments if s.country == country]
        total = sum(s.output or 0.0 for s in derived)
        claim = national.get(country)
        limit = left_over if claim is None else claim.output
        if limit is None or not total:
            continue
        room = max(0.0, limit - sum(p.output or 0.0 for p in plants if p.country == country))
        for segment in derived:
            segment.output = (segment.output or 0.0) * min(1.0, room / total)
            segment.facts += () if claim is None else (claim.fact.id,)


def _residuals(good: str, national: dict[str, _National], named: list[Producer]) -> list[Producer]:
    """Give what each country makes beyond its named producers, never negative."""
    found = []
    for country, claim in national.items():
        output = claim.output - sum(p.output or 0.0 for p in named if p.country == country)
        if output > 0:
            name = f"rest|{good}|{country}"
            of_country = entities(country, good)
            found.append(
                Producer(name, country, output, entities=of_country, facts=(claim.fact.id, *claim.more))
            )
    return found
