"""Recognise companies among millions of names: exact names by a join, near ones where a rare word agrees.

It finds what `CompanyIndex.find_name` finds, but for near names that share no rare word with the company's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from chainshock.loaders.resolve.companies import (
    LEAST_SCORE,
    MOST_CANDIDATES,
    Candidate,
    Candidates,
    CompanyIndex,
    Found,
    Match,
)
from chainshock.loaders.resolve.names import (
    COLLECTIVE,
    core,
    is_short,
    likeness,
    normalised,
    sorted_words,
)

__all__ = ["BulkNames", "RowId", "find_all"]

WORDS_OF_NAME = 2  # rarest words of a company's name, one of which a near name must have
MOST_ROWS_OF_WORD = 20_000  # a word in more names than that is not rare
MOST_COMPANIES_OF_WORD = 10  # a word in more companies' names finds only those that have no other
PAIRS_AT_ONCE = 250_000
ROWS_AT_ONCE = 50_000
WORDS_AT_ONCE = 100  # of companies, of which each may stand in MOST_ROWS_OF_WORD names

T = TypeVar("T")
RowId = str  # what the register calls a row


class BulkNames:
    """Take a register's names frame by frame, then say whom they stand for.

    Parameters
    ----------
    index
        The companies.
    """

    def __init__(self, index: CompanyIndex) -> None:
        self._index = index
        self._named = pl.DataFrame({"normal": sorted(index.named)}, schema={"normal": pl.String})
        self._words = pl.DataFrame({"word": _telling_words(index.named)}, schema={"word": pl.String})
        self._hits: list[pl.DataFrame] = []

    def add(self, names: pl.DataFrame) -> pl.Series:
        """Take names: columns `row` (number), `id`, `name` and `country` (ISO alpha-3 or blank) as text.

        A row may have several names. Returned are the numbers of the rows that stay of interest.
        """
        frame = names.with_columns(normal=normalised(pl.col("name")))
        frame = frame.filter(~pl.col("normal").is_in(COLLECTIVE))
        words = (
            frame.lazy()
            .select("row", "name", word=pl.col("normal").str.split(" "))
            .explode("word", empty_as_null=True)
            .join(self._words.lazy(), on="word", how="semi")
            .select("row", "name")
            .unique()
        )
        hits = frame.lazy().join(words, on=["row", "name"], how="semi").collect()
        self._hits.append(hits)
        return hits["row"]

    def resolve(self) -> dict[RowId, Found]:
        """Give what was found for each row that a company's name, or one like it, stands in."""
        if not self._hits:
            return {}
        hits = pl.concat(self._hits)
        self._hits = []
        best: dict[RowId, dict[str, Candidate]] = defaultdict(dict)
        matches = self._exact(hits.join(self._named, on="normal", how="semi"), best)
        sole = {row: next(iter(owners)) for row, owners in matches.items() if len(owners) == 1}
        self._near(hits.filter(~pl.col("id").is_in(list(sole))), best)
        found: dict[RowId, Found] = {row: Match(owner, "name") for row, owner in sole.items()}
        for row, candidates in best.items():
            if candidates and row not in found:
                ordered = sorted(candidates.values(), key=lambda each: (-each.score, each.company_id))
                found[row] = Candidates(tuple(ordered[:MOST_CANDIDATES]))
        return found

    def _exact(self, hits: pl.DataFrame, best: dict[RowId, dict[str, Candidate]]) -> dict[RowId, set[str]]:
        """Give companies by row whose name they have: long enough, of no other company, and not elsewhere.

        All other owners of the names are candidates; so are those of a row that has several companies' names.
        """
        matches: dict[RowId, set[str]] = defaultdict(set)
        for row, normal, country in hits.select("id", "normal", "country").iter_rows():
            owners = self._index.named[normal]
            for owner in owners:
                _keep(best[row], self._index.candidate(owner, 100.0, country))
                if len(owners) == 1 and not is_short(normal) and not self._index.is_elsewhere(owner, country):
                    matches[row].add(owner)
        return matches

    def _near(self, hits: pl.DataFrame, best: dict[RowId, dict[str, Candidate]]) -> None:
        """Compare names that share a rare word."""
        names = hits.select("id", "normal", "country").unique(maintain_order=True).with_row_index("at")
        words = (
            names.lazy()
            .select("at", word=pl.col("normal").str.split(" "))
            .explode("word", empty_as_null=True)
            .join(self._words.lazy(), on="word", how="semi")
            .unique()
            .collect()
        )
        rare = self._rare_words(words)
        for part in rare.iter_slices(WORDS_AT_ONCE):
            pairs = part.join(words, on="word").select("company", "at").unique()
            for some in pairs.iter_slices(PAIRS_AT_ONCE):
                self._compare(some.join(names, on="at"), best)

    def _rare_words(self, words: pl.DataFrame) -> pl.DataFrame:
        """Give the rarest words of each company's name, as they are spread in the register."""
        count = dict(words.group_by("word").len().iter_rows())
        rows = [
            (normal, word)
            for normal in sorted(self._index.named)
            for word in sorted(
                (word for word in set(normal.split()) if 0 < count.get(word, 0) <= MOST_ROWS_OF_WORD),
                key=lambda word: (count[word], word),
            )[:WORDS_OF_NAME]
        ]
        return pl.DataFrame(rows, schema={"company": pl.String, "word": pl.String}, orient="row")

    def _compare(self, pairs: pl.DataFrame, best: dict[RowId, dict[str, Candidate]]) -> None:
        ours, theirs = (pairs[column].to_list() for column in ("company", "normal"))
        scores = process.cpdist(_each(core, ours), _each(core, theirs), scorer=fuzz.ratio)
        pairs_of_words = zip(_each(sorted_words, ours), _each(sorted_words, theirs), strict=True)
        same_words = np.array([one == other for one, other in pairs_of_words], dtype=np.bool_)
        for at in np.flatnonzero((scores >= LEAST_SCORE - 0.1) | same_words).tolist():
            row, normal, country = pairs["id"][at], theirs[at], pairs["country"][at]
            score = likeness(normal, ours[at])
            for owner in self._index.named[ours[at]]:
                _keep(best[row], self._index.candidate(owner, score, country))


