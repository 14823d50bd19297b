"""What is compiled once stays compiled, and a folder that cannot be written stops nothing."""

import os
import subprocess
import sys

import numba

from chainshock.queries.propagation.compiled import compiled

SCRIPT = """
from chainshock.graph.network.synthetic import make_network
from chainshock.queries.propagation.cascade.arrays import compile_cascade
from chainshock.queries.propagation.cascade.packed_kernels import sweep_up
from chainshock.queries.propagation.cascade.run import Cascade

engine = Cascade(compile_cascade(make_network(200), "generalized-leontief"))
print(engine.run(next(engine.each_node(range(200)))).score.esri > 0, len(sweep_up.stats.cache_hits))
"""


def run(cache):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_a_second_process_does_not_compile_again(tmp_path):
    assert run(tmp_path) == ["True", "0"]
    assert run(tmp_path) == ["True", "1"]


def test_loops_are_compiled_anew_where_nothing_can_be_kept(monkeypatch):
    def njit(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")  # what numba says
        return numba.njit(**options)

    monkeypatch.setattr("chainshock.queries.propagation.compiled.njit", njit)
    double = compiled(lambda x: 2 * x)
    assert double(4) == 8


def test_a_full_disk_stops_nothing(monkeypatch, tmp_path):
    def full(*given, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert compiled(lambda x: 2 * x)(4) == 8
