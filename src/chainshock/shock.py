"""One scenario on one set of facts: network, state, exposures, and the tables made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chainshock.errors import QueryError, UnknownName
from chainshock.graph.facts import NodeRef
from chainshock.graph.knowledge import Known
from chainshock.graph.network.production import Floats, ProductionNetwork
from chainshock.graph.parameters import Parameters
from chainshock.queries.assumptions import Rationing, Substitution, shock_options
from chainshock.queries.compare import CompareTable, compare_tables
from chainshock.queries.exposure import EntityExposure, Exposures, aggregate, exposures, unknown_share
from chainshock.queries.measures import route_factors
from chainshock.queries.names import LABELS, NameIndex, facts_of
from chainshock.queries.propagation.price_terms import reprice
from chainshock.queries.propagation.routes import RouteFactors
from chainshock.queries.propagation.state import ShockOptions, ShockState
from chainshock.queries.propagation.static import solve
from chainshock.queries.propagation.weeks.solve import LicenceQueue, WeekState, solve_weeks
from chainshock.queries.rank import RankTable
from chainshock.queries.scenario import HORIZON_WEEKS, Scenario
from chainshock.queries.severity import STATIC_WEEKS
from chainshock.queries.timetable import edge_series
from chainshock.queries.week_assumptions import DEFAULT_SLICES, week_options
from chainshock.rows import ENTITIES, EXTRAS, Extra, make_rows
from chainshock.run import describe_run
from chainshock.sampling import Sampling, Tick, with_intervals

if TYPE_CHECKING:
    import networkx as nx

    from chainshock.api import Dataset
    from chainshock.explanation import EntityExplanation
    from chainshock.graph.network.claims import Claims
    from chainshock.queries.paths_weeks import WeekPaths
    from chainshock.queries.price_weeks import PriceWeeks
    from chainshock.queries.propagation.weeks.record import WeekRecord

__all__ = ["Choices", "Shock"]

SMALLEST_COUNTRY_USD = 1e6  # a country with less baseline value in the graph is not ranked


@dataclass(frozen=True)
class Choices:
    """How a shock is asked for: date and vintage of the facts, and the rules."""

    as_of: date
    facts: Known
    rationing: Rationing = "proportional"
    substitution: Substitution = "capacity"
    horizon: int | None = HORIZON_WEEKS  # None is the static run
    unknown_from_issuer: bool = False  # whether all supply of unknown origin is the issuer's
    slices: int = DEFAULT_SLICES  # firm archetypes of a run over weeks


class Shock:
    """What a scenario does to the network of a date, against no measures.

    Made by `Dataset.shock`. Everything is computed when first asked for and kept.
    """

    def __init__(self, dataset: Dataset, scenario: Scenario, choices: Choices) -> None:
        self.dataset, self.scenario, self.choices = dataset, scenario, choices

    def __getstate__(self) -> dict[str, Any]:  # Any: what pickle holds
        """Send what was asked for to another process, not what was computed."""
        return {"dataset": self.dataset, "scenario": self.scenario, "choices": self.choices}

    @cached_property
    def graph(self) -> nx.MultiDiGraph[NodeRef]:
        """Facts that hold at the date."""
        return self.dataset.graph(self.choices.as_of, self.choices.facts)

    @cached_property
    def parameters(self) -> Parameters:
        """Parameters with the scenario's assumptions in place of their defaults."""
        return self.dataset.parameters.with_values(self.scenario.assumptions)

    @cached_property
    def claims(self) -> Claims:
        """Facts in the order in which a network is compiled from them."""
        return self.dataset.claims(self)

    @cached_property
    def network(self) -> ProductionNetwork:
        """The production network of the date."""
        return self.dataset.network(self)

    @cached_property
    def routes(self) -> RouteFactors:
        """What the measures in force let through, on average over the run."""
        weeks = self.choices.horizon or STATIC_WEEKS
        return route_factors(self.network, self.graph, self.scenario, weeks=weeks)

    @cached_property
    def options(self) -> ShockOptions:
        """Rules and assumptions of the engine."""
        return shock_options(
            self.network,
            self.graph,
            self.parameters,
            rationing=self.choices.rationing,
            substitution=self.choices.substitution,
        )

    @cached_property
    def state(self) -> ShockState:
        """Output, gains and prices after the static shock."""
        factor = self.routes.edges(self.network, unknown_from_issuer=self.choices.unknown_from_issuer)
        return solve(self.network, factor, self.routes, self.options)

    @cached_property
    def weeks(self) -> WeekState:
        """What the shock leaves over the horizon, week by week.

        Raises
        ------
        QueryError
            The shock was set up without a horizon.
        """
        return self.__dict__.get("recorded") or self._march(self.queues)

    @cached_property
    def record(self) -> WeekRecord:
        """The run over weeks as an explanation needs it.

        Raises
        ------
        QueryError
            The shock was set up without a horizon.
        """
        if self.recorded.record is None:
            raise QueryError("found a run without its record, expected one: a fault of the program")
        return self.recorded.record

    @cached_property
    def recorded(self) -> WeekState:
        """The run over weeks with its record; asked for before `weeks`, it serves for both.

        Raises
        ------
        QueryError
            The shock was set up without a horizon.
        """
        return self._march(self.queues, record=True)

    @cached_property
    def week_paths(self) -> WeekPaths:
        """Searches the paths of the run over weeks; its splitter splits exposures.

        Raises
        ------
        QueryError
            The shock was set up without a horizon.
        """
        from chainshock.queries.explain_weeks import WeekSplitter  # noqa: PLC0415 - rankings do without
        from chainshock.queries.paths_weeks import WeekPaths  # noqa: PLC0415

        return WeekPaths(self.network, WeekSplitter(self.record))

    @cached_property
    def weeks_without_input(self) -> WeekState:
        """The same weeks if nothing restricted arrived from week 0 on and nobody stood in: times to survive.

        Raises
        ------
        QueryError
            The shock was set up without a horizon.
        """
        return self._march(self.total_stop, replace(self.options, substitution="none"))

    def _march(
        self,
        queues_on: Callable[[ProductionNetwork], list[LicenceQueue]],
        options: ShockOptions | None = None,
        *,
        record: bool = False,
    ) -> WeekState:
        horizon = self.choices.horizon
        if horizon is None:
            raise QueryError("found no horizon, expected one: a static run has no weeks")
        rules = week_options(self.network, self.graph, self.parameters, self.choices.slices)
        chosen = options or self.options
        return solve_weeks(self.network, queues_on, self.routes, chosen, rules, horizon, record=record)

    def queues(self, network: ProductionNetwork) -> list[LicenceQueue]:
        """Give what the measures in force stop on the edges of a network, week by week."""
        return self._queues(network, unknown_from_issuer=self.choices.unknown_from_issuer)

    def _queues(self, network: ProductionNetwork, *, unknown_from_issuer: bool = False) -> list[LicenceQueue]:
        """Give what the measures in force stop on the edges of a network."""
        weeks = self.choices.horizon or STATIC_WEEKS
        series = edge_series(
            network, self.graph, self.scenario, weeks, unknown_from_issuer=unknown_from_issuer
        )
        return [LicenceQueue(e.edges, e.severity, e.before, e.start, e.end, e.measure) for e in series]

    def total_stop(self, network: ProductionNetwork) -> list[LicenceQueue]:
        """Give the same measures stopping all that is in their scope: from week 0 on none of it arrives."""
        weeks = self.choices.horizon or STATIC_WEEKS
        return [
            LicenceQueue(
                e.edges,
                np.repeat(e.scope[:, None], e.severity.shape[1], axis=1),
                np.zeros(len(e.edges)),
                np.full(len(e.edges), -np.inf),
                end=e.end,
            )
            for e in edge_series(network, self.graph, self.scenario, weeks)
        ]

    @cached_property
    def exposures(self) -> Exposures:
        """Exposure of every node of the network."""
        return exposures(self.network, self.state if self.choices.horizon is None else self.weeks)

    def exposures_at(self, ceiling: float) -> Exposures:
        """Exposure of every node if no price rose above a multiple of its ceiling; quantities stay."""
        if self.choices.horizon is None:
            return exposures(self.network, reprice(self.state, ceiling))
        return exposures(self.network, reprice(self.weeks, ceiling))

    @cached_property
    def exposures_if_unknown_is_issuer(self) -> Exposures:
        """The same if all supply of unknown origin came from the issuer."""
        if self.choices.horizon is not None:
            unknown = partial(self._queues, unknown_from_issuer=True)
            return exposures(self.network, self._march(unknown))
        factor = self.routes.edges(self.network, unknown_from_issuer=True)
        return exposures(self.network, solve(self.network, factor, self.routes, self.options))

    @cached_property
    def names(self) -> NameIndex:
        """Names of everything that can be ranked."""
        return NameIndex(self.graph)

    @cached_property
    def grades(self) -> Mapping[str, str]:
        """Confidence of each fact, by id."""
        return {fact.id: fact.provenance.confidence for fact in facts_of(self.graph)}

    @cached_property
    def unknown(self) -> Floats:
        """Share of each node's supply of which nobody knows the origin, shape (n,)."""
        return unknown_share(self.network)

    @cached_property
    def run(self) -> dict[str, Any]:  # Any: what JSON holds
        """What was computed, and how."""
        return describe_run(self)

    def rank(
        self,
        kind: str = "companies",
        *,
        extras: Collection[Extra] = EXTRAS,
        samples: int = 0,
        seed: int = 0,
        jobs: int = 1,
        why_uncertain: bool = False,
        tick: Tick | None = None,
    ) -> RankTable:
        """Rank all entities of a kind, most harmed first.

        Parameters
        ----------
        kind
            companies, countries, facilities, end-uses or commodities.
        extras
            What rows hold beside, each at the cost of one more run: `bounds`, what supply of unknown origin
            could change, and `survive`, the time to survive of a run over weeks.
        samples
            How often to run with assumptions drawn from their ranges; the table then carries the median and
            the 5 to 95 % interval of exposure and rank. 0: the central run alone.
        seed, jobs
            Seed of the samples; processes to run them in, which change nothing in the result.
        why_uncertain
            Keep what was drawn, so that `with_why` of the table can tell what moves its rows most.
        tick
            Called with samples done and samples in all.

        Raises
        ------
        UnknownName
            There is no such kind.
        """
        if kind not in LABELS:
            raise UnknownName("kind of ranking", kind, tuple(LABELS))
        entities = self.aggregate(kind, self.exposures)
        run = {**self.run, "kind": kind}
        if kind == "countries":
            large = [e for e in entities if e.value is not None and e.value >= SMALLEST_COUNTRY_USD]
            run["too_small"] = len(entities) - len(large)
            entities = large
        rows = make_rows(self, kind, entities, extras)
        names = NameIndex(self.graph, [LABELS[kind]])
        table = RankTable(kind, run, tuple(rows), names).select()
        if not samples:
            return table
        sampling = Sampling(samples, seed, jobs)
        return with_intervals(table, [self], sampling, tick, why_uncertain=why_uncertain)

    def relative(self, kind: str) -> dict[str, float]:
        """Give the exposure of every entity of a kind as a share, by id."""
        return {entity.id: entity.relative for entity in self.aggregate(kind, self.exposures)}

    def explain(self, entity: str) -> EntityExplanation:
        """Explain the exposure of one company, country, facility, end use or commodity.

        Parameters
        ----------
        entity
            Id, name, ticker, LEI, ISO code, or `Label:key`.

        Raises
        ------
        UnknownName, AmbiguousName
            No entity, or several, answer to the name.
        QueryError
            The entity is in the graph, but without an activity that could be exposed.
        """
        if self.choices.horizon is not None:
            _ = self.recorded
        node = self.names.find(entity)
        kind = next(kind for kind, label in LABELS.items() if label == node.label)
        found = next((e for e in self.aggregate(kind, self.exposures) if e.id == node.key), None)
        if found is None:
            raise QueryError(
                f"{node}: found no activity of it in the network of {self.choices.as_of}, "
                "expected facts of what it makes or serves"
                + (", as a bill of materials gives them" if kind == "companies" else "")
            )
        row = make_rows(self, kind, [found], EXTRAS)[0].ranked(1, (1, 1))
        from chainshock.explanation import explain_entity  # noqa: PLC0415 - rankings do without

        return explain_entity(self, node, found, row)

    def prices(self, good: str) -> PriceWeeks:
        """Give the prices of a good by week, outside and inside; see `chainshock.prices.price_weeks`."""
        from chainshock.prices import price_weeks  # noqa: PLC0415 - rankings do without

        return price_weeks(self, good)

    def compare(
        self,
        other: Shock,
        kind: str = "companies",
        *,
        samples: int = 0,
        seed: int = 0,
        jobs: int = 1,
        why_uncertain: bool = False,
        tick: Tick | None = None,
    ) -> CompareTable:
        """Say who gains and who loses when another shock takes the place of this one.

        Samples are as in `rank`; both shocks of a sample share its draws.

        Raises
        ------
        UnknownName
            There is no such kind.
        QueryError
            The two run over different weeks.
        """
        weeks, others = self.choices.horizon, other.choices.horizon
        if weeks != others:
            found = f"found horizons of {weeks or 'no'} and {others or 'no'} weeks"
            raise QueryError(f"{found}, expected one for both (--horizon)")
        table = compare_tables(self.rank(kind, extras=()), other.rank(kind, extras=()))
        if not samples:
            return table
        sampling = Sampling(samples, seed, jobs)
        return with_intervals(table, [self, other], sampling, tick, why_uncertain=why_uncertain)

    def changes(self, other: Shock, table: CompareTable, most: int, tick: Tick | None = None) -> CompareTable:
        """Split each difference of a comparison of this shock with another over the flows that changed.

        Parameters
        ----------
        table
            From `compare`, with the rows wanted (`select`).
        most
            How many flows of a row text shows; the rows hold all, and they sum to the difference.
        tick
            Called with rows done and rows in all.
        """
        from chainshock.changes import changes_between  # noqa: PLC0415 - rankings do without

        found = changes_between(self, other, table.kind, [row.id for row in table.rows], tick)
        return table.with_changes(found, most)

    def aggregate(self, kind: str, result: Exposures) -> list[EntityExposure]:
        """Add up to entities; a company's denominator is its whole revenue, unless it is only a project."""
        denominators: Mapping[str, float] | None = None
        if kind == "companies":
            producing = {
                entity
                for index in np.flatnonzero(~self.network.is_project)
                for entity in self.network.entities[index].get("company", {})
            }
            denominators = {key: usd for key, usd in self.network.revenue.items() if key in producing}
        return aggregate(self.network, result, ENTITIES[kind], denominators)
