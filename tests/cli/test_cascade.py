"""The command `cascade` on networks in files."""

import json
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from chainshock.cli import main

NODES, EDGES = "id,sector\na,1\nb,2\nc,3\n", "supplier,customer,weight\na,b,1\nb,c,2\n"
CLASSES = "supplier_sector,customer_sector,class\n1,2,2\n2,3,2\n"
SHOCKS = "scenario,node,loss\nhalf,a,0.5\n"


def run(folder, *options, **changed):
    files = {"nodes": NODES, "edges": EDGES, "essentiality": CLASSES, "shocks": SHOCKS, **changed}
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    chosen = options or ("--shocks", str(folder / "shocks.csv"))
    return CliRunner().invoke(main, ["cascade", str(folder), *chosen, "--format", "json"])


def test_shocks_file_gives_a_row_per_scenario(tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)["rows"][0]
    assert (row["scenario"], row["esri"], row["iterations"]) == ("half", 0.5, 3)


def test_each_node_gives_a_row_per_node(tmp_path):
    result = run(tmp_path, "--each-node")
    assert [row["scenario"] for row in json.loads(result.stdout)["rows"]] == ["a", "b", "c"]


def test_stop_names_eps_as_it_was_given(tmp_path):
    result = run(tmp_path, "--each-node", "--eps", "0.0123456789")
    assert {row["stop"] for row in json.loads(result.stdout)["rows"]} == {"eps=0.0123456789"}


def test_parquet_gives_what_csv_gives(tmp_path):
    expected = json.loads(run(tmp_path).stdout)
    for name in ("nodes", "edges", "essentiality", "shocks"):
        path = tmp_path / f"{name}.csv"
        pl.read_csv(path).write_parquet(path.with_suffix(".parquet"))
        path.unlink()
    options = ["--shocks", str(tmp_path / "shocks.parquet"), "--format", "json"]
    result = CliRunner().invoke(main, ["cascade", str(tmp_path), *options])
    assert json.loads(result.stdout) == expected


def test_losses_file_says_what_each_node_loses_and_repeated_edges_add_up(tmp_path):
    # a sells 1 + 1 to b, b sells 2 to c; a loses half: all lose half downstream, only a upstream
    losses = tmp_path / "losses.csv"
    shocks = ("--shocks", str(tmp_path / "shocks.csv"), "--losses", str(losses))
    row = json.loads(run(tmp_path, *shocks, edges=EDGES + "a,b,1\n").stdout)["rows"][0]
    assert row["esri_up"] == 0.25
    assert losses.read_text(encoding="utf-8").split() == [
        "scenario,node,loss_down,loss_up", "half,a,0.5,0.5", "half,b,0.5,0.0", "half,c,0.5,0.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"edges": EDGES + "c,a,-1\n"}, "edges.csv:4"),
        ({"edges": EDGES + "c,a,nan\n"}, "edges.csv:4"),
        ({"edges": EDGES + "c,z,1\n"}, "edges.csv:4"),
        ({"nodes": NODES + "a,1\n"}, "nodes.csv:5"),
        ({"nodes": NODES + "d,\n"}, "nodes.csv:5"),
        ({"shocks": SHOCKS + "x,a,1.5\n"}, "shocks.csv:3"),
        ({"essentiality": CLASSES + "1,1,3\n"}, "essentiality.csv:4"),
        ({"essentiality": "supplier_sector,customer_sector,class\n1,2,2\n"}, "essentiality.csv"),
        ({"edges": ""}, "edges.csv"),
    ],
)
def test_bad_file_is_refused_with_file_and_line(tmp_path, changed, message):
    result = run(tmp_path, **changed)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--losses", "x.csv", "-o", "./x.csv"), "one place"),
        (("--losses", "-"), "one place"),
        (("--eps", "nan"), "from 0 to 1"),
        (("--losses", "x.csv", "--kernel", "columns"), "another kernel"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    result = run(tmp_path, "--each-node", *options)
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    "options", [(), ("--stop", "fixed-point"), ("--stop", "fixed-point", "--kernel", "packed")]
)
def test_without_numba_the_readable_kernel_runs(tmp_path, options):
    run(tmp_path)
    script = "import sys; sys.modules['numba'] = None; from chainshock.cli import main; main()"
    for shocks in (("--each-node",), ("--shocks", str(tmp_path / "shocks.csv"))):
        words = [
            sys.executable,
            "-c",
            script,
            "cascade",
            str(tmp_path),
            *shocks,
            *options,
            "--format",
            "json",
        ]
        result = subprocess.run(words, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["run"]["kernel"] == "reference"
