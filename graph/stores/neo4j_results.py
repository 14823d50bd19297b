"""Keep runs and what they expose in Neo4j beside the facts: store, list and remove them.

What belongs to a run carries `graph` = "results" and the run's id; pushes and pulls of facts pass it by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from chainshock.errors import StoreError, UnknownName
from chainshock.graph.facts import NodeRef
from chainshock.graph.stores.neo4j_driver import connect, translated
from chainshock.graph.stores.neo4j_shape import ENTITY, RESULTS, uid_of

if TYPE_CHECKING:
    import neo4j

__all__ = ["ResultStore", "Results"]

MOST_NAMED = 3

_RUN = """
MERGE (s:Scenario {id: $scenario.id}) SET s += $scenario
MERGE (r:Run {id: $run.id}) SET r = $run
MERGE (r)-[c:COMPUTES]->(s) SET c.graph = $graph, c.run = $run.id
"""
_MISSING = f"""
UNWIND $uids AS uid
OPTIONAL MATCH (n:{ENTITY} {{uid: uid}})
WITH uid, n WHERE n IS NULL
RETURN uid ORDER BY uid
"""
_FORGET = f"""
MATCH (r:Run {{id: $run}})-[old:EXPOSES|APPLIES]->(n:{ENTITY})
WHERE type(old) = 'APPLIES' OR n.uid STARTS WITH $prefix
DELETE old
"""
_FORGET_STEPS = """
MATCH ()-[old:CARRIES {run: $run}]->() WHERE old.exposed STARTS WITH $prefix DELETE old
"""
_LINK = f"""
UNWIND $rows AS row
MATCH (r:Run {{id: $run}}), (n:{ENTITY} {{uid: row.uid}})
CREATE (r)-[x:%s]->(n) SET x = row.values
"""
_STEP = f"""
UNWIND $rows AS row
MATCH (a:{ENTITY} {{uid: row.source}}), (b:{ENTITY} {{uid: row.target}})
CREATE (a)-[x:CARRIES]->(b) SET x = row.values
"""
_LIST = """
MATCH (r:Run) WHERE r.graph = $graph
OPTIONAL MATCH (r)-[x:EXPOSES]->()
RETURN r.id AS run, r.scenario AS scenario, r.asOf AS as_of, r.dataEdition AS data_edition,
       r.horizon AS horizon, r.rationing AS rationing, r.substitution AS substitution, r.samples AS samples,
       r.seed AS seed, r.version AS version, count(x) AS results
ORDER BY scenario, run
"""
# a node that a push would have deleted had the run not pointed to it (it has no fact left) goes with the run
_REMOVE = f"""
MATCH (r:Run {{id: $run}}) WHERE r.graph = $graph
OPTIONAL MATCH (r)-->(n:{ENTITY})
WITH r, collect(DISTINCT n) AS ends
OPTIONAL MATCH (a:{ENTITY})-[step:CARRIES {{run: $run}}]->(b:{ENTITY})
WITH r, ends, collect(step) AS steps, collect(a) AS sources, collect(b) AS targets
WITH r, steps, ends + sources + targets AS ends
OPTIONAL MATCH (r)-[:COMPUTES]->(s:Scenario)
FOREACH (step IN steps | DELETE step)
DETACH DELETE r
WITH ends, s
CALL (s) {{ WITH s WHERE s.graph = $graph AND NOT EXISTS {{ (s)--() }} DELETE s }}
UNWIND ends AS n
WITH DISTINCT n WHERE n.factId IS NULL AND n.graph IS NOT NULL AND NOT EXISTS {{ (n)--() }}
DELETE n
"""


@dataclass(frozen=True)
class Results:
    """What a run gives for one kind of entity, as Neo4j holds it: names in camelCase.

    Attributes
    ----------
    label
        Label of the exposed entities.
    run, scenario
        Properties of the two nodes, `id` among them.
    applies, exposes
        Properties of the relationships from the run, by the node at their end.
    steps
        Properties of the steps of paths, with their ends.
    """

    label: str
    run: Mapping[str, Any]  # Any: what Neo4j holds
    scenario: Mapping[str, Any]
    applies: Mapping[NodeRef, Mapping[str, Any]]
    exposes: Mapping[NodeRef, Mapping[str, Any]]
    steps: Sequence[tuple[NodeRef, NodeRef, Mapping[str, Any]]]

    @property
    def nodes(self) -> set[NodeRef]:
        """The nodes of the graph that the results point to."""
        ends = {end for source, target, _ in self.steps for end in (source, target)}
        return {*self.applies, *self.exposes, *ends}


class ResultStore:
    """Runs in a Neo4j database. Usable as a context manager, which closes it.

    Raises
    ------
    StoreUnavailable
        Nobody answers at the address, or the user or password is refused.
    """

    def __init__(self, uri: str, user: str, password: str) -> None:
        self._uri = uri
        self._driver = connect(uri, user, password)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._driver.close()

    def push(self, results: Results) -> None:
        """Store results, in place of those of the same run for the same kind of entity: all or none.

        Raises
        ------
        StoreError
            The database lacks entities that they are about, or the server failed; it is as before.
        """
        with translated(self._uri), self._driver.session() as session:
            session.execute_write(self._write, results)

    def _write(self, tx: neo4j.ManagedTransaction, results: Results) -> None:
        run = str(results.run["id"])
        uids = sorted(map(uid_of, results.nodes))
        missing = [record["uid"] for record in tx.run(_MISSING, uids=uids)]
        if missing:
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            raise StoreError(
                f"{self._uri}: found no {', '.join(missing[:MOST_NAMED])}{more}, expected the facts that the "
                "run is about: bring them there with `chainshock neo4j push`"
            )
        marks = {"graph": RESULTS, "run": run}
        tx.run(
            _RUN,
            run={**results.run, "graph": RESULTS},
            scenario={**results.scenario, "graph": RESULTS},
            graph=RESULTS,
        ).consume()
        prefix = f"{results.label}:"
        tx.run(_FORGET, run=run, prefix=prefix).consume()
        tx.run(_FORGET_STEPS, run=run, prefix=prefix).consume()
        for name, ends in (("APPLIES", results.applies), ("EXPOSES", results.exposes)):
            rows = [{"uid": uid_of(ref), "values": {**values, **marks}} for ref, values in ends.items()]
            tx.run(_LINK % name, run=run, rows=rows).consume()
        steps = [
            {"source": uid_of(source), "target": uid_of(target), "values": {**values, **marks}}
            for source, target, values in results.steps
        ]
        tx.run(_STEP, rows=steps).consume()

    def runs(self) -> list[dict[str, Any]]:
        """List the runs that are stored, by scenario.

        Raises
        ------
        StoreError
            The server failed.
        """
        with translated(self._uri), self._driver.session() as session:
            return session.execute_read(
                lambda tx: [
                    {**record.data(), "as_of": str(record["as_of"])}
                    for record in tx.run(_LIST, graph=RESULTS)
                ]
            )

    def remove(self, run: str) -> None:
        """Remove a run with all it exposes; facts stay.

        Raises
        ------
        UnknownName
            No run has that id.
        StoreError
            The server failed.
        """
        known = [entry["run"] for entry in self.runs()]
        if run not in known:
            raise UnknownName("run", run, tuple(known))
        with translated(self._uri), self._driver.session() as session:
            session.execute_write(lambda tx: tx.run(_REMOVE, run=run, graph=RESULTS).consume())
