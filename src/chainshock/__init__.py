"""chainshock: a knowledge graph of supply-chain dependencies, and what an export control does to it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from chainshock.errors import (
    AmbiguousName,
    ChainshockError,
    FileProblem,
    InvalidRecord,
    InvalidReference,
    QueryError,
    StoreError,
    StoreUnavailable,
    UnknownName,
)

if TYPE_CHECKING:
    from chainshock.api import Dataset, from_store, reference
    from chainshock.chokepoints import Chokepoints
    from chainshock.queries.compare import CompareTable
    from chainshock.queries.rank import RankTable
    from chainshock.shock import Shock

__version__ = "0.1.0"

__all__ = [
    "AmbiguousName",
    "ChainshockError",
    "Chokepoints",
    "CompareTable",
    "Dataset",
    "FileProblem",
    "InvalidRecord",
    "InvalidReference",
    "QueryError",
    "RankTable",
    "Shock",
    "StoreError",
    "StoreUnavailable",
    "UnknownName",
    "__version__",
    "from_store",
    "reference",
]

# Names that stand on numpy, scipy or networkx come from their modules when first asked for.
_LATE = {
    "Chokepoints": "chainshock.chokepoints",
    "CompareTable": "chainshock.queries.compare",
    "Dataset": "chainshock.api",
    "RankTable": "chainshock.queries.rank",
    "Shock": "chainshock.shock",
    "from_store": "chainshock.api",
    "reference": "chainshock.api",
}


def __getattr__(name: str) -> object:
    """Import a public name on demand."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATE[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
