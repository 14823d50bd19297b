"""Check that what facts point to exists, and that nothing needs or owns itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from chainshock.graph.checks.base import Finding, describe, describe_all, find_cycle, finding, text, winners
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph
from chainshock.graph.schema import read_schema

__all__ = [
    "check_endpoints",
    "check_named_nodes",
    "check_owner_cycles",
    "check_requires_cycles",
    "check_sources",
]

# properties that hold keys of nodes, and the label of those nodes
POINTERS = {
    ("Commodity", "elements"): "Element",
    ("Commodity", "price_code"): "Commodity",
    ("Commodity", "split_of"): "Commodity",
    ("EndUse", "output_includes"): "EndUse",
    ("Measure", "elements"): "Element",
    ("PRODUCES", "country"): "Country",
    ("SERVES", "country"): "Country",
    ("SUPPLIES", "commodity"): "Commodity",
}
LIVE_STAKES = ("active", "agreed")


def _nodes(knowledge: KnowledgeGraph) -> dict[str, set[str]]:
    return {label: {fact.source.key for fact in knowledge.all(label)} for label in read_schema().labels}


def check_endpoints(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find relationships to nodes that may not stand there, or do not exist: one finding a missing node."""
    nodes = _nodes(knowledge)
    found = []
    missing: dict[NodeRef, list[Fact]] = defaultdict(list)
    for name, relationship in read_schema().relationships.items():
        for fact in knowledge.all(name):
            for labels, ref in ((relationship.source, fact.source), (relationship.target, fact.target)):
                if ref is None or ref.label not in labels:
                    expected = f"a {' or '.join(labels)}"
                    found.append(finding("endpoints", "error", describe(fact), str(ref), expected, [fact]))
                elif ref.key not in nodes[ref.label]:
                    missing[ref].append(fact)
    return found + _missing_nodes("endpoints", missing)


def _missing_nodes(check: str, missing: Mapping[NodeRef, list[Fact]]) -> list[Finding]:
    return [
        finding(check, "error", describe_all(facts), f"no {ref}", f"a fact that describes {ref}", facts)
        for ref, facts in sorted(missing.items())
    ]


def check_named_nodes(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find properties that name a country, commodity, element or end use which does not exist."""
    nodes = _nodes(knowledge)
    missing: dict[NodeRef, list[Fact]] = defaultdict(list)
    for (name, column), label in POINTERS.items():
        for fact in knowledge.all(name):
            value = fact.properties.get(column)
            keys = value if isinstance(value, tuple) else () if value is None else (str(value),)
            for key in keys:
                if key not in nodes[label]:
                    missing[NodeRef(label, key)].append(fact)
    return _missing_nodes("named-nodes", missing)


def check_sources(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find facts that rest on no source, or on one without a Source fact: one finding a source."""
    known = {fact.source.key for fact in knowledge.all("Source")}
    schema = read_schema()
    missing = defaultdict(list)
    for name in (*schema.labels, *schema.relationships):
        for fact in knowledge.all(name):
            for source in fact.provenance.sources or ("",):
                if source not in known:
                    missing[source].append(fact)
    return [
        finding("sources", "error", describe_all(facts), f"source {source!r}", "the id of a Source", facts)
        for source, facts in sorted(missing.items())
    ]


def check_requires_cycles(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find a good that takes itself to make."""
    inputs: dict[NodeRef, list[NodeRef]] = defaultdict(list)
    for fact in winners(knowledge, "REQUIRES"):
        if fact.target is not None:
            inputs[fact.source].append(fact.target)
    return _cycle_finding("requires-cycles", inputs, "requires", "inputs that need no output of their own")


def check_owner_cycles(knowledge: KnowledgeGraph) -> list[Finding]:
    """Find a company that owns itself through others, by stakes in force or agreed."""
    owned: dict[NodeRef, list[NodeRef]] = defaultdict(list)
    for fact in winners(knowledge, "OWNS"):
        if fact.target is not None and text(fact, "status") in LIVE_STAKES:
            owned[fact.source].append(fact.target)
    return _cycle_finding("owner-cycles", owned, "owns", "owners that do not own themselves")


def _cycle_finding(
    check: str, edges: dict[NodeRef, list[NodeRef]], verb: str, expected: str
) -> list[Finding]:
    cycle = find_cycle(dict(edges))
    if cycle is None:
        return []
    way = f" {verb} ".join(ref.key for ref in cycle)
    return [finding(check, "error", str(cycle[0]), way, expected)]
