"""Ask from Python what the command line asks: facts in, ranked and explained exposure out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from chainshock import __version__
from chainshock.errors import InvalidRecord, QueryError
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.knowledge import KnowledgeGraph, Known
from chainshock.graph.parameters import Parameters, read_parameters
from chainshock.queries.assumptions import Rationing, Substitution
from chainshock.queries.measures import named_buyers
from chainshock.queries.scenario import DEFAULT_SCENARIO, Scenario, dated_scenario, read_scenario
from chainshock.queries.severity import STATIC_WEEKS
from chainshock.queries.timeline import FIRST_DAY, LAST_DAY
from chainshock.sheet import ScenarioSheet, describe_scenario
from chainshock.shock import Choices, Shock

if TYPE_CHECKING:
    import networkx as nx

    from chainshock.chokepoints import Chokepoints
    from chainshock.findings import CheckSheet
    from chainshock.freshness import SourceSheet
    from chainshock.graph.network.claims import Claims
    from chainshock.graph.network.production import ProductionNetwork
    from chainshock.graph.stores.base import View
    from chainshock.queries.signals.fit_table import FitTable
    from chainshock.queries.signals.series import Kind
    from chainshock.queries.signals.table import SignalTable
    from chainshock.queries.timeline_table import TimelineTable

__all__ = ["Dataset", "from_store", "open_dataset", "reference"]

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Dataset:
    """Facts to ask questions of.

    Parameters
    ----------
    facts
        Facts of any origin and all vintages.
    parameters
        Assumptions to use instead of the shipped ones.
    """

    def __init__(self, facts: Iterable[Fact], parameters: Parameters | None = None) -> None:
        self.facts: Sequence[Fact] = tuple(facts)
        self.parameters = parameters or read_parameters()

    def __getstate__(self) -> dict[str, Any]:  # Any: what pickle holds
        """Send facts and assumptions alone to another process; it works the rest out."""
        return {"facts": self.facts, "parameters": self.parameters}

    @cached_property
    def edition(self) -> str:
        """Latest publication date of any fact of the reference data, else of any fact."""
        if not self.facts:
            raise QueryError("found no facts, expected some: load tables first, or leave out --empty")
        shipped = [fact.provenance.known_from for fact in self.facts if fact.origin == "reference"]
        return max(shipped or [fact.provenance.known_from for fact in self.facts]).isoformat()

    @cached_property
    def knowledge(self) -> KnowledgeGraph:
        """All vintages of the facts, by subject."""
        return KnowledgeGraph(self.facts)

    def graph(self, at: date, known: Known = "known") -> nx.MultiDiGraph[NodeRef]:
        """Give the facts that hold at a date as a graph; see `KnowledgeGraph.at`."""
        return self.knowledge.at(at, known)

    def view(self) -> View:
        """Give the facts as a store's view, all vintages."""
        from chainshock.graph.stores.memory import MemoryStore

        return MemoryStore(self.facts).view()

    def shock(
        self,
        scenario: str | Path | Scenario = DEFAULT_SCENARIO,
        *,
        as_of: date | None = None,
        facts: Known | None = None,
        rationing: Rationing | None = None,
        substitution: Substitution | None = None,
        horizon: int | Literal["scenario"] | None = "scenario",
    ) -> Shock:
        """Set up a scenario on these facts; nothing is computed until asked for.

        Parameters
        ----------
        scenario
            Name of a shipped scenario, path of a scenario file, or a scenario.
        as_of
            Date of the facts; by default the scenario's.
        facts
            `known`: only what was published by then; `latest`: also what was published later about that
            date; `policy-known`: the same, but measures as they stood then. By default the scenario's choice.
        rationing
            proportional, value or priority; by default proportional.
        substitution
            capacity or none; by default capacity.
        horizon
            Weeks of the run, with stocks, licences buyer by buyer and new suppliers ramping in; by default
            the scenario's, 26 unless its file says otherwise. None for the static run.

        Raises
        ------
        UnknownName
            No shipped scenario has that name.
        FileProblem, InvalidRecord
            The scenario file cannot be read, or does not fit.

        Examples
        --------
        >>> import chainshock
        >>> shock = chainshock.reference().shock("no-measures")
        >>> max(abs(row.exposure) for row in shock.rank("companies").rows)
        0.0
        """
        chosen = self.scenario(scenario)
        choices = Choices(
            as_of=as_of or chosen.date,
            facts=facts or chosen.facts,
            rationing=rationing or "proportional",
            substitution=substitution or "capacity",
            horizon=chosen.horizon_weeks if horizon == "scenario" else horizon,
        )
        return Shock(self, chosen, choices)

    def chokepoints(
        self,
        scenario: str | Path | Scenario = "no-measures",
        *,
        as_of: date | None = None,
        facts: Known | None = None,
        substitution: Substitution | None = None,
    ) -> Chokepoints:
        """Look for what the network cannot do without; nothing is computed until asked for.

        Parameters
        ----------
        scenario
            Its measures are in force throughout; by default none are.
        as_of, facts, substitution
            As for `shock`. Rationing is proportional.

        Raises
        ------
        UnknownName
            No shipped scenario has that name.
        FileProblem, InvalidRecord
            The scenario file cannot be read, or does not fit.

        Examples
        --------
        >>> import chainshock
        >>> table = chainshock.reference().chokepoints().remove("facilities")
        >>> table.rows[0].loss > table.rows[-1].loss
        True
        """
        from chainshock.chokepoints import Chokepoints

        return Chokepoints(self.shock(scenario, as_of=as_of, facts=facts, substitution=substitution))

    def describe(
        self, scenario: str | Path | Scenario, *, as_of: date | None = None, facts: Known | None = None
    ) -> ScenarioSheet:
        """Say which measures a scenario has in force, how severe, and which it leaves out and why.

        Raises
        ------
        InvalidRecord
            The scenario names a measure, country, good or company that the facts do not hold.
        """
        chosen = self.scenario(scenario)
        at, known = as_of or chosen.date, facts or chosen.facts
        return describe_scenario(chosen, self.graph(at, known), at, known)

    def scenario(self, wanted: str | Path | Scenario) -> Scenario:
        """Give a scenario by name, file or day: `2025-10-27` is what was in force then, `now` at the edition.

        Raises
        ------
        UnknownName
            No shipped scenario has that name, and it is no day and no file.
        FileProblem, InvalidRecord
            The scenario file cannot be read, or does not fit.

        Examples
        --------
        >>> import chainshock
        >>> chainshock.reference().scenario("2025-10-27").title
        'Measures in force on 2025-10-27'
        """
        if isinstance(wanted, Scenario):
            return wanted
        text = self.edition if wanted == "now" else str(wanted)
        try:
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        return read_scenario(wanted) if day is None else dated_scenario(day)

    def timeline(
        self,
        *,
        as_of: date | None = None,
        facts: Known = "latest",
        first: date = FIRST_DAY,
        last: date = LAST_DAY,
    ) -> TimelineTable:
        """Tell the life of every measure announced by the last day and not ended before the first.

        Parameters
        ----------
        as_of
            The day whose states are told; by default the edition's.
        facts
            `known`: what was published by that day. `latest`: also what was published later.
        """
        from chainshock.queries.timeline import lives
        from chainshock.queries.timeline_table import TimelineTable, timeline_rows

        day = as_of or date.fromisoformat(self.edition)
        found = tuple(
            life
            for life in lives(self.knowledge, day, facts)
            if life.announced <= last and (life.ended is None or life.ended > first)
        )
        run = {**self._told(day, facts), "first": first.isoformat(), "last": last.isoformat()}
        return TimelineTable(run, timeline_rows(found, day), found, first, last)

    def signals(
        self, kinds: Iterable[Kind] | None = None, *, as_of: date | None = None, facts: Known = "latest"
    ) -> SignalTable:
        """Give what the facts record over time: monthly exports, prices, stocks and licences.

        Parameters
        ----------
        kinds
            exports, prices, stocks or licences; by default all.
        as_of, facts
            As for `timeline`.
        """
        from chainshock.queries.signals.series import KINDS, gather
        from chainshock.queries.signals.table import SignalTable, signal_rows

        day = as_of or date.fromisoformat(self.edition)
        found = gather(self.knowledge, day, facts, KINDS if kinds is None else tuple(kinds))
        return SignalTable(self._told(day, facts), found, signal_rows(found))

    def fit_licence(
        self,
        *,
        as_of: date | None = None,
        facts: Known = "latest",
        months: tuple[date, date] | None = None,
        baseline: float | None = None,
    ) -> FitTable:
        """Fit the licence shape to recorded magnet exports and approval rates of 2025; nothing is changed.

        Parameters
        ----------
        as_of, facts
            As for `timeline`.
        months
            First and last day of the months to fit; by default March to September 2025.
        baseline
            Tonnes a month that count as 1; by default the mean of 2024.

        Raises
        ------
        QueryError
            The facts hold no such measure, or not enough months.
        """
        from chainshock.queries.severity import read_shapes
        from chainshock.queries.signals.evidence import BASELINE_T
        from chainshock.queries.signals.fit_table import fit_licence

        day = as_of or date.fromisoformat(self.edition)
        return fit_licence(
            self.knowledge,
            self.parameters,
            read_shapes(),
            day,
            facts,
            months=months,
            baseline=BASELINE_T if baseline is None else baseline,
            run=self._told(day, facts),
        )

    def _told(self, day: date, facts: Known) -> dict[str, Any]:
        return {
            "as_of": day.isoformat(),
            "facts": facts,
            "version": __version__,
            "data_edition": self.edition,
        }

    def check_scenario(self, scenario: str | Path | Scenario) -> list[InvalidRecord]:
        """List what a scenario names that the facts of its date do not hold."""
        try:
            self.describe(scenario)
        except InvalidRecord as problem:
            return list(problem.all)
        return []

    def check(self, *, as_of: date | None = None, strict: Sequence[str] = ()) -> CheckSheet:
        """Run the checks on the facts, and say what the supply of each good rests on at a date.

        Parameters
        ----------
        as_of
            Date of the network; by default the edition's, with all that is known today.
        strict
            Names of checks whose warnings count as errors; `all` for every one.

        Raises
        ------
        UnknownName
            No check has one of the names.
        """
        from chainshock.findings import check_dataset

        return check_dataset(self, as_of or date.fromisoformat(self.edition), strict)

    def sources(self, *, as_of: date | None = None) -> SourceSheet:
        """Say of each source and data set how old it is, and what in a ranking rests on it.

        Parameters
        ----------
        as_of
            Date from which ages are told, and of the network; by default the edition's, with all that is
            known today.
        """
        from chainshock.freshness import describe_sources

        return describe_sources(self, as_of or date.fromisoformat(self.edition))

    def claims(self, shock: Shock) -> Claims:
        """Put the facts that a shock's network is compiled from in order."""
        from chainshock.graph.network.claims import Claims

        late = shock.choices.facts != "known"
        known = (
            f for f in self.knowledge.all("Company") if late or f.provenance.known_from <= shock.choices.as_of
        )
        return Claims(shock.graph, known, shock.parameters, shock.scenario.baseline)

    def network(self, shock: Shock) -> ProductionNetwork:
        """Compile the production network that a shock runs on."""
        from chainshock.graph.network.compile import compile_claims

        return compile_claims(
            shock.claims,
            project_year=shock.choices.as_of.year,
            buyer_classes=named_buyers(
                shock.graph, shock.scenario, weeks=shock.choices.horizon or STATIC_WEEKS
            ),
        )

    def counts(self) -> dict[str, int]:
        """Count the facts, all vintages, of each label and relationship."""
        return dict(sorted(Counter(fact.name for fact in self.facts).items()))


def reference() -> Dataset:
    """Give the shipped reference data.

    Examples
    --------
    >>> import chainshock
    >>> "Company" in chainshock.reference().counts()
    True
    """
    from chainshock.loaders.reference import reference_facts

    return Dataset(reference_facts())


def from_store(path: str | Path, *, empty: bool = False) -> Dataset:
    """Give the facts of a store; with `empty`, without those of the reference data.

    Raises
    ------
    StoreUnavailable
        There is no store at that path, or it cannot be opened.
    """
    from chainshock.graph.stores.sqlite import SqliteStore

    with SqliteStore(path) as store:
        return Dataset(fact for fact in store.view().facts() if not (empty and fact.origin == "reference"))


def open_dataset(store: str | None, *, empty: bool = False) -> Dataset:
    """Give the facts of a store, or the reference data where none is named.

    Raises
    ------
    QueryError
        Neither a store nor the reference data is wanted.
    """
    if store is not None:
        return from_store(store, empty=empty)
    if empty:
        raise QueryError("found --empty without --store, expected a store to take the facts from")
    return reference()
