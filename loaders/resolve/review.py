"""Keep what people decided on who is who, and ask them only once.

A decisions file is a CSV table: one pair of a name in another data set and a company of the graph a row, with
`yes`, `no` or nothing in its last column. Rows that are there stay as they are; new pairs are added.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from chainshock.errors import FileProblem, InvalidRecord
from chainshock.graph.exports.base import open_whole
from chainshock.loaders.quarantine import safe_cell
from chainshock.loaders.resolve.companies import Candidates, Found, Match
from chainshock.loaders.resolve.names import normalise

__all__ = ["Pair", "Review"]

WORDS = ("", "yes", "no")


@dataclass(frozen=True)
class Pair:
    """A name in another data set, a company that it may stand for, and what a person said to it."""

    source: str
    identifier: str
    name: str
    country: str
    candidate: str
    candidate_name: str
    score: float
    decision: str = ""

    @property
    def row(self) -> tuple[str, str]:
        """Which row of the other data set it is about: by identifier, else by name."""
        return (self.source, self.identifier or normalise(self.name))

    @property
    def order(self) -> tuple[str, ...]:
        """Place in the file."""
        return (self.source, self.identifier, normalise(self.name), self.candidate, self.name)


COLUMNS = tuple(field.name for field in fields(Pair))


class Review:
    """Decisions that were read, and the pairs that wait for one.

    Parameters
    ----------
    source
        Name of the loader whose rows are looked at.
    pairs
        What a decisions file holds.
    """

    def __init__(self, source: str, pairs: Iterable[Pair] = ()) -> None:
        self.source = source
        self._pairs = {(pair.row, pair.candidate): pair for pair in pairs}
        self._yes = {pair.row: pair for pair in self._pairs.values() if pair.decision == "yes"}
        self._waiting: dict[tuple[tuple[str, str], str], Pair] = {}
        self._is_new = False

    @classmethod
    def read(cls, path: Path, source: str, names: Mapping[str, str]) -> Review:
        """Read a decisions file; one that does not exist yet holds none.

        Parameters
        ----------
        names
            Companies of the store: a decision on another company is refused.

        Raises
        ------
        FileProblem
            It is no such table.
        InvalidRecord
            A row has an unknown word, score or company, or says yes to two companies.
        """
        try:
            text = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(COLUMNS)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            found = "bytes that are not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            raise FileProblem(str(path), found, f"a table with columns {', '.join(COLUMNS)}") from error
        items = list(_read_rows(text, str(path), source, names))
        errors = [item for item in items if isinstance(item, InvalidRecord)]
        if errors:
            errors[0].others = tuple(errors[1:])
            raise errors[0]
        return cls(source, [item for item in items if isinstance(item, Pair)])

    def settle(self, found: Found, *, identifier: str = "", name: str = "", country: str = "") -> Found:
        """Hold what was found against the decisions: a decision goes before everything else.

        Candidates that nobody decided on are noted as waiting.

        Parameters
        ----------
        found
            What `CompanyIndex.find` gave for the row.
        identifier
            What the other data set calls the row, if it has an identifier that stays the same.
        name, country
            Name and country of the row, as a person should see them.

        Returns
        -------
        Found
            The match that stands, the candidates that wait for a decision, or None.
        """
        row = (self.source, identifier or normalise(name))
        if row in self._yes:
            pair = self._yes[row]
            return Match(pair.candidate, "decision", pair.score)
        if isinstance(found, Match):
            return None if self._is_refused(row, found.company_id) else found
        if found is None:
            return None
        left = tuple(each for each in found.pairs if not self._is_refused(row, each.company_id))
        for each in left:
            key = (row, each.company_id)
            pair = Pair(self.source, identifier, name, country, each.company_id, each.name, each.score)
            self._is_new |= key not in self._pairs
            self._waiting[key] = self._pairs.setdefault(key, pair)
        return Candidates(left) if left else None

    @property
    def recognised(self) -> frozenset[str]:
        """Identifiers of the rows of this source that a person has recognised."""
        return frozenset(pair.identifier for pair in self._yes.values() if pair.source == self.source)

    @property
    def chosen(self) -> frozenset[str]:
        """Companies that a person has recognised in rows of this source."""
        return frozenset(pair.candidate for pair in self._yes.values() if pair.source == self.source)

    @property
    def waiting(self) -> tuple[Pair, ...]:
        """Pairs met that nobody decided on, the likeliest first."""
        return tuple(sorted(self._waiting.values(), key=lambda pair: (-pair.score, *pair.order)))

    def decide(self, pair: Pair, word: str) -> None:
        """Note a person's decision on a pair."""
        key = (pair.row, pair.candidate)
        self._pairs[key] = replace(pair, decision=word)
        self._waiting.pop(key, None)
        self._is_new = True

    def write(self, path: Path) -> None:
        """Write all pairs to the decisions file, in order, whole or not at all; no news, no writing.

        Raises
        ------
        FileProblem
            The file cannot be written.
        """
        if not self._is_new:
            return
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for pair in sorted(self._pairs.values(), key=lambda pair: pair.order):
            writer.writerow([_safe(cell) if isinstance(cell, str) else f"{cell:g}" for cell in astuple(pair)])
        with open_whole(path) as file:
            file.write(out.getvalue().encode("utf-8", errors="backslashreplace"))
        self._is_new = False

    def _is_refused(self, row: tuple[str, str], company: str) -> bool:
        pair = self._pairs.get((row, company))
        return pair is not None and pair.decision == "no"


