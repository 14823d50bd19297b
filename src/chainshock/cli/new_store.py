"""Make a store file that appears under its name only when all has gone well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chainshock.errors import FileProblem

if TYPE_CHECKING:
    from chainshock.graph.stores.sqlite import SqliteStore

__all__ = ["new_store"]


@contextmanager
def new_store(path: Path, what: str = "load") -> Iterator[SqliteStore]:
    """Give an empty store to fill; it gets its name at the end of the block, or is gone.

    Parameters
    ----------
    path
        The name to be.
    what
        What is being done, for the message where another one has made a store of that name meanwhile.

    Raises
    ------
    FileProblem
        The folder cannot be written, or there is a file of that name by now.
    """
    from chainshock.graph.stores.sqlite import SqliteStore

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with SqliteStore(part, create=True) as store:
            yield store
        _give_name(part, path, what)
    except OSError as exc:
        raise FileProblem(
            str(path), (exc.strerror or str(exc)).lower(), "a folder that exists and can be written"
        ) from exc
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _give_name(part: Path, path: Path, what: str) -> None:
    """Give a new store its name, unless another run has made one of that name meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError as exc:
        found = f"a store that was made while this {what} ran; nothing was {what}ed"
        raise FileProblem(str(path), found, "one at a time; run it again") from exc
    except OSError:  # a file system without hard links
        part.replace(path)
