"""Compile a loop at its first call, and keep what was compiled on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["compiled"]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the global lock; where no folder for a cache can be written, compile anew each time."""
    try:
        found: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no place for its cache
        found = njit(nogil=True)(function)
    return found
