"""Check units, ranges and the parameters that facts name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from chainshock.graph.checks.base import Finding, describe, finding, number, text, winners
from chainshock.graph.facts import Fact
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.parameters import Parameters, read_parameters
from chainshock.graph.schema import Property, read_schema

__all__ = ["check_named_parameters", "check_parameters", "check_ranges", "check_units", "check_withheld"]

MASSES = ("t", "kg", "g", "mtu")
PRICE_UNIT = re.compile(rf"[A-Z]{{3}}/(?:{'|'.join(MASSES)}|unit)")
PERIODS = ("y", "year", "yr", "month", "week")


def check_units(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find units that nothing converts: of outputs, recipes and prices."""
    units = {
        fact.source: text(fact, "unit")
        for label in ("Commodity", "EndUse")
        for fact in winners(knowledge, label)
    }
    found = []
    for fact in knowledge.all("PRODUCES"):
        unit, own = text(fact, "unit"), units.get(fact.target) if fact.target else None
        if unit and own and unit != own and not (unit in MASSES and own in MASSES):
            found.append(_bad_unit(fact, unit, f"the unit of {fact.target}, {own}"))
    for fact in knowledge.all("REQUIRES"):
        source, target = units.get(fact.source), units.get(fact.target) if fact.target else None
        amount, _, per = text(fact, "unit").partition("/")
        fits = target is None or amount == target or (amount in MASSES and target in MASSES)
        if not fits or (source is not None and per != source):
            found.append(
                _bad_unit(fact, text(fact, "unit"), f"{target or 'input unit'}/{source or 'output unit'}")
            )
    for fact in knowledge.all("PRICED_IN"):
        if PRICE_UNIT.fullmatch(text(fact, "unit")) is None:
            found.append(_bad_unit(fact, text(fact, "unit"), "a currency per mass, as in USD/kg"))
    return found


def _bad_unit(fact: Fact, unit: str, expected: str) -> Finding:
    return finding("units", "error", describe(fact), f"unit {unit!r}", expected, [fact])


def check_ranges(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find ranges whose low end lies above the central figure or the high end."""
    found = []
    schema = read_schema()
    for name in (*schema.labels, *schema.relationships):
        triples = list(_triples(schema.properties(name)))
        for fact in knowledge.all(name) if triples else ():
            for columns in triples:
                known = [(c, v) for c in columns if c and (v := number(fact, c)) is not None]
                for (low, a), (high, b) in pairwise(known):
                    if a > b:
                        found.append(
                            finding(
                                "ranges",
                                "error",
                                describe(fact),
                                f"{low} {a:g} above {high} {b:g}",
                                f"{low} <= {high}",
                                [fact],
                            )
                        )
    return found


def _triples(properties: dict[str, Property]) -> Iterator[tuple[str, str, str]]:
    """Give (low end, central figure, high end) of the ranges among properties, by their names."""
    for name in properties:
        if name == "low":
            yield "low", next(iter(properties)), "high"
        elif name.endswith("_low"):
            stem = name.removesuffix("_low")
            yield name, stem if stem in properties else "", f"{stem}_high"


def check_withheld(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find figures of output that are withheld: the network goes by an older one, or by none."""
    return [
        finding("withheld", "warning", describe(fact), "a figure withheld", "how much is made", [fact])
        for fact in winners(knowledge, "PRODUCES")
        if text(fact, "qualifier") == "withheld"
    ]


def check_parameters(knowledge: KnowledgeGraph, parameters: Parameters | None = None) -> list[Finding]:
    """Find parameters whose default lies outside their range, or that rest on nothing stated."""
    found = []
    for name, entry in (read_parameters() if parameters is None else parameters).items():
        if not entry.low <= entry.default <= entry.high:
            values = f"low {entry.low:g}, default {entry.default:g}, high {entry.high:g}"
            found.append(
                finding("parameters", "error", f"parameter {name}", values, "low <= default <= high")
            )
        if not entry.basis.strip() or not entry.source.strip():
            found.append(
                finding("parameters", "error", f"parameter {name}", "nothing", "a basis and a source")
            )
    return found


def check_named_parameters(knowledge: KnowledgeGraph, parameters: Parameters | None = None) -> list[Finding]:
    """Find facts that name a parameter which does not exist."""
    known = read_parameters() if parameters is None else parameters
    schema = read_schema()
    return [
        finding(
            "named-parameters",
            "error",
            describe(fact),
            f"{column} {text(fact, column)!r}",
            "the name of a parameter",
            [fact],
        )
        for name in (*schema.labels, *schema.relationships)
        for column in schema.properties(name)
        if column.endswith("_parameter")
        for fact in knowledge.all(name)
        if text(fact, column) and known.find(text(fact, column)) is None
    ]
