"""Write facts into a SQLite file, batch by batch, in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from chainshock.errors import StoreError
from chainshock.graph.facts import Fact, NodeRef
from chainshock.graph.stores.base import Standing, Writer, admit, dangling, rank_of, standing_of
from chainshock.graph.stores.sqlite_file import translated
from chainshock.graph.stores.sqlite_rows import (
    INSERT_FACT,
    SELECT_FACTS,
    digest_of,
    fact_of,
    rank_in,
    row_of,
)

__all__ = ["SqliteWriter"]

Result = TypeVar("Result")

_KNOWN = "SELECT f.id, f.origin FROM json_each(?) AS asked CROSS JOIN facts AS f ON f.id = asked.value"
_BEST = """
SELECT f.subject, f.origin, f.known_from, f.as_of, f.confidence, f.id
FROM json_each(?) AS asked CROSS JOIN facts AS f ON f.seq = (
    SELECT seq FROM facts WHERE subject = asked.value
    ORDER BY origin <> 'reference' DESC, known_from DESC, as_of DESC, confidence, id DESC, origin DESC
    LIMIT 1)
"""  # the order of `rank_of`, served by the index `facts_vintages`
_BARE_NODES = """
DELETE FROM nodes WHERE NOT EXISTS (
    SELECT 1 FROM facts WHERE source_label = label AND source_key = key AND target_label IS NULL)
"""
_DANGLING = """
SELECT seq, label, key FROM (
    SELECT seq, source_label AS label, source_key AS key FROM facts WHERE target_label IS NOT NULL
    UNION SELECT seq, target_label, target_key FROM facts WHERE target_label IS NOT NULL) AS ends
WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.label = ends.label AND nodes.key = ends.key)
"""


class SqliteWriter(Writer):
    """One transaction. After any failure within a statement it can only be rolled back."""

    def __init__(self, connection: sqlite3.Connection, path: Path, origin: str | None) -> None:
        self._connection = connection
        self._path = path
        self._origin = origin
        self.state = "running"

    def add(self, fact: Fact) -> Standing:
        """Add a fact; see `Writer.add`."""
        return self.add_many([fact])[0]

    def add_many(self, facts: Sequence[Fact]) -> list[Standing]:
        """Add facts; see `Writer.add_many`."""
        admitted = [admit(fact, self._origin) for fact in facts]
        return self._guarded(lambda: self._add(admitted))

    def remove_origin(self, origin: str) -> int:
        """Remove the facts of an origin; see `Writer.remove_origin`."""
        return self._guarded(lambda: self._remove(origin))

    def commit(self) -> None:
        """Make the changes last, unless an end of a relationship has no node fact."""
        self._guarded(self._commit)

    def _add(self, facts: Sequence[Fact]) -> list[Standing]:
        """Look all facts up at once, tell how they stand, and write those that are new at once."""
        known = self._known(facts)
        subjects = [digest_of(fact) for fact in facts]
        best = self._best(subjects)
        standings: list[Standing] = []
        taken: list[tuple[int, Fact, str]] = []
        for fact, subject in zip(facts, subjects, strict=True):
            key = fact.id, fact.origin
            if key in known:
                standings.append("unchanged")
                continue
            known.add(key)
            rank = rank_of(fact)
            standing = standing_of(rank, best.get(subject))
            if standing != "older":
                best[subject] = rank
            standings.append(standing)
            taken.append((self._seq + len(taken), fact, subject))
        self._insert(taken)
        return standings

    def _known(self, facts: Sequence[Fact]) -> set[tuple[str, str]]:
        """Find those of the facts that are there: their (id, origin)."""
        ids = json.dumps([fact.id for fact in facts])
        return set(self._connection.execute(_KNOWN, (ids,)))

    def _best(self, subjects: Sequence[str]) -> dict[str, tuple[object, ...]]:
        """Find the rank of the best vintage of each subject that has any."""
        found = self._connection.execute(_BEST, (json.dumps(list(dict.fromkeys(subjects))),))
        return {subject: rank_in(row) for subject, *row in found}

    def _insert(self, taken: Sequence[tuple[int, Fact, str]]) -> None:
        """Write facts under their numbers; nodes first, which the others point to."""
        run = self._connection.executemany
        run("INSERT OR IGNORE INTO nodes VALUES (?, ?)", [f.source for _, f, _ in taken if f.target is None])
        run(INSERT_FACT, [row_of(seq, fact, subject) for seq, fact, subject in taken])
        run(
            "INSERT INTO fact_sources VALUES (?, ?, ?)",
            [
                (seq, position, source)
                for seq, fact, _ in taken
                for position, source in enumerate(fact.provenance.sources)
            ],
        )
        self._seq += len(taken)

    @cached_property
    def _seq(self) -> int:
        """Number of the next fact."""
        (last,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
        return int(last) + 1

    def _remove(self, origin: str) -> int:
        count = self._connection.execute("DELETE FROM facts WHERE origin = ?", (origin,)).rowcount
        self._connection.execute(_BARE_NODES)
        return count

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.IntegrityError as exc:
            missing = self._connection.execute(_DANGLING).fetchall()
            if not missing:
                raise
            found = [
                (fact_of(row), NodeRef(label, key))
                for seq, label, key in missing
                for row in self._connection.execute(f"{SELECT_FACTS} WHERE seq = ?", (seq,))
            ]
            raise dangling(found) from exc

    def _guarded(self, action: Callable[[], Result]) -> Result:
        """Run statements; whatever interrupts them spoils the transaction."""
        if self.state != "running":
            raise StoreError(f"{self._path}: found the transaction {self.state}, expected one under way")
        self.state = "spoilt by an earlier failure"
        with translated(self._path):
            result = action()
        self.state = "running"
        return result
