"""A year of trade at its true size loads within a gigabyte; `make bench` prints how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import MEASURED

ROOT = Path(__file__).parents[2]
ROWS = 11_000_000
MOST_MB = 1024


@pytest.mark.slow
def test_year_of_eleven_million_rows_loads_within_a_gigabyte(tmp_path):
    tool = [sys.executable, ROOT / "tools" / "make_trade_year.py", "--rows", str(ROWS), tmp_path]
    subprocess.run(tool, check=True)
    report, store = tmp_path / "report.json", tmp_path / "new.db"
    command = ["load", "baci", tmp_path / "BACI_HS17_Y2024_V202601.csv", "--store", store, "-o", report]
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, command)], check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    _, megabytes = json.loads(result.stderr.splitlines()[-1])
    assert megabytes < MOST_MB
    run = json.loads(report.read_text())["run"]
    assert run["read"] == pytest.approx(ROWS, rel=0.02)
    assert run["quarantined"] == 0
    assert run["loaded"] > 50_000
