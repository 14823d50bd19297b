"""Say what a load reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chainshock.errors import InvalidRecord

if TYPE_CHECKING:
    from chainshock.loaders.resolve.review import Pair

__all__ = ["LoadReport", "Problem", "Progress"]

Progress = Callable[[int, int, int], None]  # rows so far, bytes of the files read so far, bytes in all


@dataclass(frozen=True)
class Problem:
    """Why a row was set aside: where it stands, what was found, what was expected."""

    source: str
    line: int | None
    column: str | None
    found: str
    expected: str

    @classmethod
    def from_error(cls, error: InvalidRecord) -> Problem:
        """Take the fields of one problem of an error."""
        return cls(error.path, error.row, error.column, error.found, error.expected)


@dataclass(frozen=True)
class LoadReport:
    """What became of the rows that were read.

    `loaded` rows are new or newer than what the store held; `superseded` rows are older vintages of facts
    that the store holds, and are kept beside them; `unchanged` rows were there already; `left_out` rows fit
    and do not concern the graph, `reasons` says why. With `quarantined` the counts add up to `read`.
    `problems` holds the first problems of quarantined rows, `problem_count` counts all.
    `waiting` holds the pairs of names on which a person must decide, the likeliest first.
    """

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    left_out: int = 0
    quarantined: int = 0
    problems: tuple[Problem, ...] = field(default=())
    reasons: Mapping[str, int] = field(default_factory=dict)
    problem_count: int = 0
    waiting: tuple[Pair, ...] = field(default=())

    def __post_init__(self) -> None:
        parts = self.loaded + self.unchanged + self.superseded + self.left_out + self.quarantined
        if self.read != parts:
            raise ValueError(f"read {self.read} rows, accounted for {parts}")

    def __str__(self) -> str:
        text = (
            f"{self.read:,} rows read: {self.loaded:,} loaded, {self.unchanged:,} unchanged, "
            f"{self.superseded:,} superseded, "
            + (f"{self.left_out:,} left out, " if self.left_out else "")
            + f"{self.quarantined:,} quarantined"
        )
        return f"{text}; nothing changed" if not self.loaded and not self.superseded else text
