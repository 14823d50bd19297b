"""One small valid example of each source: what stands behind `chainshock load NAME`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.worlds import write_tables


def tables_example(folder: Path) -> list[str]:
    return [str(write_tables(folder / "tables"))]


EXAMPLES: dict[str, Callable[[Path], list[str]]] = {  # writes files into a folder, gives the arguments
    "tables": tables_example,
}
