"""Tell which good of the graph is meant: by id, by exact name, by HS code where only one good has it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import cast

from chainshock.graph.facts import Fact

__all__ = ["GoodIndex"]

NEAREST = 5  # goods named where nothing answers
LEAST_LIKENESS = 0.55  # of their names, from 0 to 1
_CODE = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,3}")


class GoodIndex:
    """The goods of a store, to be found by what people write.

    Parameters
    ----------
    goods
        Facts on the goods by id.
    """

    def __init__(self, goods: Mapping[str, Fact]) -> None:
        self._names: dict[str, list[str]] = defaultdict(list)
        self._codes: dict[str, list[str]] = defaultdict(list)
        self._hints: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        for key, fact in sorted(goods.items()):
            self.add(key, str(fact.properties["name"]))
            for code in cast("tuple[str, ...]", fact.properties.get("hs_codes", ())):
                self._codes[code].append(key)

    def add(self, key: str, name: str) -> None:
        """Add a good that the store does not hold."""
        self.labels[key] = name
        for text in {_fold(key), _fold(name)}:
            if key not in self._names[text]:
                self._names[text].append(key)

    def find(self, text: str) -> str | tuple[str, ...]:
        """Give the good's id; several ids where several answer; an empty tuple where none does."""
        if text in self.labels:
            return text
        found = self._names.get(_fold(text)) or self._codes.get(_digits(text)) or []
        return found[0] if len(found) == 1 else tuple(found)

    def expected(self, text: str) -> str:
        """Say what would have been understood, with the goods whose names are nearest."""
        if text not in self._hints:
            self._hints[text] = self._hint(text)
        return self._hints[text]

    def _hint(self, text: str) -> str:
        found = self.find(text)
        if isinstance(found, tuple) and found:
            return f"one good; that stands for {self._list(found)}: write the id, or map it in [goods]"
        near = get_close_matches(_fold(text), list(self._names), n=NEAREST, cutoff=LEAST_LIKENESS)
        keys = dict.fromkeys(key for name in near for key in self._names[name])
        hint = f"; nearest: {self._list(list(keys)[:NEAREST])}" if keys else ""
        ways = (
            "or a line for it in [goods] of the mapping, or [goods.new] for a good that is new to the graph"
        )
        return f"the id, exact name or HS code of a good, {ways}{hint}"

    def _list(self, keys: Iterable[str]) -> str:
        return ", ".join(f"{key} ({self.labels[key]})" for key in keys)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _digits(text: str) -> str:
    code = text.replace(".", "").replace(" ", "")
    return code if _CODE.fullmatch(code) else ""
