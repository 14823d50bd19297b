"""Say what a measure reaches: which goods, which destinations, which buyers, which companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainshock.graph.facts import Fact, NodeRef

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Destinations",
    "affiliates",
    "buyer_classes_reached",
    "commodities",
    "edges_from",
    "goods_in_scope",
    "nodes_of",
    "stages_of",
]

# Elements named without a least content reach goods that hold more than this.
TRACE = 0.001  # mass fraction


@dataclass(frozen=True)
class Destinations:
    """Countries of destination: all, a list, or all but a list."""

    mode: str  # all, only, all-but
    codes: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Destinations:
        """Read `all`, `USA;JPN` or `all-but:USA;JPN`.

        Examples
        --------
        >>> "JPN" in Destinations.parse("all-but:USA")
        True
        """
        text = text.strip()
        if text in {"", "all"}:
            return cls("all")
        mode, codes = ("all-but", text[8:]) if text.startswith("all-but:") else ("only", text)
        return cls(
            mode, frozenset(code.strip() for code in codes.replace(",", ";").split(";") if code.strip())
        )

    def __contains__(self, iso3: object) -> bool:
        return self.mode == "all" or (iso3 in self.codes) == (self.mode == "only")

    def __str__(self) -> str:
        if self.mode == "all":
            return "all"
        return ("all but " if self.mode == "all-but" else "") + ", ".join(sorted(self.codes))


def nodes_of(graph: nx.MultiDiGraph[Any], label: str) -> dict[str, Fact]:
    """Give the facts of all nodes of one label, by key, in the order of keys."""
    found = ((node, data.get("fact")) for node, data in graph.nodes(data=True) if node.label == label)
    return {node.key: fact for node, fact in sorted(found, key=lambda pair: pair[0].key) if fact is not None}


def edges_from(graph: nx.MultiDiGraph[Any], node: NodeRef, name: str) -> Iterator[Fact]:
    """Give the facts of one relationship type that leave a node."""
    if node in graph:
        facts: list[Fact] = [data["fact"] for _, _, data in graph.out_edges(node, data=True)]
        for fact in facts:
            if fact.name == name:
                yield fact


def commodities(graph: nx.MultiDiGraph[Any]) -> dict[str, Fact]:
    """Give all goods of the graph by id."""
    return nodes_of(graph, "Commodity")


def stages_of(graph: nx.MultiDiGraph[Any]) -> dict[str, str]:
    """Give the stage of every good by id; blank where a fact names none."""
    return {key: str(fact.properties.get("stage", "")) for key, fact in commodities(graph).items()}


def goods_in_scope(
    graph: nx.MultiDiGraph[Any],
    *,
    elements: Sequence[str] = (),
    hs_codes: Sequence[str] = (),
    forms: Sequence[str] = (),
    minimum_content: float | None = None,
) -> tuple[str, ...]:
    """Find the goods that a text names by element, customs code or both.

    A good holds an element where CONTAINS facts give at least `minimum_content` of the elements together
    (without one: more than 0.1 % by mass), or where nothing is said of its content and it is traded for the
    element. Components are reached only by a CONTAINS fact of their own.
    With elements and codes both must fit: the code gives the heading, the content narrows it. A good under
    which others are published (`split_of`) stands aside for its parts.

    Parameters
    ----------
    elements, hs_codes
        Symbols; codes of any length. A code fits a good whose code it begins, or that begins it.
    forms
        Stages in scope; blank: all.
    minimum_content
        Mass fraction of the elements together.
    """
    goods = commodities(graph)
    parents = {fact.properties.get("split_of") for fact in goods.values()}
    found = []
    for key, fact in goods.items():
        if key in parents or (forms and fact.properties.get("stage") not in forms):
            continue
        if hs_codes and not _has_code(fact, hs_codes):
            continue
        if elements and not _holds(graph, fact, frozenset(elements), minimum_content):
            continue
        if elements or hs_codes:
            found.append(key)
    return tuple(found)


def _has_code(good: Fact, codes: Sequence[str]) -> bool:
    own: Any = good.properties.get("hs_codes", ())
    return any(mine.startswith(code) or code.startswith(mine) for mine in own for code in codes)


def _holds(
    graph: nx.MultiDiGraph[Any], good: Fact, elements: frozenset[str], minimum_content: float | None
) -> bool:
    contents = {
        fact.target.key: fact.properties.get("mass_fraction")
        for fact in edges_from(graph, good.source, "CONTAINS")
        if fact.target is not None
    }
    fractions = [
        value for symbol, value in contents.items() if symbol in elements and isinstance(value, int | float)
    ]
    if fractions and (
        sum(fractions) > TRACE if minimum_content is None else sum(fractions) >= minimum_content
    ):
        return True
    own: Any = good.properties.get("elements", ())
    unstated = elements & (set(own) if good.properties.get("stage") != "component" else set())
    return any(contents.get(symbol) is None for symbol in unstated)


def buyer_classes_reached(
    buyers: Sequence[str], kind: str, issuer: str, classes: Sequence[str]
) -> Mapping[int, str]:
    """Say which classes of buyer a measure reaches, and as what it treats each.

    Parameters
    ----------
    buyers
        Words of the measure: all, civil, military, listed; none: all (an entity list: listed).
    kind, issuer
        Kind of the measure; ISO alpha-3 of the issuer.
    classes
        Buyer classes of the network. `listed:CHN` are the companies that China's measures name, `listed`
        those that any issuer's name.

    Returns
    -------
    Mapping
        Index of the class to `civil`, `military` or `listed`.
    """
    words = set(buyers) or {"listed" if kind == "entity-list" else "all"}
    reached = {}
    for index, name in enumerate(classes):
        head, _, issuers = name.partition(":")
        treated = "civil" if head == "listed" and issuers and issuer not in issuers.split("+") else head
        if "all" in words or treated in words:
            reached[index] = treated
    return reached


def affiliates(graph: nx.MultiDiGraph[Any], named: frozenset[str], threshold: float | None) -> dict[str, str]:
    """Find the companies that a list reaches: those named, and those held by them.

    A company is reached where companies already reached together hold at least the threshold of it. Stakes
    add up over holders and run through chains: a holder that is itself reached counts with its whole stake,
    as in a rule of "50 % or more, individually or in the aggregate". Only active stakes count. Circles of
    ownership do no harm: the set only grows.

    Parameters
    ----------
    named
        Company ids.
    threshold
        Least stake; None: only those named.

    Returns
    -------
    dict
        Company id to the reason: `named`, or who holds how much.
    """
    reached = dict.fromkeys(sorted(named), "named")
    if threshold is None:
        return reached
    stakes: dict[str, dict[str, float]] = {}
    for source, target, data in graph.edges(data=True):
        fact: Fact = data["fact"]
        if fact.name == "OWNS" and source.label == target.label == "Company":
            stake = fact.properties.get("stake")
            if fact.properties.get("status") == "active" and isinstance(stake, int | float):
                stakes.setdefault(target.key, {})[source.key] = float(stake)
    grown = True
    while grown:
        grown = False
        for company in sorted(stakes.keys() - reached.keys()):
            held = {holder: stake for holder, stake in sorted(stakes[company].items()) if holder in reached}
            if sum(held.values()) >= threshold - 1e-9 and held:
                parts = " + ".join(f"{holder} {stake:.0%}" for holder, stake in held.items())
                reached[company] = f"held: {parts}"
                grown = True
    return reached