def find_all(
    index: CompanyIndex, rows: Iterable[tuple[RowId, Iterable[str], Iterable[str]]]
) -> dict[RowId, Found]:
    """Resolve rows of a register that come one by one: what it calls each, its names, its countries.

    Names of several countries are held against each of them.
    """
    bulk = BulkNames(index)
    schema = {"row": pl.Int64, "id": pl.String, "name": pl.String, "country": pl.String}
    for block in _batched(rows, ROWS_AT_ONCE):
        cells = [
            (number, row, name, country)
            for number, (row, names, countries) in enumerate(block)
            for name in names
            for country in (tuple(countries) or ("",))
        ]
        bulk.add(pl.DataFrame(cells, schema=schema, orient="row"))
    return bulk.resolve()


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give rows in lists of a size, the last one shorter."""
    waiting = iter(rows)
    while block := list(islice(waiting, size)):
        yield block


def _telling_words(names: Collection[str]) -> list[str]:
    """Give the words by which names can be found: of each name those that few others have, if it has such."""
    count = Counter(word for name in names for word in set(name.split()))
    found: set[str] = set()
    for name in names:
        words = set(name.split())
        found |= {word for word in words if count[word] <= MOST_COMPANIES_OF_WORD} or words
    return sorted(found)


def _each(change: Callable[[str], str], names: Iterable[str]) -> list[str]:
    """Change each of many names, of which most come again and again."""
    known: dict[str, str] = {}
    return [known[name] if name in known else known.setdefault(name, change(name)) for name in names]


def _keep(best: dict[str, Candidate], candidate: Candidate | None) -> None:
    """Keep the likelier of two candidates for one company."""
    if candidate is None:
        return
    known = best.get(candidate.company_id)
    if known is None or known.score < candidate.score:
        best[candidate.company_id] = candidate
