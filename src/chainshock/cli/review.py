"""Show which names wait for a decision on who is who, and ask for it where somebody sits at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from chainshock.loaders.resolve.review import Pair

__all__ = ["ask", "can_ask", "describe", "keep_decisions", "show_waiting"]

MOST_PAIRS = 10  # shown; all of them are in the file and in JSON
WORDS = {"y": "yes", "n": "no", "s": "", "q": ""}
HOW = "y: the same firm   n: not the same   s: skip   q: stop asking"


def can_ask() -> bool:
    """Tell whether somebody sits at a terminal, to read the question and to answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def describe(pair: Pair) -> str:
    """Word a pair in one line."""
    about = ", ".join(part for part in (pair.identifier, pair.country) if part)
    return f"{pair.name}{f' ({about})' if about else ''} = {pair.candidate_name} ({pair.candidate})"


def show_waiting(pairs: Sequence[Pair], review: str | None) -> None:
    """Say on stderr how many pairs wait for a decision, and list the likeliest."""
    if not pairs:
        return
    where = (
        "--review FILE collects them"
        if review is None
        else f"write yes or no into {review} and load again with --replace"
    )
    what = "1 pair of names waits" if len(pairs) == 1 else f"{len(pairs):,} pairs of names wait"
    click.echo(f"{what} for a decision: {where}", err=True)
    for pair in pairs[:MOST_PAIRS]:
        click.echo(f"waiting: {pair.score:5.1f}  {describe(pair)}", err=True)
    if len(pairs) > MOST_PAIRS:
        click.echo(f"... and {len(pairs) - MOST_PAIRS:,} more", err=True)


def ask(pairs: Iterable[Pair], read: Callable[[str], str], say: Callable[[str], None]) -> dict[Pair, str]:
    """Ask about pairs, the likeliest first, until all are answered or the user stops.

    A row that was recognised is asked about no more.

    Parameters
    ----------
    read
        Ask a question and give the answer; EOFError and KeyboardInterrupt stop the asking.
    say
        Tell the user something.
    """
    decided: dict[Pair, str] = {}
    settled: set[tuple[str, str]] = set()
    say(HOW)
    for pair in pairs:
        if pair.row in settled:
            continue
        answer = ""
        while answer not in WORDS:
            try:
                answer = read(f"{pair.score:5.1f}  {describe(pair)}? [y/n/s/q] ").strip().casefold()
            except (EOFError, KeyboardInterrupt, click.Abort):
                answer = "q"
            if answer not in WORDS:
                say(HOW)
        if answer == "q":
            break
        if WORDS[answer]:
            decided[pair] = WORDS[answer]
        if answer == "y":
            settled.add(pair.row)
    return decided


def keep_decisions(decided: Mapping[Pair, str], path: Path, source: str, names: Mapping[str, str]) -> None:
    """Write decisions into the file that holds the others.

    Raises
    ------
    FileProblem
        The file cannot be read or written.
    """
    from chainshock.loaders.resolve.review import Review

    review = Review.read(path, source, names)
    for pair, word in decided.items():
        review.decide(pair, word)
    review.write(path)
