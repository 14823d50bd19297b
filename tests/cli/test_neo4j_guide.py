"""The commands `neo4j guide`, `neo4j runs` and `rank --push`."""

import io
import json
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from chainshock.errors import StoreUnavailable
from chainshock.queries.browser import browser_files
from chainshock.server.guide import guide_server
from tests.cli.worlds import invoke


@pytest.fixture
def server(neo4j_alone, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", neo4j_alone.uri)
    monkeypatch.setenv("NEO4J_USER", neo4j_alone.user)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_alone.password)
    return neo4j_alone


def test_guide_writes_three_files_that_are_the_same_each_time(tmp_path):
    result = invoke("neo4j", "guide", "--out", tmp_path / "a" / "b")
    assert result.exit_code == 0
    files = {path.name: path.read_bytes() for path in (tmp_path / "a" / "b").iterdir()}
    assert files == browser_files()
    names = zipfile.ZipFile(io.BytesIO(files["favourites.zip"])).namelist()
    assert "chainshock Exposure/why-exposed.cypher" in names
    assert b"$" not in files["guide.html"]  # defaults are written in


def test_guide_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    result = invoke("neo4j", "guide", "--out", tmp_path / "file")
    assert result.exit_code == 1
    assert "expected a folder to write to" in result.stderr


def test_guide_server_lets_the_browser_in_and_nothing_else_out():
    with guide_server() as server:
        with urllib.request.urlopen(f"{server.url}/guide.html") as answer:  # noqa: S310 - loopback
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert f":style {server.url}/style.grass".encode() in answer.read()
        for path in ("", "../pyproject.toml", "guide.html/../../x"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{server.url}/{path}")  # noqa: S310
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(StoreUnavailable, match="expected a free port"), guide_server(port):
            pass


def test_guide_serves_until_it_is_interrupted():
    command = [sys.executable, "-m", "chainshock", "neo4j", "guide"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(address) as answer:  # noqa: S310
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in said) == (0, False)


def test_rank_push_without_facts_is_refused_and_stores_nothing(server, neo4j_driver):
    result = invoke("rank", "companies", "--static", "--top", "1", "--push")
    assert result.exit_code == 1
    assert "chainshock neo4j push" in result.stderr
    assert neo4j_driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0


def test_rank_push_without_a_server_is_refused_before_anything_is_computed(monkeypatch, tmp_path):
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    result = invoke("rank", "--push")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "chainshock neo4j up" in result.stderr
    assert invoke("rank", "--uri", "bolt://127.0.0.1:1").exit_code == 2


def test_run_is_pushed_listed_and_removed(server):
    assert invoke("neo4j", "push").exit_code == 0
    pushed = invoke("rank", "companies", "--static", "--top", "1", "--push", "--format", "json")
    assert pushed.exit_code == 0, pushed.stderr
    assert len(json.loads(pushed.stdout)["rows"]) == 2
    (row,) = json.loads(invoke("neo4j", "runs", "--format", "json").stdout)["rows"]
    assert row["run"] in pushed.stderr
    assert row["results"] > 100  # all of the ranking, not only the rows shown
    assert "results" in invoke("neo4j", "runs").stdout
    wrong = invoke("neo4j", "runs", "--remove", "other")
    assert (wrong.exit_code, row["run"] in wrong.stderr) == (1, True)
    assert invoke("neo4j", "runs", "--remove", row["run"]).exit_code == 0
    empty = invoke("neo4j", "runs")
    assert (empty.stdout, "no runs" in empty.stderr) == ("", True)


@pytest.mark.slow
def test_commands_of_the_page_on_neo4j_browser_run(server, tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "how-to" / "ask-in-neo4j-browser.md"
    text = page.read_text("utf-8")
    (own,) = re.findall(r"```cypher\n(.*?)```", text, re.DOTALL)
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    lines = re.findall(r"^\$ chainshock (.+)$", "".join(blocks), re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.cypher").write_text(own, "utf-8")
    for line in [*lines, "query own.cypher -P status=operating"]:
        if line != "neo4j up":  # the server is there
            result = invoke(*shlex.split(line))
            assert result.exit_code == 0, f"{line}: {result.stderr}"
            assert "no rows" not in result.stderr, line
    assert len(lines) > 8
