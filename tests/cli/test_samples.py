"""Rankings with intervals, on the command line."""

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.cli.worlds import invoke

SAMPLED = ("rank", "end-uses", "--static", "--samples", "20", "--seed", "7")
KEYS = {"exposure_median", "exposure_low", "exposure_high", "rank_median", "rank_low", "rank_high"}


@pytest.fixture(scope="module")
def one_job():
    result = invoke(*SAMPLED, "--jobs", "1", "--format", "json")
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_same_seed_gives_the_same_bytes_whatever_the_number_of_processes(one_job):
    assert invoke(*SAMPLED, "--jobs", "3", "--format", "json").stdout == one_job


def test_rows_carry_intervals_and_the_run_says_how(one_job):
    found = json.loads(one_job)
    assert all(row.keys() >= KEYS for row in found["rows"])
    assert found["run"]["samples"] == 20
    assert found["run"]["seed"] == 7


def test_without_samples_nothing_speaks_of_them():
    text = invoke("rank", "end-uses", "--format", "json").stdout
    assert not KEYS & json.loads(text)["rows"][0].keys()
    assert json.loads(text)["run"]["seed"] is None
    assert "samples" not in text


@pytest.mark.parametrize("args", [["--seed", "7"], ["--jobs", "2"], ["--samples", "3"], ["--samples", "x"]])
def test_wrong_usage(args):
    result = invoke("rank", *args)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def interrupt(process):
    """Press Ctrl-C, and again after a while: Python loses one that falls into the clean-up of an object."""
    for _ in range(4):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=20)
    process.kill()
    return process.communicate()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_ends_quietly_and_leaves_no_process(jobs):
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from chainshock.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "rank", "--samples", "5000", "--jobs", jobs]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(6)
        out, err = interrupt(process)
    assert process.returncode == 130, err
    assert out == b""
    assert b"Traceback" not in err


WHY = ("rank", "end-uses", "--static", "--samples", "100", "--seed", "7", "--why-uncertain", "--top", "2")


@pytest.fixture(scope="module")
def why():
    result = invoke(*WHY, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_why_uncertain_names_inputs_with_intervals(why):
    told = why["rows"][0]["why_uncertain"]["exposure"]
    assert told
    assert all(0 <= entry["low"] <= entry["share"] <= entry["high"] <= 1 for entry in told)
    assert {entry["input"] for entry in told} <= set(why["run"]["why_uncertain"]["inputs"])
    assert len(why["run"]["why_uncertain"]["inputs"]) <= 40


def test_row_that_nothing_reaches_has_no_reason_to_be_uncertain(why):
    calm = [row for row in why["rows"] if row["exposure_low"] == row["exposure_high"]]
    assert calm
    assert all(row["why_uncertain"]["exposure"] == [] for row in calm)


def test_why_uncertain_without_samples_is_wrong_usage():
    assert invoke("rank", "--why-uncertain").exit_code == 2


def test_why_uncertain_with_few_samples_says_how_many_it_needs():
    result = invoke("rank", "--samples", "30", "--why-uncertain")
    assert result.exit_code == 1
    assert "expected 100 or more" in result.stderr


def test_missing_library_is_a_clear_message_before_any_sample_is_run(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    result = invoke(*WHY)
    assert result.exit_code == 1
    assert "pip install 'chainshock[uncertainty]'" in result.stderr
