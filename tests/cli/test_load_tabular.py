"""`chainshock load tabular` and its templates, as a user types them."""

from __future__ import annotations

import json

import pytest

from chainshock.graph.stores.sqlite import SqliteStore
from tests.cli.worlds import invoke
from tests.loaders.tabular_worlds import MAPS, tabular_example, write

TABLE = "Who,What,Where,Share\nLindenau AG,MAG_NDFEB_S,Germany,0.6\n"


@pytest.mark.parametrize("kind", ["suppliers", "bill-of-materials", "facilities", "stocks"])
def test_template_is_a_mapping_file_and_its_table_a_header(kind):
    assert f'kind = "{kind}"' in invoke("load", "--template", kind).stdout
    header = invoke("load", "--template", kind, "--format", "csv").stdout
    assert header.count("\n") == 1


def test_template_is_written_to_a_file(tmp_path):
    path = tmp_path / "suppliers.toml"
    assert invoke("load", "--template", "suppliers", "-o", path).exit_code == 0
    assert path.read_text("utf-8").startswith("# Mapping of a table of suppliers")


def test_template_as_json_is_wrong_usage():
    assert invoke("load", "--template", "suppliers", "--format", "json").exit_code == 2


def test_report_says_what_became_of_each_row(tmp_path):
    result = invoke("load", "tabular", *tabular_example(tmp_path), "--dry-run", "--format", "json")
    assert result.exit_code == 0, result.stderr
    run = json.loads(result.stdout)["run"]
    assert (run["read"], run["loaded"], run["left_out"]) == (2, 1, 1)


def test_mapping_that_does_not_fit_exits_with_one_message_and_no_traceback(tmp_path):
    path, mapping = write(tmp_path, "suppliers", "Who\nx\n", MAPS["suppliers"])
    result = invoke("load", "tabular", path, "--map", mapping, "--store", tmp_path / "mine.db")
    assert result.exit_code == 1
    assert "suppliers.toml:12: " in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "mine.db").exists()


def test_missing_mapping_exits_with_the_way_to_one(tmp_path):
    path, _ = write(tmp_path, "suppliers", "Who\nx\n")
    result = invoke("load", "tabular", path, "--dry-run")
    assert result.exit_code == 1
    assert "--template" in result.stderr


def test_mapping_without_tabular_is_wrong_usage(tmp_path):
    path, mapping = write(tmp_path, "suppliers", "Who\nx\n")
    assert invoke("load", path, "--map", mapping, "--dry-run").exit_code == 2


def test_dry_run_says_that_it_changed_nothing(tmp_path):
    result = invoke("load", "tabular", *tabular_example(tmp_path), "--dry-run")
    assert "1 loaded" in result.stdout
    assert "dry run, nothing changed" in result.stdout


def test_source_that_there_is_none_of_is_told_with_those_that_there_are(tmp_path):
    path, mapping = write(tmp_path, "suppliers", "Who\nx\n", MAPS["suppliers"])
    result = invoke("load", "tabullar", path, "--map", mapping, "--dry-run")
    assert "tabular" in result.stderr


def test_list_of_sources_stays_within_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = invoke("load", "--list")
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_template_overwrites_no_file(tmp_path):
    path = tmp_path / "suppliers.toml"
    assert invoke("load", "--template", "suppliers", "-o", str(path)).exit_code == 0
    path.write_text("filled in", encoding="utf-8")
    result = invoke("load", "--template", "suppliers", "-o", str(path))
    assert result.exit_code == 1
    assert "a template overwrites nothing" in result.stderr
    assert path.read_text("utf-8") == "filled in"


def test_correction_that_does_not_count_is_told_with_the_way_to_make_it_count(tmp_path):
    path, mapping = write(tmp_path, "suppliers", TABLE)
    args = ["load", "tabular", path, "--map", mapping, "--store", tmp_path / "s.db"]
    superseded = []
    for share in range(3, 9):  # of several shares of one date one counts, in whatever order they are loaded
        path.write_text(TABLE.replace("0.6", f"0.{share}"), encoding="utf-8")
        result = invoke(*args)
        superseded.append("1 superseded" in result.stdout)
        assert ("load it with --replace" in result.stderr) == superseded[-1]
    assert any(superseded)
    path.write_text(TABLE.replace("0.6", "0.25"), encoding="utf-8")
    assert "0 superseded" in invoke(*args, "--replace").stdout


def test_decision_and_replace_leave_one_contract_of_a_supplier(tmp_path):
    path, mapping = write(tmp_path, "suppliers", TABLE.replace("Lindenau AG", "TDK GmbH"))
    store, decisions = tmp_path / "s.db", tmp_path / "d.csv"
    args = ["load", "tabular", path, "--map", mapping, "--store", store, "--review", decisions]
    assert "load again with --replace" in invoke(*args).stderr
    decisions.write_text(decisions.read_text("utf-8").rstrip() + "yes\n", encoding="utf-8")
    assert invoke(*args, "--replace").exit_code == 0
    with SqliteStore(store) as opened:
        found = [f for f in opened.view().facts("SUPPLIES") if f.origin != "reference"]
    assert [fact.source.key for fact in found] == ["tdk"]
