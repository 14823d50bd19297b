"""Find who makes a good, and how much: named plants, companies' segments, the rest of a country."""

from __future__ import annotations

from collections import defaultdict

from chainshock.graph.facts import Fact
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.demand import segment_share
from chainshock.graph.network.plants import Producer, Split, entities, find_plants, is_running, sources_of

__all__ = ["find_producers", "world_output"]


def find_producers(claims: Claims, good: str) -> list[Producer]:
    """Find all that make a good in the baseline year.

    A company's segment and the plants it operates in that country for that good are one: the plants carry the
    segment's value. Quantities that were derived from a segment's value give way to what the country is known
    to make. What a country makes beyond its named producers is a producer of its own, never negative.
    """
    producers: list[Producer] = []
    for source in sources_of(claims, good):
        plants = find_plants(claims, good, source)
        segments = _segments(claims, good, source, plants)
        national = _national(claims, source)
        _fit_to_national(national, source, claims, plants, segments)
        producers += plants + segments
        producers += _residuals(claims, good, source, national, producers)
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
    """Give each country's facts of its best year, outputs first."""
    by_country: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Country", good):
        by_country[fact.source.key].append(fact)
    return {country: claims.best_year(facts) for country, facts in sorted(by_country.items())}


def _national(claims: Claims, source: Split) -> dict[str, Fact]:
    """Give each country's best figure: an output before a share."""
    chosen = {}
    for country, facts in _by_country(claims, source.published).items():
        if facts:
            chosen[country] = next((f for f in facts if number(f, "output") is not None), facts[0])
    return chosen


def _segments(claims: Claims, good: str, source: Split, plants: list[Producer]) -> list[Producer]:
    """Give companies' producing segments in countries where no plant of theirs for the good is known.

    A segment whose plants there all start after the baseline year is not yet a producer: its plants are
    projects.
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
        if revenue is None or not share or not country:
            continue
        value, facts = revenue.usd * share * source.part(claims, country), (fact.id, revenue.fact.id)
        own = by_operator.get((company, country))
        if own:
            _share_value(own, value, facts)
        elif price and (company, country) not in coming:
            of_company = entities(country, good, company={company: 1.0})
            name = f"{company}|{good}|{country}"
            found.append(Producer(name, country, value / price, None, value, False, of_company, facts))
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
    """Give a segment's value to its plants, in proportion to output."""
    total = sum(p.output or 0.0 for p in plants)
    for plant in plants:
        part = (plant.output or 0.0) / total if total else 1 / len(plants)
        plant.value = (plant.value or 0.0) + value * part
        plant.facts += facts


def _fit_to_national(
    national: dict[str, Fact], source: Split, claims: Claims, plants: list[Producer], segments: list[Producer]
) -> None:
    """Scale quantities derived from values down to what the country makes beyond its plants."""
    for country, claim in national.items():
        output = number(claim, "output")
        derived = [s for s in segments if s.country == country]
        total = sum(s.output or 0.0 for s in derived)
        if output is None or not total:
            continue
        left = output * source.part(claims, country) - sum(
            p.output or 0 for p in plants if p.country == country
        )
        scale = min(1.0, max(0.0, left) / total)
        for segment in derived:
            segment.output = (segment.output or 0.0) * scale
            segment.facts += (claim.id,)


def _residuals(
    claims: Claims, good: str, source: Split, national: dict[str, Fact], named: list[Producer]
) -> list[Producer]:
    """Give what each country makes beyond its named producers; a share of the world where that is all."""
    found = []
    for country, claim in national.items():
        output, share = number(claim, "output"), number(claim, "share")
        known = sum(p.output or 0.0 for p in named if p.country == country)
        if output is not None:
            output, share = max(0.0, output * source.part(claims, country) - known), None
        if (output or share or 0.0) > 0:
            name = f"rest|{good}|{country}"
            found.append(
                Producer(name, country, output, share, entities=entities(country, good), facts=(claim.id,))
            )
    return found
