"""Progress of a load: on a terminal only, on stderr, in bytes read."""

from __future__ import annotations

import io
import sys

from chainshock.cli import output
from chainshock.graph.stores.memory import MemoryStore
from chainshock.loaders.ingest import load
from tests.cli.worlds import PROVENANCE, SAID, write_tables

EXPORTS = f"source,target,code,period,tonnes,{PROVENANCE}\n" + "".join(
    f"CHN,USA,{280000 + n},2024,{n},{SAID}\n" for n in range(2000)
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def load_to(stderr, folder, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(output, "PROGRESS_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(output, "PROGRESS_EVERY_SECONDS", 0.0)
    tables = write_tables(folder, EXPORTS=EXPORTS)
    with output.load_progress("loading tables") as tick:
        load("tables", [tables], MemoryStore(), origin="mine", progress=tick)
    return stderr.getvalue()


def test_bar_grows_with_the_bytes_read_and_is_gone_in_the_end(tmp_path, monkeypatch):
    shown = load_to(Terminal(), tmp_path, monkeypatch).split("\r\x1b[K")
    assert shown[-1] == ""
    assert shown[-2].startswith("loading tables [##############################] 100 %, 2,008 rows, ")
    shares = [int(line.split("] ")[1].split(" %")[0]) for line in shown if "%" in line]
    assert shares == sorted(shares)
    assert len(shares) > 3


def test_nothing_is_shown_where_nobody_looks(tmp_path, monkeypatch):
    assert load_to(io.StringIO(), tmp_path, monkeypatch) == ""
