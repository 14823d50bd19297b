"""Read anyone's bare supply network from CSV or Parquet: who sells to whom, how much, in which sector."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainshock.errors import FileProblem, InvalidRecord, InvalidReference

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BareNetwork", "read_network", "read_shocks"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NO_CLASS = 255


@dataclass(frozen=True)
class BareNetwork:
    """A supply network as arrays: n nodes, k edges, m sectors.

    `essentiality[supplier sector, customer sector]` is 2 essential, 1 non-essential, 0 negligible; None where
    no table is given. `revenue`, `cost` and `node_weight` are (n,) or None. Repeated edges add up.
    """

    ids: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: Ints
    supplier: Ints
    customer: Ints
    weight: Floats
    essentiality: NDArray[np.uint8] | None = None
    revenue: Floats | None = None
    cost: Floats | None = None
    node_weight: Floats | None = None


def read_network(folder: str | Path, *, essentiality: bool = True) -> BareNetwork:
    """Read `nodes`, `edges` and, if asked for, `essentiality` (.csv or .parquet) of a folder.

    Raises
    ------
    FileProblem
        A file is missing, empty or unreadable, or lacks a column.
    InvalidRecord
        A value does not fit; names file, line, what was found and what was expected.
    """
    path, nodes = _read(Path(folder), "nodes", ("id", "sector"))
    ids = tuple(nodes["id"].to_list())
    index: dict[str, int] = {}
    for row, name in enumerate(ids):
        if not name or name in index:
            raise InvalidRecord(str(path), row + 2, "id", repr(name), "an id that no other node has")
        index[name] = row
    sectors = tuple(sorted({str(name) for name in nodes["sector"].to_list() if name}))
    sector = _places(path, nodes, "sector", {name: row for row, name in enumerate(sectors)})
    extra = {
        name: _numbers(path, nodes, name) if name in nodes.columns else None
        for name in ("revenue", "cost", "weight")
    }
    edge_path, edges = _read(Path(folder), "edges", ("supplier", "customer", "weight"))
    supplier, customer = (_places(edge_path, edges, name, index) for name in ("supplier", "customer"))
    weight = _numbers(edge_path, edges, "weight")
    table = None
    if essentiality:
        table = _read_classes(Path(folder), sectors)
        _check_classes(Path(folder), table, sectors, sector[supplier], sector[customer])
    return BareNetwork(
        ids,
        sectors,
        sector,
        supplier,
        customer,
        weight,
        table,
        extra["revenue"],
        extra["cost"],
        extra["weight"],
    )


def read_shocks(path: str | Path, network: BareNetwork) -> dict[str, Floats]:
    """Read a shocks file (`scenario, node, loss`): the loss of every node, (n,), by scenario."""
    file = Path(path)
    table = _read_file(file, ("scenario", "node", "loss"))
    node = _places(file, table, "node", {name: row for row, name in enumerate(network.ids)})
    loss = _numbers(file, table, "loss", most=1.0)
    shocks: dict[str, Floats] = {}
    seen: set[tuple[str, int]] = set()
    for row, name in enumerate(table["scenario"].to_list()):
        if not name or (name, int(node[row])) in seen:
            expected = "a scenario that names each node once"
            raise InvalidRecord(str(file), row + 2, "scenario", repr(name), expected)
        seen.add((name, int(node[row])))
        shocks.setdefault(name, np.zeros(len(network.ids)))[node[row]] = loss[row]
    return shocks


def _read(folder: Path, name: str, columns: tuple[str, ...]) -> tuple[Path, pl.DataFrame]:
    for path in (folder / f"{name}.csv", folder / f"{name}.parquet"):
        if path.is_file():
            return path, _read_file(path, columns)
    raise FileProblem(str(folder), f"no {name}.csv or {name}.parquet", "a folder that holds one")


def _read_file(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - heavy

    if not path.is_file():
        raise FileProblem(str(path), "no such file", "a CSV or Parquet file")
    try:
        if path.suffix == ".parquet":
            table = pl.read_parquet(path).cast(pl.String)
        else:
            table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as exc:
        found = str(exc).splitlines()[0].removeprefix("found ") if str(exc) else type(exc).__name__
        raise FileProblem(str(path), found, "a CSV or Parquet file") from exc
    for column in columns:
        if column not in table.columns:
            raise FileProblem(str(path), f"columns {', '.join(table.columns)}", f"a column {column}")
    if not table.height:
        raise FileProblem(str(path), "no rows", "at least one row")
    return table


def _places(path: Path, table: pl.DataFrame, column: str, index: dict[str, int]) -> Ints:
    names = table[column].to_list()
    for row, name in enumerate(names):
        if name not in index:
            found = "nothing" if name is None else repr(name)
            expected = "a sector" if column == "sector" else f"a known {column}"
            raise InvalidReference(str(path), row + 2, column, found, expected)
    return np.fromiter((index[name] for name in names), dtype=np.int64, count=len(names))


def _numbers(path: Path, table: pl.DataFrame, column: str, most: float = np.inf) -> Floats:
    import polars as pl  # noqa: PLC0415 - heavy

    values = table[column].str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0) & (values <= most)))
    if bad.size:
        row = int(bad[0])
        expected = "a number of at least 0" if most == np.inf else f"a number from 0 to {most:g}"
        raise InvalidRecord(str(path), row + 2, column, repr(table[column][row]), expected)
    return np.array(values, dtype=np.float64)


def _read_classes(folder: Path, sectors: tuple[str, ...]) -> NDArray[np.uint8]:
    path, table = _read(folder, "essentiality", ("supplier_sector", "customer_sector", "class"))
    index = {name: row for row, name in enumerate(sectors)}
    classes = np.full((len(sectors), len(sectors)), NO_CLASS, dtype=np.uint8)
    rows = zip(table["supplier_sector"], table["customer_sector"], table["class"], strict=True)
    for row, (seller, buyer, kind) in enumerate(rows):
        if kind not in ("0", "1", "2"):
            raise InvalidRecord(str(path), row + 2, "class", repr(kind), "0, 1 or 2")
        if seller in index and buyer in index:
            if classes[index[seller], index[buyer]] != NO_CLASS:
                found = f"{seller}, {buyer} again"
                raise InvalidRecord(str(path), row + 2, None, found, "each pair of sectors once")
            classes[index[seller], index[buyer]] = int(kind)
    return classes


def _check_classes(
    folder: Path, classes: NDArray[np.uint8], sectors: tuple[str, ...], seller: Ints, buyer: Ints
) -> None:
    missing = np.flatnonzero(classes[seller, buyer] == NO_CLASS)
    if missing.size:
        path, _ = _read(folder, "essentiality", ("class",))
        pair = f"{sectors[seller[missing[0]]]}, {sectors[buyer[missing[0]]]}"
        expected = f"a row for it, since line {missing[0] + 2} of the edges needs it"
        raise InvalidRecord(
            str(path), None, None, f"no class for supplier and customer sector {pair}", expected
        )
