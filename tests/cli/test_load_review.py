"""Decisions on who is who, from the command line: written to a file, or given at the terminal."""

from __future__ import annotations

import csv
import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chainshock.cli.review import ask
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.loaders.resolve.review import Pair
from tests.cli.worlds import PROVENANCE, SAID, invoke, write_tables

COMPANIES = (
    f"id,name,is_listed,ticker,mic,{PROVENANCE}\nacme,Acme,true,ACM,XNYS,{SAID}\nbolt,Bolt,true,,,{SAID}\n"
)
PAIRS = [
    Pair("sec", "CIK-1", "Acme Foods", "", "acme", "Acme", 95.0),
    Pair("sec", "CIK-1", "Acme Foods", "", "bolt", "Bolt", 90.0),
    Pair("sec", "CIK-2", "Bolts", "", "bolt", "Bolt", 89.0),
]


@pytest.fixture
def world(tmp_path: Path) -> list[str]:
    """Arguments of a load into a store of two companies, one of which a list may mean."""
    store = tmp_path / "facts.db"
    tables = write_tables(tmp_path / "good", Company=COMPANIES)
    assert invoke("load", tables, "--store", store, "--empty").exit_code == 0
    entry = {"cik_str": 7, "ticker": "ACM", "title": "Entirely Different Foods"}
    path = tmp_path / "company_tickers.json"
    path.write_text(json.dumps({"0": entry}), encoding="utf-8")
    options = [
        "--published",
        "2025-06-01",
        "--store",
        str(store),
        "--review",
        str(tmp_path / "decisions.csv"),
    ]
    return ["load", "sec", str(path), *options]


def identified(folder: Path) -> list[str]:
    with SqliteStore(folder / "facts.db") as store:
        return [fact.source.key for fact in store.view().facts("IDENTIFIES")]


def test_pairs_that_wait_are_counted_listed_and_written_down(world: list[str], tmp_path: Path) -> None:
    result = invoke(*world)
    assert result.exit_code == 0
    assert "1 pair of names waits for a decision" in result.stderr
    assert "Entirely Different Foods (CIK-0000000007) = Acme (acme)" in result.stderr
    (pair,) = csv.DictReader((tmp_path / "decisions.csv").read_text("utf-8").splitlines())
    assert (pair["candidate"], pair["decision"]) == ("acme", "")


def test_json_holds_the_pairs_that_wait(world: list[str]) -> None:
    (pair,) = json.loads(invoke(*world, "--format", "json").stdout)["waiting"]
    assert (pair["identifier"], pair["candidate"]) == ("CIK-0000000007", "acme")


def test_dry_run_writes_no_decisions_file(world: list[str], tmp_path: Path) -> None:
    assert invoke(*world, "--dry-run").exit_code == 0
    assert not (tmp_path / "decisions.csv").exists()


def test_data_set_with_a_decision_can_be_removed_again(world: list[str], tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "facts.db") as store:
        before = store.view().content_hash()
    invoke(*world)
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(decisions.read_text("utf-8").rstrip("\n") + "yes\n", encoding="utf-8")
    invoke(*world)
    assert identified(tmp_path) == ["CIK-0000000007"]
    result = invoke("load", "--remove", "company_tickers", "--store", tmp_path / "facts.db")
    assert result.exit_code == 0
    with SqliteStore(tmp_path / "facts.db") as store:
        assert store.view().content_hash() == before


def test_decisions_file_that_does_not_fit_is_an_error_without_a_traceback(
    world: list[str], tmp_path: Path
) -> None:
    (tmp_path / "decisions.csv").write_text("nonsense\n", encoding="utf-8")
    result = invoke(*world)
    assert result.exit_code == 1
    assert "decisions.csv: found no column 'source'" in result.stderr


def answers(*words: str):  # type: ignore[no-untyped-def]
    waiting = iter(words)

    def read(question: str) -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    return read


@pytest.mark.parametrize(
    ("words", "decided"),
    [
        (["y", "n"], {0: "yes", 2: "no"}),  # the other candidate of a row that is recognised is passed over
        (["n", "y", "s"], {0: "no", 1: "yes"}),
        (["s", "s", "Y"], {2: "yes"}),
        (["n", "q"], {0: "no"}),
        (["what?", "n"], {0: "no"}),
        ([], {}),
    ],
)
def test_answers_become_decisions(words: list[str], decided: dict[int, str]) -> None:
    assert ask(PAIRS, answers(*words), lambda text: None) == {PAIRS[at]: word for at, word in decided.items()}


@pytest.mark.parametrize(("answer", "expected"), [(b"y\n", ["CIK-0000000007"]), (b"n\n", [])])
def test_at_a_terminal_the_question_is_asked_and_the_answer_loaded(
    answer: bytes, expected: list[str], world: list[str], tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from chainshock.cli import main; main()", *world]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen, until = b"", time.monotonic() + 60
        while b"[y/n/s/q]" not in seen and time.monotonic() < until:
            if select.select([ours], [], [], 1)[0]:
                seen += os.read(ours, 1024)
        os.write(ours, answer)
        while time.monotonic() < until:
            try:
                if not os.read(ours, 1024):
                    break
            except OSError:  # the other end is closed
                break
        assert process.wait(timeout=30) == 0
    os.close(ours)
    assert identified(tmp_path) == expected
    assert (tmp_path / "decisions.csv").read_text("utf-8").endswith(",yes\n" if expected else ",no\n")
