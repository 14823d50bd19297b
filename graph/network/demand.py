"""Make the activities that serve end uses: companies' segments, and the rest of a country's output.

An activity splits into lines. Lines of one family share out the output; families are independent, so the
lines of an activity are all combinations of one variant (or none) from each family.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import isnan

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.network.builder import NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text
from chainshock.graph.network.inputs import add_inputs
from chainshock.graph.network.production import NodeKind

__all__ = ["Line", "add_end_uses", "lines_of", "segment_share"]

NEGLIGIBLE_SHARE = 1e-9
Lines = Callable[
    [str, float], "list[Line]"
]  # of an end use, where a part of its products holds the main input


@dataclass(frozen=True)
class Line:
    """One kind of production line: its share of output and the inputs it needs."""

    name: str
    share: float
    inputs: tuple[Fact, ...]
    parameters: tuple[str, ...]


def lines_of(requires: Sequence[Fact], claims: Claims, main_scale: float) -> list[Line]:
    """Split an output into lines by its REQUIRES facts.

    `main_scale` is the part of the output whose products hold the input of the family `main` at all.
    """
    common: list[Fact] = []
    families: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in requires:
        family, _, variant = text(fact, "line").partition("/")
        if family:
            families[family][variant].append(fact)
        else:
            common.append(fact)
    choices = [
        list(_variants(family, by_variant, claims, main_scale)) for family, by_variant in families.items()
    ]
    lines = []
    for combination in product(*choices):
        share = 1.0
        for line in combination:
            share *= line.share
        if share > NEGLIGIBLE_SHARE:
            name = "+".join(line.name for line in combination if line.name)
            inputs = (*common, *(fact for line in combination for fact in line.inputs))
            used = tuple(p for line in combination for p in line.parameters)
            lines.append(Line(name, share, inputs, used))
    return lines


def _variants(
    family: str, by_variant: dict[str, list[Fact]], claims: Claims, main_scale: float
) -> Iterator[Line]:
    """Give the variants of a family with their shares, and the rest that needs nothing of it."""
    scale = main_scale if family == "main" else 1.0
    left = 1.0
    for variant, facts in by_variant.items():
        known = number(facts[0], "line_share")
        parameter = "" if known is not None else text(facts[0], "line_share_parameter")
        part = claims.parameters.value(parameter) if parameter else 1.0 if known is None else known
        share = min(left, scale * part)
        left -= share
        yield Line(f"{family}/{variant}", share, tuple(facts), (parameter,) if parameter else ())
    yield Line("", left, (), ())


def add_end_uses(builder: NetworkBuilder, claims: Claims, classes: Mapping[str, str]) -> None:
    """Add the activities of every end use, with their input groups.

    `classes` names the buyer class of companies that a measure singles out; others buy as their end use does.
    """
    served: dict[tuple[str, str], float] = defaultdict(float)

    @cache
    def lines(end_use: str, main_scale: float) -> list[Line]:
        return lines_of(claims.requires(NodeRef("EndUse", end_use)), claims, main_scale)

    for fact in claims.edges["SERVES"]:
        _add_segment(builder, claims, classes, served, fact, lines)
    for end_use in claims.nodes["EndUse"]:
        _add_residuals(builder, claims, served, end_use, lines)


def _add_segment(
    builder: NetworkBuilder,
    claims: Claims,
    classes: Mapping[str, str],
    served: dict[tuple[str, str], float],
    fact: Fact,
    lines: Lines,
) -> None:
    company, end_use = fact.source.key, fact.target.key if fact.target else ""
    country, share = text(fact, "country"), segment_share(fact)
    revenue = claims.revenue.get(company)
    if share == 0:
        return
    value = float("nan") if revenue is None or share is None else revenue.usd * share
    if not isnan(value):
        served[end_use, country] += value
    use = text(fact, "magnet_use", "unknown")
    scale = {"yes": 1.0, "no": 0.0}.get(use)
    used: tuple[str, ...] = ()
    if scale is None:
        parameter = f"magnet-use.{use}"
        scale, used = claims.parameters.value(parameter), (f"parameter:{parameter}",)
    facts = (fact.id, *(() if revenue is None else (revenue.fact.id,)), *used)
    entities = {"company": {company: 1.0}, "country": {country: 1.0}, "end-use": {end_use: 1.0}}
    buyer = classes.get(company) or text(claims.nodes["EndUse"][end_use], "buyer_class", "civil")
    node = Node(
        id=f"{company}|{end_use}|{country}",
        kind=NodeKind.ACTIVITY,
        good=end_use,
        country=country,
        buyer_class=builder.buyer_classes.index(buyer),
        value=value,
        entities=entities,
        facts=facts,
    )
    _add_lines(builder, claims, node, lines(end_use, scale))


def segment_share(fact: Fact) -> float | None:
    """Give a segment's share of revenue in one country; the middle of the range where only that is known."""
    share = number(fact, "revenue_share")
    if share is None:
        low, high = number(fact, "revenue_share_low"), number(fact, "revenue_share_high")
        if low is None or high is None:
            return None
        share = (low + high) / 2
    part = number(fact, "country_share")
    return share * (1.0 if part is None else part)


