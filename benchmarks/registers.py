"""Time the recognition of companies in a register of GLEIF's size, beside comparing all with all.

An invented register (tools/make_register.py) is loaded by the command line into a store of 1,000 companies:
seconds and peak memory of the whole command. Comparing all pairs is timed on a sample and scaled up.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from chainshock.graph.facts import Fact, NodeRef, Provenance
from chainshock.graph.stores.sqlite import SqliteStore
from chainshock.loaders.reference import load_reference
from chainshock.loaders.resolve.names import likeness, normalise
from tools.make_register import company_names, rows, write

COMPANIES = 1000
SAMPLE = 400  # rows of the register that are compared with all companies
DAY = date(2025, 12, 31)


def make_store(path: Path) -> list[str]:
    """Make a store of the shipped data and invented companies, 1,000 in all, and give their names."""
    names = company_names()
    invented = [row[1] for row in islice(rows(10 * COMPANIES, names, seed=2), 0, None, 7)]
    said = Provenance(("benchmark",), DAY, DAY, "A")
    template = Fact("Company", NodeRef("Company", "x"), None, {"name": "x", "is_listed": False}, said, "mine")
    with SqliteStore(path, create=True) as store:
        load_reference(store)
        held = len({fact.source for fact in store.view().facts("Company")})
        more = invented[: COMPANIES - held]
        with store.writer() as writer:
            for number, name in enumerate(more):
                node = NodeRef("Company", f"invented-{number}")
                writer.add(replace(template, source=node, properties={"name": name, "is_listed": False}))
    return names + more


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_500_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "20260101-0800-gleif-goldencopy-lei2-golden-copy.csv"
        write(register, options.rows, company_names())
        names = make_store(Path(folder) / "store.db")
        command = [str(Path(sys.executable).with_name("chainshock")), "load", "gleif", str(register)]
        start = time.perf_counter()
        subprocess.run([*command, "--store", str(Path(folder) / "store.db")], check=True)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = register.stat().st_size / 1e6
    normal = [normalise(name) for name in names]
    start = time.perf_counter()
    for row in islice(rows(SAMPLE, names, seed=3), SAMPLE):
        theirs = normalise(row[1])
        for ours in normal:
            likeness(theirs, ours)
    naive = (time.perf_counter() - start) * options.rows / SAMPLE
    what = f"{options.rows:,} rows ({size:,.0f} MB) against {len(names):,} names"
    print(f"{what}: {seconds:.1f} s, {peak:,.0f} MB")
    print(f"all with all, scaled from {SAMPLE} rows: {naive:,.0f} s, {naive / seconds:,.0f} times that")


if __name__ == "__main__":
    main()
