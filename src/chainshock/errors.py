"""Say what went wrong in classes that a caller can act on.

ChainshockError
├── InvalidRecord        a row, cell or fact does not fit the schema (path, row, column, found, expected)
├── InvalidReference     a fact points to a node that does not exist
├── UnknownName          a node, scenario, commodity or option value that nothing answers to
│   └── AmbiguousName    a name that several nodes answer to (candidates)
├── FileProblem          a file cannot be read or written, or is not what it should be
├── StoreError           the store refused or failed
│   └── StoreUnavailable the store cannot be opened, is locked or cannot be written
└── QueryError           a question that cannot be answered as asked
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = [
    "AmbiguousName",
    "ChainshockError",
    "FileProblem",
    "InvalidRecord",
    "InvalidReference",
    "QueryError",
    "StoreError",
    "StoreUnavailable",
    "UnknownName",
]


class ChainshockError(Exception):
    """Root of all errors that chainshock raises on purpose."""


@dataclass
class InvalidRecord(ChainshockError):
    """A value does not fit: where it stands, what was found, what was expected.

    `others` holds the further problems that were met on the same occasion, `more` counts those left out.
    """

    path: str
    row: int | None
    column: str | None
    found: str
    expected: str
    others: tuple[InvalidRecord, ...] = field(default=())
    more: int = 0

    def __str__(self) -> str:
        place = self.path if self.row is None else f"{self.path}:{self.row}"
        what = "" if self.column is None else f"column {self.column}: "
        text = f"{place}: {what}found {self.found}, expected {self.expected}"
        left_out = [f"... and {self.more:,} more"] if self.more else []
        return "\n".join([text, *map(str, self.others), *left_out])

    @property
    def all(self) -> tuple[InvalidRecord, ...]:
        """Every problem, this one first."""
        return (self, *(problem for other in self.others for problem in other.all))


class InvalidReference(InvalidRecord):
    """A fact names a node that neither the store nor the same load holds."""


@dataclass
class UnknownName(ChainshockError):
    """Nothing answers to a name."""

    kind: str
    name: str
    known: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        text = f"unknown {self.kind}: found {self.name!r}"
        if self.known:
            text += f", expected one of {', '.join(self.known)}"
        return text


@dataclass
class AmbiguousName(UnknownName):
    """Several nodes answer to a name; `known` holds the candidates."""

    def __str__(self) -> str:
        return f"ambiguous {self.kind}: {self.name!r} matches {', '.join(self.known)}; give one of these"


@dataclass
class FileProblem(ChainshockError):
    """A file is missing, a folder, unreadable, cut short or of another kind."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}, expected {self.expected}"


class StoreError(ChainshockError):
    """The store failed; what it held before the call is unchanged."""


class StoreUnavailable(StoreError):
    """The store cannot be opened, is locked, or cannot be written."""


class QueryError(ChainshockError):
    """A question cannot be answered as asked."""
