"""Time a year of trade filtered to the graph's goods: by the csv module, by frames, and loaded into a store.

Each way runs in a process of its own, in turn, RUNS times; the year is invented (tools/make_trade_year.py).
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = 11_000_000
RUNS = 3
YEAR = "BACI_HS17_Y2024_V202601.csv"


def known() -> tuple[str, ...]:
    """Give the codes by which the reference data know their goods."""
    from chainshock.graph.stores.memory import MemoryStore  # noqa: PLC0415 - in the child that needs it
    from chainshock.loaders.reference import load_reference  # noqa: PLC0415
    from chainshock.loaders.sources import Context  # noqa: PLC0415

    with MemoryStore() as store:
        load_reference(store)
        return tuple(Context(store.view(), "bench").hs_codes)


def filter_with_csv(path: Path) -> int:
    """Count the rows of known goods, read with the csv module."""
    codes = known()
    with path.open(newline="", encoding="utf-8") as file:
        return sum(row[3].startswith(codes) for row in csv.reader(file))


def filter_with_frames(path: Path) -> int:
    """Count the rows of known goods, read in frames."""
    from chainshock.loaders.delimited import open_table  # noqa: PLC0415
    from chainshock.loaders.inputs import find_inputs  # noqa: PLC0415

    codes, count = known(), 0
    (source,) = find_inputs([path], (".csv",))
    for frame in open_table(source, ("t", "i", "j", "k", "v", "q")).frames():
        column = frame.data["k"]
        count += int(column.is_in([k for k in column.unique() if k.startswith(codes)]).sum())
    return count


WAYS = {"csv": filter_with_csv, "frames": filter_with_frames}


def measure(command: list[str]) -> tuple[float, float]:
    """Run a command; give its seconds and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # wait4 has taken it from under Popen
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main(rows: int) -> None:
    """Make a year and run the ways in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tool = [sys.executable, str(ROOT / "tools" / "make_trade_year.py"), "--rows", str(rows), name]
        subprocess.run(tool, check=True)
        year, store = folder / YEAR, folder / "new.db"
        print(f"{year.stat().st_size / 1e6:,.0f} MB, load average {os.getloadavg()[0]:.1f}")
        commands = {way: [sys.executable, __file__, "--way", way, str(year)] for way in WAYS}
        load = [sys.executable, "-m", "chainshock", "load", "baci", str(year), "--store", str(store)]
        commands["load into a new store"] = load
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in commands}
        for _ in range(RUNS):
            for way, command in commands.items():
                store.unlink(missing_ok=True)
                found[way].append(measure(command))
    base = statistics.median(seconds for seconds, _ in found["csv"])
    print(f"{'way':24} {'median':>8} {'ratio':>7} {'peak':>8}   min to max")
    for way, runs in found.items():
        seconds = [entry[0] for entry in runs]
        middle, peak = statistics.median(seconds), max(entry[1] for entry in runs)
        spread = f"{min(seconds):.1f} to {max(seconds):.1f} s"
        print(f"{way:24} {middle:7.1f}s {middle / base:6.2f}x {peak:5.0f} MB   {spread}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("path", type=Path, nargs="?")
    chosen = parser.parse_args()
    if chosen.way is None:
        main(chosen.rows)
    else:
        WAYS[chosen.way](chosen.path)
