"""Hand rows over to programs: as dicts, flat dicts and data frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from chainshock.errors import QueryError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Tabular", "TabularRow"]


class TabularRow(Protocol):
    """A row of a table."""

    def to_dict(self) -> dict[str, Any]:  # Any: what JSON holds
        """Give the row as it stands in JSON."""

    def to_flat_dict(self) -> dict[str, Any]:
        """Give the row as it stands in CSV."""


R = TypeVar("R", bound=TabularRow)


class Tabular(ABC, Generic[R]):
    """A table of `rows`, in order."""

    rows: tuple[R, ...]

    @property
    @abstractmethod
    def columns(self) -> list[str]:
        """Names of the columns in CSV and data frames: those of JSON, nested ones flattened."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the rows as JSON has them."""
        return [row.to_dict() for row in self.rows]

    def to_flat_dicts(self) -> list[dict[str, Any]]:
        """Give the rows with nested values flattened to `columns`."""
        return [row.to_flat_dict() for row in self.rows]

    def to_polars(self) -> pl.DataFrame:
        """Give a polars data frame, one column per entry of `columns`."""
        import polars as pl

        rows = self.to_flat_dicts()
        return pl.DataFrame({column: [row[column] for row in rows] for column in self.columns}, strict=False)

    def to_pandas(self) -> Any:  # Any: pandas is not a dependency
        """Give a pandas data frame.

        Raises
        ------
        QueryError
            pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as exc:
            raise QueryError("found no pandas, expected it installed (pip install pandas)") from exc
        return pd.DataFrame(self.to_flat_dicts(), columns=self.columns)
