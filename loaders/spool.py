"""Keep items for later without keeping them all in memory."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Generic, Self, TypeVar

from chainshock.errors import FileProblem

__all__ = ["Spool"]

MOST_IN_MEMORY = 10_000

Kept = TypeVar("Kept")


class Spool(Generic[Kept]):
    """A list that moves to a temporary file, deleted with it, when it grows long."""

    def __init__(self) -> None:
        self._items: list[Kept] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, item: Kept) -> None:
        """Keep an item.

        Raises
        ------
        FileProblem
            The temporary file cannot be written.
        """
        self._items.append(item)
        if len(self._items) < MOST_IN_MEMORY:
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="chainshock-")  # noqa: SIM115 - closed on leaving
            pickle.dump(self._items, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            found = f"no room for rows that wait ({error.strerror})"
            raise FileProblem(tempfile.gettempdir(), found, "a folder that can be written") from error
        self._items = []

    def __iter__(self) -> Iterator[Kept]:
        if self._file is not None:
            self._file.flush()
            end = self._file.tell()
            self._file.seek(0)
            while self._file.tell() < end:
                yield from pickle.load(self._file)  # noqa: S301 - our own file, which nobody else can open
        yield from self._items
