"""Find what a network cannot do without: removals, single points of failure, concentration, smallest cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.cutting import cut_rows, sum_by_stage, weigh_users
from chainshock.graph.facts import NodeRef
from chainshock.graph.network.production import Floats, NodeKind, ProductionNetwork
from chainshock.queries.chokepoint_tables import RemovalRow, RemovalTable, SinglePointRow, SinglePointTable
from chainshock.queries.chokepoints import Chokepoint, Score, Scorer, Stop, assumed_shares, chokepoints
from chainshock.queries.concentration import WORLD, concentrations
from chainshock.queries.cuts import minimum_cut
from chainshock.queries.names import LABELS, NameIndex, fact_of
from chainshock.queries.origin_tables import ConcentrationRow, ConcentrationTable, CutTable
from chainshock.queries.propagation.removals import Removal, solve_removals
from chainshock.queries.ranking import without_brackets
from chainshock.queries.supply_risk import supply_risks
from chainshock.queries.supply_risk_tables import SupplyRiskTable
from chainshock.risks import risk_row
from chainshock.telling import Teller

if TYPE_CHECKING:
    from chainshock.shock import Shock

__all__ = ["DEFAULT_BELOW", "Chokepoints"]

DEFAULT_BELOW = 0.5  # an end use left with less than half of its output has stopped
LABEL_OF = {"facility": LABELS["facilities"], "company": LABELS["companies"], "country": LABELS["countries"]}


class Chokepoints:
    """Chokepoints of the network that a shock runs on; the shock's measures are in force throughout.

    Made by `Dataset.chokepoints`.
    """

    def __init__(self, shock: Shock) -> None:
        self.shock = shock

    @property
    def network(self) -> ProductionNetwork:
        """The production network of the date."""
        return self.shock.network

    def remove(self, kind: str = "stages", *, below: float = DEFAULT_BELOW) -> RemovalTable:
        """Take things away one at a time, and rank them by what the rest loses.

        Parameters
        ----------
        kind
            stages, facilities, companies, countries, nodes or edges.
        below
            Share of its output below which an end use in a country counts as stopped.

        Raises
        ------
        UnknownName
            There is no such kind.
        """
        found = chokepoints(self.network, kind)
        scores, assumed = self._scores(found, below), assumed_shares(self.network, found)
        order = sorted(range(len(found)), key=lambda i: (*_harm(scores[i]), found[i].key))
        rows = [self._row(n, found[i], scores[i], assumed[i]) for n, i in enumerate(order, 1)]
        return RemovalTable({**self._run, "kind": kind, "below": below, "removals": len(found)}, tuple(rows))

    def single_points(self, *, below: float = DEFAULT_BELOW) -> SinglePointTable:
        """List facilities and stages without which an end use in some country falls below a threshold.

        Parameters
        ----------
        below
            Share of the output before.
        """
        found = [*chokepoints(self.network, "stages"), *chokepoints(self.network, "facilities")]
        scores, assumed = self._scores(found, below), assumed_shares(self.network, found)
        picked = [i for i, score in enumerate(scores) if score.stops]
        picked.sort(key=lambda i: (-_usd(scores[i].stops), -len(scores[i].stops), found[i].key))
        rows = [self._single(n, found[i], scores[i].stops, assumed[i]) for n, i in enumerate(picked, 1)]
        run = {**self._run, "below": below, "removals": len(found), "single_points": len(rows)}
        return SinglePointTable(run, tuple(rows))

    def concentration(self, good: str | None = None) -> ConcentrationTable:
        """Give the Herfindahl-Hirschman index of origins, by good and destination.

        Parameters
        ----------
        good
            Id or name of one commodity; all by default.

        Raises
        ------
        UnknownName, AmbiguousName
            No commodity, or several, answer to the name.
        """
        graph = self.shock.graph
        wanted = None if good is None else NameIndex(graph, ["Commodity"]).find(good).key
        rows = []
        for entry in concentrations(self.network):
            fact = fact_of(graph, NodeRef("Commodity", entry.good))
            if fact is None or wanted not in {None, entry.good}:
                continue
            row = ConcentrationRow(
                good=entry.good,
                name=self._good(entry.good),
                stage=str(fact.properties["stage"]),
                destination=entry.destination,
                hhi=entry.hhi,
                hhi_low=entry.low,
                hhi_high=entry.high,
                unknown_share=entry.unknown,
                quantity=entry.need,
                unit=str(fact.properties["unit"]),
                origins=entry.origins,
            )
            rows.append(row)
        rows.sort(key=lambda row: (row.good, row.destination != WORLD, -row.quantity, row.destination))
        run = self._run if wanted is None else {**self._run, "good": wanted}
        return ConcentrationTable(run, tuple(rows))

    def supply_risk(self, good: str | None = None) -> SupplyRiskTable:
        """Give concentration of published supply by stage, and the EU's supply risk as far as facts go.

        Parameters
        ----------
        good
            Id or name of one commodity or element; all by default.

        Raises
        ------
        UnknownName, AmbiguousName
            Nothing, or several things, answer to the name.
        """
        graph = self.shock.graph
        wanted = None if good is None else NameIndex(graph, ["Commodity", "Element"]).find(good)
        risks = supply_risks(graph, self.shock.choices.as_of.year)
        rows = tuple(risk_row(graph, risk) for risk in risks if wanted in {None, risk.table.node})
        return SupplyRiskTable(self._run if wanted is None else {**self._run, "good": str(wanted)}, rows)

    def cut(self, origin: str, end_use: str, country: str | None = None) -> CutTable:
        """Find the smallest set of producers and deliveries between an origin and an end use.

        Parameters
        ----------
        origin
            Country whose producers are to be cut off.
        end_use
            End use to cut them off from.
        country
            Where the end use is made; everywhere outside the origin by default.

        Raises
        ------
        UnknownName, AmbiguousName
            Nothing, or several things, answer to a name.
        QueryError
            Nobody there makes the end use.
        """
        network, graph = self.network, self.shock.graph
        countries = NameIndex(graph, ["Country"])
        start, use = countries.find(origin).key, NameIndex(graph, ["EndUse"]).find(end_use).key
        place = None if country is None else countries.find(country).key
        users = weigh_users(network, use, start, place)
        makes = (network.kind == NodeKind.ACTIVITY) & ~network.is_project
        sources = makes & (np.array(network.countries)[network.country] == start)
        cut = minimum_cut(network, sources, users)
        whole = Removal(tuple(np.flatnonzero(sources & (users == 0.0)).tolist()))
        left = [float(users @ output) for output in self._outputs([Removal(), cut.removal, whole])]
        rows = cut_rows(self._teller, cut)
        run = {
            **self._run,
            "from": start,
            "to": use,
            "to_name": self._good(use),
            "in": place,
            "members": len(rows),
            "share": cut.share,
            "stages": sum_by_stage(rows),
            "loss": _lost(left[0], left[1]),
            "loss_without_origin": _lost(left[0], left[2]),
        }
        keys = sorted({key for row in rows for key in row.facts})
        return CutTable(run, rows, facts={key: self._teller.fact(key) for key in keys})

    @cached_property
    def _teller(self) -> Teller:
        return Teller(self.shock)

    @cached_property
    def _run(self) -> dict[str, Any]:
        """What was computed, and how: always static, shared out in proportion."""
        stop = f"change below {self.shock.options.tolerance:g}, each removal at its own sweep"
        return {**self.shock.run, "stop": stop}

    def _outputs(self, removals: Sequence[Removal]) -> Iterator[Floats]:
        """Give the output of every node after each removal, (n,)."""
        for _, batch in self._batches(removals):
            yield from batch.T

    def _batches(self, removals: Sequence[Removal]) -> Iterator[tuple[int, Floats]]:
        shock = self.shock
        factor = shock.routes.edges(shock.network)
        return solve_removals(shock.network, factor, shock.routes, shock.options, removals)

    def _scores(self, found: Sequence[Chokepoint], below: float) -> list[Score]:
        (before,) = self._outputs([Removal()])
        scorer, removals = Scorer(self.network, before, below), [entry.removal for entry in found]
        return [
            score
            for first, output in self._batches(removals)
            for score in scorer.scores(output, removals[first : first + output.shape[1]])
        ]

    def _row(self, rank: int, found: Chokepoint, score: Score, assumed: float | None) -> RemovalRow:
        return RemovalRow(
            rank=rank,
            id=self._id(found),
            name=self._name(found),
            kind=found.kind,
            loss=score.loss,
            loss_usd=score.loss_usd,
            company_loss=score.company_loss,
            company_loss_usd=score.company_loss_usd,
            worst_end_use=score.worst,
            worst_name="" if score.worst is None else self._good(score.worst),
            worst_loss=score.worst_loss,
            stops=len(score.stops),
            assumed_share=assumed,
        )

    def _single(
        self, rank: int, found: Chokepoint, stops: Sequence[Stop], assumed: float | None
    ) -> SinglePointRow:
        ordered = sorted(stops, key=lambda stop: (-(stop.usd or 0.0), stop.end_use, stop.country))
        stopped = tuple(
            {
                "end_use": stop.end_use,
                "name": self._good(stop.end_use),
                "country": stop.country,
                "left": stop.left,
                "lost_usd": stop.usd,
            }
            for stop in ordered
        )
        usd = _usd(stops) if any(stop.usd is not None for stop in stops) else None
        return SinglePointRow(rank, self._id(found), self._name(found), found.kind, stopped, usd, assumed)

    def _good(self, good: str) -> str:
        return without_brackets(self._teller.good(good))

    def _id(self, found: Chokepoint) -> str:
        return " -> ".join(found.key[1:]) if found.kind == "edge" else "|".join(found.key)

    def _name(self, found: Chokepoint) -> str:
        network = self.network
        if found.kind == "stage":
            return f"{self._good(found.key[0])} made in {found.key[1]}"
        if found.kind == "node":
            return self._teller.node(found.removal.nodes[0])
        if found.kind == "edge":
            (edge,) = found.removal.edges
            return self._teller.delivery(int(network.edge_source[edge]), int(network.edge_node[edge]))
        return self.shock.names.title(NodeRef(LABEL_OF[found.kind], found.key[0]))


def _harm(score: Score) -> tuple[float, float, float]:
    """Order by what is lost, then by what the worst-hit end use loses, then by what companies lose."""
    return -score.loss, -score.worst_loss, -score.company_loss


def _usd(stops: Sequence[Stop]) -> float:
    return sum(stop.usd or 0.0 for stop in stops)


def _lost(before: float, after: float) -> float:
    return float((before - after) / before) if before > 0.0 else 0.0
