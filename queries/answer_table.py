"""Hold rows that answer a question about a network, and write them out with what they stand on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from chainshock.queries.ranking import severity_text, wrap
from chainshock.queries.tabular import Tabular, TabularRow

__all__ = ["AnswerTable"]

R = TypeVar("R", bound=TabularRow)


@dataclass(frozen=True)
class AnswerTable(Tabular[R]):
    """Rows that answer one question about a network; `omitted` of them are left out at the end."""

    run: Mapping[str, Any]  # Any: what JSON holds
    rows: tuple[R, ...]
    omitted: int = 0

    def first(self, count: int | None) -> Self:
        """Give the table with its first rows alone."""
        if count is None or len(self.rows) <= count:
            return self
        return replace(self, rows=self.rows[:count], omitted=len(self.rows) - count)

    def to_text(self, width: int = 100) -> str:
        """Write it out for a terminal of a width in characters."""
        lines = [line for text in self.title_texts() for line in wrap(text, width)]
        lines += wrap(self.facts_text(), width)
        if not self.rows:
            return "\n".join([*lines, "", *wrap(self.empty_text(), width)]) + "\n"
        lines += ["", *self.body_lines(width)]
        if self.omitted:
            lines.append(f"   … {self.omitted:,} more …")
        foot = self.foot_lines(width)
        return "\n".join([*lines, *(["", *foot] if foot else [])]) + "\n"

    def to_payload(self) -> dict[str, Any]:
        """Give all of it as JSON has it."""
        return {"run": dict(self.run), "rows": self.to_dicts()}

    def facts_text(self) -> str:
        """Say which facts and measures the network stands on."""
        run = self.run
        measures = "" if not run["severities"] else f" · mean severity over 26 weeks: {severity_text(run)}"
        return (
            f"{run['scenario']}: {run['title']} · facts of {run['as_of']} ({run['facts']}), baseline "
            f"{run['baseline_year']} · data edition {run['data_edition']}{measures}"
        )

    @abstractmethod
    def title_texts(self) -> list[str]:
        """Say what the rows are and how they were found."""

    @abstractmethod
    def empty_text(self) -> str:
        """Say why there are no rows."""

    @abstractmethod
    def body_lines(self, width: int) -> list[str]:
        """Draw the rows."""

    def foot_lines(self, width: int) -> list[str]:
        """Say what the columns mean, and what the rows do not show."""
        return [line for text in self.foot_texts() for line in wrap(text, width)]

    def foot_texts(self) -> list[str]:
        """Say the same in paragraphs."""
        return []
