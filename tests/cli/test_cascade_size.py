"""A network of a million nodes and ten million edges: read, shocked, watched and stopped."""

import os
import pty
import resource
import signal
import subprocess
import sys
import threading

import polars as pl
import pytest

from tools.make_network import main as make_tables

NODES = 1_000_000
GIB = 2**30

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("size") / "network"
    make_tables(NODES, folder)
    assert pl.scan_parquet(folder / "edges.parquet").select(pl.len()).collect().item() == 10 * NODES
    return folder


def start(folder, cache, *options):
    """Start the command with a terminal for stderr; give the process and what fills with what it shows."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "chainshock", "cascade", str(folder), "--shocks"]
    process = subprocess.Popen(
        [*command, str(folder / "shocks.parquet"), "--format", "csv", *options],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    os.close(theirs)
    shown, seen = [], threading.Event()

    def follow():
        while True:
            try:
                text = os.read(ours, 4096)
            except OSError:  # the other end is closed
                text = b""
            if not text:
                break
            shown.append(text)
            if b"sweep 3" in b"".join(shown):
                seen.set()
        os.close(ours)
        seen.set()

    thread = threading.Thread(target=follow)
    thread.start()
    return process, shown, seen, thread


def test_ten_million_edges_fit_in_memory_and_show_progress(folder, tmp_path):
    process, shown, _, thread = start(folder, tmp_path)
    out, _ = process.communicate()
    thread.join()
    text = b"".join(shown).decode()
    assert process.returncode == 0, text
    assert "reading and compiling the network" in text
    assert "sweep 15, largest fall" in text
    scenario, *scores, sweeps, stop = out.decode().splitlines()[1].split(",")
    assert (scenario, sweeps, stop) == ("severe", "15", "eps=0.01")
    assert all(0 < float(score) < 1 for score in scores)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < 4 * GIB


def test_interrupt_between_sweeps_ends_quietly(folder, tmp_path):
    process, shown, seen, thread = start(
        folder, tmp_path, "--eps", "0.0000001", "-o", str(tmp_path / "out.csv")
    )
    seen.wait()
    process.send_signal(signal.SIGINT)
    process.communicate()
    thread.join()
    text = b"".join(shown).decode()
    assert process.returncode == 130, text
    assert "Traceback" not in text
    assert not list(tmp_path.glob("*out.csv*"))
