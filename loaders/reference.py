"""Read the shipped reference data."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from chainshock.errors import FileProblem
from chainshock.graph.facts import Fact
from chainshock.loaders.base import LoadReport
from chainshock.loaders.tables import Row, table_name, table_rows

if TYPE_CHECKING:
    from chainshock.graph.stores.base import Store

__all__ = ["load_reference", "reference_edition", "reference_facts"]

ORIGIN = "reference"


def reference_facts() -> list[Fact]:
    """Read every fact of the shipped data, in the order of the files.

    Raises
    ------
    FileProblem
        The data are missing: the installation is broken.
    InvalidRecord
        A row does not fit the schema, which is a defect of the shipped data.
    """
    return list(_facts())


def reference_edition() -> str:
    """Give the edition of the shipped data, as YYYY-MM-DD: the latest publication date of any fact.

    Entries of the list of sources do not count.
    """
    return max(fact.provenance.known_from for fact in _facts() if fact.name != "Source").isoformat()


def load_reference(store: Store) -> LoadReport:
    """Load the shipped data into a store, in one transaction; what it holds already stays as it is."""
    facts = _facts()
    with store.writer(ORIGIN) as writer:
        counts = Counter(writer.add_many(facts))
    return LoadReport(
        read=len(facts),
        loaded=counts["new"] + counts["newer"],
        unchanged=counts["unchanged"],
        superseded=counts["older"],
    )


@cache
def _facts() -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for file in _files():
        path = f"loaders/data/{file.name}"
        with file.open("rb") as stream:
            for row in table_rows(table_name(file.name, path), stream, path, ORIGIN):
                if not isinstance(row, Row):
                    raise row
                facts.append(row.fact)
    return tuple(facts)


def _files() -> list[Traversable]:
    folder = resources.files("chainshock.loaders").joinpath("data")
    files = [file for file in folder.iterdir() if file.name.endswith(".csv")] if folder.is_dir() else []
    if not files:
        raise FileProblem("loaders/data", "no tables", "the reference data of the installation")
    return sorted(files, key=lambda file: file.name)
