"""Compile a loop at its first call, and keep what was compiled on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit

__all__ = ["compiled"]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the global lock; where a cache cannot be written, compile anew each time."""
    try:
        found: Any = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no place for its cache
        return njit(nogil=True)(function)
    save = found._cache.save_overload

    def save_if_possible(*given: object) -> None:
        with suppress(OSError):  # a full disk: what is compiled runs, and is compiled anew next time
            save(*given)

    found._cache.save_overload = save_if_possible
    kept: Callable[..., Any] = found
    return kept