def _read_rows(text: str, path: str, source: str, names: Mapping[str, str]) -> Iterator[Pair | InvalidRecord]:
    """Read the rows of a decisions file: the pair where it fits, else the error."""
    if "\0" in text:
        raise FileProblem(path, "a NUL character", f"a table with columns {', '.join(COLUMNS)}")
    reader = csv.reader(io.StringIO(text, newline=""))
    agreed: dict[tuple[str, str], str] = {}
    line = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise FileProblem(path, f"no column {missing[0]!r}", f"columns {', '.join(COLUMNS)}")
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) != len(header) and cells:
                yield InvalidRecord(path, line, None, f"{len(cells)} cells", f"{len(header)} cells")
            elif cells:
                row = {name: cell.strip().removeprefix("'") for name, cell in zip(header, cells, strict=True)}
                item = _read_pair(row, path, line, source, names)
                if isinstance(item, Pair) and item.decision == "yes":
                    before = agreed.setdefault(item.row, item.candidate)
                    if before != item.candidate:
                        item = InvalidRecord(
                            path,
                            line,
                            "decision",
                            f"yes to {item.candidate} after yes to {before}",
                            "one yes",
                        )
                yield item
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(path, f"line {line}: {error}", "a CSV table") from error


def _read_pair(
    row: dict[str, str], path: str, line: int, source: str, names: Mapping[str, str]
) -> Pair | InvalidRecord:
    decision = row["decision"].casefold()
    if decision not in WORDS:
        return InvalidRecord(path, line, "decision", repr(row["decision"]), "yes, no or nothing")
    if not row["source"] or not (row["identifier"] or normalise(row["name"])):
        return InvalidRecord(path, line, "name", "a row about nobody", "source, and identifier or name")
    if decision and row["source"] == source and row["candidate"] not in names:
        return InvalidRecord(path, line, "candidate", repr(row["candidate"]), "the key of a Company")
    try:
        score = float(row["score"])
    except ValueError:
        score = -1.0
    if not 0 <= score <= 100:
        return InvalidRecord(path, line, "score", repr(row["score"]), "a number from 0 to 100")
    return Pair(
        row["source"],
        row["identifier"],
        row["name"],
        row["country"],
        row["candidate"],
        row["candidate_name"],
        score,
        decision,
    )


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula; the apostrophe goes again on reading."""
    return f"'{text}" if text.startswith("'") else safe_cell(text)
