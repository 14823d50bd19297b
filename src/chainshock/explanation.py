"""Tell the exposure of one entity in full: parts that sum, flows they come from, paths, facts and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Evidence
from chainshock.queries.explain import Explanation, entity_weights
from chainshock.queries.explain import explain as split
from chainshock.queries.paths import PathList, paths
from chainshock.queries.rank import RankRow
from chainshock.queries.rank_columns import usd_millions
from chainshock.queries.ranking import percent, severity_text, without_brackets, wrap
from chainshock.queries.tables import Column, draw_table
from chainshock.telling import EVIDENCE, Teller

if TYPE_CHECKING:
    from chainshock.queries.exposure import EntityExposure
    from chainshock.shock import Shock

__all__ = ["EntityExplanation", "explain_entity"]

MOST_FLOWS = 12  # shown in text; JSON and CSV have all
MOST_PATHS = 5
PART_TITLES = {
    "input": "input not delivered",
    "orders_lost": "orders lost",
    "gain": "lost deliveries taken over",
    "derived_orders": "orders from those who take over",
    "price_sold": "price of what it sells",
    "price_bought": "price of what it buys",
}
FLOW_COLUMNS = ["part", "good", "origin", "destination", "exposure", "exposure_usd", "measures"]


@dataclass(frozen=True)
class EntityExplanation:
    """The exposure of one entity, split exactly.

    `flows` are the restricted flows that each part comes from; they sum to the parts, the parts to the
    exposure. `paths` are the strongest ways by which they arrive, step by step, with the ids of facts;
    `facts` and `sources` say what those are. `residual` is the largest share of a part that the split
    misses.
    """

    run: Mapping[str, Any]  # Any: what JSON holds
    row: RankRow
    flows: tuple[dict[str, Any], ...]
    paths: tuple[dict[str, Any], ...]
    facts: Mapping[str, dict[str, Any]]
    sources: Mapping[str, str]
    residual: float

    @property
    def columns(self) -> list[str]:
        """Columns of the flows in CSV."""
        return list(FLOW_COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as JSON has it; `rows` are the flows."""
        return {
            "run": dict(self.run),
            "entity": self.row.to_dict(),
            "rows": list(self.flows),
            "paths": list(self.paths),
            "facts": dict(self.facts),
            "sources": dict(self.sources),
            "residual": self.residual,
        }

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the flows with their measures as text."""
        return [{**flow, "measures": "; ".join(flow["measures"])} for flow in self.flows]

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        row, run = self.row, self.run
        usd = "" if row.exposure_usd is None else f", USD {usd_millions(row.exposure_usd)} m a year"
        title = f"{row.name} ({row.id}): {percent(row.exposure)}{usd} under {run['scenario']}"
        bounds = row.bounds or (row.exposure, row.exposure)
        unknown = (
            f"{percent(row.unknown_share, 0, sign=False)} of its supply is of unknown origin; "
            f"if all of that came from the issuer: {percent(bounds[0])}, if none: {percent(bounds[1])}"
        )
        lines = [
            *wrap(title, width),
            *wrap(f"facts of {run['as_of']} ({run['facts']}) · data edition {run['data_edition']}", width),
            *wrap(
                f"static run, no stocks, no end of time (as rank --static) · rationing {run['rationing']}",
                width,
            ),
            *wrap(f"mean severity over 26 weeks: {severity_text(run)}", width),
            *wrap(_basis_text(row.basis), width),
            *wrap(unknown, width),
            "",
            *self._part_lines(),
            "",
        ]
        return (
            "\n".join(
                [*lines, *self._flow_lines(width), *self._path_lines(width), *self._source_lines(width)]
            )
            + "\n"
        )

    def _part_lines(self) -> Iterator[str]:
        yield "Parts"
        for part, title in PART_TITLES.items():
            share = self.row.parts.get(part, 0.0)
            if share:
                yield f"  {title:<34}{percent(share, 4):>14}"
        yield f"  {'sum':<34}{percent(sum(self.row.parts.values()), 4):>14}"
        yield f"  (largest share of a part that the split below misses: {self.residual:.1e})"

    def _flow_lines(self, width: int) -> list[str]:
        if not self.flows:
            return ["No restricted flow reaches it.", ""]
        columns = [
            Column("part", 14),
            Column("exposure", 12, "right"),
            Column("good", None, least=16),
            Column("from", 4),
            Column("to", 4),
            Column("measures", 28),
        ]
        rows = [
            [
                flow["part"].replace("_", " "),
                percent(flow["exposure"], 4),
                without_brackets(flow["good_name"]),
                flow["origin"],
                flow["destination"],
                ", ".join(flow["measures"]),
            ]
            for flow in self.flows[:MOST_FLOWS]
        ]
        rest = sum(flow["exposure"] for flow in self.flows[MOST_FLOWS:])
        if len(self.flows) > MOST_FLOWS:
            rows.append([f"{len(self.flows) - MOST_FLOWS} others", percent(rest, 4), "", "", "", ""])
        return ["Restricted flows it comes from", draw_table(columns, rows, width)]

    def _path_lines(self, width: int) -> Iterator[str]:
        for number, path in enumerate(self.paths, 1):
            if number == 1:
                yield "Strongest paths"
            yield f" {number}. {percent(path['exposure'], 4)} ({path['part'].replace('_', ' ')})"
            for step in path["steps"]:
                yield from _indented(f"{step['node']}", width, 4)
                if "evidence" in step:
                    cut = (
                        ""
                        if step["let_through"] >= 1
                        else f", lets through {100 * step['let_through']:.1f} %"
                    )
                    text = f"<- weight {step['weight']:.3f} by {step['evidence']}{cut}"
                    yield from _indented(text, width, 6)
                for fact in step["facts"]:
                    yield from _indented(self._fact_text(fact), width, 8)
        if self.paths:
            yield ""

    def _fact_text(self, key: str) -> str:
        fact = self.facts.get(key)
        if fact is None:
            return f"- {key}"
        if "as_of" not in fact:
            return f"- {fact['text']}"
        yours = ", yours" if fact["origin"] != "reference" else ""
        return (
            f"- {fact['text']} [{fact['as_of']}, {fact['confidence']}{yours}: {', '.join(fact['sources'])}]"
        )

    def _source_lines(self, width: int) -> Iterator[str]:
        if self.sources:
            yield "Sources"
        for key, title in self.sources.items():
            yield from _indented(f"{key}: {title}", width, 2)


def explain_entity(shock: Shock, node: NodeRef, entity: EntityExposure, row: RankRow) -> EntityExplanation:
    """Explain the exposure of an entity.

    Raises
    ------
    ResidualError
        The pieces do not sum to the exposure: a fault of the program.
    """
    weights = entity_weights(shock.exposures, entity)
    whole = split(shock.network, shock.state, weights, shock.routes)
    scale = 1.0 if entity.value is None else entity.value
    teller = _Account(shock, scale, has_usd=entity.value is not None)
    found = [
        paths(shock.network, shock.state, weights, part=part, top=MOST_PATHS) for part in _path_parts(whole)
    ]
    told = teller.paths(found)
    keys = sorted({key for path in told for step in path["steps"] for key in step["facts"]})
    facts = {key: teller.fact(key) for key in keys}
    sources = sorted({source for fact in facts.values() for source in fact.get("sources", ())})
    return EntityExplanation(
        run={**shock.run, "entity": str(node)},
        row=row,
        flows=tuple(teller.flows(whole)),
        paths=tuple(told),
        facts=facts,
        sources={key: teller.source(key) for key in sources},
        residual=_residual(whole),
    )


def _basis_text(basis: str) -> str:
    if basis == "project":
        return "a project: price effect on what it is to make, discounted; no baseline to lose"
    return f"basis: {basis}"


def _path_parts(whole: Explanation) -> list[Literal["input", "orders_lost"]]:
    parts: list[Literal["input", "orders_lost"]] = []
    if whole.parts["input"]:
        parts.append("input")
    if whole.parts["orders_lost"]:
        parts.append("orders_lost")
    return parts


def _residual(whole: Explanation) -> float:
    worst = 0.0
    for part, amount in whole.parts.items():
        if amount:
            pieces = sum(source.amount for source in whole.sources if source.part == part)
            worst = max(worst, abs(pieces - amount) / abs(amount))
    return worst


def _indented(text: str, width: int, depth: int) -> list[str]:
    return [" " * depth + line for line in wrap(text, width - depth)]


class _Account(Teller):
    """Tells flows and paths as shares of a scale."""

    def __init__(self, shock: Shock, scale: float, *, has_usd: bool) -> None:
        super().__init__(shock)
        self._scale, self._has_usd = scale, has_usd

    def flows(self, whole: Explanation) -> list[dict[str, Any]]:
        """Add up the pieces of a part by good, origin and destination, largest first."""
        sums: dict[tuple[str, str, str, str], float] = {}
        measures: dict[tuple[str, str, str, str], set[str]] = {}
        for source in whole.sources:
            key = (source.part, source.good, source.origin, source.destination)
            sums[key] = sums.get(key, 0.0) + source.amount
            measures.setdefault(key, set()).update(source.measures)
        ordered = sorted(sums, key=lambda key: (-abs(sums[key]), key))
        return [
            {
                "part": key[0],
                "good": key[1],
                "good_name": self.good(key[1]),
                "origin": key[2],
                "destination": key[3],
                "exposure": sums[key] / self._scale,
                "exposure_usd": sums[key] if self._has_usd else None,
                "measures": sorted(measures[key]),
            }
            for key in ordered
        ]

    def paths(self, found: Iterable[PathList]) -> list[dict[str, Any]]:
        """Tell the strongest paths of all parts, largest first."""
        network = self.shock.network
        told: list[dict[str, Any]] = []
        for entry in (path for listing in found for path in listing.paths):
            steps: list[dict[str, Any]] = []
            for place, index in enumerate(entry.nodes):
                step: dict[str, Any] = {"node": self.node(index)}
                facts = list(network.node_facts[index]) if network.node_facts else []
                if place < len(entry.edges):
                    edge = entry.edges[place]
                    step["weight"] = float(network.weight[edge])
                    step["evidence"] = EVIDENCE[Evidence(network.evidence[edge])]
                    step["let_through"] = float(self.shock.state.factor[edge])
                    facts += network.edge_facts[edge] if network.edge_facts else ()
                step["facts"] = list(dict.fromkeys(facts))
                steps.append(step)
            told.append({"part": entry.part, "exposure": entry.amount / self._scale, "steps": steps})
        told.sort(key=lambda path: -abs(path["exposure"]))
        return told[:MOST_PATHS]
