"""Run what README and tutorial tell the reader to run; follow their links."""

import doctest
import importlib
import pkgutil
import re
import shlex
import shutil
from pathlib import Path

import pytest

import chainshock
from tests.cli.worlds import invoke, write_tables

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^\$ chainshock (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def commands():
    guides = (
        ROOT / "docs" / "tutorial" / "first-ranking.md",
        ROOT / "docs" / "how-to" / "find-a-chokepoint.md",
        ROOT / "docs" / "how-to" / "look-at-signals.md",
        ROOT / "docs" / "how-to" / "see-what-a-ranking-rests-on.md",
    )
    for page in (ROOT / "README.md", *guides):
        text = page.read_text("utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            yield page.name, COMMAND.findall(block)


@pytest.mark.parametrize(("page", "lines"), list(commands()))
def test_commands_of_a_page_run(page, lines, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "tables")
    for line in lines:
        result = invoke(*shlex.split(line))
        assert result.exit_code == 0, f"{page}: {line}: {result.stderr}"
        assert result.stdout or " -o " in line, line


def test_tutorial_on_ones_own_firm_runs_and_its_load_reports_are_true(tmp_path, monkeypatch):
    page = ROOT / "docs" / "tutorial" / "my-own-firm.md"
    shutil.copytree(page.with_suffix(""), tmp_path / "firm")
    monkeypatch.chdir(tmp_path / "firm")
    said = []
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    for line in COMMAND.findall("".join(blocks)):
        result = invoke(*shlex.split(line))
        assert result.exit_code == 0, f"{line}: {result.stderr}"
        said.append(result.stdout)
    reports = re.findall(r"^[a-z-]+: \d+ rows read.+$", "".join(blocks), re.MULTILINE)
    assert [report for report in reports if not any(report in text for text in said)] == []
    assert len(reports) == 7
    base, doubled, _ = (text for text in said if "Strongest paths" in text)
    assert "Lindenau Magnetics" in base  # by its own name, though others make magnets as it does
    weeks = [int(re.search(r"below 99 % from week (\d+)", text)[1]) for text in (base, doubled)]
    assert weeks[0] < weeks[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_of_a_page_lead_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_python_of_the_readme_runs(capsys):
    (snippet,) = PYTHON.findall((ROOT / "README.md").read_text("utf-8"))
    exec(compile(snippet, "README.md", "exec"), {})  # noqa: S102 - it is our own page
    assert capsys.readouterr().out


def test_python_of_the_chokepoints_guide_runs(capsys):
    (snippet,) = PYTHON.findall((ROOT / "docs" / "how-to" / "find-a-chokepoint.md").read_text("utf-8"))
    exec(compile(snippet, "find-a-chokepoint.md", "exec"), {})  # noqa: S102 - it is our own page
    assert "CHN" in capsys.readouterr().out


def modules():
    return [
        m.name for m in pkgutil.walk_packages(chainshock.__path__, "chainshock.") if "__main__" not in m.name
    ]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
