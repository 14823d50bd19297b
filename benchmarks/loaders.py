"""Time the reading of a year of trade by rows and by frames, and the writing of facts into SQLite.

Rows are invented, in the shape of BACI: six columns, 35 bytes a row. `--full` takes a year of 11 million rows
and a million facts.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.loaders.delimited import Row, open_table
from chainshock.loaders.inputs import find_inputs

CODES = 5000  # goods; one of them is looked for
WANTED = "100007"
COUNTRIES = [f"{a}{b}{c}" for a in "ABCDEF" for b in "ABCDEF" for c in "ABCDEF"]
FACTS_AT_ONCE = 5000


def main() -> None:
    """Print seconds, ratios and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="11 million rows, a million facts")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    rows, facts = (11_000_000, 1_000_000) if options.full else (1_000_000, 100_000)
    if options.measure:
        what, path = options.measure
        work: dict[str, Callable[[], int]] = {
            "csv module": lambda: by_csv(Path(path)),
            "Table.rows": lambda: by_rows(Path(path)),
            "Table.frames": lambda: by_frames(Path(path)),
            "SQLite": lambda: write_facts(Path(path), facts),
        }
        start, cpu = time.perf_counter(), time.process_time()
        found = work[what]()
        print(found, time.perf_counter() - start, time.process_time() - cpu, peak_megabytes())
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trade.csv"
        write_trade(path, rows)
        print(f"one good of {CODES:,} out of {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        base = measure("csv module", path, options.full)
        for what in ("Table.rows", "Table.frames"):
            seconds = measure(what, path, options.full)
            print(f"    {base / seconds:.2f} times as fast as the csv module")
        print(f"{facts:,} facts EXPORTS, ids included")
        seconds = measure("SQLite", Path(folder) / "facts.db", options.full)
        print(f"    {1e6 * seconds / facts:.1f} µs a fact")


def measure(what: str, path: Path, full: bool) -> float:
    """Do the work in a process of its own, print what it took, and give the seconds."""
    command = [sys.executable, __file__, "--measure", what, str(path), *["--full"] * full]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found, seconds, cpu, peak = map(float, output.split())
    print(
        f"{what:14} {seconds:7.2f} s ({cpu:.2f} s of processor), {peak:.0f} MB, {found:,.0f} found or written"
    )
    return seconds


def write_trade(path: Path, rows: int) -> None:
    """Write a table of trade, the same on every run."""
    with path.open("w", encoding="ascii") as file:
        file.write("t,i,j,k,v,q\n")
        for n in range(rows):
            ends = f"{4 + n % 890},{4 + n % 887}"
            file.write(f"2024,{ends},{100000 + n % CODES},{n % 99991}.{n % 997:03},{n % 9973}.5\n")


def by_csv(path: Path) -> int:
    """Count the rows of the good with the csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(row[3] == WANTED for row in csv.reader(file))


def by_rows(path: Path) -> int:
    """Count them by rows."""
    table = open_table(find_inputs([path], [".csv"])[0], list("tijkvq"))
    return sum(isinstance(row, Row) and row["k"] == WANTED for row in table.rows())


def by_frames(path: Path) -> int:
    """Count them by frames."""
    table = open_table(find_inputs([path], [".csv"])[0], list("tijkvq"))
    return sum(frame.data.filter(pl.col("k") == WANTED).height for frame in table.frames())


def write_facts(path: Path, count: int) -> int:
    """Write facts in one transaction, as a load does."""
    with SqliteStore(path, create=True) as store, store.writer("trade") as writer:
        batch: list[Fact] = []
        for fact in trade_facts(count):
            batch.append(fact)
            if len(batch) == FACTS_AT_ONCE:
                writer.add_many(batch)
                batch = []
        writer.add_many(batch)
    return count


def trade_facts(count: int) -> Iterator[Fact]:
    """Give countries, and trade between them."""
    said = Provenance(("trade-2024",), date(2024, 12, 31), date(2026, 1, 22), "A")
    refs = [NodeRef("Country", key) for key in COUNTRIES]
    for ref in refs:
        yield Fact("Country", ref, None, {"name": ref.key}, said, "trade")
    for n in range(count):
        values = {
            "code": str(100000 + n // 46656),
            "period": "2024",
            "tonnes": n * 0.37,
            "value_usd": n * 1.5,
        }
        yield Fact("EXPORTS", refs[n % 216], refs[n // 216 % 216], values, said, "trade")


def peak_megabytes() -> float:
    """Give the most memory that this process held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
