"""What every command has: help with an example, documentation, forms that parse, the same bytes twice."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
import pytest

from chainshock.cli import COMMANDS, main
from tests.cli.worlds import invoke

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _all_commands():
    """Give every command and subcommand with the words that call it."""
    with click.Context(main) as ctx:
        for name in main.list_commands(ctx):
            command = main.get_command(ctx, name)
            yield (name,), command
            if isinstance(command, click.Group):
                yield from (((name, sub), command.commands[sub]) for sub in sorted(command.commands))


ALL = dict(_all_commands())

# commands that print rows, on little data
PRINTING = {
    "rank companies": ["rank", "companies"],
    "rank countries": ["rank", "countries"],
    "rank facilities": ["rank", "facilities"],
    "rank end-uses": ["rank", "end-uses"],
    "rank commodities": ["rank", "commodities"],
    "rank control": ["rank", "--control", "CHN:Dy,Tb:USA", "--severity", "0.8"],
    "explain": ["explain", "Country:DEU"],
    "compare": ["compare", "october-2025-controls", "october-2025-truce"],
    "chokepoints": ["chokepoints", "stages"],
    "chokepoints facilities": ["chokepoints", "facilities"],
    "chokepoints single-points": ["chokepoints", "single-points"],
    "chokepoints concentration": ["chokepoints", "concentration"],
    "chokepoints cut": ["chokepoints", "cut", "--from", "CHN", "--to", "smartphone"],
    "scenario list": ["scenario", "list"],
    "scenario show": ["scenario", "show", "april-2025"],
    "scenario check": ["scenario", "check", "april-2025"],
    "check": ["check"],
    "check sources": ["check", "--sources"],
    "doctor": ["doctor"],
    "neo4j status": ["neo4j", "status", "--data", "/nowhere"],
}


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_command_has_help_with_an_indented_example(words):
    result = invoke(*words, "--help")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    place = lines.index("  Example:")
    assert lines[place + 1].startswith(f"      chainshock {' '.join(words)}")


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_command_is_documented(words):
    assert f"## chainshock {' '.join(words)}\n" in REFERENCE.read_text("utf-8")


def test_help_of_the_group_says_the_same_as_the_commands():
    with click.Context(main) as ctx:
        for name, (_, text) in COMMANDS.items():
            command = main.get_command(ctx, name)
            assert command.short_help == text
            assert command.help.splitlines()[0] == text


@pytest.mark.parametrize("args", PRINTING.values(), ids=PRINTING)
def test_json_has_run_and_rows_and_is_the_same_twice(args):
    first, second = invoke(*args, "--format", "json"), invoke(*args, "--format", "json")
    assert first.exit_code == 0, first.stderr
    found = json.loads(first.stdout, parse_constant=pytest.fail)
    assert isinstance(found["run"], dict)
    assert isinstance(found["rows"], list)
    assert first.stdout_bytes == second.stdout_bytes


@pytest.mark.parametrize("args", PRINTING.values(), ids=PRINTING)
def test_csv_has_as_many_cells_as_columns_and_no_formulas(args):
    result = invoke(*args, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)):
        float(cell)


@pytest.mark.parametrize("args", PRINTING.values(), ids=PRINTING)
@pytest.mark.parametrize("width", [100, 80])
def test_table_fits_the_terminal(args, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    result = invoke(*args)
    assert result.exit_code == 0, result.stderr
    assert max(len(line) for line in result.stdout.splitlines()) <= width
    assert not any(line != line.rstrip() for line in result.stdout.splitlines())


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_file_holds_what_stdout_shows(form, tmp_path):
    target = tmp_path / "out"
    shown = invoke("scenario", "list", "--format", form)
    written = invoke("scenario", "list", "--format", form, "-o", target)
    assert written.stdout == ""
    assert target.read_text("utf-8") == shown.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(("name", "start"), [("a.json", "{"), ("a.csv", "name,date"), ("a.txt", "name  ")])
def test_suffix_of_the_output_file_chooses_the_form(name, start, tmp_path):
    assert invoke("scenario", "list", "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_version_is_that_of_the_package():
    import chainshock

    assert invoke("--version").output == f"chainshock, version {chainshock.__version__}\n"
