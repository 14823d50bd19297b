"""Read anyone's bare supply network from CSV or Parquet: who sells to whom, how much, in which sector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chainshock.errors import InvalidRecord, QueryError
from chainshock.graph.network.bare_tables import Table, find_table, read_table

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

__all__ = ["BareNetwork", "Names", "NodeLosses", "from_graph", "read_network", "read_shocks"]

Floats = NDArray[np.float64]
Int32s = NDArray[np.int32]
Names: TypeAlias = "Sequence[Any] | pl.Series"
NO_CLASS = 255


@dataclass(frozen=True, eq=False)
class BareNetwork:
    """A supply network as arrays: n nodes, k edges, m sectors.

    `essentiality[supplier sector, customer sector]` is 2 essential, 1 non-essential, 0 negligible; None where
    no table is given. `revenue`, `cost` and `node_weight` are (n,) or None. Repeated edges add up.
    """

    ids: Names
    sectors: Names
    sector: Int32s
    supplier: Int32s
    customer: Int32s
    weight: Floats
    essentiality: NDArray[np.uint8] | None = None
    revenue: Floats | None = None
    cost: Floats | None = None
    node_weight: Floats | None = None


@dataclass(frozen=True, eq=False)
class NodeLosses:
    """A named shock: nodes that lose output, and the share they lose."""

    name: str
    node: Int32s
    loss: Floats

    def dense(self, n: int) -> Floats:
        """Give the loss of every node, (n,)."""
        result = np.zeros(n)
        result[self.node] = self.loss
        return result


def read_network(folder: str | Path, *, essentiality: bool = True) -> BareNetwork:
    """Read `nodes`, `edges` and, if asked for, `essentiality` (.csv or .parquet) of a folder.

    Raises
    ------
    FileProblem
        A file is missing, empty or unreadable, or lacks a column.
    InvalidRecord
        A value does not fit; names file, line, what was found and what was expected.
    """
    nodes = find_table(folder, "nodes", ("id", "sector"))
    ids = nodes.frame["id"]
    wrong = ids.is_null() | ids.is_duplicated() & ~ids.is_first_distinct()
    wrong |= nodes.texts("id").fill_null("") == ""
    if wrong.any():
        raise nodes.problem(int(wrong.arg_max() or 0), "id", "an id that no other node has")
    names = nodes.texts("sector")
    blank = names.fill_null("") == ""
    if blank.any():
        raise nodes.problem(int(blank.arg_max() or 0), "sector", "a sector")
    sectors = names.unique().sort()
    extra = {name: nodes.numbers(name) if name in nodes else None for name in ("revenue", "cost", "weight")}
    _check_any(nodes, extra["weight"])
    sector = Table(nodes.path, names.to_frame("sector")).places("sector", sectors, "a sector")
    edges = find_table(folder, "edges", ("supplier", "customer", "weight"))
    supplier, customer = (edges.places(name, ids, f"a known {name}") for name in ("supplier", "customer"))
    weight = edges.numbers("weight")
    _check_any(edges, weight)
    table = None
    if essentiality:
        table = _read_classes(folder, sectors, edges, sector[supplier], sector[customer])
    return BareNetwork(
        nodes.texts("id"), sectors, sector, supplier, customer, weight, table,
        extra["revenue"], extra["cost"], extra["weight"],
    )  # fmt: skip


def read_shocks(path: str | Path, ids: Names) -> list[NodeLosses]:
    """Read a shocks file (`scenario, node, loss`), scenarios in order of their first line.

    Raises
    ------
    FileProblem, InvalidRecord
        As `read_network`; a loss is from 0 to 1, and a scenario names a node once.
    """
    import polars as pl  # noqa: PLC0415 - heavy

    table = read_table(Path(path), ("scenario", "node", "loss"))
    node = table.places("node", pl.Series(ids), "a known node")
    loss = table.numbers("loss", most=1.0)
    names = table.texts("scenario")
    pairs = pl.DataFrame({"scenario": names, "node": node})
    wrong = (names.fill_null("") == "") | ~pairs.to_struct().is_first_distinct()
    if wrong.any():
        raise table.problem(int(wrong.arg_max() or 0), "scenario", "a scenario that names each node once")
    rows = pairs.with_row_index("row").group_by("scenario", maintain_order=True).agg("row")
    return [NodeLosses(str(name), node[at], loss[at]) for name, at in _with_rows(rows)]


def from_graph(
    graph: nx.MultiDiGraph[Any],
    essentiality: NDArray[np.uint8] | None = None,
    sectors: Sequence[Any] | None = None,
    weight: str = "weight",
) -> BareNetwork:
    """Take a network from a graph whose nodes have a `sector` and whose edges go from supplier to customer.

    Parameters
    ----------
    graph
        The graph; parallel edges add up.
    essentiality
        Classes by supplier and customer sector, in the order of `sectors`, (m, m).
    sectors
        Sectors in order; those of the nodes, sorted, if not given.
    weight
        Attribute of edges that holds the flow.

    Raises
    ------
    QueryError
        The graph has no directions, a node has no sector or an unknown one, or a flow is missing, negative or
        no finite number.
    """
    if not graph.is_directed():
        raise QueryError("found an undirected graph, expected edges from supplier to customer")
    index = {node: place for place, node in enumerate(graph)}
    found = [data.get("sector") for _, data in graph.nodes(data=True)]
    try:
        known = {name: place for place, name in enumerate(sectors or sorted({*found} - {None}))}
    except TypeError as exc:
        raise QueryError("found sectors of several types, expected text or numbers throughout") from exc
    for node, name in zip(graph, found, strict=True):
        if name not in known:
            raise QueryError(f"node {node!r}: found sector {name!r}, expected one of the sectors")
    count = graph.number_of_edges()
    ends = np.fromiter(
        (index[node] for u, v in graph.edges() for node in (u, v)), dtype=np.int32, count=2 * count
    )
    try:
        flows = np.fromiter(
            (w for _, _, w in graph.edges(data=weight, default=np.nan)), dtype=np.float64, count=count
        )
    except ValueError as exc:
        raise QueryError(f"edge attribute {weight!r}: {exc}, expected numbers") from exc
    wrong = np.flatnonzero(~(np.isfinite(flows) & (flows >= 0)))
    if wrong.size:
        u, v = (list(index)[place] for place in ends[2 * wrong[0] : 2 * wrong[0] + 2])
        raise QueryError(f"edge {u!r} to {v!r}: found {flows[wrong[0]]}, expected a flow of at least 0")
    sector = np.fromiter((known[name] for name in found), dtype=np.int32, count=len(index))
    return BareNetwork(
        tuple(index), tuple(known), sector, ends[::2].copy(), ends[1::2].copy(), flows, essentiality
    )


def _check_any(table: Table, weight: Floats | None) -> None:
    """Refuse weights that are all 0: every score would be 0, whatever the shock."""
    if weight is not None and not weight.any():
        raise InvalidRecord(str(table.path), None, "weight", "0 in every row", "a number above 0 in some")


def _with_rows(rows: pl.DataFrame) -> Iterator[tuple[str, NDArray[np.uint32]]]:
    for name, at in zip(rows["scenario"], rows["row"], strict=True):
        yield name, at.to_numpy()


def _read_classes(
    folder: str | Path, sectors: pl.Series, edges: Table, seller: Int32s, buyer: Int32s
) -> NDArray[np.uint8]:
    table = find_table(folder, "essentiality", ("supplier_sector", "customer_sector", "class"))
    index = {name: row for row, name in enumerate(sectors)}
    classes = np.full((len(sectors), len(sectors)), NO_CLASS, dtype=np.uint8)
    columns = [table.texts(name) for name in ("supplier_sector", "customer_sector", "class")]
    for row, (supplier, customer, kind) in enumerate(zip(*columns, strict=True)):
        if kind not in ("0", "1", "2"):
            raise table.problem(row, "class", "0, 1 or 2")
        if supplier in index and customer in index:
            if classes[index[supplier], index[customer]] != NO_CLASS:
                raise table.problem(row, None, "each pair of sectors once", f"{supplier}, {customer} again")
            classes[index[supplier], index[customer]] = int(kind)
    missing = classes[seller, buyer] == NO_CLASS
    if missing.any():
        row = int(missing.argmax())
        pair = f"{sectors[int(seller[row])]}, {sectors[int(buyer[row])]}"
        expected = f"a row for it, since line {edges.line(row)} of {edges.path.name} needs it"
        raise InvalidRecord(
            str(table.path), None, None, f"no class for supplier and customer sector {pair}", expected
        )
    return classes
