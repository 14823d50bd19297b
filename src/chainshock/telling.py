"""Put what the network holds into words: nodes, goods, facts, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.network.production import Evidence, NodeKind
from chainshock.queries.names import fact_of
from chainshock.queries.ranking import without_brackets

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["EVIDENCE", "Teller"]

PARAMETER = "parameter:"
# properties that name or place a thing, and say nothing about how much
NAMING = frozenset(
    {
        *("isin", "lei", "mic", "ticker", "is_listed", "name", "segment", "latitude", "longitude", "iso2"),
        *("kappa_parameter", "line_share_parameter", "magnet_use_note", "products", "stages"),
    }
)
EVIDENCE = {
    Evidence.CONTRACT: "named contract",
    Evidence.TRADE: "bilateral trade",
    Evidence.NATIONAL: "national or plant output",
    Evidence.WORLD: "world shares",
    Evidence.ASSUMED: "assumption",
    Evidence.NONE: "nothing known",
}


class Teller:
    """Tells about the network and the facts of a shock."""

    def __init__(self, shock: Shock) -> None:
        self.shock = shock
        self.facts = _by_id(shock)

    def fact(self, key: str) -> dict[str, Any]:
        """Tell a fact, or an assumption that stands in for one."""
        if key.startswith(PARAMETER):
            return self._parameter(key.removeprefix(PARAMETER))
        fact = self.facts[key]
        said = fact.provenance
        return {
            "text": _fact_text(fact),
            "as_of": said.as_of.isoformat(),
            "known_from": said.known_from.isoformat(),
            "confidence": said.confidence,
            "sources": list(said.sources),
            "origin": fact.origin,
            "note": said.note,
        }

    def _parameter(self, name: str) -> dict[str, Any]:
        """Tell a parameter: value, range, and what it rests on."""
        entry = self.shock.parameters.find(name)
        if entry is None:
            return {"text": f"assumption {name}"}
        values = f"{entry.default:g} ({entry.low:g} to {entry.high:g} {entry.unit})"
        text = f"assumption {name} = {values}, {entry.basis}"
        return {"text": f"{text} [{entry.confidence}: {entry.source}]", "confidence": entry.confidence}

    def source(self, key: str) -> str:
        """Give the title and address of a source."""
        fact = fact_of(self.shock.graph, NodeRef("Source", key))
        if fact is None:
            return "not described"
        parts = [str(fact.properties[name]) for name in ("title", "url") if fact.properties.get(name)]
        return ", ".join(parts)

    def good(self, good: str) -> str:
        """Name a good or an end use."""
        for label in ("Commodity", "EndUse"):
            fact = fact_of(self.shock.graph, NodeRef(label, good))
            if fact is not None:
                return str(fact.properties.get("name", good))
        return good

    def node(self, index: int, alike: int = 0) -> str:
        """Name a node of the network, and say how many others behave as it does."""
        network = self.shock.network
        good, country = self._made(index), network.countries[network.country[index]]
        if network.kind[index] == NodeKind.POOL:
            buyers = network.buyer_classes[network.buyer_class[index]]
            return f"{good}: what {buyers} buyers in {country} draw on"
        if network.kind[index] == NodeKind.UNKNOWN:
            return f"{good}: unknown supplier to {country}"
        line = network.ids[index].rpartition("|")[2]
        kind = f", line {line}" if "/" in line else ""
        return f"{self.owner(index, alike)}: {good}, made in {country}{kind}"

    def delivery(self, source: int, target: int) -> str:
        """Name what one node of the network delivers to another."""
        network = self.shock.network
        use = ""
        if network.good[source] != network.good[target]:
            line = network.ids[target].rpartition("|")[2]
            use = f" for {self._made(target)}" + (f", line {line}" if "/" in line else "")
        return f"{self._made(source)}: {self._place(source)} → {self._place(target)}{use}"

    def _made(self, index: int) -> str:
        network = self.shock.network
        return without_brackets(self.good(network.goods[network.good[index]]))

    def _place(self, index: int) -> str:
        """Name who stands at one end of a delivery."""
        network = self.shock.network
        country = network.countries[network.country[index]]
        if network.kind[index] == NodeKind.UNKNOWN:
            return "unknown origin"
        if network.kind[index] == NodeKind.ACTIVITY:
            owner = self.owner(index)
            return owner if owner.endswith(country) else f"{owner}, {country}"
        buyers = network.buyer_classes[network.buyer_class[index]]
        return f"buyers in {country}" if network.buyer_class[index] == 0 else f"{buyers} buyers in {country}"

    def owner(self, index: int, alike: int = 0) -> str:
        """Name the facility or the companies that a producer belongs to, and count those that are alike."""
        network = self.shock.network
        owners = network.entities[index] if network.entities else {}
        label = "Facility" if owners.get("facility") else "Company"
        named = sorted(owners.get("facility", {})) or sorted(owners.get("company", {}))
        titles = [self.shock.names.title(NodeRef(label, key)) for key in named]
        who = " and ".join(titles) or f"other makers in {network.countries[network.country[index]]}"
        return f"{who} and {alike} alike" if alike else who


def _by_id(shock: Shock) -> dict[str, Fact]:
    """Find the facts of all vintages that the network may name."""
    return {fact.id: fact for fact in shock.dataset.facts}


def _fact_text(fact: Fact) -> str:
    """Put a fact in one line: its ends and its properties."""
    ends = f"{fact.source.key}" if fact.target is None else f"{fact.source.key} {fact.name} {fact.target.key}"
    values = ", ".join(
        f"{name} {value:,g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in sorted(fact.properties.items())
        if name not in NAMING and isinstance(value, str | int | float)
    )
    return f"{fact.name} {ends}: {values}" if fact.target is None else f"{ends}: {values}"
