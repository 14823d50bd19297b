"""Tell the pieces of an explanation as shares: flows with their measures and facts, paths step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from chainshock.graph.network.production import Evidence, Floats
from chainshock.queries.explain import Explanation, Source
from chainshock.queries.paths import Path, PathList, Timing
from chainshock.queries.ranking import without_brackets
from chainshock.telling import EVIDENCE, Teller

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["Account"]

DIGITS = 6  # of amounts by week
MOST_BY_WEEK = 50  # flows told week by week


class Account(Teller):
    """Tells flows and paths as shares of a scale.

    Parameters
    ----------
    factor
        What each route lets through on average, (k,).
    scale
        What exposures are shares of, in the unit of the amounts.
    has_usd
        Whether amounts are USD a year.
    """

    def __init__(self, shock: Shock, factor: Floats, scale: float, *, has_usd: bool) -> None:
        super().__init__(shock)
        self._factor, self._scale, self._has_usd = factor, scale, has_usd

    def flows(self, whole: Explanation) -> list[dict[str, Any]]:  # Any: what JSON holds
        """Tell what parts come from: restricted routes by good and measure, and reliefs; largest first."""
        rows = [*self._restrictions(whole.sources)]
        rows += [
            self._row(relief.part, relief.kind, relief.good, ("", relief.country), "", relief.amount)
            for relief in whole.reliefs
        ]
        rows.sort(
            key=lambda row: (
                -abs(row["exposure"]),
                *(row[key] for key in ("part", "kind", "good", "origin", "destination", "measure")),
            )
        )
        for row in rows[MOST_BY_WEEK:]:
            row.pop("by_week", None)
        return rows

    def _restrictions(self, sources: Iterable[Source]) -> Iterator[dict[str, Any]]:
        """Add up the pieces of a part by good, origin, destination and measure."""
        sums: dict[tuple[str, str, str, str, str], float] = {}
        weeks: dict[tuple[str, str, str, str, str], list[float]] = {}
        facts: dict[tuple[str, str, str, str, str], set[str]] = {}
        for source in sources:
            for measure, amount in source.measures.items():
                key = (source.part, source.good, source.origin, source.destination, measure)
                sums[key] = sums.get(key, 0.0) + amount
                share = amount / source.amount if source.amount else 0.0
                before = weeks.get(key, [0.0] * len(source.weeks))
                weeks[key] = [old + share * new for old, new in zip(before, source.weeks, strict=True)]
                facts.setdefault(key, set()).update(self._facts_of_edge(source.edge))
        for key, amount in sums.items():
            part, good, origin, destination, measure = key
            row = self._row(part, "restriction", good, (origin, destination), measure, amount)
            row["facts"] = sorted(facts[key])
            if weeks[key]:
                felt = [week for week, value in enumerate(weeks[key]) if value]
                row["first_week"], row["last_week"] = (felt[0], felt[-1]) if felt else (None, None)
                row["by_week"] = [float(f"{value / self._scale:.{DIGITS}g}") for value in weeks[key]]
            yield row

    def _row(
        self, part: str, kind: str, good: str, route: tuple[str, str], measure: str, amount: float
    ) -> dict[str, Any]:
        return {
            "part": part,
            "kind": kind,
            "good": good,
            "good_name": self.good(good),
            "origin": route[0],
            "destination": route[1],
            "measure": measure,
            "exposure": amount / self._scale,
            "exposure_usd": amount if self._has_usd else None,
            "first_week": None,
            "last_week": None,
            "facts": [],
        }

    def strongest(self, found: Iterable[PathList], most: int) -> tuple[list[Path], dict[str, float]]:
        """Give the strongest paths of all parts, largest first, and what all others of a part add up to."""
        listings = list(found)
        entries = sorted(
            (path for listing in listings for path in listing.paths), key=lambda path: -abs(path.amount)
        )
        rest = {listing.part: listing.other for listing in listings}
        for path in entries[most:]:
            rest[path.part] += path.amount
        return entries[:most], {part: amount / self._scale for part, amount in rest.items()}

    def path(self, path: Path) -> dict[str, Any]:
        """Tell a path step by step."""
        network = self.shock.network
        alike = path.alike or (0,) * len(path.nodes)
        steps: list[dict[str, Any]] = []
        for place, index in enumerate(path.nodes):
            step: dict[str, Any] = {"node": self.node(index, alike[place])}
            facts = list(network.node_facts[index]) if network.node_facts else []
            if place < len(path.edges):
                edge = path.edges[place]
                step["weight"] = float(network.weight[edge])
                step["evidence"] = EVIDENCE[Evidence(network.evidence[edge])]
                step["let_through"] = float(self._factor[edge])
                facts += self._facts_of_edge(edge)
            step["facts"] = list(dict.fromkeys(facts))
            steps.append(step)
        told: dict[str, Any] = {"part": path.part, "exposure": path.amount / self._scale}
        told["route"] = self.route(path)
        if path.timing is not None:
            told |= _timing(path.timing)
        return {**told, "steps": steps}

    def route(self, path: Path) -> str:
        """Tell a path in one line: for lost input from the far end, for lost orders from the entity on."""
        alike = path.alike[0] if path.alike else 0
        network = self.shock.network
        nodes = list(reversed(path.nodes)) if path.part == "input" else list(path.nodes)
        own = self.owner(path.nodes[0], alike)
        first = network.countries[network.country[nodes[0]]] if path.part == "input" else own
        words = [first]
        for good, run in groupby(nodes, key=lambda index: int(network.good[index])):
            countries = [network.countries[network.country[index]] for index in run]
            places = [place for place, _ in groupby(countries)]
            places = places[1:] if len(words) == 1 and path.part == "input" and len(places) > 1 else places
            words.append(f"{without_brackets(self.good(network.goods[good]))} ({', '.join(places)})")
        if path.part == "input":
            words[-1] = own if len(words) > 2 else f"{words[-1]} -> {own}"
        return " -> ".join(words)

    def _facts_of_edge(self, edge: int) -> tuple[str, ...]:
        network = self.shock.network
        return network.edge_facts[edge] if network.edge_facts else ()


def _timing(timing: Timing) -> dict[str, Any]:
    return {
        "cut_week": timing.cut,
        "first_week": timing.bites,
        "transit_weeks": timing.transit,
        "stock_weeks": timing.stock,
    }
