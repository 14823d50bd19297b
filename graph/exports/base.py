"""Say what an export format does, and put its bytes where they belong, whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from chainshock.errors import FileProblem
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.stores.base import View, order_of

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "STDOUT",
    "Content",
    "Exporter",
    "check_path",
    "facts_in",
    "fresh_sibling",
    "open_whole",
    "provenance_of",
]

STDOUT = "-"
DATABASE = b"SQLite format 3\0"

Content: TypeAlias = "nx.MultiDiGraph[NodeRef] | View"
"""What can be exported."""


class Exporter(Protocol):
    """One format in which facts leave."""

    name: str
    """Name to choose it by."""
    summary: str
    """What is written, in a sentence."""

    def write(self, content: Content, destination: str | Path) -> int:
        """Write facts, always in the same order, and return how many.

        Parameters
        ----------
        content
            A graph at a date (`KnowledgeGraph.at`), or a store's view: all vintages.
        destination
            A path, written whole or left as it was; `-` for standard output.

        Raises
        ------
        FileProblem
            The destination cannot be written.
        QueryError
            The format cannot hold such content.
        """


def facts_in(content: Content) -> list[Fact]:
    """Give the facts of a graph or a view, ordered by name, ends and id."""
    if isinstance(content, View):
        return list(content.facts())
    facts: list[Fact] = [data["fact"] for _, data in content.nodes(data=True) if "fact" in data]
    facts += [data["fact"] for _, _, data in content.edges(data=True)]
    return sorted(facts, key=order_of)


def provenance_of(fact: Fact) -> dict[str, str | date | tuple[str, ...] | None]:
    """Give provenance and origin by column name; `None` where a fact has no such thing."""
    said = fact.provenance
    return {
        "sources": said.sources,
        "as_of": said.as_of,
        "known_from": said.known_from,
        "confidence": said.confidence,
        "valid_from": said.valid_from,
        "valid_to": said.valid_to,
        "note": said.note or None,
        "origin": fact.origin,
        "fact": fact.id,
    }


@contextmanager
def open_whole(destination: str | Path) -> Iterator[BinaryIO]:
    """Open a destination for bytes. A file appears, or is replaced, only when the block ends well.

    Raises
    ------
    FileProblem
        The destination is a folder, a database such as a store, or cannot be written.
    """
    if str(destination) == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    check_path(destination)
    path = Path(os.path.realpath(destination))
    try:
        if path.is_dir():
            raise FileProblem(str(destination), "a folder", "a file to write")
        if path.exists() and not path.is_file():  # a pipe or device has no content to protect
            with path.open("wb") as file:
                yield file
            return
        if path.exists() and _is_database(path):
            raise FileProblem(str(destination), "a database, which may be a store", "another file to write")
        fresh = fresh_sibling(path)
        try:
            with fresh.open("xb") as file:
                yield file
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise FileProblem(str(destination), exc.strerror or str(exc), "a place that can be written") from exc


def _is_database(path: Path) -> bool:
    """Tell whether a file is an SQLite database, as stores are."""
    with path.open("rb") as file:
        return file.read(len(DATABASE)) == DATABASE


def check_path(destination: str | Path) -> None:
    """Refuse what is no path at all.

    Raises
    ------
    FileProblem
        It is empty or holds a NUL character.
    """
    text = str(destination)
    if not text or "\0" in text:
        raise FileProblem(ascii(text), "no path", "a path without NUL characters")


def fresh_sibling(path: Path) -> Path:
    """Name a temporary file or folder next to a path, from where it can be moved there in one step."""
    return path.with_name(f".{path.name[:64]}.{secrets.token_hex(6)}.new")
