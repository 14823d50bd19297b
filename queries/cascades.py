"""Open anyone's network in files, compiled for a cascade; large ones are kept compiled, by content hash."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chainshock.errors import ChainshockError
from chainshock.graph.exports.base import open_whole
from chainshock.graph.network.bare import BareNetwork, Names, read_network
from chainshock.queries.propagation.cascade.arrays import Blocks, CascadeArrays, Model, compile_cascade

__all__ = ["CompiledNetwork", "open_network"]

LAYOUT = 1  # raise when the arrays change their meaning
WORTH_KEEPING = 200_000  # edges from which reading the compiled arrays is quicker than compiling
MOST_KEPT = 5  # compiled networks; the oldest goes first
PARTS = ("start", "index", "value")


@dataclass(frozen=True, eq=False)
class CompiledNetwork:
    """Names of nodes, and the arrays of the cascade; `is_cached` where they came from the cache."""

    ids: Names
    arrays: CascadeArrays
    is_cached: bool


def open_network(
    folder: str | Path, model: Model, *, replaceability: bool = True, cache: Path | None = None
) -> CompiledNetwork:
    """Read and compile a folder of tables, or take what was compiled of the same content before.

    Parameters
    ----------
    folder
        Holds nodes, edges and, for the generalized form, essentiality.
    model, replaceability
        As `compile_cascade`.
    cache
        Folder of compiled networks; None keeps nothing. A cache that cannot be read or written is no error.

    Raises
    ------
    FileProblem, InvalidRecord, QueryError
        As `read_network` and `compile_cascade`.
    """
    kept = None if cache is None else cache / f"{_content(Path(folder), model, replaceability)}.npz"
    found = None if kept is None else _load(kept)
    if found is not None:
        return found
    network = read_network(folder, essentiality=model == "generalized-leontief")
    arrays = compile_cascade(network, model, replaceability=replaceability)
    if kept is not None and arrays.edges >= WORTH_KEEPING:
        _keep(kept, network, arrays)
    return CompiledNetwork(network.ids, arrays, is_cached=False)


def _content(folder: Path, model: Model, replaceability: bool) -> str:
    """Hash what the arrays depend on."""
    digest = hashlib.blake2b(f"{LAYOUT} {model} {replaceability}".encode(), digest_size=16)
    for name in ("nodes", "edges", "essentiality"):
        for path in (folder / f"{name}.csv", folder / f"{name}.parquet"):
            if path.is_file():
                with path.open("rb") as file:
                    digest.update(path.name.encode() + hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


def _load(path: Path) -> CompiledNetwork | None:
    """Read compiled arrays; None where there are none or they are damaged.

    Members are read whole, so that the zip file's checksums cover them, headers included.
    """
    import polars as pl  # noqa: PLC0415 - heavy

    try:
        with zipfile.ZipFile(path) as stored:
            held = {
                name.removesuffix(".npy"): np.load(io.BytesIO(stored.read(name)), allow_pickle=False)
                for name in stored.namelist()
            }
        found = CompiledNetwork(
            pl.read_ipc(io.BytesIO(held.pop("ids").tobytes()))["id"], _arrays(held), is_cached=True
        )
    except Exception:  # a flipped bit can make zipfile and numpy raise almost anything
        return None
    with contextlib.suppress(OSError):  # a cache that cannot be written can still be read
        path.touch()
    return found


def _arrays(held: dict[str, npt.NDArray[np.generic]]) -> CascadeArrays:
    values: dict[str, object] = {}
    for entry in fields(CascadeArrays):
        if entry.type == "Blocks":
            values[entry.name] = Blocks(*(held[f"{entry.name}.{part}"] for part in PARTS))  # type: ignore[arg-type]
        else:
            value = held[entry.name]
            values[entry.name] = value if value.ndim else value.item()
    return CascadeArrays(**values)  # type: ignore[arg-type]  # fields by name


def _keep(path: Path, network: BareNetwork, arrays: CascadeArrays) -> None:
    """Store compiled arrays, whole or not at all, and drop the oldest of too many."""
    import polars as pl  # noqa: PLC0415 - heavy

    names = io.BytesIO()
    pl.DataFrame({"id": pl.Series(network.ids).cast(pl.String)}).write_ipc(names)
    held: dict[str, npt.ArrayLike] = {"ids": np.frombuffer(names.getvalue(), dtype=np.uint8)}
    for entry in fields(arrays):
        value = getattr(arrays, entry.name)
        if isinstance(value, Blocks):
            held |= {f"{entry.name}.{part}": getattr(value, part) for part in PARTS}
        else:
            held[entry.name] = np.asarray(value)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_whole(path) as file:
            np.savez(file, allow_pickle=False, **held)
        for old in sorted(path.parent.glob("*.npz"), key=lambda each: -each.stat().st_mtime)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, ChainshockError):
        return