def _add_residuals(
    builder: NetworkBuilder,
    claims: Claims,
    served: dict[tuple[str, str], float],
    end_use: str,
    lines: Lines,
) -> None:
    """Add what a country makes for an end use beyond the companies in the graph, never negative."""
    fact = claims.nodes["EndUse"][end_use]
    unit_value, used = _unit_value(claims, end_use)
    if unit_value is None:
        return
    included = fact.properties.get("output_includes") or ()
    for country, claim in _national(claims, end_use).items():
        value = (number(claim, "output") or 0.0) * unit_value - served[end_use, country]
        for other in included if isinstance(included, tuple) else ():
            value -= served[other, country]
            rest = builder.nodes.get(f"rest|{other}|{country}|")
            value -= 0.0 if rest is None else rest.value
        if value <= 0:
            continue
        node = Node(
            id=f"rest|{end_use}|{country}",
            kind=NodeKind.ACTIVITY,
            good=end_use,
            country=country,
            buyer_class=builder.buyer_classes.index(text(fact, "buyer_class", "civil")),
            value=value,
            entities={"country": {country: 1.0}, "end-use": {end_use: 1.0}},
            facts=(claim.id, *used),
        )
        _add_lines(builder, claims, node, lines(end_use, 1.0))


def _unit_value(claims: Claims, end_use: str) -> tuple[float | None, tuple[str, ...]]:
    """Give the USD per unit of an end use, if anything tells it, and the parameter it rests on."""
    fact = claims.nodes["EndUse"][end_use]
    known, parameter = number(fact, "unit_value"), text(fact, "unit_value_parameter")
    if known is not None or not parameter:
        return known, ()
    return claims.parameters.value(parameter), (f"parameter:{parameter}",)


def _national(claims: Claims, good: str) -> dict[str, Fact]:
    """Give each country's best output figure for an end use."""
    by_country: dict[str, list[Fact]] = defaultdict(list)
    for fact in claims.produces("Country", good):
        if number(fact, "output") is not None:
            by_country[fact.source.key].append(fact)
    return {
        country: claims.best_year(facts)[0]
        for country, facts in by_country.items()
        if claims.best_year(facts)
    }


def _add_lines(builder: NetworkBuilder, claims: Claims, whole: Node, lines: list[Line]) -> None:
    """Add one node for each line of an activity."""
    unit_value = _unit_value(claims, whole.good)[0] or 1.0
    for line in lines:
        value = whole.value * line.share
        node = builder.node(
            Node(
                id=f"{whole.id}|{line.name}",
                kind=NodeKind.ACTIVITY,
                good=whole.good,
                country=whole.country,
                buyer_class=whole.buyer_class,
                output=0.0 if isnan(value) else value / unit_value,
                value=value,
                spare=claims.parameters.value("spare.end-use"),
                entities=whole.entities,
                facts=(*whole.facts, *(f"parameter:{name}" for name in line.parameters)),
            )
        )
        add_inputs(builder, claims, node, line.inputs)
